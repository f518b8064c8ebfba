"""A graph is found once for all who ask for it."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from projector.arrays import FloatArray
from projector.errors import InvalidChoice
from projector.kept import KeptResults
from projector.neighbor_graph import NeighborCache, find, find_neighbors
from projector.progress import finish


def some_vectors(n: int = 200) -> FloatArray:
    return np.random.default_rng(0).normal(size=(n, 5)).astype(np.float32)


def test_a_larger_graph_serves_where_fewer_neighbors_are_wanted() -> None:
    cache, vectors = NeighborCache(), some_vectors()
    finish(cache.find(vectors, 20))
    work = cache.find(vectors, 7)
    with pytest.raises(StopIteration) as stop:
        next(work)  # no step: it is here at once
    wanted = finish(find_neighbors(vectors, 7))
    assert (stop.value.value.ids == wanted.ids).all()
    assert (stop.value.value.distances == wanted.distances).all()


def test_a_smaller_graph_does_not_serve() -> None:
    cache, vectors = NeighborCache(), some_vectors()
    finish(cache.find(vectors, 7))
    assert cache.known(vectors, 20) is None
    assert finish(cache.find(vectors, 20)).k == 20


def test_what_is_not_the_same_array_or_distance_is_not_served() -> None:
    cache, vectors = NeighborCache(), some_vectors()
    finish(cache.find(vectors, 20))
    assert cache.known(vectors, 5, "cosine") is None
    assert cache.known(vectors.copy(), 5) is None
    assert cache.known(vectors, 5) is not None


def test_all_neighbors_serve_whoever_wants_more() -> None:
    cache, vectors = NeighborCache(), some_vectors(10)
    finish(cache.find(vectors, 50))
    known = cache.known(vectors, 99)
    assert known is not None
    assert known.k == 9


def test_the_seed_matters_only_where_the_search_is_approximate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache, vectors = NeighborCache(), some_vectors()
    finish(cache.find(vectors, 5, seed=1))
    assert cache.known(vectors, 5, seed=2) is not None
    monkeypatch.setattr(find, "EXACT_ROWS", 100)
    assert cache.known(vectors, 5, seed=1) is None


def test_graphs_go_with_their_vectors() -> None:
    cache, vectors = NeighborCache(), some_vectors()
    finish(cache.find(vectors, 5))
    del vectors
    gc.collect()
    others = some_vectors(50)
    finish(cache.find(others, 5))
    assert cache.n_bytes == 50 * 5 * 8


def test_the_graph_unused_for_longest_goes_first() -> None:
    one_graph = 200 * 5 * 8
    cache, arrays = NeighborCache(2 * one_graph), [some_vectors() for _ in range(3)]
    finish(cache.find(arrays[0], 5))
    finish(cache.find(arrays[1], 5))
    finish(cache.find(arrays[0], 5))
    finish(cache.find(arrays[2], 5))
    assert cache.n_bytes == 2 * one_graph
    assert [cache.known(vectors, 5) is not None for vectors in arrays] == [True, False, True]


def test_the_newest_stays_even_if_it_is_too_large() -> None:
    cache, vectors = NeighborCache(10), some_vectors()
    finish(cache.find(vectors, 5))
    assert cache.known(vectors, 5) is not None
    cache.clear()
    assert cache.known(vectors, 5) is None


def test_a_wrong_choice_leaves_the_cache_as_it_was() -> None:
    cache, vectors = NeighborCache(), some_vectors()
    finish(cache.find(vectors, 5))
    with pytest.raises(InvalidChoice):
        finish(cache.find(vectors, 0))
    assert cache.known(vectors, 5) is not None


def test_work_left_half_way_keeps_nothing() -> None:
    cache, vectors = NeighborCache(), some_vectors()
    work = cache.find(vectors, 5)
    next(work)
    work.close()
    assert cache.n_bytes == 0


def test_an_array_is_known_by_its_identity_not_by_its_place() -> None:
    kept: KeptResults[str] = KeptResults(100)
    array = some_vectors()
    kept.keep(array, "a", "result", 10)
    assert kept.find(array, "a") == "result"
    assert kept.find(array, "b") is None
    assert kept.find(array[:], "a") is None
