"""The curves of what was opened, the user's choice, and where the threshold cursor stands."""

from __future__ import annotations

from collections import ChainMap, OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from projector.colors import Rgb, run_color
from projector.curve_frames import (
    Card,
    CardFrame,
    PrCurvesChoice,
    card_frame,
    find_cards,
    find_steps,
    shown_cards,
    shown_curves,
)
from projector.errors import Problem
from projector.pr_curves import Curve, CurveKey, CurveSeries, CurvesRead, read_curves
from widgets.pr_curves.changes import is_same_curve
from widgets.shared.job import Job, RunJob
from widgets.shared.view_model import ViewModel

MAX_KEPT_POINTS = 1_000_000
MAX_RUNS_AT_FIRST = 40
GUIDES = ("shows_base_rate", "shows_f1_lines")


class PrCurvesViewModel(ViewModel[PrCurvesChoice]):
    """Reads the curves that cards ask for and keeps the latest of them.

    curves_read: something asked for has arrived. cursor_moved: the threshold under the pointer, or
    the pinned one, is another. problem_found: a curve that can't be shown (Problem).
    """

    curves_read = Signal()
    cursor_moved = Signal()
    problem_found = Signal(object)

    def __init__(self, run_job: RunJob, parent: QObject | None = None) -> None:
        super().__init__(PrCurvesChoice(), parent)
        self._run_job = run_job
        self._job: Job | None = None
        self._curves: OrderedDict[CurveKey, Curve] = OrderedDict()
        self._unreadable: dict[CurveKey, Problem] = {}
        self._before: dict[tuple[str, str], Curve] = {}  # shown until what has grown is read
        self._hovered: float | None = None
        self.cards: tuple[Card, ...] = ()
        self.steps: tuple[int, ...] = ()
        self._run_names: tuple[str, ...] = ()
        self._colors: dict[str, Rgb] = {}
        self._color_ids: dict[str, int] = {}
        self._with_curves: frozenset[str] = frozenset()
        self._is_dark = False
        self._n_needed = 0
        self.changed.connect(self._on_changed)

    def start_anew(self) -> None:
        """Other logs were opened: only which guides are drawn stays of the choice."""
        self.set_curves((), ())
        self._color_ids.clear()
        guides = {name: getattr(self.choice, name) for name in GUIDES}
        self.replace_choice(PrCurvesChoice(**guides))

    def set_curves(self, curves: Sequence[CurveSeries], run_names: Sequence[str]) -> None:
        """Take new data; the choice stays. run_names: all runs of the logs; they fix the colors."""
        is_first = not self.cards
        self._curves.clear()
        self._unreadable.clear()
        self._before.clear()
        self._hovered = None
        self._take(curves, run_names)
        if is_first and len(self.runs) > MAX_RUNS_AT_FIRST:
            self.choose(hidden_runs=tuple(name for name, _ in self.runs[MAX_RUNS_AT_FIRST:]))

    def follow_curves(self, curves: Sequence[CurveSeries], run_names: Sequence[str]) -> None:
        """Take what the same logs hold now; what is still there need not be read again."""
        before = {(series.run, series.tag): series for series in self._all_series()}
        after = {(series.run, series.tag): series for series in curves}
        known = {name for name, _ in self.runs}
        self._before |= self._shown_of(before)

        def is_kept(key: CurveKey) -> bool:
            old, new = before.get(key[:2]), after.get(key[:2])
            return old is not None and new is not None and is_same_curve(old, new, key[2])

        self._curves = OrderedDict((k, curve) for k, curve in self._curves.items() if is_kept(k))
        self._unreadable = {k: problem for k, problem in self._unreadable.items() if is_kept(k)}
        self._take(curves, run_names)
        self._hide_beyond_most(known)

    def _all_series(self) -> Iterable[CurveSeries]:
        return (series for card in self.cards for series in card.series)

    def _shown_of(
        self, by_key: Mapping[tuple[str, str], CurveSeries]
    ) -> dict[tuple[str, str], Curve]:
        """Of the curves that were read, those of the chosen step."""
        step = self.choice.step
        shown = {}
        for key, curve in self._curves.items():
            series = by_key.get(key[:2])
            last = None if series is None else len(series) - 1
            i = last if step is None or series is None else series.nearest_earlier(step)
            if i == key[2]:
                shown[key[:2]] = curve
        return shown

    def _take(self, curves: Sequence[CurveSeries], run_names: Sequence[str]) -> None:
        if self._job is not None:
            self._job.cancel()  # the same run, tag and number may be another curve now
        self.cards = find_cards(curves)
        self.steps = find_steps(curves)
        self._run_names = tuple(run_names)
        self._with_curves = frozenset(series.run for series in curves)
        self.set_dark(self._is_dark)

    def _hide_beyond_most(self, known: set[str]) -> None:
        """Runs that come while as many show as can be told apart wait to be asked for."""
        hidden = set(self.choice.hidden_runs)
        room = MAX_RUNS_AT_FIRST - sum(name not in hidden for name in known)
        new = [name for name, _ in self.runs if name not in known and name not in hidden]
        if late := new[max(0, room) :]:
            self.choose(hidden_runs=(*self.choice.hidden_runs, *late))

    def set_dark(self, is_dark: bool) -> None:
        """Take the runs' colors that go with a light or a dark background.

        A run keeps its color when others come or go.
        """
        self._is_dark = is_dark
        for name in self._run_names:
            self._color_ids.setdefault(name, len(self._color_ids))
        self._colors = {
            name: run_color(self._color_ids[name], is_dark)
            for name in self._run_names
            if name in self._with_curves
        }

    @property
    def runs(self) -> tuple[tuple[str, Rgb], ...]:
        """The runs that have curves, each with its color."""
        return tuple(self._colors.items())

    @property
    def shown_cards(self) -> tuple[Card, ...]:
        return shown_cards(self.cards, self.choice)

    @property
    def step_index(self) -> int:
        """Where the chosen step stands among all steps; the last where the newest is chosen."""
        step = self.choice.step
        if step is None:
            return max(len(self.steps) - 1, 0)
        return max(sum(known <= step for known in self.steps) - 1, 0)

    @property
    def cursor(self) -> float | None:
        """The threshold marked on all curves: the one under the pointer, else the pinned one."""
        return self._hovered if self._hovered is not None else self.choice.threshold

    def card(self, tag: str | None) -> Card | None:
        """The card of this tag, or None."""
        return next((card for card in self.cards if card.tag == tag), None)

    def frame(self, card: Card) -> CardFrame:
        """What to draw of a card by what was read so far."""
        curves: Mapping[CurveKey, Curve] = self._curves
        if self._before:
            waiting = self._waiting_for(card)
            curves = ChainMap(self._curves, waiting)
        return card_frame(card, self.choice, curves, self._colors)

    def _waiting_for(self, card: Card) -> dict[CurveKey, Curve]:
        """What to draw of a card in place of curves that are just being read."""
        found = {}
        for series, i in shown_curves(card, self.choice):
            before = self._before.get((series.run, series.tag))
            if i is not None and before is not None and series.key(i) not in self._unreadable:
                found[series.key(i)] = before
        return found

    def hover(self, threshold: float | None) -> None:
        """The pointer is at this threshold of some curve, or at none."""
        if threshold != self._hovered:
            self._hovered = threshold
            self.cursor_moved.emit()

    def choose_step_index(self, index: int) -> None:
        """Show this one of all steps; the last stands for the newest, also after a reload."""
        is_last = index >= len(self.steps) - 1
        self.choose(step=None if is_last else self.steps[index])

    def read(self, cards: Iterable[Card]) -> None:
        """Read what these cards show and isn't there yet."""
        wanted = []
        self._n_needed = 0
        for card in cards:
            for series, i in shown_curves(card, self.choice):
                if i is None or series.key(i) in self._unreadable:
                    continue
                self._n_needed += 1
                if series.key(i) in self._curves:
                    self._curves.move_to_end(series.key(i))
                else:
                    wanted.append((series, i))
        if wanted:
            self._job = self._run_job(
                "pr-curves/read",
                self.tr("Reading curves"),
                read_curves(wanted),
                on_step=self._on_read,
                on_done=self._on_read,
            )

    @Slot(object)
    def _on_read(self, read: CurvesRead) -> None:
        self._curves.update(read.curves)
        if read.done >= 1:
            self._before.clear()
        for key, problem in read.unreadable.items():
            if key not in self._unreadable:
                self._unreadable[key] = problem
                self.problem_found.emit(problem)
        self._forget_old()
        self.curves_read.emit()

    def _forget_old(self) -> None:
        """Drop the curves that were not asked for the longest, beyond a fair amount of memory."""
        n_points = sum(len(curve) for curve in self._curves.values())
        while n_points > MAX_KEPT_POINTS and len(self._curves) > self._n_needed:
            _, curve = self._curves.popitem(last=False)
            n_points -= len(curve)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"step", "hidden_runs"}:
            self._before.clear()
        if "threshold" in names:
            self.cursor_moved.emit()
