"""What belongs to this machine survives a restart, and nonsense in the file does no harm."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings

from app.settings import MOST_RECENT, Settings


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "settings.ini")


def settings_in(file):
    return Settings(QSettings(file, QSettings.Format.IniFormat))


def test_the_theme_is_the_systems_until_chosen(file):
    assert settings_in(file).theme == "system"


def test_the_theme_is_kept(file):
    settings = settings_in(file)
    settings.theme = "dark"
    settings._store.sync()
    assert settings_in(file).theme == "dark"


def test_an_unknown_theme_counts_as_none(file):
    QSettings(file, QSettings.Format.IniFormat).setValue("theme", "mauve")
    assert settings_in(file).theme == "system"


def test_recent_paths_are_newest_first_without_doubles(file, tmp_path):
    settings = settings_in(file)
    a, b = tmp_path / "a", tmp_path / "b"
    a.mkdir()
    b.mkdir()
    for path in (a, b, a):
        settings.add_recent(path)
    assert settings.recent == (a, b)


def test_recent_paths_that_went_away_are_not_shown(file, tmp_path):
    settings = settings_in(file)
    settings.add_recent(tmp_path / "gone")
    assert settings.recent == ()


def test_only_so_many_paths_are_remembered(file, tmp_path):
    settings = settings_in(file)
    for i in range(MOST_RECENT + 3):
        (tmp_path / str(i)).mkdir()
        settings.add_recent(tmp_path / str(i))
    assert len(settings.recent) == MOST_RECENT


def test_one_recent_path_is_read_back_as_one(file, tmp_path):
    settings = settings_in(file)
    settings.add_recent(tmp_path)
    settings._store.sync()
    assert settings_in(file).recent == (tmp_path,)
