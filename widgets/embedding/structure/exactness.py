"""What is said where neighbors were not all the true ones."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def neighbors_text(recall: float) -> str:
    """A sentence after a summary, with a space before it; "" where the search was exact. recall:
    0..1, of projector.neighbor_graph."""
    if recall >= 1:
        return ""
    text = QCoreApplication.translate(
        "exactness", "Neighbors are approximate: {share} of the true ones, measured on a sample."
    )
    # never a rounded 100 %, which would say exact
    return " " + text.format(share=f"{min(recall, 0.999):.1%}")
