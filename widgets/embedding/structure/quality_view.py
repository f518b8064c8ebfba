"""The card that says how far the picture can be trusted."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from projector.quality import Quality
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN
from widgets.embedding.structure.fields import CountField, in_row
from widgets.embedding.structure.figure_row import FigureRow
from widgets.embedding.structure.legend_line import LegendLine
from widgets.embedding.structure.meanings import meanings
from widgets.embedding.structure.painted_columns import PaintedColumns
from widgets.embedding.structure.quality import QualityMeter, Subject
from widgets.embedding.structure.run_row import RunRow
from widgets.embedding.structure.settings import QualitySettings, with_settings
from widgets.embedding.view_model import number_text

MOST_NEIGHBORS = 1000
BARELY_S = 2.0


class QualityView(QWidget):
    """Neighbors to look at, a button, and a row a figure."""

    def __init__(
        self, meter: QualityMeter, columns: PaintedColumns, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._meter, self._columns = meter, columns
        self._model = meter.model
        self._make_controls()
        self._lay_out()
        meter.changed.connect(self._show)
        self._model.shown_changed.connect(self._show)
        self._show()

    def _make_controls(self) -> None:
        tip = self.tr("How many neighbors of each point are looked at")
        self._k = CountField(self.tr("Neighbors for quality"), tip, 1, MOST_NEIGHBORS)
        self._k.valueChanged.connect(self._on_k_changed)
        tip = self.tr("Distance in all dimensions, the truth here; automatic: the projection's")
        self._metric = Combo(self.tr("Distance for quality"), tip)
        self._metric.fill(
            [
                (self.tr("Automatic"), ""),
                (self.tr("Euclidean"), "euclidean"),
                (self.tr("Cosine"), "cosine"),
                (self.tr("Manhattan"), "manhattan"),
                (self.tr("Dot product"), "dot"),
            ],
            "",
        )
        self._metric.activated.connect(self._on_metric_activated)
        self._whole = QCheckBox(self.tr("Look at every point"))
        self._whole.setToolTip(self.tr("Exact figures, and a color for each point; takes longer"))
        self._whole.clicked.connect(self._on_whole_clicked)
        tip = self.tr("Compare the neighbors in the picture with those in all dimensions")
        self._run = RunRow(self._meter, self.tr("Measure quality"), tip)
        self._run.asked.connect(self._meter.measure)
        self._first, self._second = LegendLine(is_second=False), LegendLine(is_second=True)
        self._rows = tuple(FigureRow(meaning) for meaning in meanings(100, 15))
        for row in self._rows:
            row.color_asked.connect(self.color_by)
        self._summary = QLabel(wordWrap=True)
        self._summary.setForegroundRole(self.palette().ColorRole.PlaceholderText)

    def _lay_out(self) -> None:
        form = panel_form()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("Neighbors"), in_row(self._k, self._metric))
        form.addRow("", self._whole)
        self._form = form
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        column.addLayout(form)
        column.addWidget(self._run)
        for widget in (self._first, self._second, *self._rows, self._summary):
            column.addWidget(widget)

    @Slot(object)
    def color_by(self, figure: str, place: int = 0) -> None:
        """Color the points by a figure of the layout shown, or of the one beside it."""
        values = self._meter.column_of(figure, place)
        told = {one.name: one.column for one in meanings(100, 15)}
        if values is not None:
            self._columns.show_numbers(told[figure], values)

    @Slot(int)
    def _on_k_changed(self, k: int) -> None:
        self._choose(k=k)

    @Slot(int)
    def _on_metric_activated(self, index: int) -> None:
        self._choose(metric=self._metric.itemData(index))

    @Slot(bool)
    def _on_whole_clicked(self, is_whole: bool) -> None:
        self._choose(is_whole=is_whole)

    def _choose(self, **fields: object) -> None:
        choice = self._model.choice
        self._model.choose(structure=with_settings(choice, QualitySettings, **fields))

    @Slot()
    def _show(self) -> None:
        meter, embedding = self._meter, self._model.embedding
        n = 0 if embedding is None else embedding.n_points
        self._k.show_value(meter.settings.k)
        self._metric.show_value(meter.settings.metric)
        self._whole.setChecked(meter.settings.is_whole)
        is_sampled = 0 < meter.n_looked_at < n
        self._form.setRowVisible(self._whole, is_sampled or meter.settings.is_whole)
        self._run.setVisible(bool(meter.missing) or meter.is_running or bool(meter.problem))
        self._run.button.setEnabled(embedding is not None)
        self._run.button.setText(self._button_text())
        self._run.set_hint(self._hint())
        pairs = [(one, meter.found(one)) for one in meter.subjects]
        self._show_figures([(one, found) for one, found in pairs if found is not None], n)

    def _show_figures(self, found: list[tuple[Subject, Quality]], n: int) -> None:
        for line, pair in zip((self._first, self._second), (*found, None, None), strict=False):
            line.set_text("" if pair is None else pair[0].title)
            line.setVisible(pair is not None)
        is_known = bool(found)
        for row, meaning in zip(self._rows, meanings(n, self._meter.k), strict=True):
            row.setVisible(is_known)
            if is_known:
                figures = tuple(getattr(quality, meaning.name) for _, quality in found)
                row.show_figures(figures, meaning)
        self._summary.setVisible(is_known)
        if is_known:
            self._summary.setText(self._summary_text(found[0][1], n))

    def _summary_text(self, quality: Quality, n: int) -> str:
        looked_at = quality.trustworthiness.n_looked_at
        text = self.tr("Exact: all {n} points, {k} neighbors, {metric} distance.")
        if not quality.trustworthiness.is_exact:
            text = self.tr("A sample: {m} of {n} points, {k} neighbors, {metric} distance.")
        text += " " + self.tr("The thin line marks what chance gives.")
        return text.format(
            m=number_text(looked_at), n=number_text(n), k=quality.k, metric=quality.metric
        )

    def _button_text(self) -> str:
        seconds = self._meter.seconds
        if seconds < BARELY_S:
            return self.tr("Measure quality")
        if seconds < 90:
            return self.tr("Measure quality (about {n} s)").format(n=round(seconds))
        minutes = number_text(round(seconds / 60))
        return self.tr("Measure quality (about {n} min)").format(n=minutes)

    def _hint(self) -> str:
        meter = self._meter
        if any(one.is_running for one in meter.subjects):
            return self.tr("The projection is under way; measure it when it has ended.")
        if self._model.embedding is None or not meter.missing:
            return ""
        return self.tr("How far the picture keeps who is near whom.")
