"""The readable report fits the terminal it is printed on, and leaves nothing out elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from app.readable import MOST_RUNS, print_report


def a_run(name, **series):
    one = {"tag": "loss", "plugin": "scalars", "n": 5, "first_step": 1, "last_step": 1234} | series
    return {"name": name, "files": 1, "start_time": 1e9, "last_time": 1.5e9, "series": [one]}


def a_report(runs, problems=()):
    return {
        "version": 1,
        "path": "/logs",
        "runs": runs,
        "embeddings": [],
        "hparams": None,
        "problems": list(problems),
    }


def printed(report, width=None, **options):
    """The text on a terminal of that width, or in a pipe."""
    file = io.StringIO()
    is_terminal = width is not None
    console = Console(
        file=file, width=width or 10_000, force_terminal=is_terminal, color_system=None
    )
    print_report(report, console, **options)
    return file.getvalue()


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_no_line_of_the_table_is_wider_than_the_terminal(width):
    text = printed(a_report([a_run("a/very/long/name/of/a/run" * 3)]), width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "points" in text or width == 30


def test_a_wide_terminal_shows_times_and_steps():
    text = printed(a_report([a_run("train")]), 200)
    for word in ("started", "last write", "first step", "1,234", "train"):
        assert word in text


def test_a_pipe_gets_every_run_on_a_line_of_its_own():
    runs = [a_run(f"run-{i}-{'x' * 200}") for i in range(1000)]
    lines = printed(a_report(runs)).splitlines()
    assert sum(line.startswith(" run-") for line in lines) == 1000


def test_a_terminal_gets_so_many_runs_and_is_told_of_the_others():
    text = printed(a_report([a_run(f"run-{i}") for i in range(MOST_RUNS + 7)]), 100)
    assert text.count("run-") == MOST_RUNS
    assert "7 more" in text


def test_overwritten_points_are_counted_and_the_way_to_them_is_named():
    text = printed(a_report([a_run("train", n_overwritten=23)]))
    assert "23 overwritten points" in text
    assert "--all-points" in text


def test_a_problem_is_named_with_its_place_and_counted_at_its_run():
    problem = {"file": "train/events.1", "offset": 1234, "what": "The record is damaged."}
    text = printed(a_report([a_run("train"), a_run("test")], [problem]))
    assert "train/events.1 at byte 1,234: The record is damaged." in text
    row = next(line for line in text.splitlines() if line.startswith(" train"))
    assert row.split()[-1] == "1"


def test_after_a_check_it_says_what_was_checked():
    assert "2 event files" in printed(a_report([a_run("a"), a_run("b")]), is_verified=True)


@pytest.mark.parametrize("time", [None, "NaN", 1e300])
def test_a_time_that_is_none_is_left_out(time):
    run = a_run("train") | {"start_time": time, "last_time": None}
    assert "started" not in printed(a_report([run]))
