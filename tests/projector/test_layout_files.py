"""Layouts in files: other programs read the same positions, and the record comes back."""

from __future__ import annotations

import csv
import hashlib
import json

import numpy as np
import polars as pl
import pytest

from projector.errors import InvalidChoice, NotFound, ProjectorError, Unreadable
from projector.layout_files import (
    SUFFIXES,
    check_layout_name,
    checksum,
    read_layout,
    record_path,
    write_layout,
)
from projector.progress import finish

RECORD = {"method": "tsne", "seed": 7, "note": "größer", "parameters": {"perplexity": None}}


def positions(n=50, n_dims=3):
    """With tiny and huge values, and one row without a place."""
    rng = np.random.default_rng(n_dims)
    found = (rng.normal(size=(n, n_dims)) * 10.0 ** rng.integers(-9, 9, (n, 1))).astype(np.float32)
    found[3] = np.nan
    return found


def labels(n=50):
    return pl.DataFrame({"x": range(n), "word": [f'w"{i},\t\n' for i in range(n)]})


def read_by_polars(path):
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".json":
        data = json.loads(path.read_text("utf-8"))
        frame = pl.DataFrame(data["rows"], schema=data["columns"], orient="row", strict=False)
    elif path.suffix == ".parquet":
        frame = pl.read_parquet(path)
    else:
        frame = pl.read_csv(path, separator="," if path.suffix == ".csv" else "\t")
    axes = [name for name in "xyz" if name in frame.columns]
    return frame.select(pl.col(axes).cast(pl.Float32)).fill_null(np.nan).to_numpy()


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_other_programs_read_the_same_positions(tmp_path, suffix, n_dims):
    out, written = tmp_path / f"map{suffix}", positions(n_dims=n_dims)
    finish(write_layout(out, written, RECORD))
    assert np.array_equal(read_by_polars(out), written, equal_nan=True)


@pytest.mark.parametrize("table", [None, labels()], ids=["plain", "metadata"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_positions_and_record_come_back(tmp_path, suffix, table):
    out, written = tmp_path / f"map{suffix}", positions()
    finish(write_layout(out, written, RECORD, table))
    layout = finish(read_layout(out))
    assert np.array_equal(layout.positions, written, equal_nan=True)
    assert layout.record.items() >= RECORD.items()


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_metadata_stand_behind_the_positions_under_free_names(tmp_path, suffix):
    out = tmp_path / f"map{suffix}"
    finish(write_layout(out, positions(), RECORD, labels()))
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="," if suffix == ".csv" else "\t"))
    assert rows[0] == ["x", "y", "z", "x (2)", "word"]
    assert rows[4] == ["", "", "", "3", 'w"3,\t\n']


def test_metadata_of_an_array_lie_beside_it(tmp_path):
    written = finish(write_layout(tmp_path / "map.npy", positions(), RECORD, labels()))
    assert [path.name for path in written] == ["map.npy", "map.npy.json", "map_metadata.tsv"]
    assert all(path.is_file() for path in written)


def test_the_record_lies_beside_what_has_no_room_for_it(tmp_path):
    finish(write_layout(tmp_path / "map.csv", positions(), RECORD))
    assert json.loads((tmp_path / "map.csv.json").read_text("utf-8")).items() >= RECORD.items()
    finish(write_layout(tmp_path / "map.parquet", positions(), RECORD))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "map.csv",
        "map.csv.json",
        "map.parquet",
    ]
    kept = pl.read_parquet_metadata(tmp_path / "map.parquet")["projector"]
    assert json.loads(kept).items() >= RECORD.items()


def test_a_record_of_other_positions_is_not_believed(tmp_path):
    out = tmp_path / "map.npy"
    finish(write_layout(out, positions(), RECORD))
    np.save(out, positions() + 1)
    assert finish(read_layout(out)).record == {}


def test_the_checksum_is_that_of_the_bytes():
    vectors = positions(1000)
    assert finish(checksum(vectors)) == hashlib.sha256(vectors.astype("<f4").tobytes()).hexdigest()


def test_any_file_of_two_or_three_columns_is_a_layout(tmp_path):
    path = tmp_path / "plain.tsv"
    np.savetxt(path, [[1, 2], [3, 4], [5, 6]], delimiter="\t")
    assert finish(read_layout(path)).positions.tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize("name", ["map.xlsx", "map", "map.npz"])
def test_other_names_are_refused_with_those_that_go(tmp_path, name):
    with pytest.raises(InvalidChoice, match=r"\.npy, \.csv, \.tsv, \.parquet or \.json"):
        check_layout_name(tmp_path / name)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    for suffix in SUFFIXES:
        with pytest.raises(NotFound):
            finish(read_layout(tmp_path / f"gone{suffix}"))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "content",
    [b"", b"x,y\n1,two\n", b"x\ty\n1\ttwo\n", b"PAR1junkPAR1", b"[" * 9999, b'{"rows":1}'],
)
def test_a_damaged_file_is_a_sentence(tmp_path, suffix, content):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(ProjectorError, match="bad"):
        finish(read_layout(path))


def test_what_has_other_columns_is_no_layout(tmp_path):
    np.save(tmp_path / "wide.npy", np.ones((5, 4), np.float32))
    with pytest.raises(Unreadable, match="4 columns, not two or three"):
        finish(read_layout(tmp_path / "wide.npy"))


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(Unreadable, match="can't be written"):
        finish(write_layout(tmp_path / "no" / "map.csv", positions(), RECORD))


def test_the_older_file_stays_where_writing_is_given_up(tmp_path):
    out = tmp_path / "map.csv"
    out.write_text("older")
    work = write_layout(out, positions(), RECORD)
    for _ in range(2):
        next(work)
    work.close()
    assert out.read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["map.csv"]


def test_record_of_parquet_is_inside(tmp_path):
    assert record_path(tmp_path / "a.parquet") == tmp_path / "a.parquet"
    assert record_path(tmp_path / "a.npy").name == "a.npy.json"
