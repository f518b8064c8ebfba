"""Decompresses snappy's raw format (format_description.txt of google/snappy)."""

from __future__ import annotations

import numpy as np

from projector.arrays import frozen
from projector.embeddings.checkpoints.varints import Bytes, read_varint
from projector.embeddings.memory import check_fits

MOST_EXPANDED = 22
"""Three bytes stand for 64 at most."""


def decompress(data: Bytes) -> memoryview:
    """The bytes that were compressed. Raises ValueError, saying what is wrong, and TooLarge."""
    size, start = read_varint(data, 0)
    if size > MOST_EXPANDED * len(data):
        raise ValueError("it promises more than can be compressed into its size")
    check_fits(size, "One decompressed block")
    from projector.embeddings.checkpoints.kernels import undo_snappy

    out = np.zeros(size, np.uint8)
    if undo_snappy(np.frombuffer(data, np.uint8), start, out) != size:
        raise ValueError("its compressed bytes are not sound")
    return frozen(out).data
