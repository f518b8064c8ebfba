"""The frame around each record of an event file: length, its checksum, payload, its checksum.

The format is TFRecord. Reading is done by the kernels; this is the side that writes.
"""

from __future__ import annotations

import struct

import google_crc32c


def masked_crc(data: bytes) -> int:
    """The CRC-32C of the bytes, rotated and shifted as records keep it. 0..2**32-1."""
    crc = int(google_crc32c.value(data))
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def framed(payload: bytes) -> bytes:
    """The payload as one record."""
    length = struct.pack("<Q", len(payload))
    return b"".join(
        (
            length,
            struct.pack("<I", masked_crc(length)),
            payload,
            struct.pack("<I", masked_crc(payload)),
        )
    )
