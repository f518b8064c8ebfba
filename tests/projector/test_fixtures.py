"""Logs by real writers hold what TensorBoard reads from them, series by series.

The table is the manifest beside the logs: the few in tests/data always, the whole collection where
it lies beside this checkout. Where we read more than TensorBoard, or where its two loaders
disagree, a rule of fixture_cases.py decides.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.logs.series import Series
from projector.logs.tensors import read_tensor
from tests.conftest import DATA, SHARED
from tests.projector.fixture_cases import (
    BLOBS,
    CASES,
    DAMAGED,
    LISTED,
    MIXED,
    NEWEST,
    NO_EVENT_FILES,
    PARTED,
    PLUGINS,
    RULES,
    Case,
    Record,
    compared,
    each,
    found_series,
    logs_of,
    manifest,
    names,
    number,
    reads_on,
    series_of,
)


@each({name: case for name, case in LISTED.items() if not reads_on(case)})
def test_every_series_is_what_tensorboard_lists(case: Case, record_property: Record) -> None:
    agreed = [name for name in names(case) if name not in case.differing]
    for name in agreed:
        series, told = found_series(case, name), case.told(name)
        assert told is not None
        assert len(series) == told["n"], name
        assert (np.diff(series.steps) > 0).all(), name
        check_points(series, told)
        check_tensors(series, told)
    compared(record_property, case, agreed)


def check_points(series: Series, told: dict[str, Any]) -> None:
    if "steps" in told and len(told["steps"]) == len(series):
        assert series.steps.tolist() == told["steps"]
    if "wall_first" in told and math.isfinite(number(told["wall_first"])):
        assert series.wall_times[0] == told["wall_first"]
        assert series.wall_times[-1] == told["wall_last"]
    if series.values is None:
        return
    found = list(zip(series.steps.tolist(), series.values.tolist(), strict=True))
    points = told.get("points")
    if not points:
        points = [*told["first"], *told["last"]]
        found = [*found[: len(told["first"])], *found[-len(told["last"]) :]]
    assert [step for step, _ in found] == [step for step, _ in points]
    np.testing.assert_allclose([v for _, v in found], [number(v) for _, v in points], rtol=1e-6)
    finite = series.values[np.isfinite(series.values)]
    np.testing.assert_allclose(finite.sum(), told["sum_finite"], rtol=1e-6, atol=1e-9)


def check_tensors(series: Series, told: dict[str, Any]) -> None:
    for which, i in (("first_tensor", 0), ("last_tensor", len(series) - 1)):
        if which in told:
            check_tensor(read_tensor(series, i), told[which])
    if "blobs_at_each_step" in told and series.plugin in ("images", *BLOBS):
        sizes = [read_tensor(series, i).size for i in range(len(series))]
        assert sizes == told["blobs_at_each_step"]


def check_tensor(tensor: np.ndarray[Any, Any], told: dict[str, Any]) -> None:
    assert list(tensor.shape) == told["shape"]
    start = tensor.ravel()[: len(told["first"])]
    if tensor.dtype == object:
        texts = [text.decode("utf-8", "replace")[:100] for text in start]
        assert texts == [text[:100] for text in told["first"]]
        return
    expected = [number(value) for value in told["first"]]
    np.testing.assert_allclose(start.astype(float), expected, rtol=1e-6, atol=1e-12)


def disputed() -> list[Any]:
    return [
        pytest.param(case, name, id=f"{label}-{name.split('|', 1)[1]}")
        for label, case in CASES.items()
        for name in case.differing
    ]


@pytest.mark.parametrize(("case", "name"), disputed())
def test_where_the_loaders_disagree_a_rule_decides(
    case: Case, name: str, record_property: Record
) -> None:
    _, loader = RULES[f"{case.folder}|{name}"]
    series, told = found_series(case, name), case.differing[name][f"{loader}_loader"]
    assert [len(series), int(series.steps[-1])] == told[:2]
    assert (np.diff(series.steps) > 0).all()
    if series.values is not None:
        assert series.values[-1] == pytest.approx(number(told[2]), rel=1e-6)
    compared(record_property, case, [name])


ALL_KEPT = [
    pytest.param(case, name, id=f"{label}-{name.split('|', 1)[1]}")
    for label, case in CASES.items()
    for name in case.differing
    if RULES.get(f"{case.folder}|{name}", ("",))[0] == NEWEST and "session_start" not in name
]


@pytest.mark.parametrize(("case", "name"), ALL_KEPT)
def test_all_points_are_those_of_the_loader_that_keeps_them_all(case: Case, name: str) -> None:
    told, raw = case.told(name), found_series(case, name).raw
    assert told is not None
    assert raw is not None
    assert len(raw) == told["n"]
    check_points(raw, told)


def test_every_rule_decides_something() -> None:
    decided = {f"{case.folder}|{name}" for case in CASES.values() for name in case.differing}
    assert decided <= set(RULES)
    if any(case.place != DATA for case in CASES.values()):
        assert decided == set(RULES)


@each(LISTED)
def test_the_runs_are_those_tensorboard_lists(case: Case) -> None:
    """Runs without a record, which only its Python loader lists, are among them: EMPTY."""
    assert {run.name for run in logs_of(case.path).runs} == set(case.entry["runs"])


@each(NO_EVENT_FILES)
def test_a_folder_without_event_files_has_no_runs(case: Case, record_property: Record) -> None:
    logs = logs_of(case.path)
    assert (logs.runs, logs.problems) == ((), ())
    compared(record_property, case, [])


@each(LISTED)
def test_no_series_is_made_up(case: Case) -> None:
    told = {*names(case), *case.differing}
    if reads_on(case):
        told.add("scalars|.|loss")  # RESYNC
    runs = logs_of(case.path).runs
    found = {f"{s.plugin}|{s.run}|{s.tag}" for r in runs for s in r.series if s.plugin in PLUGINS}
    assert found <= told


@each(PARTED)
def test_a_folder_tensorboard_fails_on_holds_what_its_parts_hold(
    case: Case, record_property: Record
) -> None:
    """FOLDERS_ALONE."""
    whole = logs_of(case.path)
    parts = {f"{case.folder}/{part}" for part in case.entry["opened_one_by_one"]}
    assert {f"{case.folder}/{run.name}" for run in whole.runs} == parts
    for run in whole.runs:
        alone = logs_of(case.path / run.name).runs[0]
        found = [(s.plugin, s.tag, s.steps.tolist()) for s in run.series]
        assert found == [(s.plugin, s.tag, s.steps.tolist()) for s in alone.series]
    compared(record_property, case, [])


@each({name: case for name, case in CASES.items() if reads_on(case)})
def test_damage_costs_one_record_and_is_told(case: Case, record_property: Record) -> None:
    _, n, what = DAMAGED[Path(case.folder).name]
    logs = logs_of(case.path)
    series = series_of(logs.runs[0], "scalars", "loss")
    assert series is not None
    assert len(series) == n
    assert set(series.steps.tolist()) <= set(range(100))
    np.testing.assert_allclose(series.values, 1 / (1 + series.steps), rtol=1e-6)
    assert [what in problem.what for problem in logs.problems] == [True] * bool(what)
    compared(record_property, case, ["scalars|.|loss"])


@each({n: c for n, c in CASES.items() if c.folder.startswith("edge_same_tag_many_kinds/")})
def test_a_tag_of_many_kinds_keeps_those_of_its_first(case: Case, record_property: Record) -> None:
    """KINDS: what does not fit is left out with a problem."""
    logs = logs_of(case.path)
    found = {f"{s.plugin}|{s.tag}": len(s) for s in logs.runs[0].series}
    assert found == MIXED[Path(case.folder).name]
    compared(record_property, case, list(found))


@pytest.mark.parametrize("place", [DATA, SHARED / "fixtures"], ids=["small", "all"])
def test_a_record_cut_short_is_no_problem(place: Path) -> None:
    if not place.is_dir():
        pytest.skip("the folder of logs by real writers is not beside this checkout")
    assert logs_of(place / "edge_truncated").problems == ()


@pytest.mark.parametrize("place", [DATA, SHARED / "fixtures"], ids=["small", "all"])
def test_every_folder_is_in_the_manifest(place: Path) -> None:
    if not place.is_dir():
        pytest.skip("the folder of logs by real writers is not beside this checkout")
    found = {p.name for p in place.iterdir() if p.is_dir() and p.name not in ("_writers", "fuzz")}
    assert found == set(manifest(place))
