"""Keys that belong to a part of the dashboard and to no command, for the list of shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from widgets.shared.command import KeyNote


def embedding_key_notes() -> tuple[KeyNote, ...]:
    """In the order in which they are met."""
    picture, legend = _tr("on the picture"), _tr("in the legend")
    bar, points = _tr("on the color bar"), _tr("in a list of points")
    values, results = _tr("on a value of the point"), _tr("in the results")
    return (
        KeyNote(("Left", "Right", "Up", "Down"), _tr("Turn the cloud, in 2D move it"), picture),
        KeyNote(("Shift+Left", "Shift+Up"), _tr("Move the cloud"), picture),
        KeyNote(("Menu",), _tr("Menu of the selected point"), picture),
        KeyNote(("Esc",), _tr("Back to the picture")),
        KeyNote(("Space",), _tr("Hide the category, or show it again"), legend),
        KeyNote(("Return", "Ctrl+Return"), _tr("Select the category, or add it"), legend),
        KeyNote(("Shift+Return",), _tr("Isolate the category, or show all"), legend),
        KeyNote(("Menu",), _tr("Color, and what else can be done with it"), legend),
        KeyNote(("Left", "Right"), _tr("Move the part that is marked"), bar),
        KeyNote(("Shift+Left", "Shift+Right"), _tr("Make it wider"), bar),
        KeyNote(("Return",), _tr("Select the points of the part"), bar),
        KeyNote(("Return",), _tr("Select the point"), points),
        KeyNote(("Return",), _tr("Select all points with this value"), values),
        KeyNote(("F2",), _tr("Write another value"), values),
        KeyNote(("F2",), _tr("Rename"), results),
        KeyNote(("Del",), _tr("Delete"), results),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("EmbeddingKeys", text)
