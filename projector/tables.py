"""What logs hold as tables for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from projector import table_files
from projector.contents import Contents
from projector.embeddings.export import check_target, export_embeddings
from projector.embeddings.memory import check_fits
from projector.errors import NothingToShow, Problem, Unreadable
from projector.hparams.columns import Value
from projector.logs.series import Series
from projector.pr_curves import Curve, CurveSeries
from projector.progress import Progress, Work
from projector.table_files import (
    checked_suffix,
    json_value,
    quotes_for,
    writing_parts,
    writing_table,
)

if TYPE_CHECKING:
    import polars as pl

KINDS = ("scalars", "pr-curves", "hparams", "embeddings")

_CURVE_COLUMNS = ("tp", "fp", "tn", "fn", "precision", "recall")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """problems: what had to be left out of the frame, beyond the problems of the contents."""

    frame: pl.DataFrame
    problems: tuple[Problem, ...] = ()


def check_name(kind: str, out: Path) -> None:
    """Raise InvalidChoice unless one of KINDS can be written into a file of this name."""
    if kind == "embeddings":
        check_target(out)
    else:
        checked_suffix(out)


def export_table(
    contents: Contents,
    kind: str,
    out: Path,
    *,
    name: str | None = None,
    step: int | None = None,
) -> Work[tuple[Problem, ...]]:
    """Write the table of one of KINDS into a file, as its name says, and return the problems.

    Scalars go into CSV and JSON a part at a time, so that they need no memory of their own. name,
    step: which embeddings. Raises as build_table, write_table and export_embeddings.
    """
    if kind == "embeddings":
        if not contents.sources:
            raise NothingToShow(
                contents.why_empty if contents.is_empty else _no_embedding(contents)
            )
        return (yield from export_embeddings(contents.sources, out, name=name, step=step))
    suffix = checked_suffix(out)
    if kind == "scalars" and suffix != ".parquet" and not contents.is_empty:
        found = _scalars(contents)
        n_rows = sum(len(series) for series in found)
        texts = {name for series in found for name in (series.run, series.tag)}
        quotes = quotes_for(any("\r" in text for text in texts))
        yield from writing_parts(_scalar_parts(found), n_rows, out, quotes)
        return ()
    table = yield from build_table(contents, kind)
    yield from writing_table(table.frame, out)
    return table.problems


def build_table(contents: Contents, kind: str) -> Work[Table]:
    """The table of one of KINDS; embeddings are none.

    Raises NothingToShow, which names what is missing; TooLarge.
    """
    yield Progress(None, "Building the table")
    if contents.is_empty:
        raise NothingToShow(contents.why_empty)
    if kind == "scalars":
        return Table(scalars_frame(contents))
    if kind == "hparams":
        return Table(hparams_frame(contents))
    return (yield from read_curves_table(contents))


def _no_embedding(contents: Contents) -> str:
    """Also why, where that is known."""
    failed = [finding for finding in contents.findings if finding.outcome == "failed"]
    why = f" {failed[0].sentence}" if failed else ""
    return f"No embedding was found in {contents.path}.{why}"


def with_all_points(contents: Contents) -> Contents:
    """The same contents with the points that restarts or repeated steps hid, in the order of the
    files."""
    return replace(contents, logs=contents.logs.all_points())


def scalars_frame(contents: Contents) -> pl.DataFrame:
    """A row for each point of each run: run, tag, step int64, wall_time and value float64.

    Sorted by run and tag, then by step or, with all points, in the order of the files; wall_time
    in unix seconds. Raises NothingToShow.
    """
    return _frame_of(_scalars(contents))


def _scalars(contents: Contents) -> list[Series]:
    found = [s for s in contents.logs.series("scalars") if s.values is not None and len(s)]
    if not found:
        raise NothingToShow(f"No scalars were found in {contents.path}.")
    return found


def _frame_of(found: Sequence[Series]) -> pl.DataFrame:
    import polars as pl

    counts = [len(series) for series in found]
    return pl.DataFrame(
        {
            "run": _repeated([series.run for series in found], counts),
            "tag": _repeated([series.tag for series in found], counts),
            "step": np.concatenate([series.steps for series in found]),
            "wall_time": np.concatenate([series.wall_times for series in found]),
            "value": np.concatenate([s.values for s in found if s.values is not None]),
        }
    )


def _scalar_parts(found: Sequence[Series]) -> Iterator[pl.DataFrame]:
    """Frames of a fair size that make the whole table one after the other."""
    part: list[Series] = []
    n_rows = 0
    for series in found:
        part.append(series)
        n_rows += len(series)
        if n_rows >= table_files.ROWS_A_PART:
            yield from _frame_of(part).iter_slices(table_files.ROWS_A_PART)
            part, n_rows = [], 0
    if part:
        yield _frame_of(part)


def hparams_frame(contents: Contents) -> pl.DataFrame:
    """A row for each trial: trial, status, group, its hyperparameters, the last value of each
    metric.

    Null where a trial has no value. A name that is taken already gets its role behind it, such
    as "loss (metric)". Raises NothingToShow.
    """
    import polars as pl

    trials = contents.trials
    if not len(trials):
        raise NothingToShow(f"No trials with hyperparameters were found in {contents.path}.")
    frame = {
        "trial": _texts([trial.name for trial in trials.trials]),
        "status": _texts([trial.status for trial in trials.trials]),
        "group": _texts([trial.group for trial in trials.trials]),
    }
    for col in (*trials.names, *(metric.columns["last"] for metric in trials.metrics)):
        values = [col.value(i) for i in range(len(col))]
        name = _free_name(col.name, "metric" if col.role == "metric" else "hyperparameter", frame)
        if col.kind == "text":
            frame[name] = _texts([None if value is None else _text(value) for value in values])
        else:
            dtype = pl.Float64 if col.kind == "number" else pl.Boolean
            frame[name] = pl.Series(values, dtype=dtype)
    return pl.DataFrame(frame)


def read_curves_table(contents: Contents) -> Work[Table]:
    """A row for each threshold of each curve: run, tag, step int64, and float64 threshold, tp, fp,
    tn, fn, precision, recall.

    NaN where a ratio is 0/0. Thresholds at which nothing is predicted positive any more are left
    out, and so are curves that can't be read. Raises NothingToShow, TooLarge.
    """
    wanted = [(series, i) for series in contents.curves for i in range(len(series))]
    if not wanted:
        raise NothingToShow(f"No PR curves were found in {contents.path}.")
    read: list[tuple[CurveSeries, int, Curve]] = []
    problems: list[Problem] = []
    n_rows = 0
    for n_read, (series, i) in enumerate(wanted):
        if n_read % 20 == 0:
            yield Progress(n_read / len(wanted), f"Reading {n_read:,} of {len(wanted):,} curves")
        try:
            curve = series.curve(i)
        except Unreadable as error:
            problems.append(series.problem(i, str(error)))
            continue
        read.append((series, i, curve))
        n_rows += len(curve)
        check_fits(n_rows * 200, "The table of all PR curves")  # the curves, and the frame of them
    if not read:
        raise NothingToShow(
            f"None of the {len(wanted):,} PR curves in {contents.path} can be read. "
            f"{problems[0].what}"
        )
    return Table(_curves_frame(read), tuple(problems))


def _curves_frame(read: Sequence[tuple[CurveSeries, int, Curve]]) -> pl.DataFrame:
    import polars as pl

    counts = [len(curve) for _, _, curve in read]
    steps = np.array([series.steps[i] for series, i, _ in read], dtype=np.int64)
    frame = {
        "run": _repeated([series.run for series, _, _ in read], counts),
        "tag": _repeated([series.tag for series, _, _ in read], counts),
        "step": pl.Series(np.repeat(steps, counts)),
        "threshold": pl.Series(np.concatenate([curve.thresholds for _, _, curve in read])),
    }
    for name in _CURVE_COLUMNS:
        frame[name] = pl.Series(np.concatenate([getattr(curve, name) for _, _, curve in read]))
    return pl.DataFrame(frame)


def _repeated(names: Sequence[str], counts: Sequence[int]) -> pl.Series:
    return _texts(names).gather(np.repeat(np.arange(len(names)), counts))


def _texts(texts: Sequence[str | None]) -> pl.Series:
    import polars as pl

    return pl.Series([text and _valid(text) for text in texts], dtype=pl.String)


def _valid(text: str) -> str:
    """Names of folders may hold bytes that are no text; those become escapes such as \\udcff."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _text(value: Value) -> str:
    """A value of a column that mixes texts with other values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(json_value(value))


def _free_name(name: str, role: str, taken: dict[str, pl.Series]) -> str:
    free = name = _valid(name) or "(no name)"
    n_tried = 1
    while free in taken:
        free = f"{name} ({role})" if n_tried == 1 else f"{name} ({role} {n_tried})"
        n_tried += 1
    return free
