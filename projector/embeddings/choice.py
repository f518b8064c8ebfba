"""What the user picked in the embedding dashboard: one frozen value, replaced whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from projector.embeddings.edits import Edit
from projector.selection import NOTHING, Isolation, NamedSelection, Selection

AUTOMATIC = ""
ALL_SHOWN = Isolation()


@dataclass(frozen=True, slots=True)
class EmbeddingChoice:
    """Plain values, or such as know their JSON, so that a session can hold it.

    run, name, copy: the embedding; copy tells apart those with the same run, name and step.
    step: None shows the last.

    projection: the one whose parameters are in front. parameters: by projection, those that differ
    from their defaults; never written to. layout: the key of the finished layout that is shown, ""
    for the principal components of the vectors as they came. second: the same for the view beside
    it, None where there is one view. axes: principal components, counted from 0, for x, y and z.
    centers, unit_length, whitens, n_prepared: what is done to the vectors before they are projected
    or compared.

    label_by, color_by: metadata columns; label_by None means the row number, color_by None one
    color, and AUTOMATIC what suits the embedding. as_categories: how numbers are colored, None
    leaves it to the column. palette: "" for the usual one. color_scale, color_range: of a gradient;
    None for all there is. recolored: "#rrggbb" by column and category, "" for missing values.
    hidden_categories: those that the legend switched off, of the column color_by, "" for missing
    values. size_by: a column of numbers. point_size, picture_size: factors on the automatic sizes.
    opacity, fog: 0..1. shows_words: labels in place of points; label_size: a factor.

    selected: the row that the inspector tells of. selection: all rows that are selected. named:
    selections that were given a name. isolation: the rows that are shown at all. search: matching
    rows stand out; search_in None searches every column; search_mode: "text", "regex" or "sql".
    neighbors_in: "vectors" or "layout". edits: what the user wrote into the metadata, in order.
    structure: by tool of the structure page, those of its settings that differ from the usual ones;
    never written to.

    metadata_path, sprite_path: files to read in place of those that the log names, "" for these.
    metadata_header: whether the first line names the columns, None finds out. metadata_repair: the
    name of a Repair for rows that are not as many as the points, "" takes what fits best.
    """

    run: str = ""
    name: str = ""
    copy: int = 0
    step: int | None = None
    projection: str = "pca"
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    layout: str = ""
    second: str | None = None
    axes: tuple[int, int, int] = (0, 1, 2)
    centers: bool = False
    unit_length: bool = False
    whitens: bool = False
    n_prepared: int | None = None
    is_flat: bool = False
    is_orthographic: bool = False
    keeps_aspect: bool = True
    label_by: str | None = AUTOMATIC
    color_by: str | None = AUTOMATIC
    as_categories: bool | None = None
    palette: str = ""
    color_scale: str = "linear"
    color_range: tuple[float, float] | None = None
    recolored: dict[str, dict[str, str]] = field(default_factory=dict)
    hidden_categories: tuple[str, ...] = ()
    size_by: str | None = None
    point_size: float = 1.0
    picture_size: float = 1.0
    opacity: float = 1.0
    fog: float = 0.55
    shows_pictures: bool = False
    shows_labels: bool = True
    shows_words: bool = False
    label_size: float = 1.0
    shows_axes: bool = True
    shows_sequences: bool = True
    shows_density: bool = False
    selected: int | None = None
    selection: Selection = NOTHING
    named: tuple[NamedSelection, ...] = ()
    isolation: Isolation = ALL_SHOWN
    search: str = ""
    search_in: str | None = None
    search_mode: str = "text"
    metric: str = "cosine"
    n_neighbors: int = 10
    neighbors_in: str = "vectors"
    edits: tuple[Edit, ...] = ()
    structure: dict[str, dict[str, Any]] = field(default_factory=dict)
    metadata_path: str = ""
    metadata_header: bool | None = None
    metadata_repair: str = ""
    sprite_path: str = ""


ANOTHER: dict[str, Any] = {
    "layout": "",
    "second": None,
    "axes": (0, 1, 2),
    "recolored": {},
    "hidden_categories": (),
    "color_range": None,
    "size_by": None,
    "selected": None,
    "selection": NOTHING,
    "named": (),
    "isolation": ALL_SHOWN,
    "search": "",
    "edits": (),
    "metadata_path": "",
    "metadata_header": None,
    "metadata_repair": "",
    "sprite_path": "",
}
"""What another embedding starts with."""

NEWLY_COLORED: dict[str, Any] = {
    "as_categories": None,
    "color_scale": "linear",
    "color_range": None,
    "hidden_categories": (),
}
"""What another column to color by starts with."""
