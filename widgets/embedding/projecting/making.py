"""The work of a job that makes a layout: from vectors and a wish to what is drawn."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray, frozen
from projector.embeddings.embedding import Embedding
from projector.embeddings.memory import check_fits
from projector.errors import InvalidChoice
from projector.progress import Progress, Work
from projector.projections.contract import Control, Parameters
from projector.projections.shared import Shared, UsesNeighbors
from projector.projections.step import Step
from projector.warm_up import PROJECTING, warm_up_once
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.placing import CalmFrames, Frame, frame_of
from widgets.embedding.projecting.titles import axis_names, title_of
from widgets.embedding.projecting.wishes import (
    AXES,
    ITERATIVE,
    SUPERVISE_BY,
    Wish,
    projection_of,
)
from widgets.embedding.projecting.words import tr

FRAME_S = 1 / 30
N_ROWS_APPROXIMATE = 0.9999


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Where a run is. done: 0..1, None where unknown. layout: the newest to be looked at, None
    before there is one. finished: of a run over several steps, those that are done."""

    done: float | None
    note: str = ""
    layout: Layout | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    finished: tuple[Layout, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """key: of the layout to make. start: of a layout to go on from. n_before: iterations that were
    made on top of the parameters' before. n_iterations: in place of those of the parameters.
    frame: in which it is drawn, None for its own."""

    key: str
    wish: Wish
    embedding: Embedding
    start: FloatArray | None = None
    n_before: int = 0
    n_iterations: int | None = None
    title: str = ""
    frame: Frame | None = None


def layout_work(request: Request, shared: Shared, control: Control) -> Work[Layout]:
    """Yields Moments. Raises what projections raise: InvalidChoice, NothingToShow, TooLarge."""
    wish = request.wish
    if wish.projection in ITERATIVE:
        yield from warm_up_once(PROJECTING)
    if wish.projection == "pca":
        return (yield from _component_work(request, shared))
    parameters = _parameters(request)
    labels = _labels(request)
    projection = projection_of(wish.projection)
    run = parameters if request.n_iterations is None else _shortened(request, parameters)
    steps = shared.steps_work(
        projection,
        request.embedding.vectors,
        wish.preparation,
        run,
        control,
        start=request.start,
        labels=labels,
    )
    layout = yield from _watched(steps, _blank(request, parameters), request.frame)
    if wish.projection == AXES and wish.value("fills_rest"):
        layout = yield from _with_rest(layout, request, shared)
    return (yield from _told(layout, request, shared, control))


def _parameters(request: Request) -> Parameters:
    wish = request.wish
    if wish.projection == "raw":
        return _column_parameters(wish, request.embedding.n_dims)
    if wish.projection != AXES:
        return wish.parameters()
    from projector.projections.axes import AxesParameters

    table, n = request.embedding.metadata, request.embedding.n_points
    axes = tuple(one.axis(table, n) for one in wish.axes if not one.is_blank)
    if not axes:
        raise InvalidChoice(tr("Choose what the first axis leads from, and to."))
    return AxesParameters(n_dims=3, axes=axes, is_orthogonal=wish.value("is_orthogonal"))


def _column_parameters(wish: Wish, d: int) -> Parameters:
    """Of d columns, those that are there."""
    from projector.projections.raw import RawParameters

    columns = tuple(column for column in wish.columns if column <= d)
    if len(columns) < 2:
        return RawParameters(n_dims=2)
    return RawParameters(n_dims=len(columns), columns=columns)


def _shortened(request: Request, parameters: Parameters) -> Parameters:
    name = "n_iterations" if request.wish.projection == "tsne" else "n_epochs"
    return dataclasses.replace(parameters, **{name: request.n_iterations})  # type: ignore[arg-type]


def _labels(request: Request) -> IntArray | None:
    column, table = request.wish.value(SUPERVISE_BY), request.embedding.metadata
    if column is None or table is None or column not in table.columns:
        return None
    from projector.quality import class_codes

    codes, _ = class_codes(table[column])
    return codes


def _blank(request: Request, parameters: Parameters) -> Layout:
    wish, n = request.wish, request.embedding.n_points
    nowhere = np.zeros((n, parameters.n_dims), np.float32)
    return Layout(
        key=request.key,
        source=request.embedding.source,
        title=request.title or title_of(wish, request.embedding.n_points),
        projection=wish.projection,
        parameters=parameters,
        preparation=wish.preparation,
        positions=nowhere,
        coordinates=nowhere,
        axis_names=axis_names(wish, request.embedding.n_dims),
        done=0.0,
        is_running=True,
        extra={"wish": wish, "n_more": request.n_before},
    )


def _watched(steps: Work[Step], blank: Layout, frame: Frame | None) -> Work[Layout]:
    """A Moment for each step; coordinates are computed for no more than can be watched."""
    layout, frames, shown_s = None, CalmFrames(), 0.0
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            last = stop.value
            break
        figures = step.diagnostics if isinstance(step, Step) else {}
        if isinstance(step, Step) and time.monotonic() - shown_s >= FRAME_S:
            shown_s = time.monotonic()
            layout = _placed(blank, step, frame or frames.follow(step.positions))
        yield Moment(step.done, step.note, layout, figures)
    return _placed(blank, last, frame or frame_of(last.positions))


def _placed(blank: Layout, step: Step, frame: Frame) -> Layout:
    return dataclasses.replace(
        blank,
        positions=step.positions,
        coordinates=frame.place(step.positions),
        done=step.done,
        diagnostics=dict(step.diagnostics),
        extra={**blank.extra, "frame": frame, "note": step.note},
    )


def _told(layout: Layout, request: Request, shared: Shared, control: Control) -> Work[Layout]:
    """The finished layout, with sentences on how it came about."""
    vectors, preparation = request.embedding.vectors, request.wish.preparation
    prepared = yield from shared.prepared_work(vectors, preparation)
    notes = list(prepared.notes)
    parameters = layout.parameters
    if isinstance(parameters, UsesNeighbors):
        k = parameters.n_neighbors_for(len(vectors))
        graph = shared.known_graph(vectors, preparation, k, parameters.metric, seed=parameters.seed)
        if graph is not None and graph.recall < N_ROWS_APPROXIMATE:
            text = tr("Neighbors are approximate: {share} of the true ones.")
            notes.append(text.format(share=f"{graph.recall:.1%}"))
    n_out = int(np.isnan(layout.coordinates).any(axis=1).sum())
    if n_out:
        text = tr("{n} rows have no place, as their values are not all finite.")
        notes.append(text.format(n=f"{n_out:,}"))
    extra = {**layout.extra, "n_more": request.n_before + (request.n_iterations or 0)}
    extra["n_more"] += control.n_more
    extra["is_steered"] = is_steered(control) or bool(request.n_before)
    return dataclasses.replace(layout, done=1.0, is_running=False, notes=tuple(notes), extra=extra)


def is_steered(control: Control) -> bool:
    """Whether the parameters alone don't tell how it came about."""
    is_changed = control.learning_rate is not None or control.exaggeration is not None
    return is_changed or control.n_perturbations > 0


def _component_work(request: Request, shared: Shared) -> Work[Layout]:
    """All components that are wanted at once, so that another one on an axis costs nothing."""
    from projector.projections.components import PcaParameters
    from projector.projections.pca import fit_pca

    wish, vectors = request.wish, request.embedding.vectors
    prepared = yield from shared.prepared_work(vectors, wish.preparation)
    n, d = prepared.vectors.shape
    wanted = min(wish.value("n_components"), n, d)
    what = tr("{k} components of {n} rows").format(k=f"{wanted:,}", n=f"{n:,}")
    check_fits(8 * n * wanted, what, tr("Ask for fewer of them."))
    pca = yield from fit_pca(prepared.vectors, wanted)
    frame = frame_of(pca.positions)
    layout = dataclasses.replace(
        _blank(request, PcaParameters()),
        variance_ratio=pca.variance_ratio,
        extra={"wish": wish, "pca": pca, "unit": frame.unit},
    )
    yield Progress(1.0, tr("Placing the points"))
    layout = with_components(layout, (0, 1, 2))
    return (yield from _told(layout, request, shared, Control()))


def with_components(layout: Layout, axes: tuple[int, int, int]) -> Layout:
    """Other principal components on the axes; one that there isn't is 0."""
    pca, unit = layout.extra["pca"], layout.extra["unit"]
    n, c = pca.positions.shape
    positions = np.zeros((n, 3), np.float32)
    shares = np.zeros(3)
    for place, axis in enumerate(axes):
        if axis < c:
            positions[:, place] = pca.positions[:, axis]
            shares[place] = pca.variance_ratio[axis]
    positions[np.isnan(positions).any(axis=1)] = np.nan
    parameters = dataclasses.replace(
        layout.parameters,
        components=tuple(axis + 1 for axis in axes),  # type: ignore[call-arg]
    )
    names = tuple(
        f"PC{axis + 1} · {share:.1%}" for axis, share in zip(axes, shares, strict=True) if axis < c
    )
    return dataclasses.replace(
        layout,
        parameters=parameters,
        positions=frozen(positions),
        # the unit of values near the end of float32 lies beyond it
        coordinates=frozen((positions / np.float64(unit)).astype(np.float32)),
        axis_names=names,
        extra={**layout.extra, "axes": tuple(axes)},
    )


def _with_rest(layout: Layout, request: Request, shared: Shared) -> Work[Layout]:
    """Coordinates that no axis was chosen for become the principal components of what the axes
    leave unsaid."""
    from projector.projections.axes import find_direction
    from projector.projections.pca import fit_pca

    chosen = layout.parameters.axes  # type: ignore[attr-defined]
    work = shared.prepared_work(request.embedding.vectors, request.wish.preparation)
    prepared = yield from work
    n, d = prepared.vectors.shape
    n_rest = min(3 - len(chosen), d - len(chosen), n)
    if n_rest <= 0:
        return layout
    what = tr("What the axes leave of {n} rows").format(n=f"{n:,}")
    check_fits(8 * n * d, what, tr("Choose three axes instead."))
    directions = []
    for axis in chosen:
        directions.append((yield from find_direction(prepared.vectors, axis)))
    basis, _ = np.linalg.qr(np.array(directions).T)
    rest = yield from _without(prepared.vectors, basis)
    pca = yield from fit_pca(rest, n_rest)
    positions = layout.positions.copy()
    positions[:, len(chosen) : len(chosen) + n_rest] = pca.positions[:, :n_rest]
    names = (*layout.axis_names, *(f"PC{i + 1} of the rest" for i in range(n_rest)))
    return dataclasses.replace(
        layout,
        positions=frozen(positions),
        coordinates=frame_of(positions).place(positions),
        axis_names=names,
    )


def _without(vectors: FloatArray, basis: DoubleArray) -> Work[FloatArray]:
    """The vectors less what lies along the columns of the basis, float64 (d, a)."""
    n, d = vectors.shape
    rest = np.empty((n, d), np.float32)
    size = max(16, (1 << 20) // max(1, d))
    for start in range(0, n, size):
        block = vectors[start : start + size].astype(np.float64)
        rest[start : start + size] = block - (block @ basis) @ basis.T
        yield Progress(start / n, tr("Taking the axes away"))
    return frozen(rest)
