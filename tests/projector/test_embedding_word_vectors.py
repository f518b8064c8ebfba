"""Word vectors: word2vec's text and binary files, GloVe's text, and words with blanks in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from projector.arrays import FloatArray
from projector.embeddings import pieces, word_vectors
from projector.embeddings.format import Matrix
from projector.embeddings.word_vectors import WORD_BINARY, WORD_TEXT
from projector.errors import NothingToShow, ProjectorError, TooLarge, Unreadable
from tests.projector.array_reading import (
    Damage,
    damages,
    infos_of,
    quick,
    read_damaged,
    read_matrix,
    some_vectors,
)

WORDS = ["the", "New York", "naïve", ". . .", "5", "1 2"]


def text_of(vectors: FloatArray, words: list[str] = WORDS, end: str = "") -> str:
    rows = zip(words, vectors.tolist(), strict=True)
    return "".join(f"{word} {' '.join(map(repr, row))}{end}\n" for word, row in rows)


def binary_of(vectors: FloatArray, words: list[str] = WORDS, end: bytes = b"\n") -> bytes:
    n, d = vectors.shape
    rows = zip(words, vectors, strict=True)
    joined = (word.replace(" ", "_").encode() + b" " + row.tobytes() + end for word, row in rows)
    return f"{n} {d}\n".encode() + b"".join(joined)


def words_of(matrix: Matrix) -> list[str]:
    assert matrix.table is not None
    return matrix.table["word"].to_list()


@pytest.mark.parametrize("name", ["glove_format.txt", "word2vec_format.txt"])
def test_real_word_vectors_are_read(fixtures: Path, name: str) -> None:
    path = fixtures / "array_files" / "text" / name
    assert WORD_TEXT.is_one(path, path.read_bytes()[:4096])
    matrix = read_matrix(WORD_TEXT, path)
    expected = np.load(fixtures / "array_files" / "npy" / "words_float16.npy")[:50]
    assert matrix.vectors.shape == (50, 384)
    assert np.allclose(matrix.vectors, expected, atol=1e-4)
    assert words_of(matrix)[:2] == ["UNK", "the"]
    assert matrix.problems == ()


@pytest.mark.parametrize("end", ["", " "])
@pytest.mark.parametrize("has_sizes", [True, False])
def test_words_may_hold_blanks(tmp_path: Path, end: str, has_sizes: bool) -> None:
    vectors = some_vectors(6, 4)
    (tmp_path / "v.txt").write_text("6 4\n" * has_sizes + text_of(vectors, WORDS, end), "utf-8")
    matrix = read_matrix(WORD_TEXT, tmp_path / "v.txt")
    assert np.array_equal(matrix.vectors, vectors)
    assert words_of(matrix) == WORDS
    assert matrix.problems == ()


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_binary_word_vectors_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes, pack: object
) -> None:
    monkeypatch.setattr(word_vectors, "PIECE_BYTES", 50)
    vectors = some_vectors(6, 4)
    path = tmp_path / ("v.bin" if pack is bytes else "v.bin.gz")
    path.write_bytes(pack(binary_of(vectors, end=end)))
    assert WORD_BINARY.is_one(path, path.read_bytes()[:4096])
    assert infos_of(WORD_BINARY, path)[""].shape == (6, 4)
    matrix = read_matrix(WORD_BINARY, path)
    assert np.array_equal(matrix.vectors, vectors)
    assert words_of(matrix) == [word.replace(" ", "_") for word in WORDS]


def test_a_file_that_is_cut_short_keeps_its_whole_words(tmp_path: Path) -> None:
    (tmp_path / "v.bin").write_bytes(binary_of(some_vectors(6, 4))[:-30])
    matrix = read_matrix(WORD_BINARY, tmp_path / "v.bin")
    assert matrix.vectors.shape == (4, 4)
    assert "promises 6 words, the file holds 4" in matrix.problems[0].what
    (tmp_path / "v.vec").write_text("9 4\n" + text_of(some_vectors(6, 4)), "utf-8")
    assert "promises 9 words" in read_matrix(WORD_TEXT, tmp_path / "v.vec").problems[0].what


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Unreadable),
        (b"2 3\n", NothingToShow),
        (b"cat 1 2\n", Unreadable),
        (b"2 3\n" + b"x" * 20_000, Unreadable),
        (b"999999999999 9999999\ncat \0\0\0\0", NothingToShow),
    ],
)
def test_what_holds_no_words_is_refused(
    tmp_path: Path, data: bytes, error: type[ProjectorError]
) -> None:
    (tmp_path / "v.bin").write_bytes(data)
    with pytest.raises(error, match=r"v\.bin"):
        read_matrix(WORD_BINARY, tmp_path / "v.bin")


@pytest.mark.parametrize("text", ["", "2 3\n", "one two\nthree four\n"])
def test_text_without_word_vectors_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "v.vec").write_text(text)
    with pytest.raises((Unreadable, NothingToShow, TooLarge)):
        read_matrix(WORD_TEXT, tmp_path / "v.vec")


@pytest.mark.parametrize(
    "text", ["1 2 3\n4 5 6\n", "a\t1\t2\n", "a,1,2\n", "1 2\n3 4\n", "some text here\n"]
)
def test_other_text_is_left_to_others(text: str) -> None:
    assert not WORD_TEXT.is_one(Path("v.txt"), text.encode())


@pytest.mark.parametrize("kind", ["v.vec", "v.bin"])
@quick
@given(damage=damages())
def test_damaged_word_vectors_are_read_or_refused(
    tmp_path: Path, kind: str, damage: Damage
) -> None:
    vectors = some_vectors(6, 4)
    data = binary_of(vectors) if kind == "v.bin" else ("6 4\n" + text_of(vectors)).encode()
    read_damaged(WORD_BINARY if kind == "v.bin" else WORD_TEXT, tmp_path / kind, damage(data))


def test_pieces_of_text_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", 200)
    vectors = some_vectors(60, 4)
    (tmp_path / "v.txt").write_text(text_of(vectors, WORDS * 10), "utf-8")
    matrix = read_matrix(WORD_TEXT, tmp_path / "v.txt")
    assert np.array_equal(matrix.vectors, vectors)
    assert words_of(matrix) == WORDS * 10
