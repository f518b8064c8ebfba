"""Fuzzes one target until its time is over: `python -m tests.fuzz.worker NAME FOLDER [libFuzzer's
options]`. Runs the kernels as plain Python, so that the fuzzer sees which way they go.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"

import atheris
import google_crc32c
import numpy as np

with atheris.instrument_imports(include=["projector"]):
    import projector.logs

    for found in pkgutil.walk_packages(projector.logs.__path__, "projector.logs."):
        importlib.import_module(found.name)  # kernels and readers, which others import when needed
    from tests.fuzz.targets import TARGETS

from tests.fuzz.memory import most_bytes
from tests.fuzz.mutate import mutated_chunks, mutated_message

MOST_MEMORY = 2 << 30
MEASURED_EACH = 64
"""One in so many runs is watched for how much memory it takes."""


def masked_crc(buf: np.ndarray, start: int, end: int) -> np.uint64:
    """The kernel's answer, far quicker than the kernel in plain Python."""
    assert 0 <= start <= end <= len(buf)
    crc = int(google_crc32c.value(buf[start:end].tobytes()))
    return np.uint64((((crc >> 15 | crc << 17) & 0xFFFFFFFF) + 0xA282EAD8) & 0xFFFFFFFF)


def little_endian(buf: np.ndarray, start: int, size: int) -> np.uint64:
    """The same."""
    assert 0 <= start <= start + size <= len(buf)
    return np.uint64(int.from_bytes(buf[start : start + size].tobytes(), "little"))


def use_quick(*functions: Callable[..., np.uint64]) -> None:
    """Put these in the place of kernels of their name; the kernels have their turn afterwards."""
    kernels = [module for name, module in sys.modules.items() if name.endswith(".kernels")]
    for module in kernels:
        for function in functions:
            if hasattr(module, function.__name__):
                setattr(module, function.__name__, function)


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
    np.seterr(all="ignore")  # compiled code wraps around in silence
    use_quick(masked_crc, little_endian)
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
