"""Names of the points that matter most in a picture: placed at rest, followed while it moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from projector.arrays import ByteArray, FloatArray, IntArray
from projector.emphasis import NORMAL, RAISED
from projector.labels import ANCHORS, LabelRank, Placed, choose_candidates, place_labels
from widgets.embedding.overlay import Text, View, shorten

MOST_TRIED, MOST_WORDS_TRIED = 600, 3000
PX_A_LABEL, PX_A_WORD = 9_000.0, 450.0
"""How much of the picture there is for each label."""
AWAY_PX = 7.0
SMALLEST_WORD, LARGEST_WORD = 0.85, 1.7
"""How much smaller and larger far and near words are written."""
NO_ROWS: IntArray = np.empty(0, np.int64)
N_STEPS = 4
"""Into so many sizes a doubling of the depth is cut; each size measures its texts anew."""


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """scale: of the font. are_words: texts in place of points, in the points' own colors."""

    scale: float = 1.0
    are_words: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PlacedLabels:
    """texts: one for each of placed.ids; sizes: float32 (k, 2) and scales float32 (k,) of them.

    away_px: from the middle of a point to its text.
    """

    placed: Placed
    texts: tuple[str, ...]
    sizes: FloatArray
    scales: FloatArray
    style: LabelStyle
    away_px: float = AWAY_PX

    @property
    def ids(self) -> IntArray:
        return self.placed.ids


def new_labels(
    rank: LabelRank,
    view: View,
    style: LabelStyle,
    label_of: Callable[[int], str],
    *,
    emphasis: ByteArray | None = None,
    named: Sequence[int] = (),
    obstacles: Sequence[QRectF] = (),
    typical: IntArray = NO_ROWS,
    before: PlacedLabels | None = None,
) -> PlacedLabels:
    """The labels of one picture. Points that are hidden or dim get none.

    typical: rows that stand for all of their name, tried before others of the same name.
    named: points that have a label already. obstacles: where no label may lie. before: the labels
    of the picture before; they stay where they can. Each text is there once, as a second one of
    the same name tells nothing new.
    """
    width, height = int(view.size.width()), int(view.size.height())
    raised = () if emphasis is None else (np.flatnonzero(emphasis == RAISED)[:MOST_TRIED],)
    found = choose_candidates(
        rank,
        view.camera,
        width,
        height,
        first=(*raised, typical),
        shown_mask=None if emphasis is None else emphasis >= NORMAL,
        most=MOST_WORDS_TRIED if style.are_words else MOST_TRIED,
    )
    texts, chosen = _texts_once(found.ids, label_of, frozenset(named), style.are_words)
    scales = _scales(found.depths[chosen], view, style)
    sizes = _measured(texts, scales, view.font, style)
    blocked = [(rect.x(), rect.y(), rect.width(), rect.height()) for rect in obstacles]
    away_px = _away(view)
    area = view.size.width() * view.size.height()
    placed = place_labels(
        found.ids[chosen],
        found.xy[chosen],
        sizes,
        found.priorities[chosen],
        (float(width), float(height)),
        previous=None if before is None or before.style != style else before.placed,
        obstacles=np.array(blocked, np.float32).reshape(-1, 4),
        away_px=away_px,
        most=int(area / (PX_A_WORD if style.are_words else PX_A_LABEL)) + 4,
        is_centered=style.are_words,
    )
    kept = placed.places
    return PlacedLabels(
        placed,
        tuple(texts[i] for i in kept.tolist()),
        sizes[kept],
        scales[kept],
        style,
        away_px,
    )


def _away(view: View) -> float:
    """Beside the disc or the picture that a point is drawn as."""
    look = view.look
    half = look.radius_px if look.sprites is None else look.sprite_px / 2
    return max(AWAY_PX, half + 4)


def _texts_once(
    ids: IntArray, label_of: Callable[[int], str], named: frozenset[int], are_words: bool
) -> tuple[list[str], IntArray]:
    texts: list[str] = []
    chosen: list[int] = []
    known = set()
    for place, point in enumerate(ids.tolist()):
        text = shorten(label_of(point))
        if point in named or not text or (text in known and not are_words):
            continue
        known.add(text)
        texts.append(text)
        chosen.append(place)
    return texts, np.array(chosen, np.int64)


def _scales(depths: FloatArray, view: View, style: LabelStyle) -> FloatArray:
    """How large each text is; nearer words are larger, in a few steps."""
    scales = np.full(len(depths), style.scale, np.float32)
    if style.are_words and view.camera.has_perspective and len(depths):
        growth = view.camera.distance / np.maximum(depths, 1e-9)
        growth = np.clip(growth**1.5, SMALLEST_WORD, LARGEST_WORD)
        scales *= 2 ** (np.round(np.log2(growth) * N_STEPS) / N_STEPS)
    return scales


def _measured(
    texts: Sequence[str], scales: FloatArray, font: QFont, style: LabelStyle
) -> FloatArray:
    metrics = {float(scale): QFontMetricsF(_sized(font, float(scale))) for scale in set(scales)}
    sizes = np.empty((len(texts), 2), np.float32)
    for i, (text, scale) in enumerate(zip(texts, scales.tolist(), strict=True)):
        measure = metrics[scale]
        sizes[i] = measure.horizontalAdvance(text) + 4, measure.height()
    return sizes


def _sized(font: QFont, scale: float) -> QFont:
    sized = QFont(font)
    sized.setPointSizeF(font.pointSizeF() * scale)
    return sized


def followed_labels(
    labels: PlacedLabels, view: View, positions: FloatArray, taken: Sequence[QRectF] = ()
) -> tuple[Text, ...]:
    """The labels beside their points, wherever these are by now. taken: what they must not
    cover."""
    ids = labels.ids
    if not len(ids) or ids.max() >= len(positions):
        return ()
    screen = view.project(positions[ids]).tolist()
    anchors = labels.placed.anchors.tolist()
    surface = QRectF(QPointF(0, 0), view.size)
    texts = []
    for i, ((x, y, _), anchor) in enumerate(zip(screen, anchors, strict=True)):
        width, height = labels.sizes[i].tolist()
        rect = QRectF(
            _corner(anchor, (x, y), (width, height), labels.away_px), QSizeF(width, height)
        )
        if not (surface.intersects(rect) and np.isfinite(x)):
            continue
        if any(rect.intersects(one) for one in taken):
            continue
        are_words = labels.style.are_words
        texts.append(
            Text(
                rect,
                labels.texts[i],
                "foreground",
                has_ground=are_words,
                has_halo=not are_words,
                tint=_tint(view, int(ids[i])) if are_words else None,
                scale=float(labels.scales[i]),
            )
        )
    return tuple(texts)


def _corner(
    anchor: int, at: tuple[float, float], size: tuple[float, float], away_px: float
) -> QPointF:
    """Left and top of a label beside its point, as it was placed."""
    (x, y), (width, height) = at, size
    if anchor >= len(ANCHORS):
        return QPointF(x - width / 2, y - height / 2)
    words = ANCHORS[anchor].split()
    is_slanted = len(words) == 2
    away = away_px * (0.7 if is_slanted else 1.0)
    left, top = x - width / 2, y - height / 2
    if "right" in words:
        left = x + away
    elif "left" in words:
        left = x - away - width
    if "above" in words:
        top = y - away - height
    elif "below" in words:
        top = y + away
    return QPointF(left, top)


def _tint(view: View, point: int) -> QColor | None:
    """The point's color, as far from the ground as texts must be to be read."""
    if point >= len(view.colors):
        return None
    red, green, blue, _ = view.colors[point].tolist()
    return QColor(red, green, blue)
