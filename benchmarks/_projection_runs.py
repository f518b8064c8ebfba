"""`python -m benchmarks._projection_runs MAKER DIMS ITERATIONS VECTORS OUT`: one layout, once.

Every maker has two processor cores and two threads, and starts from the vectors in memory. One JSON
line tells the seconds; the positions go into OUT.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable

import numpy as np

N_THREADS = 2
PERPLEXITY = 30
EARLY = 250

OURS_TSNE, OURS_UMAP, OURS_PCA = "our t-SNE", "our UMAP", "our PCA"
OPEN_TSNE, SKLEARN_TSNE = "openTSNE", "scikit-learn TSNE"
UMAP_LEARN, UMAP_AGAIN, SKLEARN_PCA = "umap-learn", "umap-learn, second run", "scikit-learn PCA"

IMPORTED = {
    OURS_TSNE: ("numba", "projector.projections"),
    OURS_UMAP: ("numba", "projector.projections"),
    OURS_PCA: ("projector.projections.pca",),
    OPEN_TSNE: ("openTSNE",),
    SKLEARN_TSNE: ("sklearn.manifold",),
    UMAP_LEARN: ("umap",),
    UMAP_AGAIN: ("umap",),
    SKLEARN_PCA: ("sklearn.decomposition",),
}
"""What is imported before the time is taken; that counts as part of the whole process only."""

Costs = dict[str, float]
"""Seconds, by "wall", "cpu" (of all threads), "first" (until there is a layout to be shown) and
"iteration" (the median from one frame to the next, for each iteration)."""

Positions = np.ndarray
Told = Callable[[], None]
"""To be called when there is something to be shown."""


def perplexity_of(n: int) -> float:
    return min(PERPLEXITY, (n - 1) / 3)


def make_by_us(
    name: str, vectors: Positions, n_dims: int, n_iterations: int, told: Told
) -> Positions:
    """One of our projections. n_iterations: of t-SNE; 0 for as many as usual."""
    from projector.projections import PROJECTIONS
    from projector.projections.contract import Control, Inputs
    from projector.projections.step import Step

    projection = PROJECTIONS[name]
    options = {}
    if n_iterations:
        options = {"n_iterations": n_iterations, "n_early": n_iterations // 3}
    parameters = projection.parameters(n_dims=n_dims, **options)
    for step in projection.steps(Inputs(vectors), parameters, Control()):
        if isinstance(step, Step):
            last = step
            told()
    return last.positions


def make_by_open_tsne(vectors: Positions, n_dims: int, told: Told) -> Positions:
    """The stages of openTSNE's own `fit`, so that its first layout can be timed."""
    from openTSNE import TSNE

    maker = TSNE(
        n_components=n_dims,
        perplexity=perplexity_of(len(vectors)),
        n_jobs=N_THREADS,
        random_state=0,
        # what it picks from 10,000 rows on stops at two dimensions
        negative_gradient_method="bh" if n_dims == 3 else "auto",
    )
    layout = maker.prepare_initial(vectors)
    told()
    layout.optimize(EARLY, exaggeration=12, momentum=0.8, inplace=True)
    layout.optimize(500, exaggeration=1, momentum=0.8, inplace=True)
    return np.asarray(layout)


def make_by_sklearn_tsne(vectors: Positions, n_dims: int, told: Told) -> Positions:
    from sklearn.manifold import TSNE

    maker = TSNE(
        n_dims,
        perplexity=perplexity_of(len(vectors)),
        max_iter=EARLY + 500,
        n_jobs=N_THREADS,
        random_state=0,
    )
    return maker.fit_transform(vectors)


def make_by_umap_learn(vectors: Positions, n_dims: int, told: Told) -> Positions:
    """Without a seed, as only then it uses more than one thread."""
    import warnings

    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return umap.UMAP(n_components=n_dims, n_jobs=N_THREADS).fit_transform(vectors)


def make_by_sklearn_pca(vectors: Positions, n_dims: int, told: Told) -> Positions:
    from sklearn.decomposition import PCA

    return PCA(n_dims, svd_solver="covariance_eigh").fit_transform(vectors)


def _make(maker: str, vectors: Positions, n_dims: int, n_iterations: int, told: Told) -> Positions:
    ours = {OURS_TSNE: "tsne", OURS_UMAP: "umap", OURS_PCA: "pca"}
    if maker in ours:
        return make_by_us(ours[maker], vectors, n_dims, n_iterations, told)
    if maker == UMAP_AGAIN:
        make_by_umap_learn(vectors, n_dims, told)
    makers = {
        OPEN_TSNE: make_by_open_tsne,
        SKLEARN_TSNE: make_by_sklearn_tsne,
        UMAP_LEARN: make_by_umap_learn,
        UMAP_AGAIN: make_by_umap_learn,
        SKLEARN_PCA: make_by_sklearn_pca,
    }
    if maker == UMAP_AGAIN:
        _begin()
    return makers[maker](vectors, n_dims, told)


_begun: dict[str, float] = {}


def _begin() -> None:
    """From here on it is timed; a maker's first run may be left out."""
    _begun.update(wall=time.perf_counter(), cpu=time.process_time())


def main() -> None:
    maker, n_dims, n_iterations, source, out = sys.argv[1:]
    vectors = np.load(source)
    for name in IMPORTED[maker]:
        importlib.import_module(name)
    shown: list[float] = []
    _begin()
    positions = _make(
        maker, vectors, int(n_dims), int(n_iterations), lambda: shown.append(time.perf_counter())
    )
    wall = time.perf_counter() - _begun["wall"]
    costs = {"wall": wall, "cpu": time.process_time() - _begun["cpu"]}
    costs["first"] = shown[0] - _begun["wall"] if shown else wall
    if int(n_iterations):
        costs["iteration"] = (shown[-1] - shown[len(shown) // 3]) / (int(n_iterations) * 2 / 3)
    np.save(out, np.ascontiguousarray(positions, np.float32))
    print(json.dumps(costs))


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):  # before any library counts the cores
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:N_THREADS])
    main()
