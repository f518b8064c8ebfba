"""Logs by real writers hold what TensorBoard reads from them, series by series."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.logs.folder import read_logs
from projector.logs.series import Logs, Run, Series
from projector.logs.tensors import read_tensor
from projector.progress import finish
from tests.conftest import SHARED

MANIFEST = SHARED / "fixtures" / "MANIFEST.json"
FOLDERS: dict[str, Any] = (
    json.loads(MANIFEST.read_text("utf-8"))["folders"] if MANIFEST.is_file() else {}
)
BLOBS = ("graphs", "graph_run_metadata", "graph_run_metadata_graph", "graph_keras_model")
PLUGINS = (
    *("scalars", "histograms", "images", "audio", "text", "pr_curves", "mesh", "hparams"),
    *("custom_scalars", "graph_tagged_run_metadata", *BLOBS),
)


def whole_and_single() -> dict[str, Any]:
    """Path below the fixtures to what TensorBoard listed, of whole folders or of their parts."""
    found = {}
    for name, entry in FOLDERS.items():
        if "plugins" in entry:
            found[name] = entry
        for part, single in entry.get("opened_one_by_one", {}).items():
            if "plugins" in single:
                found[f"{name}/{part}"] = single
    return found


CASES = whole_and_single()


def expected_series() -> list[Any]:
    return [
        pytest.param(folder, plugin, run, tag, id=f"{folder}|{plugin}|{run}|{tag}"[:90])
        for folder, entry in CASES.items()
        if not folder.startswith("edge_bad_bytes")  # there we read on where TensorBoard stops
        for plugin, runs in entry["plugins"].items()
        if plugin in PLUGINS
        for run, tags in runs.items()
        for tag in tags
    ]


@lru_cache(maxsize=200)
def logs_of(folder: Path) -> Logs:
    return finish(read_logs(folder))


def series_of(run: Run | None, plugin: str, tag: str) -> Series | None:
    made = run.series if run else ()
    return next((s for s in made if (s.plugin, s.tag) == (plugin, tag)), None)


def number(value: Any) -> float:
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else float(value)


@pytest.mark.parametrize(("folder", "plugin", "run", "tag"), expected_series())
def test_a_series_is_what_tensorboard_lists(
    fixtures: Path, folder: str, plugin: str, run: str, tag: str
) -> None:
    expected = CASES[folder]["plugins"][plugin][run][tag]
    differing = CASES[folder].get("loaders_differ", {}).get(f"{plugin}|{run}|{tag}")
    series = series_of(logs_of(fixtures / folder).run(run), plugin, tag)
    if differing:
        answers = [answer for answer in differing.values() if answer]
        assert series is not None
        assert [len(series), int(series.steps[-1])] in [answer[:2] for answer in answers]
        return
    assert series is not None
    assert len(series) == expected["n"]
    assert (np.diff(series.steps) > 0).all()
    check_points(series, expected)
    check_tensors(series, expected)


def check_points(series: Series, expected: dict[str, Any]) -> None:
    if "steps" in expected and len(expected["steps"]) == len(series):
        assert series.steps.tolist() == expected["steps"]
    if "wall_first" in expected and math.isfinite(number(expected["wall_first"])):
        assert series.wall_times[0] == expected["wall_first"]
        assert series.wall_times[-1] == expected["wall_last"]
    if series.values is None:
        return
    pairs = list(zip(series.steps.tolist(), series.values.tolist(), strict=True))
    points = expected.get("points")
    told = points or [*expected["first"], *expected["last"]]
    found = (
        pairs if points else [*pairs[: len(expected["first"])], *pairs[-len(expected["last"]) :]]
    )
    assert [step for step, _ in found] == [step for step, _ in told]
    np.testing.assert_allclose([v for _, v in found], [number(v) for _, v in told], rtol=1e-6)
    finite = series.values[np.isfinite(series.values)]
    np.testing.assert_allclose(finite.sum(), expected["sum_finite"], rtol=1e-6, atol=1e-9)


def check_tensors(series: Series, expected: dict[str, Any]) -> None:
    for which, i in (("first_tensor", 0), ("last_tensor", len(series) - 1)):
        if which not in expected:
            continue
        told = expected[which]
        tensor = read_tensor(series, i)
        assert list(tensor.shape) == told["shape"]
        start = tensor.ravel()[: len(told["first"])]
        if tensor.dtype == object:
            texts = [text.decode("utf-8", "replace") for text in start]
            assert [text[:100] for text in texts] == [text[:100] for text in told["first"]]
            continue
        np.testing.assert_allclose(
            start.astype(float), [number(v) for v in told["first"]], rtol=1e-6, atol=1e-12
        )
    if "blobs_at_each_step" in expected and series.plugin in ("images", *BLOBS):
        assert [read_tensor(series, i).size for i in range(len(series))] == expected[
            "blobs_at_each_step"
        ]


@pytest.mark.parametrize("folder", CASES)
def test_the_runs_are_those_tensorboard_lists(fixtures: Path, folder: str) -> None:
    assert {run.name for run in logs_of(fixtures / folder).runs} == set(CASES[folder]["runs"])


@pytest.mark.parametrize("folder", CASES)
def test_no_series_is_made_up(fixtures: Path, folder: str) -> None:
    entry = CASES[folder]
    told = {
        f"{plugin}|{run}|{tag}"
        for plugin, runs in entry["plugins"].items()
        for run, tags in runs.items()
        for tag in tags
    } | set(entry.get("loaders_differ", {}))
    logs = logs_of(fixtures / folder)
    found = {
        f"{s.plugin}|{s.run}|{s.tag}" for r in logs.runs for s in r.series if s.plugin in PLUGINS
    }
    assert found <= told | beyond_tensorboard(folder)


def beyond_tensorboard(folder: str) -> set[str]:
    """What we read behind damage at which TensorBoard stops."""
    return {"scalars|.|loss"} if folder.startswith("edge_bad_bytes") else set()


@pytest.mark.parametrize(
    ("part", "n", "what"),
    [
        ("first_record", 100, "wrong checksum"),
        ("garbage_in_the_middle", 100, "no record"),
        ("huge_length_right_crc", 49, "no record"),
        ("last_record", 99, "damaged"),
        ("length_crc", 99, "no record"),
        ("length_low_byte", 99, "no record"),
        ("payload", 99, "damaged"),
        ("payload_crc", 100, "wrong checksum"),
        ("right_crc_not_an_event", 100, "damaged"),
        ("zeros_in_the_middle", 100, "no record"),
        ("zeros_at_the_end", 100, "no record"),
    ],
)
def test_damage_costs_one_record_and_is_told(fixtures: Path, part: str, n: int, what: str) -> None:
    logs = logs_of(fixtures / "edge_bad_bytes" / part)
    series = series_of(logs.runs[0], "scalars", "loss")
    assert series is not None
    assert len(series) == n
    assert what in logs.problems[0].what


def test_a_record_cut_short_is_no_problem(fixtures: Path) -> None:
    assert logs_of(fixtures / "edge_truncated").problems == ()
