"""Arrays of numpy and raw numbers: mapped, converted, or refused with a reason."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from projector.embeddings import memory, npy, raw
from projector.errors import NotFound, NothingToShow, ProjectorError, TooLarge, Unreadable
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
    small_blocks,
    some_vectors,
)

__all__ = ["small_blocks"]

FILES = {name: entry for name, entry in manifest_of("npy/").items() if name.endswith(".npy")}


def saved(folder: Path, array: object, version: tuple[int, int] | None = None) -> Path:
    path = folder / "v.npy"
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.asanyarray(array), version)
    return path


@pytest.mark.parametrize("name", FILES)
def test_what_numpy_wrote_is_read_as_numpy_reads_it(name: str, fixtures: Path) -> None:
    path, entry = fixtures / "array_files" / name, FILES[name]
    (info,) = infos_of(npy.FORMAT, path).values()
    if "refused" in entry or not is_embedding(entry["arrays"]["(the array)"]):
        assert info.why_not
        with pytest.raises(ProjectorError, match=path.name):
            read_matrix(npy.FORMAT, path)
        return
    assert not info.why_not
    assert list(info.shape) == entry["arrays"]["(the array)"]["shape"]
    check_against_manifest(read_vectors(npy.FORMAT, path), entry["arrays"]["(the array)"])


def test_pictures_of_digits_keep_their_values(fixtures: Path) -> None:
    path = fixtures.parent / "data" / "mnist10k" / "images.npy"
    if not path.is_file():
        pytest.skip("the digits are not beside this checkout")
    assert np.array_equal(read_vectors(npy.FORMAT, path), np.load(path).astype(np.float32))


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.usefixtures("all_mapped")
def test_each_version_is_mapped(tmp_path: Path, version: tuple[int, int]) -> None:
    vectors = read_vectors(npy.FORMAT, saved(tmp_path, some_vectors(), version))
    assert np.array_equal(vectors, some_vectors())
    assert not vectors.flags.owndata
    assert not vectors.flags.writeable


@pytest.mark.parametrize(
    "code", ["<f2", ">f2", "<f8", ">f8", "i1", ">u8", "<i8", "?", "<f4", ">f4"]
)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.usefixtures("small_blocks")
def test_every_type_of_number_becomes_float32(tmp_path: Path, code: str, order: str) -> None:
    array = np.abs(some_vectors(90, 31) * 10).astype(code)
    path = saved(tmp_path, np.asarray(array, order=order))  # type: ignore[call-overload]
    matrix = read_matrix(npy.FORMAT, path)
    assert np.array_equal(matrix.vectors, array.astype(np.float32))
    assert matrix.dtype == array.dtype.name


def test_the_header_of_python_2_is_read(tmp_path: Path) -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (50L, 7L), }\n"
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    (tmp_path / "v.npy").write_bytes(start + some_vectors().tobytes())
    assert np.array_equal(read_vectors(npy.FORMAT, tmp_path / "v.npy"), some_vectors())


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(5), "one value a row"),
        (np.zeros((5, 2, 3)), "5 × 6"),
        (np.array(1.0), "single number"),
        (np.zeros((5, 2), np.complex64), "complex64"),
        (np.array([["a", "b"]]), "text"),
        (np.zeros(5, [("a", "f4"), ("b", "i4")]), "records"),
        (np.zeros((5, 2), "V2"), "bfloat16"),
        (np.zeros((5, 2), "datetime64[s]"), "datetime64"),
        (np.zeros((5, 0)), "5 × 0"),
    ],
)
def test_what_is_no_embedding_says_why(tmp_path: Path, array: object, words: str) -> None:
    path = saved(tmp_path, array)
    assert words in infos_of(npy.FORMAT, path)[""].why_not
    with pytest.raises((Unreadable, NothingToShow), match=words):
        read_matrix(npy.FORMAT, path)


def test_bfloat16_of_ml_dtypes_gets_a_hint(tmp_path: Path) -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")
    path = saved(tmp_path, some_vectors().astype(ml_dtypes.bfloat16).view("V2"))
    with pytest.raises(Unreadable, match="astype"):
        read_matrix(npy.FORMAT, path)


def test_a_conversion_that_does_not_fit_is_refused_with_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, some_vectors().astype(np.float64))
    monkeypatch.setattr(memory, "_available_memory", lambda: 1000)
    with pytest.raises(TooLarge, match=r"50 × 7 values.*0\.0 GB.*float32 \.npy"):
        read_matrix(npy.FORMAT, path)


@pytest.mark.usefixtures("all_mapped")
def test_what_stays_on_the_disk_always_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_available_memory", lambda: 0)
    assert len(read_vectors(npy.FORMAT, saved(tmp_path, some_vectors()))) == 50


def test_free_memory_is_less_than_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  16 kB\nMemAvailable:    12 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", meminfo)
    assert memory._linux_memory() == 12 * 1024
    meminfo.write_text("MemTotal:  16 kB\n")
    assert memory._linux_memory() is None


def test_where_free_memory_is_not_known_all_of_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_available_memory", lambda: None)
    monkeypatch.setattr(memory, "_physical_memory", lambda: 10 << 30)
    memory.check_fits(8 << 30, "It")
    with pytest.raises(TooLarge, match=r"It takes 9\.0 GB in memory, and 8\.0 GB of 10\.0 GB"):
        memory.check_fits(9 << 30, "It")


def test_a_file_that_went_away_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is gone"):
        read_matrix(npy.FORMAT, tmp_path / "v.npy")


@pytest.mark.parametrize("size", ["0x" + "f" * 9000, "10**9", "1e3", "'a'", "True", "-1"])
def test_impossible_sizes_are_refused(tmp_path: Path, size: str) -> None:
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': (2, {size})}}".encode()
    start = b"\x93NUMPY\x02\x00" + struct.pack("<I", len(header)) + header
    (tmp_path / "v.npy").write_bytes(start + bytes(64))
    with pytest.raises(Unreadable, match="no sound"):
        infos_of(npy.FORMAT, tmp_path / "v.npy")


@quick
@given(damage=damages())
def test_damaged_arrays_are_read_or_refused(tmp_path: Path, damage: Damage) -> None:
    data = saved(tmp_path, some_vectors().astype(np.float64)).read_bytes()
    read_damaged(npy.FORMAT, tmp_path / "v.npy", damage(data))


@pytest.mark.usefixtures("all_mapped")
def test_raw_numbers_need_a_shape(tmp_path: Path) -> None:
    path = tmp_path / "v.bytes"
    path.write_bytes(some_vectors().tobytes())
    vectors = read_matrix(raw.FORMAT, path, shape=(50, 7)).vectors
    assert np.array_equal(vectors, some_vectors())
    assert not vectors.flags.owndata
    with pytest.raises(Unreadable, match=r"350 .*tensor_shape"):
        read_matrix(raw.FORMAT, path)


def test_raw_64_bit_numbers_are_recognized_by_their_size(tmp_path: Path) -> None:
    path = tmp_path / "v.bytes"
    path.write_bytes(some_vectors().astype(np.float64).tobytes())
    with pytest.raises(Unreadable, match="64-bit floats"):
        read_matrix(raw.FORMAT, path, shape=(50, 7))


@pytest.mark.parametrize(("n_bytes", "is_refused"), [(0, True), (7, True), (8, False)])
def test_raw_files_of_broken_numbers_say_so(tmp_path: Path, n_bytes: int, is_refused: bool) -> None:
    (tmp_path / "v.bytes").write_bytes(bytes(n_bytes))
    assert bool(infos_of(raw.FORMAT, tmp_path / "v.bytes")[""].why_not) == is_refused


def test_a_file_that_is_written_anew_does_no_harm(tmp_path: Path) -> None:
    path = saved(tmp_path, some_vectors(3000, 4))  # more than a page
    vectors = read_vectors(npy.FORMAT, path)
    path.write_bytes(b"")
    assert np.array_equal(vectors, some_vectors(3000, 4))
