"""Principal components agree with scikit-learn's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from projector.arrays import FloatArray
from projector.errors import InvalidChoice, NothingToShow
from projector.progress import finish
from projector.projections import pca
from projector.projections.pca import Pca, fit_pca


def correlated(n: int, d: int, rank: int = 12) -> FloatArray:
    """Points near a flat of some rank, with clearly different variances."""
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(n, rank)) * 0.7 ** np.arange(rank) @ rng.normal(size=(rank, d))
    return (flat + 0.01 * rng.normal(size=(n, d)) + 5).astype(np.float32)


def assert_like_sklearn(
    ours: Pca, vectors: FloatArray, tolerance: float = 1e-5, solver: str = "full"
) -> None:
    theirs = PCA(len(ours.components), svd_solver=solver).fit(vectors.astype(np.float64))
    signs = np.sign((theirs.components_ * ours.components).sum(axis=1))
    components = theirs.components_ * signs[:, None]
    positions = theirs.transform(vectors) * signs
    scale = np.abs(positions).max()
    np.testing.assert_allclose(ours.components, components, atol=tolerance)
    np.testing.assert_allclose(ours.variance_ratio, theirs.explained_variance_ratio_, atol=1e-7)
    np.testing.assert_allclose(ours.positions / scale, positions / scale, atol=tolerance)
    np.testing.assert_allclose(ours.mean, theirs.mean_, atol=1e-9 * scale)


@pytest.mark.parametrize(
    "shape", [(500, 20), (30, 20), (21, 20), (20, 30), (3, 30), (2, 5), (40, 2), (5, 1), (60, 5000)]
)
def test_exact_components_are_those_of_scikit_learn(shape: tuple[int, int]) -> None:
    vectors = correlated(*shape)
    wanted = min(10, *shape) - (shape[0] <= shape[1])  # the last has no variance, so no direction
    found = finish(fit_pca(vectors, wanted))
    assert found.is_exact
    assert_like_sklearn(found, vectors)


def test_digits_are_projected_like_scikit_learn() -> None:
    vectors = load_digits().data.astype(np.float32)
    assert_like_sklearn(finish(fit_pca(vectors)), vectors)


def test_mnist_is_projected_like_scikit_learn(fixtures: Path) -> None:
    images = np.load(fixtures.parent / "data" / "mnist10k" / "images.npy")
    vectors = images.astype(np.float32)
    assert_like_sklearn(finish(fit_pca(vectors)), vectors, solver="covariance_eigh")


def test_components_far_from_the_origin_are_as_exact() -> None:
    vectors = load_digits().data.astype(np.float32) + np.float32(10_000)
    assert_like_sklearn(finish(fit_pca(vectors, 5)), vectors)


def test_beyond_the_limit_components_are_near_and_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pca, "EXACT_LIMIT", 50)
    vectors = correlated(400, 120)
    found = finish(fit_pca(vectors, 6))
    assert not found.is_exact
    assert_like_sklearn(found, vectors, tolerance=1e-4)


def test_components_have_fixed_signs() -> None:
    components = finish(fit_pca(correlated(100, 20))).components
    peaks = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    assert (peaks > 0).all()


def test_rows_that_are_not_finite_take_no_part() -> None:
    whole = correlated(60, 8)
    vectors = np.insert(whole, [0, 30, 60], whole[:3], axis=0)
    rows = np.array([0, 31, 62])
    vectors[rows, [1, 2, 3]] = [np.nan, np.inf, -np.inf]
    found = finish(fit_pca(vectors, 5))
    assert np.isnan(found.positions[rows]).all()
    assert found.n_left_out == 3
    np.testing.assert_allclose(
        np.delete(found.positions, rows, axis=0), finish(fit_pca(whole, 5)).positions, atol=1e-5
    )


def test_no_finite_row_is_nothing_to_show() -> None:
    with pytest.raises(NothingToShow):
        finish(fit_pca(np.full((3, 2), np.nan, np.float32)))


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (2, 1), (1, 5000), (4, 5000)])
def test_equal_points_lie_in_the_middle(shape: tuple[int, int]) -> None:
    found = finish(fit_pca(np.full(shape, 7, np.float32)))
    assert (found.positions == 0).all()
    assert (found.variance_ratio == 0).all()


def test_a_file_on_disk_need_not_be_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", correlated(300, 9))
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    assert_like_sklearn(finish(fit_pca(mapped, 4)), correlated(300, 9))


def test_the_work_rises_to_its_end() -> None:
    done = [progress.done for progress in fit_pca(correlated(5000, 300))]
    known = [value for value in done if value is not None]
    assert known == sorted(known)
    assert known[-1] == pytest.approx(1.0)


def test_new_rows_fall_where_scikit_learn_puts_them() -> None:
    vectors = load_digits().data.astype(np.float32)
    ours, theirs = finish(fit_pca(vectors[:1000], 6)), PCA(6, svd_solver="full")
    theirs.fit(vectors[:1000].astype(np.float64))
    signs = np.sign((theirs.components_ * ours.components).sum(axis=1))
    placed = ours.transform(vectors[1000:])
    np.testing.assert_allclose(placed, theirs.transform(vectors[1000:]) * signs, atol=1e-4)
    np.testing.assert_allclose(ours.transform(vectors[:1000]), ours.positions, atol=1e-5)


def test_new_rows_that_are_not_finite_fall_nowhere() -> None:
    found = finish(fit_pca(correlated(50, 4), 2))
    placed = found.transform(np.array([[1, 2, 3, np.nan], [1, 2, 3, 4]], np.float32))
    assert np.isnan(placed[0]).all()
    assert np.isfinite(placed[1]).all()


def test_new_rows_of_another_length_are_refused() -> None:
    found = finish(fit_pca(correlated(50, 4), 2))
    with pytest.raises(InvalidChoice, match="4 values"):
        found.transform(correlated(5, 3))


def test_any_component_is_that_of_scikit_learn() -> None:
    vectors = load_digits().data.astype(np.float32)
    assert_like_sklearn(finish(fit_pca(vectors, 61)), vectors, tolerance=1e-4)


@pytest.mark.parametrize("operations", [1 << 12, 1 << 16])
def test_a_covariance_made_in_strips_is_the_same(
    operations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pca, "_OPERATIONS", operations)
    vectors = correlated(600, 70)
    assert_like_sklearn(finish(fit_pca(vectors, 8)), vectors)


_MEASURE = """
import resource, sys
from pathlib import Path
import numpy as np
from projector.embeddings.files import map_bytes
from projector.progress import finish
from projector.projections.pca import fit_pca

finish(fit_pca(np.ones((500, 128), np.float32), 3))
vectors = map_bytes(Path(sys.argv[1]), 0, 128 << 20).view(np.float32).reshape(-1, 128)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
finish(fit_pca(vectors, 3))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is told in other units elsewhere")
def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "vectors"
    with file.open("wb") as out:
        out.write(correlated(5000, 128).tobytes())
        out.truncate(128 << 20)
    command = [sys.executable, "-c", _MEASURE, str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert int(told) < 48 << 10  # KB
