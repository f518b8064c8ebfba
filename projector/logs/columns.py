"""The arrays into which the scan writes: a row per value, a blob per payload, the table of tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, DoubleArray, IntArray

NUMBER, NUMBER_TENSOR = 2, 9
"""Kinds of values that are single numbers: simple_value, and (not on the wire) such a tensor."""

TENSOR, OLD_HISTOGRAM, OLD_IMAGE, OLD_AUDIO, OBSOLETE, NO_VALUE = 8, 5, 4, 6, 3, 0
GRAPH, RESTART, RUN_METADATA, META_GRAPH = 104, 107, 108, 109
"""Kinds of rows that come from the event itself: 100 plus its field number."""

KINDS = (
    *(NUMBER, NUMBER_TENSOR, TENSOR, OLD_HISTOGRAM, OLD_IMAGE, OLD_AUDIO, OBSOLETE, NO_VALUE),
    *(GRAPH, RESTART, RUN_METADATA, META_GRAPH),
)

LONGEST_NUMBER = 4096
"""Bytes of a tensor beyond which it is not looked at: it can't be a single number."""


class Rows(NamedTuple):
    """tags: number in the table of tags, -1 for none. values: NaN where the kind is no number."""

    tags: NDArray[np.int32]
    steps: IntArray
    wall_times: DoubleArray
    values: DoubleArray
    kinds: NDArray[np.uint8]


class Blobs(NamedTuple):
    """Where the payload lies in the file, for each row whose kind is not NUMBER, in their order."""

    offsets: IntArray
    lengths: IntArray


class Tags(NamedTuple):
    """slots: hash table of tag numbers, -1 empty, a power of two long.

    table: a row per tag, columns as below. texts: the bytes of tags and metadata, and padding.
    """

    slots: NDArray[np.int32]
    table: IntArray
    texts: ByteArray


T_START, T_SIZE, T_HASH, T_NEXT = range(4)
"""Columns of Tags.table: where in texts the tag lies; the tag that came after it the last time."""

T_METADATA_START, T_METADATA_SIZE, T_METADATA_ROW, T_DESCRIBED = range(4, 8)
"""Metadata likewise, the row that brought it or -1; the i-th tag that was given metadata."""

N_T = 8

PADDING = 8
"""Bytes that must be there behind the last one of an array that the kernels read: they read eight
at once, and nobody checks that all are there."""


def empty_rows(n: int) -> Rows:
    """Room for n values."""
    return Rows(
        np.empty(n, np.int32),
        np.empty(n, np.int64),
        np.empty(n, np.float64),
        np.empty(n, np.float64),
        np.empty(n, np.uint8),
    )


def empty_blobs(n: int) -> Blobs:
    """Room for n payloads."""
    return Blobs(np.empty(n, np.int64), np.empty(n, np.int64))


def cut(column: NDArray[Any], n: int) -> NDArray[Any]:
    """The first n; the rest is given back where it is much."""
    return column[:n] if 2 * n > len(column) else column[:n].copy()


def joined(chunks: list[tuple[Rows, Blobs]]) -> tuple[Rows, Blobs]:
    """The rows of all chunks; those of a single one are not copied."""
    if len(chunks) == 1:
        return chunks[0]
    if not chunks:
        return empty_rows(0), empty_blobs(0)
    rows = Rows._make(np.concatenate(parts) for parts in zip(*(c[0] for c in chunks), strict=True))
    blobs = Blobs._make(
        np.concatenate(parts) for parts in zip(*(c[1] for c in chunks), strict=True)
    )
    return rows, blobs


def empty_tags(n: int, n_bytes: int) -> Tags:
    """Room for n tags (a power of two) with n_bytes of text."""
    table = np.full((n, N_T), -1, np.int64)
    table[:, T_NEXT] = 0
    return Tags(np.full(2 * n, -1, np.int32), table, np.empty(n_bytes + PADDING, np.uint8))


