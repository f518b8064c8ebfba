"""New rows find their place in a layout that is finished, and whose points stay where they are."""

from __future__ import annotations

from projector.projections.place.anchors import Anchors, find_anchors
from projector.projections.place.refine import refine_places
from projector.projections.place.rows import place_rows

__all__ = ["Anchors", "find_anchors", "place_rows", "refine_places"]
