"""Reads .npy, numpy's format of one array (versions 1 to 3): mapped, nothing is unpickled.

Nothing is allocated before the header was checked against the size of the file. The header is a
Python literal, which numpy documents in numpy.lib.format.
"""

from __future__ import annotations

import ast
import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from projector.arrays import FloatArray
from projector.embeddings.convert import matrix_in_bytes
from projector.embeddings.elements import (
    Element,
    check_matrix,
    is_shape,
    numpy_element,
    why_no_matrix,
)
from projector.embeddings.embedding import Source
from projector.embeddings.files import map_bytes, opened
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.raw import map_raw
from projector.errors import Problem, Unreadable
from projector.progress import Progress, Work

__all__ = ["FORMAT", "MAGIC", "Header", "map_raw", "npy_shape", "read_header", "read_npy"]

MAGIC = b"\x93NUMPY"

_LONGEST_HEADER = 1 << 16
_PYTHON_2_NUMBER = re.compile(r"\b(\d+)L\b")
_PLAIN_DTYPE = re.compile(r"[<>|=]?(?:[?bBfiucSUVmMO]\d{0,12})(?:\[\w{1,20}\])?")
_BAD_LITERAL = (ValueError, SyntaxError, TypeError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Header:
    """shape: no size is negative. offset: of the first value, from the array's own start."""

    shape: tuple[int, ...]
    is_fortran: bool
    element: Element
    offset: int

    @property
    def n_bytes(self) -> int:
        return math.prod(self.shape) * self.element.stored.itemsize


def read_header(file: BinaryIO, what: str) -> Header:
    """The header at the place where a stream stands; leaves it at the first value.

    what: names the array in sentences. Raises Unreadable.
    """
    start = file.read(8)
    if start[:6] != MAGIC or len(start) < 8:
        raise Unreadable(f"{what} is no sound .npy file: it doesn't start as one.")
    if start[6] not in (1, 2, 3):
        raise Unreadable(f"{what} is a .npy file of version {start[6]}, which is not read.")
    length_format = "<H" if start[6] == 1 else "<I"
    length_bytes = file.read(struct.calcsize(length_format))
    broken = Unreadable(f"{what} is no sound .npy file: its header can't be read.")
    if len(length_bytes) != struct.calcsize(length_format):
        raise broken
    (length,) = struct.unpack(length_format, length_bytes)
    text = file.read(length) if length <= _LONGEST_HEADER else b""
    if len(text) != length:
        raise broken
    found = _parse_header(text.decode("latin1" if start[6] < 3 else "utf-8", "replace"))
    if found is None:
        raise broken
    shape, is_fortran, element = found
    if not is_shape(shape):
        raise Unreadable(f"{what} is no sound .npy file: its header promises impossible sizes.")
    return Header(tuple(shape), is_fortran, element, 8 + len(length_bytes) + length)


def npy_shape(path: Path) -> tuple[int, int]:
    """(rows, dims) of the matrix in a .npy file. Raises NotFound, Unreadable, NothingToShow."""
    header = _read_file_header(path)
    shape = check_matrix(str(path), header.shape, header.element)
    _check_length(path, header)
    return shape


def read_npy(path: Path) -> Work[tuple[FloatArray, str, tuple[Problem, ...]]]:
    """Vectors float32 (n, d), dtype in the file, problems; mapped if nothing is converted.

    Raises NotFound, Unreadable, NothingToShow, TooLarge.
    """
    matrix = yield from _read_matrix(path)
    return matrix.vectors, matrix.dtype, matrix.problems


def _read_matrix(path: Path) -> Work[Matrix]:
    header = _read_file_header(path)
    shape = check_matrix(str(path), header.shape, header.element)
    _check_length(path, header)
    held = map_bytes(path, header.offset, header.n_bytes)
    return (
        yield from matrix_in_bytes(held, shape, header.element, path, fortran=header.is_fortran)
    )


def _read_file_header(path: Path) -> Header:
    with opened(path) as file:
        return read_header(file, str(path))


def _check_length(path: Path, header: Header) -> None:
    held = max(0, path.stat().st_size - header.offset)
    if header.n_bytes > held:
        raise Unreadable(
            f"{path} is cut short: {header.n_bytes:,} bytes were promised, {held:,} are there."
        )


def _parse_header(text: str) -> tuple[tuple[Any, ...], bool, Element] | None:
    """Shape (not yet checked), order and type of the values; None where it is not sound."""
    try:
        if "\\" in text:  # Python would warn of odd escapes; sound headers have none
            return None
        fields = ast.literal_eval(_PYTHON_2_NUMBER.sub(r"\1", text.strip()))
    except _BAD_LITERAL:
        return None
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        return None
    shape, is_fortran = fields["shape"], fields["fortran_order"]
    if not isinstance(shape, tuple) or not isinstance(is_fortran, bool):
        return None
    element = _parse_dtype(fields["descr"])
    return None if element is None else (shape, is_fortran, element)


def _parse_dtype(descr: Any) -> Element | None:
    if isinstance(descr, (list, tuple)):  # fields of a record; what they are doesn't matter
        return numpy_element(np.dtype([("records", "u1")]))
    if not isinstance(descr, str) or not _PLAIN_DTYPE.fullmatch(descr):
        return None
    try:
        return numpy_element(np.dtype(descr))
    except (TypeError, ValueError, OverflowError):
        return None


def _is_npy(path: Path, start: bytes) -> bool:
    return start.startswith(MAGIC) or path.suffix.lower() == ".npy"


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    yield Progress(None, f"Looking into {path.name}")
    header = _read_file_header(path)
    why_not = why_no_matrix(header.shape, header.element)
    if not why_not:
        _check_length(path, header)
    return (TensorInfo("", header.shape, header.element.name, "", why_not and f"It {why_not}"),)


def _read(source: Source) -> Work[Matrix]:
    return _read_matrix(source.tensor_path)


FORMAT = Format("NumPy array", (".npy",), _is_npy, _tensors, _read)
