"""Reads .safetensors: a JSON header and one buffer of arrays; and the index of a set of them.

The format is described at github.com/huggingface/safetensors; the checks are those of its reader.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from projector.embeddings import elements
from projector.embeddings.chosen import chosen_key
from projector.embeddings.convert import matrix_in_bytes
from projector.embeddings.elements import Element, check_matrix, is_shape, refused, why_no_matrix
from projector.embeddings.embedding import Source
from projector.embeddings.files import map_bytes, opened
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.errors import ProjectorError, Unreadable
from projector.progress import Progress, Work

_INDEX_SUFFIX = ".safetensors.index.json"
_LONGEST_HEADER = 100_000_000
_BAD_JSON = (ValueError, RecursionError, MemoryError)

_ELEMENTS: dict[str, Element] = {
    name: Element(np.dtype(code).name, np.dtype(code))
    for name, code in {
        **{"BOOL": "?", "U8": "u1", "I8": "i1", "I16": "<i2", "U16": "<u2", "I32": "<i4"},
        **{"U32": "<u4", "I64": "<i8", "U64": "<u8", "F16": "<f2", "F32": "<f4", "F64": "<f8"},
    }.items()
} | {
    "BF16": elements.BFLOAT16,
    "F8_E5M2": elements.FLOAT8_E5M2,
    "F8_E4M3": elements.FLOAT8_E4M3,
    "F8_E8M0": elements.FLOAT8_E8M0,
    "F8_E4M3FNUZ": elements.FLOAT8_E4M3FNUZ,
    "F8_E5M2FNUZ": elements.FLOAT8_E5M2FNUZ,
    "C64": refused("complex64", 8),
}
_PACKED_BITS = {"F6_E2M3": 6, "F6_E3M2": 6, "F4": 4}


@dataclass(frozen=True, slots=True)
class _Tensor:
    """start, stop: bytes from the start of the file."""

    shape: tuple[int, ...]
    element: Element
    start: int
    stop: int
    size: int

    @property
    def why_not(self) -> str:
        if self.stop > self.size:
            held = max(0, self.size - self.start)
            return (
                f"is cut short: {self.stop - self.start:,} bytes were promised, {held:,} are there."
            )
        return why_no_matrix(self.shape, self.element)


def _is_safetensors(path: Path, start: bytes) -> bool:
    if path.name.lower().endswith((".safetensors", _INDEX_SUFFIX)):
        return True
    return start[8:10] == b'{"' and int.from_bytes(start[:8], "little") <= _LONGEST_HEADER


def _tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    if not path.name.lower().endswith(_INDEX_SUFFIX):
        yield Progress(None, f"Looking into {path.name}")
        return tuple(_info(name, tensor) for name, tensor in _read_header(path).items())
    shards: dict[str, dict[str, _Tensor] | str] = {}
    infos = []
    for name, file in _read_index(path).items():
        if file not in shards:
            yield Progress(None, f"Looking into {file}")
            shards[file] = _read_shard(path, file)
        infos.append(_info_in_shard(name, file, shards[file]))
    return tuple(infos)


def _read(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    infos = yield from _tensors(path)
    key = chosen_key(source, infos)
    if path.name.lower().endswith(_INDEX_SUFFIX):
        path = _shard_path(path, _read_index(path)[key])
    tensor = _read_header(path).get(key)
    what = f"{path} ({key})"
    if tensor is None:
        raise Unreadable(f"{path} holds no tensor named {key!r}, though the index says so.")
    if tensor.stop > tensor.size:
        raise Unreadable(f"{what} {tensor.why_not}")
    shape = check_matrix(what, tensor.shape, tensor.element)
    held = map_bytes(path, tensor.start, tensor.stop - tensor.start)
    return (yield from matrix_in_bytes(held, shape, tensor.element, path))


def _info(name: str, tensor: _Tensor) -> TensorInfo:
    why_not = f"It {tensor.why_not}" if tensor.why_not else ""
    return TensorInfo(name, tensor.shape, tensor.element.name, "", why_not)


def _info_in_shard(name: str, file: str, shard: dict[str, _Tensor] | str) -> TensorInfo:
    if isinstance(shard, str):
        return TensorInfo(name, (), "", "", shard)
    if name not in shard:
        return TensorInfo(name, (), "", "", f"It is not in {file}, though the index says so.")
    return _info(name, shard[name])


def _read_shard(index: Path, file: str) -> dict[str, _Tensor] | str:
    """The tensors of one file of a set, or the sentence on why they can't be read."""
    try:
        return _read_header(_shard_path(index, file))
    except ProjectorError as error:
        return str(error)


