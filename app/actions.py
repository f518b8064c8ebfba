"""Turns the table of commands into QActions and menus."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from widgets.shared.command import Command

MENUS = ("File", "Edit", "Select", "View", "Help")


class CommandAction(QAction):
    """The QAction of one command; asks it whether it is enabled and checked."""

    def __init__(self, command: Command, parent: QObject) -> None:
        super().__init__(command.text, parent)
        self.command = command
        self.setObjectName(command.id)
        self.setStatusTip(command.tip)
        self.setToolTip(command.tip)
        self.setShortcuts([QKeySequence(key) for key in command.keys])
        self.setCheckable(command.is_checked is not None)
        if command.id == "app.quit":
            self.setMenuRole(QAction.MenuRole.QuitRole)
        elif command.id == "app.about":
            self.setMenuRole(QAction.MenuRole.AboutRole)
        self.triggered.connect(self._on_triggered)
        self._show_checked()

    def refresh(self) -> None:
        """Ask the command anew; done whenever a menu or the palette opens."""
        if self.command.is_enabled is not None:
            self.setEnabled(self.command.is_enabled())
        self._show_checked()

    def rest(self) -> None:
        """Let its keys work again: what was dim in a menu may be possible by the time they are
        pressed, and the command is asked then."""
        self.setEnabled(True)

    def _show_checked(self) -> None:
        if self.command.is_checked is not None:
            self.setChecked(self.command.is_checked())

    @Slot()
    def _on_triggered(self) -> None:
        if self.command.is_enabled is None or self.command.is_enabled():
            self.command.run()
        self._show_checked()


class CommandMenu(QMenu):
    """A menu that refreshes its actions as it opens."""

    def __init__(self, title: str, parent: QMenuBar | QMenu) -> None:
        super().__init__(title, parent)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._on_about_to_show)
        self.aboutToHide.connect(self._on_about_to_hide)

    @Slot()
    def _on_about_to_show(self) -> None:
        for action in self.actions():
            if isinstance(action, CommandAction):
                action.refresh()

    @Slot()
    def _on_about_to_hide(self) -> None:
        for action in self.actions():
            if isinstance(action, CommandAction) and action.isVisible():
                action.rest()


def build_menus(bar: QMenuBar) -> dict[str, CommandMenu]:
    """The empty menus, in the order that every desktop program has."""
    menus = {name: CommandMenu(f"&{name}", bar) for name in MENUS}
    for menu in menus.values():
        bar.addMenu(menu)
    return menus


def add_commands(
    commands: Iterable[Command], menus: dict[str, CommandMenu], owner: QObject
) -> list[CommandAction]:
    """Make the commands' actions and put each into its menu; "File/Export" is a menu in a menu."""
    actions = []
    for command in commands:
        action = CommandAction(command, owner)
        _menu_of(command.menu, menus).addAction(action)
        actions.append(action)
    return actions


def _menu_of(name: str, menus: dict[str, CommandMenu]) -> CommandMenu:
    if name not in menus:
        outer, _, title = name.partition("/")
        menus[name] = CommandMenu(title, menus[outer])
        menus[outer].addMenu(menus[name])
    return menus[name]
