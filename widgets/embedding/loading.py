"""From a source to coordinates: the work that a job does when an embedding or a step is chosen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from projector.arrays import DoubleArray, FloatArray, frozen
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.reader import (
    AS_WRITTEN,
    Companions,
    Parts,
    read_companions,
    read_embedding,
    read_parts,
)
from projector.progress import Progress, Work
from widgets.embedding.columns import default_color, default_label
from widgets.embedding.sentences import tr
from widgets.embedding.sources import SourceGroup

N_COMPONENTS = 10
N_KEPT_BYTES = 512 * 2**20
PART_ROWS = 20_000
N_DIRECTIONS = 100
FARTHEST = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """The principal axes that all steps of an embedding share.

    components: float64 (c, d), unit rows. variance_ratio: float64 (c,) and positions: float32
    (n, c), both of the embedding they were fitted on. unit: what is drawn as length 1.
    """

    components: DoubleArray
    variance_ratio: DoubleArray
    positions: FloatArray
    unit: float


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One embedding at one step with its place in the shared axes.

    coordinates: float32 (n, c) in units of the cloud's size, centered; NaN rows have no place.
    unit: how much of the vectors' own space that size is.
    variance_ratio: share of this step's variance along each axis, 0..1.
    are_own_axes: whether they were fitted on this very step. parts: what the embedding was put
    together from. label_by, color_by: the columns that suit it.
    """

    embedding: Embedding
    coordinates: FloatArray
    variance_ratio: DoubleArray
    are_own_axes: bool
    parts: Parts | None = None
    label_by: str | None = None
    color_by: str | None = None
    unit: float = 1.0

    @property
    def n_axes(self) -> int:
        return int(self.coordinates.shape[1])


class Kept:
    """Results by source, the oldest dropped when they hold more than half a gigabyte."""

    def __init__(self) -> None:
        self._shown: OrderedDict[Source, Shown] = OrderedDict()
        self._axes: dict[Source, Axes] = {}

    def find(self, source: Source) -> Shown | None:
        return self._shown.get(source)

    def axes_of(self, source: Source) -> Axes | None:
        return self._axes.get(source)

    def reference_of(self, group: SourceGroup) -> Source:
        """The step whose axes all steps of a group share: the last one, as it was when the first
        of them was shown; later ones are placed in the same axes, else the cloud would turn."""
        known = (source for source in reversed(group.sources) if source in self._axes)
        return next(known, group.sources[-1])

    def keep_only(self, sources: Collection[Source]) -> None:
        """Drop what belongs to other sources."""
        self._axes = {source: axes for source, axes in self._axes.items() if source in sources}
        for source in [source for source in self._shown if source not in sources]:
            del self._shown[source]

    def keep(self, shown: Shown, axes_source: Source, axes: Axes) -> None:
        self._axes[axes_source] = axes
        self._shown[shown.embedding.source] = shown
        self._shown.move_to_end(shown.embedding.source)
        while len(self._shown) > 1 and sum(map(_n_bytes, self._shown.values())) > N_KEPT_BYTES:
            self._shown.popitem(last=False)

    def replace(self, shown: Shown) -> None:
        """Keep the same vectors with other metadata."""
        if shown.embedding.source in self._shown:
            self._shown[shown.embedding.source] = shown

    def clear(self) -> None:
        self._shown.clear()
        self._axes.clear()


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What a job hands back: the embedding shown, the axes, and the source they were fitted on."""

    shown: Shown
    axes: Axes
    axes_source: Source


def load(
    group: SourceGroup,
    index: int,
    reference: Source,
    axes: Axes | None,
    wish: Companions = AS_WRITTEN,
) -> Work[Loaded]:
    """Read the index-th step of a group and place it in the axes of the reference step.

    axes: those of the reference where they are known. A step of another width gets axes of its
    own. wish: what to read beside the vectors. Raises Unreadable, NothingToShow, TooLarge.
    """
    parts = yield from read_parts(group.sources[index], wish)
    loaded = yield from _in_axes(parts.embedding, reference, axes)
    return replace(loaded, shown=_with_parts(loaded.shown, parts))


def load_companions(shown: Shown, wish: Companions) -> Work[Shown]:
    """The same vectors in the same places with other metadata or pictures."""
    assert shown.parts is not None
    parts = yield from read_companions(shown.parts, wish)
    return _with_parts(shown, parts)


def _with_parts(shown: Shown, parts: Parts) -> Shown:
    """The columns are counted here, on a job, as that takes long for a million rows."""
    embedding = parts.embedding
    return replace(
        shown,
        embedding=embedding,
        parts=parts,
        label_by=default_label(embedding),
        color_by=default_color(embedding),
    )


def _in_axes(embedding: Embedding, reference: Source, axes: Axes | None) -> Work[Loaded]:
    source = embedding.source
    if source == reference:
        axes = axes or (yield from fit_axes(embedding))
        return Loaded(_own(embedding, axes), axes, reference)
    if axes is None:
        axes = yield from fit_axes((yield from read_embedding(reference)))
    if axes.components.shape[1] != embedding.n_dims:
        own = yield from fit_axes(embedding)
        return Loaded(_own(embedding, own), own, source)
    shown = yield from _placed(embedding, axes)
    return Loaded(shown, axes, reference)


def fit_axes(embedding: Embedding) -> Work[Axes]:
    """The principal axes of one embedding."""
    from projector.projections.pca import fit_pca

    n_components = min(N_COMPONENTS, embedding.n_dims, embedding.n_points)
    pca = yield from fit_pca(embedding.vectors, n_components)
    return Axes(
        np.asarray(pca.components, dtype=np.float64),
        np.asarray(pca.variance_ratio, dtype=np.float64),
        pca.positions,
        _unit(pca.positions),
    )


def world_positions(shown: Shown, axes: tuple[int, int, int], is_flat: bool) -> FloatArray:
    """Float32 (n, 3) to draw: the chosen axes, 0 in place of one that isn't there or not used."""
    n_used = 2 if is_flat else 3
    positions = np.zeros((len(shown.coordinates), 3), dtype=np.float32)
    for place, axis in enumerate(axes[:n_used]):
        if axis < shown.n_axes:
            positions[:, place] = shown.coordinates[:, axis]
    return frozen(positions)


