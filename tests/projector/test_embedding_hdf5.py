"""HDF5: Keras's layouts, plain datasets, and files that lead elsewhere."""

from __future__ import annotations

import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.embeddings import hdf5
from projector.errors import ProjectorError, Unreadable
from tests.projector.array_reading import (
    check_against_manifest,
    infos_of,
    is_embedding,
    manifest_of,
    read_matrix,
    read_vectors,
    small_blocks,
    some_vectors,
)

__all__ = ["small_blocks"]

h5py = pytest.importorskip("h5py", reason="h5py is an optional part that is not installed")


def keras3(path: Path) -> Path:
    """What Keras 3 saves of a model with one embedding."""
    with h5py.File(path, "w") as file:
        embedding = file.create_group("layers/embedding/vars")
        embedding.attrs["name"] = "words"
        embedding["0"] = some_vectors()
        file["optimizer/vars/3"] = some_vectors()
    return path


def test_plain_files_are_read_as_h5py_reads_them(fixtures: Path) -> None:
    path = fixtures / "array_files" / "arrays.h5"
    infos = infos_of(hdf5.FORMAT, path)
    arrays = manifest_of("arrays.h5")["arrays.h5"]["arrays"]
    assert {key: list(info.shape) for key, info in infos.items()} == {
        key: array["shape"] for key, array in arrays.items()
    }
    for key, array in arrays.items():
        if is_embedding(array):
            check_against_manifest(read_vectors(hdf5.FORMAT, path, key), array)


def test_embeddings_of_keras_have_the_names_of_their_layers(fixtures: Path) -> None:
    folder = fixtures / "keras3_two_embeddings" / "logs" / "train"
    path = sorted(folder.glob("*.weights.h5"))[0]
    titles = {info.title: info for info in infos_of(hdf5.FORMAT, path).values()}
    assert titles["users"].shape == (30, 5)
    assert titles["items"].shape == (12, 5)
    with h5py.File(path) as file:
        expected = file[titles["items"].key][:]
    assert np.array_equal(read_vectors(hdf5.FORMAT, path, titles["items"].key), expected)


def test_what_an_optimizer_keeps_is_left_out(tmp_path: Path) -> None:
    assert list(infos_of(hdf5.FORMAT, keras3(tmp_path / "m.weights.h5"))) == [
        "layers/embedding/vars/0"
    ]


def test_layers_of_keras_2_have_their_names(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        model = file.create_group("model_weights")
        model.attrs["layer_names"] = [b"emb"]
        layer = model.create_group("emb")
        layer.attrs["weight_names"] = [b"emb/embeddings:0"]
        layer["emb/embeddings:0"] = some_vectors()
        file["optimizer_weights/Adam/m:0"] = some_vectors()
    (info,) = infos_of(hdf5.FORMAT, tmp_path / "m.h5").values()
    assert info.title == "emb/embeddings"
    assert np.array_equal(read_vectors(hdf5.FORMAT, tmp_path / "m.h5"), some_vectors())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_weights_inside_a_keras_file_are_read(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w", method) as archive:
        archive.writestr("config.json", "{}")
        archive.write(keras3(tmp_path / "model.weights.h5"), "model.weights.h5")
    path = tmp_path / "m.keras"
    assert hdf5.FORMAT.is_one(path, path.read_bytes()[:4096])
    assert next(iter(infos_of(hdf5.FORMAT, path).values())).title == "words"
    assert np.array_equal(read_vectors(hdf5.FORMAT, path), some_vectors())


def test_a_keras_file_without_weights_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(Unreadable, match=r"no model\.weights\.h5"):
        infos_of(hdf5.FORMAT, tmp_path / "m.keras")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"chunks": (7, 3)},
        {"chunks": (90, 1), "compression": "gzip", "shuffle": True},
        {"compression": "lzf", "fletcher32": True},
        {"dtype": ">f8"},
        {"dtype": "<f2", "chunks": (1, 31)},
        {"dtype": "i4"},
    ],
)
@pytest.mark.usefixtures("small_blocks")
def test_every_layout_is_read(tmp_path: Path, options: dict[str, Any]) -> None:
    array = (some_vectors(90, 31) * 10).astype(options.get("dtype", "<f4"))
    with h5py.File(tmp_path / "v.h5", "w", userblock_size=512) as file:
        file.create_dataset("v", data=array, **options)
    vectors = read_vectors(hdf5.FORMAT, tmp_path / "v.h5")
    assert np.array_equal(vectors, array.astype(np.float32))


