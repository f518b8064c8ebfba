"""Axes between groups of points: by search, by selection, by class."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_iris
from sklearn.neighbors import NearestCentroid

from projector.arrays import FloatArray
from projector.errors import InvalidChoice
from projector.progress import finish
from projector.projections.axes import (
    AxesParameters,
    Axis,
    axes_steps,
    axis_from_classes,
    axis_from_rows,
    axis_from_searches,
    rows_of_class,
    rows_of_search,
)
from projector.projections.contract import Control, Inputs
from projector.projections.step import Step

IRIS = load_iris().data.astype(np.float32)
SPECIES = pl.Series("species", [load_iris().target_names[i] for i in load_iris().target])
WORDS = pl.Series("word", ["king", "Queen", "man", "woman", None, "kingdom"])


def layout(
    *axes: Axis, vectors: FloatArray = IRIS, n_dims: int = 2, straight: bool = False
) -> Step:
    parameters = AxesParameters(axes=axes, n_dims=n_dims, is_orthogonal=straight)
    return finish(axes_steps(Inputs(vectors), parameters, Control()))


def test_an_axis_leads_from_center_to_center() -> None:
    axis = axis_from_classes(SPECIES, "setosa", "virginica")
    centers = NearestCentroid().fit(IRIS.astype(np.float64), SPECIES.to_list()).centroids_
    unit = (centers[2] - centers[0]) / np.linalg.norm(centers[2] - centers[0])
    found = layout(axis)
    np.testing.assert_allclose(found.positions[:, 0], IRIS @ unit, rtol=1e-5)
    assert (found.positions[:, 1] == 0).all()
    assert axis.name == "setosa → virginica"


def test_two_axes_tell_their_angle() -> None:
    first = axis_from_classes(SPECIES, "setosa", "virginica")
    second = axis_from_classes(SPECIES, "setosa", "versicolor")
    found = layout(first, second)
    x, y = (found.positions[:, i] - found.positions[:, i].mean() for i in (0, 1))
    assert 0 < found.diagnostics["angle 1-2"] < 30
    assert abs(np.corrcoef(x, y)[0, 1]) > 0.9


def test_orthogonal_axes_keep_the_first_and_straighten_the_second() -> None:
    first = axis_from_classes(SPECIES, "setosa", "virginica")
    second = axis_from_classes(SPECIES, "setosa", "versicolor")
    plain, straight = layout(first, second), layout(first, second, straight=True)
    np.testing.assert_array_equal(plain.positions[:, 0], straight.positions[:, 0])
    eye = np.eye(4, dtype=np.float32)
    units = layout(first, second, straight=True, vectors=np.vstack([IRIS, eye])).positions
    a, b = units[-4:, 0].astype(np.float64), units[-4:, 1].astype(np.float64)
    assert a @ b == pytest.approx(0, abs=1e-6)
    assert (np.linalg.norm(a), np.linalg.norm(b)) == pytest.approx((1, 1), abs=1e-6)


def test_three_axes_fill_three_dims() -> None:
    rows = [np.array([i]) for i in range(4)]
    axes = [axis_from_rows(f"{i}", rows[0], rows[i]) for i in (1, 2, 3)]
    found = layout(*axes, n_dims=3)
    assert found.positions.shape == (150, 3)
    for i, axis in enumerate(axes):
        step = IRIS[i + 1].astype(np.float64) - IRIS[0]
        np.testing.assert_allclose(
            found.positions[:, i], IRIS @ (step / np.linalg.norm(step)), rtol=1e-5, atol=1e-6
        )
        assert axis.name == str(i + 1)


def test_a_search_finds_text_in_any_case() -> None:
    assert rows_of_search(WORDS, "KING").tolist() == [0, 5]
    assert rows_of_search(WORDS, "que").tolist() == [1]
    assert rows_of_search(WORDS, "n.").tolist() == []
    assert rows_of_search(WORDS, "").tolist() == []


def test_a_search_may_be_a_regular_expression() -> None:
    assert rows_of_search(WORDS, "^(wo)?man$", is_regex=True).tolist() == [2, 3]


def test_numbers_are_searched_as_text() -> None:
    assert rows_of_search(pl.Series("n", [7, 17, None, 3]), "7").tolist() == [0, 1]


def test_axes_from_searches_have_both_texts_as_name() -> None:
    axis = axis_from_searches(WORDS, "man", "woman")
    assert axis.name == "man → woman"
    assert axis.start.tolist() == [2, 3]
    assert axis.end.tolist() == [3]


def test_a_search_that_finds_nothing_is_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="'prince' finds no row in the column word"):
        axis_from_searches(WORDS, "king", "prince")


def test_a_broken_expression_is_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="not a regular expression"):
        rows_of_search(WORDS, "(king", is_regex=True)


def test_an_empty_selection_is_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="Nothing is selected for the end of the axis mood"):
        axis_from_rows("mood", np.array([1]), np.array([], np.int64))


def test_a_class_that_nobody_has_is_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="No row holds 'rose'"):
        axis_from_classes(SPECIES, "rose", "setosa")


def test_empty_cells_are_a_class_too() -> None:
    assert axis_from_classes(WORDS, None, "king").start.tolist() == [4]


def test_poles_with_the_same_center_are_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="same center"):
        layout(axis_from_rows("a", np.array([3, 4]), np.array([4, 3])))


def test_an_axis_that_adds_nothing_is_a_sentence() -> None:
    axis = axis_from_classes(SPECIES, "setosa", "virginica")
    back = axis_from_classes(SPECIES, "virginica", "setosa")
    with pytest.raises(InvalidChoice, match="says nothing"):
        layout(axis, back, straight=True)


@pytest.mark.parametrize("n_axes", [0, 3])
def test_none_or_too_many_axes_are_a_sentence(n_axes: int) -> None:
    axis = axis_from_classes(SPECIES, "setosa", "virginica")
    with pytest.raises(InvalidChoice, match="between 1 and 2 axes"):
        AxesParameters(axes=(axis,) * n_axes, n_dims=2)


def test_rows_beyond_the_vectors_are_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="beyond the 150"):
        layout(axis_from_rows("a", np.array([0]), np.array([150])))


def test_poles_without_finite_rows_are_a_sentence() -> None:
    vectors = IRIS.copy()
    vectors[5] = np.nan
    with pytest.raises(InvalidChoice, match="no rows with finite numbers"):
        layout(axis_from_rows("a", np.array([0]), np.array([5])), vectors=vectors)


def test_rows_with_gaps_count_for_nothing_and_get_no_place() -> None:
    vectors = IRIS.copy()
    vectors[5] = np.nan
    found = layout(axis_from_classes(SPECIES, "setosa", "virginica"), vectors=vectors)
    assert np.isnan(found.positions[5]).all()
    assert np.isfinite(np.delete(found.positions, 5, axis=0)).all()


@pytest.mark.parametrize(
    ("values", "value", "rows"),
    [
        ([3.0, 2.5, None], 3, [0]),
        ([3.0, 2.5, None], "3", [0]),
        ([1, 3, 3], "3.0", [1, 2]),
        ([2**62, 2**62 + 1], str(2**62 + 1), [1]),
        ([True, False, True], True, [0, 2]),
        ([True, False, True], "False", [1]),
        (["3", "3.0"], 3, [0]),
        ([1.0, float("nan"), None], None, [1, 2]),
    ],
)
def test_a_class_is_named_by_its_value_or_as_text(
    values: list[object], value: object, rows: list[int]
) -> None:
    assert rows_of_class(pl.Series("column", values), value).tolist() == rows


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("odd", [[1, 2], [3]]),
        pl.Series("odd", [b"\xff"]),
        pl.Series("odd", [{"a": 1}]),
        pl.Series("odd", [1]).cast(pl.Duration),
    ],
    ids=lambda column: str(column.dtype),
)
def test_columns_without_texts_are_refused_in_words(column: pl.Series) -> None:
    with pytest.raises(InvalidChoice, match=r"The column odd holds .+ values"):
        rows_of_search(column, "a")
    with pytest.raises(InvalidChoice, match=r"The column odd holds .+ values"):
        rows_of_class(column, "a")
