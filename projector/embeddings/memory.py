"""How much memory one array may take: estimated before it is made, and refused with the numbers.

What counts is what is available now, not what the machine was sold with; no library is needed to
ask for it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from projector.errors import TooLarge

BLOCK_VALUES = 1 << 20
"""So many values are converted at a time: a few milliseconds, a few megabytes."""

_UNKNOWN = 16 << 30
_MEMINFO = Path("/proc/meminfo")
_ADVICE = "Close other programs, or open fewer rows."


def check_fits(n_bytes: int, what: str, advice: str = _ADVICE) -> None:
    """Raise TooLarge, with the numbers, when this many bytes are more than can be used now.

    That is nine tenths of what is available, and never more than four fifths of all memory. what:
    the start of the sentence, such as a file's name. advice: a sentence on what to try.
    """
    physical = _physical_memory()
    limit = physical * 4 // 5
    available = _available_memory()
    if available is not None:
        limit = min(limit, available * 9 // 10)
    if n_bytes > limit:
        raise TooLarge(
            f"{what} takes {_in_gb(n_bytes)} in memory, and {_in_gb(limit)} of "
            f"{_in_gb(physical)} can be used now. {advice}"
        )


def _physical_memory() -> int:
    try:
        if sys.platform == "win32":
            return _windows_memory()[0]
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return _UNKNOWN


def _available_memory() -> int | None:
    """Bytes that could be taken without swapping, None where the system doesn't say."""
    try:
        if sys.platform == "win32":
            return _windows_memory()[1]
        if sys.platform == "darwin":
            return _mac_memory()
        return _linux_memory()
    except (AttributeError, ValueError, OSError):
        return None


def _linux_memory() -> int | None:
    for line in _MEMINFO.read_text("ascii", "replace").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) << 10
    return None


def _mac_memory() -> int | None:
    """Pages that are free, or hold only what can be read from a file again."""
    libc = ctypes.CDLL(None)
    n_pages = 0
    for name in (b"vm.page_free_count", b"vm.page_pageable_external_count"):
        value, size = ctypes.c_uint64(0), ctypes.c_size_t(8)
        if libc.sysctlbyname(name, ctypes.byref(value), ctypes.byref(size), None, 0):
            return None
        n_pages += value.value
    return n_pages * os.sysconf("SC_PAGE_SIZE")


def _windows_memory() -> tuple[int, int]:
    """(all, available) bytes, as GlobalMemoryStatusEx states them."""
    status = (ctypes.c_uint64 * 8)()
    ctypes.cast(status, ctypes.POINTER(ctypes.c_uint32))[0] = ctypes.sizeof(status)
    if not getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # noqa: B009
        raise OSError("GlobalMemoryStatusEx failed")
    return int(status[1]), int(status[2])


def _in_gb(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 30):,.1f} GB"
