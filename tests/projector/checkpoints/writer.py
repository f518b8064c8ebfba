"""Writes small checkpoints of both versions, byte by byte as their formats say."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from projector.embeddings.checkpoints.slices import extents_of, slice_key
from projector.embeddings.messages import checkpoint_pb2 as messages
from projector.logs.messages.tensor_pb2 import TensorProto
from projector.logs.records import masked_crc

DTYPES = {
    "float32": 1,
    "float64": 2,
    "int32": 3,
    "uint8": 4,
    "int8": 6,
    "int64": 9,
    "bool": 10,
    "float16": 19,
    "uint64": 23,
}
TYPED_FIELD = {
    "float32": "float_val",
    "float64": "double_val",
    "int32": "int_val",
    "uint8": "int_val",
    "int8": "int_val",
    "int64": "int64_val",
    "bool": "bool_val",
    "float16": "half_val",
    "uint64": "uint64_val",
}
Entries = Sequence[tuple[bytes, bytes]]


def varint(value: int) -> bytes:
    made = bytearray()
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def snappy_literals(data: bytes) -> bytes:
    """Compressed without any gain: literals of at most 60 bytes."""
    pieces = [data[i : i + 60] for i in range(0, len(data), 60)]
    return varint(len(data)) + b"".join(bytes([(len(p) - 1) << 2]) + p for p in pieces)


def block(entries: Entries, restart_interval: int = 16) -> bytes:
    made, restarts, previous = bytearray(), [0], b""
    for i, (key, value) in enumerate(entries):
        shared = 0
        if i % restart_interval == 0:
            restarts += [len(made)] if i else []
        else:
            while shared < min(len(key), len(previous)) and key[shared] == previous[shared]:
                shared += 1
        made += varint(shared) + varint(len(key) - shared) + varint(len(value))
        made += key[shared:] + value
        previous = key
    return bytes(made) + struct.pack(f"<{len(restarts)}II", *restarts, len(restarts))


def table(entries: Entries, *, per_block: int = 100, is_compressed: bool = False) -> bytes:
    """A whole file. entries: sorted by key."""
    made, index = bytearray(), []

    def add(data: bytes) -> bytes:
        data = snappy_literals(data) if is_compressed else data
        kind = bytes([is_compressed])
        handle = varint(len(made)) + varint(len(data))
        made.extend(data + kind + struct.pack("<I", masked_crc(data + kind)))
        return handle

    for i in range(0, len(entries), per_block):
        part = entries[i : i + per_block]
        index.append((part[-1][0], add(block(part))))
    handles = add(block([])) + add(block(index, restart_interval=1))
    return bytes(made) + handles.ljust(40, b"\0") + bytes.fromhex("57FB808B247547DB")


@dataclass(frozen=True)
class Cut:
    """A part of a variable: (start, length) a dimension, None for the whole of it."""

    extents: tuple[tuple[int, int] | None, ...]
    shard: int = 0


Cuts = Mapping[str, Sequence[Cut]]


def write_v2(
    prefix: Path,
    arrays: Mapping[str, NDArray[np.generic]],
    *,
    cuts: Cuts | None = None,
    n_shards: int = 1,
    is_big_endian: bool = False,
    dtypes: Mapping[str, int] | None = None,
    texts: Mapping[str, bytes] | None = None,
    is_compressed: bool = False,
    per_block: int = 100,
) -> Path:
    """The index of a checkpoint of version 2. Arrays take turns among the shards; dtypes: numbers
    that replace those of the arrays; texts: scalars of strings."""
    shards = [bytearray() for _ in range(n_shards)]
    entries: dict[bytes, bytes] = {}

    def add(key: bytes, data: bytes, entry: messages.BundleEntry, shard: int) -> None:
        entry.shard_id, entry.offset = shard, len(shards[shard])
        entry.size, entry.crc32c = len(data), masked_crc(data)
        shards[shard] += data
        entries[key] = entry.SerializeToString()

    for i, (name, array) in enumerate(arrays.items()):
        stored = array.astype(array.dtype.newbyteorder(">" if is_big_endian else "<"))
        dtype = (dtypes or {}).get(name) or DTYPES[array.dtype.name]
        parts = (cuts or {}).get(name)
        if not parts:
            add(name.encode(), stored.tobytes(), entry_of(dtype, array.shape), i % n_shards)
            continue
        whole = entry_of(dtype, array.shape)
        for cut, message, region in regions(parts, array.shape):
            whole.slices.append(message)
            part = stored[region]
            key = slice_key(name.encode(), extents_of(message))
            add(key, part.tobytes(), entry_of(dtype, part.shape), cut.shard)
        entries[name.encode()] = whole.SerializeToString()
    for name, text in (texts or {}).items():
        add(name.encode(), text_tensor(text), entry_of(7, ()), 0)
    header = messages.BundleHeader(num_shards=n_shards, endianness=int(is_big_endian))
    entries[b""] = header.SerializeToString()
    for i, data in enumerate(shards):
        Path(f"{prefix}.data-{i:05d}-of-{n_shards:05d}").write_bytes(data)
    index = Path(f"{prefix}.index")
    rows = sorted(entries.items())
    index.write_bytes(table(rows, is_compressed=is_compressed, per_block=per_block))
    return index


def write_v1(
    path: Path,
    arrays: Mapping[str, NDArray[np.generic]],
    *,
    cuts: Cuts | None = None,
    is_compressed: bool = False,
    per_block: int = 100,
) -> Path:
    """A table of version 1, with all arrays or the parts that `cuts` names."""
    meta = messages.SavedTensorSlices()
    entries: dict[bytes, bytes] = {}
    for name, array in arrays.items():
        listed = meta.meta.tensor.add(name=name.encode(), type=DTYPES[array.dtype.name])
        listed.shape.CopyFrom(entry_of(1, array.shape).shape)
        parts = (cuts or {}).get(name) or [Cut((None,) * array.ndim)]
        for _, message, region in regions(parts, array.shape):
            listed.slice.append(message)
            key = slice_key(name.encode(), extents_of(message))
            entries[key] = part_value(TYPED_FIELD[array.dtype.name], packed(array[region]))
    entries[b""] = meta.SerializeToString()
    rows = sorted(entries.items())
    path.write_bytes(table(rows, is_compressed=is_compressed, per_block=per_block))
    return path


def part_value(field: str, numbers: bytes) -> bytes:
    """A SavedTensorSlices with a name, a slice and one packed list, as TensorFlow orders them."""
    number = TensorProto.DESCRIPTOR.fields_by_name[field].number
    tensor = delimited(number, numbers)
    return delimited(2, delimited(1, b"name") + delimited(2, b"") + delimited(3, tensor))


def delimited(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def entry_of(dtype: int, shape: Sequence[int]) -> messages.BundleEntry:
    entry = messages.BundleEntry(dtype=dtype)
    entry.shape.SetInParent()
    for size in shape:
        entry.shape.dim.add(size=size)
    return entry


def regions(
    cuts: Sequence[Cut], shape: Sequence[int]
) -> Iterator[tuple[Cut, messages.TensorSlice, tuple[slice, ...]]]:
    for cut in cuts:
        message = messages.TensorSlice()
        region = []
        for extent, size in zip(cut.extents, shape, strict=True):
            if extent is None:
                message.extent.add()
                region.append(slice(0, size))
            else:
                message.extent.add(start=extent[0], length=extent[1])
                region.append(slice(extent[0], extent[0] + extent[1]))
        yield cut, message, tuple(region)


def packed(array: NDArray[np.generic]) -> bytes:
    """The numbers as protobuf packs them: floats as they are, halves as patterns, else varints."""
    if array.dtype.name in ("float32", "float64"):
        return array.astype(array.dtype.newbyteorder("<")).tobytes()
    if array.dtype == np.float16:
        array = array.view(np.uint16)
    return b"".join(varint(int(value) % (1 << 64)) for value in array.ravel())


def text_tensor(text: bytes) -> bytes:
    lengths = struct.pack("<I", masked_crc(struct.pack("<I", len(text))))
    return varint(len(text)) + lengths + text
