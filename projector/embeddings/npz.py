"""Reads .npz, numpy's ZIP of arrays: the matrix that is asked for, and the columns beside it.

Arrays of one value a row, of a matrix's length, are taken for what is known of its rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zipfile import ZipFile, ZipInfo

from projector.embeddings.chosen import chosen_key
from projector.embeddings.columns import column_in_rows
from projector.embeddings.convert import matrix_in_array, matrix_in_bytes, matrix_in_rows
from projector.embeddings.elements import FLOAT32, check_matrix, why_no_matrix
from projector.embeddings.embedding import Source
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.npy import Header, read_header
from projector.embeddings.zips import (
    first_name,
    is_stored,
    is_zip,
    map_member,
    opened_member,
    opened_zip,
    rows_of_stream,
)
from projector.errors import Problem, ProjectorError, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

_MOST_COLUMNS = 1000


def _is_npz(path: Path, start: bytes) -> bool:
    return is_zip(start) and (path.suffix.lower() == ".npz" or first_name(start).endswith(".npy"))


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    found = []
    with opened_zip(path) as archive:
        for key, info in _arrays(archive).items():
            found.append(_info(path, archive, key, info))
            yield Progress(None, f"Looking into {path.name}")
    if not found:
        raise Unreadable(f"{path} is a ZIP file without any .npy array in it.")
    return tuple(found)


def _read(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    infos = yield from _tensors(path)
    key = chosen_key(source, infos)
    with opened_zip(path) as archive:
        arrays = _arrays(archive)
        matrix = yield from _read_matrix(path, archive, arrays[key])
        n = len(matrix.vectors)
        beside = [info.key for info in infos if info.shape == (n,)][:_MOST_COLUMNS]
        columns: list[pl.Series] = []
        problems = list(matrix.problems)
        for name in beside:
            try:
                columns.append((yield from _read_column(path, archive, name, arrays[name])))
            except ProjectorError as error:
                problems.append(Problem(path, f"The column {name!r} was left out. {error}"))
    return Matrix(matrix.vectors, matrix.dtype, _table(columns), tuple(problems))


def _table(columns: list[pl.Series]) -> pl.DataFrame | None:
    if not columns:
        return None
    import polars as pl

    return pl.DataFrame(columns)


def _arrays(archive: ZipFile) -> dict[str, ZipInfo]:
    return {
        info.filename.removesuffix(".npy"): info
        for info in archive.infolist()
        if info.filename.endswith(".npy")
    }


def _info(path: Path, archive: ZipFile, key: str, info: ZipInfo) -> TensorInfo:
    """What the header of one array says; a broken one is told, and stops no other."""
    try:
        header = _header(path, archive, info)
    except ProjectorError as error:
        return TensorInfo(key, (), "", "", str(error))
    why_not = why_no_matrix(header.shape, header.element)
    return TensorInfo(
        key, header.shape, header.element.name, "", f"It {why_not}" if why_not else ""
    )


def _header(path: Path, archive: ZipFile, info: ZipInfo) -> Header:
    with opened_member(path, archive, info) as stream:
        header = read_header(stream, _name(path, info))
    held = info.file_size - header.offset
    if header.n_bytes > held:
        raise Unreadable(
            f"{_name(path, info)} is cut short: {header.n_bytes:,} bytes were promised, "
            f"{held:,} are there."
        )
    return header


def _read_matrix(path: Path, archive: ZipFile, info: ZipInfo) -> Work[Matrix]:
    header = _header(path, archive, info)
    n, d = check_matrix(_name(path, info), header.shape, header.element)
    if is_stored(info):
        held = map_member(path, info)[header.offset :]
        return (
            yield from matrix_in_bytes(
                held, (n, d), header.element, path, fortran=header.is_fortran
            )
        )
    with opened_member(path, archive, info) as stream:
        stream.read(header.offset)
        if header.is_fortran:
            return (yield from _read_columnwise(path, info, stream, header))
        rows = rows_of_stream(stream, header.element, d, _name(path, info))
        return (yield from matrix_in_rows(rows, (n, d), header.element, path))


def _read_columnwise(path: Path, info: ZipInfo, stream: BinaryIO, header: Header) -> Work[Matrix]:
    """A stream that holds one column after the other: read whole, then turned."""
    n, d = header.shape
    rows = rows_of_stream(stream, header.element, n, _name(path, info))
    turned = yield from matrix_in_rows(rows, (d, n), header.element, path, extra_bytes=n * d * 4)
    matrix = yield from matrix_in_array(turned.vectors.T, FLOAT32, path)
    return Matrix(matrix.vectors, turned.dtype, None, turned.problems)


def _read_column(path: Path, archive: ZipFile, name: str, info: ZipInfo) -> Work[pl.Series]:
    header = _header(path, archive, info)
    with opened_member(path, archive, info) as stream:
        stream.read(header.offset)
        rows = rows_of_stream(stream, header.element, 1, _name(path, info))
        return (yield from column_in_rows(name, rows, header.shape[0], header.element, path))


def _name(path: Path, info: ZipInfo) -> str:
    return f"{path} ({info.filename})"


FORMAT = Format("NumPy archive", (".npz",), _is_npz, _tensors, _read)
