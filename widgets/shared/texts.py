"""Names out of files as widgets may show them: Qt takes some for markup or for a shortcut."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt

MOST = 1000
"""Characters of a text that are shown; Qt takes seconds to measure one of megabytes."""


def shown(text: str) -> str:
    """The start of a text, as much of it as anyone reads."""
    return text if len(text) <= MOST else text[:MOST] + "…"


def plain_tip(text: str) -> str:
    """A tool tip that shows the text as it is, with <b> and <img> left unread."""
    text = shown(text)
    if not Qt.mightBeRichText(text):
        return text
    return f"<qt>{escape(text)}</qt>".replace("\n", "<br>")


def counted(n: int, noun: str) -> str:
    """ "1 run", "1,200 runs"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def button_text(text: str) -> str:
    """The text of a button or menu entry, whose & is no shortcut."""
    return shown(text).replace("&", "&&")
