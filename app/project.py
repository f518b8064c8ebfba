"""`projector project`: an embedding is laid out in two or three dimensions, into a file."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import typer

from app.picture import pick_source
from app.project_options import as_arguments
from app.project_record import describe
from app.project_watch import told_figures, watch
from app.readable import printable
from projector.arrays import IntArray
from projector.contents import read_contents
from projector.embeddings.embedding import Embedding
from projector.embeddings.memory import check_fits
from projector.embeddings.reader import read_embedding
from projector.errors import InvalidChoice, NothingToShow
from projector.layout_files import Layout, check_layout_name, read_layout, write_layout
from projector.neighbors import Metric
from projector.progress import Work
from projector.projections.contract import Control, Inputs, Projection
from projector.projections.prepare import Preparation, Prepared, prepare
from projector.projections.step import Step

if TYPE_CHECKING:
    from projector.quality import Quality

_NEIGHBORS = 15
STOPPED = 130
"""The exit code after Ctrl+C, as of all programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectWish:
    """What to make. source, out: as the user named them. name, step: None for the first name and
    its last step. supervise: the column whose values are classes. start: a layout to go on from.
    n_sampled: lay out so many rows and place the others among them."""

    source: Path
    out: Path
    projection: Projection
    parameters: Any
    preparation: Preparation
    name: str | None = None
    step: int | None = None
    supervise: str | None = None
    start: Path | None = None
    n_sampled: int | None = None
    has_metadata: bool = False
    has_quality: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """What the projection starts from."""

    embedding: Embedding
    prepared: Prepared
    inputs: Inputs
    start: Layout | None


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What came of it. is_complete: the projection ran to its end. quality: None where it was not
    asked for, or stopped."""

    step: Step
    is_complete: bool
    quality: Quality | None


@dataclass(slots=True)
class Kept:
    """The newest step of a projection that is under way: the result, should it be stopped."""

    step: Step | None = None
    is_complete: bool = False

    def keeping(self, steps: Work[Step]) -> Work[None]:
        """The same steps, each kept as it comes."""
        try:
            while True:
                step = next(steps)
                if isinstance(step, Step):
                    self.step = step
                yield step
        except StopIteration as stop:
            self.step, self.is_complete = stop.value, True


def run_project(wish: ProjectWish) -> int:
    """Read, lay out, measure and write; returns the exit code. Raises ProjectorError.

    Ctrl+C while it is laid out keeps what is there.
    """
    check_layout_name(wish.out)  # before the work, not after it
    ready = watch(get_ready(wish), "Reading")
    kept, quality, is_stopped = Kept(), None, False
    try:
        watch(kept.keeping(_steps(ready, wish)), wish.projection.title)
        if wish.has_quality:
            quality = watch(_measured(wish, ready, kept), "Measuring the quality")
    except KeyboardInterrupt:
        is_stopped = True
    if kept.step is None:
        typer.echo("Stopped before there was anything to write.", err=True)
        return STOPPED
    made = Made(kept.step, kept.is_complete, quality)
    watch(_write(wish, ready, made), "Writing")
    _tell(wish, ready, made)
    return STOPPED if is_stopped else 0


def get_ready(wish: ProjectWish) -> Work[Ready]:
    """Read and prepare. Raises ProjectorError where the parts don't go together, or don't fit."""
    contents = yield from read_contents(wish.source)
    if contents.is_empty:
        raise NothingToShow(contents.why_empty)
    source = pick_source(contents.sources, wish.source, name=wish.name, step=wish.step)
    embedding = yield from read_embedding(source)
    labels = None if wish.supervise is None else _labels(embedding, wish.supervise)
    start = None
    if wish.start is not None:
        start = yield from read_layout(wish.start)
        _check_start(start, wish, embedding.n_points)
    _check_memory(wish, embedding.n_points, embedding.n_dims)
    prepared = yield from prepare(embedding.vectors, wish.preparation)
    inputs = Inputs(prepared.vectors, start.positions if start else None, labels)
    return Ready(embedding, prepared, inputs, start)


def repeat_command(wish: ProjectWish) -> str:
    """The line that makes the same layout again."""
    words = ["projector", "project", *_words(wish)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _words(wish: ProjectWish) -> Iterator[str]:
    yield from (str(wish.source), "-o", str(wish.out), "--method", wish.projection.name)
    yield from as_arguments(wish.parameters)
    if wish.name is not None:
        yield f"--name={wish.name}"
    if wish.step is not None:
        yield f"--step={wish.step}"
    preparation = wish.preparation
    flags = {
        "--center": preparation.center,
        "--unit-length": preparation.unit_length,
        "--whiten": preparation.whiten,
        "--with-metadata": wish.has_metadata,
        "--quality": wish.has_quality,
    }
    yield from (flag for flag, is_set in flags.items() if is_set)
    values = {
        "--pca": preparation.n_components,
        "--supervise": wish.supervise,
        "--continue": wish.start,
        "--sample": wish.n_sampled,
    }
    yield from (f"{name}={value}" for name, value in values.items() if value is not None)


def _labels(embedding: Embedding, name: str) -> IntArray:
    """The classes of a column. Raises InvalidChoice with the columns there are."""
    from projector.quality import class_codes

    table = embedding.metadata
    if table is None or name not in table.columns:
        known = ", ".join(() if table is None else table.columns) or "none"
        raise InvalidChoice(f"There is no column {name}; the columns are: {known}.")
    return class_codes(table[name])[0]


def _check_start(start: Layout, wish: ProjectWish, n: int) -> None:
    wanted = (n, wish.parameters.n_dims)
    if start.positions.shape != wanted:
        found = " × ".join(f"{size:,}" for size in start.positions.shape)
        raise InvalidChoice(
            f"{wish.start} holds {found} values; to go on from it takes {n:,} × {wanted[1]}."
        )


def _running(wish: ProjectWish) -> Projection:
    """The projection itself, or the same on a sample."""
    if wish.n_sampled is None:
        return wish.projection
    from projector.projections.sample import Sampling, on_sample

    return on_sample(wish.projection, Sampling(n_rows=wish.n_sampled))


def _check_memory(wish: ProjectWish, n: int, d: int) -> None:
    """Refuse before the vectors are prepared what the projection would refuse after it."""
    running, d = _running(wish), min(d, wish.preparation.n_components or d)
    what = f"{wish.projection.title} of {n:,} rows of {d:,} values"
    advice = "Lay out fewer rows with --sample, or shorten them by --pca."
    check_fits(running.estimate(n, d, wish.parameters).n_bytes, what, advice)


def _steps(ready: Ready, wish: ProjectWish) -> Work[Step]:
    return _running(wish).steps(ready.inputs, wish.parameters, Control())


def _measured(wish: ProjectWish, ready: Ready, kept: Kept) -> Work[Quality]:
    from projector.quality import measure_quality

    assert kept.step is not None
    vectors, positions = ready.prepared.vectors, kept.step.positions
    n_placed = int(np.count_nonzero(np.isfinite(positions).all(axis=1)))
    k = max(1, min(_NEIGHBORS, (n_placed - 1) // 2))
    metric: Metric = getattr(wish.parameters, "metric", "euclidean")
    return measure_quality(vectors, positions, k, metric)


def _write(wish: ProjectWish, ready: Ready, made: Made) -> Work[None]:
    record = yield from describe(wish, ready, made)
    record["command"] = repeat_command(wish)
    table = ready.embedding.metadata if wish.has_metadata else None
    yield from write_layout(wish.out, made.step.positions, record, table)


def _tell(wish: ProjectWish, ready: Ready, made: Made) -> None:
    """The path on stdout, for scripts, and the figures if asked for; all else on stderr."""
    for problem in ready.embedding.problems:
        _say(f"{problem.file}: {problem.what}")
    for sentence in ready.prepared.notes:
        _say(sentence)
    step, title = made.step, wish.projection.title
    figures = told_figures(step.diagnostics)
    _say(f"{title}: {step.note.rstrip('.')}{', ' if figures else ''}{figures}")
    if not made.is_complete:
        go_on = f"--continue {shlex.quote(str(wish.out))}"
        _say(f"Stopped at {step.done:.0%}; what there was is written. To go on from it: {go_on}")
    _say(f"To repeat it: {repeat_command(wish)}")
    typer.echo(str(wish.out))
    if made.quality is not None:
        for figure in made.quality.figures:
            typer.echo(figure.text)


def _say(sentence: str) -> None:
    typer.echo(printable(sentence), err=True)
