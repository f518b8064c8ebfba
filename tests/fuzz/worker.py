"""Fuzzes one target until its time is over: `python -m tests.fuzz.worker NAME FOLDER [libFuzzer's
options]`. Runs the kernels as plain Python, so that the fuzzer sees which way they go.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
import tracemalloc
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"

import atheris

with atheris.instrument_imports(include=["projector"]):
    from tests.fuzz.targets import TARGETS, import_all

    import_all()

from tests.fuzz.memory import most_bytes
from tests.fuzz.mutate import mutated_chunks, mutated_message
from tests.fuzz.plain_kernels import use_plain_kernels

MOST_MEMORY = 2 << 30
MEASURED_EACH = 64
"""One in so many runs is watched for how much memory it takes."""


class Watched:
    """Runs a target, and remembers the slowest input. finding: folder/slowest.json."""

    def __init__(self, name: str, folder: Path) -> None:
        self._run = TARGETS[name].run
        self._report = folder / "slowest.json"
        self._slowest = 0.0
        self._n = 0

    def __call__(self, data: bytes) -> None:
        self._n += 1
        started = time.perf_counter()
        if self._n % MEASURED_EACH == 0:
            self._run_measured(data)
            return
        self._run(data)
        taken = time.perf_counter() - started
        if taken > self._slowest:
            self._slowest = taken
            self._report.write_text(json.dumps({"seconds": taken, "bytes": len(data)}))

    def _run_measured(self, data: bytes) -> None:
        tracemalloc.start()
        try:
            self._run(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak <= most_bytes(len(data)), f"{len(data)} bytes took {peak:,} bytes of memory"


def limit_memory() -> None:
    """What asks for far too much fails at once instead of filling the machine."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def mutate_chunks(data: bytes, most: int, seed: int) -> bytes:
    return mutated_chunks(data, seed, atheris.Mutate)[:most]


def mutate_message(data: bytes, most: int, seed: int) -> bytes:
    return mutated_message(data, random.Random(seed), atheris.Mutate)[:most]


def mutate_payload(data: bytes, most: int, seed: int) -> bytes:
    return data[:1] + mutate_message(data[1:], most - 1, seed)


MUTATORS = {"chunks": mutate_chunks, "message": mutate_message, "payload": mutate_payload}


def main() -> None:
    name, folder, *options = sys.argv[1:]
    use_plain_kernels()
    limit_memory()
    arguments = ["fuzz", *options, str(Path(folder) / "corpus")]
    mutator = MUTATORS.get(TARGETS[name].mutator)
    if mutator:
        atheris.Setup(arguments, Watched(name, Path(folder)), custom_mutator=mutator)
    else:
        atheris.Setup(arguments, Watched(name, Path(folder)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
