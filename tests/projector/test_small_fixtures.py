"""The few logs by real writers that come with the source: embeddings, curves and trials, as
TensorBoard's own plugins list them. Series are compared in test_fixtures.py."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from projector.contents import Contents, read_contents
from projector.embeddings.reader import read_embedding
from projector.progress import finish
from tests.conftest import DATA

FOLDERS = json.loads((DATA / "MANIFEST.json").read_text("utf-8"))["folders"]
MOST_BYTES = 600_000


def contents_of(folder: str) -> Contents:
    return finish(read_contents(DATA / folder))


def test_the_embeddings_are_those_of_the_projector_plugin() -> None:
    told = FOLDERS["torch_embeddings"]["projector"]["iris"]["embeddings"]
    expected = {(one["tensor_name"], *one["tensorShape"]) for one in told}
    sources = contents_of("torch_embeddings").sources
    shapes = [finish(read_embedding(source)).vectors.shape for source in sources]
    names = [f"{source.name}:{source.step:05d}" for source in sources]
    assert {(n, *shape) for n, shape in zip(names, shapes, strict=True)} == expected


CURVES = FOLDERS["torch_pr_curves"]["pr_curves"]["train"]


@pytest.mark.parametrize("tag", CURVES)
@pytest.mark.parametrize("which", ["first", "last"])
def test_a_curve_has_the_points_of_the_pr_curves_plugin(tag: str, which: str) -> None:
    told = CURVES[tag]
    series = next(one for one in contents_of("torch_pr_curves").curves if one.tag == tag)
    assert series.steps.tolist() == told["steps"]
    curve, expected = series.curve(0 if which == "first" else len(series) - 1), told[which]
    at = expected["at_index"]
    np.testing.assert_allclose(curve.thresholds[at], expected["thresholds"])
    np.testing.assert_array_equal(curve.tp[at], expected["true_positives"])
    np.testing.assert_array_equal(curve.fn[at], expected["false_negatives"])
    np.testing.assert_allclose(curve.recall[at], expected["recall"], rtol=1e-5)
    defined = np.isfinite(curve.precision[at])
    precision = np.array(expected["precision"])
    np.testing.assert_allclose(curve.precision[at][defined], precision[defined], rtol=1e-5)


GROUPS = FOLDERS["torch_hparams_uneven"]["hparams"]["groups"]


@pytest.mark.parametrize("group", GROUPS, ids=[group["name"] for group in GROUPS])
def test_a_trial_has_the_values_of_the_hparams_plugin(group: dict[str, Any]) -> None:
    trials = contents_of("torch_hparams_uneven").trials
    trial = next(one for one in trials.trials if one.name == group["name"])
    values = {name: start(value) for name, value in trial.hparams.items() if value is not None}
    assert values == {name: start(value) for name, value in group["hparams"].items()}


def start(value: Any) -> Any:
    """The manifest cuts long texts."""
    return value[:400] if isinstance(value, str) else value


def test_the_logs_that_come_with_the_source_are_few() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < MOST_BYTES
