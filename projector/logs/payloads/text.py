"""Texts: Markdown documents, and tables of them."""

from __future__ import annotations

from dataclasses import dataclass

from projector.logs.messages import plugins_pb2
from projector.logs.payloads.content import counted, parse_content, plain, read_strings
from projector.logs.series import Series


@dataclass(frozen=True, slots=True)
class Text:
    """A table of Markdown cells; a document is a table of one cell.

    rank: of the tensor it was stored in: 0 a document, 1 one column, 2 a table; of higher ranks
    only the first table was taken.
    """

    rows: tuple[tuple[str, ...], ...]
    rank: int

    @property
    def is_cut(self) -> bool:
        """Whether there were more tables than the one taken."""
        return self.rank > 2

    @property
    def markdown(self) -> str:
        """The whole as one Markdown document; a table has an empty head."""
        if not self.rows:
            return ""
        if len(self.rows) == 1 and len(self.rows[0]) == 1:
            return self.rows[0][0]
        n = len(self.rows[0])
        head = ["|" + "  |" * n, "|" + "---|" * n]
        lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in self.rows]
        return "\n".join(head + lines) + "\n"


def read_text(series: Series, i: int) -> Text:
    """The text of point i; what is no UTF-8 is replaced. Raises Unreadable."""
    parse_content(series, i, plugins_pb2.TextPluginData)
    strings = read_strings(series, i)
    rank = strings.ndim
    if not strings.size:
        return Text((), rank)
    while strings.ndim > 2:
        strings = strings[0]
    rows = strings.reshape(-1, 1) if strings.ndim < 2 else strings
    return Text(tuple(tuple(map(plain, row)) for row in rows.tolist()), rank)


def _cell(text: str) -> str:
    """In a table a cell is one line, and a bar would end it."""
    lines = text.strip().replace("|", "\\|").splitlines()
    return "<br>".join(lines)


def describe_text(text: Text) -> str:
    """Such as "1,024 characters" or "table of 3 x 2"."""
    if not text.rows:
        return "no text"
    if text.rank < 2 and len(text.rows) == 1:
        return counted(len(text.rows[0][0]), "character")
    first = ", the first of several" if text.is_cut else ""
    return f"table of {len(text.rows)} x {len(text.rows[0])}{first}"
