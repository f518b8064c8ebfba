"""What is known of a picture while it is painted, in arrays for the kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray


@dataclass(slots=True, eq=False)
class Front:
    """Which point is in front of each pixel. made_for: what it depends on. front: int32 (h, w),
    places in the geometry; ids: int32 (h, w), the points' own numbers, -1 for nothing.
    filled: see kernels.settle."""

    made_for: tuple[Any, ...]
    front: NDArray[np.int32]
    ids: NDArray[np.int32]
    filled: NDArray[np.uint8]
    has_ids: bool = False

    @classmethod
    def empty(cls, made_for: tuple[Any, ...], width: int, height: int) -> Front:
        from projector.render.kernels import SPAN

        front, ids = np.empty((2, height, width), dtype=np.int32)
        return cls(made_for, front, ids, np.empty((height, -(-width // SPAN)), dtype=np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Some batches of points on the screen: see kernels.place_points."""

    screen: FloatArray
    bits: NDArray[np.int32]
    places: NDArray[np.int32]
    rows: FloatArray
    counts: NDArray[np.int32]

    @classmethod
    def empty(cls, n_batches: int, batch: int) -> Placed:
        screen = np.empty((n_batches * batch, 4), dtype=np.float32)
        places = np.empty(n_batches * batch, dtype=np.int32)
        rows, counts = np.empty((n_batches, 2), np.float32), np.empty(n_batches, np.int32)
        return cls(screen, screen.view(np.int32), places, rows, counts)

    def first(self, n_batches: int, batch: int) -> Placed:
        n = n_batches * batch
        return Placed(
            self.screen[:n], self.bits[:n], self.places[:n],
            self.rows[:n_batches], self.counts[:n_batches],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """What discs in front hide: see hiding.kernels.measure_tile, discs.kernels.splat_discs.

    columns: how many blocks of each row hold pixels; the others hide all.
    """

    columns: int
    blocks: NDArray[np.int32]
    farthest: NDArray[np.int32]
    drawn: FloatArray

    @classmethod
    def nothing(cls) -> Hidden:
        none = np.empty((0, 1), np.int32)
        return cls(0, none, none.ravel(), none.view(np.float32))

    @classmethod
    def empty(cls, width: int, height: int) -> Hidden:
        from projector.render.hiding.kernels import ACROSS, DOWN, SIDE

        rows, columns = -(-height // SIDE), -(-width // SIDE)
        drawn = np.empty((-(-rows // DOWN), -(-columns // ACROSS)), dtype=np.float32)
        blocks = np.empty((rows, drawn.shape[1] * ACROSS + 1), dtype=np.int32)
        return cls(columns, blocks, np.empty(blocks.size + 1, dtype=np.int32), drawn)

    def clear(self) -> None:
        """Nothing is hidden, but for what is out of view: the last of farthest."""
        self.blocks.fill(np.iinfo(np.int32).max)
        self.blocks[:, self.columns :] = -1
        self.farthest.fill(np.iinfo(np.int32).max)
        self.farthest[-1] = -1
        self.drawn.fill(0)
