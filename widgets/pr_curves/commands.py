"""The commands of precision-recall curves: what menus, shortcuts and the palette offer."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from widgets.pr_curves.view_model import PrCurvesViewModel
from widgets.shared.command import Command


class PrCurvesCommands(QObject):
    """Each asks the model. reset_zoom_asked: show all of 0 to 1 on every card in sight."""

    reset_zoom_asked = Signal()

    def __init__(self, model: PrCurvesViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (
            Command(
                "pr_curves.reset_zoom",
                self.tr("Reset zoom"),
                self.tr("Show all of 0 to 1 on every card."),
                self._reset_zoom,
                keys=("Ctrl+0",),
                is_enabled=self._has_cards,
            ),
            Command(
                "pr_curves.f1_lines",
                self.tr("Lines of equal F1"),
                self.tr("Draw faint lines where F1 is 0.2, 0.4, 0.6 and 0.8."),
                self._toggle_f1_lines,
                is_checked=self._shows_f1_lines,
            ),
            Command(
                "pr_curves.base_rate",
                self.tr("Base rate"),
                self.tr("Draw a dashed line at the share of positives."),
                self._toggle_base_rate,
                is_checked=self._shows_base_rate,
            ),
            Command(
                "pr_curves.clear_threshold",
                self.tr("Clear threshold cursor"),
                self.tr("Take the marks of the chosen threshold off all curves."),
                self._clear_threshold,
                is_enabled=self._has_threshold,
            ),
            Command(
                "pr_curves.show_all_cards",
                self.tr("Show all cards"),
                self.tr("Give the enlarged card its place back."),
                self._show_all_cards,
                is_enabled=self._is_enlarged,
            ),
        )

    def _has_cards(self) -> bool:
        return bool(self._model.cards)

    def _reset_zoom(self) -> None:
        self.reset_zoom_asked.emit()

    def _toggle_f1_lines(self) -> None:
        self._model.choose(shows_f1_lines=not self._model.choice.shows_f1_lines)

    def _shows_f1_lines(self) -> bool:
        return self._model.choice.shows_f1_lines

    def _toggle_base_rate(self) -> None:
        self._model.choose(shows_base_rate=not self._model.choice.shows_base_rate)

    def _shows_base_rate(self) -> bool:
        return self._model.choice.shows_base_rate

    def _clear_threshold(self) -> None:
        self._model.choose(threshold=None)

    def _has_threshold(self) -> bool:
        return self._model.choice.threshold is not None

    def _show_all_cards(self) -> None:
        self._model.choose(expanded=None)

    def _is_enlarged(self) -> bool:
        return self._model.choice.expanded is not None
