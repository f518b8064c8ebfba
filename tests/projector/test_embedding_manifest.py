"""Logs by real writers: what TensorBoard reads from them, we read too."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.find import find_sources
from projector.embeddings.reader import read_embedding
from projector.errors import Problem
from projector.logs.series import Logs
from projector.progress import finish

CASES = [
    "torch_everything",
    "torch_embeddings",
    "tensorboardx",
    "edge_unicode_embeddings",
    "edge_metadata_files",
    "edge_config_syntax",
    "edge_missing_and_wrong_files",
]
# a table that we repair, or order otherwise, on purpose: the manifest has TensorBoard's reading
REPAIRED = {
    "cells break rows:00000",
    "one_column_with_header_line",
    "two_columns_no_header",
    "too_few_rows",
    "too_many_rows",
    "header_only",
    "empty_file",
    "blank_cells",
}
UNREADABLE = {"empty"}


@cache
def manifest(fixtures: Path) -> dict[str, Any]:
    folders: dict[str, Any] = json.loads((fixtures / "MANIFEST.json").read_text())["folders"]
    return folders


@cache
def found(fixtures: Path, case: str) -> tuple[dict[str, Source], tuple[Problem, ...]]:
    listed = finish(find_sources(fixtures / case, Logs(fixtures / case, ())))
    sources, problems = listed.sources, listed.problems
    return {f"{source.run}/{full_name(source)}": source for source in sources}, problems


def full_name(source: Source) -> str:
    return source.name if source.step is None else f"{source.name}:{source.step:05d}"


def expected(fixtures: Path, case: str) -> list[tuple[dict[str, Any], Embedding]]:
    """What the manifest has of each readable embedding, beside what we read."""
    sources = found(fixtures, case)[0]
    pairs = []
    for run, listed in manifest(fixtures)[case]["projector"].items():
        for entry in listed.get("embeddings", ()):
            if entry["tensor_name"] not in UNREADABLE:
                source = sources[f"{run}/{entry['tensor_name']}"]
                pairs.append((entry, finish(read_embedding(source))))
    assert pairs
    return pairs


@pytest.mark.parametrize("case", CASES)
def test_vectors_are_those_that_tensorboard_reads(fixtures: Path, case: str) -> None:
    for entry, embedding in expected(fixtures, case):
        vectors, tensor = embedding.vectors, entry["tensor"]
        assert hashlib.sha256(vectors.tobytes()).hexdigest()[:16] == tensor["sha256_16"]
        assert vectors.size == tensor["floats"]
        assert vectors.ravel()[: len(tensor["first"])].tolist() == tensor["first"]
        assert vectors.ravel()[-len(tensor["last"]) :].tolist() == tensor["last"]
        if tensor["fits_shape"]:
            assert list(vectors.shape) == entry["tensorShape"]


@pytest.mark.parametrize("case", CASES)
def test_vectors_are_frozen_float32_rows(fixtures: Path, case: str) -> None:
    for _, embedding in expected(fixtures, case):
        assert embedding.vectors.dtype == np.float32
        assert embedding.vectors.flags.c_contiguous
        assert not embedding.vectors.flags.writeable


@pytest.mark.parametrize("case", CASES)
def test_metadata_is_that_of_tensorboard(fixtures: Path, case: str) -> None:
    for entry, embedding in expected(fixtures, case):
        listed = entry.get("metadata")
        if not isinstance(listed, dict) or entry["tensor_name"] in REPAIRED:
            continue
        table = embedding.metadata
        assert table is not None
        assert table.height == listed["rows"] == embedding.n_points
        assert len(table.columns) == len(listed["columns"])
        assert sum(table.null_count().row(0)) == listed["missing_cells"]
        for i, row in [*enumerate(listed["first_rows"]), (-1, listed["last_row"])]:
            assert all(map(is_same_cell, table.row(i), row))


def is_same_cell(ours: Any, theirs: str | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, (bool, date)):
        return str(ours) == theirs
    if isinstance(ours, str):
        return ours[:300] == theirs[:300]  # the manifest cuts long cells
    return float(ours) == float(theirs) or (ours != ours and theirs == "nan")


@pytest.mark.parametrize("case", CASES)
def test_sheets_of_pictures_have_their_size(fixtures: Path, case: str) -> None:
    for entry, embedding in expected(fixtures, case):
        picture = entry.get("sprite_image")
        if not isinstance(picture, dict) or picture["format"] != "PNG":
            continue
        assert embedding.sprites is not None
        if entry["tensor_name"] != "small":  # too small for its points, so we add empty tiles
            assert list(embedding.sprites.size) == picture["size"]
        stated = entry["sprite"].get("singleImageDim", ())
        if len(stated) == 2 and all(stated):
            assert list(embedding.sprites.tile) == stated


def test_digits_carry_their_own_pictures(fixtures: Path) -> None:
    source = found(fixtures, "torch_embeddings")[0]["digits/pixels:00000"]
    embedding = finish(read_embedding(source))
    sheet = embedding.sprites
    assert sheet is not None
    for point in (0, 1, 17, 299):
        pixels = embedding.vectors[point].reshape(8, 8)
        assert np.corrcoef(pixels.ravel(), sheet.picture(point)[..., 0].ravel())[0, 1] > 0.999


@pytest.mark.parametrize(
    ("name", "size", "first_row"),
    [
        ("one_column_with_header_line", 30, ("row 0",)),
        ("two_columns_no_header", 30, ("row 0", 0)),
        ("too_few_rows", 30, ("row 0", 0)),
        ("too_many_rows", 30, ("row 0", 0)),
        ("blank_cells", 30, (None, None, None)),
        ("latin1_bytes", 30, ("r0", "Zürich")),
        ("utf16", 30, ("row 0", 0)),
        ("duplicate_columns", 30, (0, 0, "k")),
    ],
)
def test_odd_metadata_is_repaired(
    fixtures: Path, name: str, size: int, first_row: tuple[Any, ...]
) -> None:
    embedding = finish(read_embedding(found(fixtures, "edge_metadata_files")[0][f"./{name}"]))
    assert embedding.metadata is not None
    assert embedding.metadata.height == size
    assert embedding.metadata.row(0) == first_row


@pytest.mark.parametrize("name", ["header_only", "empty_file"])
def test_metadata_without_rows_is_reported(fixtures: Path, name: str) -> None:
    embedding = finish(read_embedding(found(fixtures, "edge_metadata_files")[0][f"./{name}"]))
    assert embedding.metadata is None
    assert len(embedding.problems) == 1


@pytest.mark.parametrize(
    "name", ["unclosed/a", "unknown_field/a", "checkpoint_path_given/a", "same_name_twice/a"]
)
def test_faulty_configs_still_give_their_embeddings(fixtures: Path, name: str) -> None:
    source = found(fixtures, "edge_config_syntax")[0][name]
    assert finish(read_embedding(source)).vectors.shape == (12, 3)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("syntax_error/projector_config.pbtxt", "line 1"),
        ("empty_file/projector_config.pbtxt", "tensor_path"),
        ("json_by_mistake/t.bytes", "tensor_shape"),
    ],
)
def test_configs_without_use_are_reported(fixtures: Path, file: str, words: str) -> None:
    problems = found(fixtures, "edge_config_syntax")[1]
    assert [words in p.what for p in problems if p.file.as_posix().endswith(file)] == [True]


@pytest.mark.parametrize(
    "name", ["tensors_missing", "metadata_missing", "path_is_folder", "sprite_missing"]
)
def test_missing_files_are_reported(fixtures: Path, name: str) -> None:
    problems = found(fixtures, "edge_missing_and_wrong_files")[1]
    assert [p for p in problems if p.file.parent.name == name and "not found" in p.what]


@pytest.mark.parametrize("name", ["cut", "text"])
def test_broken_pictures_cost_only_themselves(fixtures: Path, name: str) -> None:
    sources = found(fixtures, "edge_missing_and_wrong_files")[0]
    source = next(source for source in sources.values() if source.name == name)
    embedding = finish(read_embedding(source))
    assert embedding.n_points == 20
    assert len(embedding.problems) == 1
