"""Says what the colors of the points mean: lines that can be clicked, or a bar with its ticks."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from projector.arrays import IntArray
from projector.colors import Legend
from widgets.embedding.coloring.coloring import Coloring
from widgets.embedding.coloring.gradient_bar import GradientBar
from widgets.embedding.coloring.line_list import LineList
from widgets.embedding.coloring.lines import LegendLines
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import number_text
from widgets.shared.texts import shown

UNFILTERED = 12
"""So many lines are found at a glance; more have a field to find them by."""


class LegendView(QWidget):
    """Shows one legend. list, bar: what can be clicked. fitted: another height is needed."""

    fitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend = Legend()
        self.lines = LegendLines(self)
        self.list = LineList(self.lines)
        self.bar = GradientBar()
        self._told = QLabel()
        self._told.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing = QLabel(self.tr("No category has this text."))
        self._nothing.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._make_field()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MARGIN // 2)
        for widget in (self.bar, self._told, self.field, self.list, self._nothing):
            layout.addWidget(widget)
        self.set_legend(self._legend)

    def _make_field(self) -> None:
        self.field = QLineEdit(clearButtonEnabled=True)
        self.field.setAccessibleName(self.tr("Find a category"))
        self.field.setToolTip(self.tr("List only the categories that hold this text"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._on_return)
        self._timer = QTimer(self, singleShot=True, interval=120)
        self._timer.timeout.connect(self._find)

    @property
    def legend(self) -> Legend:
        return self._legend

    def set_legend(self, legend: Legend) -> None:
        """A legend that is counted already, with all its lines."""
        self.lines.set_entries(legend.entries)
        self._show(legend)

    def set_coloring(self, coloring: Coloring) -> None:
        """What the colors mean; lines that stay keep their place in the list."""
        is_same = coloring.legend.title == self._legend.title
        before = self.list.current_code
        place = self.list.verticalScrollBar().value()
        self.lines.set_coloring(coloring)
        self._show(coloring.legend, keeps_filter=is_same)
        if is_same and before is not None:
            self.list.setCurrentIndex(self.list.index_of(before))
            self.list.verticalScrollBar().setValue(place)

    def set_hidden(self, names: tuple[str, ...]) -> None:
        """Which categories are switched off."""
        self.lines.set_hidden(names)

    def set_counts_shown(self, counts: IntArray | None) -> None:
        """How many points of each category are drawn, int64 (m + 1,); None for all."""
        self.lines.set_counts_shown(counts)

    def tell(self, text: str) -> None:
        """A line on the part of the bar that is marked, "" for none."""
        self._told.setText(text)
        self._told.setVisible(bool(text))
        self.fitted.emit()

    def _show(self, legend: Legend, keeps_filter: bool = False) -> None:
        self._legend = legend
        texts = [f"{shown(entry.label)}: {number_text(entry.count)}" for entry in legend.entries]
        if legend.gradient is not None:
            texts.insert(0, f"{legend.gradient.low:.4g} – {legend.gradient.high:.4g}")
        self.setAccessibleDescription(", ".join(texts))
        self.bar.set_gradient(legend.gradient)
        self.bar.setVisible(legend.gradient is not None)
        n_lines = self.lines.n_lines
        self.list.setVisible(n_lines > 0)
        self.field.setVisible(n_lines > UNFILTERED)
        text = self.tr("Find among {n} categories").format(n=number_text(n_lines))
        self.field.setPlaceholderText(text)
        self._told.hide()
        if not keeps_filter:
            self.field.clear()
        self._find()
        self.list.updateGeometry()
        self.fitted.emit()

    @Slot(str)
    def _on_typed(self, _text: str) -> None:
        self._timer.start()

    @Slot()
    def _on_return(self) -> None:
        """To the first that was found."""
        self._find()
        if self.lines.rowCount():
            self.list.setCurrentIndex(self.lines.index(0))
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _find(self) -> None:
        self._timer.stop()
        text = self.field.text().strip()
        if text != self.lines.filter:
            self.lines.set_filter(text)
            self.list.setCurrentIndex(QModelIndex())
        self._nothing.setVisible(self.lines.n_lines > 0 and not self.lines.rowCount())
