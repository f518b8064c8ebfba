"""A condition in SQL, word by word; what no condition on one table needs is refused here.

Only words listed here and names of columns come through, so nothing in a condition can name a
file, a table or a query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from projector.errors import InvalidChoice
from projector.search.rows import nearest_names, no_such_column

LONGEST = 4000
_MOST_PARENTHESES = 40

Kind = Literal["column", "text", "number", "sign", "word"]

KEYWORDS = frozenset(
    [
        "AND",
        "OR",
        "NOT",
        "IN",
        "IS",
        "NULL",
        "BETWEEN",
        "LIKE",
        "ILIKE",
        "REGEXP",
        "RLIKE",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "TRUE",
        "FALSE",
        "CAST",
        "TRY_CAST",
        "AS",
        "INT",
        "INTEGER",
        "BIGINT",
        "FLOAT",
        "DOUBLE",
        "VARCHAR",
        "TEXT",
        "STRING",
        "BOOLEAN",
        "DATE",
        "TIMESTAMP",
        "DATETIME",
    ]
)
FUNCTIONS = frozenset(
    [
        "ABS",
        "CEIL",
        "CEILING",
        "FLOOR",
        "ROUND",
        "SIGN",
        "SQRT",
        "CBRT",
        "EXP",
        "LN",
        "LOG2",
        "LOG10",
        "POW",
        "POWER",
        "MOD",
        "GREATEST",
        "LEAST",
        "COALESCE",
        "IFNULL",
        "NULLIF",
        "LOWER",
        "UPPER",
        "LENGTH",
        "CHAR_LENGTH",
        "STRPOS",
        "SUBSTR",
        "LEFT",
        "RIGHT",
        "LTRIM",
        "RTRIM",
        "STARTS_WITH",
        "ENDS_WITH",
        "REGEXP_LIKE",
        "CONCAT",
        "REVERSE",
        "ISNAN",
        "IF",
        "SIN",
        "COS",
        "TAN",
        "DEGREES",
        "RADIANS",
    ]
) - {"ISNAN"}
_WORD = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*")
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?!\w))
    |(?P<name>[^\W\d]\w*)
    |(?P<sign><=|>=|<>|!=|==|\|\||[=<>+\-*/%(),])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """kind: what it is. value: a column's name, a text without its quotes, or the word itself in
    upper case."""

    kind: Kind
    value: str


def read_words(condition: str, columns: Sequence[str]) -> list[Word]:
    """The words of a condition. Raises InvalidChoice for whatever is no part of one."""
    if len(condition) > LONGEST:
        raise InvalidChoice(f"A condition may be {LONGEST:,} characters long at most.")
    words: list[Word] = []
    at = 0
    while at < len(condition):
        match = _WORD.match(condition, at)
        if match is None or condition[at : at + 2] in ("--", "/*"):
            raise InvalidChoice(_refused(condition, at))
        at = match.end()
        if match.lastgroup != "space":
            is_call = condition[at:].lstrip()[:1] == "("
            words.append(_word(str(match.lastgroup), match.group(), columns, is_call))
    if not words:
        raise InvalidChoice("The condition is empty; try one such as label = '7'.")
    _check_depth(words)
    return words


def _refused(condition: str, at: int) -> str:
    if condition[at] in "'\"":
        return f"A text in the condition has no closing {condition[at]}."
    return f"A condition can't hold {condition[at : at + 12].split()[0]}."


def _word(kind: str, text: str, columns: Sequence[str], is_call: bool) -> Word:
    if kind == "text":
        return Word("text", text[1:-1].replace("''", "'"))
    if kind == "quoted":
        return Word("column", _quoted(text[1:-1].replace('""', '"'), columns))
    if kind == "number":
        return Word("number", text)
    if kind == "sign":
        return Word("sign", text)
    return _named(text, columns, is_call)


def _quoted(name: str, columns: Sequence[str]) -> str:
    if name in columns:
        return name
    if nearest_names(name, columns):
        raise no_such_column(name, columns)
    raise InvalidChoice(
        f"There is no column called {name}; a text stands in single quotes, as in '{name}'."
    )


def _named(text: str, columns: Sequence[str], is_call: bool) -> Word:
    upper = text.upper()
    if is_call and upper in FUNCTIONS:
        return Word("word", upper)
    if text in columns:
        return Word("column", text)
    if upper in KEYWORDS:
        return Word("word", upper)
    if is_call:
        near = nearest_names(text, sorted(FUNCTIONS))
        hint = f"; did you mean {' or '.join(near)}?" if near else "."
        raise InvalidChoice(f"A condition can't use {text}(){hint}")
    alike = [name for name in columns if name.casefold() == text.casefold()]
    if len(alike) == 1:
        return Word("column", alike[0])
    raise no_such_column(text, columns)


def _check_depth(words: list[Word]) -> None:
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word.value, 0) if word.kind == "sign" else 0
        if depth < 0 or depth > _MOST_PARENTHESES:
            break
    if depth:
        raise InvalidChoice("The parentheses of the condition don't match.")
    # each of these makes the parser go one level deeper
    if sum(word.value in ("NOT", "CASE", "-", "+") for word in words) > 10 * _MOST_PARENTHESES:
        raise InvalidChoice("The condition is too long.")