@pytest.mark.usefixtures("all_mapped")
def test_plain_rows_stay_in_the_file(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file["v"] = some_vectors()
    assert not read_vectors(hdf5.FORMAT, tmp_path / "v.h5").flags.owndata


def test_nothing_of_other_files_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["v"] = some_vectors()
    (tmp_path / "secret.bin").write_bytes(some_vectors().tobytes())
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file["linked"] = h5py.ExternalLink("secret.h5", "/v")
        file["soft"] = h5py.SoftLink("/linked")
        file.create_dataset("outside", (50, 7), "f4", external=str(tmp_path / "secret.bin"))
        layout = h5py.VirtualLayout((50, 7), "f4")
        layout[:] = h5py.VirtualSource(tmp_path / "secret.h5", "v", (50, 7))
        file.create_virtual_dataset("virtual", layout)
    infos = infos_of(hdf5.FORMAT, tmp_path / "v.h5")
    assert set(infos) == {"outside", "virtual"}
    for key, info in infos.items():
        assert "other files" in info.why_not
        with pytest.raises(Unreadable, match="other files"):
            read_matrix(hdf5.FORMAT, tmp_path / "v.h5", key)


@pytest.mark.parametrize("n_packed", [20 << 20, 120 << 20])
def test_a_piece_that_unpacks_to_more_than_its_size_is_refused(
    tmp_path: Path, n_packed: int
) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        options = {"chunks": (1000, 250), "compression": "gzip"}
        dataset = file.create_dataset("v", (1000, 250), "f4", **options)
        packer = zlib.compressobj(1)
        packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(n_packed >> 20))
        dataset.id.write_direct_chunk((0, 0), packed + packer.flush())
    if n_packed < 60 << 20:  # what little more is harmless
        assert read_vectors(hdf5.FORMAT, tmp_path / "v.h5").shape == (1000, 250)
    else:
        with pytest.raises(Unreadable, match="more than its size"):
            read_matrix(hdf5.FORMAT, tmp_path / "v.h5")


def test_large_packed_pieces_are_read(tmp_path: Path) -> None:
    array = some_vectors(1000, 300)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        options = {"compression": "gzip", "shuffle": True, "fletcher32": True}
        file.create_dataset("v", data=array, chunks=(1000, 300), **options)
        assert file["v"].id.get_chunk_info(0).size > 1 << 19
    assert np.array_equal(read_vectors(hdf5.FORMAT, tmp_path / "v.h5"), array)


def test_a_group_that_holds_itself_is_entered_once(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        group = file.create_group("a")
        group["again"] = group
        group["v"] = some_vectors()
    assert list(infos_of(hdf5.FORMAT, tmp_path / "v.h5")) == ["a/v"]


def test_what_is_no_embedding_says_why(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file["text"] = np.array([["a", "b"]], "O")
        file["cube"] = np.zeros((2, 3, 4), np.float32)
        file["null"] = h5py.Empty("f4")
        file.create_dataset("unwritten", (1 << 20, 1 << 20), "f4", chunks=(64, 64))
        file.create_dataset("chunk", (1 << 14, 1 << 14), "f8", chunks=(1 << 13, 1 << 13))
    reasons = {key: info.why_not for key, info in infos_of(hdf5.FORMAT, tmp_path / "v.h5").items()}
    assert "text" in reasons["text"]
    assert "2 × 12" in reasons["cube"]
    assert reasons["null"]
    assert "nothing was written" in reasons["unwritten"]
    assert "256 MB" in reasons["chunk"]


def test_without_h5py_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keras3(tmp_path / "m.weights.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(Unreadable, match=r'pip install "projector\[hdf5\]"'):
        infos_of(hdf5.FORMAT, path)


@pytest.mark.parametrize("changed", [48, 8, 9])
def test_a_heap_of_texts_without_an_end_costs_only_the_names(tmp_path: Path, changed: int) -> None:
    """HDF5 itself would read such a heap forever."""
    with h5py.File(tmp_path / "m.weights.h5", "w") as file:
        for layer in ("a", "b", "c"):
            group = file.create_group(f"layers/{layer}/vars")
            group.attrs["name"] = layer
            group["0"] = some_vectors()
    data = bytearray((tmp_path / "m.weights.h5").read_bytes())
    data[data.index(b"GCOL") + changed] = 200
    (tmp_path / "m.weights.h5").write_bytes(bytes(data))
    infos = infos_of(hdf5.FORMAT, tmp_path / "m.weights.h5")
    assert [info.title for info in infos.values()] == ["", "", ""]


@pytest.mark.parametrize("n_kept", [0, 8, 100, 1000, 2000])
def test_files_that_are_cut_short_are_refused(tmp_path: Path, n_kept: int) -> None:
    path = keras3(tmp_path / "m.weights.h5")
    path.write_bytes(path.read_bytes()[:n_kept])
    with pytest.raises(ProjectorError, match=r"m\.weights\.h5"):
        infos_of(hdf5.FORMAT, path)


def test_a_damaged_piece_is_told(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        dataset = file.create_dataset("v", data=some_vectors(), fletcher32=True, chunks=(50, 7))
        place = dataset.id.get_chunk_info(0).byte_offset
    data = bytearray((tmp_path / "v.h5").read_bytes())
    data[place] ^= 255
    (tmp_path / "v.h5").write_bytes(bytes(data))
    with pytest.raises(Unreadable, match=r"v\.h5"):
        read_matrix(hdf5.FORMAT, tmp_path / "v.h5")
