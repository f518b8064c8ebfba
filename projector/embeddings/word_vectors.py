"""Reads word vectors: word2vec's text and binary files, fastText's .vec, and GloVe's text.

In text, each line has a word and its numbers, between blanks; a word may itself hold blanks, so the
numbers are counted from the right. word2vec and fastText start with a line of two numbers: how many
words, and how many values each. In the binary file each word and a blank are followed by float32.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from projector.arrays import frozen
from projector.embeddings.delimited import read_with_layout
from projector.embeddings.embedding import Source
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.embeddings.layout import NUMBER, TEXT, Layout
from projector.embeddings.memory import check_fits
from projector.embeddings.metadata import label_table
from projector.embeddings.pieces import (
    PIECE_BYTES,
    done,
    first_lines,
    has_suffix,
    is_gzip,
    opened_stream,
)
from projector.embeddings.rows import lines_of
from projector.errors import NothingToShow, Problem, Unreadable
from projector.progress import Progress, Work

TEXT_SUFFIXES = (".vec", ".txt")
BINARY_SUFFIXES = (".bin",)

_SIZES = re.compile(rb"\s*(\d{1,12})[ \t]+(\d{1,7})\s*?\n")
_LONGEST_WORD = 10_000
_BEST_RATIO = 1032  # of deflate, on zeros
_SAMPLE_LINES = 100


def _sizes(start: bytes) -> tuple[int, int] | None:
    """(words, values each) in the first line, where it is one of two numbers."""
    match = _SIZES.match(start.removeprefix(b"\xef\xbb\xbf"))
    if match is None or not int(match[1]) or not int(match[2]):
        return None
    return int(match[1]), int(match[2])


def _text_layout(path: Path) -> Work[tuple[Layout, tuple[int, int] | None]]:
    """How the text is to be read, and what its first line promises. Raises Unreadable."""
    with opened_stream(path) as stream:
        piece = yield from first_lines(stream, path)
    sizes = _sizes(piece)
    lines = [line for line in islice(lines_of(piece), _SAMPLE_LINES) if line.strip()]
    if not lines[sizes is not None :]:
        raise NothingToShow(f"{path} holds no words.")
    d = _n_numbers(lines[sizes is not None :]) if sizes is None else sizes[1]
    if not d or d > 1 << 20:
        raise Unreadable(f"{path} holds no lines of a word and its numbers.")
    are_loose = any(line != line.strip() or "  " in line for line in lines)
    names = ("word", *[""] * d)
    layout = Layout(
        None if are_loose else " ",
        names,
        (TEXT, *[NUMBER] * d),
        has_header=sizes is not None,
        has_comments=False,
        has_loose_words=True,
    )
    return layout, sizes


def _n_numbers(lines: list[str]) -> int:
    """Values a word, by most of the lines; 0 where they are none."""
    counts = Counter(sum(1 for _ in _last_numbers(line)) for line in lines)
    return counts.most_common(1)[0][0]


def _last_numbers(line: str) -> Iterator[float]:
    """The numbers at the end of a line; its first cell is none of them."""
    for cell in reversed(line.split(" ")[1:]):
        if not cell:
            continue
        try:
            yield float(cell)
        except ValueError:
            return


def _read_text(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    layout, sizes = yield from _text_layout(path)
    matrix = yield from read_with_layout(path, layout)
    n = len(matrix.vectors)
    problems = matrix.problems + _told(path, sizes[0] if sizes else n, n)
    return Matrix(matrix.vectors, matrix.dtype, matrix.table, problems)


def _text_tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    yield Progress(None, f"Looking into {path.name}")
    _, sizes = yield from _text_layout(path)
    return (TensorInfo("", sizes or (0, 0), "float32"),)


def _told(path: Path, n_promised: int, n: int) -> tuple[Problem, ...]:
    if n_promised == n:
        return ()
    return (Problem(path, f"The first line promises {n_promised:,} words, the file holds {n:,}."),)


def _is_text(path: Path, start: bytes) -> bool:
    """By the suffix .vec, else by lines of a word and at least two numbers between blanks."""
    if b"\0" in start:
        return False
    if has_suffix(path, (".vec",)):
        return True
    lines = start.decode("utf-8", "replace").split("\n")
    first = lines[0]
    if _sizes(start):
        below = [line for line in lines[1:2] if line.strip()]
        return bool(below) and _is_word_line(below[0], len(lines) > 2)
    return "\t" not in first and "," not in first and _is_word_line(first, len(lines) > 1)


def _is_word_line(line: str, is_whole: bool) -> bool:
    cells = line.strip().split(" ")
    numbers = cells[1:] if is_whole else cells[1:-1]
    n = sum(1 for _ in _last_numbers(" ".join(("", *numbers))))
    return n >= 2 and not _is_number(cells[0]) and n >= len(numbers) - 3


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _binary_sizes(path: Path) -> tuple[int, int]:
    with opened_stream(path) as stream:
        sizes = _sizes(stream.read(64))
    if sizes is None:
        raise Unreadable(f"{path} is no word2vec file: it doesn't start with two numbers.")
    return sizes


def _binary_tensors(path: Path) -> Work[tuple[TensorInfo, ...]]:
    yield Progress(None, f"Looking into {path.name}")
    return (TensorInfo("", _binary_sizes(path), "float32"),)


def _read_binary(source: Source) -> Work[Matrix]:
    path = source.tensor_path
    n_promised, d = _binary_sizes(path)
    size = path.stat().st_size * (_BEST_RATIO if is_gzip(path) else 1)
    n_most = min(n_promised, size // (4 * d + 1) + 1)
    check_fits(n_most * (d * 4 + 150), f"{path} with {n_most:,} × {d:,} values")
    vectors = np.empty((n_most, d), "<f4")
    words: list[str] = []
    with opened_stream(path) as stream:
        stream.readline(64)
        yield from _fill(path, stream, vectors, words)
    n = len(words)
    if not n:
        raise NothingToShow(f"{path} holds no whole word.")
    kept = frozen(vectors[:n].astype(np.float32, copy=False))
    return Matrix(
        kept, "float32", label_table(words).rename({"label": "word"}), _told(path, n_promised, n)
    )


def _fill(
    path: Path,
    stream: BinaryIO,
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    words: list[str],
) -> Work[None]:
    """Read words and their values until the room or the file ends."""
    n_most, d = vectors.shape
    width = 4 * d
    target = vectors.view(np.uint8).reshape(-1).data
    rest = b""
    while len(words) < n_most and (piece := stream.read(max(PIECE_BYTES, width))):
        data = rest + piece
        at = 0
        while len(words) < n_most:
            blank = data.find(b" ", at, at + _LONGEST_WORD)
            if blank < 0 and len(data) - at > _LONGEST_WORD:
                raise Unreadable(f"{path} is no word2vec file: word {len(words) + 1:,} has no end.")
            if blank < 0 or blank + 1 + width > len(data):
                break
            row = len(words) * width
            target[row : row + width] = data[blank + 1 : blank + 1 + width]
            words.append(data[at:blank].decode("utf-8", "replace").lstrip("\n"))
            at = blank + 1 + width
        rest = data[at:]
        yield Progress(done(stream, path), f"Reading {path.name}")


def _is_binary(path: Path, start: bytes) -> bool:
    """By the first line, and what is no text after it."""
    if is_gzip(path):
        return has_suffix(path, BINARY_SUFFIXES)
    return _sizes(start) is not None and (b"\0" in start or not _is_utf8(start))


def _is_utf8(start: bytes) -> bool:
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(start) - 3
    return True


WORD_TEXT = Format("word vectors (text)", TEXT_SUFFIXES, _is_text, _text_tensors, _read_text)
WORD_BINARY = Format("word2vec", BINARY_SUFFIXES, _is_binary, _binary_tensors, _read_binary)
