"""The estimators behave as scikit-learn's do, over the code that the window runs."""

from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from projector.errors import InvalidChoice, TooLarge
from projector.progress import finish
from projector.projections import PROJECTIONS
from projector.projections.contract import Control, Inputs
from projector.projections.estimators import Pca, Tsne, Umap
from projector.projections.step import Step

DIGITS = load_digits().data[:300].astype(np.float32)
LABELS = load_digits().target[:300]

ALL = [Pca, Tsne] + ([Umap] if "umap" in PROJECTIONS else [])
SHORT: dict[type, dict[str, Any]] = {
    Pca: {},
    Tsne: {"n_iterations": 120, "n_early": 40},
    Umap: {"n_epochs": 60},
}


@pytest.fixture(params=ALL, ids=lambda kind: kind.__name__)
def estimator(request: pytest.FixtureRequest) -> Any:
    return request.param(**SHORT[request.param])


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind is not Pca])
def test_its_parameters_and_defaults_are_those_of_the_projection(kind: Any) -> None:
    parameters = PROJECTIONS[kind._projection].parameters()
    ours = {field.name: getattr(parameters, field.name) for field in dataclasses.fields(parameters)}
    ours.pop("n_dims")
    ours["random_state"] = ours.pop("seed")
    signature = inspect.signature(kind).parameters
    theirs = {name: one.default for name, one in signature.items() if name != "n_components"}
    assert theirs == ours


def test_a_clone_has_the_parameters_and_nothing_learned(estimator: Any) -> None:
    estimator.set_params(n_components=3, random_state=4).fit(DIGITS)
    copy = clone(estimator)
    assert copy is not estimator
    assert copy.get_params() == estimator.get_params()
    assert not hasattr(copy, "embedding_")


def test_parameters_are_read_and_set_by_name(estimator: Any) -> None:
    assert estimator.set_params(n_components=3) is estimator
    assert estimator.get_params()["n_components"] == 3
    with pytest.raises(InvalidChoice, match="colour is no parameter"):
        estimator.set_params(colour=1)


def test_what_it_says_of_itself_are_the_changed_parameters() -> None:
    assert repr(Tsne(perplexity=5.0)) == "Tsne(perplexity=5.0)"


def test_a_constructor_only_stores_and_fit_checks() -> None:
    wrong = Tsne(perplexity=-3)
    with pytest.raises(InvalidChoice, match="perplexity must lie between"):
        wrong.fit(DIGITS)


@pytest.mark.parametrize("n_components", [2, 3])
def test_fit_transform_is_what_the_projection_gives(estimator: Any, n_components: int) -> None:
    found = estimator.set_params(n_components=n_components, random_state=3).fit_transform(DIGITS)
    given = SHORT[type(estimator)]
    projection = PROJECTIONS[estimator._projection]
    parameters = projection.parameters(n_dims=n_components, seed=3, **given)
    step = finish(projection.steps(Inputs(DIGITS), parameters, Control()))
    np.testing.assert_array_equal(found, step.positions)
    assert estimator.embedding_ is found
    assert estimator.n_features_in_ == 64


def test_any_numbers_will_do(estimator: Any) -> None:
    found = estimator.fit_transform(load_digits().data[:300].tolist())
    np.testing.assert_array_equal(found, clone(estimator).fit_transform(DIGITS))


def test_steps_show_the_layout_while_it_is_made(estimator: Any) -> None:
    for step in estimator.steps(DIGITS):
        if isinstance(step, Step):
            assert estimator.embedding_ is step.positions
            break
    check_is_fitted(estimator)


def test_fitted_rows_are_transformed_onto_themselves(estimator: Any) -> None:
    layout = estimator.fit_transform(DIGITS)
    spread = np.abs(layout).max()
    found = estimator.transform(DIGITS[:40])
    np.testing.assert_allclose(found, layout[:40], atol=1e-5 * spread)


def test_new_rows_come_to_lie_among_their_kind(estimator: Any) -> None:
    layout = estimator.set_params(n_components=3).fit_transform(DIGITS[:250])
    near = KNeighborsClassifier(3).fit(layout, LABELS[:250])
    kept = near.score(layout, LABELS[:250])
    assert near.score(estimator.transform(DIGITS[250:]), LABELS[250:]) > kept - 0.25


def test_it_stands_in_a_pipeline(estimator: Any) -> None:
    pipeline = make_pipeline(StandardScaler(), estimator, KMeans(3, n_init=1, random_state=0))
    assert len(set(pipeline.fit_predict(DIGITS))) == 3
    assert len(pipeline.predict(DIGITS[:5])) == 5


def test_transform_before_fit_is_a_sentence(estimator: Any) -> None:
    with pytest.raises(InvalidChoice, match="not fitted yet"):
        estimator.transform(DIGITS)


def test_rows_of_another_width_are_a_sentence(estimator: Any) -> None:
    estimator.fit(DIGITS)
    with pytest.raises(InvalidChoice, match="rows of 64 values, got rows of 3"):
        estimator.transform(DIGITS[:, :3])


