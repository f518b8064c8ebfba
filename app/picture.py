"""`projector render`: one embedding, laid out by PCA, as a PNG; no window and no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projector.arrays import FloatArray
from projector.contents import read_contents
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.reader import read_embedding
from projector.errors import InvalidChoice, NothingToShow
from projector.progress import Progress, Work


@dataclass(frozen=True, slots=True)
class PictureWish:
    """What to draw. name, step: None for the first name and its last step. size: in pixels."""

    name: str | None = None
    step: int | None = None
    color_by: str | None = None
    n_axes: int = 3
    has_pictures: bool = False
    size: tuple[int, int] = (1000, 800)
    is_dark: bool = False


def render_picture(path: Path, out: Path, wish: PictureWish) -> Work[None]:
    """Read, lay out, paint and write. Raises ProjectorError with what to change."""
    from projector.projections.pca import fit_pca

    contents = yield from read_contents(path)
    if contents.is_empty:
        raise NothingToShow(contents.why_empty)
    source = pick_source(contents.sources, path, wish)
    embedding = yield from read_embedding(source)
    pca = yield from fit_pca(embedding.vectors, n_components=max(3, wish.n_axes))
    yield Progress(None, "Painting")
    _paint(embedding, pca.positions, out, wish)


def pick_source(sources: tuple[Source, ...], path: Path, wish: PictureWish) -> Source:
    """The source that was wished for. Raises NothingToShow or InvalidChoice."""
    if not sources:
        raise NothingToShow(f"No embedding was found in {path}.")
    names = sorted({source.name for source in sources})
    if wish.name is not None and wish.name not in names:
        raise InvalidChoice(
            f"There is no embedding {wish.name} in {path}; it has {', '.join(names)}."
        )
    named = [s for s in sources if s.name == (wish.name or sources[0].name)]
    if wish.step is None:
        return max(named, key=lambda source: source.step or 0)
    steps = sorted({source.step for source in named if source.step is not None})
    if wish.step not in steps:
        known = ", ".join(map(str, steps)) or "none"
        raise InvalidChoice(f"{named[0].name} has no step {wish.step}; it has {known}.")
    return next(source for source in named if source.step == wish.step)


def _paint(embedding: Embedding, positions: FloatArray, out: Path, wish: PictureWish) -> None:
    from projector.frames import scatter_frame
    from projector.render.figure import DARK, LIGHT, paint_frame, write_figure

    table = embedding.metadata
    columns = [] if table is None else table.columns
    if wish.color_by is not None and wish.color_by not in columns:
        known = ", ".join(columns) or "none"
        raise InvalidChoice(f"There is no column {wish.color_by}; the columns are: {known}.")
    frame = scatter_frame(
        embedding,
        positions,
        axes=tuple(range(wish.n_axes)),
        color_by=wish.color_by,
        show_pictures=wish.has_pictures,
        is_dark=wish.is_dark,
    )
    background = DARK if wish.is_dark else LIGHT
    width, height = wish.size
    write_figure(out, paint_frame(frame, width=width, height=height, background=background))
