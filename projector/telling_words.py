"""The words that tell groups of texts apart: class-based TF-IDF (Grootendorst 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from projector.progress import Work

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class TellingWord:
    """word: in lower case. score: its c-TF-IDF. share: of the group's texts that hold it, 0..1.
    lift: that share over the share of all texts."""

    word: str
    score: float
    share: float
    lift: float


def telling_words(
    texts: pl.Series, groups: NDArray[np.int32], n_words: int = 3
) -> Work[tuple[tuple[TellingWord, ...], ...]]:
    """Of each group its words, best first, at most n_words.

    texts: n texts, nulls allowed. groups: int32 (n,), 0.. or -1 for none. Words are runs of letters
    and digits; a word counts once a text.
    """
    raise NotImplementedError
