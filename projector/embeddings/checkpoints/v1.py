"""Checkpoints of version 1: one table, or several, whose values are parts of variables
(saved_tensor_slice.proto)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.message import DecodeError

from projector.embeddings.checkpoints.slices import Extent, extents_of, slice_key
from projector.embeddings.checkpoints.table import Table, parse_entries, read_block, read_table
from projector.embeddings.messages.checkpoint_pb2 import SavedSliceMeta, SavedTensorSlices
from projector.errors import NotFound, ProjectorError, Unreadable
from projector.progress import Progress, Work

_SHARD = re.compile(r"(.*)-(\d{5})-of-(\d{5})", re.DOTALL)
_STEP = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a variable is: in which table, under which key."""

    table: Table
    extents: tuple[Extent, ...]
    key: bytes


@dataclass(slots=True)
class Variable:
    """One variable, put together from what the tables say of it."""

    name: str
    dtype: int
    shape: tuple[int, ...]
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tables:
    """variables: in the order of the files. damage: a sentence for each table not read."""

    variables: Mapping[str, Variable]
    damage: tuple[str, ...]


def read_tables(path: Path) -> Work[Tables]:
    """What the tables of a checkpoint list; `path` is the only one or any of several.

    Raises NotFound, Unreadable, TooLarge where not one can be read.
    """
    variables: dict[str, Variable] = {}
    damage: list[str] = []
    files, missing = _shards(path)
    first_error: ProjectorError | None = None
    for file in files:
        try:
            table = yield from read_table(file)
            for message in (yield from _read_list(table)):
                _add(variables, table, message)
        except (Unreadable, NotFound) as error:
            first_error = first_error or error
            damage.append(str(error))
    if first_error is not None and len(damage) == len(files):
        raise first_error
    damage += [f"{name} is missing, with the variables that are in it." for name in missing]
    return Tables(variables, tuple(damage))


class PartReader:
    """Reads parts one after another; a block that holds several is read once."""

    def __init__(self) -> None:
        self._last: tuple[Path, int] | None = None
        self._values: dict[bytes, memoryview] = {}

    def read(self, place: Place) -> Work[memoryview]:
        """A SavedTensorSlices, not yet parsed. Raises NotFound, Unreadable, TooLarge."""
        table = place.table
        number = table.block_of(place.key)
        if number is not None and self._last != (table.path, number):
            self._last = None
            self._values = yield from _read_values(table, number)
            self._last = (table.path, number)
        value = self._values.get(place.key) if number is not None else None
        if value is None:
            raise Unreadable(f"{table.path} is damaged: values that it lists are not in it.")
        return value


def _read_list(table: Table) -> Work[list[SavedSliceMeta]]:
    """What the first value of a table says of all others."""
    if table.blocks:
        values = yield from _read_values(table, 0)
        if b"" in values:
            return list(_parsed(table.path, bytes(values[b""])).meta.tensor)
    raise Unreadable(f"{table.path} is no TensorFlow checkpoint: its list of variables is missing.")


def _read_values(table: Table, number: int) -> Work[dict[bytes, memoryview]]:
    block = yield from read_block(table.path, table.blocks[number])
    values = {}
    try:
        for i, (key, value) in enumerate(parse_entries(block)):
            if i % _STEP == 0:
                yield Progress(None, f"Reading {table.path.name}")
            values[key] = value
    except ValueError as error:
        raise Unreadable(f"{table.path} is damaged: {error}.") from error
    return values


def _parsed(path: Path, value: bytes) -> SavedTensorSlices:
    try:
        return SavedTensorSlices.FromString(value)
    except DecodeError as error:
        raise Unreadable(f"{path} is damaged: a value can't be understood.") from error


def _add(variables: dict[str, Variable], table: Table, message: SavedSliceMeta) -> None:
    """Take up a variable, or further parts of one that another table lists too."""
    name = message.name.decode(errors="backslashreplace")
    shape = tuple(dim.size for dim in message.shape.dim)
    variable = variables.setdefault(name, Variable(name, message.type, shape))
    if (variable.dtype, variable.shape) != (message.type, shape):
        raise Unreadable(f"{table.path} does not go with its other shards: {name} differs.")
    for part in message.slice:
        extents = extents_of(part)
        variable.places.append(Place(table, extents, slice_key(message.name, extents)))


def _shards(path: Path) -> tuple[list[Path], list[str]]:
    """The tables that belong together, and the names of those that are not there."""
    match = _SHARD.fullmatch(path.name)
    if match is None or int(match[3]) < 2:
        return [path], []
    names = [f"{match[1]}-{i:05d}-of-{match[3]}" for i in range(int(match[3]))]
    try:
        there = {file.name for file in path.parent.iterdir()} | {path.name}
    except OSError:
        there = {path.name}
    found = [path.with_name(name) for name in names if name in there] or [path]
    return found, [name for name in names if name not in there]
