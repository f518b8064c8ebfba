"""What must hold of anything that was read, however damaged the file it came from."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from projector.errors import Problem
from projector.logs import columns, scan
from projector.logs.scan import FileColumns, FileScan
from projector.logs.series import Logs, Series
from tests.slow_reader import Row, read_slowly

KINDS = {
    *(columns.NUMBER, columns.NUMBER_TENSOR, columns.TENSOR, columns.OLD_HISTOGRAM),
    *(columns.OLD_IMAGE, columns.OLD_AUDIO, columns.OBSOLETE, columns.NO_VALUE),
    *(columns.GRAPH, columns.RESTART, columns.RUN_METADATA, columns.META_GRAPH),
}
LONGEST_SENTENCE = 400


def scanned(path: Path) -> FileColumns:
    """One file, from its first byte to its last."""
    reading = FileScan(path)
    while not reading.is_done:
        reading.advance()
    return reading.finish()


def check_problem(problem: Problem, path: Path, size: int, *, needs_offset: bool = True) -> None:
    """It names the file, a place inside it, and says one thing in a sentence."""
    assert problem.file == path, problem
    if needs_offset:
        assert problem.offset is not None, problem
    if problem.offset is not None:
        assert type(problem.offset) is int, problem
        assert 0 <= problem.offset < size, problem
    check_sentence(problem.what)


def check_sentence(what: str) -> None:
    """One line for a person: not endless, ends as sentences do, names no class of ours."""
    assert re.fullmatch(r"[^\n\r\0]+\.", what), what
    assert len(what) <= LONGEST_SENTENCE, what
    assert "Error" not in what or "Error" in what.split()[0], what


def check_columns(found: FileColumns, data: bytes) -> None:
    """All that is promised of a file's columns, whatever its bytes."""
    n, n_tags = len(found.rows.tags), len(found.tags)
    assert all(len(column) == n for column in found.rows)
    assert set(found.rows.kinds.tolist()) <= KINDS
    assert ((found.rows.tags >= -1) & (found.rows.tags < n_tags)).all()
    assert np.isfinite(found.rows.wall_times).all()
    assert len(set(found.tags)) == len(found.metadata) == len(found.metadata_rows) == n_tags
    for rows, metadata in zip(found.metadata_rows.tolist(), found.metadata, strict=True):
        assert -1 <= rows < n
        assert (metadata is None) == (rows < 0)
    n_blobs = int((found.rows.kinds != columns.NUMBER).sum())
    assert len(found.blobs.offsets) == len(found.blobs.lengths) == n_blobs
    assert (found.blobs.offsets >= 0).all()
    assert (found.blobs.lengths >= 0).all()
    assert (found.blobs.offsets + found.blobs.lengths <= len(data)).all()
    assert 0 <= found.read_to <= len(data)
    for problem in found.problems:
        check_problem(problem, found.path, len(data))


def check_like_slow_reader(found: FileColumns, data: bytes) -> None:
    """The same rows and the same damage as by protobuf's parser, where that has one answer."""
    told = read_slowly(data, scan.LONG)
    if not told.is_plain:
        return
    assert rows_of(found, data) == [without_nan(row) for row in told.rows]
    pairs = zip(found.tags, found.metadata, strict=True)
    assert {tag: one for tag, one in pairs if one is not None} == told.metadata
    assert found.start_time == told.start_time
    assert found.read_to == told.read_to
    kinds = (told.n_checksum, told.n_skipped, told.n_lost)
    assert len(found.problems) == sum(n > 0 for n in kinds)


def rows_of(found: FileColumns, data: bytes) -> list[Row]:
    """The columns as the slow reader tells them."""
    rows, blob = [], 0
    for tag, step, wall_time, value, kind in zip(*map(np.ndarray.tolist, found.rows), strict=True):
        name = found.tags[tag] if tag >= 0 else None
        kind = columns.TENSOR if kind == columns.NUMBER_TENSOR else kind
        row = Row(name, step, wall_time, kind)
        if kind == columns.NUMBER:
            row.number = value
        else:
            start, length = int(found.blobs.offsets[blob]), int(found.blobs.lengths[blob])
            row.payload = data[start : start + length]
            blob += 1
        rows.append(without_nan(row))
    return rows


def without_nan(row: Row) -> Row:
    """Not-a-number equals nothing, itself included."""
    if row.number is not None and np.isnan(row.number):
        row.number = None
    return row


def check_logs(logs: Logs, sizes: dict[Path, int]) -> None:
    """All that is promised of runs and series."""
    names = [run.name for run in logs.runs]
    assert names == sorted(set(names))
    for problem in logs.problems:
        is_number = "not of its kind" in problem.what or "metadata" in problem.what
        check_problem(problem, problem.file, sizes[problem.file], needs_offset=not is_number)
    for run in logs.runs:
        keys = [(series.tag, series.plugin) for series in run.series]
        assert len(set(keys)) == len(keys)
        for series in run.series:
            assert series.run == run.name
            assert len(series) > 0
            check_series(series)


def check_series(series: Series) -> None:
    """Steps rise; every point has its time and its value."""
    n = len(series)
    assert (np.diff(series.steps) > 0).all() or (series.steps[1:] > series.steps[:-1]).all()
    assert len(series.wall_times) == n
    assert (series.values is None) == (series.plugin != "scalars")
    if series.values is not None:
        assert len(series.values) == n
    else:
        assert series.payloads is not None
        assert len(series.payloads.offsets) == len(series.payloads.fields) == n
    if series.raw is not None:
        assert len(series.raw) > n
        assert series.raw.raw is None
