"""Reads vectors from JSON: a record a line (.jsonl), or one array of records (.json).

The column of number lists, all of one length, is the vectors; the others are what is known of the
rows, also those that only few rows have. Polars reads whole pieces of lines; one it can't read
(NaN, say) goes through Python.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.embeddings.chosen import chosen_key
from projector.embeddings.embedding import Source
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.frames import told_by_polars
from projector.embeddings.json_fields import BAD_JSON, BARE, Fields, fields_of, with_late_fields
from projector.embeddings.list_columns import rows_of_lists
from projector.embeddings.memory import check_fits
from projector.embeddings.pieces import (
    count_lines,
    first_lines,
    has_suffix,
    is_gzip,
    line_pieces,
    opened_stream,
)
from projector.embeddings.rows import lines_of
from projector.embeddings.typed import typed, unique_names
from projector.errors import NothingToShow, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

SUFFIXES = (".jsonl", ".ndjson", ".json")

_SAMPLE_LINES = 200
_LARGEST_ARRAY = 1 << 27
_RECORDS_PER_YIELD = 2000
_LINE = re.compile(rb"(?m)^(.*\S.*)$")


def read_json_table(path: Path) -> Work[pl.DataFrame]:
    """All fields as columns, nested ones as text. Raises NotFound, Unreadable, TooLarge."""
    import polars as pl

    fields, pieces, _ = yield from _open(path)
    names = (*fields.texts, *fields.dims)
    if not names:
        raise NothingToShow(f"{path} holds no records.")
    as_texts = Fields({}, names, fields.is_bare)
    columns: list[list[pl.Series]] = [[] for _ in names]
    line = 1
    for piece in pieces:
        with told_by_polars(path):
            table = _parse(piece, as_texts, path, line)
        line += piece.count(b"\n")
        for column, name in zip(columns, names, strict=True):
            column.append(table[name])
        yield Progress(None, f"Reading {path.name}")
    unique = unique_names([name.strip() for name in names])
    with told_by_polars(path):
        found = [typed(pl.concat(c).alias(name)) for c, name in zip(columns, unique, strict=True)]
        return pl.DataFrame(found)


def _open(path: Path) -> Work[tuple[Fields, Iterable[bytes], int]]:
    """What the first records hold, the text in pieces of lines, and at most how many there are."""
    with opened_stream(path) as stream:
        start = stream.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    if has_suffix(path, (".json",)) and not _has_lines(start):
        data = yield from _lines_of_array(path)
        sample = [json.loads(line) for line in islice(lines_of(data), _SAMPLE_LINES)]
        with_late = with_late_fields(
            fields_of(sample, path), line_pieces(BytesIO(data), path), path
        )
        return (yield from with_late), (data,), data.count(b"\n") + 1
    with opened_stream(path) as stream:
        piece = yield from first_lines(stream, path)
        sample = [
            _load(line, path) for line in islice(lines_of(piece), _SAMPLE_LINES) if line.strip()
        ]
    with opened_stream(path) as stream:
        n_lines = yield from count_lines(stream, path)
    fields = yield from with_late_fields(fields_of(sample, path), _pieces(path), path)
    return fields, _pieces(path), n_lines


def _pieces(path: Path) -> Iterable[bytes]:
    with opened_stream(path) as stream:
        yield from line_pieces(stream, path)


def _has_lines(start: bytes) -> bool:
    """Whether the first line of a .json file is a whole record."""
    line = start.split(b"\n", 1)
    if len(line) < 2 or not line[0].startswith(b"{") or not line[1].lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line[0]), dict)
    except BAD_JSON:
        return False


def _lines_of_array(path: Path) -> Work[bytes]:
    """One JSON array, or an object of columns, as a record a line."""
    size = path.stat().st_size
    if size > _LARGEST_ARRAY or is_gzip(path):
        raise Unreadable(f"{path} is one JSON array; save it as JSON lines (.jsonl) instead.")
    check_fits(size * 12, str(path))
    yield Progress(None, f"Reading {path.name}")
    with opened_stream(path) as stream:
        data = stream.read().removeprefix(b"\xef\xbb\xbf")
    try:
        found = json.loads(data)
    except BAD_JSON as error:
        raise Unreadable(f"{path} is no sound JSON.") from error
    if isinstance(found, dict):
        found = _records(found)
    if not isinstance(found, list) or not found:
        raise Unreadable(f"{path} is no array of records.")
    lines = []
    for i, record in enumerate(found):
        lines.append(json.dumps(record))
        if i % _RECORDS_PER_YIELD == 0:
            yield Progress(None, f"Reading {path.name}")
    return "\n".join(lines).encode()


def _records(columns: dict[str, Any]) -> list[dict[str, Any]]:
    """Records of an object that holds a list for each column; none where the lengths differ."""
    lists = {name: value for name, value in columns.items() if isinstance(value, list)}
    if len({len(value) for value in lists.values()}) != 1:
        return []
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _load(line: str, path: Path) -> Any:
    try:
        return json.loads(line)
    except BAD_JSON as error:
        raise Unreadable(f"{path} is no JSON with a record a line.") from error


def _parse(piece: bytes, fields: Fields, path: Path, line: int) -> pl.DataFrame:
    """The records of a piece. Raises Unreadable naming the line."""
    import polars as pl

    schema: dict[str, Any] = {name: pl.String() for name in fields.texts}
    schema |= {name: pl.List(pl.Float64()) for name in fields.dims}
    if fields.is_bare:
        piece = _LINE.sub(b'{"%s":\\1}' % BARE.encode(), piece)
    if not piece or piece.isspace():
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_ndjson(piece, schema=schema)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return _parse_slowly(piece, fields, schema, path, line)


def _parse_slowly(
    piece: bytes, fields: Fields, schema: dict[str, Any], path: Path, first: int
) -> pl.DataFrame:
    import polars as pl

    columns: dict[str, list[Any]] = {name: [] for name in schema}
    for number, line in enumerate(lines_of(piece), first):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except BAD_JSON as error:
            raise Unreadable(f"{path}, line {number}: this is no sound JSON.") from error
        if not isinstance(record, dict):
            raise Unreadable(f"{path}, line {number}: this is no record.")
        for name, column in columns.items():
            value = record.get(name)
            column.append(_vector(value) if name in fields.dims else _text(value))
    return pl.DataFrame(
        [pl.Series(name, values, dtype=schema[name]) for name, values in columns.items()]
    )


def _vector(value: Any) -> list[float] | None:
    if not isinstance(value, list):
        return None
    return [float(x) if isinstance(x, (int, float)) else float("nan") for x in value]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and value.encode("utf-8", "replace").decode()
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    fields, _, _ = yield from _open(path)
    return _infos(fields, path)


def _infos(fields: Fields, path: Path) -> tuple[TensorInfo, ...]:
    if not fields.dims:
        raise Unreadable(f"{path} has no field that is a list of numbers of one length.")
    return tuple(TensorInfo(name, (0, 0), "float64") for name in fields.dims)


def _read(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    fields, pieces, n_lines = yield from _open(path)
    key = chosen_key(source, _infos(fields, path))
    d = fields.dims[key]
    check_fits(n_lines * d * 4, f"{path} with {n_lines:,} × {d:,} values")
    vectors = np.empty((n_lines, d), np.float32)
    wanted = Fields({key: d}, fields.texts, fields.is_bare)
    texts: list[list[pl.Series]] = [[] for _ in fields.texts]
    n, line = 0, 1
    for piece in pieces:
        with told_by_polars(path):
            table = _parse(piece, wanted, path, line)
            _fill(vectors, n, table[key], path)
        line += piece.count(b"\n")
        n += len(table)
        for column, name in zip(texts, fields.texts, strict=True):
            column.append(table[name])
        yield Progress(n / n_lines, f"Reading {path.name}")
    if not n:
        raise NothingToShow(f"{path} holds no records.")
    with told_by_polars(path):
        beside = _table(fields.texts, texts)
    return Matrix(frozen(vectors[:n]), "float64", beside)


def _fill(vectors: FloatArray, n: int, column: pl.Series, path: Path) -> None:
    with np.errstate(over="ignore"):
        vectors[n : n + len(column)] = rows_of_lists(column, vectors.shape[1], path, n)


def _table(names: tuple[str, ...], texts: list[list[pl.Series]]) -> pl.DataFrame | None:
    import polars as pl

    if not names:
        return None
    unique = unique_names([name.strip() for name in names])
    columns = (pl.concat(pieces).alias(name) for pieces, name in zip(texts, unique, strict=True))
    return pl.DataFrame([typed(column) for column in columns])


def _is_json(path: Path, start: bytes) -> bool:
    """By its name, and that a list or record starts it; a configuration is none."""
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if is_gzip(path):
        return has_suffix(path, SUFFIXES)
    if has_suffix(path, (".json",)):
        return bare.startswith(b"[") or _has_lines(bare)
    return has_suffix(path, SUFFIXES) or (bare.startswith(b'{"') and _has_lines(bare))


FORMAT = Format("JSON lines", (".jsonl", ".ndjson", ".json"), _is_json, _tensors, _read)
