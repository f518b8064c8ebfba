"""Finds checkpoints: by the text file `checkpoint` of a folder, or as a config names them."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from google.protobuf import text_format

from projector.embeddings.checkpoints.table import is_table
from projector.embeddings.messages.checkpoint_pb2 import CheckpointState
from projector.embeddings.paths import files_like, find_file
from projector.embeddings.text import decode_text

STATE_NAME = "checkpoint"

_MAX_BYTES = 1 << 22
_MOST_NAMED = 100
_MAX_PARTS = 16
_MOST_DATED = 500
_LEFT_OVER = re.compile(r"\.tempstate\d+|_temp_")
_ENDING = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")
_DATA = re.compile(r"\.data-\d{5}-of-\d{5}$")
_OLD_NAME = re.compile(r"\.ckpt(-\d+)?(-00000-of-\d{5})?$")
_OF_INTEREST = re.compile("|".join(one.pattern for one in (_OLD_NAME, _ENDING)))
_FIRST_SHARD = re.compile(r"-00000-of-\d{5}$")

Shards = dict[Path, list[Path]]
"""The first tables of checkpoints in several, by their folder."""


def latest_checkpoint(folder: Path) -> Path | None:
    """The file to open of the newest checkpoint in a folder, None where there is none; a folder
    that was moved, and a state file that is stale or missing, are no obstacle."""
    known: Shards = {}
    for prefix in _named(folder / STATE_NAME):
        found = find_checkpoint(prefix, folder, known)
        if found is not None:
            return found
    return _newest(folder) or _saved_model(folder)


def written_checkpoint(folder: Path) -> str:
    """The latest checkpoint as the state file of a folder names it; "" where there is none."""
    return next(iter(_named(folder / STATE_NAME)), "")


def find_checkpoint(
    prefix_as_written: str, config_folder: Path, known: Shards | None = None
) -> Path | None:
    """The file to open of a checkpoint that a file in `config_folder` names: `PREFIX.index`, or the
    table (or its first shard) of version 1.

    The name may end in .index, .meta or a shard's number. Where a path leads nowhere, the ends of
    it are looked for in the folder, so that it may come from another computer. known: keeps what
    was listed, for the next call.
    """
    prefix = _ENDING.sub("", prefix_as_written)
    if not prefix:
        return None
    found = find_file(prefix + ".index", config_folder).path
    if found is not None:
        return found
    table = find_file(prefix, config_folder).path
    if table is not None and is_table(table):
        return table
    known = {} if known is None else known
    shards = (_first_shard(written, config_folder, known) for written in _ways(prefix))
    return next((shard for shard in shards if shard is not None), None)


def _ways(prefix: str) -> Iterator[str]:
    """The prefix, then if it is a relative path its ever shorter ends."""
    yield prefix
    parts = prefix.replace("\\", "/").split("/")
    if parts[0] in ("", "~") or re.fullmatch(r"\w+:", parts[0]):
        return
    for i in range(max(1, len(parts) - _MAX_PARTS), len(parts)):
        if parts[i] not in ("", ".", ".."):
            yield "/".join(parts[i:])


def _first_shard(written: str, folder: Path, known: Shards) -> Path | None:
    """The first table of a checkpoint of version 1 in several, beside the config or where said."""
    parent, _, name = written.replace("\\", "/").rpartition("/")
    for place in dict.fromkeys((folder / parent, folder)):
        if place not in known:
            known[place] = files_like(place, _FIRST_SHARD)
        for file in known[place]:
            if name and _FIRST_SHARD.sub("", file.name) == name and is_table(file):
                return file
    return None


def _named(state: Path) -> list[str]:
    """The prefixes in a state file, the latest first; none where it can't be understood."""
    try:
        if not state.is_file() or state.stat().st_size > _MAX_BYTES:
            return []
        text, _ = decode_text(state.read_bytes())
        message = text_format.Parse(text, CheckpointState(), allow_unknown_field=True)
    except (OSError, text_format.ParseError, ValueError, RecursionError):
        return []
    older = list(message.all_model_checkpoint_paths)[: -_MOST_NAMED - 1 : -1]
    return [name for name in (message.model_checkpoint_path, *older) if name]


def _newest(folder: Path) -> Path | None:
    """The index changed last; of several from one second that of the highest number. Where there is
    none, the same of tables of version 1, then of damaged indexes. Only names are looked at until
    the newest is known."""
    files = files_like(folder, _OF_INTEREST)
    indexes = _newest_first([file for file in files if file.suffix == ".index"])
    tables = _newest_first([file for file in files if _OLD_NAME.search(file.name)])
    shards = {_ENDING.sub("", file.name) for file in files if _DATA.search(file.name)}
    # other programs have files called .index too
    damaged = (file for file in indexes if file.stem in shards)
    sound = (file for file in (*indexes, *tables) if is_table(file))
    return next(sound, next(damaged, None))


def _newest_first(files: Sequence[Path]) -> list[Path]:
    """Of very many only those of the highest numbers."""
    there = [file for file in files if not _LEFT_OVER.search(file.name)]
    return sorted(heapq.nlargest(_MOST_DATED, there, key=_numbers), key=_age, reverse=True)


def _age(file: Path) -> tuple[int, tuple[list[int], str]]:
    try:
        seconds = int(file.stat().st_mtime)
    except OSError:
        seconds = 0
    return seconds, _numbers(file)


def _numbers(file: Path) -> tuple[list[int], str]:
    """Sorts by the numbers in a name."""
    return [int(digits) for digits in re.findall(r"\d{1,18}", file.name)], file.name


def _saved_model(folder: Path) -> Path | None:
    index = folder / "variables" / "variables.index"
    return index if is_table(index) else None
