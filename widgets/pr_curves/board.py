"""The cards in the center, all or one enlarged, and the threshold cursor that links them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from projector.curve_frames import (
    Card,
    Reading,
    nearest_readings,
    next_threshold,
    readings_at,
)
from widgets.pr_curves.card import MARGIN, CurveCard
from widgets.pr_curves.card_grid import CardGrid
from widgets.pr_curves.plot import CurvePlot
from widgets.pr_curves.readout import Readout
from widgets.pr_curves.view_model import GUIDES, PrCurvesViewModel

MAX_ROWS = 4
MAX_ROWS_ENLARGED = 10
LAYS_OUT = frozenset({"hidden_runs", "tag_filter", "closed_groups", "expanded"})


class CardBoard(QWidget):
    """Draws what the view-model says, and tells it what is in sight and where the pointer is."""

    def __init__(self, model: PrCurvesViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._hovered: CurvePlot | None = None
        self._place: tuple[float, float] = (0.0, 0.0)
        self._large: CurveCard | None = None
        self.grid = CardGrid(self._new_card, self)
        self.grid.cards_in_sight.connect(self._on_cards_in_sight)
        self.grid.group_clicked.connect(self._on_group_clicked)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.readout = Readout(self)
        model.changed.connect(self._on_changed)
        model.curves_read.connect(self._on_curves_read)
        model.cursor_moved.connect(self._on_cursor_moved)

    @property
    def cards(self) -> tuple[tuple[Card, CurveCard], ...]:
        """The cards in sight, each with its widget."""
        large = self._model.card(self._model.choice.expanded)
        if large is not None and self._large is not None:
            return ((large, self._large),)
        known = self._model.cards  # what is on the grid may be of the logs before
        return tuple(pair for pair in self.grid.live_cards if pair[0] in known)

    def lay_out(self) -> None:
        """Place the cards anew: the data, the filter or the runs are others."""
        self._forget_pointer()
        self._lay_out()

    def follow(self) -> None:
        """The same logs have grown; the pointer rests where it is."""
        self._lay_out()

    def _lay_out(self) -> None:
        large = self._model.card(self._model.choice.expanded)
        if large is not None:
            self._enlarge(large)
            return
        self._stack.setCurrentWidget(self.grid)
        cards = self._model.shown_cards
        hidden = frozenset(self._model.choice.hidden_runs)
        n_runs = max((sum(s.run not in hidden for s in card.series) for card in cards), default=1)
        self.grid.set_cards(cards, self._model.choice.closed_groups, min(n_runs, MAX_ROWS))

    def refresh(self) -> None:
        """Draw what was read of the cards in sight."""
        for card, widget in self.cards:
            widget.set_frame(self._model.frame(card))
        if self._hovered is not None:
            self._point_at(self._hovered, self._place)
        self._mark()

    def reset_ranges(self) -> None:
        """Show all of 0 to 1 on every card in sight."""
        for _, widget in self.cards:
            widget.plot.reset_range()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & LAYS_OUT:
            self.lay_out()
        if names.intersection(GUIDES):
            for _, widget in self.cards:
                self._show_guides(widget)
        if names & {"step", "hidden_runs"}:
            self._forget_pointer()
            self._model.read(card for card, _ in self.cards)
            self.refresh()

    @Slot(object)
    def _on_cards_in_sight(self, cards: tuple[Card, ...]) -> None:
        if self._model.choice.expanded is None:
            self._show(cards)

    @Slot(object)
    def _on_group_clicked(self, group: str) -> None:
        closed = self._model.choice.closed_groups
        is_closed = group in closed
        others = tuple(name for name in closed if name != group)
        self._model.choose(closed_groups=others if is_closed else (*others, group))

    @Slot()
    def _on_curves_read(self) -> None:
        self.refresh()

    @Slot()
    def _on_cursor_moved(self) -> None:
        self._mark()

    @Slot(object)
    def _on_hovered(self, place: tuple[float, float] | None) -> None:
        plot = self.sender()
        if isinstance(plot, CurvePlot) and place is not None:
            self._point_at(plot, place)
        else:
            self._forget_pointer()
            self._mark()

    def _point_at(self, plot: CurvePlot, place: tuple[float, float]) -> None:
        """Read each run's point nearest to the pointer."""
        readings = self._readings(plot, place)
        if not readings:
            self._forget_pointer()
            self._mark()
            return
        self._hovered, self._place = plot, place
        plot.set_readings(readings, has_cross=True)
        self.readout.show_readings(readings, self._near(plot, *place))
        self._model.hover(readings[0].point.threshold)

    @Slot(object)
    def _on_clicked(self, place: tuple[float, float] | None) -> None:
        readings = self._readings(self.sender(), place)
        if readings:
            self._model.choose(threshold=readings[0].point.threshold)

    @Slot(object)
    def _on_threshold_asked(self, n_steps: int | None) -> None:
        card = self.sender()
        if not isinstance(card, CurveCard) or card.plot.frame is None:
            return
        self._forget_pointer()
        frame = card.plot.frame
        threshold = None
        if n_steps is not None:
            threshold = next_threshold(frame, self._model.choice.threshold, n_steps)
        self._model.choose(threshold=threshold)
        self._mark()
        if threshold is not None:
            self.readout.show_readings(readings_at(frame, threshold), self._near(card.plot, 0, 0.4))

    @Slot()
    def _on_enlarge_asked(self) -> None:
        card = self.sender()
        if isinstance(card, CurveCard):
            is_large = self._model.choice.expanded is not None
            self._model.choose(expanded=None if is_large else card.tag)
            for _, widget in self.cards[:1]:
                widget.setFocus()

    def _new_card(self) -> CurveCard:
        return self._connected(CurveCard(self))

    def _connected(self, card: CurveCard) -> CurveCard:
        card.plot.hovered.connect(self._on_hovered)
        card.plot.clicked.connect(self._on_clicked)
        card.threshold_asked.connect(self._on_threshold_asked)
        card.enlarge_asked.connect(self._on_enlarge_asked)
        return card

    def _enlarge(self, card: Card) -> None:
        if self._large is None:
            self._large = self._connected(CurveCard(self, is_large=True))
            page = QWidget(self._stack)
            layout = QVBoxLayout(page)
            layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
            layout.addWidget(self._large)
            self._stack.addWidget(page)
        n_runs = len(card.series)
        self._large.set_legend_rows(min(n_runs, MAX_ROWS_ENLARGED))
        self._stack.setCurrentIndex(1)
        self._show((card,))

    def _show(self, cards: tuple[Card, ...]) -> None:
        self._model.read(cards)
        for _, widget in self.cards:
            self._show_guides(widget)
        self.refresh()

    def _show_guides(self, widget: CurveCard) -> None:
        choice = self._model.choice
        widget.plot.set_guides(
            shows_base_rate=choice.shows_base_rate, shows_f1_lines=choice.shows_f1_lines
        )

    def _mark(self) -> None:
        """Ring the cursor's threshold on every curve in sight but those under the pointer."""
        cursor = self._model.cursor
        for _, widget in self.cards:
            frame = widget.plot.frame
            if widget.plot is self._hovered or frame is None:
                continue
            readings = () if cursor is None else readings_at(frame, cursor)
            widget.plot.set_readings(readings, has_cross=False)

    def _readings(self, plot: object, place: tuple[float, float] | None) -> tuple[Reading, ...]:
        if place is None or not isinstance(plot, CurvePlot) or plot.frame is None:
            return ()
        return nearest_readings(plot.frame, *place, plot.scale)

    def _near(self, plot: CurvePlot, recall: float, precision: float) -> QPoint:
        return plot.mapTo(self, plot.position_of(recall, precision))

    def _forget_pointer(self) -> None:
        self._hovered = None
        self.readout.hide()
        self._model.hover(None)
