"""Trials are found as TensorBoard finds them, and more, whatever the order of the files."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from projector.hparams.trials import find_trials
from projector.logs.folder import read_logs
from projector.logs.messages import hparams_pb2
from projector.logs.series import Logs, Metadata, Run, Series
from projector.progress import finish

FOLDERS = (
    "torch_hparams",
    "torch_hparams_uneven",
    "torch_everything",
    "torch_many_runs",
    "tf2_hparams",
    "flax_clu",
    "lightning",
    "tensorboardx",
    "edge_nan_inf",
)


def trials_of(folder: Path):
    trials, _ = find_trials(finish(read_logs(folder)))
    return trials


def expected(fixtures: Path, name: str) -> dict:
    manifest = json.loads((fixtures / "MANIFEST.json").read_text())
    return manifest["folders"][name]["hparams"]


def record(run: str, tag: str, **member) -> Series:
    content = hparams_pb2.HParamsPluginData(**member).SerializeToString()
    return raw_record(run, tag, content)


def raw_record(run: str, tag: str, content: bytes) -> Series:
    empty = np.empty(0)
    steps = np.empty(0, dtype=np.int64)
    return Series(run, f"_hparams_/{tag}", "hparams", steps, empty, Metadata("hparams", content))


def start(run: str, **hparams) -> Series:
    info = hparams_pb2.SessionStartInfo()
    for name, value in hparams.items():
        if isinstance(value, bool):
            info.hparams[name].bool_value = value
        elif isinstance(value, str):
            info.hparams[name].string_value = value
        else:
            info.hparams[name].number_value = value
    return record(run, "session_start_info", session_start_info=info)


def experiment(run: str, names=(), metrics=()) -> Series:
    made = hparams_pb2.Experiment()
    for name in names:
        made.hparam_infos.add(name=name)
    for group, tag, title in metrics:
        info = made.metric_infos.add(display_name=title)
        info.name.group, info.name.tag = group, tag
    return record(run, "experiment", experiment=made)


def scalars(run: str, tag: str, *values: float, first_step: int = 0) -> Series:
    steps = np.arange(first_step, first_step + len(values), dtype=np.int64)
    return Series(run, tag, "scalars", steps, steps * 1.0, values=np.array(values, dtype=float))


def logs(*series: Series) -> Logs:
    names = dict.fromkeys(one.run for one in series)
    runs = [Run(name, (), tuple(s for s in series if s.run == name)) for name in names]
    return Logs(Path("logs"), tuple(runs))


def found(*series: Series):
    trials, problems = find_trials(logs(*series))
    assert problems == ()
    return trials


def same(ours, theirs) -> bool:
    """TensorBoard's words for what JSON can't hold, and its cut of long texts, are undone."""
    if isinstance(theirs, str) and theirs in ("NaN", "Infinity", "-Infinity"):
        theirs = float(theirs.replace("Infinity", "inf"))
    if isinstance(theirs, str) and "... [" in theirs:
        return str(ours).startswith(theirs.split("...")[0])
    if isinstance(theirs, float) and math.isnan(theirs):
        return isinstance(ours, float) and math.isnan(ours)
    return ours == pytest.approx(theirs) if isinstance(theirs, float) else ours == theirs


@pytest.mark.parametrize("name", FOLDERS)
def test_every_column_of_tensorboard_is_there(fixtures: Path, name: str):
    trials, theirs = trials_of(fixtures / name), expected(fixtures, name)
    ours = {column.name for column in trials.names}
    with_values = {key for group in theirs["groups"] for key in group["hparams"]}
    assert ours >= with_values | {info["name"] for info in theirs["hparams"]}
    declared = {(info["group"].strip("."), info["tag"]) for info in theirs["metrics"]}
    assert {(metric.group, metric.tag) for metric in trials.metrics} >= declared


@pytest.mark.parametrize("name", FOLDERS)
def test_every_session_of_tensorboard_has_its_values(fixtures: Path, name: str):
    by_name = {trial.name: trial for trial in trials_of(fixtures / name).trials}
    sessions = {
        s["name"]: (s, g) for g in expected(fixtures, name)["groups"] for s in g["sessions"]
    }
    assert set(by_name) == set(sessions)
    for session_name, (session, group) in sessions.items():
        trial = by_name[session_name]
        assert trial.status == session["status"].removeprefix("STATUS_").lower()
        assert trial.group == group["name"]
        assert (trial.start_time or 0) == session["start"]
        assert (trial.end_time or 0) == session["end"]
        for key, value in group["hparams"].items():
            assert same(trial.hparams[key], value), (session_name, key)
        for key, (step, value) in session["metrics"].items():
            ours = key_of(trial.metrics, key)
            assert same(trial.metrics[ours], value), (session_name, key)
            assert trial.metric_steps[ours] == step


def key_of(metrics: dict, path: str) -> str:
    """Our key of a metric that TensorBoard's answer names by "group/tag"."""
    if path in metrics:
        return path
    group, _, tag = path.rpartition("/")
    return f"{group}.{tag}"


def test_non_finite_hyperparameters_are_kept(fixtures: Path):
    trials = trials_of(fixtures / "edge_nan_inf").trials
    values = {trial.name: trial.hparams["lr"] for trial in trials}
    assert math.isnan(values["hparams/nan_param"])
    assert math.isinf(values["hparams/inf_param"])


@pytest.mark.parametrize("name", ["torch_hparams_uneven", "tf2_hparams"])
def test_the_order_of_runs_does_not_matter(fixtures: Path, name: str):
    read = finish(read_logs(fixtures / name))
    shuffled = Logs(
        read.path, tuple(np.random.default_rng(1).permutation(np.array(read.runs, object)))
    )
    assert described(find_trials(read)[0]) == described(find_trials(shuffled)[0])


