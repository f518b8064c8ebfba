"""Writes vectors, and what is known of each row, into one file of another program's format.

Formats without room for metadata get it beside them, as NAME_metadata.tsv.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.drafts import drafted as drafted
from projector.drafts import drafting
from projector.embeddings.memory import check_fits
from projector.embeddings.typed import unique_names
from projector.errors import Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

    Table = pl.DataFrame | None

VALUES_A_PART = 1 << 18
"""So many values are turned into text at a time."""

VECTOR = "vector"
"""The name of the column or array of vectors, where one is needed."""


def write_npy(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """NumPy's array."""

    def fill(file: BinaryIO) -> Work[None]:
        header = {"descr": "<f4", "fortran_order": False, "shape": vectors.shape}
        npy_format.write_array_header_1_0(file, header)
        yield from _write_rows(file, vectors)

    return drafting(out, fill)


def write_bytes(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """Raw 32-bit floats."""

    def fill(file: BinaryIO) -> Work[None]:
        yield from _write_rows(file, vectors)

    return drafting(out, fill)


def write_safetensors(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """A JSON header, padded so that the values are aligned, and the values."""
    n_bytes = vectors.size * 4
    fields = {"dtype": "F32", "shape": list(vectors.shape), "data_offsets": [0, n_bytes]}
    header = json.dumps({VECTOR: fields}).encode()
    header += b" " * (-len(header) % 8)

    def fill(file: BinaryIO) -> Work[None]:
        file.write(len(header).to_bytes(8, "little") + header)
        yield from _write_rows(file, vectors)

    return drafting(out, fill)


def write_npz(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """NumPy's archive: the vectors, and an array for each column of metadata."""
    columns = [] if table is None else table.get_columns()
    names = unique_names([VECTOR, *(_member(column.name) for column in columns)])[1:]

    def fill(file: BinaryIO) -> Work[None]:
        with ZipFile(file, "w") as archive:
            with archive.open(f"{VECTOR}.npy", "w", force_zip64=True) as member:
                header = {"descr": "<f4", "fortran_order": False, "shape": vectors.shape}
                npy_format.write_array_header_1_0(member, header)
                yield from _write_rows(member, vectors)
            for name, column in zip(names, columns, strict=True):
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    npy_format.write_array(member, _array(column), allow_pickle=False)
                yield Progress(None, f"Writing {column.name}")

    return drafting(out, fill)


def write_tsv(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """A row of numbers a line, between tabs, as TensorBoard reads it."""
    return _write_text(out, vectors, "\t")


def write_csv(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """A row of numbers a line, between commas."""
    return _write_text(out, vectors, ",")


def write_parquet(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """A column of vectors, and the metadata before it."""
    yield Progress(None, f"Writing {out.name}")
    frame = _frame(vectors, table)

    def fill(file: BinaryIO) -> Work[None]:
        with _polars_errors(out):
            frame.write_parquet(file)
        yield Progress(1.0, f"Writing {out.name}")

    yield from drafting(out, fill)


def write_arrow(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """The same as an Arrow file."""
    yield Progress(None, f"Writing {out.name}")
    frame = _frame(vectors, table)

    def fill(file: BinaryIO) -> Work[None]:
        with _polars_errors(out):
            frame.write_ipc(file)
        yield Progress(1.0, f"Writing {out.name}")

    yield from drafting(out, fill)


def write_jsonl(out: Path, vectors: FloatArray, table: Table) -> Work[None]:
    """An object a row. JSON has no NaN, which becomes null; infinite is a number beyond all."""
    n, d = vectors.shape
    step = max(1, VALUES_A_PART // max(1, d))
    name = _vector_name(table)

    def fill(file: BinaryIO) -> Work[None]:
        for start in range(0, n, step):
            rows = vectors[start : start + step].astype(np.float64).tolist()
            known = [{}] * len(rows) if table is None else table.slice(start, step).to_dicts()
            for fields, row in zip(known, rows, strict=True):
                plain = {key: _json_cell(value) for key, value in fields.items()}
                head = json.dumps(plain, ensure_ascii=False)[:-1] + (", " if plain else "")
                values = ", ".join(map(_json_number, row))
                line = f"{head}{json.dumps(name)}: [{values}]}}\n"
                file.write(line.encode("utf-8", "backslashreplace"))
            yield Progress(start / n, f"Writing {start:,} of {n:,} rows")

    return drafting(out, fill)


def write_metadata(out: Path, table: pl.DataFrame) -> Work[None]:
    """Tabs between cells; a header but for a single column, as TensorBoard wants it."""
    step = max(1, VALUES_A_PART // max(1, table.width))

    def fill(file: BinaryIO) -> Work[None]:
        if table.width > 1:
            file.write(("\t".join(map(cell, table.columns)) + "\n").encode("utf-8", "replace"))
        for start in range(0, table.height, step):
            rows = table.slice(start, step).iter_rows()
            lines = ["\t".join(map(cell, row)) + "\n" for row in rows]
            file.write("".join(lines).encode("utf-8", "backslashreplace"))
            yield Progress(start / table.height, f"Writing {out.name}")

    return drafting(out, fill)


def cell(value: Any) -> str:
    """The value as text; the format knows no escapes, so tabs and line ends become blanks."""
    text = "" if value is None else str(value)
    return text.replace("\t", " ").replace("\r", " ").replace("\n", " ")


def _write_rows(file: Any, vectors: FloatArray) -> Work[None]:
    """The values as little-endian 32-bit floats."""
    n, d = vectors.shape
    step = max(1, (VALUES_A_PART << 3) // max(1, d))
    for start in range(0, n, step):
        file.write(np.ascontiguousarray(vectors[start : start + step], "<f4").tobytes())
        yield Progress(start / n, f"Writing {start:,} of {n:,} rows")


def _write_text(out: Path, vectors: FloatArray, separator: str) -> Work[None]:
    n, d = vectors.shape
    step = max(1, VALUES_A_PART // max(1, d))

    def fill(file: BinaryIO) -> Work[None]:
        for start in range(0, n, step):
            # as doubles, like PyTorch: who parses doubles first gets the same float32 back
            rows = vectors[start : start + step].astype(np.float64).tolist()
            lines = [separator.join(map(repr, row)) + "\n" for row in rows]
            file.write("".join(lines).encode())
            yield Progress(start / n, f"Writing {start:,} of {n:,} rows")

    return drafting(out, fill)


def _frame(vectors: FloatArray, table: Table) -> pl.DataFrame:
    """The metadata with the vectors as its last column."""
    import polars as pl

    check_fits(vectors.size * 12, "The table of all vectors")
    column = pl.Series(_vector_name(table), np.ascontiguousarray(vectors))
    if column.dtype != pl.Array(pl.Float32, vectors.shape[1]):
        column = column.cast(pl.Array(pl.Float32, vectors.shape[1]))
    return pl.DataFrame([column]) if table is None else table.hstack([column])


def _vector_name(table: Table) -> str:
    """One that no column of the metadata has."""
    names = [] if table is None else table.columns
    name, count = VECTOR, 1
    while name in names:
        count += 1
        name = f"{VECTOR} {count}"
    return name


@contextmanager
def _polars_errors(out: Path) -> Iterator[None]:
    from polars.exceptions import PolarsError

    try:
        yield
    except PolarsError as error:
        raise Unreadable(f"{out} can't be written: {error}.") from error


def _array(column: pl.Series) -> NDArray[Any]:
    """Numbers and truth as they are; missing numbers become NaN, all else text."""
    import polars as pl

    if column.dtype.is_numeric():
        filled = column.cast(pl.Float64).fill_null(math.nan) if column.null_count() else column
        return filled.to_numpy()
    if column.dtype == pl.Boolean and not column.null_count():
        return column.to_numpy().astype(np.bool_)
    texts = ["" if value is None else str(value) for value in column]
    longest = max(map(len, texts), default=0)
    check_fits(len(texts) * max(1, longest) * 4, f"The column {column.name!r}")
    return np.array(texts, dtype=f"<U{max(1, longest)}")


def _member(name: str) -> str:
    """A name inside an archive."""
    return name.replace("/", "_").replace("\\", "_")


def _json_cell(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float)) or value is None else str(value)


def _json_number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "null" if math.isnan(value) else ("1e999" if value > 0 else "-1e999")


Writer = Callable[[Path, FloatArray, "Table"], Work[None]]
WRITERS: dict[str, Writer] = {
    ".npy": write_npy,
    ".npz": write_npz,
    ".tsv": write_tsv,
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".arrow": write_arrow,
    ".jsonl": write_jsonl,
    ".safetensors": write_safetensors,
    ".bytes": write_bytes,
}
HOLD_METADATA = (".npz", ".parquet", ".arrow", ".jsonl")
"""What keeps vectors and metadata in one file."""
