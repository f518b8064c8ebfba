"""A choice goes into JSON and comes back equal; what can't be used is told and left out."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.colors import SCALES
from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.choice_json import WORDS, from_json, to_json
from projector.embeddings.edits import Edit
from projector.errors import InvalidChoice
from projector.neighbors import METRICS
from projector.selection import Isolation, NamedSelection, Selection

N = 500
text = st.text(max_size=12)
share = st.floats(0, 1)
selections = st.lists(st.integers(0, N - 1), max_size=40).map(Selection.of)
named = st.builds(NamedSelection, st.text(min_size=1).filter(str.strip), selections)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | text,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
choices = st.builds(
    EmbeddingChoice,
    run=text,
    name=text,
    copy=st.integers(0, 3),
    step=st.none() | st.integers(-(2**62), 2**62),
    projection=text,
    parameters=st.dictionaries(text, st.dictionaries(text, plain, max_size=3), max_size=3),
    second=st.none() | text,
    axes=st.tuples(*[st.integers(0, 9)] * 3),
    n_prepared=st.none() | st.integers(1, 512),
    color_by=st.none() | text,
    as_categories=st.none() | st.booleans(),
    color_scale=st.sampled_from(["linear", "log", "rank"]),
    color_range=st.none() | st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)),
    recolored=st.dictionaries(text, st.dictionaries(text, text, max_size=3), max_size=3),
    hidden_categories=st.lists(text, max_size=3).map(tuple),
    opacity=share,
    selected=st.none() | st.integers(0, N - 1),
    selection=selections,
    named=st.lists(named, max_size=3).map(tuple),
    isolation=st.builds(Isolation, st.none() | selections),
    edits=st.lists(
        st.builds(Edit, text.filter(str.strip), selections, st.none() | text), max_size=3
    ).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(choices)
def test_any_choice_comes_back_equal_through_the_text_of_json(choice):
    read = from_json(json.loads(json.dumps(to_json(choice), allow_nan=False)), N)
    assert read.choice == choice
    assert read.told == ()


def test_every_field_of_the_choice_is_written():
    names = {field.name for field in dataclasses.fields(EmbeddingChoice)}
    assert set(to_json(EmbeddingChoice())) == names


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("color_by", 3, "It must be a text"),
        ("is_flat", "yes", "true or false"),
        ("axes", [0, 1], "3 values, got 2"),
        ("axes", [0, 1, -1], "counted from 0"),
        ("opacity", 2, "between 0 and 1"),
        ("step", 1.5, "whole number"),
        ("step", 10**30, "whole number"),
        ("selected", -1, "between 0"),
        ("metric", "miles", "one of cosine"),
        ("selection", [[0, N]], f"row {N} of {N}"),
        ("selection", [[0, 10**15]], f"of {N}"),
        ("named", [{"rows": []}], "lacks a field"),
        ("edits", [7], "must be an object"),
        ("edits", [{"column": " ", "rows": [0], "value": "x"}], "A column needs a name"),
        ("recolored", [], "must be an object"),
        ("n_neighbors", 0, "between 1"),
        ("n_neighbors", 2**31, "between 1"),
        ("n_prepared", 2**31, "between 1"),
        ("structure", {"outliers": {"k": 2**31}}, "larger than 2,147,483,647"),
        ("structure", {"clusters": {"seed": -(10**400)}}, "larger than 2,147,483,647"),
        ("picture_size", 1e9, "between 0.01 and 100"),
        ("search", "x" * 200_000, "longer than"),
        ("hidden_categories", ["x"] * 200_000, "200,000 entries"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_and_the_usual_one_taken(name, value, told):
    read = from_json({name: value, "label_by": "word"}, N)
    assert getattr(read.choice, name) == getattr(EmbeddingChoice(), name)
    assert read.choice.label_by == "word"
    (sentence,) = read.told
    assert name in sentence
    assert told in sentence


def test_what_a_later_version_wrote_is_written_again():
    read = from_json({"run": "a", "smell": ["rose"]}, N)
    assert read.told == ()
    assert to_json(read.choice, read.unknown)["smell"] == ["rose"]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*to_json(EmbeddingChoice())]), plain, max_size=6))
def test_no_damage_stops_the_rest_from_being_read(damaged):
    read = from_json(json.loads(json.dumps(damaged)), N)
    assert len(read.told) <= len(damaged)


@pytest.mark.parametrize("value", [[], None, 3, "text"])
def test_what_is_no_object_is_refused_in_words(value):
    with pytest.raises(InvalidChoice, match="no JSON object"):
        from_json(value, N)


@pytest.mark.parametrize("depth", [30, 900])
def test_parameters_nested_too_deeply_are_left_out(depth):
    nested: object = 1
    for _ in range(depth):
        nested = [nested]
    read = from_json({"parameters": {"pca": {"x": nested}}}, N)
    assert read.choice.parameters == {}
    assert "nested deeper" in read.told[0]


def test_the_words_are_those_of_the_scales_and_distances_there_are():
    assert WORDS["color_scale"] == tuple(SCALES)
    assert WORDS["metric"] == METRICS
