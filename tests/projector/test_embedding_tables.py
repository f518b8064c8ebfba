"""Vectors in tables: text, Parquet, Arrow and JSON lines, with what stands beside the numbers."""

from __future__ import annotations

import csv
import gzip
import io
import json
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.arrays import FloatArray
from projector.embeddings import delimited, jsonl, memory, parquet, pieces
from projector.embeddings.format import Format, Matrix
from projector.errors import NothingToShow, ProjectorError, TooLarge, Unreadable
from projector.progress import finish
from tests.projector.array_reading import (
    Damage,
    damages,
    infos_of,
    quick,
    read_damaged,
    read_matrix,
    read_vectors,
    some_vectors,
)

FORMATS = {
    "t.tsv": delimited.FORMAT,
    "t.parquet": parquet.PARQUET,
    "t.arrow": parquet.ARROW,
    "t.jsonl": jsonl.FORMAT,
}


def read_text(folder: Path, text: str | bytes, name: str = "v.csv") -> Matrix:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_matrix(delimited.FORMAT, path)


def columns_of(matrix: Matrix) -> dict[str, list[object]] | None:
    return None if matrix.table is None else matrix.table.to_dict(as_series=False)


def words_and_vectors(n: int = 30, d: int = 5) -> pl.DataFrame:
    words = [f"wörd {i}" for i in range(n)]
    return pl.DataFrame({"word": words, "n": range(n), "v": some_vectors(n, d)})


def save(table: pl.DataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        table.write_parquet(path)
    elif path.suffix == ".jsonl":
        lists = [
            pl.col(name).arr.to_list() for name in table.columns if table[name].dtype == pl.Array
        ]
        table.with_columns(lists).write_ndjson(path)
    else:
        table.write_ipc(path)
    return path


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("cat,1,2\ndog,3,4\n", {"label": ["cat", "dog"]}),
        ("word,x,y\ncat,1,2\ndog,3,4\n", {"word": ["cat", "dog"]}),
        ("x,kind,y\n1,cat,2\n3,dog,4\n", {"kind": ["cat", "dog"]}),
        ("id,x,y,seen\n7,1,2,True\n8,3,4,False\n", {"id": [7, 8], "seen": [True, False]}),
        ('"a, ""b""",1,2\n"two\nlines",3,4\n', {"label": ['a, "b"', "two\nlines"]}),
        (",0,1\n0,1.,2.\n1,3.,4.\n", None),
        ("# made by hand\n1 2\n# half way\n3 4\n", None),
        ("#cat 1 2\n#dog 3 4\n", {"label": ["#cat", "#dog"]}),
        ("1|2\n3|4\n", None),
        ("a;1,0;2,0\nb;3,0;4,0\n", {"label": ["a", "b"]}),
        ("1,0;2\n3;4,0\n", None),
        ("1\t2\t\n3\t4\t\n", None),
        ("new york\t1\t2\nrome, it\t3\t4\n", {"label": ["new york", "rome, it"]}),
        ("caf\xe9;1;2\nx;3;4\n".encode("latin1"), {"label": ["café", "x"]}),
    ],
)
def test_columns_are_told_apart(
    tmp_path: Path, text: str | bytes, columns: dict[str, list[object]] | None
) -> None:
    matrix = read_text(tmp_path, text)
    assert matrix.vectors[:, -2:].tolist() == [[1, 2], [3, 4]]
    if columns is not None:
        assert columns_of(matrix) == columns


def test_a_table_of_pandas_has_its_index_beside_the_vectors(tmp_path: Path) -> None:
    matrix = read_text(tmp_path, ",0,1,2\n0,.5,2,3\n1,4,5,6\n")
    assert matrix.vectors.tolist() == [[0.5, 2, 3], [4, 5, 6]]
    assert columns_of(matrix) == {"label": [0, 1]}


@pytest.mark.parametrize("cell", ["", "NA", "null", "nan"])
@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_missing_cells_are_nan_and_told(tmp_path: Path, cell: str, separator: str) -> None:
    rows = [["1", "2", "3"], ["4", cell, "6"]]
    matrix = read_text(tmp_path, "\n".join(map(separator.join, rows)))
    assert np.array_equal(matrix.vectors, [[1, 2, 3], [4, np.nan, 6]], equal_nan=True)
    assert [problem.what[:6] for problem in matrix.problems] == ["1 cell"] * (cell != "nan")


def test_packed_text_is_read_like_plain_text(tmp_path: Path) -> None:
    text = "cat\t1\t2\ndog\t3\t4\n"
    matrix = read_text(tmp_path, gzip.compress(text.encode()), "v.tsv.gz")
    assert matrix.vectors.tolist() == [[1, 2], [3, 4]]
    with pytest.raises(Unreadable, match=r"damaged \.gz"):
        read_text(tmp_path, gzip.compress(text.encode())[:-9], "w.tsv.gz")


def test_a_line_without_end_is_looked_for_in_steps(tmp_path: Path) -> None:
    (tmp_path / "v.tsv").write_bytes(b"x" * (5 * pieces.PIECE_BYTES))
    work = delimited.FORMAT.tensors(tmp_path / "v.tsv")
    assert len(list(islice(work, 6))) == 6
    with pytest.raises(NothingToShow):
        finish(work)


