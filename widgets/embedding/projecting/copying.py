"""The layout in front as a recipe, from which a script is written."""

from __future__ import annotations

from typing import Any

from projector.export.python_script import Recipe, python_script
from projector.projections.components import PcaParameters
from projector.projections.prepare import Preparation
from projector.render.camera import Camera
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.wishes import AXES, SUPERVISE_BY, Wish
from widgets.embedding.view_model import EmbeddingViewModel


def recipe_of(
    model: EmbeddingViewModel, camera: Camera | None, size: tuple[int, int], *, is_dark: bool
) -> Recipe | None:
    """How the picture was made; None where there is none."""
    embedding, choice = model.embedding, model.choice
    if embedding is None:
        return None
    layout = model.layout
    making = _components(choice.axes) if layout is None else _making(layout)
    return Recipe(
        source=embedding.source,
        companions=model.companions,
        axes=(0, 1) if choice.is_flat else (0, 1, 2),
        color_by=choice.color_by,
        as_categories=choice.as_categories,
        label_by=choice.label_by,
        shows_pictures=choice.shows_pictures,
        is_dark=is_dark,
        camera=camera,
        size=size,
        **making,
    )


def script_of(recipe: Recipe) -> str:
    return python_script(recipe)


def is_told_by_parameters(layout: Layout | None) -> bool:
    """Whether a script can make the same positions: not once a run was steered or stopped."""
    if layout is None:
        return True
    is_free = any(layout.extra.get(name) for name in ("is_steered", "is_stopped", "is_aligned"))
    wish: Wish | None = layout.extra.get("wish")
    is_filled = (
        wish is not None and layout.projection == AXES and len(layout.axis_names) > len(wish.axes)
    )
    return not is_free and not is_filled and not layout.is_running


def _components(axes: tuple[int, int, int]) -> dict[str, Any]:
    components = tuple(axis + 1 for axis in axes)
    parameters = PcaParameters(components=() if components == (1, 2, 3) else components)
    return {"projection": "pca", "parameters": parameters, "preparation": Preparation()}


def _making(layout: Layout) -> dict[str, Any]:
    wish: Wish | None = layout.extra.get("wish")
    return {
        "projection": layout.projection,
        "parameters": layout.parameters,
        "preparation": layout.preparation,
        "supervise": None if wish is None else wish.value(SUPERVISE_BY),
        "n_more": int(layout.extra.get("n_more", 0)),
    }
