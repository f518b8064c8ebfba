"""What clusters are called: by the values and words of the metadata that tell them apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from projector.arrays import IntArray
from projector.clusters.contract import Clusters
from projector.colors import categories, kind_of
from projector.colors.columns import without_empty
from projector.errors import one_line
from projector.progress import Progress, Work, scaled
from projector.telling_words import telling_words

if TYPE_CHECKING:
    import polars as pl

_LEAST_SHARE = 0.5
_LEAST_LIFT = 1.2
_MOST_CATEGORIES = 1000
_LONGEST = 40
_N_WORDS = 3

Candidate = tuple[float, str]


def name_clusters(
    clusters: Clusters, table: pl.DataFrame | None, label_by: str | None = None
) -> Work[tuple[str, ...]]:
    """One short name a cluster, all different; "cluster 3" (the largest is 1) where nothing tells.

    table: the metadata, n rows, or None. A value that half of a cluster's rows share, and that is
    more frequent there than everywhere, names it; else its telling words do. label_by: a column
    whose texts at the cluster's center name it where these don't, as where each row has a word of
    its own.
    """
    values: list[list[Candidate]] = [[] for _ in range(clusters.n_clusters)]
    words: list[list[Candidate]] = [[] for _ in range(clusters.n_clusters)]
    columns = [] if table is None or not clusters.n_clusters else table.get_columns()
    for place, column in enumerate(columns):
        yield Progress(place / len(columns), "Naming the clusters")
        kind = kind_of(column)
        if kind.looks_like != "categories" or kind.n_distinct < 2:
            continue
        if kind.n_distinct <= min(_MOST_CATEGORIES, max(2, len(column) // 2)):
            _add_values(values, column, clusters)
        if kind.holds == "texts":
            share = (place / len(columns), (place + 1) / len(columns))
            told = yield from scaled(telling_words(column, clusters.labels, _N_WORDS), *share)
            for found, own in zip(words, told, strict=True):
                if own:
                    text = ", ".join(word.word for word in own)
                    found.append((sum(word.share for word in own) / len(own), text))
    wanted = [_best(v, w) for v, w in zip(values, words, strict=True)]
    if table is not None and label_by in table.columns:
        centers = zip(wanted, clusters.central, strict=True)
        wanted = [names or _central(table[label_by], rows) for names, rows in centers]
    return _different(wanted)


def _central(column: pl.Series, rows: IntArray) -> list[str]:
    """The labels of the rows at a cluster's center, as one name; none where they have none."""
    texts = without_empty(column[rows[rows >= 0].tolist()]).drop_nulls().to_list()
    told = ", ".join(dict.fromkeys(str(text) for text in texts))
    return [_short(told)] if told else []


def _add_values(found: list[list[Candidate]], column: pl.Series, clusters: Clusters) -> None:
    """Of each cluster the value that half of its rows share, with its lift."""
    of_column = categories(column)
    m = len(of_column.names) + 1
    inside = clusters.labels >= 0
    pairs = clusters.labels[inside].astype(np.int64) * m + of_column.codes[inside]
    counts = np.bincount(pairs, minlength=clusters.n_clusters * m).reshape(-1, m)[:, :-1]
    best = counts.argmax(axis=1)
    shares = counts[np.arange(len(best)), best] / clusters.sizes
    lifts = shares / np.maximum(of_column.counts[best], 1) * len(column)
    for own, value, share, lift in zip(found, best, shares, lifts, strict=True):
        if share >= _LEAST_SHARE and lift >= _LEAST_LIFT:
            own.append((float(lift), of_column.names[value]))


def _best(values: list[Candidate], words: list[Candidate]) -> list[str]:
    """Names for one cluster, best first."""
    ranked = [*sorted(values, key=_strength), *sorted(words, key=_strength)]
    return list(dict.fromkeys(_short(text) for _, text in ranked))


def _strength(candidate: Candidate) -> float:
    return -candidate[0]


def _short(text: str) -> str:
    text = " ".join(one_line(text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _different(wanted: list[list[str]]) -> tuple[str, ...]:
    """The best name of each; where several want the same, with what else tells them apart, else
    with a number."""
    firsts = Counter(names[0] for names in wanted if names)
    taken: set[str] = set()
    chosen = []
    for number, names in enumerate(wanted, 1):
        tries = [f"cluster {number}"]
        if names and firsts[names[0]] > 1:
            tries = [*(f"{names[0]} ({other})" for other in names[1:]), names[0]]
        elif names:
            tries = names[:1]
        name = next((one for one in tries if one not in taken), tries[-1])
        again = 2
        while name in taken:
            name, again = f"{tries[-1]} ({again})", again + 1
        taken.add(name)
        chosen.append(name)
    return tuple(chosen)
