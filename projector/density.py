"""Where points crowd on the screen: contours that hold given shares of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, FloatArray, frozen
from projector.errors import InvalidChoice, NothingToShow
from projector.level_lines import level_lines
from projector.progress import Progress, Work

_MARGIN = 4.0  # widths of the blur around the points
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
    if not all(0 < share < 1 for share in shares):
        raise InvalidChoice("The shares of density contours must lie between 0 and 1.")
    if not 16 <= n_cells <= 1024:
        raise InvalidChoice(f"The grid must have 16 to 1,024 cells, got {n_cells:,}.")
    if bandwidth is not None and not 0 < bandwidth < np.inf:
        raise InvalidChoice(f"The bandwidth must be above 0, got {bandwidth:g}.")
    yield Progress(0.0, "Counting the points")
    double = np.asarray(positions, np.float64)
    places = double[np.isfinite(double).all(axis=1)]
    if len(places) < 3:
        raise NothingToShow("Fewer than three points have a place: no density.")
    grid = _grid(places, bandwidth, n_cells)
    yield Progress(0.7, "Drawing the contours")
    contours = []
    for share in sorted(shares, reverse=True):
        level = _level_of(grid.density, share)
        lines = tuple(grid.placed(line) for line in level_lines(grid.density, level))
        contours.append(Contour(share, level / grid.cell**2, lines))
        yield Progress(0.7, "Drawing the contours")
    return tuple(contours)


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """density: float64 (rows, columns), points per cell, y then x. cell: the side of a cell. low:
    (x, y) of the middle of the first cell."""

    density: DoubleArray
    cell: float
    low: DoubleArray

    def placed(self, line: DoubleArray) -> FloatArray:
        """From cells to the units of the positions."""
        return frozen((self.low + line * self.cell).astype(np.float32))


def _grid(places: DoubleArray, bandwidth: float | None, n_cells: int) -> _Grid:
    """A histogram, blurred as if each point were a small cloud."""
    from scipy.ndimage import gaussian_filter

    spread = places.std(axis=0) * len(places) ** (-1 / 6)  # Scott's rule in two dimensions
    blur = spread if bandwidth is None else np.full(2, bandwidth)
    low, high = places.min(axis=0), places.max(axis=0)
    reach = float((high - low).max()) or 1.0
    blur = np.maximum(blur, reach / n_cells)
    low, high = low - _MARGIN * blur, high + _MARGIN * blur
    cell = float((high - low).max()) / n_cells
    shape = np.maximum(1, np.ceil((high - low) / cell)).astype(np.int64) + 1
    at = np.minimum(((places - low) / cell).astype(np.int64), shape - 1)
    counts = np.bincount(at[:, 1] * shape[0] + at[:, 0], minlength=int(shape.prod()))
    density = counts.reshape(shape[1], shape[0]).astype(np.float64)
    density = gaussian_filter(density, blur[::-1] / cell, mode="constant", truncate=5.0)
    density[[0, -1]] = 0.0  # so that every line is closed
    density[:, [0, -1]] = 0.0
    return _Grid(density, cell, low + cell / 2)


def _level_of(density: DoubleArray, share: float) -> float:
    """The density above which the share of all points lies."""
    falling = np.sort(density.ravel())[::-1]
    inside = np.cumsum(falling)
    place = min(int(np.searchsorted(inside, share * inside[-1])), len(falling) - 2)
    return float(falling[place] / 2 + falling[place + 1] / 2)
