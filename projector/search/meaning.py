"""A condition as it is meant: columns of texts that hold numbers compare with numbers, and numbers,
truths and dates with the texts that stand for them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from projector.errors import InvalidChoice
from projector.search.words import Word

if TYPE_CHECKING:
    import polars as pl

_EQUALS = frozenset({"=", "==", "<>", "!="})
_COMPARES = _EQUALS | {"<", ">", "<=", ">="}
_PATTERNS = frozenset({"LIKE", "ILIKE", "REGEXP", "RLIKE"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "||"})
_BEFORE_A_SIDE = frozenset({"AND", "OR", "NOT", "WHEN", "("})
_END = Word("sign", "")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def sql_text(words: list[Word], dtypes: Mapping[str, pl.DataType]) -> str:
    """The condition for polars. dtypes: of the columns, without the row's number."""
    _check_order(words)
    texts = [_written(word) for word in words]
    for i, word in enumerate(words):
        if word.kind == "column" and word.value in dtypes:
            side = _compared(words, i)
            if side is not None:
                _adapt(words, texts, side, dtypes[word.value])
    return " ".join(texts)


@dataclass(frozen=True, slots=True)
class _Side:
    """A column at a place among the words, compared with values at other places."""

    place: int
    values: tuple[int, ...]
    sign: str


def _check_order(words: list[Word]) -> None:
    """Two things in a row would be read as a thing and another name for it."""
    for before, word in itertools.pairwise(words):
        ends = before.kind in ("column", "text", "number") or before.value == ")"
        if ends and word.kind in ("column", "text", "number"):
            raise InvalidChoice(f"The condition lacks an operator before {word.value}.")


def _written(word: Word) -> str:
    if word.kind == "column":
        return '"' + word.value.replace('"', '""') + '"'
    if word.kind == "text":
        return "'" + word.value.replace("'", "''") + "'"
    return {"CAST": "TRY_CAST", "==": "="}.get(word.value, word.value)


def _compared(words: list[Word], i: int) -> _Side | None:
    """What the column at place i is compared with, where that is plain to see."""
    before = words[i - 1] if i else Word("word", "(")
    if before.value in _COMPARES and before.kind == "sign" and i >= 2:
        follows = words[i + 1].value if i + 1 < len(words) else ""
        is_value = words[i - 2].kind in ("text", "number") and follows not in _ARITHMETIC
        return _Side(i, (i - 2,), before.value) if is_value else None
    is_call = i >= 2 and before.value == "(" and words[i - 2].kind == "word"
    if before.value not in _BEFORE_A_SIDE or (is_call and not _is_side(words[i - 2].value)):
        return None
    rest = [*words[i + 1 :], _END, _END, _END, _END]
    skipped = 1 if rest[0].value == "NOT" else 0
    sign = rest[skipped]
    places = _value_places(rest, skipped)
    is_sign = sign.value in _COMPARES or sign.value in _PATTERNS or sign.value in ("IN", "BETWEEN")
    if sign.kind in ("column", "text", "number") or not is_sign or not places:
        return None
    return _Side(i, tuple(i + 1 + place for place in places), sign.value)


def _is_side(word: str) -> bool:
    return word in _BEFORE_A_SIDE or word in ("IN", "BETWEEN", "THEN", "ELSE")


def _value_places(rest: list[Word], at: int) -> list[int]:
    """The places of the values after the sign at `at`, behind a minus or in parentheses or not."""
    sign, places = rest[at].value, []
    ends = {"IN": ")", "BETWEEN": ""}.get(sign)
    for place in range(at + 1, len(rest)):
        word = rest[place]
        if word.kind in ("text", "number"):
            places.append(place)
            if ends is None or (ends == "" and len(places) == 2):
                after = rest[place + 1] if place + 1 < len(rest) else _END
                return [] if after.kind == "sign" and after.value in _ARITHMETIC else places
        elif word.value == ends:
            return places
        elif word.value not in ("-", "(", ",", "AND") or word.kind == "column":
            return []
    return []


def _adapt(words: list[Word], texts: list[str], side: _Side, dtype: pl.DataType) -> None:
    import polars as pl

    values = [words[place] for place in side.values]
    if side.sign in _PATTERNS:
        if dtype != pl.String:
            texts[side.place] = f"TRY_CAST({texts[side.place]} AS VARCHAR)"
    elif dtype == pl.Boolean:
        for place, value in zip(side.values, values, strict=True):
            texts[place] = _truth(value) or texts[place]
    elif dtype.is_temporal():
        for place, value in zip(side.values, values, strict=True):
            if value.kind == "text" and words[place - 1].value not in ("DATE", "TIMESTAMP"):
                kind = "DATE" if _DAY.fullmatch(value.value) else "TIMESTAMP"
                texts[place] = f"{kind} {texts[place]}"
    elif dtype.is_numeric():
        _compare_numbers(texts, side, values)
    elif any(value.kind == "number" for value in values):
        _compare_texts(texts, side, values, words)


def _compare_numbers(texts: list[str], side: _Side, values: list[Word]) -> None:
    if all(value.kind == "number" or _NUMBER.fullmatch(value.value.strip()) for value in values):
        for place, value in zip(side.values, values, strict=True):
            texts[place] = value.value.strip()
        return
    texts[side.place] = f"TRY_CAST({texts[side.place]} AS VARCHAR)"
    for place, value in zip(side.values, values, strict=True):
        texts[place] = _written(Word("text", value.value))


def _compare_texts(texts: list[str], side: _Side, values: list[Word], words: list[Word]) -> None:
    if side.sign not in _EQUALS and side.sign != "IN":
        texts[side.place] = f"TRY_CAST({texts[side.place]} AS DOUBLE)"
        return
    for place, value in zip(side.values, values, strict=True):
        is_negative = value.kind == "number" and words[place - 1].value == "-"
        texts[place] = _written(Word("text", f"-{value.value}" if is_negative else value.value))
        if is_negative:
            texts[place - 1] = ""


def _truth(value: Word) -> str | None:
    return {"true": "TRUE", "1": "TRUE", "false": "FALSE", "0": "FALSE"}.get(value.value.lower())
