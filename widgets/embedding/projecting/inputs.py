"""Fields for one value: numbers that the wheel leaves alone, and a seed with a die."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from widgets.embedding.projecting.fields import Field
from widgets.embedding.section import MARGIN

MOST_SEED = 2**32 - 1


class NumberField(QDoubleSpinBox):
    """A number; turning the wheel above it scrolls the panel unless the field has the focus.

    value_chosen: int, float, or None for automatic; only the user's own changes.
    """

    value_chosen = Signal(object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.setDecimals(field.decimals)
        self.setRange(field.low, field.high)
        self.setSingleStep(field.step)
        self.setGroupSeparatorShown(field.high >= 10_000)
        self.setKeyboardTracking(False)
        self.setAccessibleName(field.label)
        self.setToolTip(field.tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(9 * self.fontMetrics().averageCharWidth())
        if field.automatic is not None:
            self.setSpecialValueText(field.automatic)
        self.valueChanged.connect(self._on_value_changed)

    def show_value(self, value: float | None) -> None:
        """Announces nothing."""
        self.blockSignals(True)
        is_number = isinstance(value, int | float)
        self.setValue(value if is_number and value is not None else self.minimum())
        self.blockSignals(False)

    def set_automatic_text(self, text: str) -> None:
        """What stands there for a value that is found by itself."""
        self.setSpecialValueText(text)

    @override
    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    @Slot(float)
    def _on_value_changed(self, value: float) -> None:
        if self._field.automatic is not None and value == self.minimum():
            self.value_chosen.emit(None)
        elif self._field.decimals == 0:
            self.value_chosen.emit(round(value))
        else:
            self.value_chosen.emit(value)


class SeedField(QWidget):
    """A whole number that any chance depends on, and a button for another one.

    value_chosen: int; only the user's own changes.
    """

    value_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        field = Field(
            "seed",
            self.tr("Seed"),
            self.tr("The same seed gives the same picture again"),
            high=MOST_SEED,
        )
        self._number = NumberField(field)
        self._number.setGroupSeparatorShown(False)
        self._number.value_chosen.connect(self.value_chosen)
        self._dice = QToolButton()
        self._dice.setText("\N{DIE FACE-5}")
        self._dice.setAutoRaise(True)
        self._dice.setAccessibleName(self.tr("Another seed"))
        self._dice.setToolTip(self.tr("Take another seed by chance"))
        self._dice.clicked.connect(self._on_dice_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MARGIN // 2)
        layout.addWidget(self._number, 1)
        layout.addWidget(self._dice)
        self.setFocusProxy(self._number)

    def show_value(self, value: int) -> None:
        self._number.show_value(value)

    @Slot()
    def _on_dice_clicked(self) -> None:
        self.value_chosen.emit(secrets.randbelow(10_000))


class TextField(QLineEdit):
    """A line of text. text_chosen: what was typed (str), once it is left or Enter is pressed."""

    text_chosen = Signal(object)

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self._shown = ""
        self.editingFinished.connect(self._on_editing_finished)

    def show_text(self, text: str) -> None:
        """Announces nothing."""
        self._shown = text
        if self.text() != text:
            self.setText(text)

    @Slot()
    def _on_editing_finished(self) -> None:
        if self.text() != self._shown:
            self._shown = self.text()
            self.text_chosen.emit(self.text())
