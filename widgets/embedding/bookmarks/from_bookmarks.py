"""States that TensorBoard's projector kept, as views: positions, filter, colors, camera."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication

from projector.arrays import FloatArray, frozen
from projector.embeddings.bookmark_state import BookmarkCamera, State, why_unfit
from projector.embeddings.bookmarks import read_bookmarks
from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.embedding import Embedding
from projector.errors import InvalidChoice, NothingToShow, Problem
from projector.frames import scaled_positions
from projector.progress import Progress, Work
from projector.projections.contract import Parameters
from projector.projections.prepare import Preparation
from projector.render.camera import Camera
from projector.selection import Isolation, Selection
from widgets.embedding.bookmarks.views import View
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.wishes import Wish, projection_of

HALF_OPENING = math.tan(math.radians(35))
"""Of their camera, seen with perspective."""
HALF_FLAT = 1.2
"""How much of the world a flat picture of theirs shows above its middle, at zoom 1."""
PREFIXES = {"pca": "pca", "tsne": "tsne", "umap": "umap", "custom": "linear"}
TITLES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP", "custom": "Custom axes"}
OURS = {"custom": "axes"}

Imported = tuple[tuple[View, ...], tuple[Problem, ...]]


def imported_views(path: Path, embedding: Embedding, choice: EmbeddingChoice) -> Work[Imported]:
    """The states of a file as views of an embedding. choice: names it, and lends all else.

    Those that don't fit it become problems. Raises NotFound, Unreadable, TooLarge; NothingToShow
    where none fits.
    """
    found = yield from read_bookmarks(path)
    views, problems = [], list(found.problems)
    for number, state in enumerate(found.states, 1):
        yield Progress(number / len(found.states), tr("Reading {name}").format(name=path.name))
        why = why_unfit(state, embedding.n_points, embedding.n_dims)
        if why:
            problems.append(Problem(path, why))
            continue
        try:
            views.append(_view(state, number, path.name, embedding, choice))
        except InvalidChoice as error:
            text = tr("State {n} was left out: {why}")
            problems.append(Problem(path, text.format(n=number, why=error)))
    if not views:
        what = problems[0].what if problems else tr("It is empty.")
        text = tr("{path} holds no bookmark of this embedding: {what}")
        raise NothingToShow(text.format(path=path, what=what))
    return tuple(views), tuple(problems)


def _view(
    state: State, number: int, file: str, embedding: Embedding, choice: EmbeddingChoice
) -> View:
    name = (state.label or "").strip()[:200] or tr("State {n}").format(n=number)
    isolation = Isolation(None if state.filtered is None else Selection(state.filtered))
    fields: dict[str, Any] = {
        "isolation": isolation,
        "selection": _selection(state),
        "selected": None,
        "hidden_categories": (),
        "search": "",
        "layout": "",
        "second": None,
        "projection": OURS.get(state.projection or "", state.projection or "pca"),
    }
    columns = () if embedding.metadata is None else embedding.metadata.columns
    if state.color_by in columns:
        fields["color_by"] = state.color_by
        fields["as_categories"] = state.as_categories or None
    if state.label_by in columns:
        fields["label_by"] = state.label_by
    layout = _layout(state, f"{file} {number}", name, embedding)
    if layout is not None:
        fields["layout"] = layout.key
    n_dims = _n_dims(state, layout)
    fields["is_flat"] = n_dims == 2
    if fields["projection"] == "pca":
        fields["axes"] = _axes(state, choice)
    camera = None if state.camera is None else camera_of(state.camera)
    layouts = {} if layout is None else {layout.key: layout}
    view = View(name, dataclasses.replace(choice, **fields), camera, layouts)
    return dataclasses.replace(view, n_points=embedding.n_points)


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Bookmarks", text)


def _selection(state: State) -> Selection:
    """Rows of the whole set; theirs are counted in the filtered one."""
    if state.selected is None or not len(state.selected):
        return Selection()
    rows = state.selected if state.filtered is None else state.filtered[state.selected]
    return Selection(rows)


def _axes(state: State, choice: EmbeddingChoice) -> tuple[int, int, int]:
    chosen = [] if state.components is None else [int(c) for c in state.components[:3] if c >= 0]
    spare = [axis for axis in (0, 1, 2, 3) if axis not in chosen]
    x, y, z = (chosen + spare)[:3]
    return (x, y, z) if chosen else choice.axes


def _n_dims(state: State, layout: Layout | None) -> int:
    if state.camera is not None:
        return 2 if state.camera.is_flat else 3
    return 3 if layout is None else layout.n_dims


def _layout(state: State, key: str, name: str, embedding: Embedding) -> Layout | None:
    """The positions of the projection in front, None where the file has none of them."""
    theirs = state.projection or "pca"
    positions = _positions(state, theirs, embedding.n_points)
    if positions is None:
        return None
    n_dims = positions.shape[1]
    ours = OURS.get(theirs, theirs)
    coordinates = frozen(scaled_positions(positions)[:, :n_dims].copy())
    return Layout(
        key=key,
        source=embedding.source,
        title=tr("{method} {n}D, bookmark {name}").format(
            method=TITLES.get(theirs, theirs), n=n_dims, name=name
        ),
        projection=ours,
        parameters=_parameters(state, ours, n_dims),
        preparation=Preparation(),
        positions=frozen(positions),
        coordinates=coordinates,
        axis_names=_axis_names(state, theirs, n_dims),
        notes=(tr("The positions are those of a bookmark of TensorBoard."),),
        # not made here, so no script can make it again
        extra={"wish": Wish(ours, n_dims), "is_steered": True},
    )


def _positions(state: State, theirs: str, n: int) -> FloatArray | None:
    columns = _columns(state, theirs)
    if len(columns) < 2:
        return None
    shown = np.column_stack(columns).astype(np.float32)
    if state.filtered is None:
        return np.ascontiguousarray(shown)
    positions = np.full((n, shown.shape[1]), np.nan, np.float32)
    positions[state.filtered] = shown
    return positions


def _columns(state: State, theirs: str) -> list[Any]:
    found, prefix = state.projections or {}, PREFIXES.get(theirs, theirs)
    if theirs == "custom":
        names: Sequence[str] = ("linear-x", "linear-y")
    elif theirs == "pca" and state.components is not None:
        names = [f"pca-{int(c)}" for c in state.components[:3]]
    else:
        names = [f"{prefix}-{axis}" for axis in range(_theirs_n_dims(state, theirs))]
    return [found[name] for name in names if name in found]


def _theirs_n_dims(state: State, theirs: str) -> int:
    is_3d = {"tsne": state.t_sne_is_3d, "umap": state.umap_is_3d}.get(theirs)
    return 2 if is_3d is False else 3


def _parameters(state: State, ours: str, n_dims: int) -> Parameters:
    values: dict[str, Any] = {}
    if ours == "tsne":
        values = {
            "perplexity": state.t_sne_perplexity,
            "learning_rate": None if state.t_sne_rate is None else 10.0**state.t_sne_rate,
            "n_iterations": state.t_sne_iteration,
        }
    elif ours == "umap":
        values = {"n_neighbors": state.umap_neighbors, "min_dist": state.umap_min_dist}
    known = {name: value for name, value in values.items() if value is not None}
    try:
        return projection_of(ours).parameters(n_dims=n_dims, **known)  # type: ignore[no-any-return]
    except (InvalidChoice, OverflowError, KeyError):
        return Parameters(n_dims=n_dims)


def _axis_names(state: State, theirs: str, n_dims: int) -> tuple[str, ...]:
    if theirs == "custom":
        pairs = ((state.x_left, state.x_right), (state.y_down, state.y_up))
        return tuple(f"{a or '?'} \N{RIGHTWARDS ARROW} {b or '?'}" for a, b in pairs)
    if theirs == "pca":
        chosen = range(n_dims) if state.components is None else state.components[:n_dims]
        return tuple(f"PC{int(c) + 1}" for c in chosen)
    return tuple(f"{TITLES.get(theirs, theirs)} {axis + 1}" for axis in range(n_dims))


def camera_of(theirs: BookmarkCamera) -> Camera | None:
    """Ours, which shows as much of the cloud; None for one that can't be."""
    usual = Camera()
    half = math.tan(usual.fov / 2)
    target = np.array(theirs.target or (0, 0, 0), np.float64)
    away = np.array(theirs.position or (0, 0, 0), np.float64) - target
    x, y, z = target.tolist()
    if theirs.is_flat:
        zoom = theirs.zoom if theirs.zoom > 0 else 1.0
        return Camera((x, y, z), distance=HALF_FLAT / zoom / half, is_flat=True)
    length = float(np.linalg.norm(away))
    if not (math.isfinite(length) and length > 0):
        return None
    pitch = math.asin(max(-1.0, min(1.0, float(away[1]) / length)))
    yaw = math.atan2(float(away[0]), float(away[2]))
    return Camera((x, y, z), distance=length * HALF_OPENING / half, yaw=yaw, pitch=pitch)
