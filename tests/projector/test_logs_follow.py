"""Logs that change are read again where they changed, and nowhere else."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.errors import NotFound
from projector.logs import watch
from projector.logs.folder import LogFolder, read_logs
from projector.logs.series import Logs
from projector.progress import finish
from tests.projector.log_folders import FILE, append, record, records, steps_of, told


def opened(path: Path) -> LogFolder:
    folder = LogFolder(path)
    finish(folder.read())
    return folder


def read(folder: LogFolder) -> Logs:
    return finish(folder.read())


def age(path: Path, seconds: float = 60) -> None:
    """Make it look as if it had last been written so long ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))


@pytest.fixture
def two_runs(tmp_path: Path) -> Path:
    append(tmp_path / "a" / FILE, records(0, 3))
    append(tmp_path / "b" / FILE, records(0, 2))
    return tmp_path


def test_logs_to_which_nothing_was_added_are_the_very_same(two_runs: Path) -> None:
    folder = LogFolder(two_runs)
    first = read(folder)
    assert read(folder) is first
    assert read(folder) is first


def test_a_grown_file_shows_its_new_values(two_runs: Path) -> None:
    folder = opened(two_runs)
    append(two_runs / "a" / FILE, records(3, 6))
    assert steps_of(read(folder)) == {"a": [0, 1, 2, 3, 4, 5], "b": [0, 1]}


def test_other_runs_stay_the_very_same(two_runs: Path) -> None:
    folder = LogFolder(two_runs)
    a, b = read(folder).runs
    append(two_runs / "a" / FILE, records(3, 6))
    new_a, new_b = read(folder).runs
    assert new_b is b
    assert new_a is not a


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    path = append(tmp_path / FILE, records(0, 1000))
    folder = opened(tmp_path)
    with path.open("r+b") as file:
        file.seek(20_000)
        file.write(b"x" * 2000)  # would cost values, were it looked at again
    append(path, records(1000, 1005))
    assert steps_of(read(folder)) == {".": list(range(1005))}


def test_a_record_that_comes_in_two_parts_is_shown_once_it_is_whole(tmp_path: Path) -> None:
    last = record(3)
    path = append(tmp_path / FILE, records(0, 3) + last[:11])
    folder = LogFolder(tmp_path)
    before = read(folder)
    append(path, last[11:20])
    assert read(folder) is before
    append(path, last[20:])
    assert steps_of(read(folder)) == {".": [0, 1, 2, 3]}
    assert read(folder).problems == ()


def test_a_file_without_a_whole_record_is_an_empty_run_until_there_is_one(tmp_path: Path) -> None:
    whole = record(0)
    path = append(tmp_path / FILE, b"")
    folder = LogFolder(tmp_path)
    assert steps_of(read(folder)) == {".": []}
    append(path, whole[:5])
    assert steps_of(read(folder)) == {".": []}
    append(path, whole[5:])
    assert steps_of(read(folder)) == {".": [0]}


def test_new_files_and_new_runs_are_found(two_runs: Path) -> None:
    folder = opened(two_runs)
    append(two_runs / "a" / "events.out.tfevents.2", records(3, 5))
    append(two_runs / "deep" / "er" / FILE, records(0, 1))
    assert steps_of(read(folder)) == {"a": [0, 1, 2, 3, 4], "b": [0, 1], "deep/er": [0]}


def test_a_run_that_went_is_no_longer_shown(two_runs: Path) -> None:
    folder = opened(two_runs)
    (two_runs / "a" / FILE).unlink()
    assert steps_of(read(folder)) == {"b": [0, 1]}
    (two_runs / "b" / FILE).unlink()
    (two_runs / "b").rmdir()
    assert steps_of(read(folder)) == {}


def test_a_renamed_run_goes_by_its_new_name(two_runs: Path) -> None:
    folder = opened(two_runs)
    (two_runs / "a").rename(two_runs / "c")
    assert steps_of(read(folder)) == {"b": [0, 1], "c": [0, 1, 2]}


def test_a_file_cut_short_is_read_from_its_beginning(two_runs: Path) -> None:
    folder = opened(two_runs)
    (two_runs / "a" / FILE).write_bytes(records(7, 8))
    assert steps_of(read(folder))["a"] == [7]


@pytest.mark.parametrize("n", [3, 5])
def test_a_file_replaced_by_another_is_read_from_its_beginning(two_runs: Path, n: int) -> None:
    folder = opened(two_runs)
    new = append(two_runs / "new", records(10, 10 + n))
    new.replace(two_runs / "a" / FILE)
    assert steps_of(read(folder))["a"] == list(range(10, 10 + n))


