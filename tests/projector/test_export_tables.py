"""Exported tables and clouds hold what was on the screen, as other programs read them."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from sklearn.neighbors import NearestNeighbors

from projector.errors import InvalidChoice, NothingToShow, Unreadable
from projector.export.ply import write_ply
from projector.export.scene import Scene
from projector.export.tables import (
    TABLE_SUFFIXES,
    find_neighbors_of,
    write_coordinates,
    write_metadata_table,
    write_neighbors,
    write_selection,
)
from projector.neighbors import nearest
from projector.progress import finish

N = 40


def vectors(n=N, d=6):
    return np.random.default_rng(1).normal(size=(n, d)).astype(np.float32)


def table(n=N):
    words = [f'w{i}\t"quoted", größer 😀' for i in range(n)]
    return pl.DataFrame({"word": words, "row": range(n), "size": [i / 7 for i in range(n)]})


def read(path):
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".json":
        return pl.DataFrame(json.loads(path.read_text("utf-8")))
    return pl.read_csv(path, separator="\t" if path.suffix == ".tsv" else ",")


@pytest.mark.parametrize("suffix", TABLE_SUFFIXES)
def test_a_selection_is_written_with_its_columns(tmp_path, suffix):
    out = finish(write_selection(tmp_path / f"s{suffix}", np.array([3, 5, 30]), table()))
    found = read(out)
    assert found.columns == ["row", "word", "row (2)", "size"]
    assert found["row"].to_list() == [3, 5, 30]
    assert found["word"].to_list() == table()["word"].gather([3, 5, 30]).to_list()


def test_only_the_wished_columns_are_written(tmp_path):
    out = finish(write_selection(tmp_path / "s.csv", np.array([1]), table(), ["size"]))
    assert read(out).columns == ["row", "size"]
    out = finish(write_selection(tmp_path / "s.csv", np.array([1]), None))
    assert read(out).columns == ["row"]


def test_a_column_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(InvalidChoice, match="no column color; the columns are: word, row, size"):
        finish(write_selection(tmp_path / "s.csv", np.array([1]), table(), ["color"]))


@pytest.mark.parametrize("name", ["s.xlsx", "s"])
def test_other_kinds_of_tables_are_refused(tmp_path, name):
    with pytest.raises(InvalidChoice, match=r"\.csv, \.tsv, \.parquet or \.json"):
        finish(write_selection(tmp_path / name, np.array([1]), table()))


def test_an_empty_selection_is_a_sentence(tmp_path):
    with pytest.raises(NothingToShow):
        finish(write_selection(tmp_path / "s.csv", np.array([], int), table()))


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".json"])
def test_metadata_are_written_whole(tmp_path, suffix):
    out = finish(write_metadata_table(tmp_path / f"m{suffix}", table().select("row", "size")))
    assert read(out)["row"].to_list() == list(range(N))


def test_coordinates_carry_row_numbers_and_labels(tmp_path):
    positions = vectors(d=3)
    out = finish(
        write_coordinates(
            tmp_path / "c.parquet",
            positions,
            record={"method": "pca"},
            table=table(),
            columns=["word"],
            ids=np.array([2, 9]),
        )
    )
    found = read(out)
    assert found.columns == ["x", "y", "z", "row", "word"]
    assert np.array_equal(found.select("x", "y", "z").to_numpy(), positions[[2, 9]])
    assert found["row"].to_list() == [2, 9]
    assert json.loads(pl.read_parquet_metadata(out)["projector"])["method"] == "pca"


@pytest.mark.parametrize("n_rows", [2, N], ids=["one by one", "all at once"])
@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
def test_neighbors_are_those_of_scikit_learn(metric, n_rows):
    data = vectors()
    rows = np.arange(n_rows)
    found = finish(find_neighbors_of(data, rows, 5, metric))
    search = NearestNeighbors(n_neighbors=6, metric=metric, algorithm="brute").fit(data)
    distances, ids = search.kneighbors(data[rows])
    assert [row for row, _ in found] == rows.tolist()
    for i, (_, neighbors) in enumerate(found):
        assert neighbors.ids.tolist() == ids[i, 1:].tolist()
        assert np.allclose(neighbors.distances, distances[i, 1:], atol=1e-5)


def test_rows_that_are_not_finite_have_no_neighbors():
    data = vectors()
    data[3] = np.nan
    found = finish(find_neighbors_of(data, np.array([3, 4]), 5, "euclidean"))
    assert [row for row, _ in found] == [4]
    with pytest.raises(NothingToShow):
        finish(find_neighbors_of(data, np.array([3]), 5, "euclidean"))


def test_neighbors_are_written_with_labels_of_both(tmp_path):
    data = vectors()
    found = [(7, nearest(data, 7, 3, "cosine")), (2, nearest(data, 2, 2, "cosine"))]
    out = finish(write_neighbors(tmp_path / "n.csv", found, table(), ["word"]))
    frame = read(out)
    assert frame["row"].to_list() == [7, 7, 7, 2, 2]
    assert frame["rank"].to_list() == [1, 2, 3, 1, 2]
    words = table()["word"]
    assert frame["word of neighbor"].to_list() == words.gather(frame["neighbor"]).to_list()
    assert frame["word of row"].to_list() == words.gather(frame["row"]).to_list()


def scene(n=N):
    rng = np.random.default_rng(2)
    positions = rng.normal(size=(n, 3)).astype(np.float32)
    positions[4] = np.nan
    colors = rng.integers(0, 256, (n, 4)).astype(np.uint8)
    return Scene(positions, colors, title="größer\nend_header", visible_ids=np.arange(2, n))


PLY_TYPES = {"float": "<f4", "uchar": "u1", "int": "<i4"}


def read_ply(path):
    """The simplest reader of what has a single element."""
    data = path.read_bytes()
    head, _, body = data.partition(b"end_header\n")
    lines = head.decode("ascii").splitlines()
    assert lines[0] == "ply"
    kind = lines[1].split()[1]
    count = int(next(line for line in lines if line.startswith("element vertex")).split()[2])
    fields = [line.split()[1:] for line in lines if line.startswith("property")]
    dtype = np.dtype([(name, PLY_TYPES[type_]) for type_, name in fields])
    if kind == "binary_little_endian":
        found = np.frombuffer(body, dtype)
    else:
        found = np.array([tuple(map(float, row.split())) for row in body.splitlines()], dtype)
    assert len(found) == count
    return found


@pytest.mark.parametrize("is_text", [False, True], ids=["binary", "text"])
def test_ply_holds_positions_colors_and_rows(tmp_path, is_text):
    shown = scene()
    found = read_ply(finish(write_ply(tmp_path / "c.ply", shown, is_text=is_text)))
    rows = [i for i in range(2, N) if i != 4]
    assert found["row"].tolist() == rows
    for axis, name in enumerate("xyz"):
        assert np.array_equal(found[name], shown.positions[rows, axis])
    for channel, name in enumerate(("red", "green", "blue", "alpha")):
        assert np.array_equal(found[name], shown.colors[rows, channel])


def test_a_cloud_without_points_is_a_sentence(tmp_path):
    empty = Scene(np.full((3, 3), np.nan, np.float32), np.zeros((3, 4), np.uint8))
    with pytest.raises(NothingToShow):
        finish(write_ply(tmp_path / "c.ply", empty))


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(Unreadable, match="can't be written"):
        finish(write_ply(tmp_path / "no" / "c.ply", scene()))
