"""What was opened is read again: all that is new shows, all that is not stays the same object."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from projector.contents import Contents, Place, read_contents
from projector.embeddings.writer import write_embedding
from projector.errors import NotFound
from projector.logs.roots import Root
from projector.logs.writer import EventWriter
from projector.progress import finish
from tests.projector.log_folders import FILE, append, records


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of the test's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("projector.logs.index.cache_folder", lambda: folder)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A run with an embedding and two trials with curves."""
    append(tmp_path / "plain" / FILE, records(0, 3))
    write_embedding(tmp_path / "plain", np.eye(4, dtype=np.float32), step=1, name="words")
    for i in range(2):
        with EventWriter(tmp_path / f"trial{i}") as writer:
            writer.hparams({"lr": 0.1 * i})
            writer.scalar("accuracy", i, 1)
            writer.pr_curve("cat", np.array([True, False]), np.array([0.7, 0.2]), 1)
    return tmp_path


def read(place: Place) -> Contents:
    return finish(place.read())


def embed(folder: Path, step: int) -> None:
    write_embedding(folder, np.eye(5, dtype=np.float32), step=step, name="words")


def test_contents_to_which_nothing_was_added_are_the_very_same(logs: Path) -> None:
    place = Place(logs)
    first = read(place)
    assert (len(first.sources), len(first.curves), len(first.trials)) == (1, 2, 2)
    assert all(read(place) is first for _ in range(20))


def test_new_values_leave_all_else_as_it_was(logs: Path) -> None:
    place = Place(logs)
    first = read(place)
    append(logs / "plain" / FILE, records(3, 5))
    second = read(place)
    assert second is not first
    assert second.sources[0] is first.sources[0]
    assert [a is b for a, b in zip(first.curves, second.curves, strict=True)] == [True, True]
    assert len(second.logs.runs[0].series[0]) == 5


def test_a_new_trial_shows(logs: Path) -> None:
    place = Place(logs)
    read(place)
    with EventWriter(logs / "trial9") as writer:
        writer.hparams({"lr": 9.0})
    assert [trial.name for trial in read(place).trials.trials] == ["trial0", "trial1", "trial9"]


def test_a_new_step_of_an_embedding_shows(logs: Path) -> None:
    place = Place(logs)
    first = read(place)
    embed(logs / "plain", 2)
    second = read(place)
    assert [source.step for source in second.sources] == [1, 2]
    assert second.sources[0] is first.sources[0]
    assert second.logs is first.logs


def test_an_embedding_in_a_new_run_shows(logs: Path) -> None:
    place = Place(logs)
    read(place)
    embed(logs / "other", 3)
    assert {source.run for source in read(place).sources} == {"plain", "other"}


def test_vectors_that_were_written_anew_are_another_source(logs: Path) -> None:
    place = Place(logs)
    first = read(place).sources[0]
    first.tensor_path.write_bytes(first.tensor_path.read_bytes() * 2)
    assert read(place).sources[0] is not first


def test_an_embedding_that_went_is_no_longer_offered(logs: Path) -> None:
    place = Place(logs)
    first = read(place)
    first.sources[0].tensor_path.unlink()
    second = read(place)
    assert second.sources == ()
    assert second.problems != ()


def test_a_config_that_is_rewritten_counts(logs: Path) -> None:
    place = Place(logs)
    read(place)
    config = next(logs.rglob("*.pbtxt"))
    config.write_text(config.read_text("utf-8").replace('"words:', '"birds:'), "utf-8")
    assert {source.name for source in read(place).sources} >= {"birds"}


