"""Reads all event files below a folder into Logs, several at a time, and lists what was wrong."""

from __future__ import annotations

import time
from pathlib import Path

from projector.errors import Problem
from projector.logs.find import find_event_files
from projector.logs.runs import build_run
from projector.logs.scan import BLOCK, FileColumns, FileScan
from projector.logs.series import Logs, Run
from projector.parallel import N_CORES, for_each_part
from projector.progress import Progress, Work

_MOST_OPEN = 64
_STEP_S = 0.03


def read_logs(path: Path) -> Work[Logs]:
    """Everything in the event files below `path`, or in the one event file that `path` is.

    A file that can't be read, or only in part, becomes a problem. Raises NotFound and Unreadable
    about `path` itself.
    """
    found = yield from find_event_files(path)
    files = [file for files in found.runs.values() for file in files]
    columns = yield from _read_files(files)
    runs: list[Run] = []
    problems: list[Problem] = list(found.problems)
    for name, paths in found.runs.items():
        run, wrong = yield from build_run(name, [columns.pop(file) for file in paths])
        runs.append(run)
        problems += wrong
    return Logs(path, tuple(runs), tuple(problems))


def _read_files(files: list[Path]) -> Work[dict[Path, FileColumns]]:
    """The columns of each file. Rounds of a few blocks are shared among the cores."""
    if not files:
        return {}
    yield Progress(0.0, f"Reading {len(files):,} event files")
    done: dict[Path, FileColumns] = {}
    waiting = list(reversed(files))
    active: list[FileScan] = []
    shown = time.monotonic()
    while waiting or active:
        n_bytes = sum(scan.next_bytes for scan in active)
        while waiting and len(active) < _MOST_OPEN and n_bytes < N_CORES * BLOCK:
            active.append(FileScan(waiting.pop()))
            n_bytes += active[-1].next_bytes
        _advance_all(active)
        for scan in active:
            if scan.is_done:
                done[scan.path] = scan.finish()
        active = [scan for scan in active if not scan.is_done]
        if time.monotonic() - shown > _STEP_S:
            note = f"Reading {len(done):,} of {len(files):,} event files"
            yield Progress(len(done) / len(files), note)
            shown = time.monotonic()
    return done


def _advance_all(scans: list[FileScan]) -> None:
    def advance(start: int, stop: int) -> None:
        for scan in scans[start:stop]:
            scan.advance()

    for_each_part(len(scans), advance)