@pytest.mark.parametrize("n", [3, 5])
def test_a_file_written_over_in_place_is_read_from_its_beginning(two_runs: Path, n: int) -> None:
    folder = opened(two_runs)
    (two_runs / "a" / FILE).write_bytes(records(10, 10 + n))
    assert steps_of(read(folder))["a"] == list(range(10, 10 + n))


def test_a_file_written_over_without_a_trace_in_its_time_is_noticed(tmp_path: Path) -> None:
    path = append(tmp_path / FILE, records(0, 3))
    folder = opened(tmp_path)
    found = path.stat()
    path.write_bytes(records(5, 8))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert steps_of(read(folder)) == {".": [5, 6, 7]}


def test_a_file_that_was_copied_anew_goes_on_where_it_was(tmp_path: Path) -> None:
    path = append(tmp_path / FILE, records(0, 3))
    folder = opened(tmp_path)
    append(tmp_path / "copy", records(0, 6)).replace(path)
    assert steps_of(read(folder)) == {".": [0, 1, 2, 3, 4, 5]}


def test_a_rotated_file_leaves_the_run_when_it_is_moved_away(tmp_path: Path) -> None:
    run = tmp_path / "logs" / "a"
    path = append(run / FILE, records(0, 3))
    folder = opened(tmp_path / "logs")
    path.rename(tmp_path / "old")
    append(run / FILE, records(3, 5))
    assert steps_of(read(folder)) == {"a": [3, 4]}


def test_logs_stay_while_their_folder_is_away(two_runs: Path) -> None:
    logs = two_runs.with_name(f"{two_runs.name} mounted")
    two_runs.rename(logs)
    folder = LogFolder(logs)
    before = read(folder)
    logs.rename(two_runs)
    away = read(folder)
    assert [problem.what for problem in away.problems] == [
        "It can't be reached now; what was read from it before is shown."
    ]
    assert away.runs == before.runs
    assert read(folder) is away
    two_runs.rename(logs)
    append(logs / "a" / FILE, records(3, 4))
    back = read(folder)
    assert (steps_of(back), back.problems) == ({"a": [0, 1, 2, 3], "b": [0, 1]}, ())
    assert back.runs[1] is before.runs[1]


