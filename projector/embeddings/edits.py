"""What a user writes into the metadata: kept apart from the files, in the order it was done."""

from __future__ import annotations

from dataclasses import dataclass

from projector.selection import Selection


@dataclass(frozen=True, slots=True)
class Edit:
    """One value written into one column.

    column: a new name adds the column, empty elsewhere. rows: those it is written into; none only
    adds the column. value: as text, read as what the column holds; None makes the cells empty.
    """

    column: str
    rows: Selection
    value: str | None
