"""How large the points of a few values are drawn: what a legend of sizes says."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_PX = 16.0
"""Larger discs would fill a legend: then all are drawn smaller, in proportion."""


@dataclass(frozen=True, slots=True)
class SizeKey:
    """title: of the column. texts: the values, rising. factors: of the common radius, for each."""

    title: str
    texts: tuple[str, ...]
    factors: tuple[float, ...]

    def radii(self, radius_px: float) -> tuple[float, ...]:
        """Of the discs in a legend, in pixels. radius_px: the common radius of points."""
        found = [max(0.0, radius_px * factor) for factor in self.factors]
        largest = max(found, default=0.0)
        shrink = LARGEST_PX / largest if largest > LARGEST_PX else 1.0
        return tuple(max(1.0, radius * shrink) for radius in found)
