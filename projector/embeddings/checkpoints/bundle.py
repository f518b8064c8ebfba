"""Checkpoints of version 2: an index of all variables beside shards of their bytes
(tensor_bundle.proto)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from projector.embeddings.checkpoints.names import OBJECT_GRAPH
from projector.embeddings.checkpoints.object_graph import MOST_BYTES, parse_full_names
from projector.embeddings.checkpoints.stored import Stored, file_size, read_pieces
from projector.embeddings.checkpoints.table import parse_entries, read_block, read_table
from projector.embeddings.messages.checkpoint_pb2 import BundleEntry, BundleHeader
from projector.errors import ProjectorError, Unreadable
from projector.progress import Progress, Work

_HEADER_KEY = b""
_SLICE_MARK = b"\0"
_MOST_ENTRIES = 1_000_000
_STEP = 250
_MOST_SHARDS = 100_000


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that an index says.

    entries: by key, parts of partitioned variables among them. shards: the size in bytes of each
    shard that entries name, None where it is missing. damage: one sentence per block that could not
    be read.
    """

    path: Path
    n_shards: int
    is_big_endian: bool
    entries: Mapping[bytes, BundleEntry]
    shards: Mapping[int, int | None]
    damage: tuple[str, ...] = ()

    def variables(self) -> Iterator[tuple[str, BundleEntry]]:
        """The variables in the order of the file."""
        for key, entry in self.entries.items():
            if not key.startswith(_SLICE_MARK):
                yield readable(key), entry

    def shard_path(self, number: int) -> Path:
        return _shard_path(self.path, number, self.n_shards)

    def stored(self, entry: BundleEntry) -> Stored:
        """Where the bytes of a variable or a part are; `trouble` says whether they are there."""
        path = self.shard_path(entry.shard_id)
        return Stored(path, entry.offset, entry.size, entry.crc32c)

    def trouble(self, entry: BundleEntry) -> str:
        """One sentence on why the bytes can't be read, "" where they are there."""
        size = self.shards.get(entry.shard_id)
        name = self.shard_path(entry.shard_id).name
        if size is None:
            return f"Its values are in {name}, which is missing."
        if entry.offset < 0 or entry.size < 0:
            return "Its place in the index is damaged."
        end = entry.offset + entry.size
        if end > size:
            return f"{name} is cut short: it has {size:,} bytes, and the values end at {end:,}."
        return ""


def read_bundle(path: Path) -> Work[Bundle]:
    """The index of a checkpoint. Raises NotFound, Unreadable, TooLarge."""
    values, damage = yield from _read_values(path)
    header_bytes = values.pop(_HEADER_KEY, None)
    if header_bytes is None:
        raise Unreadable(damage[0] if damage else f"{path} is damaged: its header is missing.")
    entries: dict[bytes, BundleEntry] = {}
    try:
        header = BundleHeader.FromString(header_bytes)
        for i, (key, value) in enumerate(values.items()):
            if i % _STEP == 0:
                yield Progress(i / len(values), f"Reading {path.name}")
            entries[key] = BundleEntry.FromString(value)
    except DecodeError as error:
        raise Unreadable(f"{path} is damaged: an entry can't be understood.") from error
    numbers = {entry.shard_id for entry in entries.values() if not entry.slices}
    shards = _shard_sizes(path, numbers, header.num_shards)
    is_big = header.endianness == 1
    return Bundle(path, header.num_shards, is_big, entries, shards, tuple(damage))


def read_full_names(bundle: Bundle) -> Work[dict[str, str]]:
    """The readable names by key; none where the checkpoint has none, or they can't be read."""
    entry = bundle.entries.get(OBJECT_GRAPH.encode())
    if entry is None or bundle.trouble(entry) or entry.size > MOST_BYTES:
        return {}
    stored = bundle.stored(entry)
    try:
        data = b"".join(read_pieces(stored.path, stored.offset, stored.size))
    except ProjectorError:
        return {}
    return (yield from parse_full_names(data))


def readable(key: bytes) -> str:
    return key.decode(errors="backslashreplace")


def _read_values(path: Path) -> Work[tuple[dict[bytes, bytes], list[str]]]:
    """The values of all blocks by key, and a sentence for each block that is damaged."""
    table = yield from read_table(path)
    values: dict[bytes, bytes] = {}
    damage: list[str] = []
    for number, place in enumerate(table.blocks):
        try:
            block = yield from read_block(path, place)
            for i, (key, value) in enumerate(parse_entries(block)):
                if i % _STEP == 0:
                    yield Progress(number / len(table.blocks), f"Reading {path.name}")
                values[key] = bytes(value)
        except Unreadable as error:
            damage.append(str(error))
        except ValueError as error:
            damage.append(f"{path} is damaged: {error}.")
        if len(values) > _MOST_ENTRIES:
            raise Unreadable(f"{path} lists more than {_MOST_ENTRIES:,} variables.")
    return values, damage


def _shard_sizes(path: Path, numbers: set[int], n_shards: int) -> dict[int, int | None]:
    sizes: dict[int, int | None] = {}
    for number in numbers:
        if not 0 <= number < min(n_shards, _MOST_SHARDS):
            continue
        try:
            sizes[number] = file_size(_shard_path(path, number, n_shards))
        except ProjectorError:
            sizes[number] = None
    return sizes


def _shard_path(index: Path, number: int, n_shards: int) -> Path:
    prefix = index.name.removesuffix(".index")
    return index.with_name(f"{prefix}.data-{number:05d}-of-{n_shards:05d}")
