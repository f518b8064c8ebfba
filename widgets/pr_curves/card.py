"""A card: the title of a tag, its plot, and the table of its runs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from projector.curve_frames import CardFrame
from widgets.pr_curves.legend import LegendTable
from widgets.pr_curves.plot import CurvePlot
from widgets.shared.texts import plain_tip, shown
from widgets.shared.theme import plot_colors

MARGIN = 8


class CurveCard(QWidget):
    """All runs of one tag; used again for another tag when it scrolls out of sight.

    enlarge_asked: fill the center with this card, or give the place back. threshold_asked: move
    the threshold cursor by that many thresholds (int), None to take it away.
    """

    enlarge_asked = Signal()
    threshold_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, is_large: bool = False) -> None:
        super().__init__(parent)
        self._is_large = is_large
        self._title_text = ""
        self._title = self._title_label()
        self._button = self._enlarge_button()
        self.plot = CurvePlot(self)
        self.legend = LegendTable(self)
        header = QHBoxLayout()
        header.setSpacing(MARGIN)
        header.addWidget(self._title, 1)
        header.addWidget(self._button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(MARGIN // 2)
        layout.addLayout(header)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.legend)
        self.setFocusProxy(self.plot)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self._show_button()

    @property
    def tag(self) -> str:
        """The tag that is shown, empty where there is none yet."""
        return self.plot.frame.tag if self.plot.frame else ""

    def set_frame(self, frame: CardFrame) -> None:
        """Show this tag; another tag starts with the whole range in sight."""
        if frame.tag != self.tag:
            self.plot.reset_range()
            self.plot.set_readings((), has_cross=False)
        self.plot.set_frame(frame)
        self.legend.set_lines(frame.lines)
        self._title_text = frame.title
        tip = frame.title if frame.title == frame.tag else f"{frame.title}\n{frame.tag}"
        self._title.setToolTip(plain_tip("\n".join(filter(None, (tip, frame.description)))))
        self.setAccessibleName(frame.title)
        self.setAccessibleDescription(
            self.tr("Precision against recall of {count} runs").format(count=len(frame.lines))
        )
        self._show_title()

    def set_legend_rows(self, n_rows: int) -> None:
        """How many runs the table shows without scrolling."""
        self.legend.setFixedHeight(self.legend.height_of(n_rows))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        has_focus = self.plot.isAncestorOf(QApplication.focusWidget() or self)
        edge = self.palette().highlight() if has_focus else self.palette().midlight()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge.color(), 1))
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_title()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_button()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().y() < self.plot.y():
            self.enlarge_asked.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageDown: -10,
            Qt.Key.Key_PageUp: 10,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.threshold_asked.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge_asked.emit()
        elif key == Qt.Key.Key_Home:
            self.plot.reset_range()
        elif key == Qt.Key.Key_Escape and self._is_large:
            self.enlarge_asked.emit()
        elif key == Qt.Key.Key_Escape:
            self.threshold_asked.emit(None)
        else:
            super().keyPressEvent(event)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        self.update()

    def _title_label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        label.setMinimumWidth(1)
        return label

    def _enlarge_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        name = self.tr("Show all cards") if self._is_large else self.tr("Enlarge")
        button.setAccessibleName(name)
        button.setToolTip(self.tr("{name} (double-click the title)").format(name=name))
        button.clicked.connect(self.enlarge_asked)
        return button

    def _show_title(self) -> None:
        width = self.width() - self._button.sizeHint().width() - 3 * MARGIN
        mode = Qt.TextElideMode.ElideMiddle
        self._title.setText(
            self._title.fontMetrics().elidedText(shown(self._title_text), mode, width)
        )

    def _show_button(self) -> None:
        color = plot_colors(self.palette()).muted
        self._button.setIcon(corner_icon(color, 16, points_in=self._is_large))
        self._button.setIconSize(QSize(16, 16))


def corner_icon(color: QColor, size: int, *, points_in: bool) -> QIcon:
    """Two opposite corners of a frame, that point out (enlarge) or in (give the place back)."""
    pixmap = QPixmap(size * 4, size * 4)
    pixmap.setDevicePixelRatio(4)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.6))
    low, high, arm = 0.2 * size, 0.8 * size, 0.3 * size
    if points_in:
        low, high, arm = 0.42 * size, 0.58 * size, -0.3 * size
    for x, y, dx, dy in ((high, low, -arm, arm), (low, high, arm, -arm)):
        painter.drawLine(QLineF(x, y, x + dx, y))
        painter.drawLine(QLineF(x, y, x, y + dy))
    painter.end()
    return QIcon(pixmap)
