"""Reading metadata: columns, types, and tables that don't fit the points."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.embeddings import metadata_text
from projector.embeddings.formats import list_tensors
from projector.embeddings.metadata import Metadata, Repair, read_metadata
from projector.embeddings.sprites import read_sprites
from projector.errors import ProjectorError
from projector.progress import finish
from tests.projector.array_reading import quick


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
        (["true", ""], pl.Boolean, [True, None]),
        (["2024-02-29", "2024-03-01"], pl.Date, [date(2024, 2, 29), date(2024, 3, 1)]),
        (["2024-02-30", "2024-03-01"], pl.String, ["2024-02-30", "2024-03-01"]),
        (["2024-02-29T12:30", ""], pl.Datetime, [datetime(2024, 2, 29, 12, 30), None]),
        (["NA", "3"], pl.Int64, [None, 3]),
        (["NA", "null"], pl.String, ["NA", "null"]),
        (["NA", "Oslo"], pl.String, ["NA", "Oslo"]),
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


PLAIN = "name\tn\na\t1\nb\t2\n"


def repaired(folder: Path, text: str, n: int, repair: Repair | None = None) -> Metadata:
    path = folder / "metadata.tsv"
    path.write_text(text, encoding="utf-8", newline="")
    return finish(read_metadata(path, n, repair=repair))


@pytest.mark.parametrize(
    ("text", "n", "repairs"),
    [
        (PLAIN, 3, [Repair.PAD, Repair.HEADER_AS_DATA]),
        (PLAIN, 1, [Repair.CUT, Repair.HEADER_AS_DATA]),
        ("x\ty\na\tb\nc\td\n", 3, [Repair.HEADER_AS_DATA, Repair.PAD]),
        ("a\n\nb\n", 3, [Repair.KEEP_BLANK, Repair.DATA_AS_HEADER, Repair.PAD]),
        ("label\na\nb\n", 2, [Repair.DATA_AS_HEADER, Repair.CUT]),
        ('x\ty\n"a\nb"\tc\nd\te\n', 2, [Repair.READ_QUOTES, Repair.HEADER_AS_DATA, Repair.CUT]),
    ],
)
def test_tables_that_do_not_fit_can_be_repaired(
    tmp_path: Path, text: str, n: int, repairs: list[Repair]
) -> None:
    found = repaired(tmp_path, text, n)
    assert found.mismatch is not None
    assert found.mismatch.chosen is repairs[0]
    assert set(found.mismatch.repairs) == set(repairs)
    for repair in repairs:
        other = repaired(tmp_path, text, n, repair)
        assert other.table is not None
        assert other.table.height == n
        assert other.mismatch is not None
        assert other.mismatch.chosen is repair
        assert set(other.mismatch.repairs) == set(repairs)
        assert len(other.problems) == 1


def test_the_chosen_repair_is_done(tmp_path: Path) -> None:
    tables = {
        repair: repaired(tmp_path, PLAIN, 3, repair).table
        for repair in (Repair.PAD, Repair.HEADER_AS_DATA)
    }
    padded, shifted = tables[Repair.PAD], tables[Repair.HEADER_AS_DATA]
    assert padded is not None
    assert shifted is not None
    assert padded.rows() == [("a", 1), ("b", 2), (None, None)]
    assert shifted.rows() == [("name", "n"), ("a", "1"), ("b", "2")]


def test_cells_in_quotes_may_span_lines_where_that_fits(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'x\ty\n"a\nb"\tc\nd\te\n', 2)
    assert table.rows() == [("a\nb", "c"), ("d", "e")]


def test_rows_that_fit_need_no_repair(tmp_path: Path) -> None:
    assert read_text(tmp_path, PLAIN, 2).mismatch is None


@pytest.mark.parametrize(
    ("header", "columns", "first"),
    [(True, ["1", "2"], (3, 4)), (False, ["column 1", "column 2"], (1, 2))],
)
def test_the_user_says_whether_there_is_a_header(
    tmp_path: Path, header: bool, columns: list[str], first: tuple[int, int]
) -> None:
    path = tmp_path / "m.tsv"
    path.write_text("1\t2\n3\t4\n")
    table = finish(read_metadata(path, 2 - header, header=header)).table
    assert table is not None
    assert table.columns == columns
    assert table.row(0) == first


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("m.csv", "a,b\n1,x\n2,y\n", ["a", "b"]),
        ("m.csv", "a;b\n1;x\n2;y\n", ["a", "b"]),
        ("m.csv", "1,x\n2,y\n", ["column 1", "column 2"]),
        ("m.jsonl", '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n', ["a", "b"]),
        ("m.json", '[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]', ["a", "b"]),
        ("m.txt", "a\tb\r\n1\tx\r\n2\ty", ["a", "b"]),
    ],
)
def test_tables_of_each_kind_are_read(
    tmp_path: Path, name: str, text: str, names: list[str]
) -> None:
    for packed in (False, True) if name != "m.json" else (False,):
        path = tmp_path / (name + ".gz" * packed)
        path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
        found = finish(read_metadata(path, 2))
        assert found.table is not None
        assert found.table.columns == names
        assert found.table.rows() == [(1, "x"), (2, "y")]
        assert found.problems == ()


@pytest.mark.parametrize(("n", "rows"), [(1, [(1,)]), (3, [(1,), (2,), (None,)])])
def test_typed_tables_are_padded_or_cut(tmp_path: Path, n: int, rows: list[object]) -> None:
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "m.parquet")
    found = finish(read_metadata(tmp_path / "m.parquet", n))
    assert found.table is not None
    assert found.table.rows() == rows
    assert found.mismatch is not None
    assert found.mismatch.n_rows == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "m.tsv"
    path.write_bytes("wörd\tn\nnaïve\t1\n".encode(encoding))
    found = finish(read_metadata(path, 1))
    assert found.table is not None
    assert found.table.rows(named=True) == [{"wörd": "naïve", "n": 1}]
    assert len(found.problems) == (encoding == "cp1252")


def test_cells_beyond_the_header_are_left_out_with_a_word(tmp_path: Path) -> None:
    found = read_text(tmp_path, "a\tb\n1\t2\t3\n4\n", 2)
    assert found.table is not None
    assert found.table.rows() == [(1, 2), (4, None)]
    assert "1 row has more cells" in found.problems[0].what


def test_the_next_point_is_one_that_there_is(tmp_path: Path) -> None:
    found = read_text(tmp_path, "name\t__seq_next__\na\t1\nb\t7\nc\t\n", 3)
    assert found.table is not None
    assert found.table["__seq_next__"].to_list() == [1, None, None]
    assert "1 value of __seq_next__" in found.problems[0].what


def test_wide_tables_are_read_like_narrow_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = "\t".join("abcdefg")
    text = f"{names}\n1\tx\t.5\t07\ttrue\t\tNA\n2\t\t1\t1\tfalse\t\t3\n\ty\n"
    narrow = table_of(tmp_path, text, 4)
    monkeypatch.setattr(metadata_text, "MOST_SPLIT", 3)
    assert table_of(tmp_path, text, 4).equals(narrow)
    (tmp_path / "m.csv").write_text(text.replace("\t", ","))
    wide = finish(read_metadata(tmp_path / "m.csv", 4)).table
    assert wide is not None
    assert wide.equals(narrow)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1).map(
    "x{}".format
)


@quick
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([("a", "b"), *rows])
    (tmp_path / "m.csv").write_text(file.getvalue(), encoding="utf-8", newline="")
    table = finish(read_metadata(tmp_path / "m.csv", len(rows))).table
    assert table is not None
    assert table.rows() == rows


@quick
@given(
    data=st.one_of(st.binary(max_size=80), st.text("a1\t\n\"', ", max_size=60).map(str.encode)),
    n=st.integers(0, 6),
    name=st.sampled_from(["m.tsv", "m.csv", "m.jsonl", "m.json", "m.parquet", "m.tsv.gz"]),
    repair=st.sampled_from([None, *Repair]),
    header=st.sampled_from([None, True, False]),
)
def test_any_bytes_are_a_table_or_a_problem(
    tmp_path: Path, data: bytes, n: int, name: str, repair: Repair | None, header: bool | None
) -> None:
    (tmp_path / name).write_bytes(data)
    found = finish(read_metadata(tmp_path / name, n, header=header, repair=repair))
    assert found.problems if found.table is None else found.table.height == n


@pytest.mark.parametrize("n_columns", [2, metadata_text.MOST_SPLIT + 1])
def test_cells_beyond_the_columns_of_a_csv_are_told(tmp_path: Path, n_columns: int) -> None:
    names = ",".join(f"c{i}" for i in range(n_columns))
    row = ",".join("x" * n_columns)
    path = tmp_path / "m.csv"
    path.write_text(f"{names}\n{row},more\n{row},\n{row}\n")  # a last comma is no cell
    found = finish(read_metadata(path, 3))
    assert found.table is not None
    assert found.table.shape == (3, n_columns)
    assert [problem.what[:23] for problem in found.problems] == ["1 row has more cells th"]


def test_a_line_without_end_is_no_table(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "m.tsv.gz", "wb", 1) as file:
        for _ in range(70):
            file.write(bytes(1 << 20))
    found = finish(read_metadata(tmp_path / "m.tsv.gz", 3))
    assert found.table is None
    assert "a line of more than 64 MB" in found.problems[0].what


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, name: str) -> None:
    assert finish(read_metadata(tmp_path / name, 3)).problems
    assert finish(read_sprites(tmp_path / name, 3, None)).problems
    with pytest.raises(ProjectorError):
        finish(list_tensors(tmp_path / name))


@pytest.mark.parametrize(("name", "text"), [("m.tsv", "a\nb\n"), ("m.jsonl", '{"a": 1}\n')])
def test_a_panic_within_polars_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    def panic(*_: object, **__: object) -> None:
        raise pl.exceptions.PanicException("index out of bounds")

    (tmp_path / name).write_text(text)
    monkeypatch.setattr(pl, "Series", panic)
    monkeypatch.setattr(pl, "read_csv", panic)
    monkeypatch.setattr(pl, "read_ndjson", panic)
    found = finish(read_metadata(tmp_path / name, 2))
    assert found.table is None
    assert "index out of bounds" in found.problems[0].what


def test_one_row_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "m.tsv").write_text("a\tb\n1\t2\n")
    found = finish(read_metadata(tmp_path / "m.tsv", 20))
    assert "1 row for 20 points" in found.problems[0].what