@pytest.mark.parametrize("wrong", [np.ones(5), np.ones((0, 3)), [["a", "b"]], np.ones((2, 2, 2))])
def test_what_is_no_table_of_numbers_is_a_sentence(estimator: Any, wrong: Any) -> None:
    with pytest.raises(InvalidChoice, match="The vectors must be"):
        estimator.fit(wrong)


def test_pca_is_scikit_learns() -> None:
    ours, theirs = Pca(7).fit(DIGITS[:200]), PCA(7, svd_solver="full").fit(DIGITS[:200])
    signs = np.sign((ours.components_ * theirs.components_).sum(axis=1))
    wanted = theirs.transform(DIGITS[200:]) * signs
    np.testing.assert_allclose(ours.transform(DIGITS[200:]), wanted, atol=1e-3)
    np.testing.assert_allclose(
        ours.explained_variance_ratio_, theirs.explained_variance_ratio_, rtol=1e-5
    )
    back = theirs.inverse_transform(theirs.transform(DIGITS[:9]))
    np.testing.assert_allclose(ours.inverse_transform(ours.transform(DIGITS[:9])), back, atol=1e-3)


def test_tsne_tells_its_divergence_and_iterations() -> None:
    fitted = Tsne(n_iterations=60, n_early=20).fit(DIGITS)
    assert 0 < fitted.kl_divergence_ < 5
    assert fitted.n_iter_ == 60


def test_tsne_goes_on_from_a_layout() -> None:
    first = Tsne(n_iterations=60, n_early=20).fit(DIGITS)
    further = Tsne(n_iterations=100, start=first.embedding_).fit(DIGITS)
    assert further.kl_divergence_ < first.kl_divergence_
    with pytest.raises(InvalidChoice, match="a position for each of the 300 rows"):
        Tsne(start=first.embedding_[:5]).fit(DIGITS)


def test_labels_of_any_kind_supervise() -> None:
    short = {"n_iterations": 60, "n_early": 20, "supervision": 0.8}
    numbers = Tsne(**short).fit_transform(DIGITS, LABELS)
    texts = Tsne(**short).fit_transform(DIGITS, [f"digit {label}" for label in LABELS])
    np.testing.assert_array_equal(numbers, texts)
    some = np.array([None if i % 2 else f"{label}" for i, label in enumerate(LABELS)], object)
    known = np.where(np.arange(len(LABELS)) % 2, -1, LABELS)
    np.testing.assert_array_equal(
        Tsne(**short).fit_transform(DIGITS, some), Tsne(**short).fit_transform(DIGITS, known)
    )


def test_too_few_labels_are_a_sentence(estimator: Any) -> None:
    if isinstance(estimator, Pca):
        pytest.skip("PCA takes no labels")
    with pytest.raises(InvalidChoice, match="300 rows need 300 labels"):
        estimator.fit(DIGITS, LABELS[:5])


def test_nothing_of_scikit_learn_is_imported_for_them() -> None:
    code = "import sys, projector.projections.estimators; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("value", [2.5, "2", None, True])
def test_numbers_of_another_kind_are_refused_in_words(estimator: Any, value: object) -> None:
    with pytest.raises(InvalidChoice, match="n_components must be a whole number"):
        estimator.set_params(n_components=value).fit(DIGITS)


def test_a_number_of_numpy_is_a_number(estimator: Any) -> None:
    assert estimator.set_params(n_components=np.int64(2)).fit_transform(DIGITS).shape == (300, 2)


def test_complex_numbers_are_refused_and_huge_ones_take_no_part(estimator: Any) -> None:
    with pytest.raises(InvalidChoice, match="complex"):
        estimator.fit(DIGITS.astype(np.complex64))
    vectors = DIGITS.astype(np.float64)
    vectors[5, 5] = 1e300
    layout = estimator.fit_transform(vectors)
    assert np.flatnonzero(np.isnan(layout).any(axis=1)).tolist() == [5]


def test_a_start_that_is_no_layout_is_refused_in_words() -> None:
    for start in (DIGITS[:, :5], [["a", "b"]] * 300, 3):
        with pytest.raises(InvalidChoice, match="The start must"):
            Tsne(2, start=start).fit(DIGITS)  # type: ignore[arg-type]


def test_a_layout_as_a_start_is_told_by_its_shape() -> None:
    assert repr(Tsne(start=DIGITS[:, :2])) == "Tsne(start=<(300, 2) layout>)"


def test_only_positions_along_the_components_lead_back() -> None:
    pca = Pca(3).fit(DIGITS)
    back = pca.inverse_transform(pca.embedding_)
    theirs = PCA(3).fit(DIGITS.astype(np.float64))
    wanted = theirs.inverse_transform(theirs.transform(DIGITS))
    np.testing.assert_allclose(back, wanted, atol=1e-4)
    with pytest.raises(InvalidChoice, match="3 components are needed"):
        pca.inverse_transform(DIGITS)
    with pytest.raises(InvalidChoice, match="not fitted"):
        Pca(3).inverse_transform(back[:, :3])


def test_what_does_not_fit_is_refused_with_numbers(
    estimator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projector.embeddings.memory._available_memory", lambda: 1 << 20)
    with pytest.raises(TooLarge, match="GB can be used now"):
        estimator.fit(DIGITS)
