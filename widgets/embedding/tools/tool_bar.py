"""The slim bar of tools that floats over the cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.tools.command_menu import CommandMenu, tip_of
from widgets.embedding.tools.icons import tool_icon
from widgets.shared.command import Command
from widgets.shared.theme import plot_colors

MARGIN = 8


class CommandButton(QToolButton):
    """One command as an icon; told anew when it is to be checked or enabled."""

    def __init__(self, command: Command, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._command, self._icon = command, icon
        self.setAutoRaise(True)
        self.setCheckable(command.is_checked is not None)
        self.setToolTip(tip_of(command))
        self.setAccessibleName(command.text.replace("&", ""))
        self.setAccessibleDescription(command.tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._on_clicked)
        self.refresh()
        self._redraw()

    def refresh(self) -> None:
        """Ask the command whether it is enabled and checked."""
        command = self._command
        self.setEnabled(command.is_enabled is None or command.is_enabled())
        self.setChecked(command.is_checked is not None and command.is_checked())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._redraw()

    def _redraw(self) -> None:
        """The icon in the colors of the theme."""
        side = round(self.fontMetrics().height() * 1.2)
        groups = (QPalette.ColorGroup.Active, QPalette.ColorGroup.Disabled)
        role = QPalette.ColorRole.ButtonText
        color, pale = (self.palette().color(group, role) for group in groups)
        self.setIconSize(QSize(side, side))
        self.setIcon(tool_icon(self._icon, color, pale, side, self.devicePixelRatioF()))

    @Slot()
    def _on_clicked(self) -> None:
        self._command.run()
        self.refresh()


class ToolBar(QFrame):
    """At the right edge of a canvas. icons: names of icons by ids of commands; groups of them are
    set apart. options: commands in the menu at its end."""

    def __init__(
        self,
        canvas: ScatterCanvas,
        groups: Sequence[Mapping[str, Command]],
        options: Sequence[Command | None],
    ) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setAccessibleName(self.tr("Tools"))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        column.setSpacing(1)
        self._buttons: list[CommandButton] = []
        for group in groups:
            for icon, command in group.items():
                self._buttons.append(CommandButton(command, icon, self))
                column.addWidget(self._buttons[-1])
            column.addSpacing(MARGIN // 2)
        column.addWidget(self._options_button(options))
        canvas.resized.connect(self.place)
        self.place()

    def _options_button(self, options: Sequence[Command | None]) -> QWidget:
        command = Command(
            "embedding.view_options",
            self.tr("View options"),
            self.tr("What is shown, and how."),
            _rest,
        )
        self._menu_button = button = CommandButton(command, "options", self)
        self._buttons.append(button)
        self._menu = CommandMenu(options, button)
        self._menu.setTitle(command.text)
        button.setMenu(self._menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        return button

    @property
    def last_button(self) -> QWidget:
        """Where the Tab key leaves it."""
        return self._buttons[-1]

    @Slot()
    def refresh(self) -> None:
        """Ask all commands anew."""
        for button in self._buttons:
            button.refresh()

    @Slot()
    def place(self) -> None:
        """At the edge; not at all where there is no room."""
        size, room = self.sizeHint(), self._canvas.size()
        self.setGeometry(room.width() - size.width() - MARGIN, MARGIN, size.width(), size.height())
        self.setVisible(size.height() + 2 * MARGIN <= room.height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.place()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = plot_colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.grid, 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        painter.end()


def _rest() -> None:
    """The button opens its menu by itself."""
