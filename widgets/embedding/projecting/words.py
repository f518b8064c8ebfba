"""Sentences that jobs make and users read, in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """The text in the user's language; safe on any thread."""
    return QCoreApplication.translate("Projection", text)
