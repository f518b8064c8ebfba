"""One file read to its end, and the comparison of two readings."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from projector.logs.file_columns import FileColumns
from projector.logs.scan import FileScan


def scanned(path: Path, after: FileColumns | None = None, *, verify: bool = False) -> FileColumns:
    reading = FileScan(path, after, verify=verify)
    while not reading.is_done:
        reading.advance()
    return reading.finish()


def assert_same(a: FileColumns, b: FileColumns) -> None:
    """Both readings found the very same; NaN equals NaN."""
    for one, other in zip((*a.rows, *a.blobs), (*b.rows, *b.blobs), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(a.metadata_rows, b.metadata_rows)
    np.testing.assert_array_equal(a.state.clock, b.state.clock)
    names = ("tags", "metadata", "start_time", "read_to", "problems", "has_failed")
    assert [getattr(a, name) for name in names] == [getattr(b, name) for name in names]
