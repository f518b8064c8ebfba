"""Reads projector_config.pbtxt: protobuf text format, or the JSON of the stand-alone projector.

A config with one broken block is read block by block, and a block spoiled by an unescaped quote
is mended.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf import json_format, text_format

from projector.embeddings.messages.projector_config_pb2 import EmbeddingInfo, ProjectorConfig
from projector.embeddings.text import decode_text
from projector.errors import Problem
from projector.progress import Progress, Work

CONFIG_NAME = "projector_config.pbtxt"

Config = tuple[ProjectorConfig, tuple[Problem, ...]]

_MAX_BYTES = 16 << 20
_LONGEST_BLOCK = 1 << 20  # letters; the parser takes a second for so many
_LETTERS_A_STEP = 1 << 16
_STEP_S = 0.02
_MOST_BROKEN = 100
_BLOCK_START = re.compile(r"embeddings[ \t]{0,99}:?[ \t]{0,99}[{<]")
_MOST_BLANKS = 99
_QUOTED_LINE = re.compile(r'^([ \t]*\w+[ \t]*:[ \t]*)"(.*)"[ \t]*$', re.MULTILINE)
_BROKEN = (text_format.ParseError, json_format.ParseError, ValueError, RecursionError)
_NO_JSON = (ValueError, RecursionError, MemoryError)


@dataclass(slots=True)
class _Reading:
    """What was read so far. line, offset: where the next block starts; lines count from 1."""

    path: Path
    config: ProjectorConfig = field(default_factory=ProjectorConfig)
    problems: list[Problem] = field(default_factory=list)
    line: int = 1
    offset: int = 0

    def tell(self, what: str) -> None:
        self.problems.append(Problem(self.path, what, self.offset))

    @property
    def is_hopeless(self) -> bool:
        return len(self.problems) > _MOST_BROKEN

    @property
    def progress(self) -> Progress:
        return Progress(None, f"Reading {self.path.name}")

    def result(self) -> Config:
        return self.config, tuple(self.problems)


def read_config(path: Path) -> Work[Config]:
    """All embeddings of a config that can be understood; none where it can't be read at all."""
    try:
        if not path.is_file():  # a pipe or a device has no end
            return ProjectorConfig(), (Problem(path, "Can't be read: it is no plain file."),)
        if path.stat().st_size > _MAX_BYTES:
            what = f"{path.name} is larger than 16 MB, so it is no projector config."
            return ProjectorConfig(), (Problem(path, what),)
        data = path.read_bytes()
    except OSError as error:
        return ProjectorConfig(), (Problem(path, f"Can't be read: {error.strerror}."),)
    yield Progress(None, f"Reading {path.name}")
    return (yield from parse_config(decode_text(data)[0], path))


def is_json_config(path: Path) -> bool:
    """Whether a .json file is the config of a stand-alone projector: it has embeddings."""
    if path.suffix.lower() != ".json" or path.name.lower().endswith(".safetensors.index.json"):
        return False
    return "projector" in path.name.lower() or _has_embeddings(path)


def _has_embeddings(path: Path) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return False
        data = path.read_bytes()
    except OSError:
        return False
    if b"embeddings" not in data:
        return False
    try:
        found = json.loads(decode_text(data)[0])
    except _NO_JSON:
        return False
    blocks = found.get("embeddings") if isinstance(found, dict) else None
    return isinstance(blocks, list) and any(isinstance(one, dict) for one in blocks)


def parse_config(text: str, path: Path) -> Work[Config]:
    """The config in a text; `path` is only named in problems."""
    if text.lstrip().startswith("{"):
        return (yield from _parse_json(text, path))
    if len(text) <= _LETTERS_A_STEP:
        try:
            return _parse_text(text), ()
        except _BROKEN:
            pass
    return (yield from _parse_blocks(text, path))


def _parse_text(text: str) -> ProjectorConfig:
    config = ProjectorConfig()
    text_format.Parse(text, config, allow_unknown_field=True)
    return config


