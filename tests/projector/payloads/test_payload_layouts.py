"""Layouts of several runs become one page; patterns find their tags."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.errors import InvalidChoice, Unreadable
from projector.logs.messages import layouts_pb2
from projector.logs.payloads import describe_payload
from projector.logs.payloads.custom_scalars import (
    Category,
    Chart,
    Layout,
    Margin,
    layout_of,
    matching_tags,
    merge_layouts,
    read_layout,
)
from projector.logs.series import Logs, Run
from tests.projector.payloads.points import points, tensor


def message(title: str, *patterns: str, version: int = 0) -> bytes:
    """A layout with one category of one chart."""
    layout = layouts_pb2.Layout(version=version)
    chart = layout.category.add(title=title.encode(), closed=True).chart.add(title=b"chart")
    chart.multiline.tag.extend(one.encode() for one in patterns)
    return tensor(layout.SerializeToString())


def page(title: str, *charts: str) -> Layout:
    return Layout((Category(title, tuple(Chart(one) for one in charts)),))


def test_a_layout_holds_charts_of_patterns_and_of_margins(tmp_path: Path) -> None:
    layout = layouts_pb2.Layout()
    category = layout.category.add(title=b"Loss\xff")
    category.chart.add(title=b"a").multiline.tag.extend([rb"loss/\d", b"x"])
    category.chart.add(title=b"b").margin.series.add(value=b"v", lower=b"l", upper=b"u")
    series = points(tmp_path, "custom_scalars", tensor(layout.SerializeToString()))
    charts = (Chart("a", (r"loss/\d", "x")), Chart("b", (), (Margin("v", "l", "u"),)))
    assert read_layout(series, 0) == Layout((Category("Loss\ufffd", charts),))
    assert describe_payload(series, 0) == "2 charts in 1 category"


def test_categories_of_the_same_title_are_merged() -> None:
    merged = merge_layouts([page("A", "1", "2"), page("B", "1"), page("A", "2", "3"), Layout()])
    titles = [(one.title, [chart.title for chart in one.charts]) for one in merged.categories]
    assert titles == [("A", ["1", "2", "3"]), ("B", ["1"])]


def test_the_last_layout_of_each_run_counts_in_the_order_of_runs(tmp_path: Path) -> None:
    runs = []
    for name in ("z", "b", "a"):
        payloads = (message(f"old {name}"), message(name, "x"))
        runs.append(
            Run(name, (), (points(tmp_path, "custom_scalars", *payloads, tag=name, run=name),))
        )
    bad = points(tmp_path, "custom_scalars", tensor(b"\xff"), tag="bad", run="c")
    layout, problems = layout_of(Logs(tmp_path, (*runs, Run("c", (), (bad,)))))
    assert [one.title for one in layout.categories] == ["a", "b", "z"]
    assert all(one.is_closed for one in layout.categories)
    assert problems == ("bad at step 0 can't be read: the layout is damaged.",)


def test_a_layout_of_another_version_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="version 2"):
        read_layout(points(tmp_path, "custom_scalars", message("A", version=2)), 0)


TAGS = ("loss/train", "loss/val", "val/loss", "lossy", "layer12/grad", "日本/loss")


@pytest.mark.parametrize(
    "pattern", ["loss", "loss/train", r"layer\d+", "(?i)LOSS", "x|loss/v", ".*val", "", "日本", "$"]
)
def test_patterns_are_anchored_at_the_start_only(pattern: str) -> None:
    assert matching_tags(pattern, TAGS) == tuple(t for t in TAGS if re.match(pattern, t))


@given(st.text("ab(|)*+?[]^$.\\", max_size=8))
def test_any_pattern_gives_tags_or_a_sentence(pattern: str) -> None:
    with suppress(InvalidChoice):
        assert set(matching_tags(pattern, ["ab", "b"])) <= {"ab", "b"}


@pytest.mark.parametrize("pattern", ["(", "(?!val)", r"(a)\1", "a" * 20_000])
def test_a_pattern_that_cannot_be_used_is_told(pattern: str) -> None:
    with pytest.raises(InvalidChoice, match="pattern of tags"):
        matching_tags(pattern, TAGS)


def test_a_pattern_cannot_take_forever() -> None:
    assert matching_tags("(a+)+$", ["a" * 5000 + "!"]) == ()