def test_an_empty_mount_point_does_not_mean_that_the_logs_were_deleted(
    two_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = opened(two_runs)
    for name in "ab":
        (two_runs / name).rename(two_runs.with_name(f"{two_runs.name} {name}"))
    with monkeypatch.context() as patch:
        patch.setattr(watch, "identity_of", lambda _, found: (-1, found.st_ino))
        assert steps_of(read(folder)) == {"a": [0, 1, 2], "b": [0, 1]}
    assert steps_of(read(folder)) == {}


def test_a_folder_that_was_never_there_is_missing_until_it_comes(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path / "later")
    with pytest.raises(NotFound):
        read(folder)
    append(tmp_path / "later" / FILE, records(0, 1))
    assert steps_of(read(folder)) == {".": [0]}


def test_a_single_file_is_followed(tmp_path: Path) -> None:
    path = append(tmp_path / FILE, records(0, 2))
    folder = opened(path)
    append(path, records(2, 3))
    assert steps_of(read(folder)) == {".": [0, 1, 2]}
    path.unlink()
    away = read(folder)
    assert (steps_of(away), len(away.problems)) == ({".": [0, 1, 2]}, 1)
    append(path, records(7, 8))
    assert steps_of(read(folder)) == {".": [7]}


def test_what_is_added_within_the_same_tick_of_the_clock_is_found(tmp_path: Path) -> None:
    append(tmp_path / "a" / FILE, records(0, 1))
    age(tmp_path, 1)
    folder = opened(tmp_path)
    found = tmp_path.stat()
    append(tmp_path / "b" / FILE, records(0, 1))
    os.utime(tmp_path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert steps_of(read(folder)) == {"a": [0], "b": [0]}


def test_what_a_folder_with_a_wrong_time_hides_is_found_in_the_end(tmp_path: Path) -> None:
    append(tmp_path / "a" / FILE, records(0, 1))
    age(tmp_path)
    folder = opened(tmp_path)
    found = tmp_path.stat()
    append(tmp_path / "b" / FILE, records(0, 1))
    os.utime(tmp_path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert any("b" in steps_of(read(folder)) for _ in range(20))


def test_a_file_that_cannot_be_read_for_now_is_tried_again(
    two_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = opened(two_runs)
    append(two_runs / "a" / FILE, records(3, 4))
    append(two_runs / "c" / FILE, records(0, 1))
    true_open = Path.open

    def broken_open(path: Path, *args: Any, **options: Any) -> Any:
        if path.parent.name in "ac":
            raise OSError(errno.EIO, "Input/output error")
        return true_open(path, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", broken_open)
        logs = read(folder)
        assert steps_of(logs) == {"a": [0, 1, 2], "b": [0, 1], "c": []}
        assert ["Input/output error" in problem.what for problem in logs.problems] == [True, True]
        assert read(folder) is logs
    logs = read(folder)
    assert steps_of(logs) == {"a": [0, 1, 2, 3], "b": [0, 1], "c": [0]}
    assert logs.problems == ()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_links_are_followed_as_they_come_and_go(tmp_path: Path) -> None:
    append(tmp_path / "elsewhere" / FILE, records(0, 2))
    logs = tmp_path / "logs"
    logs.mkdir()
    folder = opened(logs)
    (logs / "x").symlink_to(tmp_path / "elsewhere")
    (logs / "y").symlink_to(tmp_path / "elsewhere")
    (logs / "round").symlink_to(logs)
    assert steps_of(read(folder)) == {"x": [0, 1]}
    (logs / "x").unlink()
    assert steps_of(read(folder)) == {"y": [0, 1]}


def test_a_reading_given_up_half_way_does_no_harm(tmp_path: Path) -> None:
    for i in range(5):
        append(tmp_path / f"run{i}" / FILE, records(0, 3))
    folder = opened(tmp_path)
    n_given_up = 0
    while True:
        for i in range(5):
            append(tmp_path / f"run{i}" / FILE, records(3 + n_given_up, 4 + n_given_up))
        work = folder.read()
        if sum(1 for _ in zip(range(n_given_up), work, strict=False)) < n_given_up:
            break
        work.close()
        n_given_up += 1
        append(tmp_path / "late" / f"{FILE}{n_given_up}", record(n_given_up))
    assert told(read(folder)) == told(finish(read_logs(tmp_path)))


def is_prefix(part: Logs, whole: Logs) -> bool:
    """Whether all that one says stands in the other, with nothing amiss in between."""
    for run in part.runs:
        for series in run.series:
            other = next(s for s in whole.run(run.name).series if s.tag == series.tag)  # type: ignore[union-attr]
            n = len(series)
            assert np.array_equal(series.steps, other.steps[:n])
            assert np.array_equal(series.wall_times, other.wall_times[:n])
            if series.values is not None and other.values is not None:
                assert np.array_equal(series.values, other.values[:n], equal_nan=True)
    return not part.problems


def test_a_recorded_training_is_followed_write_by_write(fixtures: Path, tmp_path: Path) -> None:
    replay = fixtures / "edge_growing" / "replay"
    data = (replay / "recording.bin").read_bytes()
    words = (replay / "chunks.txt").read_text().split()
    shown, start, part = [], 0, 0
    folder = LogFolder(tmp_path)
    for word in words:
        if word == "newfile":
            part += 1
            continue
        append(
            tmp_path / "run" / f"events.out.tfevents.{1700000000 + part}", data[start : int(word)]
        )
        start = int(word)
        shown.append(read(folder))
    whole = finish(read_logs(tmp_path))
    assert len(shown) > 10
    assert all(is_prefix(logs, whole) for logs in shown)
    assert told(shown[-1]) == told(whole)


WRITER = """
import sys, time
from pathlib import Path
from projector.logs.writer import EventWriter

with EventWriter(Path(sys.argv[1]) / "run") as writer:
    for step in range(400):
        writer.scalar("loss", step * 0.5, step)
        writer.tensor("weights", [step] * 200, step)
        if step % 7 == 0:
            writer.flush()
            time.sleep(0.002)
"""


def test_a_training_in_another_process_is_followed(tmp_path: Path) -> None:
    shown: list[Logs] = []
    folder = LogFolder(tmp_path)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) as writer:
        while writer.poll() is None:
            shown.append(read(folder))
    shown.append(read(folder))
    whole = finish(read_logs(tmp_path))
    assert all(is_prefix(logs, whole) for logs in shown)
    assert told(shown[-1]) == told(whole)
    assert [len(series) for series in whole.runs[0].series] == [400, 400]
