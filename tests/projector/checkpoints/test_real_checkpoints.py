"""Checkpoints that TensorFlow wrote: what it reads from them, we read too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.embeddings.checkpoints import latest_checkpoint
from projector.errors import NothingToShow, ProjectorError, Unreadable
from tests.projector.checkpoints.reading import listed, read

FOLDERS = [
    "edge_checkpoint_damage",
    "keras2_callback",
    "tf1_dtypes_checkpoint",
    "tf1_mnist_2k_checkpoint",
    "tf1_partitioned_checkpoint",
    "tf1_projector_checkpoint",
    "tf1_saver_v1_checkpoint",
    "tf1_sharded_checkpoint",
    "tf2_object_checkpoint",
]


@cache
def manifest(fixtures: Path) -> dict[str, Any]:
    folders: dict[str, Any] = json.loads((fixtures / "MANIFEST.json").read_text())["folders"]
    return folders


def file_of(prefix: Path) -> Path:
    index = Path(f"{prefix}.index")
    return index if index.exists() else prefix


def sound_checkpoints(fixtures: Path, folder: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for prefix, variables in manifest(fixtures)[folder]["checkpoints"].items():
        if "tensorflow" not in variables:
            yield file_of(fixtures / folder / prefix), variables


def real(values: list[Any]) -> list[float]:
    """The manifest's numbers; of a complex one, the real part."""
    return [float(value[0] if isinstance(value, list) else value) for value in values]


@pytest.mark.parametrize("folder", FOLDERS)
def test_all_variables_are_listed_with_their_shapes_and_types(fixtures: Path, folder: str) -> None:
    for path, variables in sound_checkpoints(fixtures, folder):
        infos = listed(path)
        assert set(infos) == set(variables)
        for key, expected in variables.items():
            assert list(infos[key].shape) == expected["shape"]
            assert infos[key].dtype == expected["dtype"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_matrices_hold_what_tensorflow_reads(fixtures: Path, folder: str) -> None:
    n_read = 0
    for path, variables in sound_checkpoints(fixtures, folder):
        for key, expected in variables.items():
            is_matrix = len(expected["shape"]) == 2 and expected["dtype"] != "string"
            if not is_matrix or "tensorflow" in expected or 0 in expected["shape"]:
                continue
            vectors = read(path, key).vectors
            first, last = real(expected["first"]), real(expected["last"])
            assert list(vectors.shape) == expected["shape"]
            assert np.array_equal(vectors.ravel()[: len(first)], np.array(first, np.float32))
            assert np.array_equal(vectors.ravel()[-len(last) :], np.array(last, np.float32))
            n_read += 1
    assert n_read


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_byte_is_the_one_that_tensorboard_shows(fixtures: Path, folder: str) -> None:
    n_compared = 0
    for run, shown in manifest(fixtures)[folder]["projector"].items():
        path = latest_checkpoint(fixtures / folder / run)
        for entry in shown.get("embeddings", ()):
            tensor = entry.get("tensor")
            if path is None or not isinstance(tensor, dict) or not tensor["floats"]:
                continue
            vectors = read(path, entry["tensor_name"]).vectors
            assert hashlib.sha256(vectors.tobytes()).hexdigest()[:16] == tensor["sha256_16"]
            n_compared += 1
    assert n_compared or folder in ("keras2_callback", "tf1_saver_v1_checkpoint")


@pytest.mark.parametrize("folder", FOLDERS)
def test_of_matrices_only_text_nothing_and_the_optimizers_own_are_held_back(
    fixtures: Path, folder: str
) -> None:
    for path, variables in sound_checkpoints(fixtures, folder):
        for info in listed(path).values():
            if len(info.shape) == 2 and "tensorflow" not in variables[info.key]:
                is_other = 0 in info.shape or info.dtype == "string" or "optimizer/" in info.key
                assert bool(info.why_not) == is_other


def test_a_partitioned_table_is_put_together(fixtures: Path) -> None:
    folder = fixtures / "tf1_partitioned_checkpoint"
    whole = np.load(folder / "expected_table.npy")
    for key in ("model/by_rows", "model/by_columns"):
        assert np.array_equal(read(folder / "partitioned/model.ckpt.index", key).vectors, whole)


def test_types_are_named_and_converted(fixtures: Path) -> None:
    folder = fixtures / "tf1_dtypes_checkpoint"
    base = np.load(folder / "base_f64.npy")[:40]
    path = folder / "ckpt/all.ckpt.index"
    for key, oracle in {
        "f16": base.astype(np.float16),
        "f64": base,
        "i8": base.astype(np.int8),
        "i64": base.astype(np.int64),
    }.items():
        matrix = read(path, key)
        assert matrix.dtype == oracle.dtype.name
        assert np.array_equal(matrix.vectors, oracle.astype(np.float32))


def test_complex_numbers_show_their_real_part_and_say_so(fixtures: Path) -> None:
    matrix = read(fixtures / "tf1_dtypes_checkpoint/ckpt/all.ckpt.index", "c64")
    assert "real parts" in matrix.problems[0].what


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("cube", "rank 3 (shape 2 × 3 × 4)"),
        ("vector", "rank 1 (shape 9)"),
        ("scalar", "rank 0"),
        ("text", "holds text"),
        ("no_rows", "0 × 5"),
    ],
)
def test_what_is_no_matrix_is_listed_with_the_reason(fixtures: Path, key: str, reason: str) -> None:
    path = fixtures / "tf1_dtypes_checkpoint/ckpt/all.ckpt.index"
    assert reason in listed(path)[key].why_not
    with pytest.raises((Unreadable, NothingToShow), match=key):
        read(path, key)


