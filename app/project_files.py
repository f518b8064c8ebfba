"""Which embedding `projector project` reads, and whether the layout may be written: both are
settled before the work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from app.picture import pick_source
from projector.embeddings.embedding import Source
from projector.errors import InvalidChoice, NotFound, Unreadable
from projector.layout_files import check_layout_name, layout_paths


def full_name(source: Source) -> str:
    """RUN/NAME, which tells embeddings of one name apart."""
    return source.name if source.run in ("", ".") else f"{source.run}/{source.name}"


def picked(
    sources: Sequence[Source], path: Path, name: str | None, step: int | None
) -> tuple[Source, str]:
    """The embedding that was wished for, by its name or RUN/NAME, and what to say where it is one
    of several. Raises NothingToShow or InvalidChoice."""
    named = [one for one in sources if name in (one.name, full_name(one))]
    choice = tuple(named or sources)
    source = pick_source(choice, path, name=named[0].name if named else name, step=step)
    others = sorted({full_name(one) for one in choice} - {full_name(source)})
    if not others:
        return source, ""
    return source, (
        f"This is {full_name(source)}, one of {len(others) + 1:,} embeddings; "
        f"--name {others[0]} takes another."
    )


def check_out(out: Path, *, has_metadata: bool) -> None:
    """Raise unless files of these names can be made, as far as can be told without making them."""
    check_layout_name(out)
    folder = out.absolute().parent
    if not folder.is_dir():
        raise NotFound(f"The folder {folder} does not exist, so {out.name} can't be written there.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Unreadable(f"{out} can't be written: nothing may be written into {folder}.")
    for path in layout_paths(out, has_table=has_metadata):
        if path.is_dir():
            raise Unreadable(f"{path} can't be written: it is a folder.")


def check_keeps(out: Path, source: Source, *, has_metadata: bool) -> None:
    """Raise InvalidChoice where the layout would take the place of what it is made from."""
    read = (source.tensor_path, source.metadata_path, source.sprite_path, source.bookmarks_path)
    for path in layout_paths(out, has_table=has_metadata):
        if any(one is not None and _is_same(path, one) for one in read):
            raise InvalidChoice(f"{path} belongs to the embedding itself; choose another name.")


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:  # one of the two is not there
        return False
