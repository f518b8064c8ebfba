"""The folders of logs by real writers, what TensorBoard reads from each, and the rules by which we
read otherwise: numbers are sections of the reference of file formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from projector.logs.folder import read_logs
from projector.logs.series import Logs, Run, Series
from projector.progress import finish
from tests.conftest import DATA, SHARED

BLOBS = ("graphs", "graph_run_metadata", "graph_run_metadata_graph", "graph_keras_model")
PLUGINS = (
    *("scalars", "histograms", "images", "audio", "text", "pr_curves", "mesh", "hparams"),
    *("custom_scalars", "graph_tagged_run_metadata", *BLOBS),
)
NEWEST = "1.7 Ours: the newest value of a step wins, all points on request"
RESTARTS = "1.7 Ours: a start in a later file, a run's first one aside, makes void what it repeats"
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

MIXED = {
    "kind_changes": {"histograms|t": 1},
    "mixed": {"scalars|t": 4, "text|t/text_summary": 4},
    "other_run_other_kind": {"text|t/text_summary": 1},
}
