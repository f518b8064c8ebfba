"""Folders of event files become runs and series."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from projector.errors import NotFound
from projector.logs.folder import read_logs
from projector.logs.messages import event_pb2, summary_pb2
from projector.logs.records import framed
from projector.logs.tensors import read_tensor
from projector.logs.writer import EventWriter
from projector.progress import Progress, finish
from tests.event_logs import events, logs_of, only_series, scalars, start_event, value_event


def test_every_folder_with_event_files_is_a_run(tmp_path: Path) -> None:
    for name in (".", "b/train", "b", ".hidden"):
        scalars(tmp_path / name, [0])
    (tmp_path / "b" / "notes").mkdir()
    assert [run.name for run in logs_of(tmp_path).runs] == [".", ".hidden", "b", "b/train"]


def test_a_single_file_is_a_run(tmp_path: Path) -> None:
    logs = logs_of(scalars(tmp_path / "deep", [0, 1]))
    assert [(run.name, len(run.series)) for run in logs.runs] == [(".", 1)]


def test_a_run_without_values_is_empty(tmp_path: Path) -> None:
    EventWriter(tmp_path / "version only").close()
    (tmp_path / "tfevents").touch()
    runs = logs_of(tmp_path).runs
    assert [(run.name, run.series) for run in runs] == [(".", ()), ("version only", ())]
    assert runs[0].start_time is None


def test_a_run_starts_with_its_first_event(tmp_path: Path) -> None:
    with EventWriter(tmp_path, now=lambda: 77.0) as writer:
        writer.scalar("a", 1, wall_time=99.0)
    assert logs_of(tmp_path).runs[0].start_time == 77.0


def test_a_path_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        logs_of(tmp_path / "nowhere")


def test_links_are_followed_once(tmp_path: Path) -> None:
    scalars(tmp_path / "elsewhere", [0])
    logs = tmp_path / "logs"
    scalars(logs / "run", [0])
    (logs / "loop").symlink_to(logs)
    (logs / "linked").symlink_to(tmp_path / "elsewhere")
    assert [run.name for run in logs_of(logs).runs] == ["linked", "run"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads it all")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    path = scalars(tmp_path, [0])
    path.chmod(0)
    assert "can't be read" in logs_of(tmp_path).problems[0].what


def test_a_link_to_nothing_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "tfevents.gone").symlink_to(tmp_path / "gone")
    scalars(tmp_path, [0])
    logs = logs_of(tmp_path)
    assert [problem.file.name for problem in logs.problems] == ["tfevents.gone"]
    assert len(logs.runs[0].series) == 1


def newest_wins(steps: list[int]) -> list[int]:
    """The slow, obvious rule: each value drops all stored ones with its step or a higher one."""
    kept: list[int] = []
    for i, step in enumerate(steps):
        while kept and steps[kept[-1]] >= step:
            kept.pop()
        kept.append(i)
    return kept


def test_the_newest_value_of_a_step_wins(tmp_path: Path) -> None:
    steps = np.random.default_rng(3).integers(-20, 60, 300).tolist()
    first, second = steps[:200], steps[200:]
    scalars(tmp_path, first)
    scalars(tmp_path, second, start=200)
    series = only_series(tmp_path)
    kept = newest_wins(steps)
    assert series.values is not None
    assert series.values.tolist() == kept
    assert series.steps.tolist() == [steps[i] for i in kept]


def test_a_second_start_makes_later_steps_void(tmp_path: Path) -> None:
    values = [value_event(step, tag, simple_value=step) for step in range(6) for tag in "ab"]
    events(tmp_path, "1", start_event(0), *values)
    events(tmp_path, "2", start_event(3), value_event(3, "a", simple_value=30))
    a, b = logs_of(tmp_path).runs[0].series
    assert (a.steps.tolist(), b.steps.tolist()) == ([0, 1, 2, 3], [0, 1, 2])


def test_the_only_start_of_a_run_makes_nothing_void(tmp_path: Path) -> None:
    scalars(tmp_path, [0, 1, 2], tag="b")
    events(tmp_path, "2", start_event(1), value_event(1, "a", simple_value=30))
    assert [len(series) for series in logs_of(tmp_path).runs[0].series] == [1, 3]


def test_metadata_of_the_first_value_is_valid_for_all(tmp_path: Path) -> None:
    tensor = {"dtype": 1, "float_val": [4.0]}
    events(tmp_path, "1", value_event(0, plugin="scalars", tensor=tensor))
    events(tmp_path, "2", value_event(1, tensor=tensor), value_event(2, tensor=tensor))
    series = only_series(tmp_path)
    assert (series.plugin, len(series)) == ("scalars", 3)


def test_metadata_may_come_late(tmp_path: Path) -> None:
    tensor = {"dtype": 1, "float_val": [4.0]}
    events(tmp_path, "1", value_event(0, tensor=tensor))
    events(tmp_path, "2", value_event(1, plugin="scalars", tensor=tensor))
    assert only_series(tmp_path).plugin == "scalars"


def test_a_tag_keeps_the_kind_of_its_first_value(tmp_path: Path) -> None:
    histogram = summary_pb2.HistogramProto(min=1, max=3, bucket_limit=[2, 9], bucket=[1, 1])
    odd = value_event(1, plugin="histograms", histo=histogram)
    events(tmp_path, "1", value_event(0, simple_value=1), odd, value_event(2, simple_value=3))
    series = only_series(tmp_path)
    assert (series.plugin, series.steps.tolist()) == ("scalars", [0, 2])
    assert "not of its kind" in logs_of(tmp_path).problems[0].what


def test_damaged_metadata_costs_only_its_tag(tmp_path: Path) -> None:
    odd = value_event(0, tag="odd", tensor={"dtype": 1}, plugin="xyz").SerializeToString()
    (tmp_path / "tfevents.1").write_bytes(framed(odd.replace(b"xyz", b"\xff\xff\xff")))
    scalars(tmp_path, [0])
    logs = logs_of(tmp_path)
    assert [series.tag for series in logs.runs[0].series] == ["loss"]
    assert "odd" in logs.problems[0].what


def test_old_histograms_lose_their_empty_ends(tmp_path: Path) -> None:
    limits, counts = [0.5, 1.5, 2.5, 1.7e308], [0, 1, 2, 0]
    histogram = summary_pb2.HistogramProto(min=1, max=3, bucket_limit=limits, bucket=counts)
    events(tmp_path, "1", value_event(0, histo=histogram))
    rows = read_tensor(only_series(tmp_path), 0)
    assert rows.tolist() == [[1, 1.5, 1], [1.5, 3, 2]]


def test_old_images_and_sounds_become_strings(tmp_path: Path) -> None:
    image = summary_pb2.Summary.Image(width=3, height=2, encoded_image_string=b"png")
    audio = summary_pb2.Summary.Audio(encoded_audio_string=b"wav")
    events(tmp_path, "1", value_event(0, "i", image=image), value_event(0, "s", audio=audio))
    pictures, sounds = logs_of(tmp_path).runs[0].series
    assert (pictures.plugin, read_tensor(pictures, 0).tolist()) == ("images", [b"3", b"2", b"png"])
    assert (sounds.plugin, read_tensor(sounds, 0).tolist()) == ("audio", [[b"wav", b""]])


def test_graphs_and_run_metadata_are_series_too(tmp_path: Path) -> None:
    metadata = event_pb2.TaggedRunMetadata(tag="step1", run_metadata=b"times")
    graph = event_pb2.Event(graph_def=b"graph")
    events(tmp_path, "1", graph, event_pb2.Event(tagged_run_metadata=metadata))
    found = {
        s.tag: (s.plugin, read_tensor(s, 0).tolist()) for s in logs_of(tmp_path).runs[0].series
    }
    assert found == {
        "__run_graph__": ("graphs", [b"graph"]),
        "step1": ("graph_tagged_run_metadata", [b"times"]),
    }


def test_ninety_files_are_read_with_progress(tmp_path: Path) -> None:
    for i in range(90):
        scalars(tmp_path / f"run {i:02}", list(range(i + 1)))
    work = read_logs(tmp_path)
    first = next(work)
    logs = finish(work)
    assert isinstance(first, Progress)
    assert [len(run.series[0]) for run in logs.runs] == list(range(1, 91))


def test_a_link_to_itself_does_not_cost_the_folder(tmp_path: Path) -> None:
    scalars(tmp_path, [0, 1])
    (tmp_path / "round").symlink_to("round")
    assert only_series(tmp_path).steps.tolist() == [0, 1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of Unix")
def test_a_pipe_is_not_waited_on(tmp_path: Path) -> None:
    scalars(tmp_path, [0, 1])
    os.mkfifo(tmp_path / "events.out.tfevents.pipe")
    assert only_series(tmp_path).steps.tolist() == [0, 1]
    assert "no plain file" in logs_of(tmp_path).problems[0].what


@pytest.mark.parametrize(
    ("name", "is_read"),
    [
        ("events.out.tfevents.1700000000.host", True),
        ("events.out.tfevents.1700000000.host.1.0.v2", True),
        ("my_tfevents_file.txt", True),
        ("tfevents", True),
        ("events.out.TFEVENTS.1", False),
        ("tfdbg_events.1700000000.host", False),
        ("events.out", False),
    ],
)
def test_the_name_decides_whether_a_file_is_read(tmp_path: Path, name: str, is_read: bool) -> None:
    """1.4: the base name contains "tfevents", anywhere; no other condition."""
    scalars(tmp_path / "run", [0]).rename(tmp_path / "run" / name)
    assert bool(logs_of(tmp_path).runs) == is_read


def test_a_folder_that_is_called_like_a_file_is_a_folder(tmp_path: Path) -> None:
    scalars(tmp_path / "tfevents", [0])
    logs = logs_of(tmp_path)
    assert ([run.name for run in logs.runs], logs.problems) == (["tfevents"], ())


def test_files_may_be_links(tmp_path: Path) -> None:
    path = scalars(tmp_path / "elsewhere", [0, 1])
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "tfevents.1").symlink_to(path)
    assert only_series(tmp_path / "logs").steps.tolist() == [0, 1]


def test_two_links_to_one_folder_are_one_run(tmp_path: Path) -> None:
    scalars(tmp_path / "elsewhere", [0])
    (tmp_path / "logs").mkdir()
    for name in "ab":
        (tmp_path / "logs" / name).symlink_to(tmp_path / "elsewhere")
    assert len(logs_of(tmp_path / "logs").runs) == 1


def test_files_of_a_run_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, value in (("2", 20), ("10", 10), ("1", 1)):
        events(tmp_path, name, value_event(0, simple_value=value))
    series = only_series(tmp_path)
    assert series.raw is not None
    assert series.raw.values is not None
    assert series.raw.values.tolist() == [1, 10, 20]
