"""What the tests of array files share: reading all of a file, the manifest, and damage."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from projector.arrays import FloatArray
from projector.embeddings import convert, memory
from projector.embeddings.embedding import Source
from projector.embeddings.format import Format, Matrix, TensorInfo
from projector.errors import ProjectorError
from projector.progress import finish
from tests.conftest import SHARED

quick = settings(
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

Damage = Callable[[bytes], bytes]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few rows are converted in several blocks."""
    monkeypatch.setattr(convert, "BLOCK_VALUES", 100)


def some_vectors(n: int = 50, d: int = 7) -> FloatArray:
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def infos_of(format: Format, path: Path) -> dict[str, TensorInfo]:
    return {info.key: info for info in finish(format.tensors(path))}


def read_matrix(
    format: Format, path: Path, key: str = "", shape: tuple[int, int] | None = None
) -> Matrix:
    return finish(format.read(Source("v", ".", path, key=key, shape=shape)))


def read_vectors(format: Format, path: Path, key: str = "") -> FloatArray:
    return read_matrix(format, path, key).vectors


def manifest_of(folder: str) -> dict[str, Any]:
    """What numpy, torch, safetensors and h5py read from a folder of arrays, by file."""
    path = SHARED / "fixtures" / "MANIFEST.json"
    if not path.is_file():
        return {}
    files = json.loads(path.read_text("utf-8"))["folders"]["array_files"]["array_files"]
    return {name: entry for name, entry in files.items() if name.startswith(folder)}


def is_embedding(array: dict[str, Any]) -> bool:
    names = ("float", "int", "uint", "bool", "bfloat", ">f", "<f", ">i", "<i")
    is_real = array["dtype"].startswith(names)
    return len(array["shape"]) == 2 and 0 not in array["shape"] and is_real


def check_against_manifest(vectors: FloatArray, array: dict[str, Any]) -> None:
    assert list(vectors.shape) == array["shape"]
    values = vectors.ravel()
    assert np.allclose(values[: len(array["first"])], array["first"], rtol=1e-6, atol=0)
    assert np.allclose(values[-len(array["last"]) :], array["last"], rtol=1e-6, atol=0)
    assert np.isclose(values.sum(dtype=np.float64), array["sum"], rtol=1e-6)


@st.composite
def damages(draw: st.DrawFn) -> Damage:
    """A few bytes are another, or the end is gone, or something is in between."""
    places = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255))
    spots = draw(st.lists(places, max_size=4))
    kept = draw(st.one_of(st.just(1.0), st.floats(0, 1)))
    inserted = draw(st.one_of(st.just(b""), st.binary(max_size=12)))

    def damage(data: bytes) -> bytes:
        changed = bytearray(data)
        for place, value in spots:
            changed[int(place * len(changed))] = value
        at = int(kept * len(changed))
        return bytes(changed[:at]) + (inserted + bytes(changed[at:]) if kept < 0.5 else inserted)

    return damage


def read_damaged(format: Format, path: Path, data: bytes) -> None:
    """Read all there is, when a hundred megabytes are free: it is read or refused, and never is
    much more taken than that."""
    path.unlink(missing_ok=True)  # a new file, as the old one may still be mapped
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "_available_memory", lambda: 100 << 20)
        tracemalloc.start()
        try:
            _read_all(format, path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 200 << 20


def _read_all(format: Format, path: Path) -> None:
    format.is_one(path, path.read_bytes()[:4096])
    try:
        infos = finish(format.tensors(path))
    except ProjectorError:
        return
    for info in infos[:20]:
        try:
            matrix = read_matrix(format, path, info.key)
        except ProjectorError:
            continue
        assert matrix.vectors.dtype == np.float32
        assert matrix.vectors.ndim == 2
        assert not matrix.vectors.flags.writeable
