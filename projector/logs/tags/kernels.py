"""The table of tags, compiled: bytes of a tag to its number, metadata of a tag."""

from __future__ import annotations

from typing import Any

import numpy as np

from projector.logs.columns import (
    ASKS_TAGS,
    ASKS_TEXTS,
    DONE,
    LAST_TAG,
    N_BEFORE,
    N_METADATA,
    N_ROWS,
    N_TAGS,
    N_TEXT,
    NEEDED,
    T_DESCRIBED,
    T_HASH,
    T_METADATA_ROW,
    T_METADATA_SIZE,
    T_METADATA_START,
    T_NEXT,
    T_SIZE,
    T_START,
)
from projector.logs.wire.kernels import compiled, inlined, load1, load8

_MIX = np.uint64(0x9E3779B97F4A7C15)


@compiled
def fill_slots(tags: Any, n_tags: int) -> None:
    """Slots and hashes of tags whose texts are known."""
    mask = np.uint64(len(tags.slots) - 1)
    for tag in range(n_tags):
        code = _hash(tags.texts, tags.table[tag, T_START], tags.table[tag, T_SIZE])
        slot = code & mask
        while tags.slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        tags.slots[slot] = tag
        tags.table[tag, T_HASH] = np.int64(code)


@inlined
def following_tag(buf: Any, start: int, size: int, tags: Any, counts: Any) -> Any:
    """The number of the tag with these bytes if it is the one that came after the last tag the
    last time too, else -1. Writers repeat themselves."""
    tag = tags.table[counts[LAST_TAG], T_NEXT]
    if not _is_same(buf, start, size, tags, tag):
        return -1
    counts[LAST_TAG] = tag
    return tag


@compiled
def tag_number(buf: Any, start: int, size: int, tags: Any, counts: Any) -> Any:
    """The number of the tag with these bytes, a new one if need be, and whether there was room."""
    tag, answer = _find_or_add(buf, start, size, tags, counts)
    if answer == DONE:
        tags.table[counts[LAST_TAG], T_NEXT] = tag
        counts[LAST_TAG] = tag
    return tag, answer


@inlined
def _find_or_add(buf: Any, start: int, size: int, tags: Any, counts: Any) -> Any:
    table = tags.table
    code = _hash(buf, start, size)
    mask = np.uint64(len(tags.slots) - 1)
    slot = code & mask
    while tags.slots[slot] >= 0:
        tag = np.int64(tags.slots[slot])
        if table[tag, T_HASH] == np.int64(code) and _is_same(buf, start, size, tags, tag):
            return tag, DONE
        slot = (slot + np.uint64(1)) & mask
    tag = counts[N_TAGS]
    if tag >= len(table):
        return np.int64(-1), ASKS_TAGS
    place = _keep_text(buf, start, size, tags, counts)
    if place < 0:
        return np.int64(-1), ASKS_TEXTS
    tags.slots[slot] = tag
    table[tag, T_HASH] = np.int64(code)
    table[tag, T_START] = place
    table[tag, T_SIZE] = size
    counts[N_TAGS] = tag + 1
    return tag, DONE


@compiled
def keep_metadata(buf: Any, start: int, size: int, tag: int, tags: Any, counts: Any) -> Any:
    """Metadata of a tag that had none; the first wins."""
    table = tags.table
    if table[tag, T_METADATA_ROW] >= 0:
        return DONE
    place = _keep_text(buf, start, size, tags, counts)
    if place < 0:
        return ASKS_TEXTS
    table[tag, T_METADATA_START] = place
    table[tag, T_METADATA_SIZE] = size
    table[tag, T_METADATA_ROW] = counts[N_BEFORE] + counts[N_ROWS]
    table[counts[N_METADATA], T_DESCRIBED] = tag
    counts[N_METADATA] += 1
    return DONE


@compiled
def forget_metadata(tags: Any, counts: Any, n_kept: int) -> None:
    """Metadata that came with a record which is not taken."""
    for i in range(n_kept, counts[N_METADATA]):
        tags.table[tags.table[i, T_DESCRIBED], T_METADATA_ROW] = -1
    counts[N_METADATA] = n_kept


@compiled
def _keep_text(buf: Any, start: int, size: int, tags: Any, counts: Any) -> Any:
    """Where the bytes lie in texts now; -1 without room."""
    used = counts[N_TEXT]
    if len(tags.texts) - used < size:
        counts[NEEDED] = used + size
        return -1
    for i in range(size):
        tags.texts[used + i] = load1(buf, start + i)
    counts[N_TEXT] = used + size
    return used


@compiled
def _hash(buf: Any, start: int, size: int) -> Any:
    code = np.uint64(size)
    i = 0
    while i + 8 <= size:
        code = _mixed(code ^ load8(buf, start + i))
        i += 8
    rest = np.uint64(0)
    while i < size:
        rest = (rest << np.uint64(8)) | np.uint64(load1(buf, start + i))
        i += 1
    return _mixed(code ^ rest)


@inlined
def _mixed(code: Any) -> Any:
    code *= _MIX
    return code ^ (code >> np.uint64(29))


@inlined
def _is_same(buf: Any, start: int, size: int, tags: Any, tag: int) -> bool:
    if tags.table[tag, T_SIZE] != size:
        return False
    known = tags.table[tag, T_START]
    i = 0
    while i + 8 <= size:
        if load8(tags.texts, known + i) != load8(buf, start + i):
            return False
        i += 8
    while i < size:
        if load1(tags.texts, known + i) != load1(buf, start + i):
            return False
        i += 1
    return True
