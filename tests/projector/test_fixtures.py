"""Logs by real writers hold what TensorBoard reads from them, series by series.

The table is the manifest beside the logs: the few in tests/data always, the whole collection where
it lies beside this checkout. Where we read more than TensorBoard, or where its two loaders
disagree, RULES says which rule of the reference of file formats decides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.logs.folder import read_logs
from projector.logs.series import Logs, Run, Series
from projector.logs.tensors import read_tensor
from projector.progress import finish
from tests.conftest import DATA, SHARED

BLOBS = ("graphs", "graph_run_metadata", "graph_run_metadata_graph", "graph_keras_model")
PLUGINS = (
    *("scalars", "histograms", "images", "audio", "text", "pr_curves", "mesh", "hparams"),
    *("custom_scalars", "graph_tagged_run_metadata", *BLOBS),
)
NEWEST = "1.7 Ours: the newest value of a step wins, all points on request"
RESTARTS = "1.7 Ours: a start in a later file makes void what it repeats, of all tags"
CHECKSUMS = "1.3 Ours: a record with a wrong checksum is accepted if it can be read, with a warning"
SKIPPED = "1.3 Ours: a damaged record is skipped, with a warning"
RESYNC = "1.3 Ours: after a wrong length, reading goes on at the next sound record"
EMPTY = "1.3 Ours: a file without records is an empty run"
DOUBLES = "4.1 Ours: a scalar is any tensor of exactly one number"
TIMES = "9 Ours: a value without a wall time has that of the event before"
KINDS = "2.2 a tag belongs to the plugin that its first value names"
FOLDERS_ALONE = "1.3 Ours: what one file holds stops no other from being read"


Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Case:
    """place: the folder the manifest lies in. entry: what TensorBoard listed."""

    place: Path
    folder: str
    entry: dict[str, Any]

    @property
    def path(self) -> Path:
        return self.place / self.folder

    @property
    def differing(self) -> dict[str, Any]:
        """The series on which the two loaders disagree."""
        found = self.entry.get("loaders_differ", {}).items()
        return {name: answers for name, answers in found if "|" in name}

    def told(self, name: str) -> dict[str, Any] | None:
        """What the manifest has on plugin|run|tag."""
        plugin, run, tag = name.split("|", 2)
        told: dict[str, Any] | None = (
            self.entry.get("plugins", {}).get(plugin, {}).get(run, {}).get(tag)
        )
        return told


def manifest(place: Path) -> dict[str, Any]:
    path = place / "MANIFEST.json"
    folders: dict[str, Any] = (
        json.loads(path.read_text("utf-8"))["folders"] if path.is_file() else {}
    )
    return folders


def cases() -> dict[str, Case]:
    """Every folder of both collections, and the parts of those TensorBoard can't open whole."""
    found = {}
    for prefix, place in (("small:", DATA), ("", SHARED / "fixtures")):
        for name, entry in manifest(place).items():
            found[prefix + name] = Case(place, name, entry)
            for part, single in entry.get("opened_one_by_one", {}).items():
                found[f"{prefix}{name}/{part}"] = Case(place, f"{name}/{part}", single)
    return found


CASES = cases()
LISTED = {name: case for name, case in CASES.items() if "plugins" in case.entry}
NO_EVENT_FILES = {
    name: case
    for name, case in CASES.items()
    if not case.entry.keys() & {"plugins", "opened_one_by_one", "tensorboard"}
}
PARTED = {name: case for name, case in CASES.items() if "opened_one_by_one" in case.entry}


def each(chosen: dict[str, Any]) -> Callable[..., Any]:
    return pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in chosen.items()])


