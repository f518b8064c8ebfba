"""Where the points of a t-SNE lie at first."""

from __future__ import annotations

import math

import numpy as np

from projector.arrays import FloatArray, MaskArray
from projector.progress import Work
from projector.projections.contract import Inputs
from projector.projections.points import find_components

SPREAD = 1e-4
"""Standard deviation along the first axis: so small that all pairs repel alike (Kobak & Berens)."""


def random_start(n: int, n_dims: int, seed: int) -> FloatArray:
    """float32 (n, n_dims), a small Gaussian cloud."""
    rng = np.random.default_rng([seed, 0])
    return rng.normal(0.0, SPREAD, (n, n_dims)).astype(np.float32)


def pca_start(inputs: Inputs, mask: MaskArray, n_dims: int, seed: int) -> Work[FloatArray]:
    """float32 (rows in mask, n_dims): principal components, scaled down to a small cloud.

    A little noise parts duplicates, and stands in for components that don't exist.
    """
    components = yield from find_components(inputs, n_dims)
    found = components[mask].astype(np.float64)
    noise = random_start(len(found), n_dims, seed)
    start = 0.01 * noise
    scale = float(found[:, 0].std()) if found.size else 0.0
    if not (scale > 0 and math.isfinite(scale)):
        return noise
    c = found.shape[1]
    start[:, :c] += (found * (SPREAD / scale)).astype(np.float32)
    start[:, c:] *= 10
    return start


def given_start(given: FloatArray, mask: MaskArray, n_dims: int, seed: int) -> FloatArray:
    """float32 (rows in mask, n_dims): a layout to go on from, centered.

    Points it does not know (NaN) begin in its middle; one far wider than t-SNE makes them, such as
    of principal components, is drawn together.
    """
    start = given[mask].astype(np.float64)
    is_known = np.isfinite(start).all(axis=1)
    noise = random_start(len(start), n_dims, seed)
    if not is_known.any():
        return noise
    start -= start[is_known].mean(axis=0)
    spread = float(np.sqrt(np.square(start[is_known]).mean()))
    if spread > 100 + 2 * math.sqrt(len(start)):
        start /= spread
        spread = 1.0
    start[~is_known] = noise[~is_known] * (0.01 * spread / SPREAD)
    return start.astype(np.float32)
