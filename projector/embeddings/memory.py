"""How much memory one array may take."""

from __future__ import annotations

import os

from projector.errors import TooLarge

_UNKNOWN = 16 << 30


def check_fits(n_bytes: int, what: str) -> None:
    """Raise TooLarge, with the numbers, when this many bytes are more than four fifths of memory.

    what: the start of the sentence, such as a file's name.
    """
    limit = _physical_memory() * 4 // 5
    if n_bytes > limit:
        raise TooLarge(
            f"{what} takes {_in_gb(n_bytes)} in memory, and {_in_gb(limit)} can be used."
        )


def _physical_memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return _UNKNOWN


def _in_gb(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 30):,.1f} GB"