def known_tags(texts: Sequence[bytes], metadata: Sequence[bytes | None], rows: IntArray) -> Tags:
    """The tags of a file that is read on; slots and hashes are still to be filled in."""
    n = 64
    while n < len(texts):
        n *= 2
    parts = [*texts, *(text or b"" for text in metadata)]
    joined = np.frombuffer(b"".join(parts), np.uint8)
    tags = empty_tags(n, max(4096, 2 * len(joined)))
    tags.texts[: len(joined)] = joined
    sizes = np.array([len(part) for part in parts], np.int64)
    starts = np.cumsum(sizes) - sizes
    known = tags.table[: len(texts)]
    known[:, T_START], known[:, T_METADATA_START] = np.split(starts, 2)
    known[:, T_SIZE], known[:, T_METADATA_SIZE] = np.split(sizes, 2)
    known[:, T_METADATA_ROW] = rows
    described = np.flatnonzero(rows >= 0)
    known[: len(described), T_DESCRIBED] = described
    return tags


def more_tags(old: Tags, n_used: int) -> Tags:
    """The same tags with room for twice as many; slots are still to be filled in."""
    new = empty_tags(2 * len(old.table), 0)._replace(texts=old.texts)
    new.table[:n_used] = old.table[:n_used]
    return new


def more_texts(old: Tags, n_used: int, n_bytes: int) -> Tags:
    """The same tags with room for n_bytes of text."""
    texts = np.empty(n_bytes + PADDING, np.uint8)
    texts[:n_used] = old.texts[:n_used]
    return old._replace(texts=texts)


def texts_of(tags: Tags, n: int) -> tuple[tuple[bytes, ...], tuple[bytes | None, ...]]:
    """The bytes of n tags, and of their metadata, None without."""
    table = tags.table[:n].tolist()
    texts = tags.texts.data
    names = tuple(bytes(texts[row[T_START] : row[T_START] + row[T_SIZE]]) for row in table)
    metadata = tuple(
        bytes(texts[row[T_METADATA_START] : row[T_METADATA_START] + row[T_METADATA_SIZE]])
        if row[T_METADATA_ROW] >= 0
        else None
        for row in table
    )
    return names, metadata


class State(NamedTuple):
    """What the scan of a file carries from block to block.

    counts: int64, by the numbers below. clock: float64, the last and the first finite wall time,
    NaN for none. faults: int64 (2, n), of the first n things that are wrong the place in counts
    where such are counted, and the offset in the file; without room only the first are known.
    walk: int64, the way through a long record, by the numbers below.
    """

    counts: IntArray
    clock: DoubleArray
    faults: IntArray
    walk: IntArray


POSITION, N_ROWS, N_BLOBS, N_TAGS, N_TEXT, N_BEFORE, LOST, NEEDED = range(8)
"""Places in State.counts. N_BEFORE: rows taken out before. LOST: 1 while between records.

NEEDED: how many bytes of room the scan asks for, of the block or of the texts.
"""

N_CHECKSUM, FIRST_CHECKSUM, N_SKIPPED, FIRST_SKIPPED, N_LOST, FIRST_LOST = range(8, 14)
"""Places in State.counts: how often something was wrong, and the offset in the file where first."""

N_METADATA, LAST_TAG = 14, 15
"""Places in State.counts: how many tags have metadata, and the tag met last."""

N_COUNTS = 16

PASSING = (POSITION, N_ROWS, N_BLOBS, N_TAGS, N_TEXT, NEEDED, N_METADATA, LAST_TAG)
"""Places in State.counts that say nothing once a scan is finished; they are 0 then."""


LEVEL, WANTED_START, WANTED_STOP, ENDS = 0, 1, 2, 3
"""Places in State.walk: in what message it is, which bytes it needs before it can go on, and, from
ENDS on, where the messages end."""

EVENT, SUMMARY, VALUE, OTHER, AT_END = 0, 1, 2, 3, -1
"""The messages of a walk. OTHER: a session log or run metadata."""

N_WALK = 7


def new_state(n_faults: int = 0) -> State:
    """Before the first block."""
    clock = np.array((np.nan, np.nan))
    faults = np.zeros((2, n_faults), np.int64)
    return State(np.zeros(N_COUNTS, np.int64), clock, faults, np.zeros(N_WALK, np.int64))


ASKS_BYTES, ASKS_ROWS, ASKS_TAGS, ASKS_TEXTS, ASKS_RECORD = range(1, 6)
"""What the scan asks for when it returns. ASKS_RECORD: the parts of a long record."""

DONE, DAMAGED, NOTHING = 0, -1, -2
"""Other answers of its functions."""
