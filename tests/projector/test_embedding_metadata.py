"""Reading metadata: columns, types, and tables that don't fit the points."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from projector.embeddings.metadata import Metadata, read_metadata
from projector.progress import finish


def read_text(folder: Path, text: str, n_points: int) -> Metadata:
    path = folder / "metadata.tsv"
    path.write_text(text, encoding="utf-8", newline="")
    return finish(read_metadata(path, n_points))


def table_of(folder: Path, text: str, n_points: int) -> pl.DataFrame:
    table = read_text(folder, text, n_points).table
    assert table is not None
    return table


def test_one_column_has_no_header(tmp_path: Path) -> None:
    found = read_text(tmp_path, "cat\ndog\n", 2)
    assert found.table is not None
    assert found.table.to_dict(as_series=False) == {"label": ["cat", "dog"]}
    assert found.problems == ()


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["1", "-2"], pl.Int64, [1, -2]),
        (["1", ""], pl.Int64, [1, None]),
        (["1", "2.5"], pl.Float64, [1.0, 2.5]),
        (["9007199254740993", "0"], pl.Int64, [9007199254740993, 0]),
        (["1e3", " 7 "], pl.Float64, [1000.0, 7.0]),
        (["1", "t0"], pl.String, ["1", "t0"]),
        (["00501", "10001"], pl.String, ["00501", "10001"]),
        (["True", "False"], pl.Boolean, [True, False]),
        (["", " "], pl.String, [None, None]),
        (['"a"', "b,c"], pl.String, ['"a"', "b,c"]),
    ],
)
def test_columns_have_types(
    tmp_path: Path, cells: list[str], dtype: pl.DataType, values: list[object]
) -> None:
    text = "name\tvalue\n" + "".join(f"x\t{cell}\n" for cell in cells)
    column = table_of(tmp_path, text, 2)["value"]
    assert column.dtype == dtype
    assert column.to_list() == values


def test_rows_may_be_short_or_long(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a\tb\nx\n1\t2\t3\n", 2)
    assert table.rows() == [("x", None), ("1", 2)]


@pytest.mark.parametrize(
    ("text", "n", "labels", "n_problems"),
    [
        ("cat\n\ndog\n", 3, ["cat", None, "dog"], 1),
        ("\ncat\n", 2, [None, "cat"], 1),
        ("cat\n\n", 2, ["cat", None], 1),
        ("cat\n\ndog\n\n", 2, ["cat", "dog"], 0),
        ("name\ncat\ndog\n", 2, ["cat", "dog"], 1),
        ("cat\ndog\ncow\nant\n", 2, ["cat", "dog"], 1),
        ("cat\n", 3, ["cat", None, None], 1),
        ("cat\rdog\r", 2, ["cat", "dog"], 0),
        ("\ufeffcat\r\ndog\r\n", 2, ["cat", "dog"], 0),
    ],
)
def test_labels_are_fitted_to_the_points(
    tmp_path: Path, text: str, n: int, labels: list[str | None], n_problems: int
) -> None:
    found = read_text(tmp_path, text, n)
    assert found.table is not None
    assert found.table.to_series(0).to_list() == labels
    assert len(found.problems) == n_problems


def test_a_header_above_numbers_stays_a_header_when_a_row_is_missing(tmp_path: Path) -> None:
    found = read_text(tmp_path, "name\tcount\ncat\t1\ndog\t2\n", 3)
    assert found.table is not None
    assert found.table.columns == ["name", "count"]
    assert "no metadata" in found.problems[0].what


def test_names_of_columns_differ(tmp_path: Path) -> None:
    table = table_of(tmp_path, "x\tx\t\tx (2)\tx\n1\t2\t3\t4\t5\n", 1)
    assert table.columns == ["x", "x (2)", "column 3", "x (2) (2)", "x (3)"]


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    found = finish(read_metadata(tmp_path / "gone.tsv", 3))
    assert found.table is None
    assert "gone.tsv" in found.problems[0].what


def test_words_keep_their_rows(fixtures: Path) -> None:
    path = fixtures.parent / "data" / "words" / "words.tsv"
    lines = path.read_text(encoding="utf-8").split("\n")
    found = finish(read_metadata(path, 71_291))
    assert found.table is not None
    assert found.problems == ()
    word, count = lines[50_001].split("\t")
    assert found.table.row(50_000) == (word, int(count))
