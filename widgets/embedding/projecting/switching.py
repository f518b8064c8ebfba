"""From one method or layout to another: what of the choice goes with it."""

from __future__ import annotations

from typing import Any

from projector.embeddings.choice import EmbeddingChoice
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.wishes import ITERATIVE, Wish, wish_of
from widgets.embedding.view_model import EmbeddingViewModel


def fields_for(layout: Layout | None, choice: EmbeddingChoice) -> dict[str, Any]:
    """What to choose so that a layout is drawn and its method is in front; None for the
    components the embedding was opened with."""
    if layout is None:
        return {"layout": "", "projection": "pca"}
    fields: dict[str, Any] = {"layout": layout.key, "projection": layout.projection}
    if layout.projection in ITERATIVE:
        fields["is_flat"] = layout.n_dims == 2
    return fields


def fields_for_method(model: EmbeddingViewModel, projection: str) -> dict[str, Any]:
    """What to choose when a method is brought to the front: its newest layout comes along."""
    embedding, choice = model.embedding, model.choice
    if embedding is None:
        return {"projection": projection}
    made = [one for one in model.layouts.of(embedding.source) if one.projection == projection]
    if made:
        return fields_for(made[-1], choice)
    if projection == "pca":
        return {"layout": "", "projection": "pca"}
    return {"projection": projection}


def is_out_of_date(layout: Layout | None, choice: EmbeddingChoice) -> bool:
    """Whether the forms say something else by now than what the layout in front was made with."""
    wish = wish_of(choice)
    if layout is None:
        return wish.projection == "pca" and not wish.is_at_hand
    made: Wish | None = layout.extra.get("wish")
    return made is not None and made.projection == wish.projection and made != wish
