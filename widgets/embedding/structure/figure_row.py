"""One figure of quality: its name, its value, a bar on its scale, and what it means."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from projector.quality import Figure
from widgets.embedding.section import MARGIN
from widgets.embedding.structure.meanings import Meaning
from widgets.shared.theme import plot_colors

BAR = 5
GAP = 2


@dataclass(frozen=True, slots=True)
class Scale:
    """Of a bar: where it begins and what chance gives; it ends at 1."""

    low: float = 0.0
    chance: float | None = None

    def share(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.low) / (1.0 - self.low)))


class FigureBar(QWidget):
    """A bar for each layout, the first in full color, and a mark at what chance gives."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = Scale()
        self._values: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: tuple[float, ...], scale: Scale) -> None:
        self._values, self._scale = values, scale
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        n = max(1, len(self._values))
        return QSize(100, n * BAR + (n - 1) * GAP + 4)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = plot_colors(self.palette())
        zero = self._scale.share(0.0) * self.width()
        for place, value in enumerate(self._values):
            top = 2 + place * (BAR + GAP)
            painter.fillRect(QRectF(0, top, self.width(), BAR), colors.faded)
            end = self._scale.share(value) * self.width()
            color = colors.neighbor if place else colors.point
            painter.fillRect(QRectF(min(zero, end), top, abs(end - zero), BAR), color)
        if self._scale.chance is not None and self._values:
            x = round(self._scale.share(self._scale.chance) * (self.width() - 1)) + 0.5
            painter.setPen(QPen(colors.foreground, 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.end()


class FigureRow(QWidget):
    """color_asked: the cloud is to be colored by this figure (its name)."""

    color_asked = Signal(object)

    def __init__(self, meaning: Meaning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = meaning.name
        self._title = QLabel(meaning.title)
        self._value = QLabel()
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        font = self._value.font()
        font.setBold(True)
        self._value.setFont(font)
        self._bar = FigureBar()
        self._sentence = QLabel(meaning.sentence, wordWrap=True)
        self._sentence.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._color = QToolButton(autoRaise=True)
        self._color.setText(self.tr("Color"))
        self._color.setAccessibleName(self.tr("Color by {name}").format(name=meaning.title))
        tip = self.tr("Color each point by its own {name}")
        self._color.setToolTip(tip.format(name=meaning.title.lower()))
        self._color.clicked.connect(self._on_color_clicked)
        self._color.setVisible(bool(meaning.column))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(MARGIN)
        grid.setVerticalSpacing(1)
        grid.addWidget(self._title, 0, 0)
        grid.addWidget(self._value, 0, 1)
        grid.addWidget(self._color, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._bar, 1, 0, 1, 2)
        grid.addWidget(self._sentence, 2, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(2, self._color.sizeHint().width())

    def show_figures(self, figures: tuple[Figure, ...], meaning: Meaning) -> None:
        """Of the layout shown, and of the one beside it. meaning: with the chance of now."""
        values = tuple(figure.value for figure in figures)
        texts = map(_value_text if len(figures) == 1 else _short_text, figures)
        self._value.setText("   ".join(texts))
        self._bar.set_values(values, Scale(meaning.low, meaning.chance))
        self._color.setEnabled(any(figure.per_point is not None for figure in figures))
        chance = self.tr("By chance it would be {value}.").format(value=f"{meaning.chance:.2f}")
        told = [figure.text for figure in figures]
        tip = "\n".join([meaning.explanation, chance, *told])
        self.setToolTip(tip)
        self.setAccessibleName(f"{meaning.title}: {'; '.join(map(_value_text, figures))}")
        self.setAccessibleDescription(f"{meaning.sentence} {chance}")

    @Slot()
    def _on_color_clicked(self) -> None:
        self.color_asked.emit(self.name)


def _value_text(figure: Figure) -> str:
    error = f" ± {figure.standard_error:.3f}" if figure.kind == "sampled" else ""
    return f"{_short_text(figure)}{error}"


def _short_text(figure: Figure) -> str:
    return "–" if math.isnan(figure.value) else f"{figure.value:.3f}"
