"""What projections of the same vectors share is made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from projector.arrays import FloatArray
from projector.errors import InvalidChoice
from projector.neighbor_graph import find, find_neighbors
from projector.progress import Progress, finish
from projector.projections import PROJECTIONS
from projector.projections.components import PcaParameters
from projector.projections.contract import Control, Inputs
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared
from projector.projections.step import Step
from projector.projections.tsne import TsneParameters
from projector.projections.umap import UmapParameters

DIGITS: FloatArray = load_digits().data[:600].astype(np.float32)
TO_TEN = Preparation(n_components=10)
SHORT = {"tsne": TsneParameters(n_iterations=2), "umap": UmapParameters(n_epochs=2)}


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many neighbors each real search looked for."""
    return counted(monkeypatch, "projector.neighbor_graph.cache.find_neighbors")


@pytest.fixture
def reductions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """To how many components vectors were really reduced."""
    return counted(monkeypatch, "projector.projections.prepare.fit_pca")


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    import importlib

    module = importlib.import_module(name.rpartition(".")[0])
    real, calls = getattr(module, name.rpartition(".")[2]), []

    def noted(vectors: FloatArray, k: int, *rest: Any, **more: Any) -> Any:
        calls.append(k)
        return real(vectors, k, *rest, **more)

    monkeypatch.setattr(name, noted)
    return calls


def inputs(shared: Shared, parameters: Any, preparation: Preparation = TO_TEN) -> Inputs:
    return finish(shared.inputs_work(DIGITS, preparation, parameters, Control()))


def steps(shared: Shared, name: str, **more: Any) -> Iterator[Any]:
    parameters = more.pop("parameters", SHORT[name])
    return shared.steps_work(PROJECTIONS[name], DIGITS, TO_TEN, parameters, Control(), **more)


def test_another_perplexity_and_umap_after_tsne_find_everything_there(
    searches: list[int], reductions: list[int]
) -> None:
    shared = Shared()
    inputs(shared, TsneParameters(perplexity=30.0))
    inputs(shared, TsneParameters(perplexity=12.0))
    inputs(shared, UmapParameters(n_neighbors=40))
    inputs(shared, TsneParameters(perplexity=30.0, seed=7))
    assert len(searches) == len(reductions) == 1


def test_tsne_after_umap_finds_neighbors_enough(searches: list[int]) -> None:
    shared = Shared()
    inputs(shared, UmapParameters())
    inputs(shared, TsneParameters())
    assert len(searches) == 1


def test_what_is_really_new_is_found(searches: list[int], reductions: list[int]) -> None:
    shared = Shared()
    inputs(shared, TsneParameters())
    inputs(shared, TsneParameters(metric="cosine"))
    inputs(shared, TsneParameters(perplexity=90.0))
    inputs(shared, TsneParameters(), Preparation(n_components=12))
    assert searches == [96, 96, 288, 96]
    assert reductions == [10, 12]


def test_whole_projections_share_too(searches: list[int]) -> None:
    shared = Shared()
    for name in ("tsne", "umap", "tsne"):
        finish(steps(shared, name))
    assert len(searches) == 1


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_what_is_shared_changes_no_position(name: str) -> None:
    shared = Shared()
    inputs(shared, TsneParameters(perplexity=150.0))
    prepared = finish(shared.prepared_work(DIGITS, TO_TEN)).vectors
    alone = finish(PROJECTIONS[name].steps(Inputs(prepared), SHORT[name], Control()))
    np.testing.assert_array_equal(finish(steps(shared, name)).positions, alone.positions)


def test_an_approximate_graph_does_not_depend_on_what_was_asked_for_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(find, "EXACT_ROWS", 100)
    shared = Shared()
    finish(shared.graph_work(DIGITS, k=200))
    graph = finish(shared.graph_work(DIGITS, k=14))
    np.testing.assert_array_equal(graph.ids, finish(find_neighbors(DIGITS, 14)).ids)
    np.testing.assert_array_equal(graph.ids, finish(find_neighbors(DIGITS, 90)).ids[:, :14])


