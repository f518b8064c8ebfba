"""The epochs of UMAP: edges pull their ends together, random points push one another apart.

umap-learn moves both ends of one edge after another, so that each move sees all those before it.
Here a point is moved only by the thread that owns it and sees the others where they lay when the
sweep began: repeatable to the bit on any number of threads. Many points moving at once by a whole
epoch's edges would blur small clusters; so an epoch is cut into N_SWEEPS sweeps, each of which uses
a part of the edges. Measured on 10,000 images this brings trustworthiness and recall level with
umap-learn's, and costs half as much again as whole epochs would.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray
from projector.parallel import N_CORES, for_each_part
from projector.progress import Progress, Work
from projector.projections.umap.fuzzy import FuzzyGraph

N_SWEEPS = 5
"""Parts of an epoch; of fewer, points of a cluster move at once by too much."""

_BLOCK_EDGES = 1 << 20  # looked at between two yields, by each core
_SMALLEST_PART = 256


class Layout:
    """Points that are being laid out. positions: float32 (n, 2 or 3), of the last whole sweep; its
    memory is written to again later on."""

    def __init__(
        self,
        graph: FuzzyGraph,
        start: FloatArray,
        curve: tuple[float, float],
        repulsion: float,
        n_negatives: int,
        seed: int,
    ) -> None:
        self.positions = np.array(start, np.float32, order="C")
        self._next = np.empty_like(self.positions)
        self._graph = graph
        self._shares = _shares(graph)
        self._phases: NDArray[np.uint32] | None = None
        self._pulls, self._pushes = force_tables(curve, repulsion)
        self._n_negatives = n_negatives
        self._seed = seed

    def run_epoch(self, epoch: int, rate: float) -> Work[None]:
        """One epoch at this learning rate; the same each time for the same epoch and positions."""
        for part in range(N_SWEEPS):
            yield from self._sweep(epoch * N_SWEEPS + part, rate)

    def shake(self, share: float, seed: int) -> None:
        """Move all points a little at random, by this share of the layout's width."""
        rng = np.random.default_rng([self._seed, seed])
        width = float(np.ptp(self.positions, axis=0).max())
        noise = rng.normal(0.0, share * width, self.positions.shape)
        self.positions += noise.astype(np.float32)

    def _sweep(self, sweep: int, rate: float) -> Work[None]:
        from projector.projections.umap.epochs.kernels import run_sweep

        graph = self._graph
        given = (
            *(graph.starts, graph.ids, self._shares, self._found_phases()),
            *(self._pulls, self._pushes, self._n_negatives, self._seed, sweep, np.float32(rate)),
            *(self.positions, self._next),
        )
        n_blocks = max(1, len(graph.ids) // (_BLOCK_EDGES * N_CORES))
        for block in range(n_blocks):
            first, last = graph.n * block // n_blocks, graph.n * (block + 1) // n_blocks

            def part(start: int, stop: int, first: int = first) -> None:
                run_sweep(*given, first + start, first + stop)

            for_each_part(last - first, part, _SMALLEST_PART)
            yield Progress(None)
        self.positions, self._next = self._next, self.positions

    def _found_phases(self) -> NDArray[np.uint32]:
        from projector.projections.umap.epochs.kernels import find_phases

        if self._phases is None:
            graph, phases = self._graph, np.empty(len(self._shares), np.uint32)
            for_each_part(graph.n, lambda a, b: find_phases(graph.starts, graph.ids, phases, a, b))
            self._phases = phases
        return self._phases


def _shares(graph: FuzzyGraph) -> NDArray[np.uint32]:
    """uint32 (m,): in which share of sweeps each edge is used, in parts of 2**32."""
    if len(graph.weights) == 0:
        return np.empty(0, np.uint32)
    scale = np.float32(2.0**32 / N_SWEEPS / graph.weights.max())
    shares: NDArray[np.uint32] = (graph.weights * scale).astype(np.uint32)
    return shares


def force_tables(curve: tuple[float, float], repulsion: float) -> tuple[FloatArray, FloatArray]:
    """Pull of an edge and push of another point, as factors of the difference of two positions.

    Gradients of log f and log(1 - f), where f = 1 / (1 + a r^2b) and a, b are the curve.
    """
    from projector.projections.umap.epochs.kernels import FIRST_PLACE, N_PLACES, SHIFT

    a, b = curve
    places = np.arange(FIRST_PLACE, FIRST_PLACE + N_PLACES + 1, dtype=np.int32)
    squares = (places << SHIFT).view(np.float32).astype(np.float64)
    below = 1 + a * squares**b
    pulls = -2 * a * b * squares ** (b - 1) / below
    pushes = 2 * b * repulsion / ((0.001 + squares) * below)
    return pulls.astype(np.float32), pushes.astype(np.float32)