def described(trials):
    columns = [
        (c.id, c.title, c.domain, c.interval, [repr(v) for v in c.values]) for c in trials.names
    ]
    metrics = [(m.key, m.title, repr(m.columns["last"].values)) for m in trials.metrics]
    return columns, metrics, [(t.name, t.title, t.status, t.group) for t in trials.trials]


def test_columns_of_all_experiments_are_united():
    trials = found(
        experiment("a", ["lr"], [("", "acc", "")]),
        experiment("b", ["depth"], [("", "loss", "")]),
        start("a", lr=0.1),
        start("b", depth=3.0),
    )
    assert {column.name for column in trials.names} == {"lr", "depth"}
    assert {metric.key for metric in trials.metrics} == {"acc", "loss"}
    assert trials.trials[0].hparams == {"depth": None, "lr": 0.1}


def test_the_root_session_owns_the_runs_below_it():
    trials = found(start(".", lr=0.1), scalars(".", "acc", 0.5), scalars("train", "loss", 2.0, 1.0))
    assert trials.trials[0].metrics == {"acc": 0.5, "train.loss": 1.0}


def test_a_metric_of_the_root_session_is_joined_without_the_dot():
    trials = found(
        experiment(".", (), [("val", "acc", ""), (".", "f1", "")]),
        start(".", lr=0.1),
        scalars("val", "acc", 0.7),
        scalars(".", "f1", 0.4),
    )
    assert trials.trials[0].metrics == {"f1": 0.4, "val.acc": 0.7}


def test_a_run_below_two_sessions_belongs_to_the_nearer():
    trials = found(start("a", x=1.0), start("a/b", x=2.0), scalars("a/b/eval", "acc", 0.5))
    assert [trial.metrics["eval.acc"] for trial in trials.trials] == [None, 0.5]


def test_a_stamped_run_reads_the_curves_of_its_parent():
    trials = found(
        start("sweep/one/1700000000.25", lr=0.1),
        start("sweep/two/1700000001.5", lr=0.2),
        scalars("sweep/one", "val", 1.0, 3.0, 2.0),
    )
    assert [trial.title for trial in trials.trials] == ["one", "two"]
    assert [trial.metrics["val"] for trial in trials.trials] == [2.0, None]


def test_several_stamped_runs_of_one_parent_are_numbered():
    trials = found(
        start("run/1700000000.1", lr=0.1),
        start("run/1700000000.2", lr=0.2),
        scalars("run", "val", 1.0),
    )
    assert [trial.title for trial in trials.trials] == ["run #1", "run #2"]
    assert trials.metrics == ()


@pytest.mark.parametrize(
    ("how", "value", "step"), [("last", 2.0, 7), ("min", 1.0, 5), ("max", 3.0, 6)]
)
def test_a_metric_has_its_last_least_and_largest_value(how, value, step):
    metric = found(start("a", x=1.0), scalars("a", "m", 1.0, 3.0, 2.0, first_step=5)).metrics[0]
    assert metric.columns[how].value(0) == value
    assert metric.steps[how][0] == step


@pytest.mark.parametrize(
    ("values", "least", "largest"),
    [
        ((1.0, math.nan, 3.0), 1.0, 3.0),
        ((math.nan, math.nan), math.nan, math.nan),
        ((-math.inf, 0.0, math.inf), -math.inf, math.inf),
    ],
)
def test_the_least_and_the_largest_value_pass_over_what_is_no_number(values, least, largest):
    metric = found(start("a", x=1.0), scalars("a", "m", *values)).metrics[0]
    extremes = [metric.columns[how].value(0) for how in ("min", "max")]
    np.testing.assert_array_equal(extremes, [least, largest])


def test_the_same_experiment_in_every_run_counts_once():
    one = [start("a", x=1.0), start("b", x=2.0)]
    declared = (["x", "y"], [("", "acc", "Accuracy")])
    assert described(found(*one, experiment("a", *declared))) == described(
        found(*one, *(experiment(run, *declared) for run in "ab"))
    )


def test_steps_beyond_32_bits_are_kept():
    metric = found(start("a", x=1.0), scalars("a", "m", 1.0, first_step=2**40)).metrics[0]
    assert metric.steps["last"][0] == 2**40


def test_titles_say_display_name_or_tag_or_group_and_tag():
    trials = found(
        experiment("a", (), [("", "acc", "Accuracy"), ("val", "loss", ""), ("", "f1", "")]),
        start("a", x=1.0),
    )
    assert [metric.title for metric in trials.metrics] == ["Accuracy", "f1", "val.loss"]


def test_mixed_kinds_make_a_column_of_text_that_keeps_its_values():
    column = found(start("a", x=2.0), start("b", x="wide"), start("c", x=True)).names[0]
    assert column.kind == "text"
    assert [column.value(row) for row in range(3)] == [2.0, "wide", True]


def test_columns_that_differ_come_first():
    names = found(start("a", a=1.0, z=1.0), start("b", a=1.0, z=2.0)).names
    assert [(column.name, column.differs) for column in names] == [("z", True), ("a", False)]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\xff\xff", "decoded"),
        (hparams_pb2.HParamsPluginData(version=3).SerializeToString(), "version 3"),
        (b"", "another record"),
    ],
)
def test_a_damaged_record_is_a_problem_and_the_rest_is_kept(content, word):
    trials, problems = find_trials(
        logs(raw_record("bad", "session_start_info", content), start("good", x=1.0))
    )
    assert [trial.name for trial in trials.trials] == ["good"]
    assert len(problems) == 1
    assert word in problems[0].what


def test_logs_without_hyperparameters_have_no_trials():
    assert len(found(scalars("a", "loss", 1.0))) == 0
