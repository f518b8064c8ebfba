"""Reading vectors: arrays, raw floats, text, and files made to do harm."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest

from projector.arrays import FloatArray
from projector.embeddings import memory
from projector.embeddings.embedding import Source
from projector.embeddings.format import Matrix
from projector.embeddings.tensors import read_matrix
from projector.errors import NotFound, NothingToShow, ProjectorError, TooLarge, Unreadable
from projector.progress import finish


def read(path: Path, shape: tuple[int, int] | None = None) -> Matrix:
    return finish(read_matrix(Source(path.name, ".", path, shape=shape)))


def labels_of(matrix: Matrix) -> list[str] | None:
    """What stands beside the vectors, of its first column."""
    return None if matrix.table is None else [str(one) for one in matrix.table.to_series(0)]


def read_text(folder: Path, text: str | bytes, name: str = "v.tsv") -> Matrix:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(path)


def some_vectors(n: int = 50, d: int = 7) -> FloatArray:
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def npy_with_header(path: Path, header: str, n_bytes: int = 64) -> Path:
    data = header.encode()
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(data)) + data + b"\0" * n_bytes)
    return path


@pytest.mark.usefixtures("all_mapped")
def test_float32_rows_stay_in_the_file(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", some_vectors())
    vectors = read(tmp_path / "v.npy").vectors
    assert np.array_equal(vectors, some_vectors())
    assert not vectors.flags.owndata


@pytest.mark.parametrize("dtype", ["float64", "float16", "int8", "uint32", "bool", ">f4", ">i2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_other_arrays_become_float32(tmp_path: Path, dtype: str, order: str) -> None:
    array = np.asarray(some_vectors() * 10).astype(dtype, order="K")
    np.save(tmp_path / "v.npy", np.asarray(array, order=order))  # type: ignore[call-overload]
    tensors = read(tmp_path / "v.npy")
    assert np.array_equal(tensors.vectors, array.astype(np.float32))
    assert tensors.vectors.flags.c_contiguous
    assert tensors.dtype == array.dtype.name


def test_values_beyond_float32_are_counted(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([[1e300, 1.0], [np.inf, -1e200]]))
    tensors = read(tmp_path / "v.npy")
    assert tensors.vectors.tolist() == [[np.inf, 1.0], [np.inf, -np.inf]]
    assert tensors.problems[0].what.startswith("2 values")


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000)}", Unreadable),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999, 99)}", Unreadable),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2)}", Unreadable),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -2)}", Unreadable),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4)}", NothingToShow),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, 2)}", Unreadable),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}", Unreadable),
        ("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2)}", Unreadable),
        ("{'descr': '<U4', 'fortran_order': False, 'shape': (2, 2)}", Unreadable),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2)}", Unreadable),
        ("{'descr': '<f4', 'shape': (2, 2)}", Unreadable),
        ("__import__('os').getcwd()", Unreadable),
        ("(" * 9000, Unreadable),
        ("", Unreadable),
    ],
)
def test_malicious_headers_are_refused(
    tmp_path: Path, header: str, error: type[ProjectorError]
) -> None:
    with pytest.raises(error, match=r"v\.npy"):
        read(npy_with_header(tmp_path / "v.npy", header))


@pytest.mark.parametrize("data", [b"", b"\x93NUM", b"\x93NUMPY\x09\x00", b"\x93NUMPY\x02\x00\xff"])
def test_stumps_of_arrays_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "v.npy").write_bytes(data)
    with pytest.raises(Unreadable):
        read(tmp_path / "v.npy")


def test_arrays_of_other_writers_are_read_or_refused(fixtures: Path) -> None:
    for path in sorted((fixtures / "array_files" / "npy").glob("*.npy")):
        try:
            array = np.load(path, allow_pickle=False)
        except ValueError:
            array = np.array(0)
        if array.ndim == 2 and array.size and array.dtype.kind in "fiub":
            assert np.array_equal(read(path).vectors, array.astype(np.float32)), path.name
        else:
            with pytest.raises(ProjectorError):
                read(path)


def test_raw_floats_need_a_shape(tmp_path: Path) -> None:
    (tmp_path / "v.bytes").write_bytes(some_vectors().tobytes())
    assert np.array_equal(read(tmp_path / "v.bytes", (50, 7)).vectors, some_vectors())
    with pytest.raises(Unreadable, match="tensor_shape"):
        read(tmp_path / "v.bytes")


@pytest.mark.parametrize("shape", [(50, 8), (49, 7), (1 << 60, 1 << 60)])
def test_a_shape_of_another_size_is_refused(tmp_path: Path, shape: tuple[int, int]) -> None:
    (tmp_path / "v.bytes").write_bytes(some_vectors().tobytes())
    with pytest.raises(Unreadable, match="1,400 bytes"):
        read(tmp_path / "v.bytes", shape)


def test_raw_floats_are_known_by_their_size_whatever_their_name(tmp_path: Path) -> None:
    (tmp_path / "v.tsv").write_bytes(some_vectors().tobytes())
    assert np.array_equal(read(tmp_path / "v.tsv", (50, 7)).vectors, some_vectors())


def test_text_gives_every_bit_back(tmp_path: Path) -> None:
    bits = np.random.default_rng(1).integers(0, 1 << 32, 30_000, dtype=np.uint32)
    vectors = bits.view(np.float32)
    vectors = vectors[np.isfinite(vectors)][:29_000].reshape(-1, 10)
    lines = ("\t".join(map(repr, row)) for row in vectors.tolist())
    assert np.array_equal(read_text(tmp_path, "\n".join(lines)).vectors, vectors)


@pytest.mark.parametrize(
    "text",
    [
        "1\t2\n3\t4",
        "1\t2\r\n3\t4\r\n",
        "1\t2\r3\t4\r",
        "\ufeff1\t2\n3\t4\n",
        "\n1\t2\n\n\n3\t4\n \n",
        " 1 \t2\n3\t 4\n",
        "1e0\t+2.\n.3e1\t4_0e-1\n",
        "a\tb\n1\t2\n3\t4\n",
        "1,2\n3,4\n",
        "1;2\n3;4\n",
        "1 2\n3 4\n",
        "  1  2\n 3   4\n",
        "\nx\ty\n\n1\t2\n3\t4\n",
    ],
)
def test_common_ways_to_write_numbers_are_read(tmp_path: Path, text: str) -> None:
    tensors = read_text(tmp_path, text)
    assert tensors.vectors.tolist() == [[1, 2], [3, 4]]
    assert labels_of(tensors) is None


@pytest.mark.parametrize(
    "text",
    ["cat\t1\t2\ndog\t3\t4\n", "x\ty\ncat\t1\t2\ndog\t3\t4\n", "word\tx\ty\ncat\t1\t2\ndog\t3\t4"],
)
def test_a_leading_column_of_labels_is_kept(tmp_path: Path, text: str) -> None:
    tensors = read_text(tmp_path, text)
    assert tensors.vectors.tolist() == [[1, 2], [3, 4]]
    assert labels_of(tensors) == ["cat", "dog"]


def test_numbers_that_are_not_finite_are_kept(tmp_path: Path) -> None:
    vectors = read_text(tmp_path, "nan\tinf\n-Infinity\t1e39\n").vectors
    assert np.isnan(vectors[0, 0])
    assert vectors.ravel()[1:].tolist() == [np.inf, -np.inf, np.inf]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1\t2\t3\n4\t5\n6\t7\t8\n", "line 2: 2 values"),
        ("1\t2\n3\t4\n5\t6\t7\n", "line 3: 3 values"),
        ("1\t2\n\n3\tx\n", "line 3: 'x' is not a number"),
        ("a\tb\n1\t2\nc\t3\n", "line 3: 'c' is not a number"),
        ("a\tb\nc\td\n", "line 2: 'd' is not a number"),
    ],
)
def test_the_faulty_line_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_text(tmp_path, text)


def test_a_faulty_line_far_down_is_named(tmp_path: Path) -> None:
    text = "1.25\t2.5\n" * 600_000
    with pytest.raises(Unreadable, match="line 600001: 'x'"):
        read_text(tmp_path, text + "1\tx\n")


@pytest.mark.parametrize("text", ["", "\n\n", "a\tb\n"])
def test_text_without_numbers_is_nothing_to_show(tmp_path: Path, text: str) -> None:
    with pytest.raises(NothingToShow):
        read_text(tmp_path, text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="UTF-8"):
        read_text(tmp_path, b"\xff\xfe1\x00\t\x002\x00")


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read(tmp_path / "v.npy")


def test_what_does_not_fit_into_memory_is_refused_with_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_physical_memory", lambda: 1000)
    np.save(tmp_path / "v.npy", np.zeros((50, 7)))
    with pytest.raises(TooLarge, match="50 × 7"):
        read(tmp_path / "v.npy")


def test_a_size_that_is_no_number_is_refused(tmp_path: Path) -> None:
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (True, 3)}\n"
    with pytest.raises(Unreadable, match="promises"):
        read(npy_with_header(tmp_path / "v.npy", header))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of Unix")
@pytest.mark.parametrize("name", ["v.tsv", "v.npy", "v.bytes"])
def test_a_pipe_is_not_waited_on(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(Unreadable, match="no plain file"):
        read(tmp_path / name, (2, 2))


def test_rows_too_wide_for_a_table_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polars.read_csv", None)
    row = "\t".join(["1.5"] * 20_000)
    assert read_text(tmp_path, f"{row}\n{row}\n").vectors.shape == (2, 20_000)