def test_a_packed_line_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", 1000)
    monkeypatch.setattr(pieces, "LONGEST_LINE", 10_000)
    with pytest.raises(Unreadable, match="64 MB"):
        read_text(tmp_path, gzip.compress(b"1\t" * 100_000), "v.tsv.gz")


def test_more_rows_than_fit_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_available_memory", lambda: 1 << 20)
    with pytest.raises(TooLarge, match="× 2 values"):
        read_text(tmp_path, gzip.compress(b"1\t2\n" * 400_000), "v.tsv.gz")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_pieces_of_a_file_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line_end: str
) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", 97)
    vectors = some_vectors(200, 6)
    lines = (",".join(['"a ""b"", c"', *map(repr, row)]) for row in vectors.tolist())
    matrix = read_text(tmp_path, line_end.join(lines))
    assert np.array_equal(matrix.vectors, vectors)
    assert columns_of(matrix) == {"label": ['a "b", c'] * 200}


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("plain.csv", None),
        ("plain.tsv", None),
        ("spaces.txt", None),
        ("label_first.tsv", ["label"]),
    ],
)
def test_real_text_is_read(fixtures: Path, name: str, labels: list[str] | None) -> None:
    matrix = read_matrix(delimited.FORMAT, fixtures / "array_files" / "text" / name)
    iris = np.load(fixtures / "array_files" / "npy" / "float32.npy")
    assert np.allclose(matrix.vectors, iris)
    assert (matrix.table.columns if matrix.table is not None else None) == labels


@quick
@given(
    values=st.lists(
        st.lists(st.floats(width=32, allow_nan=False), min_size=3, max_size=3),
        min_size=2,
        max_size=20,
    ),
    words=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=20, max_size=20
    ),
    separator=st.sampled_from([",", ";", "|"]),
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path: Path, values: list[list[float]], words: list[str], separator: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["word", "x", "y", "z"])
    words = [f"w{word}".replace("\r", "") for word in words]
    writer.writerows([word, *map(repr, row)] for word, row in zip(words, values, strict=False))
    matrix = read_text(tmp_path, file.getvalue())
    assert np.array_equal(matrix.vectors, np.array(values, np.float32))
    assert columns_of(matrix) == {"word": words[: len(values)]}


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.jsonl"])
def test_a_column_of_lists_is_the_vectors(tmp_path: Path, name: str) -> None:
    table = words_and_vectors()
    path = save(table, tmp_path / name)
    (info,) = infos_of(FORMATS[name], path).values()
    assert info.key == "v"
    matrix = read_matrix(FORMATS[name], path)
    assert np.array_equal(matrix.vectors, some_vectors(30, 5))
    assert matrix.table is not None
    assert matrix.table.equals(table.select("word", "n"))
    assert not matrix.vectors.flags.writeable


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.jsonl"])
def test_several_columns_of_lists_are_several_matrices(tmp_path: Path, name: str) -> None:
    table = words_and_vectors().with_columns(u=some_vectors(30, 2))
    path = save(table, tmp_path / name)
    assert set(infos_of(FORMATS[name], path)) == {"u", "v"}
    assert read_vectors(FORMATS[name], path, "u").shape == (30, 2)
    with pytest.raises(Unreadable, match="name one of"):
        read_vectors(FORMATS[name], path)


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow"])
def test_columns_of_numbers_are_one_matrix(tmp_path: Path, name: str) -> None:
    vectors = some_vectors(20, 3).astype(np.float64)
    table = pl.DataFrame(vectors, schema=["a", "b", "c"]).with_columns(
        id=pl.int_range(20), name=pl.lit("x"), tags=pl.lit(["p"]), raw=pl.lit(b"\0")
    )
    matrix = read_matrix(FORMATS[name], save(table, tmp_path / name))
    assert np.array_equal(matrix.vectors, vectors.astype(np.float32))
    assert matrix.table is not None
    assert matrix.table.columns == ["id", "name", "tags"]
    assert matrix.table["tags"][0] == '["p"]'
    assert "'raw'" in matrix.problems[0].what


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.jsonl"])
def test_rows_without_vectors_are_nan_and_odd_ones_refused(tmp_path: Path, name: str) -> None:
    table = pl.DataFrame({"v": [[1.0, 2.0], None, [3.0, None]], "w": ["a", "b", "c"]})
    vectors = read_vectors(FORMATS[name], save(table, tmp_path / name))
    expected = [[1, 2], [np.nan, np.nan], [3, np.nan]]
    assert np.array_equal(vectors, expected, equal_nan=True)
    if name != "t.jsonl":
        odd = pl.DataFrame({"v": [[1.0, 2.0], [1.0]]})
        with pytest.raises(Unreadable, match="row 2: 'v' has 1 values"):
            read_vectors(FORMATS[name], save(odd, tmp_path / f"odd_{name}"))


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow"])
def test_tables_without_numbers_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable, match="no column of lists"):
        infos_of(FORMATS[name], save(pl.DataFrame({"w": ["a"]}), tmp_path / name))
    with pytest.raises(ProjectorError):
        read_vectors(FORMATS[name], save(words_and_vectors().head(0), tmp_path / f"no_{name}"))


