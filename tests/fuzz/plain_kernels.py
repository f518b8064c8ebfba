"""What the kernels ask of the processor, in plain Python, and how all of them are put to use.

Each read is checked to lie inside its array, which the compiled kernels leave out.
"""

from __future__ import annotations

import sys
from typing import Any

import google_crc32c
import numpy as np


def _bytes(buf: Any, start: int, stop: int) -> bytes:
    assert 0 <= start <= stop <= len(buf), f"bytes {start} to {stop} of an array of {len(buf)}"
    data: bytes = buf[start:stop].tobytes()
    return data


def _masked(data: bytes) -> np.uint64:
    crc = int(google_crc32c.value(data))
    return np.uint64((((crc >> 15 | crc << 17) & 0xFFFFFFFF) + 0xA282EAD8) & 0xFFFFFFFF)


def load1(buf: Any, place: int) -> np.uint8:
    return np.uint8(_bytes(buf, place, place + 1)[0])


def load4(buf: Any, place: int) -> np.uint32:
    return np.uint32(int.from_bytes(_bytes(buf, place, place + 4), "little"))


def load8(buf: Any, place: int) -> np.uint64:
    return np.uint64(int.from_bytes(_bytes(buf, place, place + 8), "little"))


def masked_crc(buf: Any, start: int, end: int) -> np.uint64:
    return _masked(_bytes(buf, start, end))


def masked_crc_of_word(word: Any) -> np.uint64:
    return _masked(int(word).to_bytes(8, "little"))


def use_plain_kernels() -> None:
    """Put the functions above in the place of those that only compiled code can call."""
    np.seterr(all="ignore")  # compiled code wraps around in silence
    kernels = [module for name, module in sys.modules.items() if name.endswith(".kernels")]
    for module in kernels:
        for function in (load1, load4, load8, masked_crc, masked_crc_of_word):
            if hasattr(module, function.__name__):
                setattr(module, function.__name__, function)
