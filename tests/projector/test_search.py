"""A search finds all rows and none besides; what is no search is told in one sentence."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest

from projector.errors import InvalidChoice
from projector.progress import finish
from projector.search import TextQuery, find_text, find_where, matches

DAYS = [datetime.date(2024, 3, day) for day in (1, 2, 3)]


def table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "label": ["7", "8", None],
            "count": [50, 150, 250],
            "weight": [0.5, float("nan"), None],
            "Full name": ["Ada (Lovelace)", "Émile", "x+y"],
            "day": DAYS,
            "good": [True, False, None],
            "parts": [["a"], ["b", "c"], None],
        }
    )


def found(condition: str) -> list[int]:
    return finish(find_where(table(), condition)).rows.tolist()


def holding(text: str, **choice: object) -> list[int]:
    query = TextQuery(text, **choice)  # type: ignore[arg-type]
    return finish(find_text(table(), query)).rows.tolist()


def test_a_text_is_found_in_any_column_and_case() -> None:
    assert holding("LOVE") == [0]
    assert holding("50") == [0, 1, 2]
    assert holding("émile") == holding("ÉMILE") == [1]
    assert holding("b", columns=("parts",)) == [1]
    assert holding("") == []


def test_signs_of_regular_expressions_are_plain_text_unless_asked_for() -> None:
    assert holding("x+y") == [2]
    assert holding("(") == [0]
    assert holding("^(7|8)$", is_regex=True) == [0, 1]
    assert holding("^ada", is_regex=True) == [0]
    assert holding("^ada", is_regex=True, matches_case=True) == []


def test_each_row_tells_the_first_column_that_matched() -> None:
    result = finish(find_text(table(), TextQuery("5", ("label", "count", "weight"))))
    assert [result.columns[place] for place in result.first_column] == ["count", "count", "count"]
    result = finish(find_text(table(), TextQuery("7")))
    assert [result.columns[place] for place in result.first_column] == ["label"]


def test_a_long_table_is_searched_to_its_last_row() -> None:
    names = pl.DataFrame({"name": np.arange(200_000).astype(str)})
    expected = [i for i in range(200_000) if "9999" in str(i)]
    assert finish(find_text(names, TextQuery("9999"))).rows.tolist() == expected
    assert finish(find_where(names, "name LIKE '%9999%'")).rows.tolist() == expected
    assert finish(find_where(names, "row >= 199998")).rows.tolist() == [199_998, 199_999]


@pytest.mark.parametrize("pattern", ["(", "a{2", "[z-a]", "\\1", "(a{1000}){1000}"])
def test_a_bad_regular_expression_is_one_sentence(pattern: str) -> None:
    with pytest.raises(InvalidChoice, match=r"^This is no regular expression: [^\n]*\.$"):
        holding(pattern, is_regex=True)


def test_an_unknown_column_is_told_with_those_that_were_meant() -> None:
    with pytest.raises(InvalidChoice, match="did you mean count"):
        holding("x", columns=("cuont",))
    with pytest.raises(InvalidChoice, match="did you mean Full name"):
        found("full_name = 'x'")
    with pytest.raises(InvalidChoice, match="There are: label, count"):
        found("zzz > 1")


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("label = '7' and count > 100", []),
        ("label = '8' and count > 100", [1]),
        ("LABEL = '7' OR Count >= 250", [0, 2]),
        ("\"Full name\" LIKE 'Ada%'", [0]),
        ("label IN ('7', '9')", [0]),
        ("label IS NULL", [2]),
        ("NOT count BETWEEN 100 AND 200", [0, 2]),
        ("count % 100 = 50 AND (count / 50 = 1 OR count = 250)", [0, 2]),
        ("CASE WHEN count > 100 THEN label = '8' ELSE FALSE END", [1]),
        ("lower(\"Full name\") = 'émile'", [1]),
        ("\"Full name\" REGEXP '^x'", [2]),
        ("good", [0]),
        ("row = 1", [1]),
        ("1 = 1", [0, 1, 2]),
        ("1 = 0", []),
        ("count > -1e3", [0, 1, 2]),
        ("parts LIKE '%b%'", [1]),
        ("\"Full name\" = 'it''s'", []),
        ("label = '--'", []),
    ],
)
def test_a_condition_finds_its_rows(condition: str, rows: list[int]) -> None:
    assert found(condition) == rows


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("count = '50'", [0]),
        ("'50' = count", [0]),
        ("count in ('50', '250')", [0, 2]),
        ("count between '100' and '200'", [1]),
        ("count = 'many'", []),
        ("count LIKE '5%'", [0]),
        ("label = 7", [0]),
        ("label <> 7", [1]),
        ("label in (7, 9)", [0]),
        ("label > 7", [1]),
        ("label > -1", [0, 1]),
        ("label = -7", []),
        ("label not in (7)", [1]),
        ("good = 'true'", [0]),
        ("good = 0", [1]),
        ("day > '2024-03-01'", [1, 2]),
        ("day = '2024-03-02'", [1]),
        ("weight > 0", [0]),
        ("weight is null", [1, 2]),
        ("abs(count) = 50 and label = 7", [0]),
    ],
)
def test_what_is_meant_is_compared(condition: str, rows: list[int]) -> None:
    assert found(condition) == rows


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "SELECT * FROM self",
        "count IN (SELECT count FROM self)",
        "count > (SELECT 1)",
        "EXISTS (SELECT 1)",
        "read_csv('/etc/passwd')",
        "read_parquet('x.parquet') = 1",
        "count > 1 UNION SELECT 1",
        "count > 1; DROP TABLE self",
        "count > 1 -- more",
        "count > 1 /* more */",
        "count > 1 label",
        'count > 1 "label"',
        "count > 1 garbage",
        "count > 1 ORDER BY count",
        "count > avg(count)",
        "other.count > 1",
        "count > 1 FROM other",
        "(count > 1",
        "count > 1)",
        ")count > 1(",
        "label = 'open",
        'label = "7"',
        "count + 1",
        "count >",
        "label REGEXP '('",
        "NULL",
        "(" * 1000 + "1" + ")" * 1000,
        "NOT " * 900 + "good",
        "count = 1" + " OR count = 1" * 1000,
        "repeat(label, 1000000000) = 'x'",
        "label + 1 > ';",
    ],
)
def test_what_is_no_condition_on_this_table_is_refused_in_a_sentence(condition: str) -> None:
    with pytest.raises(InvalidChoice, match=r"^[A-Z][^\n]*[.?]$"):
        found(condition)


def test_a_text_in_double_quotes_is_explained() -> None:
    with pytest.raises(InvalidChoice, match="stands in single quotes, as in '7'"):
        found('label = "7"')


def test_an_empty_table_has_no_rows_to_find() -> None:
    empty = table().clear()
    assert finish(find_text(empty, TextQuery("a"))).rows.tolist() == []
    assert finish(find_where(empty, "count > 1")).rows.tolist() == []
    assert finish(find_where(pl.DataFrame(), "1 = 1")).rows.tolist() == []


def test_a_search_can_be_given_up() -> None:
    work = find_text(pl.DataFrame({"a": ["x"] * 100_000}), TextQuery("x"))
    next(work)
    work.close()


def test_names_are_found_as_text_or_pattern() -> None:
    assert matches("a.c", "abc")
    assert matches("A.C", "x a.c")
    assert not matches("(", "abc")
