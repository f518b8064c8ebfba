"""`projector render`: one embedding, laid out by any method, as a PNG; no window and no Qt."""

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
    """What to draw. name, step: None for the first name and its last step. method: a projection's
    name, or the file of a layout. size: in pixels."""

    name: str | None = None
    step: int | None = None
    color_by: str | None = None
    n_axes: int = 3
    has_pictures: bool = False
    method: str = "pca"
    seed: int = 0
    size: tuple[int, int] = (1000, 800)
    is_dark: bool = False


def render_picture(path: Path, out: Path, wish: PictureWish) -> Work[None]:
    """Read, lay out, paint and write. Raises ProjectorError with what to change."""
    contents = yield from read_contents(path)
    if contents.is_empty:
        raise NothingToShow(contents.why_empty)
    source = pick_source(contents.sources, path, name=wish.name, step=wish.step)
    embedding = yield from read_embedding(source)
    _check_column(embedding, wish.color_by)
    positions = yield from _positions(embedding, wish)
    yield Progress(None, "Painting")
    _paint(embedding, positions, out, wish)


def pick_source(
    sources: tuple[Source, ...], path: Path, *, name: str | None, step: int | None
) -> Source:
    """The source that was wished for; None for the first name and its last step.

    Raises NothingToShow or InvalidChoice.
    """
    if not sources:
        raise NothingToShow(f"No embedding was found in {path}.")
    names = sorted({source.name for source in sources})
    if name is not None and name not in names:
        raise InvalidChoice(f"There is no embedding {name} in {path}; it has {', '.join(names)}.")
    named = [s for s in sources if s.name == (name or sources[0].name)]
    if step is None:
        return max(named, key=lambda source: source.step or 0)
    steps = sorted({source.step for source in named if source.step is not None})
    if step not in steps:
        known = ", ".join(map(str, steps)) or "none"
        raise InvalidChoice(f"{named[0].name} has no step {step}; it has {known}.")
    return next(source for source in named if source.step == step)


def _check_column(embedding: Embedding, color_by: str | None) -> None:
    columns = [] if embedding.metadata is None else embedding.metadata.columns
    if color_by is not None and color_by not in columns:
        known = ", ".join(columns) or "none"
        raise InvalidChoice(f"There is no column {color_by}; the columns are: {known}.")


def _positions(embedding: Embedding, wish: PictureWish) -> Work[FloatArray]:
    """Those of a projection with its usual parameters, or of a file that holds a layout."""
    from projector.layout_files import read_layout
    from projector.projections import PROJECTIONS
    from projector.projections.contract import Control, Inputs

    if wish.method in PROJECTIONS:
        projection = PROJECTIONS[wish.method]
        parameters = projection.parameters(n_dims=wish.n_axes, seed=wish.seed)
        steps = projection.steps(Inputs(embedding.vectors), parameters, Control())
        return (yield from steps).positions
    path = Path(wish.method).expanduser()
    if not path.suffix:
        known = ", ".join(PROJECTIONS)
        raise InvalidChoice(f"There is no method {wish.method}; take {known} or a layout's file.")
    positions = (yield from read_layout(path)).positions
    if len(positions) != embedding.n_points:
        raise InvalidChoice(
            f"{path} holds {len(positions):,} positions, the embedding {embedding.n_points:,} rows."
        )
    return positions


def _paint(embedding: Embedding, positions: FloatArray, out: Path, wish: PictureWish) -> None:
    from projector.frames import scatter_frame
    from projector.render.figure import DARK, LIGHT, paint_frame, write_figure

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
