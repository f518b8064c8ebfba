"""Files become runs and series by the rules of the formats, of every writer and every defect."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.logs.messages import event_pb2, summary_pb2
from projector.logs.records import framed
from projector.logs.tensors import read_tensor
from tests.event_logs import (
    described,
    events,
    logs_of,
    scalars,
    start_event,
    value_event,
)

FLOAT = {"dtype": 1, "float_val": [4.0]}
MATRIX = {"dtype": 1, "tensor_shape": {"dim": [{"size": 2}]}, "float_val": [1.0, 2.0]}
HISTOGRAM = summary_pb2.HistogramProto(min=1, max=3, bucket_limit=[2, 9], bucket=[1, 1])
IMAGE = summary_pb2.Summary.Image(width=3, height=2, encoded_image_string=b"png")
SOUND = summary_pb2.Summary.Audio(encoded_audio_string=b"wav")


@dataclass(frozen=True)
class Rule:
    """One rule: events of a tag, one file a list, the plugin it goes by, the steps that are its
    points, and whether something had to be left out."""

    name: str
    files: tuple[list[event_pb2.Event], ...]
    plugin: str | None
    steps: list[int] = field(default_factory=lambda: [0, 1])
    is_told: bool = False


RULES = (
    Rule(
        "2.2 a tag belongs to the plugin that its first metadata names",
        (
            [
                described(0, "text", tensor=MATRIX),
                described(1, "images", tensor=MATRIX),
            ],
        ),
        "text",
    ),
    Rule(
        "2.2 a value without a member is an empty tensor",
        ([described(0, "hparams"), described(1, "hparams")],),
        "hparams",
    ),
    Rule(
        "2.2 histograms of the oldest style are ignored",
        ([value_event(0, obsolete_old_style_histogram=b"x")],),
        None,
    ),
    Rule(
        "3.1 later values need no metadata",
        ([described(0, "text", tensor=MATRIX), value_event(1, tensor=MATRIX)],),
        "text",
    ),
    Rule(
        "3.1 nor do later files",
        ([described(0, "scalars", tensor=FLOAT)], [value_event(1, tensor=FLOAT)]),
        "scalars",
    ),
    Rule(
        "3.1 later metadata of the same tag is ignored, also from later files",
        (
            [described(0, "scalars", tensor=FLOAT)],
            [described(1, "histograms", tensor=FLOAT)],
        ),
        "scalars",
    ),
    Rule(
        "3.1 Ours: a tag whose first value has no metadata adopts the first that shows up",
        ([value_event(0, tensor=FLOAT), described(1, "scalars", tensor=FLOAT)],),
        "scalars",
    ),
    Rule(
        "3.1 Ours: also from a later file",
        ([value_event(0, tensor=MATRIX)], [described(1, "text", tensor=MATRIX)]),
        "text",
    ),
    Rule(
        "3.1 Ours: a tensor without metadata is an unknown series, not lost",
        ([value_event(0, tensor=MATRIX), value_event(1, tensor=FLOAT)],),
        "",
    ),
    Rule(
        "3.1 a plugin that nobody knows keeps its tensors",
        ([described(0, "mine", tensor=MATRIX), value_event(1, tensor=FLOAT)],),
        "mine",
    ),
    Rule(
        "3.2 Ours: numbers of an unknown plugin that says they are scalars are kept",
        (
            [
                described(0, "mine", data_class=1, simple_value=1),
                value_event(1, simple_value=2),
            ],
        ),
        "mine",
    ),
    Rule(
        "3.3 a simple_value is a scalar",
        ([value_event(0, simple_value=1), value_event(1, simple_value=2)],),
        "scalars",
    ),
    Rule(
        "3.3 an image is of images",
        ([value_event(0, image=IMAGE), value_event(1, image=IMAGE)],),
        "images",
    ),
    Rule(
        "3.3 a sound is of audio",
        ([value_event(0, audio=SOUND), value_event(1, audio=SOUND)],),
        "audio",
    ),
    Rule(
        "3.3 a histo is of histograms",
        ([value_event(0, histo=HISTOGRAM), value_event(1, histo=HISTOGRAM)],),
        "histograms",
    ),
    Rule(
        "3.3 a plugin name that is there is not made up",
        ([described(0, "histograms", histo=HISTOGRAM), value_event(1, tensor=MATRIX)],),
        "histograms",
    ),
    Rule(
        "3.3 metadata without a plugin name gets one from an old-style value",
        ([described(0, display_name="Loss", simple_value=1), value_event(1, simple_value=1)],),
        "scalars",
    ),
    Rule(
        "3.3 an old-style first value decides, whatever later metadata says",
        (
            [
                value_event(0, simple_value=1),
                described(1, "histograms", histo=HISTOGRAM),
                value_event(2, simple_value=3),
            ],
        ),
        "scalars",
        [0, 2],
        is_told=True,
    ),
    Rule(
        "3.3 an old-style value of another plugin is left out and told",
        ([described(0, "text", tensor=MATRIX), value_event(1, simple_value=1)],),
        "text",
        [0],
        is_told=True,
    ),
    Rule(
        "3.3 where nothing fits the plugin there is no series, and that is told",
        ([described(0, "text", simple_value=1)],),
        None,
        is_told=True,
    ),
    Rule(
        "3.3 an old-style scalar goes on as a tensor of one number",
        ([value_event(0, simple_value=1), value_event(1, tensor=FLOAT)],),
        "scalars",
    ),
    Rule(
        "1.8 a scalar of more than one number is left out and told",
        ([described(0, "scalars", tensor=FLOAT), value_event(1, tensor=MATRIX)],),
        "scalars",
        [0],
        is_told=True,
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_tag_is_what_the_rule_says(tmp_path: Path, rule: Rule) -> None:
    for i, messages in enumerate(rule.files):
        events(tmp_path, str(i), *messages)
    logs = logs_of(tmp_path)
    found = [(series.plugin, series.steps.tolist()) for series in logs.runs[0].series]
    assert found == ([] if rule.plugin is None else [(rule.plugin, rule.steps)])
    assert bool(logs.problems) == rule.is_told
    assert len(logs.all_points().runs[0].series) == len(found)


@pytest.mark.parametrize(
    "tensor",
    [
        {"dtype": 3, "int_val": [4]},
        {"dtype": 2, "double_val": [4.0]},
        {"dtype": 1, "tensor_shape": {"dim": [{"size": 1}]}, "float_val": [4.0]},
        {"dtype": 1, "tensor_content": np.float32(4).tobytes()},
        {"dtype": 9, "int64_val": [4]},
    ],
)
def test_a_scalar_is_shown_however_its_tensor_is_stored(tmp_path: Path, tensor: Any) -> None:
    """1.8: TensorBoard's native loader drops some of these."""
    events(tmp_path, "1", described(0, "scalars", tensor=tensor))
    (series,) = logs_of(tmp_path).runs[0].series
    assert series.values is not None
    assert series.values.tolist() == [4.0]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_kept(tmp_path: Path, value: float) -> None:
    events(tmp_path, "1", value_event(0, simple_value=value))
    (series,) = logs_of(tmp_path).runs[0].series
    np.testing.assert_array_equal(series.values, [value])


