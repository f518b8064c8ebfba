"""What the benchmark of projections lays out: handwritten digits, or else made-up clusters."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from projector.arrays import FloatArray

DIGITS = Path(__file__).resolve().parents[2] / "shared/data/mnist10k/images.npy"
N_DIMS = 50
_SHIFTS = ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 2))


def data_name() -> str:
    """What the vectors are, as the lines of the benchmark say it."""
    if DIGITS.is_file():
        return "MNIST"
    print(f"{DIGITS} is missing: made-up clusters take the digits' place", file=sys.stderr)
    return "made-up clusters"


def vectors_of(n: int) -> FloatArray:
    """n rows of 50 principal components, float32. Beyond 10,000 the same digits come again, moved
    by a pixel."""
    if not DIGITS.is_file():
        return _clusters(n)
    images = np.load(DIGITS).reshape(-1, 28, 28)
    n_copies = -(-n // len(images))
    if n_copies > len(_SHIFTS):
        raise ValueError(f"There are {len(images) * len(_SHIFTS):,} rows at most.")
    moved = [np.roll(images, shift, axis=(1, 2)) for shift in _SHIFTS[:n_copies]]
    rows = np.concatenate(moved).reshape(-1, 784)[:n].astype(np.float32) / 255
    return _components(rows)


def _components(rows: FloatArray) -> FloatArray:
    rows = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    axes = np.linalg.eigh((rows.T @ rows).astype(np.float64))[1][:, : -N_DIMS - 1 : -1]
    return np.ascontiguousarray(rows @ axes.astype(np.float32))


def _clusters(n: int) -> FloatArray:
    """Ten stretched clouds that touch, as the classes of digits do."""
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(10, N_DIMS)) * 2
    stretch = rng.gamma(1.0, 1.0, size=(10, N_DIMS))
    kind = rng.integers(0, 10, n)
    rows = centers[kind] + rng.normal(size=(n, N_DIMS)) * stretch[kind]
    return rows.astype(np.float32)
