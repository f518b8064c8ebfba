"""How much memory reading may take."""

from __future__ import annotations

_FIXED = 8 << 20
_TIMES = 200


def most_bytes(size: int) -> int:
    """For an input of that many bytes: blocks and tables are there from the start, and a value of
    a few bytes becomes a series, which is a few objects."""
    return _FIXED + _TIMES * size
