"""Lines from each point to the one that follows it, colored along the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor

from projector.arrays import ByteArray, FloatArray, IntArray, frozen
from projector.emphasis import DIM, HIDDEN
from projector.progress import Work
from projector.sequences import read_sequences
from widgets.embedding.overlay import Strokes, View
from widgets.shared.theme import PlotColors

if TYPE_CHECKING:
    import polars as pl

N_SHADES = 16
MOST_MOVING, MOST_AT_REST, MOST_SMOOTH = 3_000, 20_000, 6_000
ALPHA, DIM_ALPHA = 0.75, 0.15


@dataclass(frozen=True, slots=True, eq=False)
class SequenceLines:
    """pairs: int64 (m, 2), rows and those that follow them, one line behind the other. shares:
    float32 (m,), how far along its line each is, 0..1. n_lines: how many lines. trouble: a
    sentence on what could not be followed, "" where all could."""

    pairs: IntArray
    shares: FloatArray
    n_lines: int
    trouble: str = ""


def read_sequence_lines(table: pl.DataFrame | None) -> Work[SequenceLines | None]:
    """The lines that a table describes; None where it has no column for them."""
    found = yield from read_sequences(table)
    if found is None:
        return None
    lengths = np.diff(found.offsets) - 1
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    along = np.arange(len(starts)) - starts
    shares = (along + 0.5) / np.maximum(1, np.repeat(lengths, lengths))
    return SequenceLines(
        frozen(found.pairs), frozen(shares.astype(np.float32)), len(found), found.trouble
    )


def sequence_strokes(
    sequences: SequenceLines,
    view: View,
    positions: FloatArray,
    emphasis: ByteArray | None,
    plot: PlotColors,
    is_moving: bool,
) -> tuple[Strokes, ...]:
    """The lines on the screen, from their beginning (the color of points) to their end (that of
    neighbors). Lines to hidden points are left out, those of dim ones are pale. Of very many only
    the first are drawn, fewer while the camera moves."""
    most = MOST_MOVING if is_moving else MOST_AT_REST
    pairs, shares = sequences.pairs[:most], sequences.shares[:most]
    if not len(pairs) or pairs.max() >= len(positions):
        return ()
    kinds = np.full(len(pairs), 2) if emphasis is None else emphasis[pairs].min(axis=1)
    screen = view.project(positions[pairs.ravel()])[:, :2].reshape(-1, 4)
    reach = 20 * max(view.size.width(), view.size.height())
    is_drawn = np.isfinite(screen).all(axis=1) & (np.abs(screen) < reach).all(axis=1)
    is_drawn &= kinds != HIDDEN
    shades = np.minimum(N_SHADES - 1, (shares * N_SHADES).astype(np.int64))
    is_smooth = int(is_drawn.sum()) <= MOST_SMOOTH
    strokes = []
    for shade in range(N_SHADES):
        color = _mixed(plot.point, plot.neighbor, (shade + 0.5) / N_SHADES)
        for is_dim in (True, False):
            chosen = is_drawn & (shades == shade) & ((kinds == DIM) == is_dim)
            if not chosen.any():
                continue
            lines = [QLineF(*ends) for ends in screen[chosen].tolist()]
            color.setAlphaF(DIM_ALPHA if is_dim else ALPHA)
            strokes.append(Strokes(lines, QColor(color), 1.4, is_smooth))
    return tuple(strokes)


def _mixed(start: QColor, end: QColor, share: float) -> QColor:
    rest = 1 - share
    return QColor.fromRgbF(
        start.redF() * rest + end.redF() * share,
        start.greenF() * rest + end.greenF() * share,
        start.blueF() * rest + end.blueF() * share,
    )
