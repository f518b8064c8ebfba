"""Finds clusters, names them, and puts them into a column that colors the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QObject, Slot

from projector.arrays import FloatArray
from projector.clusters import (
    Agreement,
    Clusters,
    HdbscanParameters,
    KMeansParameters,
    compare_labels,
    hdbscan,
    kmeans,
    n_neighbors,
    name_clusters,
)
from projector.clusters.contract import Selection as Cut
from projector.clusters.span import FEW_DIMS
from projector.progress import Progress, Work, scaled
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared
from projector.selection import Combine, Selection
from widgets.embedding.structure.label_columns import column_of_classes
from widgets.embedding.structure.painted_columns import PaintedColumns
from widgets.embedding.structure.settings import ClusterSettings, settings_of
from widgets.embedding.structure.tool import Tool
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

if TYPE_CHECKING:
    import polars as pl

COLUMN = "clusters"
Parameters = KMeansParameters | HdbscanParameters


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Clusters with their names. column: each point's name, as it goes into the table. place: the
    title of the layout they were found in, "" for the vectors."""

    clusters: Clusters
    names: tuple[str, ...]
    column: pl.Series
    place: str = ""

    def rows(self, index: int) -> Selection:
        return Selection.from_mask(self.clusters.labels == index)


class Clustering(Tool):
    """result: Named or None."""

    result: Named | None

    def __init__(
        self,
        model: EmbeddingViewModel,
        run_job: RunJob,
        columns: PaintedColumns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(model, run_job, "clusters", parent)
        self._columns = columns
        self._layout_key: str | None = None
        model.layouts_changed.connect(self._on_layouts_changed)

    @property
    def settings(self) -> ClusterSettings:
        return settings_of(self.model.choice, ClusterSettings)

    @Slot()
    def find(self) -> None:
        """Find clusters as the settings say; the result colors the cloud."""
        model, settings = self.model, self.settings
        if model.embedding is None or model.shown is None:
            return
        embedding, layout = model.embedding, model.layout
        in_layout = settings.place == "layout"
        self._layout_key = layout.key if in_layout and layout is not None else None
        place = ""
        vectors, preparation = embedding.vectors, model.preparation
        if in_layout:
            place = self.tr("Principal components") if layout is None else layout.title
            drawn = list(model.choice.axes[: 2 if model.choice.is_flat else 3])
            drawn = [axis for axis in drawn if axis < model.shown.n_axes]
            vectors = model.shown.coordinates[:, drawn] if layout is None else layout.positions
            preparation = Preparation()
        work = clusters_work(
            Request(vectors, preparation, settings, place),
            model.shared,
            embedding.metadata,
            model.choice.label_by,
        )
        self.start(self.tr("Finding clusters"), work)

    def take(self, result: Named) -> None:
        super().take(result)
        self.color()

    def color(self) -> None:
        """Put the clusters into their column, and color by it."""
        if self.result is not None:
            self._columns.show(COLUMN, self.result.column, as_categories=True)

    def select(self, index: int, how: Combine = "replace") -> None:
        """Select the points of a cluster, or with -1 those in none."""
        if self.result is not None:
            self.model.select(self.result.rows(index), how)

    @Slot(object)
    def _on_layouts_changed(self, key: str) -> None:
        """Clusters of a layout that is gone are of no interest."""
        if self.is_running and key == self._layout_key and self.model.layouts.find(key) is None:
            self.cancel()


class Comparison(Tool):
    """How well the clusters agree with a column. result: Agreement or None."""

    result: Agreement | None

    def __init__(
        self, clustering: Clustering, run_job: RunJob, parent: QObject | None = None
    ) -> None:
        super().__init__(clustering.model, run_job, "clusters compared", parent)
        self._clustering = clustering
        self._compared: tuple[object, ...] = ()
        clustering.changed.connect(self.compare)
        clustering.model.changed.connect(self._on_changed)
        clustering.model.table_changed.connect(self.compare)

    @property
    def column(self) -> str | None:
        """The column that is compared with, None for none."""
        embedding = self.model.embedding
        if embedding is None:
            return None
        return column_of_classes(self.model, self._clustering.settings.compare_with)

    @Slot()
    def compare(self) -> None:
        named, column, embedding = self._clustering.result, self.column, self.model.embedding
        if named is None or column is None or embedding is None or embedding.metadata is None:
            self._compared = ()
            if self.result is not None or self.problem:
                self.clear()
            return
        series = embedding.metadata[column]
        before, self._compared = self._compared, (named, series, column)
        if (
            len(before) == 3
            and before[0] is named
            and before[2] == column
            and series.equals(cast("pl.Series", before[1]))
        ):
            return
        self.start(self.tr("Comparing clusters"), agreement_work(named.clusters, series))

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"structure", "color_by", "label_by"}:
            self.compare()


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """Where clusters are looked for, and how."""

    vectors: FloatArray
    preparation: Preparation
    settings: ClusterSettings
    place: str


def clusters_work(
    request: Request, shared: Shared, table: pl.DataFrame | None, label_by: str | None
) -> Work[Named]:
    """Clusters with names. Raises what the methods raise."""
    parameters = _parameters(request.settings)
    prepared = yield from scaled(
        shared.prepared_work(request.vectors, request.preparation), 0.0, 0.1
    )
    if isinstance(parameters, KMeansParameters):
        found = yield from scaled(kmeans(prepared.vectors, parameters), 0.1, 0.9)
    else:
        found = yield from _by_density(request, prepared.vectors, parameters, shared)
    if table is not None and COLUMN in table.columns:
        table = table.drop(COLUMN)
    names = yield from scaled(name_clusters(found, table, label_by), 0.9, 1.0)
    return Named(found, names, _column(found, names), request.place)


def _column(clusters: Clusters, names: tuple[str, ...]) -> pl.Series:
    """The name of each point's cluster, None for points in none."""
    import polars as pl

    known = pl.Series(COLUMN, [*names, None], dtype=pl.String)
    return known[np.where(clusters.labels < 0, len(names), clusters.labels)]


def _by_density(
    request: Request, vectors: FloatArray, parameters: HdbscanParameters, shared: Shared
) -> Work[Clusters]:
    """Neighbors are looked for where others find them again; of few dims boxes are quicker."""
    graph, low = None, 0.1
    if len(vectors) > 1 and vectors.shape[1] > FEW_DIMS:
        k, low = n_neighbors(len(vectors), parameters), 0.7
        work = shared.graph_work(request.vectors, request.preparation, k, seed=parameters.seed)
        graph = yield from scaled(work, 0.1, low)
    return (yield from scaled(hdbscan(vectors, parameters, graph), low, 0.9))


def _parameters(settings: ClusterSettings) -> Parameters:
    if settings.method == "hdbscan":
        return HdbscanParameters(
            least_size=settings.least_size,
            n_close=settings.n_close,
            selection=cast(Cut, settings.selection),
            seed=settings.seed,
        )
    return KMeansParameters(
        n_clusters=settings.n_clusters, n_starts=settings.n_starts, seed=settings.seed
    )


def agreement_work(clusters: Clusters, column: pl.Series) -> Work[Agreement]:
    """Raises InvalidChoice for a column without texts, NothingToShow where nothing compares."""
    from projector.quality import class_codes

    yield Progress(None, "Comparing clusters")
    codes, _ = class_codes(column)
    yield Progress(None, "Comparing clusters")
    return compare_labels(clusters.labels, codes)
