"""Reads HDF5 files, among them the weights that Keras saves, and .keras files with one inside.

Needs h5py. Only what lies in the file itself is read: links and datasets that lead to other files
are not followed. The layouts of Keras differ; a matrix is offered wherever it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from projector.embeddings.chosen import chosen_key
from projector.embeddings.chunks import check_chunks, why_not_unpacked
from projector.embeddings.convert import matrix_in_bytes, matrix_in_rows
from projector.embeddings.elements import Element, check_matrix, numpy_element, why_no_matrix
from projector.embeddings.embedding import Source
from projector.embeddings.files import map_bytes, opened
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.heaps import are_heaps_sound
from projector.embeddings.memory import check_fits
from projector.embeddings.part import FilePart
from projector.embeddings.zips import (
    data_offset,
    first_name,
    is_stored,
    is_zip,
    opened_member,
    opened_zip,
)
from projector.errors import Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import h5py

_START = b"\x89HDF\r\n\x1a\n"
_SUFFIXES = (".weights.h5", ".h5", ".hdf5", ".keras")
_WEIGHTS = "model.weights.h5"
_MOST_OBJECTS = 100_000
_DEEPEST = 50
_LONGEST_NAME = 4096
_BAD = (OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, MemoryError)


def _is_hdf5(path: Path, start: bytes) -> bool:
    name = path.name.lower()
    if is_zip(start):
        return name.endswith(".keras") or first_name(start) == _WEIGHTS
    return start.startswith(_START) or name.endswith(_SUFFIXES)


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    found = []
    with _stream(path) as stream:
        has_texts = are_heaps_sound(stream)
    with _opened(path) as file:
        for names, dataset in _walk(path, file):
            found.append(_info(file if has_texts else None, names, dataset))
            yield Progress(None, f"Looking into {path.name}")
    return tuple(found)


def _read(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    key = chosen_key(source, (yield from _tensors(path)))
    what = f"{path} ({key})"
    with _opened(path) as file:
        with _sound(what):
            dataset = file[key]
            why_not = _why_not_read(dataset)
            element, offset = _element(dataset), _offset(dataset)
            shape = dataset.shape or ()
        if why_not:
            raise Unreadable(f"{what} {why_not}")
        n, d = check_matrix(what, shape, element)
        if offset is not None and not _is_keras(path):
            held = map_bytes(path, offset, n * d * element.stored.itemsize)
            if _starts_alike(held[: d * element.stored.itemsize], dataset, what):
                return (yield from matrix_in_bytes(held, (n, d), element, path))
        return (yield from _read_chunks(dataset, (n, d), element, path))


def _read_chunks(
    dataset: h5py.Dataset, shape: tuple[int, int], element: Element, path: Path
) -> Work[Matrix]:
    """Block by block, each as tall as the dataset's own pieces, so that none is unpacked twice."""

    def read(start: int, stop: int) -> NDArray[Any]:
        with _sound(f"{path} ({dataset.name})"):
            return np.asarray(dataset[start:stop])

    with _sound(f"{path} ({dataset.name})"):
        yield from check_chunks(dataset, f"{path} ({dataset.name})")
    chunks = dataset.chunks or (1, 1)
    extra = 2 * math.prod(chunks) * element.stored.itemsize
    return (
        yield from matrix_in_rows(
            read, shape, element, path, extra_bytes=extra, least_rows=chunks[0]
        )
    )


def _walk(path: Path, file: h5py.File) -> Iterator[tuple[list[str], h5py.Dataset]]:
    """Each dataset with the names on the way there, in the order of the names; each object once,
    and no state of an optimizer."""
    import h5py

    entered: set[int] = set()
    waiting: list[tuple[list[str], h5py.Group]] = [([], file)]
    while waiting:
        names, item = waiting.pop()
        if isinstance(item, h5py.Dataset):
            yield names, item
            continue
        with _sound(str(path)):
            links = [name for name in item if _is_own(item, name)]
            for name in reversed(links):
                child = item[name]
                place = h5py.h5o.get_info(child.id).addr
                if place in entered or (not names and name.startswith("optimizer")):
                    continue
                entered.add(place)
                if isinstance(child, (h5py.Dataset, h5py.Group)) and len(names) < _DEEPEST:
                    waiting.append(([*names, name], child))
        if len(entered) > _MOST_OBJECTS:
            raise Unreadable(f"{path} holds more than {_MOST_OBJECTS:,} objects.")


def _is_own(group: h5py.Group, name: str) -> bool:
    """False for links to other files, and for links by name, which may lead to one."""
    import h5py

    return isinstance(group.get(name, getlink=True), h5py.HardLink)


