"""What of a choice goes with the embedding that is shown now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from projector.embeddings.choice import AUTOMATIC, NEWLY_COLORED, EmbeddingChoice
from widgets.embedding.columns import column_names
from widgets.embedding.loading import Shown


def fitting_fields(
    choice: EmbeddingChoice, shown: Shown, computed: Iterable[str]
) -> dict[str, Any]:
    """Axes, columns and looks of the choice where the embedding has them, else what suits it.

    computed: names of the columns that were computed.
    """
    embedding = shown.embedding
    # what was written or computed is a column too, as soon as the table is made anew
    added = (*computed, *(edit.column for edit in choice.edits))
    names = (None, *column_names(embedding), *added)
    x, y, z = (axis if axis < shown.n_axes else i for i, axis in enumerate(choice.axes))
    return {
        "axes": (x, y, z),
        "size_by": choice.size_by if choice.size_by in names else None,
        "is_flat": choice.is_flat or shown.n_axes < 3,
        "label_by": choice.label_by if choice.label_by in names else shown.label_by,
        "color_by": choice.color_by if choice.color_by in names else shown.color_by,
        "search_in": choice.search_in if choice.search_in in names else None,
        "shows_pictures": choice.shows_pictures and embedding.sprites is not None,
        **({} if choice.color_by in (AUTOMATIC, *names) else NEWLY_COLORED),
    }
