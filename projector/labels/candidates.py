"""Which points are worth a try in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projector.arrays import FloatArray, IntArray, MaskArray, frozen
from projector.labels.rank import LabelRank
from projector.render.camera import NEAR, Camera

MOST_CANDIDATES = 2000

_GROUP = 1000.0
"""How far one group of points is above the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """ids: int64 (m,). xy: float32 (m, 2) in pixels from the top left. depths: float32 (m,), along
    the sight in world units. priorities: float32 (m,), for place_labels."""

    ids: IntArray
    xy: FloatArray
    depths: FloatArray
    priorities: FloatArray


def choose_candidates(
    rank: LabelRank,
    camera: Camera,
    width: int,
    height: int,
    *,
    first: Sequence[IntArray] = (),
    shown_mask: MaskArray | None = None,
    most: int = MOST_CANDIDATES,
) -> Candidates:
    """The most important points that the camera sees, most important first.

    first: groups of rows that come before all others, such as hovered, selected, neighbors; of each
    at most `most`. shown_mask: bool (n,), rows that are shown at all. With most=0 only those of the
    groups. A few milliseconds for a million points.
    """
    picture = camera, max(1, width), max(1, height)
    parts = []
    for number, rows in enumerate(first):
        places = _places_of(rank, rows, most or MOST_CANDIDATES)
        seen, screen = _find_visible(rank, places, picture, shown_mask, len(places))
        top = _GROUP * (len(first) - number)
        parts.append((seen, screen, top - np.arange(len(seen)) / max(1, len(seen))))
    seen, screen = _find_visible(rank, None, picture, shown_mask, most)
    parts.append((seen, screen, -rank.levels[seen] - 0.5 * np.arange(len(seen)) / max(1, most)))
    places = np.concatenate([part[0] for part in parts])
    kept = np.sort(np.unique(places, return_index=True)[1])
    screen = np.concatenate([part[1] for part in parts])[kept]
    priorities = np.concatenate([part[2] for part in parts])[kept]
    return Candidates(
        frozen(rank.ids[places[kept]]),
        frozen(np.ascontiguousarray(screen[:, :2])),
        frozen(np.ascontiguousarray(screen[:, 2])),
        frozen(priorities.astype(np.float32)),
    )


def _places_of(rank: LabelRank, rows: IntArray, most: int) -> IntArray:
    """Where rows stand in the rank; those without a place are left out."""
    rows = np.asarray(rows, np.int64)[:most]
    rows = rows[(rows >= 0) & (rows < len(rank.places))]
    places = rank.places[rows].astype(np.int64)
    return places[places >= 0]


def _find_visible(
    rank: LabelRank,
    wanted: IntArray | None,
    picture: tuple[Camera, int, int],
    shown_mask: MaskArray | None,
    most: int,
) -> tuple[IntArray, FloatArray]:
    """The first points of the rank, or of some wanted places in it, that lie in the picture: their
    places, and float32 (m, 3) with x, y and depth."""
    from projector.labels import kernels

    camera, width, height = picture
    points = rank.points if wanted is None else frozen(rank.points[wanted])
    ids = rank.ids if wanted is None else frozen(rank.ids[wanted])
    mask = np.empty(0, np.bool_) if shown_mask is None else shown_mask
    if len(mask) and len(mask) != len(rank.places):
        raise ValueError(f"{len(rank.places)} points, but a mask of {len(mask)}")
    most = min(most, len(points))
    places, screen = np.empty(most, np.int64), np.empty((most, 3), np.float32)
    near = NEAR * camera.distance if camera.has_perspective else -np.inf
    found = kernels.find_visible(
        points, ids, frozen(np.ascontiguousarray(mask, np.bool_).view()),
        camera.matrix(width, height), camera.depth_row.astype(np.float32), np.float32(near),
        (float(width), float(height)), places, screen,
    )  # fmt: skip
    seen = places[:found]
    return (seen if wanted is None else wanted[seen]), screen[:found]
