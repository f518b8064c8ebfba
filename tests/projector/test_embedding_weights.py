"""Embeddings in checkpoints and in what Keras saved: found with their configs, and read as
TensorBoard reads them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.embeddings.embedding import Source
from projector.embeddings.find import find_sources
from projector.embeddings.found import Found
from projector.embeddings.reader import read_embedding
from projector.logs.series import Logs
from projector.progress import finish
from tests.conftest import SHARED

CHECKPOINTS = [
    "tf1_projector_checkpoint",
    "tf1_mnist_2k_checkpoint",
    "tf1_sharded_checkpoint",
    "tf1_partitioned_checkpoint",
    "tf1_dtypes_checkpoint",
    "tf1_saver_v1_checkpoint",
    "tf2_object_checkpoint",
    "keras2_callback",
    "edge_checkpoint_damage",
    "standalone_iris",
    "standalone_mnist",
    "standalone_bookmarks",
    "edge_nan_inf",
]
# text and no rows at all can't be shown; an optimizer's own data is not offered
LEFT_OUT = {"text", "no_rows"}


def find(path: Path) -> Found:
    return finish(find_sources(path, Logs(path)))


def sound_entries(fixtures: Path, case: str) -> list[tuple[str, dict[str, Any]]]:
    """The embeddings that TensorBoard can open, each with its run."""
    folders = json.loads((fixtures / "MANIFEST.json").read_text())["folders"]
    return [
        (run, entry)
        for run, listed in folders[case]["projector"].items()
        for entry in listed.get("embeddings", ())
        if isinstance(entry.get("tensor"), dict)
        and entry["tensor_name"] not in LEFT_OUT
        and not entry["tensor_name"].startswith("optimizer/_variables")
    ]


def source_of(found: Found, run: str, name: str) -> Source:
    """The source of a name; what a config of the run above has taken belongs to that run."""
    runs = (run, run.rpartition("/")[0])
    names = (name, name.removesuffix(":0"))
    return next(
        one
        for one in found.sources
        if one.run in runs
        and (one.key in names or one.name in names or f"{one.name}:00000" == name)
    )


@pytest.mark.parametrize("case", CHECKPOINTS)
def test_every_matrix_is_found_and_read_as_tensorboard_does(fixtures: Path, case: str) -> None:
    found = find(fixtures / case)
    entries = sound_entries(fixtures, case)
    assert entries
    for run, entry in entries:
        embedding = finish(read_embedding(source_of(found, run, entry["tensor_name"])))
        vectors, tensor = embedding.vectors, entry["tensor"]
        assert list(vectors.shape) == entry["tensorShape"]
        assert hashlib.sha256(vectors.tobytes()).hexdigest()[:16] == tensor["sha256_16"]
        if isinstance(entry.get("metadata"), dict):
            assert embedding.metadata is not None
            assert embedding.metadata.height == entry["metadata"]["rows"]
            assert len(embedding.metadata.columns) == len(entry["metadata"]["columns"])
        if isinstance(entry.get("sprite_image"), dict):
            assert embedding.sprites is not None
            assert list(embedding.sprites.tile) == entry["sprite"]["singleImageDim"]


def test_text_and_empty_tensors_are_told_instead(fixtures: Path) -> None:
    found = find(fixtures / "tf1_dtypes_checkpoint")
    assert not {source.key for source in found.sources} & LEFT_OUT
    told = [tried.why for finding in found.findings for tried in finding.tried]
    assert any(why.startswith("'text': It holds text") for why in told)
    assert any("0 × 5" in why for why in told)


def test_an_optimizers_data_is_not_offered(fixtures: Path) -> None:
    keys = [source.key for source in find(fixtures / "keras2_callback").sources]
    assert len(keys) == 3
    assert not any("optimizer" in key for key in keys)


def test_keras_3_says_one_name_for_all_layers_and_each_gets_its_own(fixtures: Path) -> None:
    pytest.importorskip("h5py", reason="h5py is an optional part that is not installed")
    found = find(fixtures / "keras3_two_embeddings")
    by_name = {source.name: source for source in found.sources}
    for name, rows in (("users", 30), ("items", 12)):
        metadata = by_name[name].metadata_path
        assert metadata is not None
        assert metadata.name == f"{name}.tsv"
        embedding = finish(read_embedding(by_name[name]))
        assert embedding.n_points == rows
        assert embedding.metadata is not None
        assert embedding.metadata.height == rows


def test_the_newest_weights_of_keras_3_count(fixtures: Path) -> None:
    h5py = pytest.importorskip("h5py")
    (source,) = (one for one in find(fixtures / "keras3_callback").sources if one.metadata_path)
    assert source.tensor_path.name == "keras_embedding.ckpt-2.weights.h5"
    with h5py.File(source.tensor_path) as file:
        expected = file["layers/embedding/vars/0"][:]
    assert np.array_equal(finish(read_embedding(source)).vectors, expected)


def moved(fixtures: Path, case: str, target: Path) -> Path:
    shutil.copytree(fixtures / case, target)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def test_a_checkpoint_in_the_folder_above_is_used(fixtures: Path, tmp_path: Path) -> None:
    logs = moved(fixtures, "tf1_projector_checkpoint", tmp_path / "l") / "logs"
    (logs / "run").mkdir()
    os.replace(logs / "projector_config.pbtxt", logs / "run" / "projector_config.pbtxt")
    for name in ("digit_labels.tsv", "digit_sprite.png", "iris_species.tsv"):
        os.replace(logs / name, logs / "run" / name)
    found = find(logs)
    assert {source.run for source in found.sources} == {"run"}
    named = {source.name for source in found.sources if source.metadata_path}
    assert named == {"digits_embedding", "scope/iris_embedding"}


@pytest.mark.parametrize("written", ["/data/ann/model.ckpt-50", "old\\\\logs\\\\model.ckpt-50"])
def test_a_checkpoint_named_on_another_machine_is_found(
    fixtures: Path, tmp_path: Path, written: str
) -> None:
    logs = moved(fixtures, "tf1_projector_checkpoint", tmp_path / "l") / "logs"
    config = logs / "projector_config.pbtxt"
    config.write_text(f'model_checkpoint_path: "{written}"\n' + config.read_text())
    found = find(logs)
    assert {one.tensor_path.name for one in found.sources} == {"model.ckpt-50.index"}
    assert "repaired" in {finding.outcome for finding in found.findings}


def test_a_checkpoint_that_is_gone_gives_way_to_the_latest(fixtures: Path, tmp_path: Path) -> None:
    logs = moved(fixtures, "tf1_projector_checkpoint", tmp_path / "l") / "logs"
    config = logs / "projector_config.pbtxt"
    config.write_text('model_checkpoint_path: "model.ckpt-7"\n' + config.read_text())
    found = find(logs)
    assert {one.tensor_path.name for one in found.sources} == {"model.ckpt-100.index"}
    (repaired,) = (finding for finding in found.findings if finding.outcome == "repaired")
    assert repaired.tried[0].path == Path("model.ckpt-7")


def test_an_unnamed_block_is_a_template_for_all_variables(fixtures: Path, tmp_path: Path) -> None:
    logs = moved(fixtures, "tf1_projector_checkpoint", tmp_path / "l") / "logs"
    (logs / "projector_config.pbtxt").write_text('embeddings { metadata_path: "iris_species.tsv" }')
    found = find(logs)
    assert len(found.sources) == 3
    assert {one.metadata_path for one in found.sources} == {logs / "iris_species.tsv"}


def test_a_variable_of_another_rank_is_named_with_its_shape(fixtures: Path, tmp_path: Path) -> None:
    logs = moved(fixtures, "tf1_projector_checkpoint", tmp_path / "l") / "logs"
    (logs / "projector_config.pbtxt").write_text('embeddings { tensor_name: "bias_1d" }')
    (problem,) = find(logs).problems
    assert "'bias_1d': It has rank 1 (shape 5)" in problem.what


def test_a_variable_that_is_not_there_gets_the_nearest_names(
    fixtures: Path, tmp_path: Path
) -> None:
    logs = moved(fixtures, "tf1_projector_checkpoint", tmp_path / "l") / "logs"
    (logs / "projector_config.pbtxt").write_text('embeddings { tensor_name: "digit_embeding" }')
    (problem,) = find(logs).problems
    assert "'digits_embedding'" in problem.what


@pytest.mark.parametrize("name", ["model.ckpt-100.data-00000-of-00001", "checkpoint"])
def test_any_file_of_a_checkpoint_opens_it(fixtures: Path, name: str) -> None:
    found = find(fixtures / "tf1_projector_checkpoint" / "logs" / name)
    assert {one.key for one in found.sources} >= {"digits_embedding", "not_in_config"}


def test_each_matrix_of_a_bare_file_is_a_source(fixtures: Path) -> None:
    arrays = fixtures / "array_files"
    found = find(arrays / "safetensors" / "many.safetensors")
    listed = json.loads((fixtures / "MANIFEST.json").read_text())["folders"]["array_files"]
    arrays_there = listed["array_files"]["safetensors/many.safetensors"]["arrays"]
    matrices = {
        name for name, one in arrays_there.items() if len(one["shape"]) == 2 and all(one["shape"])
    }
    assert {one.key for one in found.sources} >= matrices
    for source in found.sources:
        assert finish(read_embedding(source)).n_points > 0


def data_folder(name: str) -> Path:
    folder = SHARED / "data" / name
    if not folder.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return folder


def test_ten_thousand_digits_open_with_labels_and_pictures() -> None:
    folder = data_folder("mnist10k")
    (source,) = find(folder).sources
    embedding = finish(read_embedding(source))
    assert np.array_equal(embedding.vectors, np.load(folder / "images.npy"))
    assert embedding.metadata is not None
    assert embedding.metadata.height == 10_000
    assert embedding.sprites is not None
    assert embedding.sprites.tile == (28, 28)


def test_seventy_thousand_words_open_with_their_counts() -> None:
    folder = data_folder("words")
    (source,) = find(folder).sources
    embedding = finish(read_embedding(source))
    assert embedding.vectors.shape == (71_291, 384)
    stored = np.load(folder / "embeddings_f16.npy", mmap_mode="r")
    assert np.array_equal(embedding.vectors[-1000:], stored[-1000:].astype(np.float32))
    assert embedding.metadata is not None
    assert embedding.metadata.columns == ["word", "count"]
    assert embedding.metadata.row(1) == ("the", 1_061_396)


def test_a_checkpoint_whose_folder_was_moved_is_told(fixtures: Path, tmp_path: Path) -> None:
    logs = moved(fixtures, "tf1_projector_checkpoint", tmp_path / "l") / "logs"
    (logs / "projector_config.pbtxt").unlink()
    index = sorted(logs.glob("*.index"))[-1]
    (logs / "checkpoint").write_text(f'model_checkpoint_path: "/other/machine/{index.stem}"\n')
    found = find(logs)
    assert found.sources
    (finding,) = [one for one in found.findings if one.outcome == "repaired"]
    assert finding.file == logs / "checkpoint"
    assert f"{index.name} is read instead" in finding.what
    assert finding.tried[0].path == Path("/other/machine") / index.stem
