"""Sequences: every step that the column names is drawn once, whatever else it holds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.progress import finish
from projector.sequences import read_sequences, sequence_column


def read(values, name="__seq_next__"):
    return finish(read_sequences(pl.DataFrame({name: values})))


def lines(values):
    found = read(values)
    return [found.line(i).tolist() for i in range(len(found))]


def test_a_chain_is_one_line():
    assert lines([1, 2, 3, None]) == [[0, 1, 2, 3]]
    assert lines([None, 0, 1, 2]) == [[3, 2, 1, 0]]


def test_several_chains_are_several_lines():
    assert lines(["2", "", "4", "1", None]) == [[0, 2, 4], [3, 1]]


def test_a_circle_is_closed():
    assert lines([1, 2, 0]) == [[0, 1, 2, 0]]


def test_lines_that_meet_share_what_follows_once():
    assert lines([2, 2, 3, None]) == [[0, 2, 3], [1, 2]]


def test_a_line_that_runs_into_a_circle_ends_in_it():
    assert lines([1, 2, 3, 1]) == [[0, 1, 2, 3, 1]]


@given(st.lists(st.none() | st.integers(-2, 14), min_size=1, max_size=12))
def test_every_step_is_in_exactly_one_line(values):
    n = len(values)
    steps = [(i, v) for i, v in enumerate(values) if v is not None and 0 <= v < n and v != i]
    found = read(values)
    drawn = [] if found is None else [tuple(pair) for pair in found.pairs.tolist()]
    assert Counter(drawn) == Counter(steps)


def test_texts_and_fractions_are_read_as_numbers():
    assert lines([" 1 ", "2.0", ""]) == [[0, 1, 2]]
    assert lines([1.0, 2.0, float("nan")]) == [[0, 1, 2]]


@pytest.mark.parametrize("bad", ["7", "-1", "one", "0.5", "0", "1e99", "inf"])
def test_what_is_no_other_row_is_told_and_the_rest_is_drawn(bad):
    found = read([bad, "2", ""])
    assert found.line(0).tolist() == [1, 2]
    assert f"row 0, no other row is named: '{bad}'" in found.trouble


def test_trouble_counts_the_rows():
    assert "3 rows, such as row 0" in read([9, 9, 9]).trouble


def test_no_column_or_an_empty_one_means_no_lines():
    assert finish(read_sequences(None)) is None
    assert read([1, 0], name="other") is None
    assert read([None, None]) is None
    assert read([]) is None


def test_the_newer_name_of_the_column_wins():
    assert sequence_column(pl.DataFrame({"__next__": [1], "__seq_next__": [2]})) == "__seq_next__"
    assert sequence_column(pl.DataFrame({"__next__": [1]})) == "__next__"


def test_lists_are_no_rows():
    assert "no row numbers" in read([[1], [0]]).trouble


def test_pairs_of_many_lines_never_join_two_lines():
    values = np.arange(1, 1001).astype(object)
    values[99::100] = None
    found = read(values.tolist())
    assert len(found) == 10
    assert len(found.pairs) == 990
    assert (found.pairs[:, 1] == found.pairs[:, 0] + 1).all()
