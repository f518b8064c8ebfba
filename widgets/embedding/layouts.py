"""Layouts that projections made, kept so that switching back shows them at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from projector.arrays import DoubleArray, FloatArray
from projector.embeddings.embedding import Source

if TYPE_CHECKING:
    from projector.projections.contract import Parameters
    from projector.projections.prepare import Preparation

MOST_BYTES = 512 * 2**20
NO_SHARES: DoubleArray = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a projection made of one embedding at one step.

    key: unlike that of every other layout of the window. title: for the user ("t-SNE 3D, perplexity
    30"). projection: its name. parameters, preparation: what it was made with. positions: float32
    (n, 2|3) as they were made. coordinates: the same centered and scaled alike to -1..1, which is
    what is drawn; NaN rows have no place. axis_names: one a dimension. variance_ratio: share of the
    variance along each axis, empty where that has no meaning. done: 0..1. diagnostics: such as
    {"kl": 1.7}. is_running: more of it is under way. notes: sentences on what was done to the
    vectors. extra: what else the projection tells ("axes": the axes of one's own).
    """

    key: str
    source: Source
    title: str
    projection: str
    parameters: Parameters
    preparation: Preparation
    positions: FloatArray
    coordinates: FloatArray
    axis_names: tuple[str, ...]
    variance_ratio: DoubleArray = field(default_factory=lambda: NO_SHARES)
    done: float = 1.0
    diagnostics: dict[str, float] = field(default_factory=dict)
    is_running: bool = False
    notes: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def n_dims(self) -> int:
        return int(self.positions.shape[1])


def full_title(layout: Layout) -> str:
    """With the embedding that it is of, where another one is looked at."""
    step = "" if layout.source.step is None else f", step {layout.source.step:,}"
    return f"{layout.source.name}{step}: {layout.title}"


class Layouts:
    """By key, in the order they were made; the oldest go when they hold too much."""

    def __init__(self) -> None:
        self._layouts: OrderedDict[str, Layout] = OrderedDict()
        self._n_made = 0

    def new_key(self, projection: str) -> str:
        """One that no layout has, also none that came out of a file."""
        self._n_made += 1
        while f"{projection} {self._n_made}" in self._layouts:
            self._n_made += 1
        return f"{projection} {self._n_made}"

    def find(self, key: str) -> Layout | None:
        return self._layouts.get(key)

    def of(self, source: Source | None) -> tuple[Layout, ...]:
        """Those of one source, oldest first."""
        return tuple(one for one in self._layouts.values() if one.source is source)

    def keep(self, layout: Layout, in_use: frozenset[str] = frozenset()) -> None:
        """Add one, or put a newer state of it in its place. in_use: keys that must stay."""
        self._layouts[layout.key] = layout
        spare = [key for key in self._layouts if key != layout.key and key not in in_use]
        while spare and sum(map(_n_bytes, self._layouts.values())) > MOST_BYTES:
            del self._layouts[spare.pop(0)]

    def drop(self, key: str) -> None:
        self._layouts.pop(key, None)

    def clear(self) -> None:
        self._layouts.clear()

    def __iter__(self) -> Iterator[Layout]:
        return iter(tuple(self._layouts.values()))


def _n_bytes(layout: Layout) -> int:
    return layout.positions.nbytes + layout.coordinates.nbytes
