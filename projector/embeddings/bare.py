"""Embeddings in bare files, without a config: vectors, with labels and pictures beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from projector.embeddings.beside import TABLES, Beside, files_beside
from projector.embeddings.blocks import tell_tensors
from projector.embeddings.checkpoints import find_checkpoint, latest_checkpoint
from projector.embeddings.delimited import looks_like_vectors
from projector.embeddings.doctor import Finding, Folders, Tried
from projector.embeddings.embedding import Source
from projector.embeddings.files import opened
from projector.embeddings.format import START_BYTES, TensorInfo
from projector.embeddings.formats import (
    FORMATS,
    RAW,
    TEXT,
    all_suffixes,
    find_format,
    has_suffix,
    list_tensors,
)
from projector.embeddings.found import Gathering
from projector.errors import ProjectorError
from projector.progress import Progress, Work

_VECTOR_WORDS = re.compile(r"[._-]?(tensors?|vectors?|embeddings?|weights)$", re.IGNORECASE)
_MOST_OPENED = 1000
_MANY_USES = (".json", ".jsonl", ".ndjson", ".bin", ".pkl", ".txt", ".gz")
_HOLD_BOTH = (*TABLES, ".txt", ".ndjson", ".json", ".arrow", ".feather", ".pq", ".ipc")
_STATE = "checkpoint"
_SHARD = re.compile(r"\.data-\d{5}-of-\d{5}$|\.meta$")


def source_of_file(path: Path, gathering: Gathering) -> Work[None]:
    """The embeddings in one file, which may be a part of a checkpoint; or why there are none."""
    if "tfevents" in path.name:
        return
    whole = _whole_checkpoint(path)
    try:
        one = find_format(whole)
        if one is RAW:
            what = "A file of bare numbers needs a projector_config.pbtxt with its tensor_shape."
            gathering.fail(path, what)
            return
        if (
            one is TEXT
            and not has_suffix(whole, TEXT)
            and not (yield from looks_like_vectors(whole))
        ):
            gathering.fail(path, "It is neither an event file nor a file of vectors.")
            return
        infos = yield from one.tensors(whole)
    except ProjectorError as error:
        gathering.fail(path, str(error))
        return
    _add_all(whole, infos, ".", gathering)


def _whole_checkpoint(path: Path) -> Path:
    """What to open of a checkpoint, given any file of it; else the path itself."""
    if path.name == _STATE:
        return latest_checkpoint(path.parent) or path
    if _SHARD.search(path.name):
        return find_checkpoint(path.name, path.parent) or path
    return path


def find_bare_files(folders: Folders, gathering: Gathering) -> Work[None]:
    """Those in the first folder and directly below it: matrices in files of any format, and tables
    of numbers. Of very many files only the first are opened."""
    n_opened = 0
    for path, run in _candidates(folders):
        n_opened += 1
        if n_opened > _MOST_OPENED:
            what = f"Only the first {_MOST_OPENED:,} files were looked into; open others by name."
            gathering.tell(Finding(path.parent, what, "failed"))
            return
        yield Progress(None, f"Looking into {path.name}")
        try:
            if not (yield from _holds_vectors(path)):
                continue
            infos = yield from list_tensors(path)
        except ProjectorError as error:
            if not _is_of_many_uses(path):
                gathering.fail(path, str(error))
            continue
        if _is_of_many_uses(path) and all(info.why_not for info in infos):
            continue
        _add_all(path, infos, run, gathering)


def _candidates(folders: Folders) -> Iterator[tuple[Path, str]]:
    """Files with their folders as names of runs; only names are looked at."""
    endings = tuple(suffix for suffix in all_suffixes() if suffix != ".bytes")
    for folder, names in folders:
        root = folders[0][0]
        if folder != root and folder.parent != root:
            continue
        run = folder.relative_to(root).as_posix()
        for name in sorted(names):
            if name.lower().endswith(endings):
                yield folder / name, run


def _holds_vectors(path: Path) -> Work[bool]:
    """Whether a file is worth being looked into: what is called so by its name, and of files of
    many uses those that begin like vectors. Raises NotFound, Unreadable."""
    if has_suffix(path, TEXT) and path.suffix.lower() != ".txt":
        return (yield from looks_like_vectors(path))
    with opened(path) as file:
        start = file.read(START_BYTES)
    return any(one.is_one(path, start) for one in FORMATS if one not in (RAW, TEXT))


def _is_of_many_uses(path: Path) -> bool:
    """Whether such files mostly hold something else, so that it is no news when one does."""
    return has_suffix(path, TEXT) or path.name.lower().endswith(_MANY_USES)


def _add_all(path: Path, infos: tuple[TensorInfo, ...], run: str, gathering: Gathering) -> None:
    """A source for each matrix of a file."""
    offered = [info for info in infos if not info.why_not]
    is_only = len(infos) == 1
    if is_only and not offered:
        gathering.fail(path, f"{path.name} can't be shown.", Tried(path, infos[0].why_not))
        return
    if is_only:
        gathering.tell(Finding(path, f"{path.name} holds vectors.", "found"))
    else:
        tell_tensors(path, infos, gathering)
    if path.parent not in gathering.beside:
        gathering.beside[path.parent] = files_beside(path.parent)
    beside = gathering.beside[path.parent]
    for info in offered:
        is_named = len(offered) > 1 and (info.title or info.key)
        source = _source(path, info, run, beside, is_named=bool(is_named))
        if gathering.has(source):
            source = replace(source, name=f"{path.name}/{info.key}" if info.key else path.name)
        gathering.add(source)


def _source(path: Path, info: TensorInfo, run: str, beside: Beside, *, is_named: bool) -> Source:
    """is_named: whether it goes by its own name, as one of several of a file."""
    name = info.title or info.key if is_named else _stem(path)
    stem = name.replace("/", "_") if is_named else _stem(path)
    return Source(
        name=name,
        run=run,
        tensor_path=path,
        metadata_path=_find_metadata(path, stem, beside),
        sprite_path=_find_sprite(stem, beside),
        key=info.key,
    )


def _stem(path: Path) -> str:
    """The name without the ending of its format."""
    for one in FORMATS:
        if has_suffix(path, one):
            suffix = next(s for s in one.suffixes if path.name.lower().endswith(s))
            return path.name[: len(path.name) - len(suffix)] or path.name
    return path.stem


def _find_metadata(path: Path, stem: str, beside: Beside) -> Path | None:
    """Labels by their name, else the only other table beside the only file of vectors."""
    names = _names(stem, ("metadata", "labels", "meta"))
    if path.suffix.lower() in _HOLD_BOTH:  # of the same name are the same vectors once more
        names = [name for name in names if name != stem.lower()]
    for name in names:
        for suffix in TABLES:
            other = beside.tables.get((name, suffix))
            if other is not None and other != path:
                return other
    tables = [other for (_, suffix), other in beside.tables.items() if suffix == ".tsv"]
    if path.suffix.lower() == ".npy" and len(tables) == 1 and beside.n_npy == 1:
        return tables[0]
    return None


def _find_sprite(stem: str, beside: Beside) -> Path | None:
    """A sheet, or the first of several with numbers."""
    names = _names(stem, ("sprite", "sprites", "pictures", "images"))
    found = (beside.pictures.get(name) for name in names)
    return next((path for path in found if path is not None), None)


def _names(stem: str, words: tuple[str, ...]) -> list[str]:
    """Likely stems, best first: iris_tensors.npy goes with iris_labels, iris, then labels."""
    stem = stem.lower()
    short = _VECTOR_WORDS.sub("", stem)
    own = [f"{base}{mark}{word}" for base in (stem, short) for mark in "_-." for word in words]
    return [*own, stem, short, *words]