def _shard_path(index: Path, file: str) -> Path:
    if not file or Path(file).name != file or "\\" in file:
        raise Unreadable(f"{index} names {file[:200]!r}, but its files must lie beside it.")
    return index.parent / file


def _read_index(path: Path) -> dict[str, str]:
    with opened(path) as file:
        if path.stat().st_size > _LONGEST_HEADER:
            raise Unreadable(f"{path} is larger than 100 MB, so it is no index of safetensors.")
        fields = _parse_json(file.read(), path)
    files = fields.get("weight_map")
    if not isinstance(files, dict) or not all(isinstance(name, str) for name in files.values()):
        raise Unreadable(f"{path} is no index of safetensors: it has no weight_map.")
    return files


def _read_header(path: Path) -> dict[str, _Tensor]:
    """All tensors of one file, in the file's order. Raises NotFound, Unreadable."""
    with opened(path) as file:
        size = path.stat().st_size
        fields = _parse_json(_header_bytes(path, file, size), path)
        data_start = file.tell()
    fields.pop("__metadata__", None)
    tensors = {
        name: _parse_tensor(name, field, data_start, size, path) for name, field in fields.items()
    }
    _check_order(tensors, data_start, size, path)
    return tensors


def _header_bytes(path: Path, file: BinaryIO, size: int) -> bytes:
    length = int.from_bytes(file.read(8), "little")
    if size < 10:
        raise Unreadable(f"{path} is no safetensors file: it has only {size:,} bytes.")
    if length > _LONGEST_HEADER:
        raise Unreadable(f"{path} is no safetensors file: its header would be larger than 100 MB.")
    if length > size - 8:
        raise Unreadable(f"{path} is cut short within its header.")
    return file.read(length)


def _parse_json(data: bytes, path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(data.decode(), object_pairs_hook=_without_doubles)
    except _BAD_JSON as error:
        raise Unreadable(f"{path} is no safetensors file: its header is no sound JSON.") from error
    if not isinstance(fields, dict):
        raise Unreadable(f"{path} is no safetensors file: its header is no table of tensors.")
    return fields


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name is given twice")
    return fields


def _parse_tensor(name: str, field: Any, data_start: int, size: int, path: Path) -> _Tensor:
    broken = Unreadable(f"{path} is no sound safetensors file: its entry {name[:200]!r} is broken.")
    if not isinstance(field, dict):
        raise broken
    dtype, shape, place = field.get("dtype"), field.get("shape"), field.get("data_offsets")
    if not isinstance(dtype, str) or not is_shape(shape) or not is_shape(place):
        raise broken
    if len(place) != 2 or place[0] > place[1]:
        raise broken
    element = _ELEMENTS.get(dtype) or refused(dtype[:40])
    if dtype in _ELEMENTS or dtype in _PACKED_BITS:
        n_bits = _PACKED_BITS.get(dtype, 8 * element.stored.itemsize) * math.prod(shape)
        if n_bits != 8 * (place[1] - place[0]):
            raise broken
    return _Tensor(tuple(shape), element, data_start + place[0], data_start + place[1], size)


def _check_order(tensors: dict[str, _Tensor], data_start: int, size: int, path: Path) -> None:
    """The arrays must fill the buffer without holes; one that was cut short is told later."""
    at = data_start
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.start, tensor.stop)):
        if tensor.start != at:
            raise Unreadable(
                f"{path} is no sound safetensors file: its arrays overlap or have gaps."
            )
        at = tensor.stop
    if at < size:
        raise Unreadable(
            f"{path} is no sound safetensors file: {size - at:,} bytes follow the last array."
        )


FORMAT = Format("safetensors", (_INDEX_SUFFIX, ".safetensors"), _is_safetensors, _tensors, _read)
