"""From a spanning tree to clusters: single linkage, the condensed tree, and what is kept of it
(Campello, Moulavi and Sander 2013; McInnes and Healy 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.clusters.contract import Selection


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A spanning tree of n points. a, b: int64 (n - 1,), its edges, shortest first. lengths:
    float64, rising."""

    a: IntArray
    b: IntArray
    lengths: DoubleArray


@dataclass(frozen=True, slots=True, eq=False)
class _Condensed:
    """Of points: owners int64, fell float64 (n,). Of clusters, the first of which holds all: the
    others' fields, (m,), as in kernels.condense."""

    owners: IntArray
    fell: DoubleArray
    parents: IntArray
    stability: DoubleArray
    deaths: DoubleArray


def cut(tree: Tree, least_size: int, selection: Selection) -> tuple[NDArray[np.int32], FloatArray]:
    """labels int32 (n,), -1 for noise, and strength float32 (n,), 0..1."""
    condensed = _condensed(tree, least_size)
    chosen = _kept(condensed, selection)
    own = chosen[condensed.owners]
    labels = own.astype(np.int32)
    deaths = condensed.deaths[np.maximum(own, 0)]
    strength = np.minimum(condensed.fell, deaths) / np.where(deaths > 0, deaths, 1.0)
    strength[deaths == 0] = 1.0
    strength[own < 0] = 0.0
    return labels, strength.astype(np.float32)


def _condensed(tree: Tree, least_size: int) -> _Condensed:
    from projector.clusters import kernels

    n = len(tree.a) + 1
    left, right = np.empty(n - 1, np.int64), np.empty(n - 1, np.int64)
    sizes = np.ones(2 * n - 1, np.int64)
    kernels.link(tree.a, tree.b, np.arange(n), np.arange(n), left, right, sizes)
    most = n // least_size * 2 + 2
    owners, fell = np.zeros(2 * n - 1, np.int64), np.zeros(2 * n - 1)
    parents = np.full(most, -1, np.int64)
    births, stability, deaths = np.zeros(most), np.zeros(most), np.zeros(most)
    m = kernels.condense(
        left, right, _closeness(tree.lengths), sizes, least_size,
        owners, fell, parents, births, stability, deaths,
    )  # fmt: skip
    return _Condensed(owners[:n], fell[:n], parents[:m], stability[:m], deaths[:m])


def _closeness(lengths: DoubleArray) -> DoubleArray:
    """One over the length; of points in one place as much as of the nearest others."""
    apart = lengths[lengths > 0]
    least = float(apart[0]) if len(apart) else 1.0
    return np.asarray(1.0 / np.maximum(lengths, max(least, 1e-300)))


def _kept(condensed: _Condensed, selection: Selection) -> IntArray:
    """Of each cluster of the tree the one among those kept that holds it, or -1."""
    parents, stability = condensed.parents.tolist(), condensed.stability.tolist()
    m = len(parents)
    below = [0.0] * m
    has_parts = [False] * m
    is_kept = [False] * m
    for cluster in range(m - 1, 0, -1):  # parts have higher numbers than what they are part of
        is_kept[cluster] = not has_parts[cluster] or (
            selection == "eom" and stability[cluster] >= below[cluster]
        )
        best = stability[cluster] if is_kept[cluster] else below[cluster]
        below[parents[cluster]] += best
        has_parts[parents[cluster]] = True
    holders = [-1] * m
    for cluster in range(1, m):
        holder = holders[parents[cluster]]
        holders[cluster] = cluster if holder < 0 and is_kept[cluster] else holder
    return np.array(holders, np.int64)
