"""The panel beside the pointer: threshold, precision, recall and counts of each run, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QLocale, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from projector.curve_frames import Reading
from widgets.shared.theme import plot_colors

MAX_ROWS = 10
MAX_NAME = 28
GAP_PX = 16


class Readout(QLabel):
    """Floats over its parent and never takes the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(8, 6, 8, 6)
        self.setAccessibleName(self.tr("Values under the cursor"))
        self.hide()

    def show_readings(self, readings: Sequence[Reading], near: QPoint) -> None:
        """Say these values beside a place of the parent; hidden where there are none."""
        if not readings:
            self.hide()
            return
        self.setText(self._table(readings))
        self.adjustSize()
        self.move(self._free_place(near))
        self.show()
        self.raise_()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.palette().toolTipBase())
        painter.setPen(QPen(self.palette().mid().color(), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()
        super().paintEvent(event)

    def _free_place(self, near: QPoint) -> QPoint:
        room = self._room.rect()
        x, y = near.x() + GAP_PX, near.y() + GAP_PX
        if x + self.width() > room.width():
            x = near.x() - GAP_PX - self.width()
        if y + self.height() > room.height():
            y = near.y() - GAP_PX - self.height()
        return QPoint(max(0, x), max(0, y))

    def _table(self, readings: Sequence[Reading]) -> str:
        muted = plot_colors(self.palette()).muted.name()
        titles = (
            self.tr("Threshold"),
            self.tr("Precision"),
            self.tr("Recall"),
            self.tr("F1"),
            self.tr("TP"),
            self.tr("FP"),
            self.tr("TN"),
            self.tr("FN"),
        )
        head = f"<td></td><td>{self.tr('Run')}</td>" + "".join(
            f"<td align='right'>{title}</td>" for title in titles
        )
        rows = "".join(_row(reading) for reading in readings[:MAX_ROWS])
        table = f"<table cellspacing='0' cellpadding='4'><tr style='color:{muted}'>{head}</tr>"
        more = len(readings) - MAX_ROWS
        foot = ""
        if more > 0:
            text = self.tr("and {count} more runs").format(count=more)
            foot = f"<span style='color:{muted}'>{text}</span>"
        return f"{table}{rows}</table>{foot}"


def _row(reading: Reading) -> str:
    point = reading.point
    color = "#{:02x}{:02x}{:02x}".format(*reading.color)
    ratios = (point.threshold, point.precision, point.recall, point.f1)
    counts = (point.tp, point.fp, point.tn, point.fn)
    cells = [ratio_text(value) for value in ratios] + [count_text(value) for value in counts]
    return (
        f"<tr><td style='color:{color}'>●</td><td>{escape(_short(reading.run))}</td>"
        + "".join(f"<td align='right'>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def ratio_text(value: float) -> str:
    """Four digits, or a dash where it is 0/0."""
    return "–" if math.isnan(value) else QLocale().toString(value, "f", 4)


def count_text(value: float) -> str:
    """Whole counts as such, weighted ones with two digits."""
    if value == round(value):
        return QLocale().toString(round(value))
    return QLocale().toString(value, "f", 2)


def _short(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    half = MAX_NAME // 2
    return f"{name[:half]}…{name[-half:]}"