def test_a_file_that_a_config_missed_may_come_to_any_place(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "v.tsv"
    text = f'embeddings {{ tensor_name: "t" tensor_path: "{elsewhere.as_posix()}" }}'
    (tmp_path / "projector_config.pbtxt").write_text(text, "utf-8")
    place = Place(tmp_path)
    assert read(place).sources == ()
    elsewhere.write_text("1\t2\n3\t4\n", "utf-8")
    assert any(read(place).sources for _ in range(20))


def test_a_bare_file_beside_no_logs_is_followed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert read(place).is_empty
    np.save(tmp_path / "v.npy", np.eye(3))
    first = read(place)
    assert [source.name for source in first.sources] == ["v"]
    (tmp_path / "v_labels.tsv").write_text("a\nb\nc\n", "utf-8")
    second = read(place).sources[0]
    assert second.metadata_path == tmp_path / "v_labels.tsv"
    append(tmp_path / FILE, records(0, 1))
    assert read(place).sources == ()


def test_embeddings_of_several_roots_go_by_the_names_of_their_roots(tmp_path: Path) -> None:
    embed(tmp_path / "x" / "run", 1)
    embed(tmp_path / "y", 1)
    contents = finish(read_contents(tmp_path / "x", Root(tmp_path / "y", "why")))
    assert {source.run for source in contents.sources} == {"x/run", "why"}
    assert [root.name for root in contents.roots] == ["x", "why"]


def test_a_root_inside_another_shows_no_embedding_twice(tmp_path: Path) -> None:
    embed(tmp_path / "x" / "run", 1)
    contents = finish(read_contents(tmp_path, tmp_path / "x"))
    assert [source.run for source in contents.sources] == ["x/run"]


def test_embeddings_stay_while_their_folder_is_away(logs: Path) -> None:
    inner = logs.with_name(f"{logs.name} mounted")
    logs.rename(inner)
    place = Place(inner)
    first = read(place)
    inner.rename(logs)
    away = read(place)
    assert (away.sources, len(away.problems)) == (first.sources, 1)
    logs.rename(inner)
    back = read(place)
    assert back.problems == ()
    assert back.sources[0] is first.sources[0]


@pytest.mark.parametrize("n_steps", range(4))
def test_a_reading_given_up_at_any_step_loses_no_embedding(tmp_path: Path, n_steps: int) -> None:
    (tmp_path / "x").mkdir()
    embed(tmp_path / "y", 1)
    place = Place(tmp_path / "x", tmp_path / "y")
    read(place)
    np.save(tmp_path / "x" / "new.npy", np.eye(3))
    given_up = place.read()
    for _ in range(n_steps):
        next(given_up)
    given_up.close()
    assert [source.name for source in read(place).sources] == ["new", "words"]


def test_a_config_rewritten_within_a_tick_shows_though_a_reading_was_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed(tmp_path, 1)
    config = tmp_path / "projector_config.pbtxt"
    place = Place(tmp_path)
    read(place)
    before, text = config.stat(), config.read_text()
    config.write_text(text.replace("words:", "werds:"))
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))
    monkeypatch.setattr("projector.embeddings.follow.YOUNG_NS", 0)
    given_up = place.read()
    next(given_up)
    given_up.close()
    assert [source.name for source in read(place).sources] == ["werds"]


def test_the_second_opening_says_the_same(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projector.logs.folder.LEAST_BYTES", 0)
    place = Place(logs)
    first = read(place)
    finish(place.save_index())
    second = finish(read_contents(logs))
    assert [run.name for run in second.logs.runs] == [run.name for run in first.logs.runs]
    assert [trial.hparams for trial in second.trials.trials] == [{"lr": 0.0}, {"lr": 0.1}]
    assert second.curves[0].curve(0).average_precision == 1.0


def test_a_path_in_the_home_folder_may_be_short(
    logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", os.fspath(logs))
    monkeypatch.setenv("USERPROFILE", os.fspath(logs))
    assert len(finish(read_contents(Path("~/trial0"))).logs.runs) == 1


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="check the spelling"):
        finish(read_contents(tmp_path / "nowhere"))


def test_a_file_that_can_not_be_shown_is_named_once(tmp_path: Path) -> None:
    np.save(tmp_path / "row.npy", np.zeros(5, np.float32))
    told = finish(read_contents(tmp_path / "row.npy")).why_empty
    assert told.startswith("row.npy can't be shown. It holds one value a row")
    assert told.count("row.npy") == 1
