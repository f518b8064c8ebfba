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
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._log_cases import Case, cases, warm_folder
from benchmarks._log_readers import SERVER
from projector.warm_up import warm_up_logs

OPTIONS = ("--quick",)
REPEATED_BELOW_S = 60.0
FIGURES = {
    "wall": "reading, wall time",
    "cpu": "reading, processor time",
    "process": "whole process with imports, wall time",
}


def figures(*options: str) -> Iterator[dict[str, Any]]:
    """Seconds of each reader on each folder; with --quick on a tenth of it."""
    warm_up_logs()
    peers = _peers()
    with tempfile.TemporaryDirectory() as root:
        warm = Path(root) / "warm"
        warm_folder(warm)
        for number, case in enumerate(cases("--quick" in options)):
            folder = Path(root) / str(number)
            case.write(folder)
            _read_once(folder)
            ways = ["ours", "ours with curves"] if "trials" in case.name else ["ours"]
            ours = {way: _best(way, case, folder, warm) for way in ways}
            for peer in peers:
                theirs = _best(peer, case, folder, warm)
                for way in ways:
                    yield from _lines(case, way, ours[way], peer, theirs)


def _peers() -> list[str]:
    peers = ["protobuf loop"]
    if not importlib.util.find_spec("tensorboard"):
        print("TensorBoard is not installed: its readers are left out", file=sys.stderr)
        return peers
    if importlib.util.find_spec("tensorboard_data_server"):
        peers.append(SERVER)
    else:
        print("tensorboard-data-server is not installed: it is left out", file=sys.stderr)
    return [*peers, "EventAccumulator"]


def _lines(
    case: Case, way: str, ours: dict[str, float], peer: str, theirs: dict[str, float]
) -> Iterator[dict[str, Any]]:
    for key, figure in FIGURES.items():
        if key == "process" and peer == SERVER:  # not Python: it starts at once
            continue
        yield {
            "case": case.name,
            "figure": figure + way.removeprefix("ours"),
            "unit": "s",
            "ours": round(ours[key], 3),
            "peer": peer,
            "theirs": round(theirs[key], 3),
            "ratio": round(theirs[key] / ours[key], 2),
        }


def _best(reader: str, case: Case, folder: Path, warm: Path) -> dict[str, float]:
    first = _timed(reader, case, folder, warm)
    if first["process"] > REPEATED_BELOW_S:
        return first
    second = _timed(reader, case, folder, warm)
    return {key: min(first[key], second[key]) for key in first}


def _timed(reader: str, case: Case, folder: Path, warm: Path) -> dict[str, float]:
    """Seconds of one child. Raises RuntimeError where it fails or misses a point."""
    arguments = [reader, str(folder), str(warm), str(case.n_runs), str(case.last_step)]
    command = [sys.executable, "-m", "benchmarks._log_readers", *arguments]
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as child:
            assert child.stdout is not None
            line = child.stdout.readline()
            spent = time.perf_counter() - start
            rest = child.stdout.read()
        errors.seek(0)
        if child.returncode or not rest:
            raise RuntimeError(f"{reader} failed on {case.name}:\n{errors.read().decode()}")
    n_points = json.loads(rest)["n_points"]
    if n_points not in (None, case.n_points):
        found = f"{reader} found {n_points:,} points in {case.name}"
        raise RuntimeError(f"{found}, {case.n_points:,} were written.")
    return {**json.loads(line), "process": spent}


def _read_once(folder: Path) -> None:
    for path in folder.rglob("*tfevents*"):
        path.read_bytes()
