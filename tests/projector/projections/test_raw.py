"""Columns become axes as they are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

from projector.arrays import FloatArray
from projector.errors import InvalidChoice, ProjectorError
from projector.progress import finish
from projector.projections.contract import Control, Inputs
from projector.projections.raw import PROJECTION, RawParameters
from projector.projections.step import Step

IRIS = load_iris().data.astype(np.float32)


def project(vectors: FloatArray = IRIS, **parameters: object) -> Step:
    return finish(
        PROJECTION.steps(Inputs(vectors), RawParameters(**parameters), Control())  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("columns", [(1, 2, 3), (4, 1, 2), (2, 2, 2)])
def test_positions_are_the_columns(columns: tuple[int, ...]) -> None:
    step = project(columns=columns)
    assert (step.positions == IRIS[:, [column - 1 for column in columns]]).all()
    assert (step.done, step.positions.dtype) == (1.0, np.float32)
    assert not step.positions.flags.writeable


def test_by_default_the_first_columns_are_shown() -> None:
    assert (project().positions == IRIS[:, :3]).all()
    assert (project(n_dims=2).positions == IRIS[:, :2]).all()


def test_two_columns_lie_flat_in_three_dimensions() -> None:
    positions = project(IRIS[:, :2]).positions
    assert (positions[:, :2] == IRIS[:, :2]).all()
    assert (positions[:, 2] == 0).all()


def test_rows_that_are_not_finite_have_no_position() -> None:
    vectors = IRIS.copy()
    vectors[3, 3] = np.nan  # in a column that is not shown
    positions = project(vectors).positions
    assert np.isnan(positions[3]).all()
    assert np.isfinite(np.delete(positions, 3, axis=0)).all()


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"columns": (1, 2)}, "3 dimensions need 3 columns, got 2"),
        ({"columns": (0, 1, 2)}, "between 1"),
        ({"columns": (1, 2, 5)}, "between 1 and 4, got 5"),
        ({"n_dims": 4}, "between 2 and 3"),
    ],
)
def test_wrong_choices_are_refused(parameters: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidChoice, match=sentence):
        project(**parameters)


@pytest.mark.parametrize("shape", [(0, 4), (1, 1), (3, 0)])
def test_hardly_any_data_is_no_fault(shape: tuple[int, int]) -> None:
    try:
        step = project(np.ones(shape, np.float32))
    except ProjectorError:
        return
    assert step.positions.shape == (shape[0], 3)
