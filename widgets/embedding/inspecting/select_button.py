"""A button that selects rows, and whose menu changes the selection by them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from projector.selection import Combine


def pressed_how() -> Combine:
    """What the keys held say: Shift adds, Ctrl takes away, both keep only what is in both."""
    keys = QGuiApplication.keyboardModifiers()
    has_shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    has_control = bool(keys & Qt.KeyboardModifier.ControlModifier)
    if has_shift and has_control:
        return "intersect"
    if has_shift:
        return "union"
    return "subtract" if has_control else "replace"


class CombineMenu(QMenu):
    """The four ways. asked: which one (a Combine)."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        texts: tuple[tuple[str, Combine], ...] = (
            (self.tr("Select"), "replace"),
            (self.tr("Add to selection\tShift+Click"), "union"),
            (self.tr("Remove from selection\tCtrl+Click"), "subtract"),
            (self.tr("Keep only these in selection\tCtrl+Shift+Click"), "intersect"),
        )
        for text, how in texts:
            self.addAction(text).setData(how)
        self.triggered.connect(self._on_triggered)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action.data() is not None:
            self.asked.emit(action.data())


class SelectButton(QToolButton):
    """asked: how the selection is to change (a Combine)."""

    asked = Signal(object)

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu = CombineMenu(self)
        self._menu.asked.connect(self.asked)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._on_clicked)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)

    @Slot()
    def _on_clicked(self) -> None:
        self.asked.emit(pressed_how())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens the menu, as on a drop-down."""
        if event.key() == Qt.Key.Key_Down:
            self.showMenu()
            return
        super().keyPressEvent(event)
