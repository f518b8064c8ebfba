"""Axes of one's own as plain values, so that a session holds them, and the rows they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from projector.arrays import IntArray
from projector.errors import InvalidChoice
from projector.projections.axes import (
    Axis,
    axis_from_classes,
    axis_from_rows,
    axis_from_searches,
)
from projector.selection import Selection
from widgets.embedding.projecting.words import tr

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["classes", "search", "regex", "selections"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ARROW = "\N{RIGHTWARDS ARROW}"


@dataclass(frozen=True, slots=True)
class Rows:
    """A selection as it was when it was taken for a pole. rows: as `Selection.to_json`."""

    name: str
    rows: tuple[Any, ...]

    @classmethod
    def of(cls, name: str, selection: Selection) -> Rows:
        return cls(name, tuple(_plain(one) for one in selection.to_json()))

    def ids(self, n: int) -> IntArray:
        """Of n rows."""
        return Selection.from_json([_listed(one) for one in self.rows], n).ids


@dataclass(frozen=True, slots=True)
class AxisWish:
    """start, end: a class, a text to search for, or Rows; column: where it is looked for."""

    kind: Kind = "classes"
    column: str = ""
    start: str | Rows = ""
    end: str | Rows = ""
    name: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, as choices hold them."""
        return {
            "kind": self.kind,
            "column": self.column,
            "start": _end_to_json(self.start),
            "end": _end_to_json(self.end),
            "name": self.name,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AxisWish:
        """What to_json described. Raises InvalidChoice for anything else."""
        kind = value.get("kind")
        if kind not in KINDS:
            text = tr("The saved axis can't be used: {kind} is no kind of axis.")
            raise InvalidChoice(text.format(kind=repr(kind)))
        start, end = _end_from_json(value.get("start")), _end_from_json(value.get("end"))
        return cls(kind, str(value.get("column", "")), start, end, str(value.get("name", "")))

    @property
    def title(self) -> str:
        """What the axis is called."""
        return self.name or f"{_told(self.start)} {ARROW} {_told(self.end)}"

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said yet."""
        return not self.start and not self.end

    @property
    def is_whole(self) -> bool:
        """Whether both ends are said."""
        return bool(self.start) and bool(self.end)

    def axis(self, table: pl.DataFrame | None, n: int) -> Axis:
        """The rows of both ends, of n. Raises InvalidChoice."""
        if not self.is_whole:
            raise InvalidChoice(tr("An axis needs two ends: say what it leads from, and to."))
        if self.kind == "selections":
            if not isinstance(self.start, Rows) or not isinstance(self.end, Rows):
                text = tr("Choose a selection for both ends of the axis {title}.")
                raise InvalidChoice(text.format(title=self.title))
            return axis_from_rows(self.title, self.start.ids(n), self.end.ids(n))
        if table is None or self.column not in table.columns:
            text = tr("The axis {title} needs a column; choose one.")
            raise InvalidChoice(text.format(title=self.title))
        column, start, end = table[self.column], str(self.start), str(self.end)
        if self.kind == "classes":
            return axis_from_classes(column, start, end, name=self.title)
        is_regex = self.kind == "regex"
        return axis_from_searches(column, start, end, is_regex=is_regex, name=self.title)


def _told(end: str | Rows) -> str:
    return end.name if isinstance(end, Rows) else end


def _end_to_json(end: str | Rows) -> Any:
    return (
        end
        if isinstance(end, str)
        else {"name": end.name, "rows": [_listed(one) for one in end.rows]}
    )


def _end_from_json(value: Any) -> str | Rows:
    if isinstance(value, Mapping):
        rows = value.get("rows", ())
        return Rows(str(value.get("name", "")), tuple(_plain(one) for one in rows))
    return "" if value is None else str(value)


def _plain(one: Any) -> Any:
    return tuple(one) if isinstance(one, list) else one


def _listed(one: Any) -> Any:
    return list(one) if isinstance(one, tuple) else one