def test_rows_of_large_tables_are_read_in_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_BLOCK_ROWS", 7)
    monkeypatch.setattr("projector.embeddings.convert.BLOCK_VALUES", 10)
    path = save(words_and_vectors(), tmp_path / "t.parquet")
    assert np.array_equal(read_vectors(parquet.PARQUET, path), some_vectors(30, 5))


def json_lines(vectors: FloatArray) -> list[dict[str, object]]:
    return [
        {"word": f"w{i}", "v": row, "more": {"a": [i]}, "n": i}
        for i, row in enumerate(vectors.tolist())
    ]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("v.jsonl", lambda rows: "\n".join(map(json.dumps, rows))),
        ("v.ndjson", lambda rows: "\n\n".join(map(json.dumps, rows)) + "\n"),
        ("v.json", json.dumps),
        ("v.json", lambda rows: json.dumps(rows, indent=2)),
        ("v.json", lambda rows: json.dumps({k: [row[k] for row in rows] for k in rows[0]})),
    ],
)
def test_json_is_read_however_it_is_laid_out(tmp_path: Path, name: str, write: object) -> None:
    (tmp_path / name).write_text(write(json_lines(some_vectors(9, 4))))
    matrix = read_matrix(jsonl.FORMAT, tmp_path / name)
    assert np.array_equal(matrix.vectors, some_vectors(9, 4))
    columns = columns_of(matrix)
    assert columns is not None
    assert [json.loads(str(more)) for more in columns["more"]] == [{"a": [i]} for i in range(9)]
    assert columns["n"] == list(range(9))


@pytest.mark.parametrize("name", ["v.jsonl", "v.json"])
def test_fields_that_only_late_records_have_are_kept(tmp_path: Path, name: str) -> None:
    rows: list[dict[str, object]] = [{"v": [i, 0.5], "more": {"w": 1}} for i in range(1000)]
    rows[700]["w"] = 7
    rows[900] |= {'say "w"': "b", "late": [1]}
    text = "\n".join(map(json.dumps, rows)) if name == "v.jsonl" else json.dumps(rows)
    (tmp_path / name).write_text(text)
    columns = columns_of(read_matrix(jsonl.FORMAT, tmp_path / name))
    assert columns is not None
    assert list(columns) == ["more", "w", 'say "w"', "late"]
    there = {k: [(i, x) for i, x in enumerate(c) if x is not None] for k, c in columns.items()}
    assert there["w"] == [(700, 7)]
    assert there['say "w"'] == [(900, "b")]
    assert there["late"] == [(900, "[1]")]


def test_json_lines_that_are_bare_lists_are_vectors(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text("[1, 2]\n[3, 4.5]\n")
    assert read_vectors(jsonl.FORMAT, tmp_path / "v.jsonl").tolist() == [[1, 2], [3, 4.5]]


def test_json_may_hold_nan_as_python_writes_it(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text('{"v": [1, NaN]}\n{"v": [Infinity, 2]}\n')
    vectors = read_vectors(jsonl.FORMAT, tmp_path / "v.jsonl")
    assert np.array_equal(vectors, [[1, np.nan], [np.inf, 2]], equal_nan=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ('{"a": 1}\n', "no field"),
        ('{"v": [1, 2]}\n{"v": [1\n', "no JSON"),
        ('{"v": [1, 2]}\n' * 300 + '{"v": [1, 2, 3]}\n', "row 301"),
        ('{"v": [1, 2]}\n' * 300 + "oops\n", "line 301"),
        ("[" * 5000, "JSON"),
    ],
)
def test_json_that_is_not_sound_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "v.jsonl").write_text(text)
    with pytest.raises((Unreadable, NothingToShow), match=words):
        read_vectors(jsonl.FORMAT, tmp_path / "v.jsonl")


def table_bytes(name: str, folder: Path) -> bytes:
    path = folder / f"good_{name}"
    if name == "t.tsv":
        return (
            words_and_vectors(9)
            .with_columns(pl.col("v").arr.get(0))
            .write_csv(separator="\t")
            .encode()
        )
    return save(words_and_vectors(9), path).read_bytes()


@pytest.mark.parametrize("name", FORMATS)
@quick
@given(damage=damages())
def test_damaged_tables_are_read_or_refused(tmp_path: Path, name: str, damage: Damage) -> None:
    read_damaged(FORMATS[name], tmp_path / name, damage(table_bytes(name, tmp_path)))


@pytest.mark.parametrize("name", [*FORMATS, "t.csv", "t.json", "t.csv.gz"])
@quick
@given(data=st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(tmp_path: Path, name: str, data: bytes) -> None:
    format: Format = FORMATS.get(name) or (jsonl.FORMAT if "json" in name else delimited.FORMAT)
    read_damaged(format, tmp_path / name, data)


@quick
@given(text=st.text("0123.,;-\t \n\"'#aNe", max_size=200))
def test_random_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    read_damaged(delimited.FORMAT, tmp_path / "t.csv", text.encode())
