"""The scan of event files, compiled: records, events, summaries and values straight into columns.

Nothing is written for a record before all of it lies in the block, and a record that is no Event leaves no rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

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
from projector.logs.wire.kernels import (
    float_from_double,
    float_from_single,
    little_endian,
    masked_crc,
    number_from_bits,
    read_field,
    read_varint,
    size_of,
)

LONGEST_RECORD = 1 << 31
"""A length beyond this (protobuf's own limit) is not believed, whatever its checksum says."""

# answers of the functions below, beside the ASKS of the columns (which are never 0 there)
_DONE, _DAMAGED = 0, -1


@njit(cache=True, nogil=True)
def scan(
    buf: Any, n: int, base: int, size: int, rows: Any, blobs: Any, tags: Any, state: Any
) -> int:
    """Take in all whole records of buf[POSITION:n] and say what is missing to go on.

    base: where in the file buf[0] lies. size: bytes of the file. On ASKS_BYTES, POSITION is the
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
        if length < 0 or (counts[LOST] and base + pos + 16 + length > size):
            if not counts[LOST]:
                _note(counts, N_LOST, FIRST_LOST, base + pos)
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


@njit(cache=True, nogil=True)
def _note(counts: Any, n: int, first: int, offset: int) -> None:
    """Count one more thing that is wrong; the first place is kept."""
    if counts[n] == 0:
        counts[first] = offset
    counts[n] += 1


@njit(cache=True, nogil=True)
def _record_length(buf: Any, pos: int) -> int:
    """The length of the record whose 12 bytes of header are at pos, -1 where none begins."""
    length = little_endian(buf, pos, 8)
    if length > np.uint64(LONGEST_RECORD):
        return -1
    if little_endian(buf, pos + 8, 4) != masked_crc(buf, pos, pos + 8):
        return -1
    return np.int64(length)


@njit(cache=True, nogil=True)
def _take_record(
    buf: Any, pos: int, length: int, base: int, rows: Any, blobs: Any, tags: Any, state: Any
) -> int:
    counts = state.counts
    n_rows, n_blobs = counts[N_ROWS], counts[N_BLOBS]
    start, end = pos + 12, pos + 12 + length
    answer = _take_event(buf, start, end, base, rows, blobs, tags, state)
    if answer != _DONE:
        counts[N_ROWS], counts[N_BLOBS] = n_rows, n_blobs
    if answer == _DAMAGED:
        _note(counts, N_SKIPPED, FIRST_SKIPPED, base + pos)
        return _DONE
    if answer == _DONE and little_endian(buf, end, 4) != masked_crc(buf, start, end):
        _note(counts, N_CHECKSUM, FIRST_CHECKSUM, base + pos)
    return answer


@njit(cache=True, nogil=True)
def _take_event(
    buf: Any, start: int, end: int, base: int, rows: Any, blobs: Any, tags: Any, state: Any
) -> int:
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


@njit(cache=True, nogil=True)
def _told_time(wall_time: float, clock: Any) -> float:
    """The wall time, or that of the event before where it is no finite number."""
    if not np.isfinite(wall_time):
        return 0.0 if np.isnan(clock[0]) else clock[0]
    clock[0] = wall_time
    if np.isnan(clock[1]):
        clock[1] = wall_time
    return wall_time


@njit(cache=True, nogil=True)
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
) -> int:
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


@njit(cache=True, nogil=True)
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
) -> int:
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


@njit(cache=True, nogil=True)
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
) -> int:
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
        is_sound, is_number, value = _number_in_tensor(buf, blob_start, blob_end)
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


@njit(cache=True, nogil=True)
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
) -> int:
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


@njit(cache=True, nogil=True)
def _tag_number(buf: Any, start: int, end: int, tags: Any, counts: Any) -> Any:
    """The number of the tag with these bytes, a new one if need be, and whether there was room."""
    code = np.uint64(14695981039346656037)
    for i in range(start, end):
        code = (code ^ np.uint64(buf[i])) * np.uint64(1099511628211)
    code ^= code >> np.uint64(29)
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
    tags.texts[used : used + end - start] = buf[start:end]
    tags.slots[slot] = tag
    tags.hashes[tag] = code
    tags.starts[tag] = used
    tags.sizes[tag] = end - start
    tags.metadata_rows[tag] = -1
    counts[N_TAGS], counts[N_TEXT] = tag + 1, used + end - start
    return np.int64(tag), _DONE


@njit(cache=True, nogil=True)
def _is_same(buf: Any, start: int, end: int, tags: Any, tag: int) -> bool:
    if tags.sizes[tag] != end - start:
        return False
    known = tags.starts[tag]
    for i in range(end - start):
        if tags.texts[known + i] != buf[start + i]:
            return False
    return True


@njit(cache=True, nogil=True)
def _keep_metadata(buf: Any, start: int, end: int, tag: int, tags: Any, counts: Any) -> int:
    """Metadata of a tag that had none; the first wins."""
    if tags.metadata_rows[tag] >= 0:
        return _DONE
    used = counts[N_TEXT]
    if len(tags.texts) - used < end - start:
        counts[NEEDED] = used + end - start
        return ASKS_TEXTS
    tags.texts[used : used + end - start] = buf[start:end]
    tags.metadata_starts[tag] = used
    tags.metadata_sizes[tag] = end - start
    tags.metadata_rows[tag] = counts[N_BEFORE] + counts[N_ROWS]
    counts[N_TEXT] = used + end - start
    return _DONE


@njit(cache=True, nogil=True)
def _number_in_tensor(buf: Any, start: int, end: int) -> Any:
    """Whether the bytes are a TensorProto, whether it holds exactly one real number, and which.

    Follows tensors.parse_tensor: raw content first, then the typed field that fits the dtype.
    """
    dtype, is_single = np.int64(0), True
    content_start, content_end = start, start
    single, n_single = np.uint64(0), 0
    double, n_double = np.uint64(0), 0
    integer, n_integer = np.uint64(0), 0
    half, n_half = np.uint64(0), 0
    small, n_small = np.uint64(0), 0
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return False, False, np.nan
        if number == 1 and wire == 0:
            dtype = np.int64(read_varint(buf, first, end)[0])
        elif number == 2 and wire == 2:
            is_sound, is_one = _is_one_element(buf, first, pos)
            is_single = is_single and is_one
            if not is_sound:
                return False, False, np.nan
        elif number == 4 and wire == 2:
            content_start, content_end = first, pos
        elif number == 5:
            single, n_single = _count_fixed(buf, first, pos, wire, 4, single, n_single)
        elif number == 6:
            double, n_double = _count_fixed(buf, first, pos, wire, 8, double, n_double)
        elif number == 7 or number == 10 or number == 11 or number == 16 or number == 17:
            integer, n_integer = _count_varints(buf, first, pos, wire, integer, n_integer)
        elif number == 13:
            half, n_half = _count_varints(buf, first, pos, wire, half, n_half)
        elif number == 18 and wire == 2:
            n_small = pos - first
            if n_small == 1:
                small = np.uint64(buf[first])
        if n_single < 0 or n_double < 0 or n_integer < 0 or n_half < 0:
            return False, False, np.nan
    if dtype > 100:
        dtype -= 100
    size = size_of(dtype)
    if not is_single or size == 0:
        return True, False, np.nan
    if content_end > content_start:
        if content_end - content_start != size:
            return True, False, np.nan
        return True, True, number_from_bits(little_endian(buf, content_start, size), dtype)
    bits, n = integer, n_integer
    if dtype == 1:
        bits, n = single, n_single
    elif dtype == 2:
        bits, n = double, n_double
    elif dtype == 14 or dtype == 19:
        bits, n = half, n_half
        if bits > np.uint64(0xFFFF):
            # PyTorch's add_tensor stores the pattern of a 32-bit float here
            dtype = np.int64(1)
    elif 24 <= dtype <= 28 or dtype == 33:
        bits, n = small, n_small
    if n == 0:
        return True, True, 0.0
    return True, n == 1, number_from_bits(bits, dtype)


@njit(cache=True, nogil=True)
def _is_one_element(buf: Any, start: int, end: int) -> Any:
    """Whether the bytes are a shape, and whether all its sizes are 1."""
    is_one = True
    pos = start
    while pos < end:
        number, wire, first, pos = read_field(buf, pos, end)
        if pos < 0:
            return False, False
        if number != 2 or wire != 2:
            continue
        size, inner = np.uint64(0), first
        while inner < pos:
            inner_number, inner_wire, inner_first, inner = read_field(buf, inner, pos)
            if inner < 0:
                return False, False
            if inner_number == 1 and inner_wire == 0:
                size = read_varint(buf, inner_first, pos)[0]
        is_one = is_one and size == np.uint64(1)
    return True, is_one


@njit(cache=True, nogil=True)
def _count_fixed(buf: Any, start: int, stop: int, wire: int, size: int, bits: Any, n: int) -> Any:
    """The first number of a field of fixed size, and how many there are now; -1 if damaged."""
    if wire == 2 and (stop - start) % size:
        return bits, -1
    if wire != (5 if size == 4 else 1) and wire != 2:
        return bits, n
    if stop - start < size:
        return bits, n
    return little_endian(buf, start, size), n + (stop - start) // size


@njit(cache=True, nogil=True)
def _count_varints(buf: Any, start: int, stop: int, wire: int, bits: Any, n: int) -> Any:
    """The same for varints; beyond two they are not counted."""
    if wire == 0:
        return read_varint(buf, start, stop)[0], n + 1
    if wire != 2 or start == stop:
        return bits, n
    bits, pos = read_varint(buf, start, stop)
    if pos < 0:
        return bits, -1
    return bits, n + (1 if pos == stop else 2)
