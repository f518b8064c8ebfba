"""The arrays into which the scan writes: a row per value, a blob per payload, the table of tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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

    texts: the bytes of tags and metadata, found by starts and sizes. metadata_rows: the row
    that brought the metadata, -1 where there was none yet. described: the tags that have metadata,
    in the order in which it came.
    """

    slots: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    starts: IntArray
    sizes: IntArray
    metadata_starts: IntArray
    metadata_sizes: IntArray
    metadata_rows: IntArray
    described: IntArray
    texts: ByteArray


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


def empty_tags(n: int, n_bytes: int) -> Tags:
    """Room for n tags (a power of two) with n_bytes of text."""
    return Tags(
        np.full(2 * n, -1, np.int32),
        np.empty(n, np.uint64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n_bytes, np.uint8),
    )


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
    tags.starts[: len(texts)], tags.metadata_starts[: len(texts)] = np.split(starts, 2)
    tags.sizes[: len(texts)], tags.metadata_sizes[: len(texts)] = np.split(sizes, 2)
    tags.metadata_rows[: len(texts)] = rows
    return tags


def more_tags(old: Tags, n_used: int) -> Tags:
    """The same tags with room for twice as many."""
    n = 2 * len(old.hashes)
    new = empty_tags(n, 0)._replace(texts=old.texts)
    for name in Tags._fields[1:-1]:
        getattr(new, name)[:n_used] = getattr(old, name)[:n_used]
    mask = np.uint64(2 * n - 1)
    for i, first in enumerate((new.hashes[:n_used] & mask).tolist()):
        slot = first
        while new.slots[slot] >= 0:
            slot = (slot + 1) & int(mask)
        new.slots[slot] = i
    return new


def more_texts(old: Tags, n_used: int, n_bytes: int) -> Tags:
    """The same tags with room for n_bytes of text."""
    texts = np.empty(n_bytes, np.uint8)
    texts[:n_used] = old.texts[:n_used]
    return old._replace(texts=texts)


class State(NamedTuple):
    """What the scan of a file carries from block to block.

    counts: int64, by the numbers below. clock: float64, the last and the first finite wall time,
    NaN for none. faults: int64 (2, n), of the first n things that are wrong the place in counts
    where such are counted, and the offset in the file; without room only the first are known.
    """

    counts: IntArray
    clock: DoubleArray
    faults: IntArray


POSITION, N_ROWS, N_BLOBS, N_TAGS, N_TEXT, N_BEFORE, LOST, NEEDED = range(8)
"""Places in State.counts. N_BEFORE: rows taken out before. LOST: 1 while between records.

NEEDED: how many bytes of room the scan asks for, of the block or of the texts.
"""

N_CHECKSUM, FIRST_CHECKSUM, N_SKIPPED, FIRST_SKIPPED, N_LOST, FIRST_LOST = range(8, 14)
"""Places in State.counts: how often something was wrong, and the offset in the file where first."""

N_METADATA = 14
"""Place in State.counts: how many tags have metadata."""

N_COUNTS = 15

PASSING = (POSITION, N_ROWS, N_BLOBS, N_TAGS, N_TEXT, NEEDED, N_METADATA)
"""Places in State.counts that say nothing once a scan is finished; they are 0 then."""


def new_state(n_faults: int = 0) -> State:
    """Before the first block."""
    return State(
        np.zeros(N_COUNTS, np.int64), np.full(2, np.nan), np.zeros((2, n_faults), np.int64)
    )


ASKS_BYTES, ASKS_ROWS, ASKS_TAGS, ASKS_TEXTS = range(4)
"""What the scan asks for when it returns."""
