"""What `projector project` starts from: read, and then prepared."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.project_axes import find_axes, told_axis
from app.project_files import check_keeps, picked
from projector.arrays import IntArray
from projector.contents import read_contents
from projector.embeddings.embedding import Embedding
from projector.embeddings.memory import check_fits
from projector.embeddings.reader import read_embedding
from projector.errors import InvalidChoice, NothingToShow
from projector.layout_files import Layout, read_layout
from projector.progress import Work
from projector.projections.contract import Inputs, Projection
from projector.projections.prepare import Prepared, prepare

if TYPE_CHECKING:
    from app.project import ProjectWish


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was read. parameters: those of the wish, with the rows of custom axes. notes: a sentence
    each on what was read and chosen."""

    embedding: Embedding
    labels: IntArray | None
    start: Layout | None
    parameters: Any
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """What the projection starts from."""

    found: Found
    prepared: Prepared
    inputs: Inputs


def find(wish: ProjectWish) -> Work[Found]:
    """Read. Raises ProjectorError where the parts don't go together, or don't fit into memory."""
    contents = yield from read_contents(wish.source)
    if contents.is_empty:
        raise NothingToShow(contents.why_empty)
    source, choice = picked(contents.sources, wish.source, wish.name, wish.step)
    check_keeps(wish.out, source, has_metadata=wish.has_metadata)
    embedding = yield from read_embedding(source)
    labels, classes = None, ""
    if wish.supervise is not None:
        labels, classes = _labels(embedding, wish.supervise)
    start = None
    if wish.start is not None:
        start = yield from read_layout(wish.start)
        _check_start(start, wish, embedding.n_points)
    parameters, axes = _with_axes(wish, embedding)
    _check_memory(wish, embedding.n_points, embedding.n_dims)
    problems = (f"{problem.file}: {problem.what}" for problem in embedding.problems)
    notes = (choice, *problems, classes, *axes)
    return Found(embedding, labels, start, parameters, tuple(note for note in notes if note))


def get_ready(wish: ProjectWish, found: Found) -> Work[Ready]:
    """Prepare the vectors. Raises ProjectorError."""
    prepared = yield from prepare(found.embedding.vectors, wish.preparation)
    start = None if found.start is None else found.start.positions
    return Ready(found, prepared, Inputs(prepared.vectors, start, found.labels))


def running(wish: ProjectWish) -> Projection:
    """The projection itself, or the same on a sample."""
    if wish.n_sampled is None:
        return wish.projection
    from projector.projections.sample import Sampling, on_sample

    return on_sample(wish.projection, Sampling(n_rows=wish.n_sampled))


def _labels(embedding: Embedding, name: str) -> tuple[IntArray, str]:
    """The classes of a column, and how many there are. Raises InvalidChoice."""
    from projector.quality import class_codes

    table = embedding.metadata
    if table is None or name not in table.columns:
        known = ", ".join(() if table is None else table.columns) or "none"
        raise InvalidChoice(f"There is no column {name}; the columns are: {known}.")
    codes, names = class_codes(table[name])
    if not names:
        raise InvalidChoice(f"The column {name} is empty, so nothing can be supervised by it.")
    n_unknown = int(np.count_nonzero(codes < 0))
    classes = "1 class" if len(names) == 1 else f"{len(names):,} classes"
    return codes, f"Supervised by {name}: {classes}, {n_unknown:,} rows without one."


def _check_start(start: Layout, wish: ProjectWish, n: int) -> None:
    wanted = (n, wish.parameters.n_dims)
    if start.positions.shape != wanted:
        found = " × ".join(f"{size:,}" for size in start.positions.shape)
        raise InvalidChoice(
            f"{wish.start} holds {found} values; to go on from it takes {n:,} × {wanted[1]}."
        )


def _with_axes(wish: ProjectWish, embedding: Embedding) -> tuple[Any, tuple[str, ...]]:
    """The parameters with the rows of their axes, and what to say of them."""
    if not wish.poles:
        return wish.parameters, ()
    axes = find_axes(wish.poles, embedding.metadata)
    return dataclasses.replace(wish.parameters, axes=axes), tuple(map(told_axis, axes))


def _check_memory(wish: ProjectWish, n: int, d: int) -> None:
    """Refuse before the vectors are prepared what the projection would refuse after it."""
    d = min(d, wish.preparation.n_components or d)
    what = f"{wish.projection.title} of {n:,} rows of {d:,} values"
    advice = "Lay out fewer rows with --sample, or shorten them by --pca."
    check_fits(running(wish).estimate(n, d, wish.parameters).n_bytes, what, advice)
