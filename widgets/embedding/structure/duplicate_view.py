"""The groups of points that are the same, or nearly."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from projector.selection import Combine
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN
from widgets.embedding.structure.duplicate_search import DuplicateSearch
from widgets.embedding.structure.entry_list import Entries, EntryList
from widgets.embedding.structure.exactness import neighbors_text
from widgets.embedding.structure.fields import DistanceField, in_row
from widgets.embedding.structure.run_row import RunRow
from widgets.embedding.structure.settings import DuplicateSettings, with_settings
from widgets.embedding.view_model import number_text
from widgets.shared.texts import counted

N_NAMED = 3


class DuplicateView(QWidget):
    """A group that is picked becomes the selection."""

    def __init__(self, search: DuplicateSearch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search, self._model = search, search.model
        self._listed: object = None
        self._make_controls()
        self._lay_out()
        search.changed.connect(self._show)
        self._model.shown_changed.connect(self._show)
        self._model.changed.connect(self._on_changed)
        self._model.sheet_changed.connect(self._on_sheet_changed)
        self._show()

    def _make_controls(self) -> None:
        tip = self.tr("Whether vectors must be the same to the last bit")
        self._kind = Combo(self.tr("Kind of duplicates"), tip)
        self._kind.fill([(self.tr("Exactly the same"), False), (self.tr("Nearly"), True)], None)
        self._kind.activated.connect(self._on_kind_activated)
        tip = self.tr("How far apart duplicates may be; automatic is a tenth of what is usual")
        self._distance = DistanceField(self.tr("Largest distance of duplicates"), tip)
        self._distance.valueChanged.connect(self._on_distance_changed)
        tip = self.tr("Look for points that are the same")
        self._run = RunRow(self._search, self.tr("Find duplicates"), tip)
        self._run.asked.connect(self._search.find)
        self._summary = QLabel(wordWrap=True)
        self._list = EntryList(self.tr("Groups of duplicates"))
        self._list.chosen.connect(self._on_chosen)
        self._all = QPushButton(self.tr("Select all"))
        self._all.setAccessibleName(self.tr("Select all duplicates"))
        self._all.setToolTip(self.tr("Select every point that has a duplicate"))
        self._all.clicked.connect(self._search.select_all)
        self._spare = QPushButton(self.tr("Keep one of each"))
        self._spare.setToolTip(self.tr("Select all but one of each group, to hide or export them"))
        self._spare.clicked.connect(self._search.select_spare)
        self._buttons = in_row(self._all, self._spare)

    def _lay_out(self) -> None:
        self._form = panel_form()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.addRow(self.tr("Points that are"), self._kind)
        self._form.addRow(self.tr("Up to a distance of"), self._distance)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        column.addLayout(self._form)
        for widget in (self._run, self._summary, self._list, self._buttons):
            column.addWidget(widget)

    @Slot(int)
    def _on_kind_activated(self, index: int) -> None:
        self._choose(is_near=bool(self._kind.itemData(index)))

    @Slot(float)
    def _on_distance_changed(self, distance: float) -> None:
        self._choose(distance=distance or None)

    def _choose(self, **fields: object) -> None:
        choice = self._model.choice
        self._model.choose(structure=with_settings(choice, DuplicateSettings, **fields))

    @Slot(object, object)
    def _on_chosen(self, line: int, how: Combine) -> None:
        self._search.select(line, how)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"structure", "label_by"}:
            self._show()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._list.set_sprites(self._model.sheet)

    @Slot()
    def _show(self) -> None:
        settings, result = self._search.settings, self._search.result
        self._kind.show_value(settings.is_near)
        self._distance.show_value(settings.distance)
        self._form.setRowVisible(self._distance, settings.is_near)
        self._run.button.setEnabled(self._model.embedding is not None)
        hint = self.tr("Vectors that occur more than once, and those that nearly do.")
        self._run.set_hint(hint if result is None else "")
        self._summary.setText(self._summary_text())
        self._summary.setVisible(result is not None)
        self._buttons.setVisible(result is not None and result.groups.n_groups > 0)
        if result is not self._listed or result is None:
            self._listed = result
            self._list.set_entries(self._entries(), self._model.sheet)

    def _summary_text(self) -> str:
        result = self._search.result
        if result is None:
            return ""
        within = ""
        if result.distance is not None:
            within = self.tr(" within a distance of {d}").format(d=f"{result.distance:.4g}")
        doubt = neighbors_text(result.recall)
        if not result.groups.n_groups:
            return self.tr("No two points are the same{within}.").format(within=within) + doubt
        text = self.tr("{n} of points that are the same{within}; {m} could go.")
        groups = counted(result.groups.n_groups, self.tr("group"))
        spare = number_text(result.groups.n_spare)
        return text.format(n=groups, within=within, m=spare) + doubt

    def _entries(self) -> Entries:
        result = self._search.result
        if result is None:
            return Entries()
        groups = result.groups

        def size(line: int) -> int:
            return int(groups.starts[line + 1] - groups.starts[line])

        def name(line: int) -> str:
            rows = groups.group(line)[:N_NAMED].tolist()
            told = ", ".join(dict.fromkeys(self._model.label(row) for row in rows))
            return told if size(line) <= N_NAMED else f"{told}…"

        return Entries(
            groups.n_groups,
            name,
            lambda line: f"× {number_text(size(line))}",
            point=lambda line: int(groups.group(line)[0]),
            told=lambda line: f"{name(line)}, {counted(size(line), 'point')}",
        )
