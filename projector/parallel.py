"""Runs one of our kernels on all cores, or a library beside our own: the core's only threads.

Kernels release the GIL, so plain threads suffice; numba's own `parallel=True` compiles several
times slower and must not be entered from two threads at once.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, TypeVar

Step = TypeVar("Step")
Result = TypeVar("Result")

N_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

_pool = ThreadPoolExecutor(N_CORES, thread_name_prefix="kernel")
_main_pool = ThreadPoolExecutor(N_CORES, thread_name_prefix="kernel of main")
"""What the main thread waits for must not stand in line behind the kernels of jobs."""
_libraries = ThreadPoolExecutor(2, thread_name_prefix="library")

_POLL_S = 0.03

_products = threading.Lock()
_n_alone = 0
_limits: Any = None


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
    is_main = threading.current_thread() is threading.main_thread()
    pool = _main_pool if is_main else _pool
    waiting = [pool.submit(kernel, a, b) for a, b in pairwise(edges)]
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


@contextmanager
def products_alone() -> Iterator[None]:
    """Meanwhile products of matrices use one thread a call, as kernels call them from several.

    The library's own threads wait for one another, on a busy computer at each product. May be
    entered from several jobs at once; the last one out brings back what was.
    """
    global _limits, _n_alone  # they belong to the process, as the library's threads do
    from threadpoolctl import threadpool_limits

    with _products:
        if _n_alone == 0:
            _limits = threadpool_limits(1, user_api="blas")
        _n_alone += 1
    try:
        yield
    finally:
        with _products:
            _n_alone -= 1
            if _n_alone == 0:
                _limits.restore_original_limits()
