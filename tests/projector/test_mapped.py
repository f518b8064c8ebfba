"""Memory of a mapped file goes back, and nothing is lost by it."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import pytest

from projector import mapped
from projector.embeddings.files import map_bytes
from projector.mapped import release

VALUES = np.arange(60_000, dtype=np.float32).reshape(-1, 6)


@pytest.fixture(autouse=True)
def small_files_are_released_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "_LEAST_BYTES", 1)


def test_released_blocks_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "v").write_bytes(VALUES.tobytes())
    vectors = map_bytes(tmp_path / "v", 0, VALUES.nbytes).view(np.float32).reshape(-1, 6)
    release(vectors[100:9000])
    assert (vectors == VALUES).all()
    release(vectors)
    assert (vectors == VALUES).all()


def test_files_mapped_by_numpy_are_released(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", VALUES)
    vectors = np.load(tmp_path / "v.npy", mmap_mode="r")
    release(vectors[5:9000])
    assert (vectors == VALUES).all()


@pytest.mark.parametrize("mode", ["c", "r+"])
def test_what_was_written_into_a_mapping_is_not_lost(tmp_path: Path, mode: str) -> None:
    np.save(tmp_path / "v.npy", VALUES)
    vectors = np.load(tmp_path / "v.npy", mmap_mode=mode)  # type: ignore[call-overload]
    vectors[50:] = -1
    read_only = vectors.view()
    read_only.setflags(write=False)
    release(read_only)
    assert (vectors[50:] == -1).all()


@pytest.mark.parametrize("array", [VALUES, VALUES[::2], VALUES.T, VALUES[:0]])
def test_plain_arrays_are_left_alone(array: np.ndarray) -> None:
    before = array.copy()
    release(array)
    assert (array == before).all()


def test_memory_that_belongs_to_no_file_is_left_alone() -> None:
    memory = mmap.mmap(-1, 1 << 20)
    array = np.frombuffer(memory, np.uint8)
    array[:] = 7
    release(array)
    assert (array == 7).all()
