"""What the precision-recall dashboard draws: the user's choice, one card a tag, frames of lines.

All of it is pure: the same curves and choice make the same frames.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray
from projector.pr_curves import Curve, CurveKey, CurveSeries, OperatingPoint
from projector.search import matches

F1_LEVELS = (0.2, 0.4, 0.6, 0.8)
MAX_DRAWN_POINTS = 4000


@dataclass(frozen=True, slots=True)
class PrCurvesChoice:
    """What the user picked; plain values only.

    step: each run shows its last curve not after it; None for the newest. threshold: 0..1, where
    the cursor stands on all cards, or None. expanded: the tag that fills the center, or None.
    """

    hidden_runs: tuple[str, ...] = ()
    tag_filter: str = ""
    step: int | None = None
    threshold: float | None = None
    shows_base_rate: bool = True
    shows_f1_lines: bool = True
    closed_groups: tuple[str, ...] = ()
    expanded: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """All runs of one tag. group: the tag up to its first "/", empty where it has none."""

    tag: str
    title: str
    description: str
    group: str
    series: tuple[CurveSeries, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CurveLine:
    """One run on one card. step and curve are None where the run has none yet at the chosen step.

    recall, precision: float64 (m,), what to draw; NaN is a gap. The curve itself has every point.
    """

    run: str
    color: tuple[int, int, int]
    step: int | None
    curve: Curve | None
    recall: DoubleArray
    precision: DoubleArray
    average_precision: float
    best_f1: float
    best_threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class CardFrame:
    """One card. base_rates: the different shares of positives, each 0..1."""

    tag: str
    title: str
    description: str
    lines: tuple[CurveLine, ...]
    base_rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One run under the cursor. distance: from the pointer, in the unit of the given scale."""

    run: str
    color: tuple[int, int, int]
    point: OperatingPoint
    distance: float = 0.0


def find_cards(curves: Sequence[CurveSeries]) -> tuple[Card, ...]:
    """One card a tag, by group, then by tag with numbers in counting order; no group comes last."""
    tags: dict[str, list[CurveSeries]] = {}
    for series in curves:
        tags.setdefault(series.tag, []).append(series)
    cards = [
        Card(tag, found[0].title, found[0].description, _group(tag), tuple(found))
        for tag, found in tags.items()
    ]
    return tuple(sorted(cards, key=lambda c: (not c.group, _countable(c.group), _countable(c.tag))))


def shown_cards(cards: Sequence[Card], choice: PrCurvesChoice) -> tuple[Card, ...]:
    """The cards that pass the filter and have a run that isn't hidden."""
    hidden = frozenset(choice.hidden_runs)
    return tuple(
        card
        for card in cards
        if any(series.run not in hidden for series in card.series)
        and (matches(choice.tag_filter, card.tag) or matches(choice.tag_filter, card.title))
    )


def find_steps(curves: Sequence[CurveSeries]) -> tuple[int, ...]:
    """All steps of all runs and tags, increasing."""
    if not curves:
        return ()
    steps = np.unique(np.concatenate([series.steps for series in curves]))
    return tuple(steps.tolist())


def shown_curves(card: Card, choice: PrCurvesChoice) -> tuple[tuple[CurveSeries, int | None], ...]:
    """The runs that are not hidden, each with the index of its step, None where all are later."""
    hidden = frozenset(choice.hidden_runs)
    return tuple(
        (series, _index(series, choice.step)) for series in card.series if series.run not in hidden
    )


def card_frame(
    card: Card,
    choice: PrCurvesChoice,
    curves: Mapping[CurveKey, Curve],
    colors: Mapping[str, tuple[int, int, int]],
) -> CardFrame:
    """What to draw of one card out of the curves read so far."""
    lines = tuple(
        _line(series, i, None if i is None else curves.get(series.key(i)), colors[series.run])
        for series, i in shown_curves(card, choice)
    )
    rates = {round(line.curve.base_rate, 4) for line in lines if line.curve is not None}
    base_rates = tuple(sorted(rate for rate in rates if not np.isnan(rate)))
    return CardFrame(card.tag, card.title, card.description, lines, base_rates)


def nearest_readings(
    frame: CardFrame, recall: float, precision: float, scale: tuple[float, float]
) -> tuple[Reading, ...]:
    """Each run's point nearest to the pointer, nearest run first.

    scale: how far one unit of recall and of precision reach on the screen.
    """
    found = []
    for line in frame.lines:
        if line.curve is None:
            continue
        apart = np.hypot(
            (line.curve.recall - recall) * scale[0], (line.curve.precision - precision) * scale[1]
        )
        if np.isnan(apart).all():
            continue
        i = int(np.nanargmin(apart))
        found.append(Reading(line.run, line.color, line.curve.point(i), float(apart[i])))
    return tuple(sorted(found, key=lambda reading: reading.distance))


def readings_at(frame: CardFrame, threshold: float) -> tuple[Reading, ...]:
    """Each run at the logged threshold nearest to the given one."""
    return tuple(
        Reading(line.run, line.color, line.curve.at_threshold(threshold))
        for line in frame.lines
        if line.curve is not None
    )


def next_threshold(frame: CardFrame, threshold: float | None, n_steps: int) -> float | None:
    """The threshold n_steps further on the card's finest curve; from nowhere, that of best F1."""
    lines = [line for line in frame.lines if line.curve is not None]
    if not lines:
        return None
    if threshold is None:
        starts = [line.best_threshold for line in lines if not np.isnan(line.best_threshold)]
        return starts[0] if starts else 0.5
    last = max(line.curve.n_thresholds for line in lines if line.curve is not None) - 1
    return min(max(round(threshold * last) + n_steps, 0), last) / max(last, 1)


def f1_line(level: float) -> tuple[DoubleArray, DoubleArray]:
    """Recall and precision, float64 (n,), at which F1 has this level, 0 < level < 1."""
    # (recall - h)(precision - h) = h**2 with h = level / 2, walked so that both bends are smooth.
    half = level / 2
    reach = np.log((1 - half) / half)
    turns = np.linspace(-reach, reach, 60)
    return half + half * np.exp(turns), half + half * np.exp(-turns)


def _index(series: CurveSeries, step: int | None) -> int | None:
    return len(series) - 1 if step is None else series.nearest_earlier(step)


def _line(
    series: CurveSeries, i: int | None, curve: Curve | None, color: tuple[int, int, int]
) -> CurveLine:
    step = None if i is None else int(series.steps[i])
    nan = float("nan")
    if curve is None:
        return CurveLine(series.run, color, step, None, np.empty(0), np.empty(0), nan, nan, nan)
    # A gap must survive the thinning, so that only very long curves are thinned, and evenly.
    stride = max(1, len(curve) // MAX_DRAWN_POINTS)
    return CurveLine(
        series.run,
        color,
        step,
        curve,
        curve.recall[::stride],
        curve.precision[::stride],
        curve.average_precision,
        *curve.best_f1,
    )


def _group(tag: str) -> str:
    return tag.split("/", 1)[0] if "/" in tag else ""


def _countable(text: str) -> tuple[tuple[int, int | str], ...]:
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((0, int(p)) if p.isdecimal() else (1, p) for p in parts)
