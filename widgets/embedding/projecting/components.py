"""Whether other principal components can be put on the axes of a layout."""

from __future__ import annotations

from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.wishes import Wish


def shown_axes(layout: Layout) -> tuple[int, ...] | None:
    """The components on its axes, counted from 0; None where that is not known."""
    if "axes" in layout.extra:
        return tuple(layout.extra["axes"])
    chosen = getattr(layout.parameters, "components", None)
    return None if chosen is None else tuple(component - 1 for component in chosen)


def can_find_components(layout: Layout) -> bool:
    """Whether all components of a PCA are at hand, or can be found again from its vectors.

    The positions of a bookmark were made by another program, whose other components nobody has.
    """
    if "pca" in layout.extra:
        return True
    is_ours = not layout.extra.get("is_steered")
    return is_ours and isinstance(layout.extra.get("wish"), Wish)
