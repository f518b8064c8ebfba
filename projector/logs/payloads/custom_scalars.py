"""Layouts of the custom scalars page: which scalars share a chart, by regular expressions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError

from projector.errors import InvalidChoice, Unreadable
from projector.logs.messages import layouts_pb2
from projector.logs.payloads.content import check_version, counted, plain, read_blob, unreadable
from projector.logs.series import Logs, Series

PLUGIN = "custom_scalars"
_LONGEST_PATTERN = 10_000


@dataclass(frozen=True, slots=True)
class Margin:
    """A line with a band around it: the exact tags of its value and of its lower and upper
    bounds."""

    value: str
    lower: str
    upper: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: either regular expressions of tags, or margins."""

    title: str
    patterns: tuple[str, ...] = ()
    margins: tuple[Margin, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A titled section of charts. is_closed: folded at first."""

    title: str
    charts: tuple[Chart, ...]
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything on the page, in its order."""

    categories: tuple[Category, ...] = ()

    @property
    def n_charts(self) -> int:
        return sum(len(category.charts) for category in self.categories)


def read_layout(series: Series, i: int) -> Layout:
    """The layout of point i. Raises Unreadable."""
    try:
        message = layouts_pb2.Layout.FromString(read_blob(series, i))
    except DecodeError as error:
        raise unreadable(series, i, "the layout is damaged.") from error
    check_version(series, i, message.version)
    return Layout(tuple(map(_category, message.category)))


def _category(message: Any) -> Category:
    return Category(plain(message.title), tuple(map(_chart, message.chart)), message.closed)


def _chart(message: Any) -> Chart:
    margins = tuple(
        Margin(plain(one.value), plain(one.lower), plain(one.upper))
        for one in message.margin.series
    )
    return Chart(plain(message.title), tuple(map(plain, message.multiline.tag)), margins)


def merge_layouts(layouts: Iterable[Layout]) -> Layout:
    """One page of several: categories of the same title share their charts, equal ones once."""
    charts: dict[str, dict[Chart, None]] = {}
    is_closed: dict[str, bool] = {}
    for layout in layouts:
        for category in layout.categories:
            is_closed.setdefault(category.title, category.is_closed)
            charts.setdefault(category.title, {}).update(dict.fromkeys(category.charts))
    return Layout(
        tuple(Category(title, tuple(found), is_closed[title]) for title, found in charts.items())
    )


def layout_of(logs: Logs) -> tuple[Layout, tuple[str, ...]]:
    """The layouts of all runs as one, the last of each run, and sentences about unreadable ones."""
    layouts, problems = [], []
    for series in sorted(logs.series(PLUGIN), key=lambda one: one.run):
        try:
            layouts.append(read_layout(series, len(series) - 1))
        except Unreadable as error:
            problems.append(str(error))
    return merge_layouts(layouts), tuple(problems)


def matching_tags(pattern: str, tags: Iterable[str]) -> tuple[str, ...]:
    """The tags that begin with what the regular expression says, in their order.

    By an engine that takes time linear in the text, as the pattern comes from a file; it knows no
    look-around and no back-references. Raises InvalidChoice where the pattern can't be used.
    """
    import polars as pl

    names = list(tags)
    if len(pattern) > _LONGEST_PATTERN:
        raise InvalidChoice(
            f"A pattern of tags has {len(pattern):,} characters, which is too long."
        )
    try:
        found = pl.Series(names, dtype=pl.String).str.contains(f"^(?:{pattern})", strict=True)
    except pl.exceptions.PolarsError as error:
        what = "no regular expression that can be used (look-around and back-references can't)"
        raise InvalidChoice(f"The pattern of tags {pattern!r} is {what}.") from error
    return tuple(name for name, is_found in zip(names, found, strict=True) if is_found)


def describe_layout(layout: Layout) -> str:
    """Such as "3 charts in 2 categories"."""
    n = len(layout.categories)
    categories = "1 category" if n == 1 else f"{n:,} categories"
    return f"{counted(layout.n_charts, 'chart')} in {categories}"
