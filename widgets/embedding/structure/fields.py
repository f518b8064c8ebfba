"""Numbers and words of the structure page's forms."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QWidget
from typing_extensions import override

from widgets.embedding.section import MARGIN

N_CHARACTERS = 9


class CountField(QSpinBox):
    """A whole number; the wheel leaves it alone unless it has the focus. valueChanged tells of the
    user's own changes only."""

    def __init__(
        self, name: str, tip: str, low: int, high: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setMinimumWidth(N_CHARACTERS * self.fontMetrics().averageCharWidth())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_value(self, value: int) -> None:
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DistanceField(QDoubleSpinBox):
    """A distance, 0 for one that is found by itself; otherwise as above."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0.0, 1e9)
        self.setDecimals(6)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.setSpecialValueText(self.tr("automatic"))
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text

    def show_value(self, value: float | None) -> None:
        self.blockSignals(True)
        self.setValue(value or 0.0)
        self.blockSignals(False)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def in_row(*widgets: QWidget) -> QWidget:
    """Side by side: labels as wide as their text, the others share the room."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(MARGIN)
    for widget in widgets:
        layout.addWidget(widget, 0 if isinstance(widget, QLabel) else 1)
    return row


def label_for(text: str, field: QWidget) -> QLabel:
    """A label beside a field in a row of several."""
    label = QLabel(text)
    label.setBuddy(field)
    return label
