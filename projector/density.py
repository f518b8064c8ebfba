"""Where points crowd on the screen: contours that hold given shares of them."""

from __future__ import annotations

from dataclasses import dataclass

from projector.arrays import FloatArray
from projector.progress import Work

SHARES = (0.9, 0.75, 0.5, 0.25)


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """share: of the points inside, 0..1. level: their density there, points per unit of area.
    lines: float32 (k, 2) each, in the units of the positions; a closed line ends where it began,
    and the denser side lies on its left (with y upward)."""

    share: float
    level: float
    lines: tuple[FloatArray, ...]


def density_contours(
    positions: FloatArray,
    shares: tuple[float, ...] = SHARES,
    *,
    bandwidth: float | None = None,
    n_cells: int = 192,
) -> Work[tuple[Contour, ...]]:
    """One contour a share, outermost first: of the regions that hold so many points, the smallest.

    positions: float32 (n, 2), such as projected screen positions; rows with NaN take no part.
    bandwidth: the standard deviation of the blur in the units of the positions, None for Scott's
    rule on each axis. n_cells: 16..1,024 of the grid along the longer side. Raises InvalidChoice;
    NothingToShow for fewer than three points with a place.
    """
    raise NotImplementedError
