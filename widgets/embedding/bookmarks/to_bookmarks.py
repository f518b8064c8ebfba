"""Views as the states that TensorBoard's projector reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, frozen
from projector.embeddings.bookmark_state import BookmarkCamera, State
from projector.render.camera import Camera
from widgets.embedding.bookmarks.from_bookmarks import HALF_FLAT, HALF_OPENING
from widgets.embedding.bookmarks.views import View
from widgets.embedding.layouts import Layout
from widgets.embedding.loading import Shown

THEIRS = {"pca": "pca", "tsne": "tsne", "umap": "umap"}
MOST_COMPONENTS = 10


def state_of(view: View, shown: Shown, components: DoubleArray | FloatArray) -> State:
    """One view of the embedding shown. components: (n, c), its principal components."""
    choice, n = view.choice, shown.embedding.n_points
    layout = view.layouts.get(choice.layout)
    filtered = None if choice.isolation.rows is None else choice.isolation.rows.within(n).ids
    rows = np.arange(n) if filtered is None else filtered
    name = "pca" if layout is None else THEIRS.get(layout.projection, "custom")
    columns = {f"pca-{i}": c for i, c in enumerate(components.T[:MOST_COMPONENTS])}
    drawn = _drawn(layout, shown, choice.axes)
    if layout is not None:
        columns |= _columns(name, layout.positions)
    is_solid = not choice.is_flat and (layout is None or layout.n_dims == 3)
    projections = {key: frozen(_float(column[rows])) for key, column in columns.items()}
    return State(
        label=view.name,
        is_selected=False,
        projection=name,
        dimensions=np.array([len(rows), shown.embedding.n_dims]),
        components=np.array(choice.axes[: 3 if is_solid else 2]),
        projections=MappingProxyType(projections),
        filtered=filtered,
        selected=_places(choice.selection.within(n).ids, rows),
        shuffled=np.arange(len(rows)),
        camera=_camera(view.camera, drawn[rows], is_flat=not is_solid),
        color_by=choice.color_by,
        as_categories=bool(choice.as_categories),
        label_by=choice.label_by,
        **_parameters(layout),
    )


def _float(column: Any) -> DoubleArray:
    return np.asarray(column, np.float64)


def _places(rows: IntArray, among: IntArray) -> IntArray:
    return np.flatnonzero(np.isin(among, rows))


def _columns(name: str, positions: FloatArray) -> dict[str, Any]:
    axes = "xy" if name == "custom" else "012"
    prefix = "linear" if name == "custom" else name
    pairs = zip(axes, positions.T, strict=False)
    return {f"{prefix}-{axis}": column for axis, column in pairs}


def _drawn(layout: Layout | None, shown: Shown, axes: Sequence[int]) -> FloatArray:
    """What is drawn in 3D; the camera is told of in its terms."""
    if layout is not None:
        drawn = np.zeros((len(layout.coordinates), 3), np.float32)
        drawn[:, : layout.n_dims] = layout.coordinates
        return drawn
    known = [axis for axis in axes if axis < shown.n_axes]
    drawn = np.zeros((len(shown.coordinates), 3), np.float32)
    drawn[:, : len(known)] = shown.coordinates[:, known]
    return drawn


def _parameters(layout: Layout | None) -> dict[str, Any]:
    if layout is None:
        return {}
    made = layout.parameters
    if layout.projection == "tsne":
        rate = getattr(made, "learning_rate", None)
        return {
            "t_sne_is_3d": layout.n_dims == 3,
            "t_sne_iteration": int(getattr(made, "n_iterations", 0)),
            "t_sne_perplexity": getattr(made, "perplexity", None),
            "t_sne_rate": math.log10(rate) if rate else None,
        }
    if layout.projection == "umap":
        return {
            "umap_is_3d": layout.n_dims == 3,
            "umap_neighbors": getattr(made, "n_neighbors", None),
            "umap_min_dist": getattr(made, "min_dist", None),
        }
    return {}


def _camera(camera: Camera | None, drawn: FloatArray, *, is_flat: bool) -> BookmarkCamera | None:
    """Theirs looks at the same cloud centered between its ends and scaled to -1..1."""
    finite = drawn[np.isfinite(drawn).all(axis=1)].astype(np.float64)
    if camera is None or not len(finite):
        return None
    low, high = finite.min(axis=0), finite.max(axis=0)
    scale = float((high - low).max()) / 2 or 1.0
    target = (np.array(camera.target) - (low + high) / 2) / scale
    seen = camera.distance * math.tan(camera.fov / 2) / scale
    away = (0.0, 0.0, 1.0) if is_flat else tuple(camera.basis[2])
    position = target + np.array(away) * (1.0 if is_flat else seen / HALF_OPENING)
    zoom = HALF_FLAT / seen if is_flat else 1.0
    return BookmarkCamera(is_flat, tuple(position.tolist()), tuple(target.tolist()), zoom)
