"""Finds checkpoints: by the text file `checkpoint` of a folder, or as a config names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from google.protobuf import text_format

from projector.embeddings.checkpoints.table import is_table
from projector.embeddings.messages.checkpoint_pb2 import CheckpointState
from projector.embeddings.paths import find_file
from projector.embeddings.text import decode_text

STATE_NAME = "checkpoint"

_MAX_BYTES = 1 << 22
_MOST_NAMED = 100
_MAX_PARTS = 64
_LEFT_OVER = re.compile(r"\.tempstate\d+|_temp_")
_ENDING = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")
_OLD_NAME = re.compile(r"\.ckpt(-\d+)?(-00000-of-\d{5})?$")
_FIRST_SHARD = re.compile(r"-00000-of-\d{5}")


def latest_checkpoint(folder: Path) -> Path | None:
    """The file to open of the newest checkpoint in a folder, None where there is none; a folder
    that was moved, and a state file that is stale or missing, are no obstacle."""
    for prefix in _named(folder / STATE_NAME):
        found = find_checkpoint(prefix, folder)
        if found is not None:
            return found
    return _newest(folder) or _saved_model(folder)


def find_checkpoint(prefix_as_written: str, config_folder: Path) -> Path | None:
    """The file to open of a checkpoint that a file in `config_folder` names: `PREFIX.index`, or the
    table (or its first shard) of version 1.

    The name may end in .index, .meta or a shard's number. Where a path leads nowhere, the ends of
    it are looked for in the folder, so that it may come from another computer.
    """
    prefix = _ENDING.sub("", prefix_as_written)
    for written in _ways(prefix):
        found = find_file(written + ".index", config_folder).path
        if found is not None:
            return found
        table = find_file(written, config_folder).path
        if table is not None and is_table(table):
            return table
        shard = _first_shard(written, config_folder)
        if shard is not None:
            return shard
    return None


def _ways(prefix: str) -> Iterator[str]:
    """The prefix, then if it is a relative path its ever shorter ends."""
    if not prefix:
        return
    yield prefix
    parts = prefix.replace("\\", "/").split("/")
    if parts[0] in ("", "~") or re.fullmatch(r"\w+:", parts[0]):
        return
    for i in range(1, min(len(parts), _MAX_PARTS)):
        if parts[i] not in ("", ".", ".."):
            yield "/".join(parts[i:])


def _first_shard(written: str, folder: Path) -> Path | None:
    """The first table of a checkpoint of version 1 in several, beside the config or where said."""
    parent, _, name = written.replace("\\", "/").rpartition("/")
    for place in dict.fromkeys((folder / parent, folder)):
        for file in _files(place):
            is_shard = file.name.startswith(name) and _FIRST_SHARD.fullmatch(file.name[len(name) :])
            if name and is_shard and is_table(file):
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
    none, the same of tables of version 1, then of damaged indexes."""
    files = [file for file in _files(folder) if not _LEFT_OVER.search(file.name)]
    indexes = [file for file in files if file.suffix == ".index"]
    tables = [file for file in files if _OLD_NAME.search(file.name)]
    sound = [file for file in indexes if is_table(file)]
    choice = sound or [file for file in tables if is_table(file)]
    choice = choice or [file for file in indexes if _has_shards(file, files)]
    return max(choice, key=_age, default=None)


def _has_shards(index: Path, files: Sequence[Path]) -> bool:
    """Other programs have files called .index too."""
    return any(file.name.startswith(f"{index.stem}.data-") for file in files)


def _age(file: Path) -> tuple[int, list[int], str]:
    try:
        seconds = int(file.stat().st_mtime)
    except OSError:
        seconds = 0
    numbers = [int(digits) for digits in re.findall(r"\d{1,18}", file.name)]
    return seconds, numbers, file.name


def _saved_model(folder: Path) -> Path | None:
    index = folder / "variables" / "variables.index"
    return index if is_table(index) else None


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.is_file())
    except (OSError, ValueError):
        return []
