"""Version 1 as a file format: lists the variables of a checkpoint, and reads one as a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.embeddings.checkpoints.matrix import Part, put_together
from projector.embeddings.checkpoints.names import chosen_key, why_not, why_unreadable
from projector.embeddings.checkpoints.slices import ranges_of
from projector.embeddings.checkpoints.snappy import MOST_EXPANDED
from projector.embeddings.checkpoints.stored import file_size
from projector.embeddings.checkpoints.v1 import PartReader, Place, Tables, Variable, read_tables
from projector.embeddings.checkpoints.values import (
    Filled,
    dtype_name,
    real_numbers,
)
from projector.embeddings.checkpoints.varints import parse_varints
from projector.embeddings.checkpoints.wire import find_bytes
from projector.embeddings.embedding import Source
from projector.embeddings.format import Matrix, TensorInfo
from projector.errors import NothingToShow, Unreadable
from projector.logs import dtypes
from projector.logs.messages.tensor_pb2 import TensorProto
from projector.progress import Progress, Work

_PIECE = 1 << 18
_TENSOR = (2, 3)
"""The numbers of the fields SavedTensorSlices.data and SavedSlice.data; in it a TensorProto."""

_FIELD_NUMBERS = {field.name: field.number for field in TensorProto.DESCRIPTOR.fields}
_FIXED_SIZE = ("float_val", "double_val", "scomplex_val", "dcomplex_val", "float8_val")
_MOST_MISSING = 20


def list_v1(path: Path) -> Work[tuple[TensorInfo, ...]]:
    """All variables in the order of the file. Raises NotFound, Unreadable, TooLarge."""
    tables = yield from read_tables(path)
    return (*_list(tables), *_damage(tables))


def read_from_v1(source: Source) -> Work[Matrix]:
    """One variable. Raises NotFound, Unreadable, NothingToShow, TooLarge."""
    path = source.tensor_path
    tables = yield from read_tables(path)
    name = source.key
    if name not in tables.variables or not name:
        name = chosen_key(path, name, _list(tables))
    variable = tables.variables[name]
    why = why_unreadable(variable.dtype, variable.shape)
    if why:
        refusal = NothingToShow if 0 in variable.shape else Unreadable
        raise refusal(f"{name} in {path} can't be shown. {why}")
    n, d = variable.shape
    return (
        yield from put_together(
            source,
            name=name,
            dtype=variable.dtype,
            shape=(n, d),
            parts=_parts(variable),
            most_values=_most_values(variable),
        )
    )


def _list(tables: Tables) -> list[TensorInfo]:
    return [
        TensorInfo(
            variable.name,
            variable.shape,
            dtype_name(variable.dtype),
            why_not=why_not(variable.name, variable.dtype, variable.shape)
            or _why_missing(variable),
        )
        for variable in tables.variables.values()
    ]


def _damage(tables: Tables) -> list[TensorInfo]:
    return [TensorInfo("", (), "", "", what) for what in tables.damage[:_MOST_MISSING]]


def _why_missing(variable: Variable) -> str:
    n_there = sum(part.n_values for part in _parts(variable))
    is_enough = n_there * 2 >= variable.shape[0] * variable.shape[1]
    return "" if is_enough else "Most of its parts are missing."


def _parts(variable: Variable) -> Sequence[Part]:
    reader = PartReader()
    found = []
    for place in sorted(variable.places, key=lambda place: (place.table.path, place.key)):
        ranges = ranges_of(place.extents, variable.shape)
        if ranges is not None:
            fill = partial(_fill, reader, place, variable.dtype)
            found.append(Part(ranges[0], ranges[1], fill))
    return found


def _most_values(variable: Variable) -> int:
    """No value takes less than a byte, before compression."""
    files = {place.table.path for place in variable.places}
    return sum(file_size(file) for file in files) * MOST_EXPANDED


def _fill(reader: PartReader, place: Place, dtype: int, target: FloatArray) -> Work[Filled]:
    """Decode a part's list of values piece by piece."""
    value = yield from reader.read(place)
    is_whole = target.flags.c_contiguous
    floats = target.reshape(-1) if is_whole else np.empty(target.size, np.float32)
    filled, n = Filled(), 0
    convert, path = real_numbers(dtype), place.table.path
    for elements in _elements(path, value, dtype):
        if n + len(elements) > target.size:
            raise Unreadable(f"{path} is damaged: a part has more values than its shape.")
        filled.put(convert(elements), floats[n : n + len(elements)])
        n += len(elements)
        yield Progress(n / target.size, f"Reading {path.name}")
    if n < target.size:
        raise Unreadable(f"{path} is damaged: a part has {n:,} of its {target.size:,} values.")
    if not is_whole:
        target[...] = floats.reshape(target.shape)
    return filled


def _elements(path: Path, value: memoryview, dtype: int) -> Iterator[NDArray[Any]]:
    """The elements of a part's list of numbers, some at a time. Raises Unreadable."""
    name, element = dtypes.TYPED_FIELD[dtype], dtypes.RAW[dtype]
    is_fixed = name in _FIXED_SIZE
    try:
        for packed in find_bytes(value, (*_TENSOR, _FIELD_NUMBERS[name])):
            numbers = np.frombuffer(packed, np.uint8)
            start = 0
            while start < len(numbers):
                stop = _piece_end(numbers, start, element.itemsize, is_fixed)
                piece = numbers[start:stop]
                yield piece.view(element) if is_fixed else _from_numbers(piece, element)
                start = stop
    except ValueError as error:
        raise Unreadable(f"{path} is damaged: {error}.") from error


def _from_numbers(piece: NDArray[np.uint8], element: np.dtype[Any]) -> NDArray[Any]:
    """The elements that packed numbers stand for: halves are bit patterns."""
    numbers = parse_varints(piece)
    if element.kind == "f":
        return numbers.astype(np.dtype("<u2")).view(element)
    return numbers.astype(element)


def _piece_end(numbers: NDArray[np.uint8], start: int, size: int, is_fixed: bool) -> int:
    """The end of the next piece, after a whole element."""
    stop = min(start + _PIECE // size * size, len(numbers))
    if is_fixed or stop == len(numbers):
        return stop
    ends = np.flatnonzero(numbers[max(start, stop - 16) : stop] < 0x80)
    if not len(ends):
        raise ValueError("one of its numbers is too long")
    return int(max(start, stop - 16) + ends[-1] + 1)