def test_negative_steps_are_kept(tmp_path: Path) -> None:
    scalars(tmp_path, [-5, -1, 0])
    assert logs_of(tmp_path).runs[0].series[0].steps.tolist() == [-5, -1, 0]


def test_names_and_descriptions_of_old_style_values_are_kept(tmp_path: Path) -> None:
    """3.3 Ours: the native loader drops both."""
    said = {"display_name": "Loss", "description": "lower is *better*"}
    events(tmp_path, "1", described(0, **said, simple_value=1))
    (series,) = logs_of(tmp_path).runs[0].series
    assert (series.title, series.metadata.description) == ("Loss", "lower is *better*")


def test_without_a_display_name_the_tag_is_the_title(tmp_path: Path) -> None:
    events(tmp_path, "1", value_event(0, "deep/loss", simple_value=1))
    assert logs_of(tmp_path).runs[0].series[0].title == "deep/loss"


@pytest.mark.parametrize(
    ("tag", "node_name", "expected"),
    [("", "node", "node"), ("tag", "node", "tag"), ("", "", "")],
)
def test_a_tensor_without_a_tag_goes_by_its_node(
    tmp_path: Path, tag: str, node_name: str, expected: str
) -> None:
    event = described(0, "text", tensor=MATRIX)
    event.summary.value[0].tag, event.summary.value[0].node_name = tag, node_name
    events(tmp_path, "1", event)
    assert [series.tag for series in logs_of(tmp_path).runs[0].series] == [expected]


def test_tags_are_any_unicode(tmp_path: Path) -> None:
    tags = ["ünïcode/损失", "a b\tc", "🙂", "//", "."]
    events(tmp_path, "1", *(value_event(0, tag, simple_value=1) for tag in tags))
    assert [series.tag for series in logs_of(tmp_path).runs[0].series] == sorted(tags)


def test_tags_that_read_the_same_are_one(tmp_path: Path) -> None:
    messages = [value_event(i, "ab", simple_value=i) for i in range(2)]
    data = b"".join(
        framed(message.SerializeToString().replace(b"ab", bad))
        for message, bad in zip(messages, (b"a\xff", b"a\xfe"), strict=True)
    )
    (tmp_path / "tfevents.1").write_bytes(data)
    assert [s.steps.tolist() for s in logs_of(tmp_path).runs[0].series] == [[0, 1]]


def test_the_oldest_graph_counts_only_where_there_is_no_newer_kind(tmp_path: Path) -> None:
    meta = event_pb2.Event(meta_graph_def=b"meta")
    events(tmp_path / "both", "1", meta, event_pb2.Event(graph_def=b"graph"))
    events(tmp_path / "meta", "1", meta)
    both, only = (run.series[0] for run in logs_of(tmp_path).runs)
    assert read_tensor(both, 0).tolist() == [b"graph"]
    assert read_tensor(only, 0).tolist() == [b"meta"]


def test_a_restart_costs_no_graph(tmp_path: Path) -> None:
    events(tmp_path, "1", start_event(0), event_pb2.Event(graph_def=b"graph"))
    events(tmp_path, "2", start_event(0), value_event(0, simple_value=1))
    assert {series.plugin for series in logs_of(tmp_path).runs[0].series} == {"graphs", "scalars"}


def test_the_dummy_of_the_old_profiler_makes_an_empty_run(tmp_path: Path) -> None:
    """1.4 Ours: the run is there, and nothing in it."""
    version = event_pb2.Event(wall_time=1.0, file_version="brain.Event:2")
    events(tmp_path, "1.host.profile-empty", version)
    (run,) = logs_of(tmp_path).runs
    assert (run.name, run.series) == (".", ())
