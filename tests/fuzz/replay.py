"""Runs inputs once more: `python -m tests.fuzz.replay TARGET PATH`, PATH a folder of inputs or one.

Writes what each answered, and how much memory the greediest took. Which kernels run is for the
environment to say: NUMBA_DISABLE_JIT, NUMBA_BOUNDSCHECK.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import tracemalloc
from pathlib import Path

from tests.fuzz.memory import most_bytes
from tests.fuzz.plain_kernels import use_plain_kernels
from tests.fuzz.targets import TARGETS, import_all

TOO_MUCH = "Traceback:"


def answer(name: str, data: bytes) -> str:
    """What the target says to an input, or why it failed."""
    try:
        return TARGETS[name].run(data).hex()
    except Exception:  # noqa: BLE001  a finding, whatever it is
        return traceback.format_exc()


def measured(name: str, data: bytes) -> str:
    """The same; taking too much memory is a failure too, if it does so twice: the first time
    kernels may be loaded."""
    said = measured_once(name, data)
    return measured_once(name, data) if said.startswith(TOO_MUCH) else said


def measured_once(name: str, data: bytes) -> str:
    tracemalloc.start()
    try:
        said = answer(name, data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if peak > most_bytes(len(data)):
        return f"{TOO_MUCH} {len(data):,} bytes took {peak:,} bytes of memory"
    return said


def main() -> None:
    name, place = sys.argv[1], Path(sys.argv[2])
    if os.environ.get("NUMBA_DISABLE_JIT"):
        import_all()
        use_plain_kernels()
    paths = sorted(place.iterdir()) if place.is_dir() else [place]
    found = {path.name: measured(name, path.read_bytes()) for path in paths}
    if place.is_dir():
        sys.stdout.write(json.dumps(found))
        return
    sys.stdout.write(found[place.name] + "\n")


if __name__ == "__main__":
    main()
