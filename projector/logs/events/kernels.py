"""The values of an event, compiled: events, summaries and values straight into columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from projector.logs.columns import (
    ASKS_ROWS,
    DAMAGED,
    DONE,
    LONGEST_NUMBER,
    N_BLOBS,
    N_ROWS,
    NOTHING,
    NUMBER,
    NUMBER_TENSOR,
    RUN_METADATA,
    TENSOR,
)
from projector.logs.numbers.kernels import (
    float_from_double,
    float_from_single,
    number_in_tensor,
)
from projector.logs.tags.kernels import (
    following_tag,
    keep_metadata,
    tag_number,
)
from projector.logs.wire.kernels import (
    compiled,
    inlined,
    load1,
    load4,
    load8,
    read_field,
    read_varint,
)

_INFINITE = np.uint64(0x7FF)
_HEAD = np.uint64(0xFFFFFFFFFFFF)


@inlined
def take_scalar(buf: Any, start: int, end: int, rows: Any, tags: Any, state: Any) -> Any:
    """Take in an event of time, step and one simple value, laid out as all writers do; NOTHING
    where it is not such a one, and then nothing has changed.

    09 time, 10 step, 2a summary {0a value {0a tag, 15 number}}; all lengths below 128.
    """
    counts, clock = state.counts, state.clock
    if end - start < 20 or load1(buf, start) != 0x09:
        return NOTHING
    bits = load8(buf, start + 1)
    if (bits >> np.uint64(52)) & _INFINITE == _INFINITE:
        return NOTHING
    pos, step = start + 9, np.uint64(0)
    if load1(buf, pos) == 0x10:
        step, pos = read_varint(buf, pos + 1, end)
    size = end - pos - 11
    if pos < 0 or size < 0 or size > 116 or load1(buf, end - 5) != 0x15:
        return NOTHING
    lengths = ((size + 9) << 8) | ((size + 7) << 24) | (size << 40)
    if load8(buf, pos) & _HEAD != np.uint64(0x0A000A002A | lengths):
        return NOTHING
    if counts[N_ROWS] >= len(rows.tags):
        return ASKS_ROWS
    tag = following_tag(buf, pos + 6, size, tags, counts)
    if tag < 0:
        tag, answer = tag_number(buf, pos + 6, size, tags, counts)
        if answer != DONE:
            return answer
    wall_time = float_from_double(bits)
    clock[0] = wall_time
    if np.isnan(clock[1]):
        clock[1] = wall_time
    value = float_from_single(np.uint64(load4(buf, end - 4)))
    _add_row(rows, counts, tag, np.int64(step), wall_time, value, NUMBER)
    return DONE


@inlined
def _add_row(
    rows: Any, counts: Any, tag: int, step: int, wall_time: float, value: float, kind: int
) -> None:
    row = counts[N_ROWS]
    rows.tags[row] = tag
    rows.steps[row] = step
    rows.wall_times[row] = wall_time
    rows.values[row] = value
    rows.kinds[row] = kind
    counts[N_ROWS] = row + 1


@inlined
def take_event(
    buf: Any, start: int, end: int, base: int, rows: Any, blobs: Any, tags: Any, state: Any
) -> Any:
    """Take in the values of an event: the first of them only where it is DAMAGED or there is too
    little room. Time and step may stand behind the summary, so the event is walked twice."""
    counts = state.counts
    is_sound, wall_time, step = _time_and_step(buf, start, end)
    if not is_sound:
        return DAMAGED
    if end > start:
        wall_time = _told_time(wall_time, state.clock)
    pos, summary_end = start, start
    while pos < end:
        is_value = pos < summary_end
        number, wire, first, pos = read_field(buf, pos, summary_end if is_value else end)
        if pos < 0:
            return DAMAGED
        if wire != 2:
            continue
        if is_value:
            if number != 1:
                continue
            found = _walk_value(buf, first, pos)
        elif number == 5:
            pos, summary_end = first, pos
            continue
        else:
            found = _walk_other(buf, first, pos, number)
        answer, kind, value, tag_start, tag_end, metadata_start, metadata_end, first, last = found
        if answer == NOTHING:
            continue
        if answer != DONE:
            return answer
        tag, row, blob = np.int64(-1), counts[N_ROWS], counts[N_BLOBS]
        if row >= len(rows.tags) or blob >= len(blobs.offsets):
            return ASKS_ROWS
        if kind < 100 or kind == RUN_METADATA:
            tag, answer = tag_number(buf, tag_start, tag_end - tag_start, tags, counts)
            if answer == DONE and metadata_start >= 0:
                size = metadata_end - metadata_start
                answer = keep_metadata(buf, metadata_start, size, tag, tags, counts)
            if answer != DONE:
                return answer
        _add_row(rows, counts, tag, step, wall_time, value, kind)
        if kind != NUMBER:
            blobs.offsets[blob] = base + first
            blobs.lengths[blob] = last - first
            counts[N_BLOBS] = blob + 1
    return DONE


@compiled
def _time_and_step(buf: Any, start: int, end: int) -> Any:
    """Whether the bytes are fields, and the two of them that all values share."""
    wall_time, step = 0.0, np.int64(0)
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return False, wall_time, step
        if number == 1 and wire == 1:
            wall_time = float_from_double(load8(buf, first))
        elif number == 2 and wire == 0:
            step = np.int64(read_varint(buf, first, end)[0])
    return True, wall_time, step


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
def _walk_other(buf: Any, start: int, end: int, number: int) -> Any:
    """A graph, a session log or run metadata, in the terms of _walk_value."""
    answer = DONE if number == 4 or number == 9 else NOTHING
    tag_start, tag_end = start, start
    pos = start
    while (number == 7 or number == 8) and pos < end:
        inner, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            answer = DAMAGED
            break
        if number == 7 and inner == 1 and wire == 0:
            is_restart = read_varint(buf, first, end)[0] == np.uint64(1)
            answer = DONE if is_restart else NOTHING
        elif number == 8 and inner == 1 and wire == 2:
            tag_start, tag_end = first, pos
    if number == 8 and answer == NOTHING:
        answer = DONE
    return answer, 100 + number, np.nan, tag_start, tag_end, -1, -1, start, end


@compiled
def _walk_value(buf: Any, start: int, end: int) -> Any:
    """Whether it is sound, its kind and number, and where tag, metadata and payload lie."""
    tag_start, tag_end, node_start, node_end = start, start, start, start
    metadata_start, metadata_end = -1, -1
    kind, blob_start, blob_end = 0, start, start
    value, is_sound = np.nan, True
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            is_sound = False
            break
        if number == 2 and wire == 5:
            kind, value = NUMBER, float_from_single(np.uint64(load4(buf, first)))
        elif wire != 2:
            continue
        elif number == 1:
            tag_start, tag_end = first, pos
        elif number == 7:
            node_start, node_end = first, pos
        elif number == 9:
            metadata_start, metadata_end = first, pos
        elif number == 3 or number == 4 or number == 5 or number == 6 or number == TENSOR:
            kind, value, blob_start, blob_end = number, np.nan, first, pos
    if is_sound and kind == TENSOR:
        if blob_end - blob_start <= LONGEST_NUMBER:
            is_sound, is_number, value = number_in_tensor(buf, blob_start, blob_end)
            if is_number:
                kind = NUMBER_TENSOR
        if tag_start == tag_end:
            tag_start, tag_end = node_start, node_end
    return (
        DONE if is_sound else DAMAGED,
        kind,
        value,
        tag_start,
        tag_end,
        metadata_start,
        metadata_end,
        blob_start,
        blob_end,
    )
