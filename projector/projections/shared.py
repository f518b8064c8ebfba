"""What projections of the same vectors share: prepared rows, neighbors, and a first picture.

The window keeps one `Shared` for as long as it lives and hands its work to jobs, so that another
perplexity, or UMAP after t-SNE, redoes neither principal components nor neighbors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, Protocol, TypeVar, runtime_checkable

from projector.arrays import FloatArray, IntArray, frozen
from projector.errors import NothingToShow
from projector.kept import KeptResults
from projector.neighbor_graph import NeighborCache, NeighborGraph
from projector.neighbor_graph.find import is_exact_search, n_searched
from projector.neighbors import Metric
from projector.progress import Progress, Work, scaled
from projector.projections.contract import Control, Inputs, Projection, wait_while_paused
from projector.projections.pca import fit_pca
from projector.projections.prepare import Preparation, PreparationCache, Prepared
from projector.projections.step import Step

T = TypeVar("T")

_WAIT_S = 0.02
_MOST_PREVIEWS = 64 << 20
_AS_THEY_CAME = Preparation()
_FINDING = 0.15
"""Share of the progress that is gone once neighbors are found, as projections count it."""


@runtime_checkable
class UsesNeighbors(Protocol):
    """Parameters of a projection that starts from a graph of neighbors."""

    @property
    def metric(self) -> Metric: ...

    @property
    def seed(self) -> int: ...

    @property
    def n_dims(self) -> int: ...

    def n_neighbors_for(self, n: int) -> int:
        """How many neighbors of each of n rows it looks at, the row itself not counted."""


class Shared:
    """Each thing is made once for the same vectors; jobs that want the same one at the same time
    wait for the first to make it.

    Vectors are known by their identity: hand over the same array each time, such as
    `embedding.vectors`, and never write to it; what belongs to them goes when they go. All work is
    to be walked in jobs; what is known already comes back without a step. The object itself may be
    used from several jobs at a time. Raises what prepare, find_neighbors and the projections raise.
    """

    def __init__(self) -> None:
        self._preparations = PreparationCache()
        self._neighbors = NeighborCache()
        self._previews: KeptResults[FloatArray] = KeptResults(_MOST_PREVIEWS)
        self._in_work: dict[Hashable, object] = {}

    def steps_work(
        self,
        projection: Projection,
        vectors: FloatArray,
        preparation: Preparation,
        parameters: Any,
        control: Control,
        *,
        start: FloatArray | None = None,
        labels: IntArray | None = None,
    ) -> Work[Step]:
        """A whole projection, from the vectors as they came to its last Step.

        Yields Progress and Steps as `projection.steps` does. Where neighbors have to be found and
        no start is given, the first Step shows principal components meanwhile. start: float32
        (n, n_dims), a layout to go on from. labels: int64 (n,), -1 for unknown.
        """
        components = None
        if start is None and isinstance(parameters, UsesNeighbors) and len(vectors) > 1:
            prepared = yield from scaled(self.prepared_work(vectors, preparation), 0.0, 0.0)
            if self._known_neighbors(prepared.vectors, parameters) is None:
                yield from self._preview(prepared, parameters.n_dims)
            if prepared.pca is None:  # else they were not found in the prepared vectors
                components = self._previews.find(prepared.vectors, parameters.n_dims)
        work = self.inputs_work(
            vectors, preparation, parameters, control, start=start, labels=labels
        )
        share = _FINDING if isinstance(parameters, UsesNeighbors) else 1.0
        inputs = yield from scaled(work, 0.0, share)
        inputs = replace(inputs, components=components)
        steps = projection.steps(inputs, parameters, control)
        return (yield from (_from_here(steps, share) if share < 1 else steps))

    def inputs_work(
        self,
        vectors: FloatArray,
        preparation: Preparation,
        parameters: Any,
        control: Control,
        *,
        start: FloatArray | None = None,
        labels: IntArray | None = None,
    ) -> Work[Inputs]:
        """What `projection.steps` starts from: prepared vectors, and neighbors where it uses them.

        Yields Progress. Parameters that don't use neighbors get none.
        """
        prepared = yield from self.prepared_work(vectors, preparation)
        graph = None
        if isinstance(parameters, UsesNeighbors) and len(vectors) > 1:
            k = parameters.n_neighbors_for(len(vectors))
            work = self._graph(prepared.vectors, k, parameters.metric, parameters.seed)
            try:
                graph = yield from work
            except NothingToShow:  # the projection itself knows what to say, or shows one point
                graph = None
        yield from wait_while_paused(control, 0.0)
        return Inputs(prepared.vectors, start, labels, graph)

    def prepared_work(self, vectors: FloatArray, preparation: Preparation) -> Work[Prepared]:
        """As `prepare`; the same array comes back each time."""
        return (
            yield from self._once(
                ("prepared", id(vectors), preparation),
                lambda: self._preparations.known(vectors, preparation),
                lambda: self._preparations.prepare(vectors, preparation),
            )
        )

    def graph_work(
        self,
        vectors: FloatArray,
        preparation: Preparation = _AS_THEY_CAME,
        k: int = 15,
        metric: Metric = "euclidean",
        *,
        seed: int = 0,
    ) -> Work[NeighborGraph]:
        """The k nearest neighbors of each prepared row, for quality figures, labels that disagree,
        clusters and the inspector; n - 1 of them where k is more. As `find_neighbors` otherwise."""
        prepared = yield from self.prepared_work(vectors, preparation)
        return (yield from self._graph(prepared.vectors, k, metric, seed))

    def known_graph(
        self,
        vectors: FloatArray,
        preparation: Preparation = _AS_THEY_CAME,
        k: int = 15,
        metric: Metric = "euclidean",
        *,
        seed: int = 0,
    ) -> NeighborGraph | None:
        """The same at once and without work, or None where it is not known yet."""
        prepared = self._preparations.known(vectors, preparation)
        if prepared is None:
            return None
        return self._neighbors.known(prepared.vectors, k, metric, seed=seed)

    def clear(self) -> None:
        """Forget all of it, to free memory."""
        self._preparations.clear()
        self._neighbors.clear()
        self._previews.clear()

    def _graph(self, vectors: FloatArray, k: int, metric: Metric, seed: int) -> Work[NeighborGraph]:
        """More neighbors are looked for than are wanted, so that the next one who asks has them."""
        n, d = vectors.shape
        more = n_searched(n, k) if k >= 1 else k  # what is wrong with k is said by the search
        graph: NeighborGraph = yield from self._once(
            ("graph", id(vectors), metric, None if is_exact_search(n, d) else seed, more),
            lambda: self._neighbors.known(vectors, k, metric, seed=seed),
            lambda: self._neighbors.find(vectors, more, metric, seed=seed),
        )
        return graph.nearest(min(k, graph.k))

    def _once(
        self, key: Hashable, known: Callable[[], T | None], make: Callable[[], Work[T]]
    ) -> Work[T]:
        while (result := known()) is None:
            mine = object()
            if self._in_work.setdefault(key, mine) is not mine:
                time.sleep(_WAIT_S)
                yield Progress(None, "Waiting for work that another job is doing")
                continue
            try:
                return (yield from make())
            finally:
                self._in_work.pop(key, None)
        return result

    def _known_neighbors(
        self, vectors: FloatArray, parameters: UsesNeighbors
    ) -> NeighborGraph | None:
        k = parameters.n_neighbors_for(len(vectors))
        return self._neighbors.known(vectors, k, parameters.metric, seed=parameters.seed)

    def _preview(self, prepared: Prepared, n_dims: int) -> Work[None]:
        """A Step of principal components, where there are enough of them."""
        vectors = prepared.vectors
        found = self._previews.find(vectors, n_dims)
        if found is None:
            pca = prepared.pca
            if pca is None:
                pca = yield from scaled(fit_pca(vectors, n_dims), 0.0, 0.0)
            found = pca.positions
            if found.shape[1] < n_dims:
                return
            found = frozen(found[:, :n_dims].copy())
            self._previews.keep(vectors, n_dims, found, found.nbytes)
        yield Step(0.0, "Principal components, until neighbors are found", found)


def _from_here(steps: Work[Step], least: float) -> Work[Step]:
    """The same steps; while they get ready, once more than is needed, the progress stays."""
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        yield replace(step, done=max(step.done or 0.0, least))
