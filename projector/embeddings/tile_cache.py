"""Keeps the tiles that were loaded, within a limit, as a sheet that a painter can draw from."""

from __future__ import annotations

import math

import numpy as np

from projector.arrays import ByteArray, IntArray, MaskArray
from projector.embeddings.pictures import Pictures, Slots, SpriteSheet

MOST_BYTES = 256 << 20


class TileCache:
    """Tiles by point; those not wanted for longest make room for new ones.

    Belongs to one thread. `sheet` is another object after each change, but its pixels are not
    copied: draw from the newest only.
    """

    def __init__(self, pictures: Pictures, most_bytes: int = MOST_BYTES) -> None:
        self._tile = pictures.tile
        width, height = self._tile
        capacity = max(1, min(pictures.n, most_bytes // (width * height * 4)))
        self._columns = math.ceil(math.sqrt(capacity))
        n_rows = math.ceil(capacity / self._columns)
        # the system hands out the memory only as it is written to
        self._pixels: ByteArray = np.zeros((n_rows * height, self._columns * width, 4), np.uint8)
        self._slots: Slots = np.full(pictures.n, -1, np.int32)
        self._is_known: MaskArray = np.zeros(pictures.n, np.bool_)
        self._points: IntArray = np.full(capacity, -1, np.int64)
        self._wanted: IntArray = np.zeros(capacity, np.int64)
        self._now = 0
        self.sheet = self._new_sheet()

    @property
    def capacity(self) -> int:
        """The most tiles that are kept."""
        return len(self._points)

    @property
    def n_bytes(self) -> int:
        return self._pixels.nbytes

    def missing(self, ids: IntArray) -> IntArray:
        """Those of the points that have to be loaded, in their order; all are marked as wanted."""
        self._now += 1
        ids = ids[: self.capacity]
        slots = self._slots[ids]
        self._wanted[slots[slots >= 0]] = self._now
        return ids[~self._is_known[ids]]

    def put(self, ids: IntArray, tiles: ByteArray) -> None:
        """Keep tiles uint8 (m, height, width, 4). A wholly clear one stands for no picture."""
        has_picture = tiles[..., 3].any(axis=(1, 2))
        self._is_known[ids] = True
        fresh = has_picture & (self._slots[ids] < 0)
        ids, tiles = ids[fresh], tiles[fresh]
        self._now += 1
        for slot, point, tile in zip(self._oldest(len(ids)), ids, tiles, strict=False):
            self._replace(int(slot), int(point), tile)
        self.sheet = self._new_sheet()

    def _oldest(self, n: int) -> IntArray:
        """The n slots that were not wanted for longest; free ones come first."""
        n = min(n, self.capacity)
        return np.argpartition(self._wanted, n - 1)[:n] if n else np.empty(0, np.int64)

    def _replace(self, slot: int, point: int, tile: ByteArray) -> None:
        before = int(self._points[slot])
        if before >= 0:
            self._slots[before], self._is_known[before] = -1, False
        row, column = divmod(slot, self._columns)
        width, height = self._tile
        top, left = row * height, column * width
        self._pixels[top : top + height, left : left + width] = tile
        self._points[slot], self._wanted[slot] = point, self._now
        self._slots[point] = slot

    def _new_sheet(self) -> SpriteSheet:
        view = self._pixels.view()
        view.setflags(write=False)
        slots = self._slots.copy()
        slots.setflags(write=False)
        return SpriteSheet(view, self._tile, slots)
