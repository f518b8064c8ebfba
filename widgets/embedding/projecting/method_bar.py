"""The methods side by side, one of them in front."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from widgets.embedding.projecting.wishes import AXES, NAMES, projection_of

SEGMENT = """
QPushButton {{ border: 1px solid palette(mid); padding: 4px 2px; background: palette(button);
    border-left-width: {left}px; border-top-left-radius: {first}px;
    border-bottom-left-radius: {first}px; border-top-right-radius: {last}px;
    border-bottom-right-radius: {last}px; }}
QPushButton:checked {{ background: palette(highlight); color: palette(highlighted-text);
    border-color: palette(highlight); }}
QPushButton:focus {{ border-color: palette(text); }}
QPushButton:hover:!checked {{ background: palette(midlight); }}
"""
RADIUS_PX = 4


class MethodBar(QWidget):
    """method_chosen: its name (str), picked by the user."""

    method_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for i, name in enumerate(NAMES):
            projection = projection_of(name)
            text = self.tr("Axes") if name == AXES else projection.title
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAccessibleName(projection.title)
            button.setToolTip(projection.tip)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance(text) + 10)
            is_last = i == len(NAMES) - 1
            button.setStyleSheet(
                SEGMENT.format(
                    left=1 if i == 0 else 0,
                    first=RADIUS_PX if i == 0 else 0,
                    last=RADIUS_PX if is_last else 0,
                )
            )
            self._group.addButton(button, i)
            row.addWidget(button, 1)

    def show_method(self, name: str) -> None:
        """Announces nothing."""
        button = self._group.button(NAMES.index(name) if name in NAMES else 0)
        button.setChecked(True)

    @Slot(int)
    def _on_clicked(self, i: int) -> None:
        self.method_chosen.emit(NAMES[i])
