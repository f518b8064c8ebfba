"""Data + choice + positions -> what to draw. Pure: the same input gives the same frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projector.arrays import ByteArray, FloatArray, frozen
from projector.colors import Legend, color_by_column
from projector.embeddings.embedding import Embedding
from projector.embeddings.pictures import SpriteSheet, sheet_of


@dataclass(frozen=True, slots=True, eq=False)
class ScatterFrame:
    """positions: float32 (n, 3), centered, all axes scaled alike to -1..1; NaN: no place.

    colors: uint8 (n, 4). label_by: the metadata column that names the points, None for none.
    radius_px: of a disc. sprites: label pictures to draw instead of discs.
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
    """The frame of one embedding.

    positions: (n, d) of a projection. axes: two of its columns for a flat picture, or three; those
    it doesn't have count as 0. A column the metadata don't have counts as none.
    """
    placed = scaled_positions(positions, axes)
    table = embedding.metadata
    columns = () if table is None else table.columns
    column = None if table is None or color_by not in columns else table[str(color_by)]
    colors = color_by_column(column, is_dark, as_categories, n_points=len(placed))
    return ScatterFrame(
        positions=placed,
        colors=colors.rgba,
        legend=colors.legend,
        label_by=label_by if label_by in columns else None,
        radius_px=auto_radius_px(len(placed)) if radius_px is None else radius_px,
        sprites=sheet_of(embedding.sprites) if show_pictures else None,
        n_left_out=int(np.isnan(placed).any(axis=1).sum()),
        is_flat=len(axes) < 3 or positions.shape[1] < 3,
    )


def scaled_positions(positions: FloatArray, axes: Sequence[int] = (0, 1, 2)) -> FloatArray:
    """Float32 (n, 3), read-only: the chosen axes, centered, all scaled alike to fit -1..1.

    Rows that hold NaN or infinity in a chosen axis are NaN.
    """
    chosen = [axis for axis in axes[:3] if axis < positions.shape[1]]
    double = np.zeros((len(positions), 3))
    double[:, : len(chosen)] = positions[:, chosen]
    double[~np.isfinite(double).all(axis=1)] = np.nan
    finite = double[~np.isnan(double[:, 0])]
    if len(finite):
        low, high = finite.min(axis=0), finite.max(axis=0)
        half = float((high - low).max()) / 2
        double -= (low + high) / 2
        if half > 0:
            double /= half
    return frozen(double.astype(np.float32))


def auto_radius_px(n: int) -> float:
    """A radius in pixels with which n points look well on a picture of about 1000 x 800."""
    return float(np.clip(14.0 * max(n, 1) ** -0.185, 1.0, 6.0))
