"""What belongs to this machine survives a restart, and nonsense in the file does no harm."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings

from app.settings import MOST_RECENT, Settings
from projector.logs.roots import Root


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
    assert settings.recent == ((a,), (b,))


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
    assert settings_in(file).recent == ((tmp_path,),)


def test_paths_opened_together_are_remembered_together_with_their_names(file, tmp_path):
    (tmp_path / "b").mkdir()
    together = (tmp_path, Root(tmp_path / "b", "mine"))
    settings = settings_in(file)
    settings.add_recent(*together)
    settings._store.sync()
    assert settings_in(file).recent == (together,)


def test_recent_paths_of_an_older_version_are_understood(file, tmp_path):
    QSettings(file, QSettings.Format.IniFormat).setValue("recent", [str(tmp_path), '[["a"'])
    assert settings_in(file).recent == ((tmp_path,),)


@pytest.mark.parametrize("is_on", [True, False])
def test_following_is_on_until_switched_off_and_that_is_kept(file, is_on):
    settings = settings_in(file)
    assert settings.follows
    settings.follows = is_on
    settings._store.sync()
    assert settings_in(file).follows is is_on


def test_the_speed_of_playback_is_kept(file):
    settings = settings_in(file)
    assert settings.play_speed == 1.0
    settings.play_speed = 4.0
    settings._store.sync()
    assert settings_in(file).play_speed == 4.0


@pytest.mark.parametrize("nonsense", ["fast", "", "nan", "-inf"])
def test_nonsense_for_a_speed_is_the_usual_one(file, nonsense):
    QSettings(file, QSettings.Format.IniFormat).setValue("play_speed", nonsense)
    assert settings_in(file).play_speed == 1.0
