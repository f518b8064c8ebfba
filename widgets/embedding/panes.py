"""Left panel, cloud and inspector side by side; the panels can be dragged or switched shut."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

USUAL_WIDTH_PX = 1280


class Panes(QSplitter):
    """Three widgets in a row; the middle one takes what room there is."""

    def __init__(self, left: QWidget, middle: QWidget, right: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        for widget in (left, middle, right):
            self.addWidget(widget)
        self.setStretchFactor(1, 1)
        self.setCollapsible(1, False)
        self.setHandleWidth(5)
        widths = [widget.sizeHint().width() for widget in (left, middle, right)]
        widths[1] = max(widths[1], USUAL_WIDTH_PX - widths[0] - widths[2])
        self.setSizes(widths)

    def is_open(self, index: int) -> bool:
        return self.sizes()[index] > 0

    def toggle(self, index: int) -> None:
        """Shut a panel, or open it at its own width."""
        sizes = self.sizes()
        panel = self.widget(index)
        assert panel is not None
        wanted = 0 if sizes[index] else panel.sizeHint().width()
        sizes[1] += sizes[index] - wanted
        sizes[index] = wanted
        self.setSizes(sizes)
