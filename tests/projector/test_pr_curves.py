"""Curves say what the log says; their figures agree with scikit-learn's on the same scores."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve

from projector.errors import Unreadable
from projector.logs.folder import read_logs
from projector.pr_curves import find_curves, read_curves
from projector.progress import finish
from tests.curve_logs import counted, curve_logs, quantized, some_examples, some_tensor


@pytest.fixture
def curve_of(tmp_path):
    def read(tensor):
        curves, _ = find_curves(curve_logs(tmp_path, {("run", "tag"): {7: np.asarray(tensor)}}))
        return curves[0].curve(0)

    return read


def found_in(fixtures, name):
    curves, problems = find_curves(finish(read_logs(fixtures / name)))
    assert not problems
    return {(series.run, series.tag): series for series in curves}


def manifest_of(fixtures, name):
    manifest = json.loads((fixtures / "MANIFEST.json").read_text())
    return manifest["folders"][name]


CASES = ["torch_pr_curves", "tf2_pr_curves", "torch_everything", "tensorboardx", "edge_nan_inf"]


@pytest.mark.parametrize("name", CASES)
def test_every_series_of_the_manifest_is_found_with_its_steps(fixtures, name):
    listed = manifest_of(fixtures, name)["plugins"]["pr_curves"]
    found = {key: series.steps.tolist() for key, series in found_in(fixtures, name).items()}
    assert found == {
        (run, tag): said["steps"] for run, tags in listed.items() for tag, said in tags.items()
    }


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ["first", "last"])
def test_columns_equal_those_tensorboard_shows(fixtures, name, end):
    series = found_in(fixtures, name)
    for run, tags in manifest_of(fixtures, name)["pr_curves"].items():
        for tag, said in tags.items():
            curve = series[run, tag].curve(0 if end == "first" else -1)
            shown = said[end]
            at = np.array(shown["at_index"])
            # TensorBoard shows whole counts only, and 0 for the precision of 0/0.
            np.testing.assert_allclose(curve.thresholds[at], shown["thresholds"], rtol=1e-12)
            np.testing.assert_array_equal(np.trunc(curve.tp[at]), shown["true_positives"])
            np.testing.assert_array_equal(np.trunc(curve.fp[at]), shown["false_positives"])
            np.testing.assert_array_equal(np.trunc(curve.tn[at]), shown["true_negatives"])
            np.testing.assert_array_equal(np.trunc(curve.fn[at]), shown["false_negatives"])
            np.testing.assert_allclose(
                np.nan_to_num(curve.precision[at]), shown["precision"], atol=1e-6
            )
            np.testing.assert_allclose(np.nan_to_num(curve.recall[at]), shown["recall"], atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_first_counts_equal_the_logged_tensor(fixtures, name):
    series = found_in(fixtures, name)
    for run, tags in manifest_of(fixtures, name)["plugins"]["pr_curves"].items():
        for tag, said in tags.items():
            curve = series[run, tag].curve(0)
            n_kept = min(len(said["first_tensor"]["first"]), len(curve))
            assert curve.n_thresholds == said["first_tensor"]["shape"][1]
            assert curve.tp[:n_kept].tolist() == said["first_tensor"]["first"][:n_kept]


def test_fractional_counts_stay_fractional(fixtures):
    curve = found_in(fixtures, "torch_pr_curves")["test", "weighted/setosa"].curve(0)
    assert curve.tp[0] == 23.166610717773438


def test_thresholds_are_evenly_spaced_by_the_width_of_the_tensor(curve_of):
    curve = curve_of(counted(np.array([0, 1, 1]), np.array([0.2, 0.5, 0.999]), 5))
    assert curve.thresholds.tolist() == [0.0, 0.25, 0.5, 0.75]


def test_the_tail_without_predictions_is_cut(curve_of):
    curve = curve_of(counted(np.array([0, 1]), np.array([0.1, 0.4]), 11))
    assert len(curve) == 5


def test_at_least_one_column_stays(curve_of):
    assert len(curve_of(np.zeros((6, 4)))) == 1


def test_a_single_threshold_is_threshold_0(curve_of):
    assert curve_of(np.ones((6, 1))).thresholds.tolist() == [0.0]


def test_zero_by_zero_is_a_gap(curve_of):
    rows = [[4, 0, 2], [4, 0, 0], [0, 4, 4], [0, 4, 2], [0.5, 0, 1], [1, 0, 0.5]]
    np.testing.assert_array_equal(curve_of(rows).precision, [0.5, np.nan, 1.0])


def test_without_positives_nothing_is_made_up(curve_of):
    curve = curve_of(counted(np.zeros(9, dtype=int), np.linspace(0, 0.9, 9), 5))
    assert np.isnan(curve.recall).all()
    assert np.isnan([curve.average_precision, *curve.best_f1]).all()
    assert curve.base_rate == 0


def test_a_logged_ratio_that_differs_from_its_counts_is_kept(curve_of):
    rows = [[4, 2], [4, 1], [0, 3], [0, 2], [0.5, 0.6], [1.0, 0.5]]
    assert curve_of(rows).precision.tolist() == pytest.approx([0.5, 0.6])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_thresholds", [2, 20, 127])
def test_average_precision_is_that_of_scikit_learn(curve_of, seed, n_thresholds):
    labels, scores = some_examples(seed)
    curve = curve_of(counted(labels, scores, n_thresholds))
    theirs = average_precision_score(labels, quantized(scores, n_thresholds))
    assert curve.average_precision == pytest.approx(theirs, rel=1e-12)


def test_weighted_average_precision_is_that_of_scikit_learn(curve_of):
    labels, scores = some_examples()
    weights = np.random.default_rng(1).uniform(0.1, 3, len(labels))
    curve = curve_of(counted(labels, scores, 50, weights))
    theirs = average_precision_score(labels, quantized(scores, 50), sample_weight=weights)
    assert curve.average_precision == pytest.approx(theirs, abs=1e-6)


def test_points_are_those_of_scikit_learn(curve_of):
    labels, scores = some_examples()
    curve = curve_of(counted(labels, scores, 20))
    precision, recall, levels = precision_recall_curve(labels, quantized(scores, 20))
    np.testing.assert_allclose(curve.precision[levels], precision[:-1], rtol=1e-12)
    np.testing.assert_allclose(curve.recall[levels], recall[:-1], rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_best_f1_is_the_best_of_scikit_learn(curve_of, seed):
    labels, scores = some_examples(seed)
    f1, threshold = curve_of(counted(labels, scores, 33)).best_f1
    levels = quantized(scores, 33)
    theirs = [f1_score(labels, levels >= j) for j in range(levels.max() + 1)]
    assert f1 == pytest.approx(max(theirs))
    assert threshold == int(np.argmax(theirs)) / 32


def test_base_rate_is_the_share_of_positives(curve_of):
    labels, scores = some_examples()
    assert curve_of(counted(labels, scores, 9)).base_rate == pytest.approx(labels.mean())


def test_a_threshold_in_the_tail_predicts_nothing_positive(curve_of):
    labels, scores = np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3])
    point = curve_of(counted(labels, scores, 11)).at_threshold(0.92)
    assert (point.threshold, point.tp, point.fp, point.tn, point.fn) == (0.9, 0, 0, 1, 2)
    assert point.recall == 0
    assert np.isnan(point.precision)


def test_a_threshold_between_two_logged_ones_takes_the_nearer(curve_of):
    assert curve_of(some_tensor()).at_threshold(0.26).threshold == pytest.approx(0.3)


def test_the_step_shown_is_the_last_one_not_later(tmp_path):
    tensors = {step: some_tensor() for step in (10, 20, 2**40)}
    (series,), _ = find_curves(curve_logs(tmp_path, {("run", "tag"): tensors}))
    found = [series.nearest_earlier(step) for step in (9, 10, 19, 20, 2**41)]
    assert found == [None, 0, 0, 1, 2]


def broken(row, column, value):
    tensor = some_tensor()
    tensor[row, column] = value
    return tensor


@pytest.mark.parametrize(
    ("tensor", "why"),
    [
        (np.zeros((5, 4)), r"shape \[5, 4\]"),
        (np.zeros((6, 0)), r"shape \[6, 0\]"),
        (np.zeros(6), r"shape \[6\]"),
        (broken(0, 2, np.nan), "NaN or infinite"),
        (broken(3, 2, np.inf), "NaN or infinite"),
        (broken(1, 2, -1.0), "negative"),
    ],
)
def test_what_is_no_curve_is_refused_by_run_tag_and_step(curve_of, tensor, why):
    with pytest.raises(Unreadable, match=f"tag of run run at step 7 has .*{why}"):
        curve_of(tensor)


def test_one_bad_curve_keeps_the_others(tmp_path):
    tensors = {1: some_tensor(), 2: np.zeros((5, 4)), 3: some_tensor(1)}
    (series,), _ = find_curves(curve_logs(tmp_path, {("run", "tag"): tensors}))
    read = finish(read_curves([(series, i) for i in range(3)]))
    assert sorted(read.curves) == [("run", "tag", 0), ("run", "tag", 2)]
    assert "at step 2" in read.unreadable["run", "tag", 1].what


def test_an_unknown_version_is_left_out_with_a_problem(tmp_path):
    logs = curve_logs(tmp_path, {("a", "cat"): {0: some_tensor()}}, content=b"\x08\x03\x10\x0b")
    curves, (problem,) = find_curves(logs)
    assert curves == ()
    assert "cat of run a are written in version 3" in problem.what


def test_the_number_of_thresholds_alone_is_no_version(tmp_path):
    logs = curve_logs(tmp_path, {("a", "cat"): {0: some_tensor()}}, content=b"\x10\x0b")
    curves, problems = find_curves(logs)
    assert (len(curves), problems) == (1, ())
