"""safetensors: every type of number, sets of files, and headers that lie."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from projector.embeddings import safetensors as ours
from projector.errors import ProjectorError, Unreadable
from tests.projector.array_reading import (
    Damage,
    check_against_manifest,
    damages,
    infos_of,
    is_embedding,
    manifest_of,
    quick,
    read_damaged,
    read_matrix,
    read_vectors,
    some_vectors,
)

FILES = manifest_of("safetensors/")


def written(path: Path, header: object, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def entry(dtype: str, shape: list[Any], start: int, stop: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


@pytest.mark.parametrize("name", FILES)
def test_what_others_wrote_is_read_as_they_read_it(name: str, fixtures: Path) -> None:
    path, arrays = fixtures / "array_files" / name, FILES[name]["arrays"]
    infos = infos_of(ours.FORMAT, path)
    assert set(infos) == set(arrays)
    for key, array in arrays.items():
        assert (list(infos[key].shape), infos[key].dtype) == (array["shape"], array["dtype"])
        assert bool(infos[key].why_not) != is_embedding(array)
        if is_embedding(array):
            check_against_manifest(read_vectors(ours.FORMAT, path, key), array)


CODES = ["F32", "F64", "F16", "BF16", "I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64", "BOOL"]
SMALL = {
    "BF16": "bfloat16",
    "F8_E5M2": "float8_e5m2",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
}


@pytest.mark.parametrize("code", [code for code in CODES if code not in SMALL])
def test_every_type_numpy_knows_is_read(tmp_path: Path, code: str) -> None:
    names = {"F": "f", "I": "i", "U": "u", "B": "?"}
    dtype = "?" if code == "BOOL" else f"<{names[code[0]]}{int(code[1:]) // 8}"
    array = np.abs(some_vectors(6, 4) * 10).astype(dtype)
    header = {"v": entry(code, [6, 4], 0, array.nbytes)}
    path = written(tmp_path / "v.safetensors", header, array.tobytes())
    assert np.array_equal(read_vectors(ours.FORMAT, path), array.astype(np.float32))


@pytest.mark.parametrize(("code", "name"), SMALL.items())
def test_every_code_of_small_floats_means_what_ml_dtypes_says(
    tmp_path: Path, code: str, name: str
) -> None:
    dtype = np.dtype(getattr(pytest.importorskip("ml_dtypes"), name))
    codes = np.arange(1 << (8 * dtype.itemsize), dtype=f"u{dtype.itemsize}").reshape(16, -1)
    header = {"v": entry(code, list(codes.shape), 0, codes.nbytes)}
    path = written(tmp_path / "v.safetensors", header, codes.tobytes())
    with np.errstate(invalid="ignore"):
        expected = codes.view(dtype).astype(np.float32)
    assert np.array_equal(read_vectors(ours.FORMAT, path), expected, equal_nan=True)


@pytest.mark.parametrize(("code", "n_bytes"), [("F4", 3), ("F6_E2M3", 5), ("C64", 48), ("X1", 9)])
def test_types_that_are_not_shown_say_so(tmp_path: Path, code: str, n_bytes: int) -> None:
    n_bytes = {"F4": 3, "F6_E2M3": 6, "C64": 64, "X1": 9}[code]
    header = {"v": entry(code, [2, 4 if code != "F4" else 3], 0, n_bytes)}
    path = written(tmp_path / "v.safetensors", header, bytes(n_bytes))
    assert "save it as float32" in infos_of(ours.FORMAT, path)["v"].why_not
    with pytest.raises(Unreadable, match="float32"):
        read_matrix(ours.FORMAT, path, "v")


@pytest.mark.usefixtures("all_mapped")
def test_aligned_float32_stays_in_the_file(tmp_path: Path) -> None:
    array = some_vectors(6, 4)
    header = json.dumps({"v": entry("F32", [6, 4], 0, array.nbytes)}).encode()
    for n_blanks in range(8):
        padded = header + b" " * n_blanks
        path = written(tmp_path / f"{n_blanks}.safetensors", padded, array.tobytes())
        vectors = read_vectors(ours.FORMAT, path)
        assert np.array_equal(vectors, array)
        assert vectors.flags.owndata == bool(len(padded) % 4)


def test_the_writers_own_file_is_read(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy")
    arrays = {"a": some_vectors(), "b": some_vectors(3, 2).astype(np.float16)}
    theirs.save_file(arrays, tmp_path / "v.safetensors", {"note": "x"})
    for key, array in arrays.items():
        assert np.array_equal(read_vectors(ours.FORMAT, tmp_path / "v.safetensors", key), array)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 5000,
        b'{"a": 1}',
        b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "a": {}}',
        {"a": entry("F32", [2, 2], 0, 12)},
        {"a": entry("F32", [2, -2], 0, 16)},
        {"a": entry("F32", [2, True], 0, 8)},
        {"a": entry("F32", [2, 2.0], 0, 16)},
        {"a": entry("F32", [2, 2], 16, 0)},
        {"a": {"dtype": ["F32"], "shape": [2, 2], "data_offsets": [0, 16]}},
        {"a": entry("F32", [1, 2], 8, 16)},
        {"a": entry("F32", [2, 2], 0, 16), "b": entry("F32", [2, 2], 0, 16)},
        {"a": entry("F32", [1, 2], 0, 8)},
    ],
)
def test_headers_that_are_not_sound_are_refused(tmp_path: Path, header: object) -> None:
    path = written(tmp_path / "v.safetensors", header, bytes(16))
    with pytest.raises(Unreadable, match=r"v\.safetensors is"):
        infos_of(ours.FORMAT, path)


def test_the_reference_refuses_what_we_refuse(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors")
    path = written(tmp_path / "v.safetensors", {"a": entry("F32", [1, 2], 8, 16)}, bytes(16))
    with pytest.raises(theirs.SafetensorError):
        theirs.safe_open(path, "numpy").__enter__()


@pytest.mark.parametrize("length", [0, 1 << 20, 100_000_001, (1 << 64) - 1])
def test_a_header_of_impossible_length_is_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "v.safetensors"
    path.write_bytes(struct.pack("<Q", length) + b"{}")
    with pytest.raises(Unreadable):
        infos_of(ours.FORMAT, path)


def test_of_a_download_that_broke_off_the_first_arrays_are_kept(tmp_path: Path) -> None:
    array = some_vectors(6, 4)
    header = {"a": entry("F32", [6, 4], 0, 96), "b": entry("F32", [6, 4], 96, 192)}
    path = written(tmp_path / "v.safetensors", header, array.tobytes() + bytes(10))
    infos = infos_of(ours.FORMAT, path)
    assert "cut short: 96 bytes were promised, 10 are there" in infos["b"].why_not
    assert np.array_equal(read_vectors(ours.FORMAT, path, "a"), array)
    with pytest.raises(Unreadable, match="cut short"):
        read_matrix(ours.FORMAT, path, "b")


def shards(folder: Path, weight_map: object) -> Path:
    for i in (1, 2):
        header = {f"v{i}": entry("F32", [6, 4], 0, 96)}
        written(folder / f"m-{i}.safetensors", header, (some_vectors(6, 4) * i).tobytes())
    path = folder / "m.safetensors.index.json"
    path.write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    return path


def test_a_set_of_files_is_read_through_its_index(tmp_path: Path) -> None:
    path = shards(tmp_path, {"v1": "m-1.safetensors", "v2": "m-2.safetensors"})
    assert ours.FORMAT.is_one(path, path.read_bytes())
    assert [info.shape for info in infos_of(ours.FORMAT, path).values()] == [(6, 4), (6, 4)]
    assert np.array_equal(read_vectors(ours.FORMAT, path, "v2"), some_vectors(6, 4) * 2)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("m-9.safetensors", "is gone"),
        ("../m-1.safetensors", "must lie beside it"),
        ("/etc/passwd", "must lie beside it"),
        ("..\\m-1.safetensors", "must lie beside it"),
        ("m-1.safetensors", "not in m-1"),
        ("m.safetensors.index.json", "no"),
    ],
)
def test_a_file_of_a_set_that_can_not_be_read_spoils_no_other(
    tmp_path: Path, file: str, words: str
) -> None:
    path = shards(tmp_path, {"v1": "m-1.safetensors", "x": file})
    assert words in infos_of(ours.FORMAT, path)["x"].why_not
    assert np.array_equal(read_vectors(ours.FORMAT, path, "v1"), some_vectors(6, 4))
    with pytest.raises(ProjectorError):
        read_matrix(ours.FORMAT, path, "x")


@pytest.mark.parametrize("weight_map", [None, [], {"a": 1}])
def test_an_index_without_files_is_refused(tmp_path: Path, weight_map: object) -> None:
    with pytest.raises(Unreadable, match="weight_map"):
        infos_of(ours.FORMAT, shards(tmp_path, weight_map))


@quick
@given(damage=damages())
def test_damaged_files_are_read_or_refused(tmp_path: Path, damage: Damage) -> None:
    header = {"a": entry("F64", [6, 2], 0, 96), "b": entry("BF16", [6, 4], 96, 144)}
    path = written(tmp_path / "v.safetensors", header, bytes(144))
    read_damaged(ours.FORMAT, path, damage(path.read_bytes()))
