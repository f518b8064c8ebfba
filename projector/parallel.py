"""Runs one of our kernels on all cores, or a library beside our own: the core's only threads.

Kernels release the GIL, so plain threads suffice; numba's own `parallel=True` compiles several
times slower and must not be entered from two threads at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from typing import TypeVar

Step = TypeVar("Step")
Result = TypeVar("Result")

N_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

_pool = ThreadPoolExecutor(N_CORES, thread_name_prefix="kernel")
_libraries = ThreadPoolExecutor(2, thread_name_prefix="library")

_POLL_S = 0.03


def for_each_part(n: int, kernel: Callable[[int, int], None], smallest: int = 1) -> None:
    """Call `kernel(start, stop)` on contiguous parts that cover range(n), one part a core, and
    wait for all.

    Parts are no smaller than `smallest`; a single part runs on the calling thread. The kernel must
    release the GIL and parts must not write to the same memory.
    """
    n_parts = max(1, min(N_CORES, n // max(1, smallest)))
    if n_parts == 1:
        kernel(0, n)
        return
    edges = [n * part // n_parts for part in range(n_parts + 1)]
    waiting = [_pool.submit(kernel, a, b) for a, b in pairwise(edges)]
    for part in waiting:
        part.result()


def beside(call: Callable[[], Result], step: Callable[[], Step]) -> Generator[Step, None, Result]:
    """Make one call of a library that can't yield, and yield `step()` every so often until it ends.

    The call must release the GIL. Whoever drops the generator early also makes the call end soon,
    as by a file that refuses to be read any more.
    """
    waiting = _libraries.submit(call)
    while not wait((waiting,), timeout=_POLL_S).done:
        yield step()
    return waiting.result()
