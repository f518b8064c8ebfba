"""A drop-down of texts with values behind them, no wider than its panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget


class Combo(QComboBox):
    """`activated` tells of the user's own picks only; filling and showing announce nothing."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fill(self, items: Sequence[tuple[str, Any]], current: Any) -> None:
        """Offer (text, value) pairs and show the current value."""
        self.blockSignals(True)
        self.clear()
        for text, value in items:
            self.addItem(text, value)
        self.setCurrentIndex(self.find_value(current))
        self.blockSignals(False)

    def items(self) -> list[tuple[str, Any]]:
        """The (text, value) pairs that are offered."""
        return [(self.itemText(i), self.itemData(i)) for i in range(self.count())]

    def find_value(self, value: Any) -> int:
        """The index of a value, -1 where it is not offered. None is a value like any other."""
        values = [self.itemData(index) for index in range(self.count())]
        return values.index(value) if value in values else -1

    def show_value(self, value: Any) -> None:
        self.blockSignals(True)
        self.setCurrentIndex(self.find_value(value))
        self.blockSignals(False)
