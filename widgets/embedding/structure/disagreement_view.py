"""The list of points whose neighbors carry another label."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from projector.selection import Combine, Selection
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN
from widgets.embedding.structure.disagreement import LabelCheck
from widgets.embedding.structure.entry_list import Entries, EntryList
from widgets.embedding.structure.exactness import neighbors_text
from widgets.embedding.structure.fields import CountField, in_row
from widgets.embedding.structure.label_columns import offered_columns
from widgets.embedding.structure.run_row import RunRow
from widgets.embedding.structure.settings import LabelSettings, with_settings
from widgets.embedding.view_model import number_text
from widgets.shared.texts import button_text


class DisagreementView(QWidget):
    """The worst first, each with the label that its neighbors would give it."""

    def __init__(self, check: LabelCheck, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check, self._model = check, check.model
        self._make_controls()
        self._lay_out()
        check.changed.connect(self._show)
        self._model.changed.connect(self._on_changed)
        self._model.shown_changed.connect(self._show)
        self._model.sheet_changed.connect(self._on_sheet_changed)
        self._show()

    def _make_controls(self) -> None:
        tip = self.tr("The column with the labels")
        self._column = Combo(self.tr("Labels to check"), tip)
        self._column.activated.connect(self._on_column_activated)
        tip = self.tr("How many neighbors of each point are asked")
        self._k = CountField(self.tr("Neighbors that are asked"), tip, 1, 1000)
        self._k.valueChanged.connect(self._on_k_changed)
        tip = self.tr("List the points whose neighbors carry another label")
        self._run = RunRow(self._check, self.tr("Check labels"), tip)
        self._run.asked.connect(self._check.find)
        self._summary = QLabel(wordWrap=True)
        self._list = EntryList(self.tr("Points with doubtful labels"), 10)
        self._list.chosen.connect(self._on_chosen)
        self._all = QPushButton(self.tr("Select all"))
        self._all.setToolTip(self.tr("Select every point with a neighbor of another label"))
        self._all.clicked.connect(self._check.select_all)
        self._color = QPushButton(self.tr("Color"))
        self._color.setAccessibleName(self.tr("Color by disagreement"))
        self._color.setToolTip(self.tr("Color by the share of neighbors with another label"))
        self._color.clicked.connect(self._check.color)
        self._buttons = in_row(self._all, self._color)

    def _lay_out(self) -> None:
        form = panel_form()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("Labels"), self._column)
        form.addRow(self.tr("Neighbors"), self._k)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        column.addLayout(form)
        for widget in (self._run, self._summary, self._list, self._buttons):
            column.addWidget(widget)

    @Slot(int)
    def _on_column_activated(self, index: int) -> None:
        self._choose(column=self._column.itemData(index))

    @Slot(int)
    def _on_k_changed(self, k: int) -> None:
        self._choose(k=k)

    def _choose(self, **fields: object) -> None:
        choice = self._model.choice
        self._model.choose(structure=with_settings(choice, LabelSettings, **fields))

    @Slot(object, object)
    def _on_chosen(self, line: int, how: Combine) -> None:
        result = self._check.result
        if result is not None:
            self._model.select(Selection.of([int(result.found.ranked[line])]), how)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"structure", "label_by"}:
            self._show()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._list.set_sprites(self._model.sheet)

    @Slot()
    def _show(self) -> None:
        columns, result = offered_columns(self._model), self._check.result
        self._column.fill([(button_text(name), name) for name in columns], self._check.column)
        self._column.setEnabled(bool(columns))
        self._k.show_value(self._check.settings.k)
        self._run.button.setEnabled(bool(columns))
        self._run.set_hint(self._hint())
        has_some = result is not None and len(result.found.ranked) > 0
        self._summary.setText(self._summary_text())
        self._summary.setVisible(result is not None)
        self._buttons.setVisible(has_some)
        if self._list.entries.n == 0 or result is not self._listed:
            self._listed = result
            self._list.set_entries(self._entries(), self._model.sheet)

    _listed: object = None

    def _hint(self) -> str:
        if self._model.embedding is not None and not offered_columns(self._model):
            return self.tr("There is no metadata, so there are no labels to check.")
        if self._check.result is None:
            return self.tr("Finds wrong labels, and borders between classes.")
        if self._check.is_outdated:
            return self.tr("Labels were edited since; check them again.")
        return ""

    def _summary_text(self) -> str:
        result = self._check.result
        if result is None:
            return ""
        n, doubt = len(result.found.ranked), neighbors_text(result.found.recall)
        if not n:
            text = self.tr("All neighbors carry the same {column}.")
            return text.format(column=result.column) + doubt
        text = self.tr("{n} points have neighbors of another {column}: {share} of all neighbors.")
        share = f"{result.found.mean:.1%}"
        return text.format(n=number_text(n), column=result.column, share=share) + doubt

    def _entries(self) -> Entries:
        result = self._check.result
        if result is None:
            return Entries()
        rows, model = result.found.ranked, self._model

        def point(line: int) -> int:
            return int(rows[line])

        def name(line: int) -> str:
            row = point(line)
            own, likely = result.own(row), result.likely(row)
            label = model.label(row)
            change = f"{own} → {likely}" if likely != own else own
            return change if label == own else f"{label}: {change}"

        def told(line: int) -> str:
            text = self.tr(
                "Row {row}, {column} {own}: {share} of its neighbors differ, most say {likely}"
            )
            row = point(line)
            return text.format(
                row=row,
                column=result.column,
                own=result.own(row),
                share=f"{result.share(row):.0%}",
                likely=result.likely(row),
            )

        return Entries(
            len(rows),
            name,
            lambda line: f"{result.share(point(line)):.0%}",
            lambda line: result.share(point(line)),
            point=point,
            told=told,
        )
