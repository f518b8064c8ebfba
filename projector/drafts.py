"""Writes a file as a draft beside it, which takes its place when it is whole."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from projector.errors import Unreadable

T = TypeVar("T")


def drafting(out: Path, fill: Callable[[BinaryIO], Iterable[T]]) -> Generator[T, None, None]:
    """Walk what `fill` makes of an open draft, then put the draft into the file's place.

    An older file stays as it was until then, and no draft is left behind. Raises Unreadable where
    that can't be done, or a pipe or a device is in the place.
    """
    target = Path(os.path.realpath(out))  # a link stays a link
    draft = target.with_name(f".projector-{secrets.token_hex(4)}.part")
    try:
        if target.exists() and not (target.is_file() or target.is_dir()):
            raise Unreadable(f"{out} can't be written: it is no plain file.")
        try:
            with draft.open("xb") as file:
                yield from fill(file)
            os.replace(draft, target)
        finally:
            try:
                draft.unlink(missing_ok=True)
            except KeyboardInterrupt:  # polars raises it at Ctrl+C, and Python then once more
                draft.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Unreadable(f"{out} can't be written: {_reason(error)}.") from error


def _reason(error: OSError) -> str:
    """In words; polars hands on those of the system together with their number."""
    return error.strerror or re.sub(r"^\[Errno \d+\] ", "", str(error)).rstrip(".")


@contextmanager
def drafted(out: Path) -> Iterator[BinaryIO]:
    """The same around a block. A second Ctrl+C may reach the block's end before the draft is gone;
    it goes with the traceback then."""
    yield from drafting(out, _itself)


def _itself(file: BinaryIO) -> Iterator[BinaryIO]:
    yield file
