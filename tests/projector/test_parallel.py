"""Kernels on all cores, the main thread's beside those of jobs."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from projector import parallel
from projector.parallel import N_CORES, for_each_part


@pytest.mark.parametrize("n", [0, 1, 5, 1000])
@pytest.mark.parametrize("smallest", [1, 7, 5000])
def test_parts_cover_everything_once(n: int, smallest: int) -> None:
    counts = np.zeros(n, dtype=int)

    def count(start: int, stop: int) -> None:
        counts[start:stop] += 1

    for_each_part(n, count, smallest)
    assert (counts == 1).all()


def test_parts_are_no_smaller_than_wished() -> None:
    sizes: list[int] = []
    for_each_part(100, lambda start, stop: sizes.append(stop - start), smallest=60)
    assert sizes == [100]


def test_an_error_in_a_part_reaches_who_asked() -> None:
    def fail(start: int, stop: int) -> None:
        raise ValueError(f"{start} to {stop}")

    with pytest.raises(ValueError, match="0 to"):
        for_each_part(10, fail)


@pytest.mark.timeout(20)
def test_the_main_thread_does_not_wait_for_kernels_of_jobs(monkeypatch) -> None:
    monkeypatch.setattr(parallel, "N_CORES", max(2, N_CORES))
    may_end, has_begun = threading.Event(), threading.Semaphore(0)

    def kernel_of_a_job(_start: int, _stop: int) -> None:
        has_begun.release()
        may_end.wait()

    jobs = [
        threading.Thread(target=for_each_part, args=(2 * N_CORES, kernel_of_a_job))
        for _ in range(3)
    ]
    for job in jobs:
        job.start()
    for _ in range(N_CORES):
        has_begun.acquire()
    done: list[tuple[int, int]] = []
    for_each_part(10, lambda start, stop: done.append((start, stop)))
    may_end.set()
    for job in jobs:
        job.join()
    assert sorted(done)[0][0] == 0
    assert sorted(done)[-1][1] == 10
