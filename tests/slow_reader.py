"""An event file read the slow and obvious way: a loop over records, protobuf's own parser.

The framing is TFRecord; the rules for damage are: a record with a sound length is one record
whatever is in it, and is waited for where the file is too short; where no length is sound, go on
byte by byte to the next that is.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import Any

import google_crc32c
from google.protobuf.message import DecodeError

from projector.logs import columns
from projector.logs.messages import event_pb2, summary_pb2

LONGEST = 1 << 31


@dataclass(slots=True)
class Row:
    """One value, or a graph, a restart or run metadata. tag: None where it has none."""

    tag: bytes | None
    step: int
    wall_time: float
    kind: int
    number: float | None = None
    payload: bytes | None = None


@dataclass(slots=True)
class SlowFile:
    """is_plain: whether protobuf's answer is the only right one for every record: fields in order,
    none twice, none unknown."""

    rows: list[Row] = field(default_factory=list)
    metadata: dict[bytes, bytes] = field(default_factory=dict)
    read_to: int = 0
    start_time: float | None = None
    last_time: float | None = None
    n_lost: int = 0
    n_skipped: int = 0
    n_checksum: int = 0
    is_plain: bool = True


def masked(data: bytes) -> bytes:
    crc = int(google_crc32c.value(data))
    return struct.pack("<I", (((crc >> 15 | crc << 17) & 0xFFFFFFFF) + 0xA282EAD8) & 0xFFFFFFFF)


def read_slowly(data: bytes, longest_checked: int = LONGEST) -> SlowFile:
    """All values of a file with these bytes. The checksums of longer payloads are not looked at."""
    found, pos, is_lost = SlowFile(), 0, False
    while pos + 12 <= len(data):
        length = struct.unpack_from("<Q", data, pos)[0]
        stop = pos + 16 + length
        is_header = length <= LONGEST and masked(data[pos : pos + 8]) == data[pos + 8 : pos + 12]
        if not is_header:
            found.n_lost += not is_lost
            is_lost = True
            pos += 1
            continue
        if stop > len(data):
            break
        payload = data[pos + 12 : stop - 4]
        if not take_event(found, payload):
            found.n_skipped += 1
        elif length <= longest_checked and masked(payload) != data[stop - 4 : stop]:
            found.n_checksum += 1
        pos, is_lost = stop, False
    found.read_to = pos
    return found


def take_event(found: SlowFile, payload: bytes) -> bool:
    """Add the rows of one event; whether it is one."""
    try:
        event = event_pb2.Event.FromString(payload)
    except DecodeError:
        found.is_plain = False  # protobuf also refuses texts that are no UTF-8, which we show
        return False
    found.is_plain &= is_plain(event, payload)
    wall_time = event.wall_time
    if not math.isfinite(wall_time):
        wall_time = found.last_time or 0.0
    elif payload:
        found.last_time = wall_time
        if found.start_time is None:
            found.start_time = wall_time
    found.rows += event_rows(event, wall_time)
    for value in event.summary.value:
        found.rows.append(value_row(value, event.step, wall_time))
        if value.HasField("metadata"):
            found.metadata.setdefault(tag_of(value), value.metadata.SerializeToString())
    return True


def is_plain(message: Any, data: bytes) -> bool:
    """Whether any reader of protobuf must understand these bytes the same way."""
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return bool(known.SerializeToString(deterministic=True) == data)


def event_rows(event: Any, wall_time: float) -> list[Row]:
    """What the event carries outside of its summary."""
    which = event.WhichOneof("what")
    if which == "graph_def":
        return [Row(None, event.step, wall_time, columns.GRAPH, payload=event.graph_def)]
    if which == "meta_graph_def":
        return [Row(None, event.step, wall_time, columns.META_GRAPH, payload=event.meta_graph_def)]
    if which == "tagged_run_metadata":
        message = event.tagged_run_metadata
        data, tag = message.SerializeToString(), message.tag.encode()
        return [Row(tag, event.step, wall_time, columns.RUN_METADATA, payload=data)]
    if which == "session_log" and event.session_log.status == event_pb2.SessionLog.START:
        data = event.session_log.SerializeToString()
        return [Row(None, event.step, wall_time, columns.RESTART, payload=data)]
    return []


def tag_of(value: Any) -> bytes:
    """Very old tensor summaries have a node name instead."""
    if not value.tag and value.WhichOneof("value") == "tensor":
        return bytes(value.node_name.encode())
    return bytes(value.tag.encode())


def value_row(value: Any, step: int, wall_time: float) -> Row:
    """The row of one Summary.Value; tensors of one number are told as tensors."""
    which = value.WhichOneof("value")
    row = Row(tag_of(value), step, wall_time, columns.NO_VALUE, payload=b"")
    if which == "simple_value":
        row.kind, row.number, row.payload = columns.NUMBER, value.simple_value, None
    elif which:
        row.kind = summary_pb2.Summary.Value.DESCRIPTOR.fields_by_name[which].number
        member = getattr(value, which)
        row.payload = member if isinstance(member, bytes) else member.SerializeToString()
    return row
