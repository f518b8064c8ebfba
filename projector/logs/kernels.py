"""The scan of event files, compiled: from record to record, and through the parts of a long one.

A record is looked at once all of it lies in the block; one that is no Event leaves no rows. Of a
long one only those parts are there that are looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from projector.logs.checksums.kernels import masked_crc, masked_crc_of_word
from projector.logs.columns import (
    ASKS_BYTES,
    ASKS_RECORD,
    AT_END,
    DAMAGED,
    DONE,
    ENDS,
    EVENT,
    FIRST_CHECKSUM,
    FIRST_LOST,
    FIRST_SKIPPED,
    LEVEL,
    LONGEST_NUMBER,
    LOST,
    N_BLOBS,
    N_CHECKSUM,
    N_LOST,
    N_METADATA,
    N_ROWS,
    N_SKIPPED,
    NEEDED,
    NOTHING,
    OTHER,
    POSITION,
    SUMMARY,
    VALUE,
    WANTED_START,
    WANTED_STOP,
)
from projector.logs.events.kernels import take_event, take_scalar
from projector.logs.tags.kernels import forget_metadata
from projector.logs.wire.kernels import (
    LONGEST_HEAD,
    compiled,
    inlined,
    load4,
    load8,
    read_field,
)

LONGEST_RECORD = 1 << 31
"""A length beyond this (protobuf's own limit) is not believed, whatever its checksum says."""


@compiled
def scan(
    buf: Any,
    n: int,
    base: int,
    size: int,
    longest: int,
    rows: Any,
    blobs: Any,
    tags: Any,
    state: Any,
) -> Any:
    """Take in all whole records of buf[POSITION:n] and say what is missing to go on.

    base: where in the file buf[0] lies. size: bytes of the file. On ASKS_BYTES, POSITION is the
    first byte not yet understood, which may be beyond n, and NEEDED is how many bytes from there
    the next record needs (more than the file has: a partial tail). On ASKS_RECORD the same, of a
    record whose payload is longer than `longest` and of which more is looked at than there is;
    take_record is to be called with it.
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
        counts[NEEDED] = length + 16
        start, end = pos + 12, pos + 12 + length
        is_long = length > longest
        if base + end + 4 > size or (end + 4 > n and not is_long):
            return ASKS_BYTES
        if is_long and not _is_enough(buf, n, start, end, state.walk):
            return ASKS_RECORD
        answer = NOTHING
        if not is_long:
            answer = take_scalar(buf, start, end, rows, tags, state)
        if answer == NOTHING:
            answer = take_record(buf, pos, end, base, rows, blobs, tags, state)
        if answer > DONE:
            return answer
        if answer == DONE and not (is_long or _is_good(buf, start, end)):
            _note(state, N_CHECKSUM, FIRST_CHECKSUM, base + pos)
        counts[LOST] = 0
        counts[POSITION] = end + 4


@inlined
def _is_good(buf: Any, start: int, end: int) -> Any:
    return np.uint64(load4(buf, end)) == masked_crc(buf, start, end)


@inlined
def _is_enough(buf: Any, n: int, start: int, end: int, walk: Any) -> Any:
    """Whether all of the event that is looked at lies before n."""
    walk[LEVEL], walk[WANTED_START], walk[ENDS] = EVENT, start, end
    walk_on(buf, n, walk)
    return walk[LEVEL] == AT_END


@compiled
def take_record(
    buf: Any, pos: int, end: int, base: int, rows: Any, blobs: Any, tags: Any, state: Any
) -> Any:
    """Take in the record at pos, whose payload stops at `end`; its checksum is not looked at.

    Nothing of it where it is DAMAGED or there is too little room.
    """
    counts = state.counts
    n_rows, n_blobs, n_metadata = counts[N_ROWS], counts[N_BLOBS], counts[N_METADATA]
    answer = take_event(buf, pos + 12, end, base, rows, blobs, tags, state)
    if answer != DONE:
        counts[N_ROWS], counts[N_BLOBS] = n_rows, n_blobs
        forget_metadata(tags, counts, n_metadata)
    if answer == DAMAGED:
        _note(state, N_SKIPPED, FIRST_SKIPPED, base + pos)
    return answer


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
    length = load8(buf, pos)
    if length > np.uint64(LONGEST_RECORD):
        return -1
    if np.uint64(load4(buf, pos + 8)) != masked_crc_of_word(length):
        return -1
    return np.int64(length)


@compiled
def walk_on(buf: Any, n: int, walk: Any) -> None:
    """Walk through an event as take_event does, up to bytes that are not there yet.

    buf[WANTED_START:n] has come. What is skipped is what take_event does not look at: payloads.
    """
    pos, level = walk[WANTED_START], walk[LEVEL]
    while level != AT_END:
        end = walk[ENDS + level]
        if pos >= end:
            level = AT_END if level == EVENT else (SUMMARY if level == VALUE else EVENT)
            continue
        if min(end, pos + LONGEST_HEAD) > n:
            walk[WANTED_STOP] = min(end, pos + LONGEST_HEAD)
            break
        number, wire, first, stop = read_field(buf, pos, end)
        inner = _level_of(level, number, wire)
        if stop < 0 and level == EVENT:
            level = AT_END
        elif stop < 0:
            # take_event stops here, but before it looks at all fields of the event
            pos, level = walk[ENDS + (OTHER if level == OTHER else SUMMARY)], EVENT
        elif inner != level:
            walk[ENDS + inner] = stop
            pos, level = first, inner
        elif stop > n and wire == 2 and _is_looked_at(level, number, stop - first):
            walk[WANTED_STOP] = stop
            break
        else:
            pos = stop
    walk[LEVEL], walk[WANTED_START] = level, pos


@inlined
def _level_of(level: int, number: int, wire: int) -> int:
    """The message that a field is, or else the one that it is in."""
    if wire == 2 and level == EVENT and number == 5:
        return SUMMARY
    if wire == 2 and level == EVENT and (number == 7 or number == 8):
        return OTHER
    if wire == 2 and level == SUMMARY and number == 1:
        return VALUE
    return level


@inlined
def _is_looked_at(level: int, number: int, size: int) -> bool:
    """Tags, metadata, and tensors that may be single numbers."""
    if level == OTHER:
        return number == 1
    if level != VALUE:
        return False
    return number == 1 or number == 7 or number == 9 or (number == 8 and size <= LONGEST_NUMBER)
