"""The list of points that lie apart."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from projector.selection import Combine, Selection
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN
from widgets.embedding.structure.entry_list import Entries, EntryList
from widgets.embedding.structure.exactness import neighbors_text
from widgets.embedding.structure.fields import CountField, in_row
from widgets.embedding.structure.outlier_search import CLEARLY, OutlierSearch
from widgets.embedding.structure.run_row import RunRow
from widgets.embedding.structure.settings import OutlierSettings, with_settings
from widgets.embedding.view_model import number_text


class OutlierView(QWidget):
    """The farthest out first."""

    def __init__(self, search: OutlierSearch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search, self._model = search, search.model
        self._listed: object = None
        tip = self.tr("How many neighbors a point's density is compared with")
        self._k = CountField(self.tr("Neighbors for outliers"), tip, 1, 1000)
        self._k.valueChanged.connect(self._on_k_changed)
        tip = self.tr("Compare each point's density with that of its neighbors")
        self._run = RunRow(search, self.tr("Find outliers"), tip)
        self._run.asked.connect(search.find)
        self._summary = QLabel(wordWrap=True)
        self._list = EntryList(self.tr("Outliers"), 10)
        self._list.chosen.connect(self._on_chosen)
        self._select = QPushButton(self.tr("Select all"))
        self._select.setAccessibleName(self.tr("Select all outliers"))
        self._select.clicked.connect(search.select_clear)
        self._color = QPushButton(self.tr("Color"))
        self._color.setAccessibleName(self.tr("Color by outlier factor"))
        self._color.setToolTip(self.tr("Color by how far out each point lies"))
        self._color.clicked.connect(search.color)
        self._buttons = in_row(self._select, self._color)
        self._lay_out()
        search.changed.connect(self._show)
        self._model.shown_changed.connect(self._show)
        self._model.changed.connect(self._on_changed)
        self._model.sheet_changed.connect(self._on_sheet_changed)
        self._show()

    def _lay_out(self) -> None:
        form = panel_form()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("Neighbors"), self._k)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        column.addLayout(form)
        for widget in (self._run, self._summary, self._list, self._buttons):
            column.addWidget(widget)

    @Slot(int)
    def _on_k_changed(self, k: int) -> None:
        choice = self._model.choice
        self._model.choose(structure=with_settings(choice, OutlierSettings, k=k))

    @Slot(object, object)
    def _on_chosen(self, line: int, how: Combine) -> None:
        if self._search.result is not None:
            row = int(self._search.result.ranked[line])
            self._model.select(Selection.of([row]), how)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"structure", "label_by"}:
            self._show()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._list.set_sprites(self._model.sheet)

    @Slot()
    def _show(self) -> None:
        result, n = self._search.result, self._search.n_clear
        self._k.show_value(self._search.settings.k)
        self._run.button.setEnabled(self._model.embedding is not None)
        hint = self.tr("Points that lie apart: the local outlier factor is about 1 inside a group.")
        self._run.set_hint(hint if result is None else "")
        text = self.tr("{n} points lie clearly apart, with a factor above {factor}.")
        told = "" if result is None else neighbors_text(result.recall)
        self._summary.setText(text.format(n=number_text(n), factor=CLEARLY) + told)
        self._summary.setVisible(result is not None)
        self._buttons.setVisible(result is not None)
        self._select.setEnabled(n > 0)
        tip = self.tr("Select the points with a factor above {factor}").format(factor=CLEARLY)
        self._select.setToolTip(tip)
        if result is not self._listed or result is None:
            self._listed = result
            self._list.set_entries(self._entries(), self._model.sheet)

    def _entries(self) -> Entries:
        result = self._search.result
        if result is None or not len(result.ranked):
            return Entries()
        rows, scores = result.ranked, result.scores
        most = max(float(scores[rows[0]]) - 1.0, 1e-9)

        def point(line: int) -> int:
            return int(rows[line])

        def score(line: int) -> float:
            return float(scores[rows[line]])

        return Entries(
            len(rows),
            lambda line: self._model.label(point(line)),
            lambda line: f"{score(line):.2f}",
            lambda line: (score(line) - 1.0) / most,
            point=point,
            told=lambda line: self.tr("{label}, row {row}, factor {score}").format(
                label=self._model.label(point(line)), row=point(line), score=f"{score(line):.4f}"
            ),
        )
