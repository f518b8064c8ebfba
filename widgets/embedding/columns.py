"""The metadata as texts: labels, the cells of a card, and which rows match a search."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from projector.arrays import IntArray
from projector.embeddings.embedding import Embedding
from projector.progress import Progress, Work
from widgets.embedding.sentences import tr
from widgets.shared.texts import shown


def column_names(embedding: Embedding) -> tuple[str, ...]:
    """The metadata columns in file order; none where there is no metadata."""
    return () if embedding.metadata is None else tuple(embedding.metadata.columns)


def is_numeric(embedding: Embedding, column: str | None) -> bool:
    if embedding.metadata is None or column is None:
        return False
    found = embedding.metadata.get_column(column, default=None)
    return found is not None and bool(found.dtype.is_numeric())


def default_label(embedding: Embedding) -> str | None:
    """A column called label, else the first with texts, else the first, else None."""
    names = column_names(embedding)
    named = (name for name in names if name.casefold() == "label")
    texts = (name for name in names if not is_numeric(embedding, name))
    return next(chain(named, texts, names), None)


def default_color(embedding: Embedding) -> str | None:
    """The label where its values repeat, as then they are classes; else nothing."""
    label = default_label(embedding)
    if label is None or embedding.metadata is None:
        return None
    n_values = embedding.metadata[label].n_unique()
    return label if 2 <= n_values <= max(2, embedding.n_points // 2) else None


def cell_text(value: Any) -> str:
    """One cell as a user reads it; a missing value is empty."""
    if value is None:
        return ""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else f"{value:.6g}"
    return str(value)


def label_text(embedding: Embedding, column: str | None, point: int) -> str:
    """What a point is called: its cell in the column, else its row number."""
    if embedding.metadata is None or column not in embedding.metadata.columns:
        return f"#{point}"
    return shown(cell_text(embedding.metadata[column][point])) or f"#{point}"


def point_cells(embedding: Embedding, point: int) -> Iterator[tuple[str, str]]:
    """(column, text) of every metadata column of one point."""
    if embedding.metadata is None:
        return
    for name in embedding.metadata.columns:
        yield name, cell_text(embedding.metadata[name][point])


def find_rows(
    embedding: Embedding, text: str, column: str | None, mode: str = "text"
) -> Work[IntArray]:
    """Ids of the rows that hold the text, whatever the case, in one column or, with None, in any.

    mode: "regex" takes the text as a regular expression, "sql" as a condition on a row. Without
    metadata a row is found by its number. An empty text finds nothing. Raises InvalidChoice.
    """
    import polars as pl

    from projector.search import TextQuery, find_text, find_where

    yield Progress(None, tr("Searching"))
    if not text:
        return np.zeros(0, dtype=np.int64)
    table = embedding.metadata
    if mode == "sql":
        if table is None:
            table = pl.DataFrame({"row": np.arange(embedding.n_points)})
        return (yield from find_where(table, text)).rows
    if table is None and mode == "text":
        is_row = text.isdecimal() and len(text) < 19 and int(text) < embedding.n_points
        return np.array([int(text)] if is_row else [], dtype=np.int64)
    if table is None:
        table = pl.DataFrame({"row": np.arange(embedding.n_points)})
    columns = (column,) if column is not None and column in table.columns else None
    query = TextQuery(text, columns, is_regex=mode == "regex")
    return (yield from find_text(table, query)).rows
