"""Checkpoints are found by folder and by name, also after a move from another computer."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from projector.embeddings.checkpoints import find_checkpoint, latest_checkpoint
from tests.projector.checkpoints.writer import write_v1, write_v2

TABLE = {"t": np.ones((3, 2), np.float32)}


def checkpoint(folder: Path, name: str = "model.ckpt-1", *, seconds: int = 1000) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    index = write_v2(folder / name, TABLE)
    os.utime(index, (seconds, seconds))
    return index


def state(folder: Path, *names: str) -> None:
    """A state file; the first name is the latest."""
    lines = [f'model_checkpoint_path: "{names[0]}"']
    lines += [f'all_model_checkpoint_paths: "{name}"' for name in names[1:]]
    (folder / "checkpoint").write_text("\n".join(lines))


@pytest.mark.parametrize(
    "written",
    [
        "model.ckpt-1",
        "./model.ckpt-1",
        "logs/run/model.ckpt-1",
        "/home/someone/run/model.ckpt-1",
        r"C:\\Users\\someone\\run\\model.ckpt-1",
        r"run\\model.ckpt-1",
        "gs://bucket/run/model.ckpt-1",
        "model.ckpt-1.index",
        "model.ckpt-1.meta",
        "model.ckpt-1.data-00000-of-00001",
    ],
)
def test_a_name_is_found_however_it_is_written(tmp_path: Path, written: str) -> None:
    index = checkpoint(tmp_path)
    assert find_checkpoint(written.replace("\\\\", "\\"), tmp_path) == index
    state(tmp_path, written)
    assert latest_checkpoint(tmp_path) == index


def test_a_name_may_lead_into_another_folder(tmp_path: Path) -> None:
    index = checkpoint(tmp_path / "train")
    (tmp_path / "config").mkdir()
    found = find_checkpoint("../train/model.ckpt-1", tmp_path / "config")
    assert found is not None
    assert found.samefile(index)
    assert find_checkpoint(str(tmp_path / "train/model.ckpt-1"), tmp_path / "config") == index


@pytest.mark.parametrize("written", ["", "other", "/", "~", "a\0b", "http://host/other"])
def test_what_is_not_there_is_not_found(tmp_path: Path, written: str) -> None:
    checkpoint(tmp_path)
    assert find_checkpoint(written, tmp_path) is None


def test_a_file_that_is_no_table_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "model.ckpt").write_text("a few words")
    assert find_checkpoint("model.ckpt", tmp_path) is None
    assert latest_checkpoint(tmp_path) is None


def test_version_1_is_found_as_one_table_or_by_its_first(tmp_path: Path) -> None:
    single = write_v1(tmp_path / "one.ckpt", TABLE)
    first = write_v1(tmp_path / "two.ckpt-00000-of-00002", TABLE)
    write_v1(tmp_path / "two.ckpt-00001-of-00002", TABLE)
    assert find_checkpoint("one.ckpt", tmp_path) == single
    assert find_checkpoint("/elsewhere/two.ckpt", tmp_path) == first


def test_a_stale_name_gives_way_to_an_older_save_that_is_there(tmp_path: Path) -> None:
    older = checkpoint(tmp_path, "model.ckpt-50", seconds=1)
    checkpoint(tmp_path, "unrelated", seconds=2)
    state(tmp_path, "model.ckpt-100", "model.ckpt-50", "model.ckpt-100")
    assert latest_checkpoint(tmp_path) == older


def test_without_a_state_file_the_newest_counts(tmp_path: Path) -> None:
    newest = checkpoint(tmp_path, "b", seconds=30)
    checkpoint(tmp_path, "a", seconds=20)
    checkpoint(tmp_path, "c.tempstate123", seconds=40)
    assert latest_checkpoint(tmp_path) == newest


def test_of_saves_from_one_second_the_highest_number_counts(tmp_path: Path) -> None:
    checkpoint(tmp_path, "model.ckpt-9")
    newest = checkpoint(tmp_path, "model.ckpt-10")
    assert latest_checkpoint(tmp_path) == newest


@pytest.mark.parametrize("content", [b"", b"{{{", b"\xff\xfe\0", b'model_checkpoint_path: "no"'])
def test_a_state_file_of_any_content_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    index = checkpoint(tmp_path)
    (tmp_path / "checkpoint").write_bytes(content)
    assert latest_checkpoint(tmp_path) == index


def test_a_damaged_index_is_found_so_that_its_damage_can_be_told(tmp_path: Path) -> None:
    index = checkpoint(tmp_path)
    index.write_bytes(index.read_bytes()[:-9])
    assert latest_checkpoint(tmp_path) == index


def test_a_saved_model_has_its_checkpoint_inside(tmp_path: Path) -> None:
    index = checkpoint(tmp_path / "variables", "variables")
    assert latest_checkpoint(tmp_path) == index


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert latest_checkpoint(tmp_path / "gone") is None


def test_very_many_files_called_so_take_no_time(tmp_path: Path) -> None:
    index = checkpoint(tmp_path, "model.ckpt-99999")
    for i in range(3000):
        (tmp_path / f"note-{i}.index").write_bytes(bytes(60))
    started = time.monotonic()
    assert latest_checkpoint(tmp_path) == index
    index.write_bytes(index.read_bytes()[:-9])
    assert latest_checkpoint(tmp_path) == index
    assert time.monotonic() - started < 1
