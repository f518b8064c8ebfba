"""What the user picked in the embedding dashboard: one frozen value, replaced whole."""

from __future__ import annotations

from dataclasses import dataclass

AUTOMATIC = ""


@dataclass(frozen=True, slots=True)
class EmbeddingChoice:
    """Plain values throughout, so that a session can hold it as JSON.

    run, name, copy: the embedding; copy tells apart those with the same run, name and step.
    step: None shows the last. axes: principal components, counted from 0, for x, y and z.
    label_by, color_by: metadata columns; label_by None means the row number, color_by None one
    color, and AUTOMATIC what suits the embedding. as_categories: how numbers are colored, None
    leaves it to the column. point_size: a factor on the automatic size. opacity: 0..1.
    selected: a row. search: matching rows stand out; search_in None searches every column.
    metadata_path, sprite_path: files to read in place of those that the log names, "" for these.
    metadata_header: whether the first line names the columns, None finds out. metadata_repair: the
    name of a Repair for rows that are not as many as the points, "" takes what fits best.
    """

    run: str = ""
    name: str = ""
    copy: int = 0
    step: int | None = None
    projection: str = "pca"
    axes: tuple[int, int, int] = (0, 1, 2)
    is_flat: bool = False
    label_by: str | None = AUTOMATIC
    color_by: str | None = AUTOMATIC
    as_categories: bool | None = None
    point_size: float = 1.0
    opacity: float = 1.0
    shows_pictures: bool = False
    selected: int | None = None
    search: str = ""
    search_in: str | None = None
    metric: str = "cosine"
    n_neighbors: int = 10
    metadata_path: str = ""
    metadata_header: bool | None = None
    metadata_repair: str = ""
    sprite_path: str = ""
