"""The field to search in, with a button inside that says how its text is read."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget
from typing_extensions import override


class SearchField(QLineEdit):
    """Escape empties it. mode_chosen: "text", "regex" or "sql". list_asked: by the Down key."""

    mode_chosen = Signal(object)
    list_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self._modes: dict[str, tuple[str, QAction]] = {}
        self._button = QToolButton(self)
        self._button.setAutoRaise(True)
        self._button.setAccessibleName(self.tr("How to search"))
        self._button.setToolTip(
            self.tr("How the text is read: as it is, as a pattern, or as a condition in SQL")
        )
        self._button.setCursor(Qt.CursorShape.ArrowCursor)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # not the button's own menu, whose arrow would be drawn into the text
        self._menu = self._mode_menu()
        self._button.clicked.connect(self._on_menu_asked)
        self.show_mode("text")

    def _mode_menu(self) -> QMenu:
        menu = QMenu(self._button)
        group = QActionGroup(menu)
        texts = (
            ("text", self.tr("abc"), self.tr("Text")),
            ("regex", self.tr(".*"), self.tr("Regular expression")),
            ("sql", self.tr("SQL"), self.tr("SQL condition, as label = '7' AND count > 100")),
        )
        for mode, short, text in texts:
            action = menu.addAction(f"{text}\t{short}")
            action.setCheckable(True)
            action.setData(mode)
            group.addAction(action)
            self._modes[mode] = (short, action)
        menu.triggered.connect(self._on_triggered)
        return menu

    def show_mode(self, mode: str) -> None:
        short, action = self._modes.get(mode, self._modes["text"])
        action.setChecked(True)
        self._button.setText(f"{short} ▾")
        self._place()

    @Slot()
    def _on_menu_asked(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.mode_chosen.emit(action.data())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        if event.key() == Qt.Key.Key_Down and not event.modifiers():
            self.list_asked.emit()
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """At the left, as high as the field without its frame."""
        width = self._button.sizeHint().width()
        self._button.setGeometry(2, 2, width, max(8, self.height() - 4))
        self.setTextMargins(width, 0, 0, 0)
