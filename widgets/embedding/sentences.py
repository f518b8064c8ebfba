"""Sentences of jobs and of values that users wrote, in the user's language.

What the core itself says stays English: it knows no Qt, and so no translator.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """The text in the user's language; may be asked for on any thread."""
    return QCoreApplication.translate("Embedding", text)
