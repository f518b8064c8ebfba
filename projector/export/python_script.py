"""A script that makes the same picture again through the library, to be copied or saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from projector.embeddings.embedding import Source
from projector.embeddings.reader import AS_WRITTEN, Companions
from projector.projections.contract import Parameters
from projector.projections.prepare import Preparation
from projector.render.camera import Camera


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a picture was made.

    opened: what the user opened, or None for the file of the source itself. source: of the
    embedding. companions: metadata and pictures of the user's choice. projection: a name in
    PROJECTIONS, or "axes". parameters: of it. n_more: iterations beyond those of the parameters.
    supervise: the column whose values are classes. n_sampled: rows laid out first, None for all.
    axes: which columns of the positions are drawn. The other fields are as of scatter_frame.
    """

    source: Source
    projection: str
    parameters: Parameters
    opened: Path | None = None
    companions: Companions = AS_WRITTEN
    preparation: Preparation = field(default_factory=Preparation)
    supervise: str | None = None
    n_more: int = 0
    n_sampled: int | None = None
    axes: tuple[int, ...] = (0, 1, 2)
    color_by: str | None = None
    as_categories: bool | None = None
    label_by: str | None = None
    shows_pictures: bool = False
    is_dark: bool = False
    camera: Camera | None = None
    size: tuple[int, int] = (1000, 800)


def python_script(recipe: Recipe) -> str:
    """Python that reads, prepares, projects and paints; it writes positions.npy and picture.png.

    With the same files, versions and machine the positions are the same, bit by bit.
    """
    raise NotImplementedError