def outline(positions: FloatArray) -> Work[FloatArray]:
    """The few rows that decide how far away a camera must stand: float32 (m, 3).

    The outermost along many directions; all rows of a small cloud. NaN rows are left out.
    """
    finite = positions[np.isfinite(positions).all(axis=1)]
    if len(finite) <= PART_ROWS:
        return frozen(finite)
    directions = directions_around()
    found = []
    for start in range(0, len(finite), PART_ROWS):
        part = finite[start : start + PART_ROWS]
        found.append(part[(part @ directions.T).argmax(axis=0)])
        yield Progress(start / len(finite), tr("Placing the points"))
    outermost = np.concatenate(found)
    return frozen(outermost[np.unique((outermost @ directions.T).argmax(axis=0))])


def directions_around(n: int = N_DIRECTIONS) -> FloatArray:
    """About n directions spread evenly over the sphere, and both ways along the axes."""
    z = 1 - (2 * np.arange(n) + 1) / n
    turn = np.arange(n) * np.pi * (1 + 5**0.5)
    r = np.sqrt(1 - z**2)
    sphere = np.column_stack([r * np.cos(turn), r * np.sin(turn), z])
    return np.concatenate([sphere, np.eye(3), -np.eye(3)]).astype(np.float32)


def _own(embedding: Embedding, axes: Axes) -> Shown:
    coordinates = frozen((axes.positions / np.float32(axes.unit)).astype(np.float32))
    return Shown(embedding, coordinates, axes.variance_ratio, True, unit=axes.unit)


def _placed(embedding: Embedding, axes: Axes) -> Work[Shown]:
    """Centered on its own mean, as a drift of the whole cloud says nothing about its shape."""
    finite = np.zeros(embedding.n_points, dtype=np.bool_)
    total, squares = np.zeros(embedding.n_dims), np.zeros(embedding.n_dims)
    coordinates = np.full((embedding.n_points, len(axes.components)), np.nan, dtype=np.float64)
    for start in range(0, embedding.n_points, PART_ROWS):
        part = slice(start, start + PART_ROWS)
        rows = embedding.vectors[part].astype(np.float64)
        finite[part] = np.isfinite(rows).all(axis=1)
        rows = rows[finite[part]]
        total += rows.sum(axis=0)
        squares += (rows**2).sum(axis=0)
        coordinates[part][finite[part]] = rows @ axes.components.T
        yield Progress(min(1.0, part.stop / embedding.n_points), tr("Placing the points"))
    n = max(1, int(finite.sum()))
    mean = total / n
    coordinates -= mean @ axes.components.T
    variance = max(float((squares / n - mean**2).sum()), np.finfo(np.float64).tiny)
    along = np.nanmean(coordinates**2, axis=0) if finite.any() else np.zeros(len(axes.components))
    # a step may be very much larger than the one that gives the unit
    placed = frozen(np.clip(coordinates / axes.unit, -FARTHEST, FARTHEST).astype(np.float32))
    return Shown(embedding, placed, along / variance, False, unit=axes.unit)


def _unit(positions: FloatArray) -> float:
    """The farthest coordinate from the center, which is drawn at 1."""
    farthest = float(np.nanmax(np.abs(positions), initial=0.0)) if positions.size else 0.0
    return farthest if farthest > 0 and np.isfinite(farthest) else 1.0


def _n_bytes(shown: Shown) -> int:
    sprites = shown.embedding.sprites
    pictures = sprites.n_bytes if sprites is not None else 0
    return shown.embedding.vectors.nbytes + shown.coordinates.nbytes + pictures
