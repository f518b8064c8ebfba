"""Version 2 as a file format: lists the variables of a checkpoint, and reads one as a matrix."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from projector.arrays import FloatArray, frozen
from projector.embeddings import convert
from projector.embeddings.checkpoints.bundle import Bundle, read_bundle, read_full_names
from projector.embeddings.checkpoints.matrix import Part, put_together
from projector.embeddings.checkpoints.names import Titles, chosen_key, why_not, why_unreadable
from projector.embeddings.checkpoints.slices import extents_of, ranges_of, slice_key
from projector.embeddings.checkpoints.stored import PIECE, Checksum, Stored, read_pieces
from projector.embeddings.checkpoints.values import (
    Filled,
    dtype_name,
    real_numbers,
)
from projector.embeddings.embedding import Source
from projector.embeddings.format import Matrix, TensorInfo
from projector.embeddings.messages.checkpoint_pb2 import BundleEntry
from projector.errors import NothingToShow, Problem, Unreadable
from projector.logs import dtypes
from projector.progress import Progress, Work

_STEP = 250
_WRONG_CHECKSUM = "the checksum of its bytes in the checkpoint does not match"


def list_bundle(path: Path) -> Work[tuple[TensorInfo, ...]]:
    """All variables in the order of the file. Raises NotFound, Unreadable, TooLarge."""
    bundle = yield from read_bundle(path)
    return (yield from _list(bundle))


def read_from_bundle(source: Source) -> Work[Matrix]:
    """One variable. Raises NotFound, Unreadable, NothingToShow, TooLarge."""
    path = source.tensor_path
    bundle = yield from read_bundle(path)
    entry = bundle.entries.get(source.key.encode(errors="replace"))
    name = source.key
    if entry is None or not name:
        name = chosen_key(path, source.key, (yield from _list(bundle)))
        entry = dict(bundle.variables())[name]
    shape = _shape(entry)
    why = why_unreadable(entry.dtype, shape)
    if why:
        refusal = NothingToShow if 0 in shape else Unreadable
        raise refusal(f"{name} in {path} can't be shown. {why}")
    n, d = shape
    parts = _parts(bundle, name, entry, (n, d))
    if _is_mappable(bundle, entry) and not parts[0].why_not:
        return (yield from _map(path, name, bundle.stored(entry), (n, d)))
    return (
        yield from put_together(
            source,
            name=name,
            dtype=entry.dtype,
            shape=(n, d),
            parts=parts,
            most_values=_most_values(bundle, entry.dtype),
        )
    )


def _list(bundle: Bundle) -> Work[tuple[TensorInfo, ...]]:
    full_names = yield from read_full_names(bundle)
    variables = list(bundle.variables())
    titles = Titles(full_names)
    found = []
    for i, (key, entry) in enumerate(variables):
        if i % _STEP == 0:
            yield Progress(i / len(variables), f"Reading {bundle.path.name}")
        shape = _shape(entry)
        why = why_not(key, entry.dtype, shape) or _why_missing(bundle, key, entry, shape)
        found.append(TensorInfo(key, shape, dtype_name(entry.dtype), titles.of(key), why))
    return (*found, *(TensorInfo("", (), "", "", sentence) for sentence in bundle.damage))


def _why_missing(bundle: Bundle, key: str, entry: BundleEntry, shape: tuple[int, ...]) -> str:
    """Why the values can't be read; a partitioned variable needs half of them."""
    parts = _parts(bundle, key, entry, (shape[0], shape[1]))
    wrongs = [part.why_not for part in parts if part.why_not]
    n_there = sum(part.n_values for part in parts if not part.why_not)
    if n_there * 2 >= math.prod(shape):
        return ""
    return wrongs[0] if wrongs else "Its parts are not in the index."


def _shape(entry: BundleEntry) -> tuple[int, ...]:
    return tuple(dim.size for dim in entry.shape.dim)


def _parts(bundle: Bundle, name: str, entry: BundleEntry, shape: tuple[int, int]) -> Sequence[Part]:
    if not entry.slices:
        return [_part(bundle, entry, entry.dtype, (slice(0, shape[0]), slice(0, shape[1])))]
    found = []
    for message in entry.slices:
        extents = extents_of(message)
        ranges = ranges_of(extents, shape)
        if ranges is None:
            continue
        part = bundle.entries.get(slice_key(name.encode(), extents))
        if part is not None:
            found.append(_part(bundle, part, entry.dtype, ranges))
    return found


def _part(bundle: Bundle, entry: BundleEntry, dtype: int, ranges: tuple[slice, ...]) -> Part:
    rows, columns = ranges
    element = dtypes.RAW[dtype].newbyteorder(">" if bundle.is_big_endian else "<")
    fill = partial(_fill, bundle.stored(entry), dtype, element)
    n_values = (rows.stop - rows.start) * (columns.stop - columns.start)
    why = bundle.trouble(entry)
    if not why and (entry.dtype != dtype or entry.size != n_values * element.itemsize):
        why = f"The index is damaged: {entry.size:,} bytes can't be {n_values:,} values."
    return Part(rows, columns, fill, why)


def _most_values(bundle: Bundle, dtype: int) -> int:
    """Parts don't share bytes. Twice as many as there are, as half may be missing."""
    there = sum(size or 0 for size in bundle.shards.values())
    return 2 * there // dtypes.RAW[dtype].itemsize


def _is_mappable(bundle: Bundle, entry: BundleEntry) -> bool:
    """Whether the bytes can be used as they are; floats at odd places can't, and few are read."""
    is_large = entry.size >= convert.MAPPED_BYTES
    is_plain = (
        is_large and entry.dtype == dtypes.FLOAT and not entry.slices and entry.offset % 4 == 0
    )
    return is_plain and not bundle.is_big_endian and sys.byteorder == "little"


def _map(path: Path, name: str, stored: Stored, shape: tuple[int, int]) -> Work[Matrix]:
    checksum = Checksum()
    n_read = 0
    for piece in read_pieces(stored.path, stored.offset, stored.size):
        checksum.add(piece)
        n_read += len(piece)
        yield Progress(n_read / stored.size, f"Checking {stored.path.name}")
    try:
        vectors = np.asarray(np.memmap(stored.path, np.dtype("<f4"), "r", stored.offset, shape))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{stored.path} can't be read: {error}.") from error
    problems: tuple[Problem, ...] = ()
    if checksum.masked != stored.crc:
        what = f"The values of {name} may be wrong: {_WRONG_CHECKSUM}."
        problems = (Problem(path, what),)
    return Matrix(frozen(vectors), problems=problems)


def _fill(
    stored: Stored, dtype: int, element: np.dtype[np.generic], target: FloatArray
) -> Work[Filled]:
    """Read rows a few megabytes at a time, and turn them into float32."""
    n, d = target.shape
    n_rows = max(1, PIECE // max(1, d * element.itemsize))
    convert, checksum, filled, start = real_numbers(dtype), Checksum(), Filled(), 0
    row_bytes = d * element.itemsize
    for piece in read_pieces(stored.path, stored.offset, stored.size, n_rows * row_bytes):
        checksum.add(piece)
        rows = convert(np.frombuffer(piece, element)).reshape(-1, d)
        filled.put(rows, target[start : start + len(rows)])
        start += len(rows)
        yield Progress(start / n, f"Reading {stored.path.name}")
    if checksum.masked != stored.crc:
        filled.what = _WRONG_CHECKSUM
    return filled
