"""Air at both sides of a cell's text, so that numbers do not touch the words of the next column."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QStyledItemDelegate
from typing_extensions import override

PAD = "\N{NO-BREAK SPACE}"


class PaddedCells(QStyledItemDelegate):
    """Draws texts with a space at both sides; what is copied or read aloud has none."""

    @override
    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:
        return f"{PAD}{super().displayText(value, locale)}{PAD}"
