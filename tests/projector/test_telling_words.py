"""Words are scored by the formula of class-based TF-IDF, worked out the slow way here."""

from __future__ import annotations

import math
import re
from collections import Counter

import numpy as np
import polars as pl
import pytest

from projector.progress import finish
from projector.telling_words import telling_words

TEXTS = [
    "Cats purr, and cats sleep.", "A cat? cats purr", "dogs bark and sleep", "Dogs bark",
    "dogs run", "birds sing and cats watch", None, "", "cats and dogs bark", "Vögel singen, vögel",
]  # fmt: skip
GROUPS = np.array([0, 0, 1, 1, 1, 2, 2, 0, -1, 2], np.int32)


def test_scores_follow_the_formula() -> None:
    words = [set(re.findall(r"\w+", (text or "").lower())) for text in TEXTS]
    everywhere = Counter(word for own in words for word in own)
    inside = [Counter[str](), Counter[str](), Counter[str]()]
    for own, group in zip(words, GROUPS, strict=True):
        inside[group].update(own if group >= 0 else ())
    average = sum(sum(counts.values()) for counts in inside) / 3
    told = finish(telling_words(pl.Series(TEXTS), GROUPS, 10))
    assert {word.word for word in told[1]} == {"bark", "dogs"}
    for group, found in enumerate(told):
        for word in found:
            count = inside[group][word.word]
            expected = count / sum(inside[group].values())
            expected *= math.log(1 + average / everywhere[word.word])
            assert word.score == pytest.approx(expected)
            assert word.share == pytest.approx(count / (group == GROUPS).sum())
            assert word.lift == pytest.approx(word.share * 10 / everywhere[word.word])


def test_a_word_of_a_single_text_tells_nothing() -> None:
    told = finish(telling_words(pl.Series(["a", "b", "c"]), np.array([0, 0, 1], np.int32)))
    assert told == ((), ())


def test_texts_of_all_scripts_and_other_values_are_read() -> None:
    texts = pl.Series(["привет мир", "привет 世界", "x", "y", "z", "w"])
    told = finish(telling_words(texts, np.array([0, 0, 1, 1, 1, 1], np.int32)))
    assert [word.word for word in told[0]] == ["привет"]
    numbers = finish(telling_words(pl.Series([1, 1, 2, 3, 4]), np.array([0, 0, 1, 1, 1], np.int32)))
    assert [word.word for word in numbers[0]] == ["1"]


def test_no_groups_have_no_words() -> None:
    assert finish(telling_words(pl.Series(["a"]), np.array([-1], np.int32))) == ()
    assert finish(telling_words(pl.Series([], dtype=pl.String), np.array([], np.int32))) == ()
