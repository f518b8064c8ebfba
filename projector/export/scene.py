"""All that a picture of a cloud is made of, as one value that every kind of export understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import ByteArray, FloatArray, IntArray, MaskArray, frozen
from projector.colors import Gradient, Legend, Rgb, Tick
from projector.embeddings.pictures import SpriteSheet
from projector.emphasis import DIM, HIDDEN, NORMAL
from projector.export.axis_scale import AxisScale
from projector.export.size_key import SizeKey
from projector.frames import ScatterFrame
from projector.render.camera import Camera, fit_camera
from projector.render.figure import FOG
from projector.sequences import Sequences

if TYPE_CHECKING:
    import polars as pl

WHITE = (255, 255, 255)
_LARGEST_FACTOR = np.float32(1000)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """positions: float32 (n, 3), NaN: no place. colors: uint8 (n, 4) RGBA.

    camera: None for the whole cloud. visible_ids: int64, rising, the rows that are shown, None for
    all. labels: n texts, None where points have no names. named_ids: int64, the rows whose labels
    stand in a picture. size: width and height of a picture in pixels. shown_size: how large a
    drawing of that size is shown, None for as large. axis_names: of x, y and z, "" for none.
    axis_scales: what places on x and y mean in a flat picture. background: RGB.

    radius_px: of a disc; opacity and fog 0..1. sizes: float32 (n,), factors of the radius, None for
    all alike; a point whose factor is NaN is not drawn. size_key: what a legend says of them.
    emphasis: uint8 (n,), see projector.emphasis; visible_ids has the last word on what is hidden.
    pictures: label pictures, picture_px high. draws_pictures: whether points are drawn as them.
    are_words: whether labels stand in place of points. label_scale: of their font. sequences: lines
    through points. line_colors: at their beginning and their end, None for a quiet gray. rings:
    (row, color, width in pixels). contours: (share of the points inside, float32 (k, 3)), as seen
    by this very camera.
    """

    positions: FloatArray
    colors: ByteArray
    camera: Camera | None = None
    title: str = ""
    labels: Sequence[str] | None = None
    visible_ids: IntArray | None = None
    named_ids: IntArray = field(default_factory=lambda: frozen(np.empty(0, np.int64)))
    legend: Legend = field(default_factory=Legend)
    axis_names: tuple[str, str, str] = ("", "", "")
    axis_scales: tuple[AxisScale | None, AxisScale | None] = (None, None)
    background: tuple[int, int, int] = WHITE
    size: tuple[int, int] = (1000, 800)
    shown_size: tuple[int, int] | None = None
    radius_px: float = 3.0
    opacity: float = 1.0
    fog: float = FOG
    sizes: FloatArray | None = None
    size_key: SizeKey | None = None
    emphasis: ByteArray | None = None
    is_flat: bool = False
    pictures: SpriteSheet | None = None
    picture_px: float = 28.0
    draws_pictures: bool = False
    are_words: bool = False
    label_scale: float = 1.0
    sequences: Sequences | None = None
    line_colors: tuple[Rgb, Rgb] | None = None
    rings: tuple[tuple[int, Rgb, float], ...] = ()
    contours: tuple[tuple[float, FloatArray], ...] = ()

    def __post_init__(self) -> None:
        n = len(self.positions)
        if self.positions.shape != (n, 3) or self.colors.shape != (n, 4):
            raise ValueError(f"positions {self.positions.shape}, colors {self.colors.shape}")
        if self.labels is not None and len(self.labels) != n:
            raise ValueError(f"{n} points, but {len(self.labels)} labels")
        for name in ("sizes", "emphasis"):
            array = getattr(self, name)
            if array is not None and array.shape != (n,):
                raise ValueError(f"{n} points, but {name} of shape {array.shape}")

    @property
    def n_points(self) -> int:
        return len(self.positions)

    @property
    def is_dark(self) -> bool:
        red, green, blue = self.background
        return 0.299 * red + 0.587 * green + 0.114 * blue < 128

    @property
    def shown_radius_px(self) -> float:
        """Half of what a point is drawn as, a disc or a picture, where its factor is 1."""
        return self.picture_px / 2 if self.draws_pictures else self.radius_px

    @property
    def seen_from(self) -> Camera:
        """The camera, or one that shows all that is visible."""
        if self.camera is not None:
            return self.camera
        shown = self.positions[self.placed_ids()]
        return fit_camera(shown, self.is_flat, self.size[0] / self.size[1])

    def placed_ids(self) -> IntArray:
        """int64, rising: the rows that are shown and have a place."""
        has_place: MaskArray = np.asarray(np.isfinite(self.positions).all(axis=1))
        if self.visible_ids is None:
            return np.flatnonzero(has_place)
        return self.visible_ids[has_place[self.visible_ids]]

    def kinds_of(self, rows: IntArray) -> ByteArray:
        """uint8 (m,): DIM, NORMAL or RAISED for each of these rows."""
        if self.emphasis is None:
            return np.full(len(rows), NORMAL, np.uint8)
        kinds = self.emphasis[rows]
        return np.where(kinds == HIDDEN, np.uint8(NORMAL), kinds).astype(np.uint8)

    def factors_of(self, rows: IntArray) -> FloatArray:
        """float32 (m,): how many times the common radius each of these rows has."""
        if self.sizes is None:
            return np.ones(len(rows), np.float32)
        return np.clip(np.nan_to_num(self.sizes[rows], nan=0.0), 0, _LARGEST_FACTOR)

    def dim_mask(self, rows: IntArray) -> MaskArray:
        """bool (m,): which of these rows are dim."""
        return np.asarray(self.kinds_of(rows) == DIM)

    def label(self, row: int) -> str:
        """What a point is called: its text, else its number."""
        text = "" if self.labels is None else str(self.labels[row])
        return text or f"#{row}"


def column_texts(column: pl.Series) -> list[str]:
    """The labels that a column gives its rows; "" for missing values, which leaves the number."""
    if column.dtype.is_float():
        return ["" if value is None else f"{value:.6g}" for value in column.to_list()]
    return ["" if value is None else str(value) for value in column.to_list()]


def scene_of(frame: ScatterFrame, *, labels: Sequence[str] | None = None, title: str = "") -> Scene:
    """The scene of a frame as a whole; use dataclasses.replace for camera, size and the rest."""
    return Scene(
        positions=frame.positions,
        colors=frame.colors,
        title=title,
        labels=labels,
        legend=frame.legend,
        radius_px=frame.radius_px,
        is_flat=frame.is_flat,
        pictures=frame.sprites,
        draws_pictures=frame.sprites is not None,
    )


def scale_ticks(gradient: Gradient) -> tuple[Tick, ...]:
    """What stands beside a gradient: its ticks, else the values at its ends."""
    low, high = Tick(0.0, f"{gradient.low:.6g}"), Tick(1.0, f"{gradient.high:.6g}")
    return gradient.ticks or (low, high)
