"""The command line on names and files that were made to do harm, or just happen to be odd."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from app.cli import run
from app.readable import printable
from projector.logs.writer import EventWriter

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows refuses such names")


def with_output(monkeypatch, encoding):
    """Standard output as a terminal in this encoding has it."""
    output = io.TextIOWrapper(io.BytesIO(), encoding, "strict")
    monkeypatch.setattr(sys, "stdout", output)
    return output


def one_run(folder, name):
    with EventWriter(folder / os.fsdecode(name)) as writer:
        writer.scalar("[bold]loss[/red]", 1.0)
    return folder


def printed(output):
    output.flush()
    return output.buffer.getvalue().decode()


def test_a_name_that_is_no_text_is_still_json(tmp_path, monkeypatch):
    output = with_output(monkeypatch, "utf-8")
    assert run(["inspect", "--json", str(one_run(tmp_path, b"\xff-run"))]) == 0
    assert json.loads(printed(output))["runs"][0]["name"] == "\udcff-run"


def test_a_name_that_is_no_text_is_still_printed(tmp_path, monkeypatch):
    output = with_output(monkeypatch, "utf-8")
    assert run(["inspect", str(one_run(tmp_path, b"\xff-run"))]) == 0
    assert "-run" in printed(output)


def test_names_are_printed_in_ascii_where_need_be(tmp_path, monkeypatch):
    output = with_output(monkeypatch, "ascii")
    assert run(["inspect", str(one_run(tmp_path, "größe".encode()))]) == 0
    assert "gr\\xf6\\xdfe" in printed(output)


def test_a_name_cannot_steer_the_terminal(tmp_path, capsys):
    assert run(["inspect", str(one_run(tmp_path, b"\x1b[31mred\nnew"))]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\x1b[31mred\\nnew" in out


def test_printable_keeps_what_is_text():
    assert printable("größe 日本 👩‍👧") == "größe 日本 👩‍👧"
    assert printable("a\u202eb\u2028\udcff") == "a\\u202eb\\u2028\\udcff"


@pytest.mark.parametrize("name", ["x" * 5000, "~nobody-of-this-name/x", "a\nb"])
@pytest.mark.parametrize("command", ["inspect", "open"])
def test_an_impossible_path_is_one_sentence(command, name, capsys):
    assert run([command, name]) == 1
    assert "does not exist" in capsys.readouterr().err


def test_a_pipe_is_not_opened(tmp_path, capsys):
    os.mkfifo(tmp_path / "events.out.tfevents.x")
    assert run(["inspect", str(tmp_path / "events.out.tfevents.x")]) == 1
    assert "neither a folder nor a plain file" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["inspect"], ["render", "-o", "unused.png"]])
def test_a_folder_where_nothing_is_sound_says_what_is_wrong(command, tmp_path, capsys):
    np.save(tmp_path / "v.npy", np.ones((3, 3, 3)))
    assert run([*command, str(tmp_path)]) == 1
    assert "3 dimensions" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk always full")
@pytest.mark.parametrize("command", [["inspect"], ["inspect", "--json"]])
def test_a_full_disk_is_one_sentence(command, tmp_path):
    one_run(tmp_path, b"run")
    with open("/dev/full", "wb") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "app", *command, str(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert answer.returncode == 1
    assert answer.stderr.decode() == "The output can't be written: the disk is full.\n"


@pytest.mark.parametrize("size", ["²x²", "9" * 5000 + "x100", "x", "0x0", "-1x-1"])
def test_an_impossible_size_is_wrong_usage(size, tmp_path):
    assert run(["render", str(tmp_path), "-o", "unused.png", f"--size={size}"]) == 2


def test_a_picture_below_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    answer = subprocess.run(
        [sys.executable, "-m", "app", "open", "--screenshot", str(tmp_path / "file" / "x.png")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr.strip().endswith("can't be written; check the folder and its permissions.")


def test_a_crash_that_cannot_be_written_down_is_said(monkeypatch, capsys):
    from app import crash

    def refuse(text):
        raise PermissionError

    monkeypatch.setattr(crash, "write_report", refuse)
    crash.CrashHandler()._on_exception(ValueError, ValueError("a fault"), None)
    assert "ValueError: a fault" in capsys.readouterr().err
