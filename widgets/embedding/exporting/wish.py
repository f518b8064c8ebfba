"""What is to be written, of which points, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

Which = Literal["shown", "selected", "all"]
LARGEST_PX = 20_000
MOST_PIXELS = 150_000_000
TABLES = (".csv", ".tsv", ".parquet", ".json")


@dataclass(frozen=True, slots=True)
class Kind:
    """name: as in commands. title: in the list. tip: one sentence. suffixes: the usual one first.

    chooses_points: whether it can be written of other points than those on the screen.
    """

    name: str
    title: str
    tip: str
    suffixes: tuple[str, ...]
    chooses_points: bool = True


@dataclass(frozen=True, slots=True)
class ExportWish:
    """which: of which points. width, height: of a picture, in pixels. text_scale: how much larger
    than on the screen texts and points are, in proportion to the picture. has_columns: write the
    metadata, too. n_neighbors: of each selected point."""

    kind: str
    which: Which = "shown"
    width: int = 1000
    height: int = 800
    text_scale: float = 1.0
    is_transparent: bool = False
    has_legend: bool = True
    has_pictures: bool = True
    has_columns: bool = True
    is_text: bool = False
    n_neighbors: int = 10


def kinds() -> tuple[Kind, ...]:
    """In the order in which they are offered."""
    return (
        Kind(
            "picture",
            tr("Picture (PNG)"),
            tr("The cloud as it is seen now, with labels, axes and legend, at any size."),
            (".png",),
            chooses_points=False,
        ),
        Kind(
            "drawing",
            tr("Drawing (SVG)"),
            tr("The same as shapes that stay sharp at any size and can be edited."),
            (".svg",),
        ),
        Kind(
            "page",
            tr("Web page (HTML)"),
            tr("One file that any browser shows without a network; the cloud can be turned."),
            (".html",),
        ),
        Kind(
            "ply",
            tr("Point cloud (PLY)"),
            tr("Positions and colors for programs such as MeshLab, CloudCompare or Blender."),
            (".ply",),
        ),
        Kind(
            "coordinates",
            tr("Coordinates"),
            tr("Where each point is, in the order of rows."),
            (".csv", ".tsv", ".parquet", ".npy", ".json"),
        ),
        Kind(
            "neighbors",
            tr("Neighbors"),
            tr("The nearest neighbors of each selected point, with their distances."),
            TABLES,
            chooses_points=False,
        ),
        Kind(
            "selection",
            tr("Selection"),
            tr("The numbers and metadata of the selected points."),
            TABLES,
            chooses_points=False,
        ),
        Kind(
            "metadata",
            tr("Metadata"),
            tr("All columns, with what was edited and computed."),
            (".tsv", ".csv", ".parquet", ".json"),
        ),
        Kind(
            "bookmarks",
            tr("Bookmarks"),
            tr("The views, and what is on the screen, as TensorBoard's projector reads them."),
            (".json", ".txt"),
            chooses_points=False,
        ),
    )


def kind_of(name: str) -> Kind:
    return next(kind for kind in kinds() if kind.name == name)


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate("Export", text)
