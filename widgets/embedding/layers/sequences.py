"""Lines from each point to the one that follows it, colored along the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF

from projector.arrays import ByteArray, FloatArray, IntArray
from projector.emphasis import DIM, HIDDEN
from projector.export.fair_lines import FairPairs, fair_pairs
from projector.progress import Work
from projector.sequences import read_sequences
from widgets.embedding.overlay import Strokes, Text, View
from widgets.embedding.view_model import number_text
from widgets.shared.theme import PlotColors

if TYPE_CHECKING:
    import polars as pl

N_SHADES = 16
MOST_MOVING, MOST_AT_REST, MOST_SMOOTH = 3_000, 20_000, 6_000
ALPHA, DIM_ALPHA = 0.75, 0.15
NOTE_MARGIN, NOTE_BOTTOM = 10.0, 2.6
"""From the left edge in pixels, and from the lower one in lines: above the numbers of a scale."""


@dataclass(frozen=True, slots=True, eq=False)
class SequenceLines:
    """fair: the steps of all lines, of which any beginning is spread evenly. n_lines: how many
    lines. trouble: a sentence on what could not be followed, "" where all could."""

    fair: FairPairs
    n_lines: int
    trouble: str = ""
    _known: list[tuple[ByteArray | None, int, IntArray, int]] = field(default_factory=list)

    @property
    def pairs(self) -> IntArray:
        """int64 (m, 2): rows and those that follow them."""
        return self.fair.pairs

    @property
    def highest(self) -> int:
        """The last row that a line goes through."""
        return self.fair.highest

    def chosen(self, emphasis: ByteArray | None, most: int) -> tuple[IntArray, int]:
        """Which pairs are drawn, int64 (k,), most of them at most and none to a hidden point; and
        how many there would be. Looked for once for each emphasis, as each picture asks."""
        for known, limit, found, n in self._known:
            if known is emphasis and limit == most:
                return found, n
        is_shown = None if emphasis is None else emphasis[self.pairs].min(axis=1) != HIDDEN
        n = len(self.pairs) if is_shown is None else int(np.count_nonzero(is_shown))
        found = self.fair.chosen(most, is_shown)
        self._known[:] = [*self._known[-1:], (emphasis, most, found, n)]
        return found, n


def read_sequence_lines(table: pl.DataFrame | None) -> Work[SequenceLines | None]:
    """The lines that a table describes; None where it has no column for them."""
    found = yield from read_sequences(table)
    if found is None:
        return None
    return SequenceLines(fair_pairs(found), len(found), found.trouble)


def sequence_strokes(
    sequences: SequenceLines,
    view: View,
    positions: FloatArray,
    emphasis: ByteArray | None,
    plot: PlotColors,
    is_moving: bool,
) -> tuple[Strokes, ...]:
    """The lines on the screen, from their beginning (the color of points) to their end (that of
    neighbors). Lines to hidden points are left out, those of dim ones are pale. Of very many a
    fair part is drawn, a smaller one while the camera moves."""
    if not _fits(sequences, positions, emphasis):
        return ()
    chosen, _ = sequences.chosen(emphasis, MOST_MOVING if is_moving else MOST_AT_REST)
    pairs, shares = sequences.pairs[chosen], sequences.fair.shares[chosen]
    kinds = np.full(len(pairs), 2) if emphasis is None else emphasis[pairs].min(axis=1)
    screen = view.project(positions[pairs.ravel()])[:, :2].reshape(-1, 4)
    reach = 20 * max(view.size.width(), view.size.height())
    is_drawn = np.isfinite(screen).all(axis=1) & (np.abs(screen) < reach).all(axis=1)
    shades = np.minimum(N_SHADES - 1, (shares * N_SHADES).astype(np.int64))
    is_smooth = int(is_drawn.sum()) <= MOST_SMOOTH
    strokes = []
    for shade in range(N_SHADES):
        color = _mixed(plot.point, plot.neighbor, (shade + 0.5) / N_SHADES)
        for is_dim in (True, False):
            is_alike = is_drawn & (shades == shade) & ((kinds == DIM) == is_dim)
            if not is_alike.any():
                continue
            lines = [QLineF(*ends) for ends in screen[is_alike].tolist()]
            color.setAlphaF(DIM_ALPHA if is_dim else ALPHA)
            strokes.append(Strokes(lines, QColor(color), 1.4, is_smooth))
    return tuple(strokes)


def sequence_note(
    sequences: SequenceLines, view: View, positions: FloatArray, emphasis: ByteArray | None
) -> tuple[Text, ...]:
    """In the lower left corner, where not all lines are drawn: how many are."""
    if not _fits(sequences, positions, emphasis):
        return ()
    chosen, n = sequences.chosen(emphasis, MOST_AT_REST)
    if len(chosen) >= n:
        return ()
    text = tr("Sequences: {n} of {total} steps are drawn").format(
        n=number_text(len(chosen)), total=number_text(n)
    )
    metrics = QFontMetricsF(view.font)
    height, width = metrics.height() + 2, metrics.horizontalAdvance(text) + 8
    place = QRectF(NOTE_MARGIN, view.size.height() - NOTE_BOTTOM * height, width, height)
    return (Text(place, text, "muted", has_ground=True),)


def _fits(sequences: SequenceLines, positions: FloatArray, emphasis: ByteArray | None) -> bool:
    """Whether the lines are of these points, and not of those whose places are yet to come."""
    n = len(positions)
    is_of_same = emphasis is None or len(emphasis) == n
    return is_of_same and len(sequences.pairs) > 0 and sequences.highest < n


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Sequences", text)


def _mixed(start: QColor, end: QColor, share: float) -> QColor:
    rest = 1 - share
    return QColor.fromRgbF(
        start.redF() * rest + end.redF() * share,
        start.greenF() * rest + end.greenF() * share,
        start.blueF() * rest + end.blueF() * share,
    )
