"""Label pictures of points, whatever they come from: sheets of tiles, or files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, IntArray, frozen
from projector.progress import Progress, Work

Slots = NDArray[np.int32]
"""Which tile of a sheet each point has; -1 where it has none."""


class Pictures(Protocol):
    """What can hand out the picture of a point.

    tile: (width, height) in pixels of each. n: points. n_bytes: memory held. is_at_hand: whether
    `tiles` is quick enough for the main thread; else walk `load_tiles` in a job.
    """

    @property
    def tile(self) -> tuple[int, int]: ...

    @property
    def n(self) -> int: ...

    @property
    def n_bytes(self) -> int: ...

    @property
    def is_at_hand(self) -> bool: ...

    def tiles(self, ids: Sequence[int] | IntArray) -> ByteArray:
        """RGBA uint8 (m, height, width, 4), clear for a point without a picture."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class SpriteSheet:
    """Pictures in a grid, row by row from the top left.

    pixels: uint8 (height, width, 4) RGBA, or (height, width, 1) gray. tile: (width, height) of one
    picture. slots: int32 (n,), the number of each point's tile, -1 for none; None where tile i
    belongs to point i.
    """

    pixels: ByteArray
    tile: tuple[int, int]
    slots: Slots | None = None

    @property
    def columns(self) -> int:
        return int(self.pixels.shape[1]) // self.tile[0]

    @property
    def n_tiles(self) -> int:
        return self.columns * (int(self.pixels.shape[0]) // self.tile[1])

    @property
    def n(self) -> int:
        return self.n_tiles if self.slots is None else len(self.slots)

    @property
    def n_bytes(self) -> int:
        return self.pixels.nbytes

    @property
    def is_at_hand(self) -> bool:
        return True

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the whole sheet in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])

    def slot(self, point: int) -> int:
        """The number of a point's tile, -1 for none."""
        if not 0 <= point < self.n:
            return -1
        slot = point if self.slots is None else int(self.slots[point])
        return slot if slot < self.n_tiles else -1

    def picture(self, point: int) -> ByteArray:
        """RGBA uint8 (tile height, tile width, 4) of one point; clear where it has none."""
        width, height = self.tile
        slot = self.slot(point)
        if slot < 0:
            return np.zeros((height, width, 4), np.uint8)
        row, column = divmod(slot, self.columns)
        top, left = row * height, column * width
        return _as_rgba(self.pixels[top : top + height, left : left + width])

    def tiles(self, ids: Sequence[int] | IntArray) -> ByteArray:
        """RGBA uint8 (m, height, width, 4), clear for a point without a picture."""
        found = np.zeros((len(ids), self.tile[1], self.tile[0], 4), np.uint8)
        for i, point in enumerate(ids):
            found[i] = self.picture(int(point))
        return found


def sheet_of(pictures: Pictures | None) -> SpriteSheet | None:
    """The sheet to draw from: the pictures themselves, None where they have to be loaded first."""
    return pictures if isinstance(pictures, SpriteSheet) else None


def _as_rgba(pixels: ByteArray) -> ByteArray:
    if pixels.shape[2] == 4:
        return pixels
    full = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    full[..., :3] = pixels
    return full


@dataclass(frozen=True, slots=True, eq=False)
class TilesStep:
    """done: 0..1. ids: points whose tiles are there so far. blocks: their tiles, in that order, as
    uint8 (m, height, width, 4) each; a later step holds those of the earlier ones, too."""

    done: float
    note: str
    ids: tuple[IntArray, ...]
    blocks: tuple[ByteArray, ...]


BLOCK = 16


def load_tiles(pictures: Pictures, ids: IntArray) -> Work[TilesStep]:
    """The tiles of some points, a block after the other; yields TilesStep as they come.

    ids: in the order in which they are wanted.
    """
    note = "Loading pictures"
    parts: list[IntArray] = []
    blocks: list[ByteArray] = []
    yield Progress(0.0, note)
    for start in range(0, len(ids), BLOCK):
        part = ids[start : start + BLOCK]
        found = []
        for point in part:  # a file may take long: somebody may want to stop after each
            found.append(pictures.tiles([int(point)]))
            yield Progress((start + len(found)) / len(ids), note)
        parts.append(part)
        blocks.append(frozen(np.concatenate(found)))
        yield TilesStep((start + len(part)) / len(ids), note, tuple(parts), tuple(blocks))
    return TilesStep(1.0, note, tuple(parts), tuple(blocks))
