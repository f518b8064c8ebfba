"""Two fields for the ends of a gradient, with buttons for the usual part and for all there is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from projector.colors import robust_range
from projector.errors import InvalidChoice
from widgets.embedding.coloring.coloring import Coloring
from widgets.embedding.coloring.values import parse_value, value_texts
from widgets.embedding.section import MARGIN
from widgets.embedding.sentences import tr

Range = tuple[float, float]
ROBUST, ROBUST_SHORT = "1–99 %", "%"


class RangeFields(QWidget):
    """An empty field stands for the end of the values.

    range_chosen: (low, high), or None for all there is. failed: a sentence (str) on what can't be.
    """

    range_chosen = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._coloring: Coloring | None = None
        self._range: Range | None = None
        self.low = self._field(self.tr("Low end of the gradient"))
        self.high = self._field(self.tr("High end of the gradient"))
        self.robust = QToolButton()
        self.robust.setCheckable(True)
        self.robust.setText(ROBUST)
        self.robust.setAccessibleName(self.tr("Usual range"))
        self.robust.setToolTip(
            self.tr("Leave out the lowest and the highest hundredth, as a few outliers would "
                    "squeeze all other colors together; again for all values")
        )  # fmt: skip
        self.robust.clicked.connect(self._on_robust)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN // 2)
        row.addWidget(self.low, 1)
        row.addWidget(QLabel("–"))
        row.addWidget(self.high, 1)
        row.addWidget(self.robust)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setToolTip(self.tr("{name}; empty for the end of the values").format(name=name))
        field.setMinimumWidth(6 * field.fontMetrics().averageCharWidth())
        field.editingFinished.connect(self._on_edited)
        return field

    def show_coloring(self, coloring: Coloring, chosen: Range | None) -> None:
        """The ends that are in use."""
        self._coloring, self._range = coloring, chosen
        ends = self._ends()
        # dates need the room
        self.robust.setText(ROBUST_SHORT if coloring.are_times else ROBUST)
        texts = ["", ""] if chosen is None else value_texts(chosen, coloring.are_times)
        places = value_texts(ends, coloring.are_times)
        for field, text, place in zip((self.low, self.high), texts, places, strict=True):
            field.setPlaceholderText(place)
            field.setText(text)
            field.setCursorPosition(0)
        self.robust.setChecked(chosen is not None and chosen == self._robust())

    def choose_robust(self) -> None:
        """The values without the outermost hundredth at each side."""
        found = self._robust()
        if found[0] < found[1]:
            self.range_chosen.emit(found)
        else:
            self.robust.setChecked(False)
            self.failed.emit(self.tr("Nearly all values are the same."))

    def _ends(self) -> Range:
        numbers = None if self._coloring is None else self._coloring.numbers
        finite = np.zeros(0) if numbers is None else numbers[np.isfinite(numbers)]
        return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)

    def _robust(self) -> Range:
        numbers = None if self._coloring is None else self._coloring.numbers
        return (0.0, 0.0) if numbers is None else robust_range(numbers)

    @Slot(bool)
    def _on_robust(self, is_on: bool) -> None:
        if is_on:
            self.choose_robust()
        else:
            self.range_chosen.emit(None)

    @Slot()
    def _on_edited(self) -> None:
        if self._coloring is None or not (self.low.isModified() or self.high.isModified()):
            return
        self.low.setModified(False)
        self.high.setModified(False)
        try:
            chosen = self._written(self._coloring.are_times)
        except InvalidChoice as error:
            self.show_coloring(self._coloring, self._range)
            self.failed.emit(str(error))
            return
        self.range_chosen.emit(chosen)

    def _written(self, are_times: bool) -> Range | None:
        texts = (self.low.text().strip(), self.high.text().strip())
        if not any(texts):
            return None
        low, high = (
            parse_value(text, are_times) if text else end
            for text, end in zip(texts, self._ends(), strict=True)
        )
        if low >= high:
            low_text, high_text = value_texts([low, high], are_times)
            text = tr("The low end must be below the high end, got {low} and {high}.")
            raise InvalidChoice(text.format(low=low_text, high=high_text))
        return low, high