def _parse_json(text: str, path: Path) -> Work[Config]:
    try:
        whole = json.loads(text)
        blocks = whole.pop("embeddings", None) or []
        config = _from_dict(whole, ProjectorConfig())
        if not isinstance(blocks, list):
            blocks = [blocks]
    except _BROKEN as error:
        return ProjectorConfig(), (Problem(path, f"Not a projector config: {_reason(error)}."),)
    reading = _Reading(path, config)
    shown = time.monotonic()
    for number, block in enumerate(blocks, 1):
        try:
            config.embeddings.append(_from_dict(block, EmbeddingInfo()))
        except _BROKEN as error:
            what = f"Embedding {number:,} of the config was left out: {_reason(error)}."
            reading.problems.append(Problem(path, _told_last(what, reading)))
            if reading.is_hopeless:
                break
        if time.monotonic() - shown > _STEP_S:
            yield reading.progress
            shown = time.monotonic()
    return reading.result()


def _from_dict(found: Any, message: Any) -> Any:
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - read as the parser's own errors are
    return json_format.ParseDict(found, message, ignore_unknown_fields=True)


def _parse_blocks(text: str, path: Path) -> Work[Config]:
    """Many blocks at a time; where those are not sound, one by one."""
    reading = _Reading(path)
    group: list[str] = []
    n_letters = 0
    for block in _blocks(text):
        if group and n_letters + len(block) > _LETTERS_A_STEP:
            yield from _add_group(group, reading)
            group, n_letters = [], 0
            if reading.is_hopeless:
                return reading.result()
        group.append(block)
        n_letters += len(block)
    yield from _add_group(group, reading)
    return reading.result()


def _blocks(text: str) -> Iterator[str]:
    """What comes before the first embedding, then each of them."""
    start = 0
    for match in _BLOCK_START.finditer(text):
        before = text[max(0, match.start() - _MOST_BLANKS) : match.start()].rstrip(" \t")
        if not before or before[-1] in "\n}>":
            yield text[start : match.start()]
            start = match.start()
    yield text[start:]


def _add_group(blocks: list[str], reading: _Reading) -> Work[None]:
    yield reading.progress
    text = "".join(blocks)
    if len(text) <= _LONGEST_BLOCK:
        try:
            reading.config.MergeFrom(_parse_text(text))
        except _BROKEN:
            pass
        else:
            _pass(text, reading)
            return
    shown = time.monotonic()
    for block in blocks:
        _add_block(block, reading)
        if reading.is_hopeless:
            return
        if time.monotonic() - shown > _STEP_S:
            yield reading.progress
            shown = time.monotonic()


def _add_block(block: str, reading: _Reading) -> None:
    reason = ""
    if len(block) > _LONGEST_BLOCK:
        reason = "it is larger than 1 MB"
    elif block.strip():
        try:
            reading.config.MergeFrom(_mended(block))
        except _BROKEN as error:
            reason = _reason(error)
    if reason:
        what = f"The block at line {reading.line} was left out: {reason}."
        reading.tell(_told_last(what, reading))
    _pass(block, reading)


def _told_last(what: str, reading: _Reading) -> str:
    if len(reading.problems) < _MOST_BROKEN:
        return what
    return f"More than {_MOST_BROKEN} blocks are broken; the rest was left out."


def _pass(text: str, reading: _Reading) -> None:
    reading.line += text.count("\n")
    reading.offset += len(text.encode())


def _mended(block: str) -> ProjectorConfig:
    """One block as it is, or with its likely faults put right: raw quotes, no last brace."""
    escaped = _QUOTED_LINE.sub(_escape_inside, block)
    for candidate in (block, block + "\n}", escaped, escaped + "\n}"):
        try:
            config = _parse_text(candidate)
        except _BROKEN:
            continue
        if candidate is block or config.ByteSize():
            return config
    return _parse_text(block)


def _escape_inside(match: re.Match[str]) -> str:
    inside = match[2].replace("\\", "\\\\").replace('"', '\\"')
    return f'{match[1]}"{inside}"'


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error).splitlines()[0].rstrip(".")[:200] if str(error) else type(error).__name__
