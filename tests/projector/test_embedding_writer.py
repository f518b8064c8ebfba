"""What the writer writes, the reader reads, and TensorBoard would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from projector.embeddings.embedding import Embedding
from projector.embeddings.find import find_sources
from projector.embeddings.reader import read_embedding
from projector.embeddings.writer import write_embedding
from projector.errors import InvalidChoice
from projector.logs.series import Logs
from projector.progress import finish

VECTORS = np.random.default_rng(0).normal(size=(10, 4)).astype(np.float32)


def read_all(folder: Path) -> list[Embedding]:
    found = finish(find_sources(folder, Logs(folder)))
    assert found.problems == ()
    return [finish(read_embedding(source)) for source in found.sources]


def test_all_comes_back(tmp_path: Path) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (10, 5, 7, 3), dtype=np.uint8)
    columns = {"digit": range(10), "name": [f"n{i}" for i in range(10)]}
    write_embedding(tmp_path, VECTORS, metadata=columns, pictures=pictures, step=3, name="a/b c")
    (embedding,) = read_all(tmp_path)
    assert (embedding.source.name, embedding.source.step) == ("a/b c", 3)
    assert np.array_equal(embedding.vectors, VECTORS)
    assert embedding.metadata is not None
    assert embedding.metadata.to_dict(as_series=False) == {k: list(v) for k, v in columns.items()}
    assert embedding.sprites is not None
    for point in range(10):
        assert np.array_equal(embedding.sprites.picture(point)[..., :3], pictures[point])
    assert embedding.problems == ()


def test_each_call_adds_one_and_replaces_its_own(tmp_path: Path) -> None:
    for step in (1, 2, 2):
        write_embedding(tmp_path, VECTORS * step, step=step, name="h")
    write_embedding(tmp_path, VECTORS, name='say "hi"\\')
    found = [(e.source.name, e.source.step) for e in read_all(tmp_path)]
    assert found == [("h", 1), ("h", 2), ('say "hi"\\', 0)]


@pytest.mark.parametrize(
    ("metadata", "column"),
    [
        (["a\tb", "c\nd", *"efghijkl"], ["a b", "c d", *"efghijkl"]),
        ({"only": list("abcdefghij")}, list("abcdefghij")),
        (range(10), list(range(10))),
    ],
)
def test_one_column_needs_no_header(tmp_path: Path, metadata: object, column: list[object]) -> None:
    write_embedding(tmp_path, VECTORS, metadata=metadata)  # type: ignore[arg-type]
    (embedding,) = read_all(tmp_path)
    assert embedding.metadata is not None
    assert embedding.metadata["label"].to_list() == column


def test_values_that_are_not_finite_come_back(tmp_path: Path) -> None:
    vectors = np.array([[np.nan, 1], [np.inf, -np.inf]], np.float32)
    write_embedding(tmp_path, vectors)
    assert np.array_equal(read_all(tmp_path)[0].vectors, vectors, equal_nan=True)


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidChoice):
        write_embedding(tmp_path, VECTORS, name=name)


def test_lengths_must_agree(tmp_path: Path) -> None:
    with pytest.raises(InvalidChoice, match="9 rows, but there are 10"):
        write_embedding(tmp_path, VECTORS, metadata=list("abcdefghi"))
