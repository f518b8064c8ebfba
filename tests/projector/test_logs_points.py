"""Of repeated steps and restarts the newest points are shown, and none is lost."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.logs.messages import event_pb2
from projector.logs.tensors import read_tensor
from tests.event_logs import (
    described,
    events,
    logs_of,
    numbers_of,
    scalars,
    start_event,
    value_event,
)


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
