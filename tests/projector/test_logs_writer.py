"""What the writer writes is framed as other programs expect, and read back as it went in."""

from __future__ import annotations

import struct
from pathlib import Path

import google_crc32c
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from projector.errors import InvalidChoice
from projector.logs.folder import read_logs
from projector.logs.messages import event_pb2, hparams_pb2
from projector.logs.records import masked_crc
from projector.logs.series import Run
from projector.logs.tensors import read_tensor
from projector.logs.writer import EventWriter
from projector.progress import finish


def read_back(folder: Path) -> Run:
    logs = finish(read_logs(folder))
    assert logs.problems == ()
    return logs.runs[0]


def records_of(path: Path) -> list[bytes]:
    """The slow, obvious reading; fails on any wrong checksum."""
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack_from("<Q", data)
        payload = data[12 : 12 + length]
        for part, stored in ((data[:8], data[8:12]), (payload, data[12 + length : 16 + length])):
            crc = google_crc32c.value(part)
            mask = ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) % 2**32
            assert struct.pack("<I", mask) == stored
        found.append(payload)
        data = data[16 + length :]
    return found


def test_the_mask_matches_a_known_checksum() -> None:
    assert masked_crc((24).to_bytes(8, "little")) == 0x224B7FA3


def test_the_file_is_named_and_begins_as_tensorboard_expects(tmp_path: Path) -> None:
    with EventWriter(tmp_path, suffix=".v2", now=lambda: 1700000000.0) as writer:
        writer.scalar("loss", 0.5, step=3)
    first, second = map(event_pb2.Event.FromString, records_of(writer.path))
    assert writer.path.name.startswith("events.out.tfevents.1700000000.")
    assert writer.path.name.endswith(".v2")
    assert first.file_version == "brain.Event:2"
    assert (second.step, second.wall_time) == (3, 1700000000.0)
    assert second.summary.value[0].simple_value == 0.5


def test_scalars_come_back(tmp_path: Path) -> None:
    with EventWriter(tmp_path) as writer:
        for step in range(5):
            writer.scalar("loss", 1 / (step + 1), step, wall_time=100.0 + step)
    (series,) = read_back(tmp_path).series
    assert series.values is not None
    np.testing.assert_array_equal(series.steps, np.arange(5))
    np.testing.assert_array_equal(series.wall_times, 100.0 + np.arange(5))
    np.testing.assert_array_equal(series.values, np.float32(1 / np.arange(1, 6)))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.array([True, False]),
        np.array(7, np.int16),
        np.array([[1 + 2j]], np.complex64),
        np.zeros((0, 3), np.float32),
        np.array([1.5], np.float16),
        np.array([1, 2], ">i4"),
    ],
    ids=str,
)
def test_tensors_come_back(tmp_path: Path, array: np.ndarray) -> None:
    with EventWriter(tmp_path) as writer:
        writer.tensor("t", array, step=1, plugin="mine", display_name="Mine")
    (series,) = read_back(tmp_path).series
    assert (series.plugin, series.title) == ("mine", "Mine")
    np.testing.assert_array_equal(read_tensor(series, 0), array)


def test_text_comes_back(tmp_path: Path) -> None:
    with EventWriter(tmp_path) as writer:
        writer.text("note", "# Grüße", step=4)
    (series,) = read_back(tmp_path).series
    assert series.plugin == "text"
    assert read_tensor(series, 0).item().decode() == "# Grüße"


def test_a_curve_counts_as_scikit_learn_does(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.random(200) < 0.3, rng.random(200)
    with EventWriter(tmp_path) as writer:
        writer.pr_curve("curve", labels, scores, n_thresholds=11)
    (series,) = read_back(tmp_path).series
    curve = read_tensor(series, 0)
    assert (series.plugin, curve.shape) == ("pr_curves", (6, 11))
    for j, threshold in enumerate(np.arange(11) / 10):
        (tn, fp), (fn, tp) = confusion_matrix(labels, scores >= threshold, labels=[False, True])
        assert curve[:4, j].tolist() == [tp, fp, tn, fn]
    np.testing.assert_allclose(curve[4, 0], labels.mean(), rtol=1e-6)


def test_weights_count_in_a_curve(tmp_path: Path) -> None:
    with EventWriter(tmp_path) as writer:
        writer.pr_curve("curve", [1, 0], [0.9, 0.2], weights=[0.5, 2.0], n_thresholds=3)
    (series,) = read_back(tmp_path).series
    np.testing.assert_allclose(read_tensor(series, 0)[:2, 0], [0.5, 2.0])


@pytest.mark.parametrize(
    ("labels", "scores", "n"),
    [([1, 0], [0.5], 5), ([1], [1.5], 5), ([1], [np.nan], 5), ([1], [0.5], 1)],
)
def test_impossible_curves_are_refused(
    tmp_path: Path, labels: list[int], scores: list[float], n: int
) -> None:
    with EventWriter(tmp_path) as writer, pytest.raises(InvalidChoice):
        writer.pr_curve("curve", labels, scores, n_thresholds=n)


def test_hyperparameters_come_back(tmp_path: Path) -> None:
    with EventWriter(tmp_path) as writer:
        writer.hparams({"lr": 0.1, "bias": True, "kind": "adam"}, ["loss", ("val", "acc")])
        writer.session_end("failure")
    series = {s.tag: s for s in read_back(tmp_path).series}
    assert {s.plugin for s in series.values()} == {"hparams"}
    start, end, experiment = (
        hparams_pb2.HParamsPluginData.FromString(series[f"_hparams_/{name}"].metadata.content)
        for name in ("session_start_info", "session_end_info", "experiment")
    )
    values = start.session_start_info.hparams
    assert values["lr"].number_value == 0.1
    assert values["bias"].bool_value is True
    assert values["kind"].string_value == "adam"
    assert end.session_end_info.status == hparams_pb2.STATUS_FAILURE
    metrics = [(m.name.group, m.name.tag) for m in experiment.experiment.metric_infos]
    assert metrics == [("", "loss"), ("val", "acc")]


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    with (
        EventWriter(tmp_path, now=lambda: 1.0) as one,
        EventWriter(tmp_path, now=lambda: 1.0) as two,
    ):
        assert one.path != two.path


def test_files_written_one_after_the_other_are_read_in_that_order(tmp_path: Path) -> None:
    paths = []
    for step in range(12):
        with EventWriter(tmp_path, now=lambda: 1_700_000_000.0) as writer:
            writer.scalar("loss", 1.0, step)
        paths.append(writer.path)
    assert paths == sorted(paths)
