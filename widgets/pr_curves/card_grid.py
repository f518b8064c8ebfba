"""All cards on one scrolling page, in as many columns as fit; only what is in sight exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QWidget
from typing_extensions import override

from projector.curve_frames import Card
from widgets.pr_curves.card import CurveCard
from widgets.shared.texts import button_text, plain_tip

SPACING = 8


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Where everything lies on the page, in pixels. headers: by group. cards: by tag."""

    headers: tuple[tuple[str, QRect], ...]
    cards: tuple[tuple[Card, QRect], ...]
    height: int


def grid_layout(
    cards: Sequence[Card],
    closed_groups: Sequence[str],
    *,
    width: int,
    least_width: int,
    header_height: int,
    height_of: Callable[[int], int],
) -> GridLayout:
    """Rows of equally wide cards under a header for each group, which must be contiguous.

    height_of: a card's height for its width.
    """
    inner = width - 2 * SPACING
    largest = max(Counter(card.group for card in cards).values(), default=1)
    n_columns = max(1, min((inner + SPACING) // (least_width + SPACING), max(largest, 2)))
    card_width = max(1, (inner - (n_columns - 1) * SPACING) // n_columns)
    height = height_of(card_width)
    headers, places, y, column, group = [], [], SPACING, 0, None
    for card in cards:
        if card.group != group:
            y += height + SPACING if column else 0
            group, column = card.group, 0
            headers.append((group, QRect(SPACING, y, inner, header_height)))
            y += header_height + SPACING
        if group in closed_groups:
            continue
        x = SPACING + column * (card_width + SPACING)
        places.append((card, QRect(x, y, card_width, height)))
        column = (column + 1) % n_columns
        y += 0 if column else height + SPACING
    y += height + SPACING if column else 0
    return GridLayout(tuple(headers), tuple(places), y)


class CardGrid(QScrollArea):
    """Asks for the frames of cards as they come into sight.

    cards_in_sight: the cards on screen are others (tuple of Card). group_clicked: a header (str).
    make_card: builds a card; cards that scroll out of sight are used again.
    """

    cards_in_sight = Signal(object)
    group_clicked = Signal(object)

    def __init__(self, make_card: Callable[[], CurveCard], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_card = make_card
        self._cards: tuple[Card, ...] = ()
        self._closed: tuple[str, ...] = ()
        self._layout = GridLayout((), (), 0)
        self._n_rows = 1
        self._live: dict[str, CurveCard] = {}
        self._spare: list[CurveCard] = []
        self._headers: dict[str, QToolButton] = {}
        self._in_sight: tuple[Card, ...] = ()
        self._page = QWidget(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._fill)
        self.setWidget(self._page)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Precision-recall curves"))
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def live_cards(self) -> tuple[tuple[Card, CurveCard], ...]:
        """The cards that are in sight, each with its widget."""
        # hiding a card under the pointer asks for these while _fill is still under way
        live = self._live
        return tuple((card, live[card.tag]) for card in self._in_sight if card.tag in live)

    def set_cards(self, cards: Sequence[Card], closed: Sequence[str], n_rows: int) -> None:
        """Lay out these cards; n_rows: how many runs their tables show without scrolling."""
        self._cards, self._closed, self._n_rows = tuple(cards), tuple(closed), n_rows
        self._in_sight = ()
        self._place()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        self._fill()

    @Slot()
    def _on_header_clicked(self) -> None:
        sender = self.sender()
        for group, button in self._headers.items():
            if button is sender:
                self.group_clicked.emit(group)
                return

    def _place(self) -> None:
        metrics = self.fontMetrics()
        self._layout = grid_layout(
            self._cards,
            self._closed,
            width=self.viewport().width(),
            least_width=metrics.averageCharWidth() * 52,
            header_height=metrics.height() + 10,
            height_of=self._card_height,
        )
        self._page.resize(self.viewport().width(), max(self._layout.height, 1))
        self._timer.start()

    def _card_height(self, width: int) -> int:
        metrics = self.fontMetrics()
        legend = (self._n_rows + 1) * (metrics.height() + 6) + 12
        return metrics.height() + 40 + min(int(width * 0.68), metrics.height() * 26) + legend

    @Slot()
    def _fill(self) -> None:
        """Give every card in sight a widget, from those out of sight where there are any."""
        if not self.isVisible():
            return
        top = self.verticalScrollBar().value()
        seen = QRect(0, top, self._page.width(), self.viewport().height())
        seen.adjust(0, -SPACING, 0, seen.height() // 4)
        places = {card.tag: (card, r) for card, r in self._layout.cards if r.intersects(seen)}
        for tag in [tag for tag in self._live if tag not in places]:
            widget = self._live.pop(tag)
            widget.hide()
            self._spare.append(widget)
        n_new = 0
        for tag, (_, rect) in places.items():
            if tag not in self._live and not self._spare:
                n_new += 1
                if n_new > 1:  # a plot takes some 30 ms to build: the others come one by one
                    self._timer.start()
                    break
                self._spare.append(self._new_card())
            if tag not in self._live:
                self._live[tag] = self._spare.pop()
            self._live[tag].setGeometry(rect)
            self._live[tag].set_legend_rows(self._n_rows)
        self._fill_headers(seen)
        self._announce(tuple(card for card, _ in places.values() if card.tag in self._live))

    def _announce(self, in_sight: tuple[Card, ...]) -> None:
        if in_sight != self._in_sight:
            self._in_sight = in_sight
            self.cards_in_sight.emit(in_sight)
        for widget in self._live.values():
            widget.show()

    def _new_card(self) -> CurveCard:
        card = self._make_card()
        card.setParent(self._page)
        return card

    def _fill_headers(self, seen: QRect) -> None:
        places = {group: rect for group, rect in self._layout.headers if rect.intersects(seen)}
        for group in [group for group in self._headers if group not in places]:
            button = self._headers.pop(group)
            button.hide()
            button.deleteLater()
        for group, rect in places.items():
            if group not in self._headers:
                self._headers[group] = self._header()
            self._show_header(self._headers[group], group)
            self._headers[group].setGeometry(rect)

    def _header(self) -> QToolButton:
        button = QToolButton(self._page)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        font = button.font()
        font.setBold(True)
        button.setFont(font)
        button.clicked.connect(self._on_header_clicked)
        button.show()
        return button

    def _show_header(self, button: QToolButton, group: str) -> None:
        count = sum(card.group == group for card in self._cards)
        name = group or self.tr("Other tags")
        is_closed = group in self._closed
        button.setArrowType(Qt.ArrowType.RightArrow if is_closed else Qt.ArrowType.DownArrow)
        button.setText(button_text(f"{name}  ({count})"))
        tip = self.tr("Show the cards of {name}") if is_closed else self.tr("Fold up {name}")
        button.setToolTip(plain_tip(tip.format(name=name)))
        button.setAccessibleName(tip.format(name=name))
