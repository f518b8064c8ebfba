"""Cyclic garbage is collected on the main thread, never by a worker."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from app.garbage import GarbageCollector


class Knot:
    """Garbage that only a collection finds."""

    def __init__(self, seen):
        self.me = self
        weakref.finalize(self, lambda: seen.append(threading.current_thread()))


@pytest.fixture
def collector(qtbot):
    collector = GarbageCollector()
    yield collector
    gc.unfreeze()


def test_a_worker_that_makes_garbage_does_not_collect_it(collector):
    seen = []
    worker = threading.Thread(target=lambda: [Knot(seen) for _ in range(5000)])
    worker.start()
    worker.join()
    assert seen == []


def test_the_main_thread_collects_it_before_long(collector, qtbot):
    seen = []
    for _ in range(5000):
        Knot(seen)
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    assert set(seen) == {threading.main_thread()}
