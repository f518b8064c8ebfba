"""One projection for every step of an embedding, so that playing the steps shows change alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from projector.arrays import FloatArray
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.reader import read_embedding
from projector.progress import Work
from projector.projections.contract import Control
from projector.projections.shared import Shared
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.making import Moment, Request, layout_work
from widgets.embedding.projecting.placing import Frame
from widgets.embedding.projecting.wishes import Wish
from widgets.embedding.projecting.words import tr


def every_step_work(
    wish: Wish,
    sources: Sequence[Source],
    keys: Sequence[str],
    shown: Embedding,
    shared: Shared,
    control: Control,
) -> Work[tuple[Layout, ...]]:
    """A layout for each source, in order: each starts from the one before and is turned onto it.

    keys: one a source. shown: the embedding that is in memory already. All are drawn in the frame
    of the first. Yields Moments. Raises what reading and projecting raise.
    """
    finished: list[Layout] = []
    for i, (source, key) in enumerate(zip(sources, keys, strict=True)):
        embedding = shown
        if source is not shown.source:
            embedding = yield from _of_step(read_embedding(source), i, len(sources), finished)
        start = _start(finished, embedding)
        request = Request(key, wish, embedding, start, frame=_frame(finished))
        work = layout_work(request, shared, control)
        layout = yield from _of_step(work, i, len(sources), finished)
        finished.append(_turned(layout, finished))
    yield Moment(1.0, "", None, {}, tuple(finished))
    return tuple(finished)


def _of_step(work: Work, i: int, n: int, finished: list[Layout]) -> Work:  # type: ignore[type-arg]
    """The work of the i-th of n steps as a part of the whole."""
    while True:
        try:
            told = next(work)
        except StopIteration as stop:
            return stop.value
        text = tr("Step {i} of {n}: {note}") if told.note else tr("Step {i} of {n}")
        note = text.format(i=f"{i + 1:,}", n=f"{n:,}", note=told.note)
        figures = told.figures if isinstance(told, Moment) else {}
        layout = told.layout if isinstance(told, Moment) else None
        yield Moment((i + (told.done or 0.0)) / n, note, layout, figures, tuple(finished))


def _start(finished: list[Layout], embedding: Embedding) -> FloatArray | None:
    """The layout of the step before, where it has the same rows."""
    if not finished or len(finished[-1].positions) != embedding.n_points:
        return None
    return finished[-1].positions


def _frame(finished: list[Layout]) -> Frame | None:
    return finished[0].extra["frame"] if finished else None


def _turned(layout: Layout, finished: list[Layout]) -> Layout:
    from projector.projections.align import find_alignment

    layout = dataclasses.replace(layout, is_running=False)
    if not finished or len(finished[-1].positions) != len(layout.positions):
        return layout
    positions = find_alignment(layout.positions, finished[-1].positions).apply(layout.positions)
    frame: Frame = finished[0].extra["frame"]
    return dataclasses.replace(
        layout,
        positions=positions,
        coordinates=frame.place(positions),
        extra={**layout.extra, "is_aligned": True},
    )
