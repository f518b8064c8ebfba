"""Reads tensors from what torch.save wrote, without PyTorch and without running its pickles.

Both layouts: a ZIP (PyTorch 1.6 and later) with data.pkl and a member for each storage, and the
older one, five pickles and then the storages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZipFile, ZipInfo

import numpy as np

from projector.arrays import ByteArray, frozen
from projector.embeddings.chosen import chosen_key
from projector.embeddings.convert import matrix_in_array
from projector.embeddings.elements import check_matrix
from projector.embeddings.embedding import Source
from projector.embeddings.files import map_bytes, opened
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.memory import check_fits
from projector.embeddings.pickles import Machine, read_pickle
from projector.embeddings.torch_tree import find_tensors
from projector.embeddings.torch_values import NoTensor, Rebuilder, Storage, Tensor
from projector.embeddings.zips import (
    first_name,
    is_stored,
    is_zip,
    map_member,
    opened_member,
    opened_zip,
)
from projector.errors import Problem, Unreadable
from projector.progress import Work

_SUFFIXES = (".pt", ".pth", ".ckpt", ".bin", ".pkl")
_OLD_MAGIC = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."  # a long number, the whole of a first pickle
_TAR_MAGIC = b"ustar"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the bytes of a storage are, and how many; `read` maps or unpacks them."""

    n_bytes: int
    read: Callable[[], ByteArray]


@dataclass(frozen=True, slots=True, eq=False)
class _Contents:
    """tensors: by key. code: what the file would have run, by the key where it was found."""

    tensors: dict[str, Tensor | NoTensor]
    code: dict[str, str]
    places: dict[str, _Place]
    is_big_endian: bool = False

    def why_not(self, tensor: Tensor | NoTensor) -> str:
        if isinstance(tensor, NoTensor) or tensor.why_not:
            return tensor.why_not
        place = self.places.get(tensor.storage.key)
        if place is None:
            return "is cut off: its numbers are not in the file."
        needed = tensor.storage.n_bytes
        if needed > place.n_bytes:
            return f"is cut short: {needed:,} bytes were promised, {place.n_bytes:,} are there."
        return ""


def _is_torch(path: Path, start: bytes) -> bool:
    if _is_old(start):
        return True
    if is_zip(start):
        return path.suffix.lower() in _SUFFIXES or first_name(start).endswith("/data.pkl")
    return path.suffix.lower() in (".pt", ".pth")


def _is_old(start: bytes) -> bool:
    return start.startswith(b"\x80") and _OLD_MAGIC in start[:32]


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    return _infos((yield from _read_contents(path)))


def _infos(found: _Contents) -> tuple[TensorInfo, ...]:
    infos = []
    for key, tensor in found.tensors.items():
        why_not = found.why_not(tensor)
        why_not = f"It {why_not}" if why_not else ""
        if isinstance(tensor, Tensor):
            infos.append(TensorInfo(key, tensor.shape, tensor.element.name, "", why_not))
        else:
            infos.append(TensorInfo(key, (), "", "", why_not))
    for key, name in found.code.items():
        infos.append(TensorInfo(key, (), "", "", _not_run(name)))
    return tuple(infos)


