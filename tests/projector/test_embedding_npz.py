"""numpy's archives: stored and deflated, columns beside the vectors, and bombs."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from projector.embeddings import memory, npz
from projector.errors import ProjectorError, TooLarge, Unreadable
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

FILES = {name: entry for name, entry in manifest_of("npy/").items() if name.endswith(".npz")}


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def npy_bytes(array: object) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.asanyarray(array))
    return buffer.getvalue()


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize("name", FILES)
def test_what_numpy_wrote_is_read_as_numpy_reads_it(name: str, fixtures: Path) -> None:
    path, arrays = fixtures / "array_files" / name, FILES[name]["arrays"]
    infos = infos_of(npz.FORMAT, path)
    assert {key: list(info.shape) for key, info in infos.items()} == {
        key: array["shape"] for key, array in arrays.items()
    }
    for key, array in arrays.items():
        assert bool(infos[key].why_not) != is_embedding(array)
        if is_embedding(array):
            check_against_manifest(read_vectors(npz.FORMAT, path, key), array)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("code", ["<f4", ">f8", "<f2", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.usefixtures("small_blocks")
def test_each_kind_of_array_is_read(tmp_path: Path, save: object, code: str, order: str) -> None:
    array = (some_vectors(90, 31) * 10).astype(code)
    save(tmp_path / "v.npz", x=np.asarray(array, order=order), y=np.zeros(3))
    matrix = read_matrix(npz.FORMAT, tmp_path / "v.npz", "x")
    assert np.array_equal(matrix.vectors, array.astype(np.float32))
    assert matrix.vectors.flags.c_contiguous
    assert matrix.vectors.flags.aligned


@pytest.mark.usefixtures("all_mapped")
def test_stored_vectors_stay_in_the_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", embeddings=some_vectors())  # this name's length aligns them
    assert not read_vectors(npz.FORMAT, tmp_path / "v.npz").flags.owndata


def test_arrays_of_as_many_values_become_columns(tmp_path: Path) -> None:
    words = np.array([f"wörd {i}" for i in range(50)])
    np.savez_compressed(
        tmp_path / "v.npz",
        words=words,
        raw=np.char.encode(words, "utf-8"),
        vectors=some_vectors(),
        n=np.arange(50, dtype=np.uint8),
        score=np.linspace(0, 1, 50, dtype=">f4"),
        other=np.arange(49),
        swapped=words.astype(">U10"),
    )
    table = read_matrix(npz.FORMAT, tmp_path / "v.npz").table
    assert table is not None
    assert table.columns == ["words", "raw", "n", "score", "swapped"]
    for name in ("words", "raw", "swapped"):
        assert table[name].to_list() == words.tolist()
    assert table["n"].to_list() == list(range(50))
    assert np.allclose(table["score"].to_numpy(), np.linspace(0, 1, 50))


def test_text_that_is_no_unicode_is_marked(tmp_path: Path) -> None:
    texts = header((1,), "<U2") + struct.pack("<2I", 0xD800, 0x7FFFFFFF)
    path = zipped(tmp_path / "v.npz", {"t.npy": texts, "v.npy": npy_bytes(some_vectors(1, 2))})
    table = read_matrix(npz.FORMAT, path).table
    assert table is not None
    assert set(table["t"].item()) == {"\ufffd"}


def test_a_column_of_objects_is_left_out_with_a_word(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", v=some_vectors(2, 3), o=np.array([None, {}]))
    matrix = read_matrix(npz.FORMAT, tmp_path / "v.npz")
    assert matrix.table is None
    assert "'o' was left out" in matrix.problems[0].what


def test_one_broken_array_spoils_no_other(tmp_path: Path) -> None:
    members = {"a.npy": b"\x93NUMPY\x01", "b.npy": npy_bytes(some_vectors()), "c.txt": b"c"}
    path = zipped(tmp_path / "v.npz", members)
    assert "a.npy" in infos_of(npz.FORMAT, path)["a"].why_not
    assert np.array_equal(read_vectors(npz.FORMAT, path), some_vectors())


def test_several_matrices_must_be_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", queries=some_vectors(), keys=some_vectors())
    with pytest.raises(Unreadable, match="'queries', 'keys'"):
        read_matrix(npz.FORMAT, tmp_path / "v.npz")
    with pytest.raises(Unreadable, match=r"nearest there is: 'queries'"):
        read_matrix(npz.FORMAT, tmp_path / "v.npz", "query")


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = header((4000, 1000))
    path = zipped(tmp_path / "v.npz", {"v.npy": start + bytes(16_000_000)})
    assert path.stat().st_size < 50_000
    monkeypatch.setattr(memory, "_available_memory", lambda: 10 << 20)
    with pytest.raises(TooLarge, match="4,000 × 1,000"):
        read_matrix(npz.FORMAT, path)


def test_a_member_that_promises_too_much_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "v.npz", {"v.npy": npy_bytes(some_vectors())})
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 1 << 31)  # its size once unpacked
    path.write_bytes(bytes(data))
    assert "more bytes than it can hold" in infos_of(npz.FORMAT, path)["v"].why_not


def test_a_header_that_promises_more_than_its_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "v.npz", {"v.npy": header((1 << 40, 1 << 20)) + bytes(64)})
    assert "cut short" in infos_of(npz.FORMAT, path)["v"].why_not


def test_other_ways_of_packing_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "v.npz", {"v.npy": npy_bytes(some_vectors())}, zipfile.ZIP_BZIP2)
    assert "use deflate" in infos_of(npz.FORMAT, path)["v"].why_not


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "v.npz").write_bytes(data)
    with pytest.raises(ProjectorError, match="no sound ZIP"):
        infos_of(npz.FORMAT, tmp_path / "v.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@quick
@given(damage=damages())
def test_damaged_archives_are_read_or_refused(tmp_path: Path, save: object, damage: Damage) -> None:
    path = tmp_path / "v.npz"
    path.unlink(missing_ok=True)
    save(path, v=some_vectors(9, 4), names=np.array(list("abcdefghi")), f=np.ones((2, 3)).T)
    read_damaged(npz.FORMAT, path, damage(path.read_bytes()))