def test_principal_components_are_shown_before_neighbors_are_found(searches: list[int]) -> None:
    shared = Shared()
    first = next(step for step in steps(shared, "umap") if isinstance(step, Step))
    assert searches == []
    prepared = finish(shared.prepared_work(DIGITS, TO_TEN)).vectors
    np.testing.assert_array_equal(first.positions, prepared[:, :3])


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_the_progress_never_falls_from_the_search_to_the_layout(name: str) -> None:
    done = [step.done for step in steps(Shared(), name) if step.done is not None]
    assert done == sorted(done)
    assert len(set(done)) > 5


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_the_components_that_are_shown_are_the_ones_it_starts_from(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = counted(monkeypatch, "projector.projections.shared.fit_pca")
    again = counted(monkeypatch, "projector.projections.pca.fit_pca")
    parameters = replace(SHORT[name], start="pca")
    given = (PROJECTIONS[name], DIGITS, Preparation(), parameters, Control())
    shared = Shared()
    last = finish(shared.steps_work(*given))
    finish(shared.steps_work(*given))
    assert found == [3]
    assert again == []
    alone = finish(PROJECTIONS[name].steps(Inputs(DIGITS), parameters, Control()))
    np.testing.assert_array_equal(last.positions, alone.positions)


def test_a_layout_to_go_on_from_is_shown_instead() -> None:
    start = np.random.default_rng(0).normal(size=(len(DIGITS), 3)).astype(np.float32)
    shown = [s for s in steps(Shared(), "umap", start=start) if isinstance(s, Step)]
    np.testing.assert_array_equal(shown[0].positions, start)


def test_two_jobs_that_want_the_same_wait_for_one_another(searches: list[int]) -> None:
    shared = Shared()
    finish(shared.prepared_work(DIGITS, TO_TEN))
    first, second = (shared.graph_work(DIGITS, TO_TEN, 14) for _ in range(2))
    next(first)
    told = next(second)
    assert isinstance(told, Progress)
    assert "another job" in told.note
    assert finish(first).k == finish(second).k == 14
    assert len(searches) == 1


def test_work_left_half_way_is_done_by_who_waited(searches: list[int]) -> None:
    shared = Shared()
    finish(shared.prepared_work(DIGITS, TO_TEN))
    first, second = (shared.graph_work(DIGITS, TO_TEN, 14) for _ in range(2))
    next(first)
    next(second)
    first.close()
    assert finish(second).k == 14
    assert len(searches) == 2


def test_what_is_known_comes_without_work() -> None:
    shared = Shared()
    assert shared.known_graph(DIGITS, TO_TEN, 14) is None
    finish(shared.graph_work(DIGITS, TO_TEN, 14))
    known = shared.known_graph(DIGITS, TO_TEN, 20)
    assert known is not None
    assert known.k == 20
    assert list(shared.graph_work(DIGITS, TO_TEN, 30)) == []
    shared.clear()
    assert shared.known_graph(DIGITS, TO_TEN, 14) is None


def test_projections_without_neighbors_search_for_none(searches: list[int]) -> None:
    assert inputs(Shared(), PcaParameters()).graph is None
    assert searches == []


@pytest.mark.parametrize("name", ["tsne", "umap"])
@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_points_are_laid_out(name: str, n: int) -> None:
    work = Shared().steps_work(PROJECTIONS[name], DIGITS[:n], Preparation(), SHORT[name], Control())
    assert finish(work).positions.shape == (n, 3)


def test_a_single_finite_row_is_laid_out() -> None:
    vectors = DIGITS[:5].copy()
    vectors[1:] = np.nan
    work = Shared().steps_work(
        PROJECTIONS["umap"], vectors, Preparation(), SHORT["umap"], Control()
    )
    assert np.isfinite(finish(work).positions).all(axis=1).tolist() == [True] + [False] * 4


def test_a_perplexity_too_high_is_a_sentence() -> None:
    with pytest.raises(InvalidChoice, match="perplexity must be at most"):
        inputs(Shared(), TsneParameters(perplexity=500.0))


def test_while_paused_inputs_wait() -> None:
    control = Control(is_paused=True)
    work = Shared().inputs_work(DIGITS, TO_TEN, SHORT["umap"], control)
    assert any(told.note == "Paused" for told in work if stop_pausing(control, told))


def stop_pausing(control: Control, told: Progress) -> bool:
    control.is_paused = control.is_paused and told.note != "Paused"
    return True
