"""The words that tell groups of texts apart: class-based TF-IDF (Grootendorst 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from projector.progress import Progress, Work

if TYPE_CHECKING:
    import polars as pl


_SLICE = 1 << 15
_LONGEST = 2000
_WORD = r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'_-]*"
_LEAST_LIFT = 1.5


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
    and digits; a word counts once a text. Told are only words of two texts or more that are at
    least half as frequent again in the group as everywhere.
    """
    import polars as pl

    n_groups = int(groups.max()) + 1 if len(groups) else 0
    counted = [pl.DataFrame(schema={"group": pl.Int32, "word": pl.String, "count": pl.UInt32})]
    for start in range(0, len(texts), _SLICE):
        part = slice(start, start + _SLICE)
        counted.append(_counted(texts[part], groups[part]))
        yield Progress(start / len(texts), "Counting words")
    counts = pl.concat(counted).group_by("group", "word").agg(pl.col("count").sum())
    sizes = np.bincount(groups[groups >= 0], minlength=n_groups)
    yield Progress(0.9, "Comparing words")
    best = _scored(counts, sizes, len(texts)).group_by("group", maintain_order=True).head(n_words)
    told: list[list[TellingWord]] = [[] for _ in range(n_groups)]
    for group, *fields in best.select("group", "word", "score", "share", "lift").iter_rows():
        told[group].append(TellingWord(*fields))
    return tuple(tuple(words) for words in told)


def _counted(texts: pl.Series, groups: NDArray[np.int32]) -> pl.DataFrame:
    """How many texts of each group hold each word."""
    import polars as pl

    words = texts.cast(pl.String).str.slice(0, _LONGEST).str.to_lowercase().str.extract_all(_WORD)
    table = pl.DataFrame({"group": groups, "word": words.list.unique()})
    return (
        table.explode("word")
        .drop_nulls()
        .group_by("group", "word")
        .agg(pl.len().cast(pl.UInt32).alias("count"))
    )


def _scored(counts: pl.DataFrame, sizes: NDArray[np.int64], n: int) -> pl.DataFrame:
    """One line a group and word worth telling, best first."""
    import polars as pl

    group, count = pl.col("group"), pl.col("count")
    everywhere = count.sum().over("word")
    counts = counts.with_columns(everywhere.alias("everywhere")).filter(group >= 0)
    if not len(counts):
        return counts.with_columns(score=0.0, share=0.0, lift=0.0)
    of_group = pl.Series(sizes.astype(np.float64)).gather(counts["group"])
    average = float(counts["count"].sum()) / len(sizes)
    return (
        counts.with_columns(
            (count / count.sum().over("group") * (1 + average / pl.col("everywhere")).log()).alias(
                "score"
            ),
            (count / of_group).alias("share"),
        )
        .with_columns((pl.col("share") * n / pl.col("everywhere")).alias("lift"))
        .filter((count >= 2) & (pl.col("lift") >= _LEAST_LIFT))
        .sort("group", "score", "word", descending=[False, True, False])
    )
