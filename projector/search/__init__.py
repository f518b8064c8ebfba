"""Finding what a user types: names, and rows of a table by text or by a condition."""

from projector.search.condition import find_where
from projector.search.names import matches
from projector.search.rows import FoundRows, TextQuery, find_text

__all__ = ["FoundRows", "TextQuery", "find_text", "find_where", "matches"]