def _read(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    found = yield from _read_contents(path)
    key = chosen_key(source, _infos(found))
    what = f"{path} ({key})" if key else str(path)
    if key not in found.tensors:
        raise Unreadable(f"{what} can't be shown. {_not_run(found.code[key])}")
    tensor = found.tensors[key]
    if isinstance(tensor, NoTensor):
        raise Unreadable(f"{what} {tensor.why_not}")
    check_matrix(what, tensor.shape, tensor.element)
    if why_not := found.why_not(tensor):
        raise Unreadable(f"{what} {why_not}")
    held = found.places[tensor.storage.key].read()
    matrix = yield from _matrix(tensor, held, found.is_big_endian, path)
    problems = [Problem(path, _not_run(name)) for name in found.code.values()]
    return Matrix(matrix.vectors, matrix.dtype, None, (*matrix.problems, *problems))


def _not_run(name: str) -> str:
    return f"It holds {name}, which is code; it was not run."


def _matrix(tensor: Tensor, held: ByteArray, is_big_endian: bool, path: Path) -> Work[Matrix]:
    dtype = tensor.element.stored
    itemsize = dtype.itemsize
    start = tensor.storage.start * tensor.storage.element.stored.itemsize
    stored = np.ndarray(
        tensor.shape,
        dtype.newbyteorder(">") if is_big_endian else dtype,
        held,
        start + tensor.offset * itemsize,
        [
            stride * itemsize if size > 1 else itemsize  # any stride goes with a single value
            for size, stride in zip(tensor.shape, tensor.strides, strict=True)
        ],
    )
    return (yield from matrix_in_array(stored, tensor.element, path))


def _read_contents(path: Path) -> Work[_Contents]:
    with opened(path) as file:
        start = file.read(512)
        file.seek(0)
        if is_zip(start):
            return (yield from _read_zip(path))
        if _is_old(start):
            return (yield from _read_old(path, file))
    if start[257:262] == _TAR_MAGIC:
        raise Unreadable(f"{path} was saved by PyTorch 0.1; save it again with a newer one.")
    raise Unreadable(f"{path} is no file that torch.save wrote, or its start is damaged.")


def _read_zip(path: Path) -> Work[_Contents]:
    with opened_zip(path) as archive:
        members = {info.filename: info for info in archive.infolist()}
        pickled = next((name for name in members if _is_main(name)), None)
        if pickled is None:
            raise Unreadable(f"{path} is a ZIP file without data.pkl; torch.save did not write it.")
        root = pickled.removesuffix("data.pkl")
        rebuilder = Rebuilder()
        info = members[pickled]
        with opened_member(path, archive, info) as stream:
            # a buffer in front, as the pickle is read byte by byte
            buffered = BufferedReader(cast(RawIOBase, stream), 1 << 16)
            machine = Machine(buffered, info.file_size, rebuilder.make, rebuilder.load)
            value = yield from read_pickle(machine, f"{path.name} (data.pkl)")
        is_big_endian = _is_big_endian(path, archive, members.get(root + "byteorder"))
    places = {
        key: _place(path, members[f"{root}data/{key}"])
        for key in rebuilder.storages
        if f"{root}data/{key}" in members
    }
    return _Contents(*find_tensors(value, rebuilder), places, is_big_endian)


def _is_main(name: str) -> bool:
    return name.count("/") <= 1 and name.split("/")[-1] == "data.pkl"


def _is_big_endian(path: Path, archive: ZipFile, info: ZipInfo | None) -> bool:
    if info is None:
        return False
    with opened_member(path, archive, info) as stream:
        return stream.read(8) == b"big"


def _place(path: Path, info: ZipInfo) -> _Place:
    def unpack() -> ByteArray:
        check_fits(info.file_size, f"{path} ({info.filename})")
        with opened_zip(path) as archive, opened_member(path, archive, info) as stream:
            return frozen(np.frombuffer(stream.read(info.file_size), np.uint8))

    def read() -> ByteArray:
        return map_member(path, info) if is_stored(info) else unpack()

    return _Place(info.file_size, read)


def _read_old(path: Path, file: BinaryIO) -> Work[_Contents]:
    size = path.stat().st_size
    rebuilder = Rebuilder()
    values = []
    for name in ("start", "version", "system", "objects", "storages"):
        machine = Machine(file, size - file.tell(), rebuilder.make, rebuilder.load)
        values.append((yield from read_pickle(machine, f"{path.name} ({name})")))
    keys = values[4] if isinstance(values[4], list) else []
    places = dict(_old_places(path, file, size, keys, rebuilder.storages))
    return _Contents(*find_tensors(values[3], rebuilder), places)


def _old_places(
    path: Path, file: BinaryIO, size: int, keys: list[object], storages: dict[str, Storage]
) -> Iterator[tuple[str, _Place]]:
    """Storages follow one another, each after its length in elements, always little-endian."""
    at = file.tell()
    for key in keys:
        storage = storages.get(str(key)) if isinstance(key, (str, int)) else None
        if storage is None or at + 8 > size:
            return  # how long it is can't be told, so nor where the next one starts
        file.seek(at)
        n_bytes = int.from_bytes(file.read(8), "little") * storage.element.stored.itemsize
        at += 8
        held = min(n_bytes, size - at)
        yield storage.key, _Place(held, _mapped(path, at, held))
        at += n_bytes


def _mapped(path: Path, offset: int, n_bytes: int) -> Callable[[], ByteArray]:
    return lambda: map_bytes(path, offset, n_bytes)


FORMAT = Format("PyTorch", _SUFFIXES, _is_torch, _tensors, _read)
