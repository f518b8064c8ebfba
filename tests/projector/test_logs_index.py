"""The second opening takes what the first one read from an index, and never anything wrong."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.logs import index
from projector.logs.folder import LogFolder, read_logs
from projector.logs.series import Logs
from projector.progress import finish
from tests.projector.log_folders import FILE, append, records, steps_of, told


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own; logs of any size are worth an index."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(index, "cache_folder", lambda: folder)
    monkeypatch.setattr("projector.logs.folder.LEAST_BYTES", 0)
    return folder / "index"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two runs, written a while ago."""
    for name, n in (("a", 1000), ("b", 2)):
        age(append(tmp_path / "logs" / name / FILE, records(0, n)))
    return tmp_path / "logs"


def age(path: Path) -> None:
    then = time.time() - 60
    os.utime(path, (then, then))


def read_indexed(path: Path) -> Logs:
    return finish(LogFolder(path, uses_index=True).read())


def save(path: Path) -> Logs:
    folder = LogFolder(path, uses_index=True)
    logs = finish(folder.read())
    finish(folder.save_index())
    return logs


def spoil(path: Path) -> None:
    """Damage the middle of a file and keep its time: whoever looked at it would notice."""
    found = path.stat()
    with path.open("r+b") as file:
        file.seek(found.st_size // 2)
        file.write(b"x" * 200)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def test_an_unchanged_file_is_not_looked_at_again(logs: Path) -> None:
    before = save(logs)
    (logs / "a" / FILE).chmod(0)
    spoil(logs / "a" / FILE)
    assert told(read_indexed(logs)) == told(before)


def test_of_a_grown_file_only_the_end_is_read(logs: Path) -> None:
    save(logs)
    spoil(logs / "a" / FILE)
    append(logs / "a" / FILE, records(1000, 1005))
    assert steps_of(read_indexed(logs)) == {"a": list(range(1005)), "b": [0, 1]}


@pytest.mark.parametrize("n", [2, 5])
def test_a_file_that_was_replaced_is_read_anew(logs: Path, n: int) -> None:
    save(logs)
    append(logs / "new", records(7, 7 + n)).replace(logs / "b" / FILE)
    assert steps_of(read_indexed(logs))["b"] == list(range(7, 7 + n))


def test_a_file_replaced_right_after_it_was_read_is_read_anew(logs: Path) -> None:
    path = append(logs / "c" / FILE, records(0, 2))
    found = path.stat()
    save(logs)
    path.write_bytes(records(7, 9))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert steps_of(read_indexed(logs))["c"] == [7, 8]


def test_runs_that_went_are_not_shown(logs: Path) -> None:
    save(logs)
    shutil.rmtree(logs / "a")
    assert steps_of(read_indexed(logs)) == {"b": [0, 1]}


def test_nothing_is_written_beside_the_logs(logs: Path, cache: Path) -> None:
    before = sorted(logs.rglob("*"))
    save(logs)
    assert sorted(logs.rglob("*")) == before
    assert [path.suffix for path in cache.iterdir()] == [".index"]


def test_problems_are_remembered(logs: Path) -> None:
    spoil(logs / "a" / FILE)
    before = save(logs)
    assert before.problems
    assert told(read_indexed(logs)) == told(before)


def test_an_index_is_not_written_again_where_nothing_changed(logs: Path, cache: Path) -> None:
    save(logs)
    (file,) = cache.iterdir()
    inode = file.stat().st_ino
    save(logs)
    assert file.stat().st_ino == inode
    append(logs / "b" / FILE, records(2, 3))
    save(logs)
    assert file.stat().st_ino != inode


def test_small_logs_get_no_index(logs: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projector.logs.folder.LEAST_BYTES", 1 << 20)
    save(logs)
    assert not cache.exists()


def test_a_verified_reading_uses_no_index(logs: Path) -> None:
    save(logs)
    spoil(logs / "a" / FILE)
    work = LogFolder(logs, uses_index=True, verify=True).read()
    assert finish(work).problems


@pytest.mark.parametrize("is_full", [False, True])
def test_where_no_index_can_be_written_there_is_none(
    logs: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    if is_full:
        monkeypatch.setattr(index, "_write_padded", full)
    else:
        cache.parent.rmdir()
        cache.parent.touch()
    save(logs)
    assert not cache.is_dir() or list(cache.iterdir()) == []
    assert steps_of(read_indexed(logs))["b"] == [0, 1]


def test_a_writing_given_up_half_way_leaves_the_old_index(logs: Path, cache: Path) -> None:
    save(logs)
    append(logs / "b" / FILE, records(2, 3))
    folder = LogFolder(logs, uses_index=True)
    finish(folder.read())
    work = folder.save_index()
    next(work)
    work.close()
    assert [path.suffix for path in cache.iterdir()] == [".index"]
    assert steps_of(read_indexed(logs))["b"] == [0, 1, 2]


def test_two_windows_may_write_the_same_index(logs: Path, cache: Path) -> None:
    folders = [LogFolder(logs, uses_index=True) for _ in range(2)]
    for folder in folders:
        finish(folder.read())
    first, second = (folder.save_index() for folder in folders)
    for _ in zip(first, second, strict=False):
        pass
    finish(first)
    finish(second)
    assert len(list(cache.iterdir())) == 1
    assert steps_of(read_indexed(logs))["b"] == [0, 1]


def test_an_index_that_was_not_used_for_long_goes(logs: Path, cache: Path) -> None:
    cache.mkdir()
    names = ["old.index", "recent.index", "old.partial", "foreign.txt"]
    for name, days in zip(names, (100, 80, 2, 200), strict=True):
        (cache / name).touch()
        os.utime(cache / name, (time.time() - days * 86_400,) * 2)
    save(logs)
    left = {path.name for path in cache.iterdir()}
    assert {"recent.index", "foreign.txt"} < left
    assert not left & {"old.index", "old.partial"}


def test_the_oldest_go_where_all_together_are_too_large(
    logs: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_MOST_BYTES", 100_000)
    cache.mkdir()
    for hours in (1, 2, 3):
        file = cache / f"{hours}.index"
        file.write_bytes(bytes(40_000))
        os.utime(file, (time.time() - hours * 3600,) * 2)
    save(logs)
    assert {path.name for path in cache.iterdir()} >= {"1.index", "2.index"}
    assert not (cache / "3.index").exists()


def test_an_index_in_use_is_not_forgotten(logs: Path, cache: Path) -> None:
    save(logs)
    (file,) = cache.iterdir()
    os.utime(file, (1, 1))
    read_indexed(logs)
    assert time.time() - file.stat().st_mtime < 3600


def cut(data: bytes) -> bytes:
    return data[:-9]


def newer(data: bytes) -> bytes:
    return data[:8] + b"\x63" + data[9:]


@pytest.mark.parametrize("change", [cut, newer, lambda _: b"", lambda d: d + b"\0", bytes.upper])
def test_an_index_that_does_not_fit_is_as_good_as_none(
    logs: Path, cache: Path, change: Callable[[bytes], bytes]
) -> None:
    before = save(logs)
    (file,) = cache.iterdir()
    file.write_bytes(change(file.read_bytes()))
    assert told(read_indexed(logs)) == told(before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only on systems that have named pipes")
def test_a_named_pipe_in_place_of_an_index_is_not_waited_on(logs: Path, cache: Path) -> None:
    before = save(logs)
    (file,) = cache.iterdir()
    file.unlink()
    os.mkfifo(file)
    assert told(read_indexed(logs)) == told(before)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, bytes, Any]:
    """Logs, the file of their index, what is in it, and what the logs say."""
    folder = tmp_path_factory.mktemp("indexed")
    for name, n in (("a", 9), ("b", 2)):
        age(append(folder / "logs" / name / FILE, records(0, n)))
    watched = LogFolder(folder / "logs")
    logs = finish(watched.read())
    path = folder / "the.index"
    finish(index.write_index(path, [folder / "logs"], watched._files.known))
    return folder / "logs", path, path.read_bytes(), told(logs)


def read_changed(indexed: tuple[Path, Path, bytes, Any], data: bytes) -> None:
    """No index, however damaged, changes what is shown."""
    logs, path, _, before = indexed
    path.write_bytes(data)
    known = finish(index.read_index(path, [logs]))
    folder = LogFolder(logs)
    folder._files.known = known
    assert told(finish(folder.read())) == before


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_flipped_bytes_in_an_index_do_no_harm(
    indexed: tuple[Path, Path, bytes, Any], data: st.DataObject
) -> None:
    whole = bytearray(indexed[2])
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_changed(indexed, bytes(whole))


@given(data=st.binary(max_size=300), has_header=st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_bytes_in_place_of_an_index_do_no_harm(
    indexed: tuple[Path, Path, bytes, Any], data: bytes, has_header: bool
) -> None:
    if has_header:
        fields = (b"PRJINDEX", 1, zlib.crc32(data), len(data), 32 + len(data))
        data = struct.pack("<8sIIQQ", *fields) + data
    read_changed(indexed, data)


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=6,
)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_table_of_nonsense_does_no_harm(
    indexed: tuple[Path, Path, bytes, Any], data: st.DataObject
) -> None:
    whole = indexed[2]
    (n_table,) = struct.unpack_from("<Q", whole, 16)
    table = json.loads(whole[32 : 32 + n_table])
    place = data.draw(st.sampled_from(["fields", "files", "field", *table["files"][0]]))
    if place in table:
        table[place] = data.draw(odd)
    elif place == "field":
        table["fields"][data.draw(st.integers(0, 7))] = data.draw(odd)
    else:
        table["files"][data.draw(st.integers(0, 1))][place] = data.draw(odd)
    text = json.dumps(table).encode()
    arrays = whole[32 + (n_table + 7) // 8 * 8 :]
    n_all = 32 + (len(text) + 7) // 8 * 8 + len(arrays)
    header = struct.pack("<8sIIQQ", b"PRJINDEX", 1, zlib.crc32(text), len(text), n_all)
    read_changed(indexed, header + text + bytes(-len(text) % 8) + arrays)


@pytest.mark.parametrize(
    "name", ["tf2_hparams", "torch_everything", "edge_bad_bytes", "edge_truncated", "edge_names"]
)
def test_logs_of_real_writers_say_the_same_from_an_index(fixtures: Path, name: str) -> None:
    before = save(fixtures / name)
    assert before.runs
    assert told(read_indexed(fixtures / name)) == told(before)


NAMES = ["a", "b", "c/d"]
KINDS = ["append", "tear", "truncate", "replace", "rename", "delete", "second", "save", "reopen"]
ACTIONS = st.tuples(st.sampled_from(KINDS), st.sampled_from(NAMES), st.integers(0, 2**32))


def act(kind: str, path: Path, seed: int) -> None:
    """Change one run in one way."""
    rng = random.Random(seed)
    start = rng.randrange(50)
    data = records(start, start + rng.randrange(1, 40), value=float(start), tag=rng.choice("xy"))
    if kind == "append" or not path.exists():
        append(path, data)
    elif kind == "tear":
        append(path, data[: rng.randrange(len(data))])
    elif kind == "truncate":
        os.truncate(path, rng.randrange(path.stat().st_size + 1))
    elif kind == "replace" and rng.random() < 0.5:
        path.write_bytes(data)
    elif kind == "replace":
        append(path.with_name("new"), data).replace(path)
    elif kind == "rename":
        path.replace(path.with_name(f"{FILE}.{seed % 3}"))
    elif kind == "delete":
        path.unlink()
    else:
        append(path.with_name(f"{FILE}.2"), data)


@given(actions=st.lists(ACTIONS, max_size=12))
@settings(max_examples=60, deadline=None)
def test_logs_read_with_an_index_equal_those_read_anew(
    actions: list[tuple[str, str, int]],
) -> None:
    with TemporaryDirectory() as name:
        root = Path(name)
        folder = LogFolder(root, uses_index=True)
        for kind, run, seed in actions:
            if kind == "save":
                finish(folder.save_index())
            elif kind == "reopen":
                folder = LogFolder(root, uses_index=True)
            else:
                act(kind, root / run / FILE, seed)
            if seed % 2:
                finish(folder.read())
        assert told(finish(folder.read())) == told(finish(read_logs(root)))


def test_a_fresh_reading_finds_what_the_index_hides_and_puts_it_right(logs: Path) -> None:
    save(logs)
    data = (logs / "a" / FILE).read_bytes()
    found = (logs / "a" / FILE).stat()
    cut = data[: -len(records(999, 1000))]
    (logs / "a" / FILE).write_bytes(cut + b"\0" * (len(data) - len(cut)))
    os.utime(logs / "a" / FILE, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert len(steps_of(read_indexed(logs))["a"]) == 1000  # all that tells of a change is the same
    fresh = LogFolder(logs, uses_index=True, is_fresh=True)
    assert steps_of(finish(fresh.read()))["a"] == list(range(999))
    finish(fresh.save_index())
    assert steps_of(read_indexed(logs))["a"] == list(range(999))
