"""Reads projector_config.pbtxt: protobuf text format, or the JSON of the stand-alone projector.

A config with one broken block is read block by block, and a block spoiled by an unescaped quote
is mended.
"""

from __future__ import annotations

import re
from pathlib import Path

from google.protobuf import json_format, text_format

from projector.embeddings.messages.projector_config_pb2 import ProjectorConfig
from projector.embeddings.text import decode_text
from projector.errors import Problem

CONFIG_NAME = "projector_config.pbtxt"

_MAX_BYTES = 64 << 20
_MOST_BROKEN = 100
_BLOCK_START = re.compile(r"(?:^|(?<=[}>]))[ \t]*embeddings[ \t]*:?[ \t]*[{<]", re.MULTILINE)
_QUOTED_LINE = re.compile(r'^([ \t]*\w+[ \t]*:[ \t]*)"(.*)"[ \t]*$', re.MULTILINE)
_BROKEN = (text_format.ParseError, json_format.ParseError, ValueError, RecursionError)


def read_config(path: Path) -> tuple[ProjectorConfig, tuple[Problem, ...]]:
    """All embeddings of a config that can be understood; none where it can't be read at all."""
    try:
        if not path.is_file():  # a pipe or a device has no end
            return ProjectorConfig(), (Problem(path, "Can't be read: it is no plain file."),)
        if path.stat().st_size > _MAX_BYTES:
            what = f"{path.name} is larger than 64 MB, so it is no projector config."
            return ProjectorConfig(), (Problem(path, what),)
        data = path.read_bytes()
    except OSError as error:
        return ProjectorConfig(), (Problem(path, f"Can't be read: {error.strerror}."),)
    return parse_config(decode_text(data)[0], path)


def is_json_config(path: Path) -> bool:
    """Whether a .json file is the config of a stand-alone projector: it has embeddings."""
    if path.suffix.lower() != ".json" or path.name.lower().endswith(".safetensors.index.json"):
        return False
    return bool(read_config(path)[0].embeddings) or "projector" in path.name.lower()


def parse_config(text: str, path: Path) -> tuple[ProjectorConfig, tuple[Problem, ...]]:
    """The config in a text; `path` is only named in problems."""
    if text.lstrip().startswith("{"):
        return _parse_json(text, path)
    try:
        return _parse_text(text), ()
    except _BROKEN:
        return _parse_blocks(text, path)


def _parse_text(text: str) -> ProjectorConfig:
    config = ProjectorConfig()
    text_format.Parse(text, config, allow_unknown_field=True)
    return config


def _parse_json(text: str, path: Path) -> tuple[ProjectorConfig, tuple[Problem, ...]]:
    config = ProjectorConfig()
    try:
        json_format.Parse(text, config, ignore_unknown_fields=True)
    except _BROKEN as error:
        return ProjectorConfig(), (Problem(path, f"Not a projector config: {_reason(error)}."),)
    return config, ()


def _parse_blocks(text: str, path: Path) -> tuple[ProjectorConfig, tuple[Problem, ...]]:
    config = ProjectorConfig()
    problems: list[Problem] = []
    starts = [match.start() for match in _BLOCK_START.finditer(text)]
    line, offset = 1, 0
    for start, stop in zip([0, *starts], [*starts, len(text)], strict=True):
        block = text[start:stop]
        try:
            config.MergeFrom(_mended(block) if block.strip() else ProjectorConfig())
        except _BROKEN as error:
            if len(problems) == _MOST_BROKEN:
                what = f"More than {_MOST_BROKEN} blocks are broken; the rest was left out."
                problems.append(Problem(path, what, offset))
                break
            what = f"The block at line {line} was left out: {_reason(error)}."
            problems.append(Problem(path, what, offset))
        line += block.count("\n")
        offset += len(block.encode())
    return config, tuple(problems)


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
