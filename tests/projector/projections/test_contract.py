"""What every projection promises, whichever it is."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from projector.arrays import FloatArray
from projector.errors import InvalidChoice, NothingToShow, TooLarge
from projector.progress import Progress, finish
from projector.projections import PROJECTIONS
from projector.projections.axes import PROJECTION as AXES
from projector.projections.axes import Axis
from projector.projections.contract import Control, Estimate, Inputs, Projection
from projector.projections.sample import Sampling, on_sample
from projector.projections.step import Step

DIGITS = load_digits().data[:240].astype(np.float32)
LABELS = load_digits().target[:240].astype(np.int64)


def axes_of_two_rows(**given: Any) -> Any:
    axis = Axis("one", np.array([0]), np.array([1]))
    return AXES.parameters(axes=(axis,), **given)


CASES: dict[str, Projection] = {
    **PROJECTIONS,
    "axes": dataclasses.replace(AXES, parameters=axes_of_two_rows),  # type: ignore[arg-type]
    "pca of a sample": on_sample(PROJECTIONS["pca"], Sampling(n_rows=60)),
    "tsne of a sample": on_sample(PROJECTIONS["tsne"], Sampling(n_rows=60)),
}
SHORT = {"n_iterations": 60, "n_early": 20, "n_epochs": 30}


def short(projection: Projection, **given: Any) -> Any:
    """Parameters that are soon done with."""
    plain = projection.parameters()
    names = {field.name for field in dataclasses.fields(plain)}
    return projection.parameters(**{k: v for k, v in SHORT.items() if k in names}, **given)


def run(projection: Projection, vectors: FloatArray, **given: Any) -> list[Any]:
    """Everything that is yielded, and at the end what is returned."""
    n_dims = given.pop("n_dims", 2)
    start, labels = given.pop("start", None), given.pop("labels", None)
    inputs = Inputs(vectors, start=start, labels=labels)
    work = projection.steps(inputs, short(projection, n_dims=n_dims, **given), Control())
    seen = []
    while True:
        try:
            seen.append(next(work))
        except StopIteration as stop:
            return [*seen, stop.value]


def steps_of(seen: list[Any]) -> list[Step]:
    return [step for step in seen[:-1] if isinstance(step, Step)]


@pytest.fixture(params=CASES)
def projection(request: pytest.FixtureRequest) -> Projection:
    return CASES[request.param]


@pytest.mark.parametrize("name", PROJECTIONS)
def test_it_stands_in_the_table_under_its_name(name: str) -> None:
    projection = PROJECTIONS[name]
    assert projection.name == name
    assert projection.title
    assert projection.tip


@pytest.mark.parametrize("name", PROJECTIONS)
def test_its_parameters_are_frozen_plain_values_with_defaults(name: str) -> None:
    parameters = PROJECTIONS[name].parameters()
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameters.n_dims = 2
    assert parameters == PROJECTIONS[name].parameters()
    for field in dataclasses.fields(parameters):
        assert isinstance(getattr(parameters, field.name), int | float | str | tuple | None)


@pytest.mark.parametrize("given", [{"n_dims": 1}, {"n_dims": 4}, {"seed": -1}, {"seed": 2**32}])
def test_parameters_out_of_range_are_refused_in_words(
    projection: Projection, given: dict[str, int]
) -> None:
    with pytest.raises(InvalidChoice, match=r"must lie between [\d,]+ and [\d,]+, got"):
        projection.parameters(**given)


@pytest.mark.parametrize("name", PROJECTIONS)
def test_numbers_that_are_none_are_refused_in_words(name: str) -> None:
    for field in dataclasses.fields(PROJECTIONS[name].parameters()):
        if "float" in str(field.type):
            with pytest.raises(InvalidChoice, match="got nan"):
                PROJECTIONS[name].parameters(**{field.name: float("nan")})


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize("value", ["many", 1.5, True, [1], object()])
def test_a_count_of_another_kind_is_refused_in_words(name: str, value: object) -> None:
    for field in dataclasses.fields(PROJECTIONS[name].parameters()):
        if str(field.type) in ("int", "int | None"):
            with pytest.raises(InvalidChoice, match=f"^{field.name} must be a whole number, got"):
                PROJECTIONS[name].parameters(**{field.name: value})


def test_numbers_of_numpy_become_those_of_python() -> None:
    parameters = PROJECTIONS["pca"].parameters(
        n_dims=np.int64(2), seed=np.uint8(7), components=[np.int32(2), 1]
    )
    assert parameters == PROJECTIONS["pca"].parameters(n_dims=2, seed=7, components=(2, 1))
    assert json.dumps(dataclasses.asdict(parameters))


@pytest.mark.parametrize("vectors", [DIGITS[0], DIGITS.tolist(), DIGITS[None], None])
def test_vectors_that_are_no_table_are_refused_in_words(vectors: Any) -> None:
    with pytest.raises(InvalidChoice, match="must be an array of rows"):
        Inputs(vectors)


def test_every_choice_is_explained_to_the_user(projection: Projection) -> None:
    for field in dataclasses.fields(projection.parameters()):
        assert field.metadata["help"][:1].isupper() or field.metadata["help"][:1].isdigit()


@pytest.mark.parametrize("name", sorted(set(CASES) - {"raw"}))  # columns that are missing are 0
def test_rows_without_values_are_a_sentence(name: str) -> None:
    with pytest.raises((NothingToShow, InvalidChoice), match=r"\w+ .+\.$"):
        run(CASES[name], np.zeros((100, 0), np.float32))


def holds_all(step: Step) -> bool:
    """Of a sample, the other rows get their places by and by."""
    is_there = np.isfinite(step.positions).all(axis=1)
    if step.placed_mask is not None and step.done < 1:
        is_there |= step.placed_mask
    return bool(is_there.all())


@pytest.mark.parametrize("n_dims", [2, 3])
def test_each_step_holds_a_position_for_each_row(projection: Projection, n_dims: int) -> None:
    seen = run(projection, DIGITS, n_dims=n_dims)
    steps = steps_of(seen)
    assert steps
    for step in steps:
        assert step.positions.shape == (240, n_dims)
        assert step.positions.dtype == np.float32
        assert step.positions.flags.c_contiguous
        assert holds_all(step)
        assert step.note
        assert all(isinstance(value, float) for value in step.diagnostics.values())


def test_what_it_returns_is_the_last_step(projection: Projection) -> None:
    seen = run(projection, DIGITS)
    assert seen[-1] is steps_of(seen)[-1]
    assert seen[-1].done == 1.0


def test_steps_are_arrays_of_their_own_and_stay_as_they_were(projection: Projection) -> None:
    inputs = Inputs(DIGITS)
    steps, copies = [], []
    for step in projection.steps(inputs, short(projection, n_dims=2), Control()):
        if isinstance(step, Step):
            steps.append(step)
            copies.append(step.positions.copy())
    for step, copy in zip(steps, copies, strict=True):
        np.testing.assert_array_equal(step.positions, copy)
    for i, step in enumerate(steps):
        assert not any(np.shares_memory(step.positions, other.positions) for other in steps[:i])


def test_done_rises_from_0_to_1(projection: Projection) -> None:
    seen = run(projection, DIGITS)
    assert all(isinstance(step, Progress | Step) for step in seen)
    done = [step.done for step in seen if step.done is not None]
    assert all(0 <= value <= 1 for value in done)
    assert done == sorted(done)


def test_it_may_be_dropped_at_any_yield(projection: Projection) -> None:
    n_yields = len(run(projection, DIGITS)) - 1
    for n_kept in sorted({1, 2, n_yields // 2, n_yields - 1}):
        work = projection.steps(Inputs(DIGITS), short(projection, n_dims=2), Control())
        last = None
        for _ in range(n_kept):
            step = next(work, None)
            last = step if isinstance(step, Step) else last
        work.close()
        assert last is None or holds_all(last)


def test_the_same_seed_gives_the_same_bits(projection: Projection) -> None:
    first, again = (run(projection, DIGITS, n_dims=3, seed=5)[-1] for _ in range(2))
    assert first.positions.tobytes() == again.positions.tobytes()


def test_it_goes_on_from_a_layout(projection: Projection) -> None:
    start = run(projection, DIGITS)[-1].positions
    seen = run(projection, DIGITS, start=start)
    first, last = steps_of(seen)[0], seen[-1]
    spread = np.linalg.norm(start - start.mean(axis=0), axis=1).mean()
    moved = np.linalg.norm(first.positions - start, axis=1).mean()
    assert moved < 0.5 * spread
    assert np.isfinite(last.positions).all()


def test_a_layout_to_go_on_from_is_not_written_to(projection: Projection) -> None:
    start = run(projection, DIGITS)[-1].positions.copy()
    start.setflags(write=False)
    before = start.copy()
    run(projection, DIGITS, start=start)
    np.testing.assert_array_equal(start, before)


@pytest.mark.parametrize("name", ["tsne", "umap", "tsne of a sample", "pca of a sample"])
@pytest.mark.parametrize(
    ("shape", "told"),
    [((240,), r"an array of shape \(240,\)"), ((239, 2), "239 in 2D"), ((240, 3), "240 in 3D")],
)
def test_a_layout_of_another_shape_is_refused_in_words(
    name: str, shape: tuple[int, ...], told: str
) -> None:
    with pytest.raises(InvalidChoice, match=f"must hold 240 points in 2D, got {told}."):
        run(CASES[name], DIGITS, start=np.zeros(shape, np.float32))


def test_labels_with_unknown_ones_do_no_harm(projection: Projection) -> None:
    labels = LABELS.copy()
    labels[::3] = -1
    assert np.isfinite(run(projection, DIGITS, labels=labels)[-1].positions).all()


def test_rows_with_gaps_take_no_part(projection: Projection) -> None:
    vectors = DIGITS.copy()
    vectors[3, 5], vectors[100], vectors[239, 0] = np.nan, np.nan, np.inf
    last = run(projection, vectors)[-1]
    gaps = np.flatnonzero(np.isnan(last.positions).any(axis=1))
    assert gaps.tolist() == [3, 100, 239]
    assert np.isnan(last.positions[gaps]).all()


@pytest.mark.parametrize("name", sorted(set(CASES) - {"raw"}))  # columns need no finite rows
def test_only_gaps_are_a_sentence(name: str) -> None:
    vectors = np.full((20, 4), np.nan, np.float32)
    with pytest.raises((NothingToShow, InvalidChoice), match=r"\w+ .+\.$"):
        run(CASES[name], vectors)


@pytest.mark.parametrize("n_dims", [2, 3])
@pytest.mark.parametrize("shape", [(2, 5), (3, 5), (5, 5), (3, 1), (40, 1), (40, 2), (5, 500)])
def test_few_rows_and_few_dims_have_a_layout_too(
    projection: Projection, shape: tuple[int, int], n_dims: int
) -> None:
    vectors = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    last = run(projection, vectors, n_dims=n_dims)[-1]
    assert last.positions.shape == (shape[0], n_dims)
    assert np.isfinite(last.positions).all()


def test_copies_of_rows_have_a_layout_too(projection: Projection) -> None:
    vectors = np.tile(DIGITS[:20], (6, 1))
    assert np.isfinite(run(projection, vectors)[-1].positions).all()


@pytest.mark.parametrize("name", PROJECTIONS)
def test_rows_that_are_all_the_same_have_a_layout_too(name: str) -> None:
    last = run(PROJECTIONS[name], np.ones((30, 4), np.float32))[-1]
    assert np.isfinite(last.positions).all()


def test_vectors_in_a_file_are_read_and_never_written_to(
    projection: Projection, tmp_path: Path
) -> None:
    np.save(tmp_path / "vectors.npy", DIGITS)
    before = (tmp_path / "vectors.npy").read_bytes()
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    in_memory = DIGITS.copy()
    last = run(projection, mapped)[-1]
    assert last.positions.tobytes() == run(projection, in_memory)[-1].positions.tobytes()
    np.testing.assert_array_equal(in_memory, DIGITS)
    assert (tmp_path / "vectors.npy").read_bytes() == before


def test_while_it_is_paused_no_step_is_made(projection: Projection) -> None:
    control = Control(is_paused=True)
    work = projection.steps(Inputs(DIGITS), short(projection, n_dims=2), control)
    shown: list[Step] = []
    for _ in range(400):
        step = next(work)
        if isinstance(step, Step):
            shown.append(step)
        if step.note == "Paused":
            break
    n_shown = len(shown)
    for _ in range(3):
        step = next(work)
        assert not isinstance(step, Step) or step is shown[-1]
    control.is_paused = False
    rest = [step for step in work if isinstance(step, Step)]
    assert rest
    assert rest[-1].done == 1.0
    assert n_shown <= 2  # at most the layout it starts from


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_a_million_points_are_told_to_take_more_than_ten_times_a_tenth_of_them(name: str) -> None:
    projection = PROJECTIONS[name]
    parameters = projection.parameters(n_dims=2)
    few, many = (projection.estimate(n, 64, parameters).seconds for n in (100_000, 1_000_000))
    assert 12 * few < many < 40 * few


def test_its_estimate_grows_with_rows_and_dims(projection: Projection) -> None:
    parameters = projection.parameters()
    sizes = [(100, 10), (10_000, 10), (10_000, 1000), (1_000_000, 1000)]
    estimates = [projection.estimate(n, d, parameters) for n, d in sizes]
    assert all(isinstance(estimate, Estimate) for estimate in estimates)
    for smaller, larger in itertools.pairwise(estimates):
        assert 0 < smaller.n_bytes <= larger.n_bytes
        assert 0 < smaller.seconds <= larger.seconds
    assert estimates[0].seconds < estimates[-1].seconds


def test_what_does_not_fit_is_refused_with_numbers(
    projection: Projection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projector.embeddings.memory._available_memory", lambda: 1 << 20)
    with pytest.raises(TooLarge, match=r"takes [\d.,]+ GB in memory, and [\d.,]+ GB of"):
        run(projection, DIGITS)


def test_work_that_is_finished_on_the_spot_gives_the_same(projection: Projection) -> None:
    parameters = short(projection, n_dims=2)
    found = finish(projection.steps(Inputs(DIGITS), parameters, Control()))
    assert found.positions.tobytes() == run(projection, DIGITS)[-1].positions.tobytes()
