"""The structure page: how far to trust the picture, and what groups and odd points there are."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from widgets.embedding.section import MARGIN, Panel, Section
from widgets.embedding.structure.cluster_view import ClusterView
from widgets.embedding.structure.clustering import Clustering, Comparison
from widgets.embedding.structure.disagreement import LabelCheck
from widgets.embedding.structure.disagreement_view import DisagreementView
from widgets.embedding.structure.duplicate_search import DuplicateSearch
from widgets.embedding.structure.duplicate_view import DuplicateView
from widgets.embedding.structure.outlier_search import OutlierSearch
from widgets.embedding.structure.outlier_view import OutlierView
from widgets.embedding.structure.painted_columns import PaintedColumns
from widgets.embedding.structure.quality import QualityMeter
from widgets.embedding.structure.quality_view import QualityView
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob


class StructurePage(QObject):
    """Fills the panel, and holds the tools that commands ask too."""

    def __init__(
        self,
        panel: Panel,
        model: EmbeddingViewModel,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or panel)
        self.panel, self.model = panel, model
        columns = PaintedColumns(model, self)
        self.quality = QualityMeter(model, run_job, self)
        self.clusters = Clustering(model, run_job, columns, self)
        self.comparison = Comparison(self.clusters, run_job, self)
        self.labels = LabelCheck(model, run_job, columns, self)
        self.outliers = OutlierSearch(model, run_job, columns, self)
        self.duplicates = DuplicateSearch(model, run_job, self)
        self.quality_view = QualityView(self.quality, columns)
        self.sections = {
            "quality": Section(self.tr("Quality of the picture"), self.quality_view),
            "clusters": Section(self.tr("Clusters"), ClusterView(self.clusters, self.comparison)),
            "labels": _folded(self.tr("Doubtful labels"), DisagreementView(self.labels)),
            "outliers": _folded(self.tr("Outliers"), OutlierView(self.outliers)),
            "duplicates": _folded(self.tr("Duplicates"), DuplicateView(self.duplicates)),
        }
        self._contours = QCheckBox(self.tr("Density contours"))
        self._contours.setToolTip(self.tr("Draw lines around where the points crowd"))
        self._contours.clicked.connect(self._on_contours_clicked)
        model.changed.connect(self._on_changed)
        panel.add(self._contours_row())
        for section in self.sections.values():
            panel.add(section)
        panel.add_stretch()
        self._on_changed(frozenset({"shows_density"}))

    def reveal(self, name: str) -> None:
        """Unfold a section and bring it into view."""
        section = self.sections[name]
        section.set_open(True)
        self.panel.ensureWidgetVisible(section)

    def _contours_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(MARGIN, 0, MARGIN, 0)
        layout.addWidget(self._contours)
        return row

    @Slot(bool)
    def _on_contours_clicked(self, is_wanted: bool) -> None:
        self.model.choose(shows_density=is_wanted)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "shows_density" in names:
            self._contours.setChecked(self.model.choice.shows_density)


def _folded(title: str, content: QWidget) -> Section:
    return Section(title, content, is_open=False)
