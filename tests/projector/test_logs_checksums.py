"""Checksums by the processor and by tables, against a library's."""

from __future__ import annotations

import google_crc32c
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.logs.checksums.kernels import masked_crc, step1_by_table, step8_by_table
from projector.logs.records import masked_crc as masked_by_library


@given(st.binary(max_size=70), st.integers(0, 9))
@settings(deadline=None)
def test_the_checksum_of_any_bytes_at_any_place(data: bytes, place: int) -> None:
    padded = np.frombuffer(b"?" * place + data + b"?" * 8, np.uint8).copy()
    assert masked_crc(padded, place, place + len(data)) == masked_by_library(data)


@given(st.binary(max_size=70))
@settings(deadline=None)
def test_tables_give_the_same_where_the_processor_has_no_instruction(data: bytes) -> None:
    crc = np.uint64(0xFFFFFFFF)
    n_whole = len(data) // 8 * 8
    for word in np.frombuffer(data[:n_whole], "<u8"):
        crc = np.uint64(step8_by_table(crc, word))
    for byte in data[n_whole:]:
        crc = np.uint64(step1_by_table(crc, np.uint8(byte)))
    assert int(crc) ^ 0xFFFFFFFF == google_crc32c.value(data)
