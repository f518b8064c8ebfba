"""Tables hold every point that the logs hold, and other programs read them back unchanged."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import os
import sys

import numpy as np
import polars as pl
import pytest

from projector.contents import read_contents
from projector.errors import InvalidChoice, NothingToShow, Unreadable
from projector.hparams.columns import column
from projector.hparams.trials import Trials
from projector.logs.roots import Root
from projector.logs.series import Logs, Run
from projector.logs.writer import EventWriter
from projector.progress import finish
from projector.table_files import write_table, writing_table
from projector.tables import build_table, export_table, with_all_points
from tests.curve_logs import curve_logs

SUFFIXES = ["csv", "parquet", "json"]
ODD_NAMES = ["a,b", 'say "yes"', "two\nlines", "back\rward", " edge ", "naïve ✓", "'=1+1"]


def contents_of(folder):
    return finish(read_contents(folder))


def frame_of(folder, kind):
    return finish(build_table(contents_of(folder), kind)).frame


def manifest_of(fixtures, name):
    return json.loads((fixtures / "MANIFEST.json").read_text("utf-8"))["folders"][name]


def read_back(path):
    """The table as polars reads it; strings of JSON that stand for numbers become numbers."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema_length=None)
    rows = json.loads(path.read_text("utf-8"), parse_constant=pytest.fail)
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.fixture
def small_logs(tmp_path):
    """One trial whose values include numbers that JSON does not have."""
    folder = tmp_path / "logs"
    with EventWriter(folder / "run") as writer:
        writer.hparams({"lr": 0.1, "status": "warm", "loss": 2.0})
        for step, value in enumerate([1.5, math.nan, math.inf, -math.inf]):
            writer.scalar("loss", value, step, wall_time=100.0 + step)
    return folder


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_scalars_come_back_as_tensorboard_counts_them(fixtures, tmp_path, suffix):
    out = tmp_path / f"table.{suffix}"
    write_table(frame_of(fixtures / "torch_scalars", "scalars"), out)
    told = manifest_of(fixtures, "torch_scalars")["plugins"]["scalars"]
    counts = read_back(out).group_by("run", "tag").agg(pl.len(), pl.col("value").sum())
    found = {(run, tag): (n, total) for run, tag, n, total in counts.rows()}
    assert found == {
        (run, tag): (one["n"], pytest.approx(one["sum_finite"], rel=1e-6))
        for run, tags in told.items()
        for tag, one in tags.items()
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_point_comes_back_exactly(fixtures, tmp_path, suffix):
    contents = contents_of(fixtures / "torch_scalars")
    out = tmp_path / f"table.{suffix}"
    write_table(finish(build_table(contents, "scalars")).frame, out)
    table = read_back(out)
    assert table.columns == ["run", "tag", "step", "wall_time", "value"]
    assert table.dtypes == [pl.String, pl.String, pl.Int64, pl.Float64, pl.Float64]
    told = [
        (series.run, series.tag, *point)
        for series in contents.logs.series("scalars")
        for point in zip(series.steps, series.wall_times, series.values, strict=True)
    ]
    assert table.rows() == told


def test_steps_beyond_the_exact_doubles_stay_exact(tmp_path):
    with EventWriter(tmp_path / "logs") as writer:
        writer.scalar("a", 1.0, 2**62 + 1)
    for suffix in SUFFIXES:
        out = tmp_path / f"table.{suffix}"
        write_table(frame_of(tmp_path / "logs", "scalars"), out)
        assert read_back(out)["step"].to_list() == [2**62 + 1]


@pytest.mark.parametrize("name", ["torch_pr_curves", "tf2_pr_curves"])
def test_pr_curves_come_back_threshold_by_threshold(fixtures, tmp_path, name):
    contents = contents_of(fixtures / name)
    out = tmp_path / "table.parquet"
    write_table(finish(build_table(contents, "pr-curves")).frame, out)
    table = read_back(out)
    told = manifest_of(fixtures, name)["plugins"]["pr_curves"]
    curves = table.group_by("run", "tag", maintain_order=True).agg(pl.col("step").unique())
    assert {(run, tag): sorted(steps) for run, tag, steps in curves.rows()} == {
        (run, tag): one["steps"] for run, tags in told.items() for tag, one in tags.items()
    }
    series = contents.curves[-1]
    curve = series.curve(len(series) - 1)
    last = table.tail(len(curve)).select(pl.exclude("run", "tag", "step"))
    columns = [curve.thresholds, curve.tp, curve.fp, curve.tn, curve.fn]
    expected = np.array([*columns, curve.precision, curve.recall])
    np.testing.assert_array_equal(last.to_numpy().T, expected)


def test_a_broken_curve_is_left_out_and_named(tmp_path):
    good, bad = np.ones((6, 4)), np.ones((5, 4))
    logs = curve_logs(tmp_path, {("run", "tag"): {1: good, 2: bad, 3: good}})
    table = finish(build_table(contents_with(logs), "pr-curves"))
    assert table.frame["step"].unique().to_list() == [1, 3]
    assert [problem.what for problem in table.problems if "at step 2" in problem.what]


def contents_with(logs):
    from projector.contents import Contents
    from projector.pr_curves import find_curves

    return Contents((Root(logs.path),), logs, (), find_curves(logs)[0], Trials(), ())


def test_only_broken_curves_are_nothing_to_show(tmp_path):
    logs = curve_logs(tmp_path, {("run", "tag"): {1: np.ones((5, 4))}})
    with pytest.raises(NothingToShow, match="at step 1"):
        finish(build_table(contents_with(logs), "pr-curves"))


@pytest.mark.parametrize("name", ["torch_hparams", "torch_hparams_uneven", "tf2_hparams"])
def test_trials_come_back_with_what_tensorboard_says(fixtures, tmp_path, name):
    out = tmp_path / "table.parquet"
    write_table(frame_of(fixtures / name, "hparams"), out)
    rows = {row["trial"]: row for row in read_back(out).to_dicts()}
    for group in manifest_of(fixtures, name)["hparams"]["groups"]:
        for session in group["sessions"]:
            row = rows[session["name"]]
            assert row["status"] == session["status"].removeprefix("STATUS_").lower()
            for hparam, value in group["hparams"].items():
                assert is_told(row[hparam or "(no name)"], value)


def is_told(value, told):
    """A number is a text where other trials hold texts; the manifest shortens long texts."""
    return value == told or value[:100] == str(told)[:100]


def test_names_that_are_taken_get_their_role(small_logs):
    frame = frame_of(small_logs, "hparams")
    names = ["trial", "status", "group", "loss", "lr", "status (hyperparameter)", "loss (metric)"]
    assert sorted(frame.columns) == sorted(names)
    assert frame.columns[:3] == names[:3]
    assert frame["loss (metric)"].to_list() == [-math.inf]


def test_a_column_of_mixed_values_is_text(small_logs):
    contents = contents_of(small_logs)
    mixed = column("mixed", [True, 0.1, "x", None, math.nan], "hparam")
    trials = dataclasses.replace(
        contents.trials, names=(mixed,), metrics=(), trials=contents.trials.trials * 5
    )
    frame = finish(build_table(dataclasses.replace(contents, trials=trials), "hparams")).frame
    assert frame["mixed"].to_list() == ["true", "0.1", "x", None, "NaN"]


def test_json_says_in_words_what_it_has_no_number_for(small_logs, tmp_path):
    out = tmp_path / "table.json"
    write_table(frame_of(small_logs, "scalars"), out)
    rows = json.loads(out.read_text("utf-8"), parse_constant=pytest.fail)
    assert [row["value"] for row in rows] == [1.5, "NaN", "Infinity", "-Infinity"]
    assert rows[3]["step"] == 3
    assert rows[3]["wall_time"] == 103.0


def test_odd_names_survive_every_format(tmp_path):
    values = [*ODD_NAMES, "", None]
    frame = pl.DataFrame(dict.fromkeys(ODD_NAMES, values))
    for suffix in ("parquet", "json"):
        write_table(frame, tmp_path / f"table.{suffix}")
        assert read_back(tmp_path / f"table.{suffix}").rows() == frame.rows()
    write_table(frame, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ODD_NAMES
    assert rows == [[value or ""] * len(ODD_NAMES) for value in values]


def test_a_csv_tells_an_empty_name_from_a_missing_one(tmp_path):
    write_table(pl.DataFrame({"a": ["", None], "b": [1, 2]}), tmp_path / "table.csv")
    assert pl.read_csv(tmp_path / "table.csv")["a"].to_list() == ["", None]


def test_a_name_that_is_no_text_becomes_escapes(small_logs):
    contents = contents_of(small_logs)
    series = dataclasses.replace(contents.logs.series("scalars")[0], run="a\udcff")
    logs = Logs(small_logs, (Run("a\udcff", (), (series,)),))
    frame = finish(build_table(dataclasses.replace(contents, logs=logs), "scalars")).frame
    assert frame["run"].unique().to_list() == ["a\\udcff"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("scalars", "scalars"), ("pr-curves", "PR curves"), ("hparams", "hyperparameters")],
)
def test_nothing_to_export_names_what_is_missing(tmp_path, kind, words):
    with EventWriter(tmp_path / "logs") as writer:
        writer.text("note", "hello")
    with pytest.raises(NothingToShow, match=words):
        frame_of(tmp_path / "logs", kind)


def test_an_unknown_suffix_names_the_known_ones(tmp_path):
    with pytest.raises(InvalidChoice, match=r"\.csv, \.parquet or \.json, got table\.xlsx"):
        write_table(pl.DataFrame({"a": [1]}), tmp_path / "table.xlsx")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_place_that_is_not_there_is_one_sentence(tmp_path, suffix):
    with pytest.raises(Unreadable, match="can't be written"):
        write_table(pl.DataFrame({"a": [1]}), tmp_path / "nowhere" / f"table.{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_write_leaves_nothing_behind(tmp_path, suffix):
    (tmp_path / f"table.{suffix}").mkdir()
    with pytest.raises(Unreadable):
        write_table(pl.DataFrame({"a": [1]}), tmp_path / f"table.{suffix}")
    assert os.listdir(tmp_path) == [f"table.{suffix}"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only on systems that have named pipes")
def test_a_named_pipe_is_not_replaced_by_a_table(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "table.csv").symlink_to("pipe")
    with pytest.raises(Unreadable, match="no plain file"):
        write_table(pl.DataFrame({"a": [1]}), tmp_path / "table.csv")
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(os.listdir(tmp_path)) == ["pipe", "table.csv"]


def test_an_interrupt_that_comes_twice_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupt(*_args, **_options):
        sys.setprofile(interrupt_once_more)  # at the next call of a function in Python
        raise KeyboardInterrupt

    def interrupt_once_more(_frame, event, _argument):
        if event == "call":
            sys.setprofile(None)
            raise KeyboardInterrupt

    monkeypatch.setattr(pl.DataFrame, "write_csv", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_table(pl.DataFrame({"a": [1]}), tmp_path / "table.csv")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_older_file_is_replaced(tmp_path, suffix):
    out = tmp_path / f"table.{suffix}"
    out.write_text("old")
    write_table(pl.DataFrame({"a": [1, 2]}), out)
    assert read_back(out)["a"].to_list() == [1, 2]
    assert os.listdir(tmp_path) == [out.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_written_in_parts_equals_the_whole(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr("projector.table_files.ROWS_A_PART", 7)
    with EventWriter(tmp_path / "logs" / "a\rb") as writer:
        for step in range(20):
            writer.scalar("loss", step / 3, step)
            writer.scalar("speed", step, step)
    contents = contents_of(tmp_path / "logs")
    out = tmp_path / f"table.{suffix}"
    assert finish(export_table(contents, "scalars", out)) == ()
    assert read_back(out).equals(finish(build_table(contents, "scalars")).frame)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_writing_a_large_table_tells_how_far_it_is(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr("projector.table_files.ROWS_A_PART", 10)
    frame = pl.DataFrame({"a": list(range(30))})
    steps = list(writing_table(frame, tmp_path / f"table.{suffix}"))
    assert steps[-1].done == 1
    assert "30 of 30 rows" in steps[-1].note


def test_a_table_that_is_given_up_half_way_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("projector.table_files.ROWS_A_PART", 10)
    work = writing_table(pl.DataFrame({"a": list(range(30))}), tmp_path / "table.csv")
    next(work)
    work.close()
    assert list(tmp_path.iterdir()) == []


def test_all_points_are_what_was_written_in_the_order_of_the_file(tmp_path):
    written = [(1, 0.5), (2, 0.25), (1, 4.0), (2, 8.0), (3, 16.0)]
    with EventWriter(tmp_path / "run") as writer:
        for step, value in written:
            writer.scalar("loss", value, step)
    everything = with_all_points(contents_of(tmp_path))
    frame = finish(build_table(everything, "scalars")).frame
    assert list(zip(frame["step"], frame["value"], strict=True)) == written
