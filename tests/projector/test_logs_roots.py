"""Several folders are read as one, and no run is shown twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from projector.errors import NotFound
from projector.logs.folder import LogFolder, read_logs
from projector.logs.roots import Root, gather_roots
from projector.progress import finish
from tests.projector.log_folders import FILE, append, records, steps_of


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """old and new, each with the runs a and b, and old itself is a run."""
    for i, name in enumerate(("old", "old/a", "old/b", "new/a", "new/b")):
        append(tmp_path / name / FILE, records(0, i + 1))
    return tmp_path


def names_of(*roots: Path | Root) -> list[str]:
    return [run.name for run in finish(read_logs(*roots)).runs]


def test_the_runs_of_one_root_go_by_their_path_below_it(logs: Path) -> None:
    assert names_of(logs / "old") == [".", "a", "b"]


def test_the_runs_of_several_roots_begin_with_the_name_of_theirs(logs: Path) -> None:
    assert names_of(logs / "old", logs / "new") == ["new/a", "new/b", "old", "old/a", "old/b"]


def test_roots_have_names_as_long_as_tells_them_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "x" / "logs", tmp_path / "y" / "logs"]
    assert [root.name for root in gather_roots(paths)] == ["x/logs", "y/logs"]


def test_a_name_that_was_given_is_kept(logs: Path) -> None:
    given = [Root(logs / "old", "before"), logs / "new"]
    assert names_of(*given) == ["before", "before/a", "before/b", "new/a", "new/b"]


def test_a_name_given_twice_gets_a_number(logs: Path) -> None:
    roots = gather_roots([Root(logs / "old", "x"), Root(logs / "new", "x")])
    assert [root.name for root in roots] == ["x", "x (2)"]


def test_a_folder_given_twice_counts_once(logs: Path) -> None:
    assert names_of(logs / "new", logs / "new", logs / "old" / ".." / "new") == ["a", "b"]


def test_a_folder_given_by_two_paths_counts_once(logs: Path) -> None:
    (logs / "link").symlink_to(logs / "new")
    assert names_of(logs / "new", logs / "link") == ["new/a", "new/b"]
    assert finish(read_logs(logs / "new", logs / "link")).problems == ()


def test_a_link_that_comes_to_lead_to_another_root_is_no_root_any_more(logs: Path) -> None:
    (logs / "link").symlink_to(logs / "old")
    folder = LogFolder(logs / "new", logs / "link")
    before = finish(folder.read())
    assert [run.name for run in before.runs] == ["link", "link/a", "link/b", "new/a", "new/b"]
    (logs / "link").unlink()
    (logs / "link").symlink_to(logs / "new")
    after = finish(folder.read())
    assert [run.name for run in after.runs] == ["new/a", "new/b"]
    assert finish(folder.read()) is after


@pytest.mark.parametrize("is_inner_first", [False, True])
def test_the_runs_of_a_root_inside_another_are_shown_once(logs: Path, is_inner_first: bool) -> None:
    roots = [logs, logs / "new"]
    found = finish(read_logs(*(reversed(roots) if is_inner_first else roots)))
    whole = f"{logs.name}/old"
    expected = {"new/a": 4, "new/b": 5, whole: 1, f"{whole}/a": 2, f"{whole}/b": 3}
    assert {name: len(steps) for name, steps in steps_of(found).items()} == expected


def test_a_file_inside_a_root_that_is_also_given_is_shown_once(logs: Path) -> None:
    file = logs / "new" / "a" / FILE
    assert names_of(logs / "new", file) == [FILE, "new/b"]


def test_a_root_that_is_missing_is_a_problem_beside_others(logs: Path) -> None:
    folder = LogFolder(logs / "new", logs / "nowhere")
    found = finish(folder.read())
    assert [run.name for run in found.runs] == ["new/a", "new/b"]
    assert [problem.file.name for problem in found.problems] == ["nowhere"]
    append(logs / "nowhere" / FILE, records(0, 1))
    found = finish(folder.read())
    assert ([run.name for run in found.runs][-1], found.problems) == ("nowhere", ())


def test_the_only_root_must_be_there(logs: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        names_of(logs / "nowhere")


def test_one_root_is_away_while_the_other_grows(logs: Path) -> None:
    folder = LogFolder(logs / "old", logs / "new")
    finish(folder.read())
    (logs / "old").rename(logs / "away")
    append(logs / "new" / "a" / FILE, records(4, 6))
    found = finish(folder.read())
    assert {name: len(steps) for name, steps in steps_of(found).items()} == {
        **{"new/a": 6, "new/b": 5},
        **{"old": 1, "old/a": 2, "old/b": 3},
    }
    assert [problem.file.name for problem in found.problems] == ["old"]
