"""Reading log folders: ours beside TensorBoard's readers and a plain protobuf loop.

Every reader runs in a process of its own, with files in the system's cache and, for ours, kernels
in numba's; the first read of a small folder, which loads them, is not counted as reading but is
part of the whole process. Each figure is the best of two; readers that take a minute run once. The
peers are spared work: neither the native server nor the protobuf loop checks checksums, the
server's points are not fetched from it, and tensors are left undecoded.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._log_cases import ACCUMULATOR, PROTOBUF, SERVER, Case, cases, warm_folder
from benchmarks._log_readers import AGAIN, KEEPING, POLLING
from projector.warm_up import warm_up_logs

OPTIONS = ("--quick",)
REPEATED_BELOW_S = 60.0
FIRST = "ours, first opening"
FIGURES = {
    "wall": "reading, wall time",
    "cpu": "reading, processor time",
    "process": "whole process with imports, wall time",
}
PAYLOAD_FIGURES = {
    **FIGURES,
    "memory": "whole process, peak memory",
    "read": "bytes read from files",
}
UNITS = {"memory": "MB", "read": "MB"}

Costs = dict[str, float]
"""By the keys of the figures, in their units; without those that the system does not tell."""


def figures(*options: str) -> Iterator[dict[str, Any]]:
    """What each reader needs for each folder; with --quick for a tenth of it."""
    warm_up_logs()
    peers = _peers()
    with tempfile.TemporaryDirectory() as root:
        warm = Path(root) / "warm"
        warm_folder(warm)
        for number, case in enumerate(cases("--quick" in options)):
            folder = Path(root) / str(number)
            case.write(folder)
            _read_once(folder)
            yield from _compared(case, folder, warm, [p for p in peers if p in case.peers])
            shutil.rmtree(folder)


def _compared(case: Case, folder: Path, warm: Path, peers: list[str]) -> Iterator[dict[str, Any]]:
    ours = {way: _best(way, case, folder, warm) for way in case.ways}
    theirs = {FIRST: ours["ours"]}
    for peer in peers:
        theirs[peer] = _best(peer, case, folder, warm)
        for way in case.ways:
            yield from _lines(case, way, ours[way], peer, theirs[peer])
    if case.is_reopened:
        _timed(KEEPING, case, folder, warm)
        again = _best(AGAIN, case, folder, warm)
        for peer in (FIRST, SERVER):
            if peer in theirs:
                figure = "opening again with the index, wall time"
                yield _line(case, figure, "wall", again, peer, theirs[peer])
    if case.is_polled:
        poll = _best(POLLING, case, folder, warm)
        figure = "a poll that finds nothing new, wall time"
        yield _line(case, figure, "wall", poll, FIRST, theirs[FIRST])


def _peers() -> list[str]:
    peers = [PROTOBUF]
    if not importlib.util.find_spec("tensorboard"):
        print("TensorBoard is not installed: its readers are left out", file=sys.stderr)
        return peers
    if importlib.util.find_spec("tensorboard_data_server"):
        peers.append(SERVER)
    else:
        print("tensorboard-data-server is not installed: it is left out", file=sys.stderr)
    return [*peers, ACCUMULATOR]


def _lines(case: Case, way: str, ours: Costs, peer: str, theirs: Costs) -> Iterator[dict[str, Any]]:
    for key, figure in (PAYLOAD_FIGURES if case.has_payloads else FIGURES).items():
        if key == "process" and peer == SERVER:  # not Python: it starts at once
            continue
        if key in ours and key in theirs:
            yield _line(case, figure + way.removeprefix("ours"), key, ours, peer, theirs)


def _line(
    case: Case, figure: str, key: str, ours: Costs, peer: str, theirs: Costs
) -> dict[str, Any]:
    return {
        "case": case.name,
        "figure": figure,
        "unit": UNITS.get(key, "s"),
        "ours": round(ours[key], 4),
        "peer": peer,
        "theirs": round(theirs[key], 4),
        "ratio": round(theirs[key] / ours[key], 2),
    }


def _best(reader: str, case: Case, folder: Path, warm: Path) -> Costs:
    first = _timed(reader, case, folder, warm)
    if first["process"] > REPEATED_BELOW_S:
        return first
    second = _timed(reader, case, folder, warm)
    return {key: min(first[key], second[key]) for key in first}


def _timed(reader: str, case: Case, folder: Path, warm: Path) -> Costs:
    """The costs of one child. Raises RuntimeError where it fails or misses a point."""
    arguments = [reader, str(folder), str(warm), str(case.n_runs), str(case.last_step)]
    command = [sys.executable, "-m", "benchmarks._log_readers", *arguments]
    # the user's own indexes are left alone
    cache = str(warm.parent / "cache")
    own_cache = {**os.environ, "XDG_CACHE_HOME": cache, "LOCALAPPDATA": cache}
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, env=own_cache
        ) as child:
            assert child.stdout is not None
            line = child.stdout.readline()
            spent = time.perf_counter() - start
            rest = child.stdout.read()
        errors.seek(0)
        if child.returncode or not rest:
            raise RuntimeError(f"{reader} failed on {case.name}:\n{errors.read().decode()}")
    found = json.loads(rest)
    n_points = found.pop("n_points")
    if n_points not in (None, case.n_points):
        wrong = f"{reader} found {n_points:,} points in {case.name}"
        raise RuntimeError(f"{wrong}, {case.n_points:,} were written.")
    costs = {key: cost for key, cost in found.items() if cost is not None}
    return {**json.loads(line), **costs, "process": spent}


def _read_once(folder: Path) -> None:
    for path in folder.rglob("*tfevents*"):
        path.read_bytes()