def _info(file: h5py.File | None, names: list[str], dataset: h5py.Dataset) -> TensorInfo:
    """file: where names of layers are, None where they can't be read."""
    key = "/".join(names)
    try:
        shape, element = dataset.shape or (), _element(dataset)
        why_not = _why_not_read(dataset) or why_no_matrix(shape, element)
        title = _title(file, names) if file else ""
    except _BAD:
        return TensorInfo(key, (), "", "", "It is damaged, or of a type that is not known.")
    return TensorInfo(key, shape, element.name, title, f"It {why_not}" if why_not else "")


def _element(dataset: h5py.Dataset) -> Element:
    element = numpy_element(dataset.dtype)
    if dataset.dtype.kind == "O":
        return Element("text", element.stored, None, "holds text or lists, but not numbers.")
    return element


def _why_not_read(dataset: h5py.Dataset) -> str:
    """What keeps a dataset from being read safely; a phrase to go after its name, or ""."""
    if dataset.is_virtual or dataset.external:
        return "keeps its values in other files, which are not read."
    if why_not := why_not_unpacked(dataset):
        return why_not
    if dataset.size and not dataset.id.get_storage_size():
        return "holds no values: nothing was written to it."
    return ""


def _offset(dataset: h5py.Dataset) -> int | None:
    """Where in the file the values lie one after the other, None where they don't."""
    offset = dataset.id.get_offset() if dataset.chunks is None else None
    return None if offset is None else int(offset)


def _starts_alike(held: NDArray[np.uint8], dataset: h5py.Dataset, what: str) -> bool:
    with _sound(what):
        return held.tobytes() == np.asarray(dataset[:1]).tobytes()


def _title(file: h5py.File, names: list[str]) -> str:
    """What the user called it: the layer of Keras, and the weight where it has several."""
    *groups, last = names
    if groups and groups[-1] == "vars":  # Keras 3: layers/embedding/vars/0
        parent = file["/".join(groups)]
        name = _text(parent, "name")
        return f"{name}/{last}" if name and len(parent) > 1 else name
    short = names[1:] if names[0] == "model_weights" else names
    layer = file["/".join(names[: len(names) - len(short) + 1])]
    if len(short) > 1 and "weight_names" in layer.attrs:  # Keras 2: emb/emb/embeddings:0
        short = short[1:]
    title = "/".join(short).removesuffix(":0")
    return "" if title == "/".join(names) else title


def _text(group: h5py.Group, name: str) -> str:
    if name not in group.attrs or group.attrs.get_id(name).shape != ():
        return ""
    value = group.attrs[name]
    return value[:_LONGEST_NAME] if isinstance(value, str) else ""


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    """The HDF5 file, or the one inside a .keras file. Raises NotFound, Unreadable, TooLarge."""
    try:
        import h5py
    except ImportError as error:
        raise Unreadable(
            f'{path} is an HDF5 file; to read it, run: pip install "projector[hdf5]"'
        ) from error
    with _stream(path) as stream:
        with _sound(str(path)):
            file = h5py.File(stream if _is_keras(path) else path, "r", locking=False)
        with file:
            yield file


@contextmanager
def _stream(path: Path) -> Iterator[BinaryIO]:
    """The bytes of the HDF5 file, or of the one inside a .keras file."""
    if not _is_keras(path):
        with opened(path) as file:
            yield file
        return
    with opened_zip(path) as archive:
        if _WEIGHTS not in archive.namelist():
            raise Unreadable(f"{path} holds no {_WEIGHTS}.")
        info = archive.getinfo(_WEIGHTS)
        if is_stored(info):
            with opened(path) as file:
                yield cast(BinaryIO, FilePart(file, data_offset(path, info), info.file_size))
            return
        check_fits(2 * info.file_size, f"{path} ({_WEIGHTS})")
        with opened_member(path, archive, info) as member:
            unpacked = BytesIO(member.read())
        yield unpacked


def _is_keras(path: Path) -> bool:
    with opened(path) as file:
        return is_zip(file.read(4))


@contextmanager
def _sound(what: str) -> Iterator[None]:
    """Whatever h5py says of a damaged file becomes a sentence."""
    try:
        yield
    except _BAD as error:
        reason = str(error).splitlines()[0][:200].rstrip(".") if str(error) else "it makes no sense"
        raise Unreadable(f"{what} can't be read: {reason}.") from error


FORMAT = Format("HDF5", _SUFFIXES, _is_hdf5, _tensors, _read)