# Whose [points, last step, last value] ours must be where TensorBoard's loaders disagree.
RULES: dict[str, tuple[str, str]] = {
    "torch_scalars|scalars|baseline|optim/lr_double": (DOUBLES, "python"),
    "torch_scalars|scalars|sweeps/2024-05/lr=0.1|optim/lr_double": (DOUBLES, "python"),
    "torch_scalars|scalars|wide|optim/lr_double": (DOUBLES, "python"),
    "huggingface_trainer|scalars|hf_run|train/epoch": (NEWEST, "fast"),
    **{
        f"lightning|hparams|lightning_logs/digits/version_2|_hparams_/{record}": (NEWEST, "fast")
        for record in ("experiment", "session_start_info", "session_end_info")
    },
    **{
        f"lightning|scalars|lightning_logs/digits/version_{i}|epoch": (NEWEST, "fast")
        for i in range(3)
    },
    "edge_restart|scalars|names_out_of_order|loss": (NEWEST, "fast"),
    "edge_restart|scalars|one_file_steps_go_back|loss": (NEWEST, "fast"),
    "edge_restart|scalars|overlap_purge_step|loss": (NEWEST, "fast"),
    "edge_restart|scalars|overlap|loss": (NEWEST, "fast"),
    "edge_restart|scalars|session_start_event|loss": (NEWEST, "fast"),
    "edge_restart|scalars|started_again_from_zero|loss": (NEWEST, "fast"),
    "edge_restart|scalars|purge_step_in_both|only_first": (RESTARTS, "python"),
    "edge_nan_inf|scalars|scalars|mixed_double": (DOUBLES, "python"),
    "edge_steps_and_times|scalars|interleaved|slow": (NEWEST, "fast"),
    "edge_steps_and_times|scalars|steps|no_step_five_times": (NEWEST, "fast"),
    "edge_steps_and_times|scalars|steps|repeated_step": (NEWEST, "fast"),
    "edge_steps_and_times|scalars|times|wall_nan": (TIMES, "python"),
    "edge_same_tag_many_kinds/kind_changes|histograms|.|t": (KINDS, "fast"),
    "edge_bad_bytes/first_record|scalars|.|loss": (CHECKSUMS, "fast"),
    "edge_bad_bytes/payload_crc|scalars|.|loss": (CHECKSUMS, "fast"),
    "edge_bad_bytes/two_payloads|scalars|.|loss": (CHECKSUMS, "fast"),
}


@lru_cache(maxsize=200)
def logs_of(folder: Path) -> Logs:
    return finish(read_logs(folder))


def series_of(run: Run | None, plugin: str, tag: str) -> Series | None:
    made = run.series if run else ()
    return next((s for s in made if (s.plugin, s.tag) == (plugin, tag)), None)


def found_series(case: Case, name: str) -> Series:
    plugin, run, tag = name.split("|", 2)
    series = series_of(logs_of(case.path).run(run), plugin, tag)
    assert series is not None, name
    return series


def compared(record_property: Record, case: Case, names: list[str]) -> None:
    """Told at the end of the run; a folder in both collections counts once."""
    record_property("folder", case.folder.partition("/")[0])
    record_property("series", [f"{case.folder}|{name}" for name in names])


def number(value: Any) -> float:
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else float(value)


def names(case: Case) -> list[str]:
    """plugin|run|tag of all series that TensorBoard's Python loader lists."""
    return [
        f"{plugin}|{run}|{tag}"
        for plugin, runs in case.entry["plugins"].items()
        if plugin in PLUGINS
        for run, tags in runs.items()
        for tag in tags
    ]


def reads_on(case: Case) -> bool:
    """Whether TensorBoard stops in the middle of this file, where we don't."""
    return case.folder.startswith("edge_bad_bytes/")


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


DAMAGED = {
    "first_record": (CHECKSUMS, 100, "wrong checksum"),
    "garbage_in_the_middle": (RESYNC, 100, "no record"),
    "huge_length_right_crc": (RESYNC, 49, "no record"),
    "last_record": (SKIPPED, 99, "damaged"),
    "length_crc": (RESYNC, 99, "no record"),
    "length_high_byte": (RESYNC, 99, "no record"),
    "length_low_byte": (RESYNC, 99, "no record"),
    "payload": (SKIPPED, 99, "damaged"),
    "payload_crc": (CHECKSUMS, 100, "wrong checksum"),
    "right_crc_not_an_event": (SKIPPED, 100, "damaged"),
    "two_payloads": (CHECKSUMS, 100, "wrong checksum"),
    "zero_length_record": ("", 100, ""),
    "zeros_at_the_end": (RESYNC, 100, "no record"),
    "zeros_in_the_middle": (RESYNC, 100, "no record"),
}


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


MIXED = {
    "kind_changes": {"histograms|t": 1},
    "mixed": {"scalars|t": 4, "text|t/text_summary": 4},
    "other_run_other_kind": {"text|t/text_summary": 1},
}


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
