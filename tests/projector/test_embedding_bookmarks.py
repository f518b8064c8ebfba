"""Bookmarks of TensorBoard's projector: read, written back, and held against the data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.embeddings.bookmark_state import KEYS, Bookmarks, State, why_unfit
from projector.embeddings.bookmarks import parse_bookmarks, read_bookmarks, write_bookmarks
from projector.errors import NotFound, ProjectorError, Unreadable
from projector.progress import finish
from tests.conftest import SHARED

HERE = Path("b.json")
FILES = [
    "fixtures/standalone_bookmarks/tsne_first_points_bookmarks.txt",
    "fixtures/standalone_bookmarks/word2vec_full_bookmarks.txt",
    "data/embedding_projector_demo/bnmt_enjako_interlingua_10k_1024_bookmarks.txt",
    "data/embedding_projector_demo/word2vec_full_bookmarks.txt",
]


def parse(value: Any) -> Bookmarks:
    return finish(parse_bookmarks(json.dumps(value).encode(), HERE))


def real(name: str) -> Path:
    if not (SHARED / name).is_file():
        pytest.skip("the bookmarks of the demo are not beside this checkout")
    return SHARED / name


@pytest.mark.parametrize("name", FILES)
def test_what_was_read_is_written_back_equal(tmp_path: Path, name: str) -> None:
    found = finish(read_bookmarks(real(name)))
    write_bookmarks(found.states, tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(real(name).read_text())
    assert found.problems == ()


@pytest.mark.parametrize("name", ["tsne_first_points", "word2vec_full"])
def test_states_hold_what_the_manifest_lists(fixtures: Path, name: str) -> None:
    folders = json.loads((fixtures / "MANIFEST.json").read_text())["folders"]
    (listed,) = folders["standalone_bookmarks"]["bookmark_files"][f"{name}_bookmarks.txt"]
    path = fixtures / "standalone_bookmarks" / f"{name}_bookmarks.txt"
    (state,) = finish(read_bookmarks(path)).states
    assert state.label == listed["label"]
    assert state.projection == listed["projection"]
    assert state.dimensions is not None
    assert state.dimensions.tolist() == listed["dims"]
    assert state.projections is not None
    first = {key: column[0] for key, column in state.projections.items()}
    assert first == listed["first_projection"]
    assert {len(column) for column in state.projections.values()} == {listed["projections"]}
    assert state.camera is not None
    assert list(state.camera.position) == listed["camera"]["position"]
    assert state.camera.is_flat == listed["camera"]["orthographic"]


def test_fields_of_a_newer_page_are_kept(tmp_path: Path) -> None:
    value = [{"label": "a", "filteredPoints": None, "newField": {"deep": [1, None]}}]
    write_bookmarks(parse(value).states, tmp_path / "b.json")
    assert json.loads((tmp_path / "b.json").read_text()) == value


def test_no_number_is_null() -> None:
    value = [{"projections": [{"pca-0": 1.5}, {"pca-0": None}, {"pca-0": "x"}]}]
    (state,) = parse(value).states
    assert state.projections is not None
    np.testing.assert_array_equal(state.projections["pca-0"], [1.5, np.nan, np.nan])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("label", 5, "text"),
        ("isSelected", "yes", "true or false"),
        ("tSNEIteration", 1.5, "whole"),
        ("tSNEPerplexity", "many", "number"),
        ("umapNeighbors", 1e400, "number"),
        ("selectedPoints", [1, "x"], "whole number"),
        ("selectedPoints", {"a": 1}, "array"),
        ("selectedPoints", [1, True], "whole"),
        ("filteredPoints", [1, 1.5], "whole"),
        ("filteredPoints", [1, 1e400], "whole"),
        ("filteredPoints", [1, -(2**63)], "whole"),
        ("filteredPoints", [1.0, 10**400], "whole"),
        ("projections", [1, 2], "object"),
        ("cameraDef", [1], "object"),
        ("cameraDef", {"position": [1, 2]}, "three numbers"),
    ],
)
def test_a_field_that_makes_no_sense_costs_only_itself(key: str, value: Any, words: str) -> None:
    found = parse([{"selectedLabelOption": "word", key: value}])
    assert found.states[0].label_by == "word"
    assert getattr(found.states[0], KEYS[key]) is None
    assert key in found.problems[0].what
    assert words in found.problems[0].what


@pytest.mark.parametrize("text", ["", "{", "5", "nonsense", '"text"', "[" * 100_000])
def test_what_holds_no_states_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match=r"b\.json holds no bookmarks"):
        finish(parse_bookmarks(text.encode(), HERE))


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        finish(read_bookmarks(tmp_path / "b.json"))


def test_whole_numbers_may_be_written_with_a_point() -> None:
    (state,) = parse([{"filteredPoints": [3, 2.0, -(2**53)], "selectedPoints": []}]).states
    assert state.filtered is not None
    assert state.filtered.tolist() == [3, 2, -(2**53)]
    assert state.selected is not None
    assert state.selected.dtype == np.int64


def test_a_file_of_more_than_64_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "b.json").open("wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(Unreadable, match="larger than 64 MB"):
        finish(read_bookmarks(tmp_path / "b.json"))


def test_countless_states_are_not_all_read() -> None:
    found = parse([{}] * 2000)
    assert len(found.states) == 1000
    assert "2,000" in found.problems[-1].what


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"dataSetDimensions": [10, 3]}, ""),
        ({"dataSetDimensions": [10, 99]}, ""),
        ({"dataSetDimensions": [11, 3]}, "11 × 3"),
        ({"dataSetDimensions": [2, 3], "filteredPoints": [4, 7]}, ""),
        ({"filteredPoints": [4, 10]}, "number 10; there are 10"),
        ({"projections": [{"pca-0": 1}] * 9}, "positions of 9"),
        ({"projections": [{"pca-0": 1}] * 2, "filteredPoints": [0, 1]}, ""),
        ({"selectedPoints": [2], "filteredPoints": [8, 9]}, "names point 2 of 2"),
        ({"selectedPoints": [-1]}, "names point"),
    ],
)
def test_a_state_of_other_data_says_so(value: dict[str, Any], words: str) -> None:
    (state,) = parse([{"label": "mine", **value}]).states
    why = why_unfit(state, 10, 3)
    assert words in why
    assert bool(why) == bool(words)
    assert not why or "'mine'" in why


def test_an_empty_state_has_nothing() -> None:
    assert parse([{}]).states[0].projections is None
    assert why_unfit(State(), 1, 1) == ""


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(KEYS)), _VALUES, max_size=5))
def test_any_values_are_read_or_left_out(state: dict[str, Any]) -> None:
    found = parse([state])
    assert len(found.states) == 1
    why_unfit(found.states[0], 5, 2)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = finish(parse_bookmarks(data, HERE))
    except ProjectorError:
        return
    assert isinstance(found, Bookmarks)
