"""Files become runs and series by the rules of the formats, of every writer and every defect."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.logs import runs
from projector.logs.grouping import groups
from projector.logs.messages import event_pb2, summary_pb2
from projector.logs.records import framed
from projector.logs.runs import build_run, build_runs
from projector.logs.scan import FileColumns, FileScan
from projector.logs.series import Run, Series
from projector.logs.tensors import read_tensor
from projector.progress import finish
from tests.event_logs import events, logs_of, scalars, start_event, value_event

FLOAT = {"dtype": 1, "float_val": [4.0]}
MATRIX = {"dtype": 1, "tensor_shape": {"dim": [{"size": 2}]}, "float_val": [1.0, 2.0]}
HISTOGRAM = summary_pb2.HistogramProto(min=1, max=3, bucket_limit=[2, 9], bucket=[1, 1])
IMAGE = summary_pb2.Summary.Image(width=3, height=2, encoded_image_string=b"png")
SOUND = summary_pb2.Summary.Audio(encoded_audio_string=b"wav")


def columns_of(path: Path) -> FileColumns:
    scan = FileScan(path)
    while not scan.is_done:
        scan.advance()
    return scan.finish()


def described(
    step: int,
    plugin: str = "",
    *,
    display_name: str = "",
    description: str = "",
    data_class: int = 0,
    **value: Any,
) -> event_pb2.Event:
    event = value_event(step, plugin=plugin, **value)
    metadata = event.summary.value[0].metadata
    metadata.display_name, metadata.summary_description = display_name, description
    metadata.data_class = data_class  # type: ignore[assignment]
    return event


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


@pytest.mark.parametrize(
    ("steps", "kept"),
    [
        ([[0, 1, 2, 3, 4, 5, 3, 4]], [0, 1, 2, 6, 7]),
        ([[0, 1, 2, 3, 4, 5], [3, 4]], [0, 1, 2, 6, 7]),
        ([[0, 0, 0, 0]], [3]),
        ([[0, 1], [0, 1], [0, 1]], [4, 5]),
        ([[5], [3], [4]], [1, 2]),
    ],
)
def test_the_newest_value_of_a_step_is_kept_and_the_rest_is_behind_it(
    tmp_path: Path, steps: list[list[int]], kept: list[int]
) -> None:
    """1.7 and 1.8 Ours: newest wins as in the native loader, all points as in the other one."""
    start = 0
    for i, of_file in enumerate(steps):
        values = enumerate(of_file, start)
        events(tmp_path, str(i), *(value_event(s, simple_value=value) for value, s in values))
        start += len(of_file)
    (series,) = logs_of(tmp_path).runs[0].series
    assert series.values is not None
    assert series.values.tolist() == kept
    assert series.raw is not None
    assert series.raw.values is not None
    assert series.raw.values.tolist() == list(range(start))
    assert series.raw.steps.tolist() == [step for of_file in steps for step in of_file]


def test_where_nothing_is_hidden_there_is_nothing_behind_it(tmp_path: Path) -> None:
    scalars(tmp_path, [0, 1, 5])
    assert logs_of(tmp_path).runs[0].series[0].raw is None


def test_hidden_payloads_can_still_be_read(tmp_path: Path) -> None:
    def clip(step: int, text: bytes) -> event_pb2.Event:
        return described(step, "text", tensor={"dtype": 7, "string_val": [text]})

    events(tmp_path, "1", clip(0, b"a"), clip(1, b"b"))
    events(tmp_path, "2", clip(1, b"c"))
    (series,) = logs_of(tmp_path).runs[0].series
    assert series.raw is not None
    assert [read_tensor(series, i).item() for i in range(2)] == [b"a", b"c"]
    assert [read_tensor(series.raw, i).item() for i in range(3)] == [b"a", b"b", b"c"]


def test_all_points_are_every_point_of_every_run(tmp_path: Path) -> None:
    scalars(tmp_path / "a", [0, 1, 0])
    scalars(tmp_path / "b", [0, 1])
    logs = logs_of(tmp_path)
    assert [len(s) for s in logs.series("scalars")] == [1, 2]
    assert [len(s) for s in logs.all_points().series("scalars")] == [3, 2]
    assert logs.all_points().series("images") == ()


def test_a_tag_that_a_restart_hides_is_among_all_points(tmp_path: Path) -> None:
    events(tmp_path, "1", start_event(0), value_event(0, "a", simple_value=1))
    events(tmp_path, "2", start_event(0), value_event(0, "b", simple_value=1))
    logs = logs_of(tmp_path)
    assert [series.tag for series in logs.series("scalars")] == ["b"]
    assert [series.tag for series in logs.all_points().series("scalars")] == ["a", "b"]


RESTARTED = (
    "gap",
    "names_out_of_order",
    "one_file_steps_go_back",
    "overlap",
    "session_start_event",
)


@pytest.mark.parametrize("run", [*RESTARTED, "overlap_purge_step", "started_again_from_zero"])
def test_all_points_of_restarted_runs_are_those_of_the_python_loader(
    fixtures: Path, run: str
) -> None:
    check_against_loader(fixtures, "edge_restart", run)


@pytest.mark.parametrize("run", ["interleaved", "steps", "times"])
def test_all_points_of_odd_steps_are_those_of_the_python_loader(fixtures: Path, run: str) -> None:
    check_against_loader(fixtures, "edge_steps_and_times", run)


def check_against_loader(fixtures: Path, folder: str, name: str) -> None:
    """The loader in Python keeps every point of these runs."""
    manifest = json.loads((fixtures / "MANIFEST.json").read_text())
    expected = manifest["folders"][folder]["plugins"]["scalars"][name]
    run = logs_of(fixtures / folder).all_points().run(name)
    assert run is not None
    ours = {series.tag: series for series in run.series}
    assert ours.keys() == expected.keys()
    for tag, theirs in expected.items():
        values = ours[tag].values
        assert values is not None
        assert len(values) == theirs["n"]
        assert np.nansum(values) == pytest.approx(theirs["sum_finite"])
        steps = ours[tag].steps.tolist()
        points = [[step, value] for step, value in zip(steps, values.tolist(), strict=True)]
        if "points" in theirs:
            assert points == theirs["points"]
        else:
            assert points[:2] == theirs["first"]
            assert points[-2:] == theirs["last"]


def test_a_purge_in_both_files_is_that_of_the_python_loader(fixtures: Path) -> None:
    manifest = json.loads((fixtures / "MANIFEST.json").read_text())
    expected = manifest["folders"]["edge_restart"]["plugins"]["scalars"]["purge_step_in_both"]
    run = logs_of(fixtures / "edge_restart").run("purge_step_in_both")
    assert run is not None
    assert {series.tag: len(series) for series in run.series} == {
        tag: theirs["n"] for tag, theirs in expected.items()
    }


Step = st.integers(-3, 8)
Entry = st.one_of(
    st.tuples(st.just("value"), st.sampled_from("ab"), Step),
    st.tuples(st.just("payload"), st.just("p"), Step),
    st.tuples(st.just("start"), st.just(""), Step),
)
Files = st.lists(st.lists(Entry, max_size=12), min_size=1, max_size=3)


def popping(files: list[list[tuple[str, str, int]]]) -> tuple[dict[str, list[int]], ...]:
    """The slow, obvious loop: numbers of the values that are kept of each tag, and of all."""
    kept: dict[str, list[tuple[int, int]]] = {}
    everything: dict[str, list[int]] = {}
    number, n_starts = 0, 0
    for file_id, entries in enumerate(files):
        for kind, tag, step in entries:
            number += 1
            if kind == "start":
                n_starts += 1
                for other, points in kept.items():
                    if n_starts > 1 and file_id > 0:
                        kept[other] = [point for point in points if point[0] < step]
                continue
            points = kept.setdefault(tag, [])
            while points and points[-1][0] >= step:
                points.pop()
            points.append((step, number))
            everything.setdefault(tag, []).append(number)
    return {tag: [number for _, number in points] for tag, points in kept.items()}, everything


@settings(max_examples=150, deadline=None)
@given(files=Files)
def test_what_is_kept_is_what_a_popping_loop_keeps(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[str, str, int]]]
) -> None:
    folder, number = tmp_path_factory.mktemp("logs"), 0
    for file_id, entries in enumerate(files):
        messages = []
        for kind, tag, step in entries:
            number += 1
            if kind == "start":
                messages.append(start_event(step))
            elif kind == "value":
                messages.append(value_event(step, tag, simple_value=number))
            else:
                tensor = {"dtype": 7, "string_val": [str(number).encode()]}
                messages.append(value_event(step, tag, "text", tensor=tensor))
        events(folder, str(file_id), *messages)
    kept, everything = popping(files)
    logs = logs_of(folder)
    shown = {series.tag: numbers_of(series) for series in logs.runs[0].series}
    assert shown == {tag: numbers for tag, numbers in kept.items() if numbers}
    behind = {series.tag: numbers_of(series) for series in logs.all_points().runs[0].series}
    assert behind == everything
    assert all((np.diff(series.steps) > 0).all() for series in logs.runs[0].series)


def numbers_of(series: Series) -> list[int]:
    if series.values is not None:
        return [int(value) for value in series.values.tolist()]
    return [int(read_tensor(series, i).item()) for i in range(len(series))]


def summary_of(run: Run) -> list[tuple[Any, ...]]:
    return [(s.tag, s.plugin, s.steps.tolist(), numbers_of(s), len(s.raw or s)) for s in run.series]


def test_a_run_is_the_same_in_steps_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    for file_id in range(3):
        messages = [start_event(int(rng.integers(9)))]
        for number, step in enumerate(rng.integers(0, 12, 40).tolist()):
            text = {"dtype": 7, "string_val": [str(number).encode()]}
            messages.append(value_event(step, "p", "text", tensor=text))
            messages.append(value_event(step, "v", simple_value=number))
        events(tmp_path, str(file_id), *messages)
    files = [columns_of(path) for path in sorted(tmp_path.iterdir())]
    at_once, _ = finish(build_run("r", files))
    monkeypatch.setattr(groups, "ROWS_A_STEP", 7)
    in_steps, _ = finish(build_run("r", files))
    assert summary_of(in_steps) == summary_of(at_once)


def test_many_runs_at_once_are_the_same_as_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 30):
        scalars(tmp_path / f"{n:02}", [step % 17 for step in range(5 * n)], tag=f"t{n % 3}")
    named = [(p.name, [columns_of(next(p.iterdir()))]) for p in sorted(tmp_path.iterdir())]
    one_by_one = [summary_of(finish(build_run(name, files))[0]) for name, files in named]
    for rows_a_step, rows_a_thread in ((1 << 20, 1), (100, 1), (100, 1 << 13)):
        monkeypatch.setattr(runs, "ROWS_A_STEP", rows_a_step)
        monkeypatch.setattr(runs, "_ROWS_WORTH_A_THREAD", rows_a_thread)
        assert [summary_of(run) for run, _ in finish(build_runs(named))] == one_by_one


def test_a_run_of_no_files_is_empty() -> None:
    run, problems = finish(build_run("gone", []))
    assert (run.series, problems) == ((), [])


def test_columns_that_may_not_be_written_to_are_read_all_the_same(tmp_path: Path) -> None:
    file = columns_of(scalars(tmp_path, [0, 1, 1]))
    for column in (*file.rows, *file.blobs, file.metadata_rows):
        column.setflags(write=False)
    run, _ = finish(build_run("r", [file]))
    assert [s.steps.tolist() for s in run.series] == [[0, 1]]


def test_series_can_not_be_written_to(tmp_path: Path) -> None:
    events(tmp_path, "1", value_event(0, "p", "text", tensor=MATRIX), value_event(0, "p"))
    scalars(tmp_path, [0, 1, 1])
    for series in logs_of(tmp_path).runs[0].series:
        for one in (series, series.raw):
            assert one is not None
            arrays = [one.steps, one.wall_times, one.values]
            if one.payloads is not None:
                places = one.payloads
                arrays += [places.file_ids, places.offsets, places.lengths, places.fields]
            assert not any(array.flags.writeable for array in arrays if array is not None)


def test_threads_that_ask_at_once_get_the_very_same_series(tmp_path: Path) -> None:
    scalars(tmp_path, list(range(50)))
    run = logs_of(tmp_path).runs[0]
    together, found = Barrier(4), list[tuple[Series, ...]]()

    def ask() -> None:
        together.wait()
        found.append(run.series)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(series is run.series for series in found)


def test_the_dummy_of_the_old_profiler_makes_an_empty_run(tmp_path: Path) -> None:
    """1.4 Ours: the run is there, and nothing in it."""
    version = event_pb2.Event(wall_time=1.0, file_version="brain.Event:2")
    events(tmp_path, "1.host.profile-empty", version)
    (run,) = logs_of(tmp_path).runs
    assert (run.name, run.series) == (".", ())
