"""Writes embeddings that were read: one as a file of any format that can be written, or several as
a folder that TensorBoard's projector opens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from projector.embeddings.config import CONFIG_NAME
from projector.embeddings.embedding import Embedding, Source, SpriteSheet
from projector.embeddings.messages.projector_config_pb2 import EmbeddingInfo
from projector.embeddings.png import write_png
from projector.embeddings.reader import read_embedding
from projector.embeddings.writer import add_to_config, encoded
from projector.embeddings.writers import HOLD_METADATA, WRITERS, write_metadata, write_tsv
from projector.errors import InvalidChoice, NothingToShow, Problem, ProjectorError, Unreadable
from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl


def check_target(out: Path) -> None:
    """Raise InvalidChoice unless the name is that of a folder, or of a file that can be written."""
    if not _is_folder(out) and out.suffix.lower() not in WRITERS:
        *some, last = WRITERS
        known = f"{', '.join(some)} or {last}"
        raise InvalidChoice(f"Vectors go into {known} files, or into a folder; got {out.name}.")


def pick_sources(
    sources: Sequence[Source], name: str | None, step: int | None
) -> tuple[Source, ...]:
    """Those of a name and a step; None takes all. Raises InvalidChoice, NothingToShow."""
    if not sources:
        raise NothingToShow("There is no embedding to be written.")
    named = [source for source in sources if name is None or source.name == name]
    if not named:
        known = ", ".join(sorted({source.name for source in sources})[:10])
        raise InvalidChoice(f"There is no embedding {name}; the names are: {known}.")
    found = [source for source in named if step is None or source.step == step]
    if not found:
        steps = sorted({source.step for source in named if source.step is not None})
        known = ", ".join(map(str, steps[:20])) or "none"
        raise InvalidChoice(f"There is no step {step}; the steps are: {known}.")
    return tuple(found)


def export_embeddings(
    sources: Sequence[Source], out: Path, *, name: str | None = None, step: int | None = None
) -> Work[tuple[Problem, ...]]:
    """Read and write: into a file the one that is meant (of several steps the last), into a folder
    all of them. Returns what was repaired or left out.

    Raises InvalidChoice where a file is asked for and several are meant, and what reading raises.
    """
    check_target(out)
    chosen = pick_sources(sources, name, step)
    if not _is_folder(out):
        embedding = yield from read_embedding(_only(chosen))
        yield from write_file(embedding, out)
        return embedding.problems
    problems: list[Problem] = []
    places = _places(chosen)
    n_written = 0
    for source, place in zip(chosen, places, strict=True):
        try:
            embedding = yield from read_embedding(source)
        except ProjectorError as error:
            problems.append(Problem(source.tensor_path, str(error)))
            continue
        yield from write_into_folder(embedding, out, place)
        n_written += 1
        problems += embedding.problems
    if not n_written:
        raise NothingToShow(f"None of the embeddings can be read. {problems[0].what}")
    return tuple(problems)


def write_file(embedding: Embedding, out: Path) -> Work[None]:
    """One embedding into a file, as its suffix says, with metadata in it or beside it.

    Raw floats also get a projector_config.pbtxt beside them. Raises InvalidChoice, Unreadable.
    """
    check_target(out)
    suffix = out.suffix.lower()
    table = _plain_table(embedding.metadata)
    yield from WRITERS[suffix](out, embedding.vectors, table)
    if suffix in HOLD_METADATA:
        return
    beside = out.with_name(f"{out.stem}_metadata.tsv")
    if table is not None:
        yield from write_metadata(beside, table)
    if suffix == ".bytes":
        info = EmbeddingInfo(tensor_name=embedding.source.name, tensor_path=out.name)
        info.tensor_shape.extend(embedding.vectors.shape)
        if table is not None:
            info.metadata_path = beside.name
        add_to_config(out.with_name(CONFIG_NAME), info)


def write_into_folder(embedding: Embedding, folder: Path, place: str) -> Work[None]:
    """Add an embedding to a folder that TensorBoard's projector opens, as PyTorch lays it out.

    place: the name, and with a colon the step if it has one. Raises Unreadable.
    """
    name, step = place, embedding.source.step
    padded = f"{step or 0:05d}"
    below = f"{padded}/{encoded(name)}"
    target = folder / below
    table = _plain_table(embedding.metadata)
    info = EmbeddingInfo(tensor_name=f"{name}:{padded}", tensor_path=f"{below}/tensors.tsv")
    info.tensor_shape.extend(embedding.vectors.shape)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(f"{target} can't be made: {error.strerror}.") from error
    yield from write_tsv(target / "tensors.tsv", embedding.vectors, None)
    if table is not None:
        yield from write_metadata(target / "metadata.tsv", table)
        info.metadata_path = f"{below}/metadata.tsv"
    sheet = embedding.sprites
    if isinstance(sheet, SpriteSheet):
        yield Progress(None, "Writing the pictures")
        is_gray = sheet.pixels.ndim == 3 and sheet.pixels.shape[2] == 1
        write_png(target / "sprite.png", sheet.pixels[..., 0] if is_gray else sheet.pixels)
        info.sprite.image_path = f"{below}/sprite.png"
        info.sprite.single_image_dim.extend(sheet.tile)
    add_to_config(folder / CONFIG_NAME, info)


def _is_folder(out: Path) -> bool:
    return out.is_dir() or not out.suffix


def _only(chosen: Sequence[Source]) -> Source:
    """The last step of the only name in the only run. Raises InvalidChoice."""
    kinds = sorted({(source.run, source.name) for source in chosen})
    if len(kinds) > 1:
        known = ", ".join(f"{name} (in {run})" for run, name in kinds[:10])
        raise InvalidChoice(
            f"One file holds one embedding, and there are {len(kinds):,}: {known}. "
            "Name one with --name, or write into a folder."
        )
    return max(chosen, key=lambda source: -1 if source.step is None else source.step)


def _places(chosen: Sequence[Source]) -> list[str]:
    """A name for each; where runs share names, the run's name goes before."""
    runs = {source.run for source in chosen}
    if len(runs) == 1:
        return [source.name for source in chosen]
    return [f"{source.run}/{source.name}" for source in chosen]


def _plain_table(table: pl.DataFrame | None) -> pl.DataFrame | None:
    return None if table is None or not table.width else table
