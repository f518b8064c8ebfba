"""Points whose neighbors carry another label: mislabeled ones, and borders between classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from projector.arrays import FloatArray, IntArray, frozen
from projector.cell_texts import texts_of
from projector.errors import InvalidChoice, NothingToShow
from projector.neighbor_graph import NeighborGraph
from projector.parallel import for_each_part
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl

_BLOCK = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Disagreement:
    """share: float32 (n,), of each point's labeled neighbors those with another label than its
    own; NaN without a label or labeled neighbors. ranked: int64, the rows with a share above 0,
    largest share first, equals in row order. likely: int64 (n,), the commonest label among the
    neighbors, -1 for none. k: of the neighbors. is_exact: whether the neighbors were; recall: the
    share of true ones among them.
    """

    share: FloatArray
    ranked: IntArray
    likely: IntArray
    k: int
    is_exact: bool
    recall: float = 1.0

    @property
    def mean(self) -> float:
        """Over all points that have a share."""
        return float(np.nanmean(self.share))


def label_disagreement(graph: NeighborGraph, labels: IntArray, k: int) -> Work[Disagreement]:
    """labels: int64 (n,), -1 for unknown. k: so many of the graph's neighbors are looked at.

    Raises InvalidChoice for k out of the graph's range, NothingToShow when no point has a label
    and labeled neighbors.
    """
    n = len(graph.ids)
    if not 1 <= k <= graph.k:
        raise InvalidChoice(f"The number of neighbors must lie between 1 and {graph.k}, got {k}.")
    if len(labels) != n:
        raise InvalidChoice(f"{n:,} points need {n:,} labels, got {len(labels):,}.")
    labels = np.array(labels, np.int64)
    others, known, likely = (np.zeros(n, np.int64) for _ in range(3))
    for start in range(0, n, _BLOCK):
        place = slice(start, start + _BLOCK)
        others[place], known[place], likely[place] = _counts(graph.ids[place, :k], labels, start)
        yield Progress(start / n, "Comparing labels")
    is_told = (labels >= 0) & (known > 0)
    if not is_told.any():
        raise NothingToShow("No point has both a label and neighbors with labels.")
    share = np.full(n, np.nan, np.float32)
    share[is_told] = others[is_told] / known[is_told]
    ranked = np.argsort(-np.where(is_told, share, -1.0), kind="stable")
    ranked = ranked[: np.count_nonzero(share > 0)]
    return Disagreement(
        frozen(share), frozen(ranked), frozen(likely), k, graph.is_exact, graph.recall
    )


def _counts(
    ids: NDArray[np.int32], labels: IntArray, first: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Of rows first and on: neighbors of another label, of any label, and their commonest label."""
    from projector.quality import kernels

    ids = np.array(ids, order="C")  # one kind of array, one compilation
    own = labels[first : first + len(ids)]
    others, known, likely = (np.empty(len(ids), np.int64) for _ in range(3))

    def part(start: int, stop: int) -> None:
        kernels.count_others(ids, own, labels, others, known, likely, start, stop)

    for_each_part(len(ids), part, smallest=1024)
    return others, known, likely


def class_codes(column: pl.Series) -> tuple[IntArray, list[str]]:
    """A column as labels: int64 (n,) codes, -1 where a cell is empty or NaN, and what each code
    stands for, in the order of first appearance. Raises InvalidChoice for columns of lists and the
    like."""
    import polars as pl

    texts = texts_of(column)
    names = texts.drop_nulls().unique(maintain_order=True)
    places = pl.Series(range(len(names)), dtype=pl.Int64)
    codes = texts.replace_strict(names, places, default=None, return_dtype=pl.Int64)
    return frozen(codes.fill_null(-1).to_numpy().copy()), names.to_list()
