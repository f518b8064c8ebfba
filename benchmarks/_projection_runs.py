"""`python -m benchmarks._projection_runs MAKER DIMS VECTORS OUT`: one layout, once.

Every maker has two processor cores and two threads, and starts from the vectors in memory. One JSON
line tells the seconds; the positions go into OUT. Of our t-SNE every 25th layout is kept, too, in
OUT with the suffix .npz: layouts float32 (m, n, dims), and the seconds after which each was there,
cpu and wall, float64 (m,). Nothing is measured of them meanwhile.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

N_THREADS = 2
PERPLEXITY = 30
EARLY = 250
KEPT_EVERY = 25

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
"iteration" (the mean from one frame to the next, of our t-SNE)."""

Positions = np.ndarray
Told = Callable[..., None]
"""To be called when there is something to be shown: with nothing, or with the positions and the
number of the iteration."""


def perplexity_of(n: int) -> float:
    return min(PERPLEXITY, (n - 1) / 3)


def make_by_us(name: str, vectors: Positions, n_dims: int, told: Told) -> Positions:
    """One of our projections."""
    from projector.projections import PROJECTIONS
    from projector.projections.contract import Control, Inputs
    from projector.projections.step import Step

    projection = PROJECTIONS[name]
    parameters = projection.parameters(n_dims=n_dims)
    for step in projection.steps(Inputs(vectors), parameters, Control()):
        if isinstance(step, Step):
            last = step
            told(step.positions, step.diagnostics.get("iteration", 0))
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


def _make(maker: str, vectors: Positions, n_dims: int, told: Told) -> Positions:
    ours = {OURS_TSNE: "tsne", OURS_UMAP: "umap", OURS_PCA: "pca"}
    if maker in ours:
        return make_by_us(ours[maker], vectors, n_dims, told)
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


class Shown:
    """When layouts could be shown, and some of them: nothing but their references are kept."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.layouts: list[Positions] = []
        self.clocks: list[tuple[float, float]] = []

    def tell(self, positions: Positions | None = None, iteration: float = 0) -> None:
        self.times.append(time.perf_counter())
        if positions is not None and iteration > EARLY and iteration % KEPT_EVERY == 0:
            self.layouts.append(positions)
            self.clocks.append(_spent())

    def save(self, path: Path) -> None:
        cpu, wall = np.array(self.clocks).T
        np.savez(path, layouts=np.array(self.layouts), cpu=cpu, wall=wall)


def _spent() -> tuple[float, float]:
    """Processor and wall seconds since it is timed."""
    return time.process_time() - _begun["cpu"], time.perf_counter() - _begun["wall"]


def main() -> None:
    maker, n_dims, source, out = sys.argv[1:]
    vectors = np.load(source)
    for name in IMPORTED[maker]:
        importlib.import_module(name)
    shown = Shown()
    _begin()
    positions = _make(maker, vectors, int(n_dims), shown.tell)
    cpu, wall = _spent()
    costs = {"wall": wall, "cpu": cpu}
    times = shown.times
    costs["first"] = times[0] - _begun["wall"] if times else wall
    if maker == OURS_TSNE:  # of the last two thirds, all neighbors being found by then
        begun = len(times) // 3
        costs["iteration"] = (times[-1] - times[begun]) / (len(times) - 1 - begun)
    np.save(out, np.ascontiguousarray(positions, np.float32))
    if maker == OURS_TSNE and shown.layouts:
        shown.save(Path(out).with_suffix(".npz"))
    print(json.dumps(costs))


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):  # before any library counts the cores
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:N_THREADS])
    main()
