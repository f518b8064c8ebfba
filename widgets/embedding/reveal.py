"""Brings a control into sight, wherever in the panels it is hidden."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from widgets.embedding.panes import Panes
from widgets.embedding.section import Section


def reveal(control: QWidget) -> None:
    """Open the panel it is in, turn to its page and unfold its section; a page scrolls to what gets
    the keyboard by itself."""
    page: QWidget = control
    within = control.parentWidget()
    while within is not None:
        if isinstance(within, Section):
            within.set_open(True)
        elif isinstance(within, Panes):
            place = within.indexOf(page)
            if not within.is_open(place):
                within.toggle(place)
        elif isinstance(parent := within.parentWidget(), QTabWidget):
            parent.setCurrentWidget(page)
        page, within = within, within.parentWidget()
