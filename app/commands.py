"""The table of the program's own commands, in menu order; dashboards bring their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from app.settings import THEMES, Theme
from widgets.dashboards import DASHBOARDS
from widgets.shared.command import Command

if TYPE_CHECKING:
    from app.controller import Controller

Keys = QKeySequence.StandardKey
THEME_TEXTS: dict[Theme, str] = {
    "system": "Theme of the system",
    "light": "Light theme",
    "dark": "Dark theme",
}


def app_commands(controller: Controller) -> tuple[Command, ...]:
    """Every command that is there whatever tab is in front."""
    return (*file_commands(controller), *view_commands(controller), *help_commands(controller))


def file_commands(controller: Controller) -> tuple[Command, ...]:
    """Opening, saving, leaving."""
    return (
        Command(
            "app.open_folder",
            tr("&Open folder…"),
            tr("Open a folder of logs"),
            controller.ask_folder,
            "File",
            (Keys.Open,),
        ),
        Command(
            "app.add_folder",
            tr("&Add folder…"),
            tr("Open one more folder of logs beside what is open"),
            controller.ask_another_folder,
            "File",
            ("Ctrl+Shift+N",),
            is_enabled=controller.has_path,
        ),
        Command(
            "app.open_file",
            tr("Open &file…"),
            tr("Open event files, or vectors with their table and pictures"),
            controller.ask_file,
            "File",
            ("Ctrl+Shift+O",),
        ),
        Command(
            "app.open_view",
            tr("Open &view…"),
            tr("Open a view that was saved: its logs, as they were looked at"),
            controller.ask_view,
            "File",
        ),
        Command(
            "app.open_demo",
            tr("Open the &demo"),
            tr("Train a small digit classifier and open its logs"),
            controller.open_demo,
            "File",
        ),
        Command(
            "app.clear_recent",
            tr("&Clear recent"),
            tr("Forget the paths opened lately"),
            controller.clear_recent,
            "File",
        ),
        Command(
            "app.reload",
            tr("Re&load"),
            tr("Read everything again from the start"),
            controller.reload,
            "File",
            ("F5", "Ctrl+R"),
            is_enabled=controller.has_path,
        ),
        Command(
            "app.save_picture",
            tr("&Save picture…"),
            tr("Save the window as a PNG"),
            controller.save_picture,
            "File",
            ("Ctrl+Shift+S",),
        ),
        Command(
            "app.quit",
            tr("&Quit"),
            tr("Close the window"),
            controller.quit,
            "File",
            (QKeySequence.StandardKey.Quit,),
        ),
    )


def view_commands(controller: Controller) -> tuple[Command, ...]:
    """Tabs, following and themes."""
    tabs = tuple(
        Command(
            f"app.show_{kind.name}",
            kind.title,
            tr("Show the tab {}").format(kind.title),
            partial(controller.window.show_dashboard, kind.name),
            keys=(f"Ctrl+{i + 1}",),
        )
        for i, kind in enumerate(DASHBOARDS)
    )
    turns = (
        ("app.next_tab", tr("Next tab"), tr("Show the next dashboard"), 1, Keys.NextChild),
        ("app.previous_tab", tr("Previous tab"), tr("Show the one before"), -1, Keys.PreviousChild),
    )
    themes = tuple(
        Command(
            f"app.theme_{theme}",
            tr(text),
            tr("Use the {}").format(tr(text).lower()),
            partial(controller.choose_theme, theme),
            is_checked=partial(controller.has_theme, theme),
        )
        for theme, text in THEME_TEXTS.items()
    )
    assert tuple(THEME_TEXTS) == THEMES
    return (
        *tabs,
        *(
            Command(name, text, tip, partial(controller.window.next_tab, by), keys=(key,))
            for name, text, tip, by, key in turns
        ),
        Command(
            "app.follow",
            tr("&Follow"),
            tr("Show what is written to the logs as it comes"),
            controller.following.toggle,
            keys=("Ctrl+Shift+F",),
            is_checked=controller.is_following,
        ),
        *themes,
    )


def help_commands(controller: Controller) -> tuple[Command, ...]:
    """Finding one's way."""
    return (
        Command(
            "app.palette",
            tr("&Command palette…"),
            tr("Find any command by typing"),
            controller.show_palette,
            "Help",
            ("Ctrl+K", "Ctrl+Shift+P"),
        ),
        Command(
            "app.shortcuts",
            tr("&Keyboard shortcuts"),
            tr("List every shortcut"),
            controller.show_shortcuts,
            "Help",
            ("F1",),
        ),
        Command(
            "app.doctor",
            tr("&What was looked for…"),
            tr("List where embeddings were looked for, what was found and why the rest was not"),
            controller.explainer.show,
            "Help",
            is_enabled=controller.has_path,
        ),
        Command(
            "app.about",
            tr("&About projector"),
            tr("Version and license"),
            controller.show_about,
            "Help",
        ),
    )


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Commands", text)
