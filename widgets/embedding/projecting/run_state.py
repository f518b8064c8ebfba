"""How far a run is, as the panel shows it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from projector.embeddings.embedding import Source

_WINDOW_S = 3.0
_MOST_FIGURES = 4000


@dataclass(frozen=True, slots=True)
class RunState:
    """done: 0..1, None where unknown. kls: of the iterations so far. rate: iterations or epochs a
    second, None where not known yet. count: iterations or epochs made."""

    title: str
    projection: str
    source: Source
    done: float | None = None
    note: str = ""
    kls: tuple[float, ...] = ()
    rate: float | None = None
    count: int = 0
    is_paused: bool = False
    is_every_step: bool = False


class Figures:
    """Collects what a run tells of itself: the divergence, and how fast iterations come."""

    def __init__(self) -> None:
        self._times: deque[tuple[float, float]] = deque()
        self.kls: list[float] = []
        self.count = 0

    def take(self, figures: Mapping[str, float]) -> None:
        count = figures.get("iteration", figures.get("epoch"))
        if count is None:
            return
        now = time.monotonic()
        if self._times and count < self._times[-1][1]:
            self.forget()
        self._times.append((now, count))
        while now - self._times[0][0] > _WINDOW_S and len(self._times) > 2:
            self._times.popleft()
        self.count = int(count)
        if "kl" in figures:
            self.kls.append(figures["kl"])
            del self.kls[:-_MOST_FIGURES]

    def forget(self) -> None:
        """Another run, or a pause: what came before says nothing about the pace."""
        self._times.clear()

    @property
    def rate(self) -> float | None:
        if len(self._times) < 2:
            return None
        (start_s, first), (end_s, last) = self._times[0], self._times[-1]
        return (last - first) / (end_s - start_s) if end_s > start_s and last > first else None
