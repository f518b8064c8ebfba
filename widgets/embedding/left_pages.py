"""The left panel: one page for the data and how points look, one for projections."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QTabWidget, QWidget
from typing_extensions import override

from widgets.embedding.section import Panel

N_CHARACTERS = 42


class LeftPages(QTabWidget):
    """Each page scrolls by itself when the window is small."""

    def __init__(self, data: QWidget, projection: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setAccessibleName(self.tr("Embedding and projection"))
        self.tabBar().setExpanding(True)
        self.tabBar().setAccessibleName(self.tr("Pages of the left panel"))
        self._data = self.add_page(data, self.tr("Data"), self.tr("What is shown, and its colors"))
        tip = self.tr("How many dimensions become two or three")
        self._projection = self.add_page(projection, self.tr("Projection"), tip)

    def add_page(self, content: QWidget, title: str, tip: str) -> Panel:
        """One more page, behind the others."""
        page = Panel(title, N_CHARACTERS)
        page.add(content)
        page.add_stretch()
        self.setTabToolTip(self.addTab(page, title), tip)
        return page

    def show_projection(self) -> None:
        """Bring the methods to the front; by key one goes on with the one that is chosen."""
        self.setCurrentWidget(self._projection)
        focus = QApplication.focusWidget()
        chosen = [one for one in self._projection.findChildren(QPushButton) if one.isChecked()]
        if chosen and (focus is None or not self._projection.isAncestorOf(focus)):
            chosen[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def sizeHint(self) -> QSize:
        return self._data.sizeHint()
