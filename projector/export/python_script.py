"""A script that makes the same picture again through the library, to be copied or saved."""

from __future__ import annotations

from dataclasses import dataclass, field

from projector.embeddings.embedding import Source
from projector.embeddings.reader import AS_WRITTEN, Companions
from projector.export.python_values import Imports, python_value
from projector.projections.contract import Parameters
from projector.projections.prepare import Preparation
from projector.projections.sample import Sampling
from projector.render.camera import Camera


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a picture was made.

    source: of the embedding. companions: metadata and pictures of the user's choice. projection: a
    name in PROJECTIONS, or "axes". parameters: of it. n_more: iterations beyond those of the
    parameters. supervise: the column whose values are classes. sampling: how a part of the rows was
    laid out first, None for all. axes: which columns of the positions are drawn. The other fields
    are as of scatter_frame and paint_frame.
    """

    source: Source
    projection: str
    parameters: Parameters
    companions: Companions = AS_WRITTEN
    preparation: Preparation = field(default_factory=Preparation)
    supervise: str | None = None
    n_more: int = 0
    sampling: Sampling | None = None
    axes: tuple[int, ...] = (0, 1, 2)
    color_by: str | None = None
    as_categories: bool | None = None
    label_by: str | None = None
    radius_px: float | None = None
    shows_pictures: bool = False
    is_dark: bool = False
    camera: Camera | None = None
    size: tuple[int, int] = (1000, 800)


def python_script(recipe: Recipe) -> str:
    """Python that reads, prepares, projects and paints; it writes positions.npy and picture.png.

    With the same files, versions and machine the positions are the same, bit by bit.
    """
    imports = Imports()
    parts = [*_reading(recipe, imports), "", *_projecting(recipe, imports), ""]
    parts += _painting(recipe, imports)
    title = ascii(recipe.source.name)[1:-1].replace('"', "'")
    head = f'"""Lays out {title} by {recipe.projection} and paints it, as the window did."""'
    return "\n".join([head, "", *imports.lines(), "", *parts, ""])


def _reading(recipe: Recipe, imports: Imports) -> list[str]:
    imports.add("projector.progress", "finish")
    source = python_value(recipe.source, imports)
    if recipe.companions == AS_WRITTEN:
        imports.add("projector.embeddings.reader", "read_embedding")
        return [f"source = {source}", "embedding = finish(read_embedding(source))"]
    imports.add("projector.embeddings.reader", "read_parts")
    companions = python_value(recipe.companions, imports)
    return [
        f"source = {source}",
        f"companions = {companions}",
        "embedding = finish(read_parts(source, companions)).embedding",
    ]


def _projecting(recipe: Recipe, imports: Imports) -> list[str]:
    imports.add("projector.projections.prepare", "prepare")
    imports.add("projector.projections.contract", "Control", "Inputs")
    lines = [
        f"preparation = {python_value(recipe.preparation, imports)}",
        "prepared = finish(prepare(embedding.vectors, preparation))",
    ]
    labels = ""
    if recipe.supervise is not None:
        imports.add("projector.quality", "class_codes")
        column = python_value(recipe.supervise, imports)
        lines.append(f"classes, _ = class_codes(embedding.metadata[{column}])")
        labels = ", labels=classes"
    lines.append(f"projection = {_projection(recipe, imports)}")
    lines.append(f"parameters = {python_value(recipe.parameters, imports)}")
    lines.append(f"inputs = Inputs(prepared.vectors{labels})")
    control = f"Control(n_more={recipe.n_more})" if recipe.n_more else "Control()"
    lines.append(f"step = finish(projection.steps(inputs, parameters, {control}))")
    imports.add_module("numpy", "np")
    return [*lines, 'np.save("positions.npy", step.positions)']


def _projection(recipe: Recipe, imports: Imports) -> str:
    if recipe.projection == "axes":
        imports.add("projector.projections.axes", "PROJECTION")
        found = "PROJECTION"
    else:
        imports.add("projector.projections", "PROJECTIONS")
        found = f"PROJECTIONS[{python_value(recipe.projection, imports)}]"
    if recipe.sampling is None:
        return found
    imports.add("projector.projections.sample", "on_sample")
    return f"on_sample({found}, {python_value(recipe.sampling, imports)})"


def _painting(recipe: Recipe, imports: Imports) -> list[str]:
    imports.add("pathlib", "Path")
    imports.add("projector.frames", "scatter_frame")
    imports.add("projector.render.figure", "paint_frame", "write_figure")
    choice = {
        "axes": None if recipe.axes == (0, 1, 2) else recipe.axes,
        "color_by": recipe.color_by,
        "as_categories": recipe.as_categories,
        "label_by": recipe.label_by,
        "radius_px": recipe.radius_px,
        "show_pictures": recipe.shows_pictures or None,
        "is_dark": recipe.is_dark or None,
    }
    lines = ["frame = scatter_frame(", "    embedding,", "    step.positions,"]
    for name, value in choice.items():
        if value is not None:
            lines.append(f"    {name}={python_value(value, imports)},")
    lines.append(")")
    camera = "None" if recipe.camera is None else python_value(recipe.camera, imports)
    width, height = recipe.size
    ground = ""
    if recipe.is_dark:
        imports.add("projector.render.figure", "DARK")
        ground = ", background=DARK"
    return [
        *lines,
        f"camera = {camera}",
        f"image = paint_frame(frame, camera, {int(width)}, {int(height)}{ground})",
        'write_figure(Path("picture.png"), image)',
    ]
