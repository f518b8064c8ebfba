"""`projector project`: an embedding is laid out in two or three dimensions, into a file."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import typer

from app.project_axes import Poles
from app.project_files import check_out
from app.project_options import as_arguments
from app.project_ready import Ready, find, get_ready, running
from app.project_record import describe
from app.project_watch import told_figures, watch
from app.readable import printable
from projector.errors import ProjectorError
from projector.layout_files import write_layout
from projector.neighbors import Metric
from projector.progress import Work
from projector.projections.contract import Control, Projection
from projector.projections.prepare import Preparation
from projector.projections.step import Step

if TYPE_CHECKING:
    from projector.quality import Quality

_NEIGHBORS = 15
STOPPED = 130
"""The exit code after Ctrl+C, as of all programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectWish:
    """What to make. source, out: as the user named them. name, step: None for the first name and
    its last step. supervise: the column whose values are classes. poles: of custom axes, whose rows
    are still to be found. start: a layout to go on from. n_sampled: lay out so many rows and place
    the others among them."""

    source: Path
    out: Path
    projection: Projection
    parameters: Any
    preparation: Preparation
    name: str | None = None
    step: int | None = None
    supervise: str | None = None
    poles: tuple[Poles, ...] = ()
    start: Path | None = None
    n_sampled: int | None = None
    has_metadata: bool = False
    has_quality: bool = False


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

    What is laid out is kept whatever ends it: Ctrl+C, or a quality that can't be measured.
    """
    check_out(wish.out, has_metadata=wish.has_metadata)  # before the work, not after it
    found = watch(find(wish), "Reading")
    _say(*found.notes)
    ready = watch(get_ready(wish, found), "Preparing")
    _say(*ready.prepared.notes)
    made, code, trouble = _made(wish, ready)
    if made is None:
        _say(trouble)
        return code
    try:
        out = watch(_write(wish.out, wish, ready, made), "Writing")
    except ProjectorError as error:  # as of a disk that is full by now
        out, code, trouble = _write_elsewhere(error, wish, ready, made), 1, str(error)
    _tell(out, wish, made)
    _say(trouble)
    return code


def _made(wish: ProjectWish, ready: Ready) -> tuple[Made | None, int, str]:
    """What came of it, None for nothing; the exit code; and what went wrong, or nothing."""
    kept, quality, code, trouble = Kept(), None, 0, ""
    try:
        watch(kept.keeping(_steps(ready, wish)), wish.projection.title)
        if wish.has_quality:
            quality = watch(_measured(wish, ready, kept), "Measuring the quality")
    except KeyboardInterrupt:
        code = STOPPED
        if kept.is_complete:
            trouble = "Stopped before the quality was measured."
    except MemoryError:
        code, trouble = 1, "The memory did not suffice; take fewer rows, as by --sample."
    except ProjectorError as error:
        if not kept.is_complete:
            raise
        code, trouble = 1, f"The quality was not measured: {error}"
    if kept.step is None:
        return None, code, trouble or "Stopped before there was anything to write."
    return Made(kept.step, kept.is_complete, quality), code, trouble


def repeat_command(wish: ProjectWish) -> str:
    """The line that makes the same layout again."""
    words = ["projector", "project", *_words(wish)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _words(wish: ProjectWish) -> Iterator[str]:
    yield from (str(wish.source), "-o", str(wish.out), "--method", wish.projection.name)
    yield from as_arguments(wish.parameters)
    for poles in wish.poles:
        yield from (f"--from={poles.start}", f"--to={poles.end}")
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


def _steps(ready: Ready, wish: ProjectWish) -> Work[Step]:
    return running(wish).steps(ready.inputs, ready.found.parameters, Control())


def _measured(wish: ProjectWish, ready: Ready, kept: Kept) -> Work[Quality]:
    from projector.quality import measure_quality

    assert kept.step is not None
    vectors, positions = ready.prepared.vectors, kept.step.positions
    n_placed = int(np.count_nonzero(np.isfinite(positions).all(axis=1)))
    k = max(1, min(_NEIGHBORS, (n_placed - 1) // 2))
    metric: Metric = getattr(wish.parameters, "metric", "euclidean")
    return measure_quality(vectors, positions, k, metric)


def _write(out: Path, wish: ProjectWish, ready: Ready, made: Made) -> Work[Path]:
    record = yield from describe(wish, ready, made)
    record["command"] = repeat_command(wish)
    table = ready.found.embedding.metadata if wish.has_metadata else None
    yield from write_layout(out, made.step.positions, record, table)
    return out


def _write_elsewhere(error: ProjectorError, wish: ProjectWish, ready: Ready, made: Made) -> Path:
    """Into a new folder for temporary files: the work may have taken hours. Raises the error where
    that fails, too."""
    try:
        out = Path(tempfile.mkdtemp(prefix="projector-"), wish.out.name)
        return watch(_write(out, wish, ready, made), "Writing")
    except (ProjectorError, OSError):
        raise error from None


def _tell(out: Path, wish: ProjectWish, made: Made) -> None:
    """The path on stdout, for scripts, and the figures if asked for; all else on stderr."""
    step, title = made.step, wish.projection.title
    figures = told_figures(step.diagnostics)
    _say(f"{title}: {step.note.rstrip('.')}{', ' if figures else ''}{figures}")
    if not made.is_complete:
        go_on = f"--continue {shlex.quote(str(out))}"
        _say(f"Stopped at {step.done:.0%}; what there was is written. To go on from it: {go_on}")
    _say(f"To repeat it: {repeat_command(wish)}")
    typer.echo(str(out))
    if made.quality is not None:
        for figure in made.quality.figures:
            typer.echo(figure.text)


def _say(*sentences: str) -> None:
    for sentence in filter(None, sentences):
        typer.echo(printable(sentence), err=True)
