"""The scan of event files, compiled: records, events, summaries and values straight into columns.

A record is looked at once all of it lies in the block; one that is no Event leaves no rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from projector.logs.columns import (
    ASKS_BYTES,
    ASKS_ROWS,
    ASKS_TAGS,
    ASKS_TEXTS,
    FIRST_CHECKSUM,
    FIRST_LOST,
    FIRST_SKIPPED,
    LOST,
    N_BEFORE,
    N_BLOBS,
    N_CHECKSUM,
    N_LOST,
    N_METADATA,
    N_ROWS,
    N_SKIPPED,
    N_TAGS,
    N_TEXT,
    NEEDED,
    NUMBER,
    NUMBER_TENSOR,
    POSITION,
    TENSOR,
)
from projector.logs.numbers.kernels import (
    float_from_double,
    float_from_single,
    number_in_tensor,
)
from projector.logs.wire.kernels import (
    compiled,
    inlined,
    little_endian,
    masked_crc,
    read_field,
    read_varint,
)

LONGEST_RECORD = 1 << 31
"""A length beyond this (protobuf's own limit) is not believed, whatever its checksum says."""

# answers of the functions below, beside the ASKS of the columns (which are never 0 there)
_DONE, _DAMAGED = 0, -1


@compiled
def scan(buf: Any, n: int, base: int, rows: Any, blobs: Any, tags: Any, state: Any) -> Any:
    """Take in all whole records of buf[POSITION:n] and say what is missing to go on.

    base: where in the file buf[0] lies. On ASKS_BYTES, POSITION is the
    first byte not yet understood and NEEDED is how many bytes from there the next record needs
    (more than the file has: a partial tail).
    """
    counts = state.counts
    while True:
        pos = counts[POSITION]
        if n - pos < 12:
            counts[NEEDED] = 12
            return ASKS_BYTES
        length = _record_length(buf, pos)
        if length < 0:
            if not counts[LOST]:
                _note(state, N_LOST, FIRST_LOST, base + pos)
            counts[LOST] = 1
            counts[POSITION] = pos + 1
            continue
        if n - pos - 16 < length:
            counts[NEEDED] = length + 16
            return ASKS_BYTES
        counts[LOST] = 0
        answer = _take_record(buf, pos, length, base, rows, blobs, tags, state)
        if answer != _DONE:
            return answer
        counts[POSITION] = pos + 16 + length


@compiled
def _note(state: Any, n: int, first: int, offset: int) -> None:
    """Count one more thing that is wrong; the first place is kept."""
    counts, faults = state.counts, state.faults
    n_before = counts[N_CHECKSUM] + counts[N_SKIPPED] + counts[N_LOST]
    if n_before < faults.shape[1]:
        faults[0, n_before] = n
        faults[1, n_before] = offset
    if counts[n] == 0:
        counts[first] = offset
    counts[n] += 1


@inlined
def _record_length(buf: Any, pos: int) -> Any:
    """The length of the record whose 12 bytes of header are at pos, -1 where none begins."""
    length = little_endian(buf, pos, 8)
    if length > np.uint64(LONGEST_RECORD):
        return -1
    if little_endian(buf, pos + 8, 4) != masked_crc(buf, pos, pos + 8):
        return -1
    return np.int64(length)


@inlined
def _take_record(
    buf: Any, pos: int, length: int, base: int, rows: Any, blobs: Any, tags: Any, state: Any
) -> Any:
    counts = state.counts
    n_rows, n_blobs, n_metadata = counts[N_ROWS], counts[N_BLOBS], counts[N_METADATA]
    start, end = pos + 12, pos + 12 + length
    answer = _take_event(buf, start, end, base, rows, blobs, tags, state)
    if answer != _DONE:
        counts[N_ROWS], counts[N_BLOBS] = n_rows, n_blobs
        _forget_metadata(tags, counts, n_metadata)
    if answer == _DAMAGED:
        _note(state, N_SKIPPED, FIRST_SKIPPED, base + pos)
        return _DONE
    if answer == _DONE and little_endian(buf, end, 4) != masked_crc(buf, start, end):
        _note(state, N_CHECKSUM, FIRST_CHECKSUM, base + pos)
    return answer


@inlined
def _take_event(
    buf: Any, start: int, end: int, base: int, rows: Any, blobs: Any, tags: Any, state: Any
) -> Any:
    """Time and step may stand behind the summary, so the event is walked twice."""
    wall_time, step = 0.0, np.int64(0)
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return _DAMAGED
        if number == 1 and wire == 1:
            wall_time = float_from_double(little_endian(buf, first, 8))
        elif number == 2 and wire == 0:
            step = np.int64(read_varint(buf, first, end)[0])
    if end > start:
        wall_time = _told_time(wall_time, state.clock)
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if wire != 2:
            continue
        answer = _DONE
        if number == 5:
            answer = _take_summary(
                buf, first, pos, base, wall_time, step, rows, blobs, tags, state.counts
            )
        elif number == 4 or number == 7 or number == 8 or number == 9:
            answer = _take_other(
                buf, first, pos, base, number, wall_time, step, rows, blobs, tags, state.counts
            )
        if answer != _DONE:
            return answer
    return _DONE


@inlined
def _told_time(wall_time: float, clock: Any) -> float:
    """The wall time, or that of the event before where it is no finite number."""
    if not np.isfinite(wall_time):
        return 0.0 if np.isnan(clock[0]) else clock[0]
    clock[0] = wall_time
    if np.isnan(clock[1]):
        clock[1] = wall_time
    return wall_time


@compiled
def _take_other(
    buf: Any,
    start: int,
    end: int,
    base: int,
    number: int,
    wall_time: float,
    step: int,
    rows: Any,
    blobs: Any,
    tags: Any,
    counts: Any,
) -> Any:
    """A graph, a session log or run metadata."""
    tag, kind = -1, 100 + number
    is_restart = False
    pos, tag_start, tag_end = start, start, start
    while (number == 7 or number == 8) and pos < end:
        inner, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return _DAMAGED
        if number == 7 and inner == 1 and wire == 0:
            is_restart = read_varint(buf, first, end)[0] == np.uint64(1)
        elif number == 8 and inner == 1 and wire == 2:
            tag_start, tag_end = first, pos
    if number == 7 and not is_restart:
        return _DONE
    if number == 8:
        tag, answer = _tag_number(buf, tag_start, tag_end, tags, counts)
        if answer != _DONE:
            return answer
    return _add_row(
        rows, blobs, counts, tag, step, wall_time, np.nan, kind, base + start, end - start
    )


@inlined
def _take_summary(
    buf: Any,
    start: int,
    end: int,
    base: int,
    wall_time: float,
    step: int,
    rows: Any,
    blobs: Any,
    tags: Any,
    counts: Any,
) -> Any:
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return _DAMAGED
        if number == 1 and wire == 2:
            answer = _take_value(buf, first, pos, base, wall_time, step, rows, blobs, tags, counts)
            if answer != _DONE:
                return answer
    return _DONE


@inlined
def _take_value(
    buf: Any,
    start: int,
    end: int,
    base: int,
    wall_time: float,
    step: int,
    rows: Any,
    blobs: Any,
    tags: Any,
    counts: Any,
) -> Any:
    tag_start, tag_end, node_start, node_end = start, start, start, start
    metadata_start, metadata_end = -1, -1
    kind, blob_start, blob_end = 0, start, start
    value = np.nan
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return _DAMAGED
        if number == 2 and wire == 5:
            kind, value = NUMBER, float_from_single(little_endian(buf, first, 4))
        elif wire != 2:
            continue
        elif number == 1:
            tag_start, tag_end = first, pos
        elif number == 7:
            node_start, node_end = first, pos
        elif number == 9:
            metadata_start, metadata_end = first, pos
        elif number == 3 or number == 4 or number == 5 or number == 6 or number == TENSOR:
            kind, blob_start, blob_end = number, first, pos
    if kind == TENSOR:
        is_sound, is_number, value = number_in_tensor(buf, blob_start, blob_end)
        if not is_sound:
            return _DAMAGED
        if tag_start == tag_end:
            tag_start, tag_end = node_start, node_end
        if is_number:
            kind = NUMBER_TENSOR
    tag, answer = _tag_number(buf, tag_start, tag_end, tags, counts)
    if answer == _DONE and metadata_start >= 0:
        answer = _keep_metadata(buf, metadata_start, metadata_end, tag, tags, counts)
    if answer != _DONE:
        return answer
    size = blob_end - blob_start
    return _add_row(rows, blobs, counts, tag, step, wall_time, value, kind, base + blob_start, size)


@inlined
def _add_row(
    rows: Any,
    blobs: Any,
    counts: Any,
    tag: int,
    step: int,
    wall_time: float,
    value: float,
    kind: int,
    offset: int,
    length: int,
) -> Any:
    row, blob = counts[N_ROWS], counts[N_BLOBS]
    if row >= len(rows.tags) or blob >= len(blobs.offsets):
        return ASKS_ROWS
    rows.tags[row] = tag
    rows.steps[row] = step
    rows.wall_times[row] = wall_time
    rows.values[row] = value
    rows.kinds[row] = kind
    counts[N_ROWS] = row + 1
    if kind != NUMBER:
        blobs.offsets[blob] = offset
        blobs.lengths[blob] = length
        counts[N_BLOBS] = blob + 1
    return _DONE


@compiled
def fill_slots(tags: Any, n_tags: int) -> None:
    """Slots and hashes of tags whose texts are known."""
    mask = np.uint64(len(tags.slots) - 1)
    for tag in range(n_tags):
        code = _hash(tags.texts, tags.starts[tag], tags.starts[tag] + tags.sizes[tag])
        slot = code & mask
        while tags.slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        tags.slots[slot] = tag
        tags.hashes[tag] = code


@compiled
def _hash(buf: Any, start: int, end: int) -> Any:
    code = np.uint64(14695981039346656037)
    for i in range(start, end):
        code = (code ^ np.uint64(buf[i])) * np.uint64(1099511628211)
    return code ^ (code >> np.uint64(29))


@compiled
def _tag_number(buf: Any, start: int, end: int, tags: Any, counts: Any) -> Any:
    """The number of the tag with these bytes, a new one if need be, and whether there was room."""
    code = _hash(buf, start, end)
    mask = np.uint64(len(tags.slots) - 1)
    slot = code & mask
    while tags.slots[slot] >= 0:
        tag = tags.slots[slot]
        if tags.hashes[tag] == code and _is_same(buf, start, end, tags, tag):
            return np.int64(tag), _DONE
        slot = (slot + np.uint64(1)) & mask
    tag, used = counts[N_TAGS], counts[N_TEXT]
    if tag >= len(tags.hashes):
        return np.int64(-1), ASKS_TAGS
    if len(tags.texts) - used < end - start:
        counts[NEEDED] = used + end - start
        return np.int64(-1), ASKS_TEXTS
    for i in range(end - start):
        tags.texts[used + i] = buf[start + i]
    tags.slots[slot] = tag
    tags.hashes[tag] = code
    tags.starts[tag] = used
    tags.sizes[tag] = end - start
    tags.metadata_rows[tag] = -1
    counts[N_TAGS], counts[N_TEXT] = tag + 1, used + end - start
    return np.int64(tag), _DONE


@compiled
def _is_same(buf: Any, start: int, end: int, tags: Any, tag: int) -> bool:
    if tags.sizes[tag] != end - start:
        return False
    known = tags.starts[tag]
    for i in range(end - start):  # noqa: SIM110  numba knows no generators
        if tags.texts[known + i] != buf[start + i]:
            return False
    return True


@compiled
def _keep_metadata(buf: Any, start: int, end: int, tag: int, tags: Any, counts: Any) -> Any:
    """Metadata of a tag that had none; the first wins."""
    if tags.metadata_rows[tag] >= 0:
        return _DONE
    used = counts[N_TEXT]
    if len(tags.texts) - used < end - start:
        counts[NEEDED] = used + end - start
        return ASKS_TEXTS
    for i in range(end - start):
        tags.texts[used + i] = buf[start + i]
    tags.metadata_starts[tag] = used
    tags.metadata_sizes[tag] = end - start
    tags.metadata_rows[tag] = counts[N_BEFORE] + counts[N_ROWS]
    tags.described[counts[N_METADATA]] = tag
    counts[N_METADATA] += 1
    counts[N_TEXT] = used + end - start
    return _DONE


@compiled
def _forget_metadata(tags: Any, counts: Any, n_kept: int) -> None:
    """Metadata that came with a record which is not taken."""
    for i in range(n_kept, counts[N_METADATA]):
        tags.metadata_rows[tags.described[i]] = -1
    counts[N_METADATA] = n_kept
