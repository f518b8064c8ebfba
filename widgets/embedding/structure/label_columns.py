"""Which column of the metadata holds the labels that points are told apart by."""

from __future__ import annotations

from projector.embeddings.choice import AUTOMATIC
from widgets.embedding.columns import column_names
from widgets.embedding.view_model import EmbeddingViewModel


def offered_columns(model: EmbeddingViewModel) -> tuple[str, ...]:
    """The columns of the files; those that were computed are no labels."""
    if model.embedding is None:
        return ()
    return tuple(name for name in column_names(model.embedding) if name not in model.columns)


def column_of_classes(model: EmbeddingViewModel, wish: str | None) -> str | None:
    """The wished for column where there is one of the name; else the one with the classes, which
    repeat, else the labels, else the first, else None. A wish for None gets None."""
    names = offered_columns(model)
    if wish is None or not names or model.shown is None:
        return None
    wishes = (wish, model.shown.color_by, model.shown.label_by)
    return next((one for one in wishes if one != AUTOMATIC and one in names), names[0])
