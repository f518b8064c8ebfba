"""A class is named where it is densest, never beside a stray row of it."""

from __future__ import annotations

import numpy as np
import polars as pl

from projector.labels import typical_rows
from projector.progress import finish


def two_groups():
    """A hundred rows of a at 0, fifty of b at 10, and one b that strayed amid the a's."""
    rng = np.random.default_rng(0)
    positions = rng.normal(scale=0.5, size=(151, 3)).astype(np.float32)
    positions[100:150, 0] += 10
    return positions, pl.Series("label", ["a"] * 100 + ["b"] * 51)


def test_each_class_is_named_amid_its_own_rows_the_largest_first():
    positions, labels = two_groups()
    first, second = finish(typical_rows(positions, labels)).tolist()
    assert labels[first] == "a"
    assert 100 <= second < 150


def test_names_that_no_row_shares_have_no_typical_row():
    positions, _ = two_groups()
    words = pl.Series("word", [f"w{i}" for i in range(151)])
    assert len(finish(typical_rows(positions, words))) == 0


def test_rows_without_a_place_or_a_value_stand_for_nothing():
    positions, labels = two_groups()
    positions[:100] = np.nan
    labels = labels.scatter(range(120, 151), None)
    found = finish(typical_rows(positions, labels)).tolist()
    assert len(found) == 1
    assert 100 <= found[0] < 120


def test_without_a_column_or_with_another_number_of_rows_there_are_none():
    positions, labels = two_groups()
    assert len(finish(typical_rows(positions, None))) == 0
    assert len(finish(typical_rows(positions, labels.head(3)))) == 0
