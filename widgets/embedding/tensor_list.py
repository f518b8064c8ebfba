"""All tensors of the files that embeddings are in: those to show, and why the rest can't be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from projector.embeddings.embedding import Source
from projector.embeddings.format import TensorInfo
from projector.embeddings.formats import list_tensors
from projector.errors import ProjectorError
from projector.progress import Progress, Work
from widgets.embedding.sentences import tr
from widgets.embedding.sources import SourceGroup
from widgets.shared.texts import shown

MOST_FILES = 100
"""So many files are looked into; tensors of others are listed with what is known without."""
MOST_OTHERS = 10_000

Infos = Mapping[Path, tuple[TensorInfo, ...]]


@dataclass(frozen=True, slots=True)
class TensorLine:
    """One line of the list. group: the number of the embedding, None where it is none. why: then
    the reason. step: text, as there may be several."""

    name: str
    run: str
    size: str
    dtype: str
    file: str
    step: str
    group: int | None = None
    why: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return self.name, self.run, self.size, self.dtype, self.step, self.file


def list_all(paths: Sequence[Path]) -> Work[dict[Path, tuple[TensorInfo, ...]]]:
    """The tensors of each file, none of a file that can't be read."""
    found: dict[Path, tuple[TensorInfo, ...]] = {}
    for i, path in enumerate(paths[:MOST_FILES]):
        yield Progress(i / len(paths), tr("Looking into {name}").format(name=path.name))
        try:
            found[path] = yield from list_tensors(path)
        except ProjectorError:
            found[path] = ()
    return found


def files_of(groups: Sequence[SourceGroup]) -> tuple[Path, ...]:
    """The files of the newest steps, each once."""
    return tuple(dict.fromkeys(group.sources[-1].tensor_path for group in groups))


def lines_of(groups: Sequence[SourceGroup], infos: Infos) -> tuple[TensorLine, ...]:
    """Every embedding in its order."""
    by_key = {path: {info.key: info for info in those} for path, those in infos.items()}
    return tuple(
        _line(i, group, by_key.get(group.sources[-1].tensor_path, {}))
        for i, group in enumerate(groups)
    )


def other_lines(groups: Sequence[SourceGroup], infos: Infos) -> tuple[TensorLine, ...]:
    """Every tensor of the same files that is no embedding, or is none of those found."""
    taken = {(one.tensor_path, one.key) for group in groups for one in group.sources}
    lines = []
    for path, those in infos.items():
        for info in those:
            if info.why_not and (path, info.key) not in taken:
                size, why = size_text(info.shape), shown(info.why_not)
                name = shown(info.title or info.key or path.name)
                lines.append(TensorLine(name, "", size, info.dtype, path.name, "", None, why))
    return tuple(lines[:MOST_OTHERS])


def _line(index: int, group: SourceGroup, by_key: Mapping[str, TensorInfo]) -> TensorLine:
    source = group.sources[-1]
    info = by_key.get(source.key) or (next(iter(by_key.values())) if len(by_key) == 1 else None)
    name = group.name if group.copy == 0 else f"{group.name} ({group.copy + 1})"
    run = "" if group.run in ("", ".") else group.run
    size = size_text(source.shape or (() if info is None else info.shape))
    dtype = "" if info is None else info.dtype
    file = source.tensor_path.name
    return TensorLine(shown(name), shown(run), size, dtype, file, _steps(group.sources), index)


def size_text(shape: Sequence[int]) -> str:
    """ "70,000 × 384"; "" where it is not known."""
    return " × ".join(f"{n:,}" for n in shape) if any(shape) else ""


def _steps(sources: Sequence[Source]) -> str:
    steps = [source.step for source in sources if source.step is not None]
    if not steps:
        return ""
    return f"{steps[0]:,}" if len(steps) == 1 else f"{steps[0]:,} … {steps[-1]:,}"
