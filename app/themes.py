"""Applies the light or dark theme to the running application."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.settings import Theme
from widgets.shared.theme import app_palette


def apply_theme(theme: Theme) -> None:
    """Color everything; "system" follows the desktop and is light where the desktop doesn't say."""
    scheme = QGuiApplication.styleHints().colorScheme()
    is_dark = theme == "dark" or (theme == "system" and scheme == Qt.ColorScheme.Dark)
    application = cast(QApplication, QApplication.instance())
    palette = app_palette(is_dark)
    if application.palette() != palette:
        application.setPalette(palette)
        _dress_anew(application)


def _dress_anew(application: QApplication) -> None:
    """WORKAROUND (Qt 6): a widget with a style sheet of its own keeps the colors it had."""
    for widget in application.allWidgets():
        if sheet := widget.styleSheet():
            widget.setStyleSheet("")
            widget.setStyleSheet(sheet)