@pytest.mark.usefixtures("all_mapped")
def test_large_plain_floats_are_mapped(fixtures: Path) -> None:
    path = fixtures / "tf1_projector_checkpoint/logs/model.ckpt-100.index"
    vectors = read(path, "digits_embedding").vectors
    assert isinstance(vectors.base, np.memmap)
    assert not vectors.flags.writeable


def test_readable_names_come_from_the_object_graph(fixtures: Path) -> None:
    path = fixtures / "keras2_callback/logs/train/keras_embedding.ckpt-2.index"
    info = listed(path)["layer_with_weights-0/embeddings/.ATTRIBUTES/VARIABLE_VALUE"]
    assert info.title == "token_embedding/embeddings"


def test_a_name_that_says_nothing_gives_way_to_the_path_in_the_model(fixtures: Path) -> None:
    infos = listed(fixtures / "tf2_object_checkpoint/managed/ckpt-200.index")
    assert infos["model/maps/a.Sb/.ATTRIBUTES/VARIABLE_VALUE"].title == "model/maps/a/b"
    assert infos["model/layers/1/.ATTRIBUTES/VARIABLE_VALUE"].title == "model/layers/1"


def test_the_optimizers_own_matrices_are_no_embeddings(fixtures: Path) -> None:
    path = fixtures / "keras2_callback/logs/train/keras_embedding.ckpt-2.index"
    infos = [info for info in listed(path).values() if "_variables/" in info.key]
    assert infos
    assert all("optimizer" in info.why_not for info in infos if len(info.shape) == 2)


@pytest.mark.parametrize("case", ["data_missing", "data_cut"])
def test_a_shard_that_is_not_whole_is_named(fixtures: Path, case: str) -> None:
    path = fixtures / "edge_checkpoint_damage" / case / "model.ckpt-1.index"
    for info in listed(path).values():
        assert "model.ckpt-1.data-00000-of-00001" in info.why_not
        with pytest.raises(Unreadable, match="data-00000-of-00001"):
            read(path, info.key)


def test_values_with_a_wrong_checksum_are_kept_and_doubted(fixtures: Path) -> None:
    path = fixtures / "edge_checkpoint_damage/data_flipped/model.ckpt-1.index"
    flipped, sound = read(path, "emb"), read(path, "other")
    assert "checksum" in flipped.problems[0].what
    assert np.count_nonzero(flipped.vectors.ravel() != np.arange(60)) == 1
    assert sound.problems == ()


@pytest.mark.parametrize("case", ["index_cut", "index_flipped"])
def test_a_damaged_index_is_refused_as_tensorflow_does(fixtures: Path, case: str) -> None:
    path = fixtures / "edge_checkpoint_damage" / case / "model.ckpt-1.index"
    assert manifest(fixtures)["edge_checkpoint_damage"]["checkpoints"][f"{case}/model.ckpt-1"] == {
        "tensorflow": "OpError"
    }
    with pytest.raises(ProjectorError, match=r"model.ckpt-1.index"):
        listed(path)


@pytest.mark.parametrize(
    "case", ["stale_checkpoint_file", "no_checkpoint_file", "absolute_checkpoint_file", "good"]
)
def test_the_latest_checkpoint_is_found_whatever_the_state_file_says(
    fixtures: Path, case: str
) -> None:
    folder = fixtures / "edge_checkpoint_damage" / case
    assert latest_checkpoint(folder) == folder / "model.ckpt-1.index"


def test_of_several_saves_the_state_file_names_the_latest(fixtures: Path) -> None:
    managed = fixtures / "tf2_object_checkpoint/managed"
    assert latest_checkpoint(managed) == managed / "ckpt-200.index"
    old = fixtures / "tf1_saver_v1_checkpoint"
    assert latest_checkpoint(old) == old / "v1.ckpt"
