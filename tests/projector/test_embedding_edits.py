"""What a user writes into the metadata, held to the same done with plain lists."""

from __future__ import annotations

import datetime
from collections import Counter

import numpy as np
import polars as pl
import pytest

from projector.embeddings.edits import Edit, apply_edits
from projector.embeddings.shares import count_shares, rows_like, rows_of
from projector.errors import InvalidChoice
from projector.progress import finish
from projector.selection import NOTHING, Selection


def edited(table, *edits):
    n = 4 if table is None else len(table)
    return finish(apply_edits(table, n, edits))


def column_of(values, *edits, name="a"):
    return edited(pl.DataFrame({name: values}), *edits).table[name].to_list()


def write(value, *rows, column="a"):
    return Edit(column, Selection.of(rows), value)


@pytest.mark.parametrize(
    ("values", "value", "wanted"),
    [
        (["x", "y", "z"], "new", ["x", "new", "z"]),
        ([1, 2, 3], "20", [1, 20, 3]),
        ([1.5, 2.5, 3.5], "20", [1.5, 20.0, 3.5]),
        ([True, False, True], "true", [True, True, True]),
        ([1, 2, 3], "2.5", [1.0, 2.5, 3.0]),
        ([1, 2, 3], "two", ["1", "two", "3"]),
        ([1, 2, 3], "007", [1, 7, 3]),
        ([True, False, True], "maybe", ["true", "maybe", "true"]),
        (["x", None, "z"], None, ["x", None, "z"]),
        ([1, 2, 3], None, [1, None, 3]),
        ([None, None, None], "7", [None, 7, None]),
        (
            [datetime.date(2024, 1, day) for day in (1, 2, 3)],
            "2025-06-07",
            [datetime.date(2024, 1, 1), datetime.date(2025, 6, 7), datetime.date(2024, 1, 3)],
        ),
        ([[1], [2], [3]], "x", ["[1]", "x", "[3]"]),
    ],
)
def test_a_value_is_read_as_what_the_column_holds(values, value, wanted):
    assert column_of(values, write(value, 1)) == wanted


def test_a_column_that_changes_its_type_says_so():
    result = edited(pl.DataFrame({"count": [1, 2]}), write("many", 0, column="count"))
    (note,) = result.notes
    assert note == "The column count became text, as 'many' is not of the type it had."
    assert edited(pl.DataFrame({"a": [1]}), write("2", 0)).notes == ()


def test_a_new_name_adds_a_column_that_is_empty_elsewhere():
    table = edited(pl.DataFrame({"a": [1, 2, 3]}), write("7", 2, column="mine")).table
    assert table.columns == ["a", "mine"]
    assert table["mine"].to_list() == [None, None, 7]
    assert table["mine"].dtype == pl.Int64


def test_an_embedding_without_metadata_gets_a_table():
    assert edited(None, write("x", 0, 3)).table.to_dicts()[3] == {"a": "x"}
    assert edited(None, Edit("a", NOTHING, None)).table.shape == (4, 1)
    assert edited(None).table is None


def test_the_table_itself_stays_as_it_is_and_later_edits_win():
    table = pl.DataFrame({"a": ["x", "y"]})
    assert edited(table, write("1st", 0, 1), write("2nd", 1)).table["a"].to_list() == ["1st", "2nd"]
    assert table["a"].to_list() == ["x", "y"]


def test_rows_that_are_not_there_are_left_out():
    assert column_of(["x"], write("y", 0, 5)) == ["y"]


def test_a_column_needs_a_name():
    with pytest.raises(InvalidChoice, match="needs a name"):
        edited(None, write("x", 0, column=" "))


def test_shares_are_those_of_a_plain_count():
    rng = np.random.default_rng(0)
    values = [("red", "green", "blue", None)[i] for i in rng.integers(0, 4, 500)]
    rows = rng.choice(500, 60, replace=False)
    column = pl.Series("color", values)
    counted = finish(count_shares(column, Selection(rows)))
    inside, whole = Counter(values[row] for row in rows), Counter(values)
    got = {None if s.is_missing else s.text: (s.n_selected, s.n_all) for s in counted.shares}
    assert got == {value: (inside[value], whole[value]) for value in inside}
    numbers = [share.n_selected for share in counted.shares]
    assert numbers == sorted(numbers, reverse=True)


def test_numbers_are_counted_by_range_and_every_row_is_in_one():
    values = np.random.default_rng(1).normal(size=1000)
    values[3] = np.nan
    column, selection = pl.Series("x", values), Selection(np.arange(500))
    counted = finish(count_shares(column, selection))
    assert sum(share.n_selected for share in counted.shares) == 499
    found = [rows_of(column, share) for share in counted.shares]
    assert [len(rows) for rows in found] == [share.n_all for share in counted.shares]


@pytest.mark.parametrize(
    ("values", "row", "wanted"),
    [
        (["a", "b", "a"], 2, [0, 2]),
        ([1.5, 2.5, 1.5], 0, [0, 2]),
        ([1, None, None], 1, [1, 2]),
        ([[1], [2], [1]], 0, [0, 2]),
    ],
)
def test_rows_of_the_same_value_are_found(values, row, wanted):
    assert rows_like(pl.Series("x", values), row).tolist() == wanted
