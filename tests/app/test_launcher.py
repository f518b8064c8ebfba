"""The launcher is written for this user alone, and starts this installation."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app.launcher import LAUNCHER_ID, exec_word, install_launcher
from projector.errors import ProjectorError

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="desktop entries are a thing of Linux"
)


def read_entry(path: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser["Desktop Entry"]


def test_entry_icon_and_description_carry_the_same_id(tmp_path):
    paths = install_launcher(tmp_path)
    assert all(path.is_file() and path.name.startswith(LAUNCHER_ID) for path in paths)
    assert read_entry(paths[0])["Icon"] == LAUNCHER_ID
    assert ET.parse(paths[2]).getroot().findtext("id") == LAUNCHER_ID


def test_the_entry_opens_folders_with_a_program_that_is_there(tmp_path):
    entry = read_entry(install_launcher(tmp_path)[0])
    program, *rest = entry["Exec"].split()
    assert Path(program).is_file()
    assert rest[-2:] == ["open", "%F"]
    assert entry["MimeType"] == "inode/directory;"


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed"
)
def test_the_entry_is_valid(tmp_path):
    entry = install_launcher(tmp_path)[0]
    subprocess.run(["desktop-file-validate", "--no-hints", str(entry)], check=True)


def test_installing_twice_leaves_the_same_files(tmp_path):
    assert install_launcher(tmp_path) == install_launcher(tmp_path)
    assert not list(tmp_path.rglob("*.part"))


def test_the_users_own_data_folder_is_respected(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert all(path.is_relative_to(tmp_path) for path in install_launcher())


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "icons").write_text("in the way")
    with pytest.raises(ProjectorError, match="can't be written below"):
        install_launcher(tmp_path)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/usr/bin/projector", "/usr/bin/projector"),
        ("/home/a b/projector", '"/home/a b/projector"'),
        ("/50%/projector", "/50%%/projector"),
        ("/a$b/projector", r'"/a\\$b/projector"'),
    ],
)
def test_words_of_the_command_are_quoted_where_they_must_be(word, written):
    assert exec_word(word) == written
