"""Files are replaced whole or not at all, whoever writes them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

import numpy as np
import pytest

from projector.drafts import drafted, drafting
from projector.embeddings.bookmark_state import State
from projector.embeddings.bookmarks import write_bookmarks
from projector.embeddings.writers import WRITERS
from projector.errors import Unreadable
from projector.progress import finish

VECTORS = np.ones((3, 2), np.float32)


def write_embedding(out: Path) -> None:
    finish(WRITERS[out.suffix](out, VECTORS, None))


def write_state(out: Path) -> None:
    write_bookmarks([State(label="a")], out)


def write_block(out: Path) -> None:
    with drafted(out) as file:
        file.write(b"new")


WAYS = [*((write_embedding, suffix) for suffix in WRITERS), (write_state, ".txt")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only on systems that have named pipes")
@pytest.mark.parametrize(("write", "suffix"), [*WAYS, (write_block, ".bin")])
def test_a_named_pipe_is_not_replaced(
    tmp_path: Path, write: Callable[[Path], None], suffix: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    out = tmp_path / f"v{suffix}"
    out.symlink_to("pipe")
    with pytest.raises(Unreadable, match="no plain file"):
        write(out)
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(os.listdir(tmp_path)) == ["pipe", out.name]


@pytest.mark.parametrize(("write", "suffix"), [*WAYS, (write_block, ".bin")])
def test_a_link_stays_a_link_to_what_was_written(
    tmp_path: Path, write: Callable[[Path], None], suffix: str
) -> None:
    out = tmp_path / f"v{suffix}"
    out.symlink_to("there")
    write(out)
    assert out.is_symlink()
    assert (tmp_path / "there").stat().st_size
    assert sorted(os.listdir(tmp_path)) == ["there", out.name]


def test_an_interrupt_that_comes_twice_leaves_no_draft(tmp_path: Path) -> None:
    def interrupt(_: BinaryIO) -> list[None]:
        sys.setprofile(interrupt_once_more)  # at the next call of a function in Python
        raise KeyboardInterrupt

    def interrupt_once_more(_frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            sys.setprofile(None)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(drafting(tmp_path / "v.npy", interrupt))
    assert os.listdir(tmp_path) == []


def test_what_fails_halfway_leaves_the_older_file(tmp_path: Path) -> None:
    out = tmp_path / "v.bin"
    out.write_bytes(b"old")

    def fail(file: BinaryIO) -> list[None]:
        file.write(b"new")
        raise OSError(28, "No space left on device")

    with pytest.raises(Unreadable, match="No space left on device"):
        list(drafting(out, fail))
    assert out.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["v.bin"]


@pytest.mark.parametrize("error", [OSError(28, "It is full"), OSError("[Errno 28] It is full.")])
def test_why_a_file_can_not_be_written_is_said_in_words(tmp_path: Path, error: OSError) -> None:
    def fill(_file: BinaryIO) -> Any:
        raise error

    with pytest.raises(Unreadable, match=r"a can't be written: It is full\.$"):
        finish(drafting(tmp_path / "a", fill))
