"""Which hyperparameters and metrics have an axis and a column: a list to check, with a filter."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from projector.hparams.columns import Column
from projector.hparams.texts import value_text
from widgets.hparams.view_model import ROLES, TRIAL, HparamsViewModel
from widgets.shared.texts import plain_tip

ID = Qt.ItemDataRole.UserRole
MOST_VALUES_IN_TIP = 12


class ColumnChooser(QWidget):
    """A group for hyperparameters, metrics and what else is known of a trial."""

    def __init__(self, model: HparamsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_filling = False
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: list[QTreeWidgetItem] = []
        # one check of a group changes many items; they are taken together once all have changed
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._on_later)
        self.filter = self._make_filter()
        self.list = self._make_list()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.filter)
        layout.addWidget(self.list)
        model.trials_changed.connect(self._on_trials_changed)
        model.changed.connect(self._on_changed)

    def _make_filter(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(self.tr("Filter columns"))
        field.setAccessibleName(self.tr("Filter columns"))
        field.setClearButtonEnabled(True)
        field.textChanged.connect(self._on_filter)
        return field

    def _make_list(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setIndentation(self.fontMetrics().averageCharWidth() * 2)
        tree.setAccessibleName(self.tr("Columns to show"))
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        tree.itemChanged.connect(self._on_item_changed)
        return tree

    def _fill(self) -> None:
        self._is_filling = True
        self.list.clear()
        self._items, self._groups = {}, []
        titles = (self.tr("Hyperparameters"), self.tr("Metrics"), self.tr("Trial"))
        for role, title in zip(ROLES, titles, strict=True):
            columns = [c for c in self._model.columns.values() if c.role == role and c.id != TRIAL]
            if columns:
                self._add_group(f"{title} ({len(columns):,})", columns)
        self._is_filling = False
        self._show_checks()
        self._on_filter(self.filter.text())

    def _add_group(self, title: str, columns: list[Column]) -> None:
        group = QTreeWidgetItem(self.list, [title])
        group.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsAutoTristate
            | Qt.ItemFlag.ItemIsSelectable
        )
        font = group.font(0)
        font.setBold(True)
        group.setFont(0, font)
        group.setData(0, ID, columns[0].role)
        self._groups.append(group)
        for column in columns:
            item = QTreeWidgetItem(group, [column.title])
            item.setData(0, ID, column.id)
            item.setCheckState(0, Qt.CheckState.Unchecked)
            self._show_column(item, column)
            self._items[column.id] = item
        group.setExpanded(True)

    def _show_column(self, item: QTreeWidgetItem, column: Column) -> None:
        """Its tip, and muted where it is the same in all trials."""
        item.setToolTip(0, plain_tip(self._tip(column)))
        brush = self.palette().text() if column.differs else self.palette().placeholderText()
        item.setForeground(0, brush)

    def _members(self, group: QTreeWidgetItem) -> list[QTreeWidgetItem]:
        return [item for item in self._items.values() if item.parent() is group]

    def _tip(self, column: Column) -> str:
        lines = [column.title]
        if column.name != column.title:
            lines.append(column.name)
        if column.description:
            lines.append(column.description)
        if column.domain:
            shown = [value_text(value)[:40] for value in column.domain[:MOST_VALUES_IN_TIP]]
            more = ", …" if len(column.domain) > MOST_VALUES_IN_TIP else ""
            lines.append(", ".join(shown) + more)
        elif column.interval is not None:
            low, high = column.interval
            lines.append(f"{value_text(low)} … {value_text(high)}")
        n_missing = int(column.missing.sum())
        if n_missing:
            of = self.tr("Missing in %1 of %2 trials")
            lines.append(of.replace("%1", str(n_missing)).replace("%2", str(len(column))))
        elif not column.differs:
            lines.append(self.tr("The same in all trials"))
        return "\n".join(lines)

    def _show_checks(self) -> None:
        self._is_filling = True
        shown = set(self._model.choice.columns)
        for column_id, item in self._items.items():
            is_on = column_id in shown
            item.setCheckState(0, Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
        self._is_filling = False

    @Slot(str)
    def _on_filter(self, text: str) -> None:
        words = text.casefold().split()
        for item in self._items.values():
            title = item.text(0).casefold()
            item.setHidden(not all(word in title for word in words))
        for group in self._groups:
            n_hidden = sum(item.isHidden() for item in self._members(group))
            group.setHidden(n_hidden == group.childCount())

    @Slot(QTreeWidgetItem, int)
    def _on_item_changed(self, _item: QTreeWidgetItem, _column: int) -> None:
        if not self._is_filling:
            self._later.start()

    @Slot()
    def _on_later(self) -> None:
        states = {column_id: item.checkState(0) for column_id, item in self._items.items()}
        self._model.set_columns({c for c, state in states.items() if state.value})

    @Slot()
    def _on_trials_changed(self) -> None:
        columns = {c.id: c for c in self._model.columns.values() if c.id != TRIAL}
        titles = {column_id: item.text(0) for column_id, item in self._items.items()}
        if titles != {column_id: column.title for column_id, column in columns.items()}:
            bar, current = self.list.verticalScrollBar(), self._current_id()
            value, folded = bar.value(), {_role(g) for g in self._groups if not g.isExpanded()}
            self._fill()
            for group in self._groups:
                group.setExpanded(_role(group) not in folded)
            if current in self._items:
                self.list.setCurrentItem(self._items[current])
            bar.setValue(value)
            return
        self._is_filling = True
        for column_id, column in columns.items():
            self._show_column(self._items[column_id], column)
        self._is_filling = False
        self._show_checks()

    def _current_id(self) -> str:
        item = self.list.currentItem()
        return "" if item is None else str(item.data(0, ID))

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if "columns" in names:
            self._show_checks()


def _role(group: QTreeWidgetItem) -> str:
    return str(group.data(0, ID))
