"""Data + choice + positions -> what to draw. Pure: the same input gives the same frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projector.arrays import ByteArray, FloatArray
from projector.colors import Legend
from projector.embeddings.embedding import Embedding, SpriteSheet


@dataclass(frozen=True, slots=True, eq=False)
class ScatterFrame:
    """positions: float32 (n, 3), centered and scaled alike on all axes to about -1..1; NaN rows are left out.

    colors: uint8 (n, 4). label_by: the metadata column that names the points, None where there is none.
    n_left_out: rows without a place. is_flat: z is 0 throughout.
    """

    positions: FloatArray
    colors: ByteArray
    legend: Legend
    label_by: str | None
    radius_px: float
    sprites: SpriteSheet | None
    n_left_out: int
    is_flat: bool


def scatter_frame(
    embedding: Embedding,
    positions: FloatArray,
    *,
    axes: Sequence[int] = (0, 1, 2),
    color_by: str | None = None,
    as_categories: bool | None = None,
    label_by: str | None = None,
    radius_px: float | None = None,
    show_pictures: bool = False,
    is_dark: bool = False,
) -> ScatterFrame:
    """The frame of one embedding. positions: (n, d) of a projection; axes: two or three of its columns."""
    raise NotImplementedError


def auto_radius_px(n: int) -> float:
    """A radius in pixels with which n points look well on a picture of about 1000 x 800."""
    return float(np.clip(14.0 * max(n, 1) ** -0.185, 1.0, 6.0))
