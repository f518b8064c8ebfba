"""Histograms out of tensors and old messages, and the distributions made of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.errors import Unreadable
from projector.logs.messages import summary_pb2
from projector.logs.payloads import describe_payload
from projector.logs.payloads.histograms import (
    BASIS_POINTS,
    Histogram,
    histogram_of_rows,
    read_histogram,
)
from tests.projector.payloads.points import points, tensor

counts = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


def buckets(*n: int, start: float = -2.0, width: float = 0.5) -> Histogram:
    """Buckets of one width with these counts."""
    left = start + width * np.arange(len(n))
    return histogram_of_rows(np.column_stack((left, left + width, n)).astype(float))


def slow_distribution(histogram: Histogram) -> list[float]:
    """Bucket by bucket: where the cumulative count passes each basis point."""
    found = []
    for point in BASIS_POINTS:
        wanted, seen, value = point / 10000 * histogram.total, 0.0, histogram.max
        for left, right, n in zip(histogram.left, histogram.right, histogram.counts, strict=True):
            if n and seen + n > wanted * (1 + 1e-12):
                value = left + (right - left) * max(0.0, wanted - seen) / n
                break
            seen += n
        found.append(value)
    return found


@given(counts.filter(any))
def test_a_distribution_is_where_the_cumulative_count_passes(n: list[int]) -> None:
    histogram = buckets(*n)
    np.testing.assert_allclose(histogram.distribution, slow_distribution(histogram), atol=1e-9)


@given(counts.filter(lambda n: n[0] > 0 and n[-1] > 0))
def test_a_distribution_is_tensorboards(n: list[int]) -> None:
    compressor = pytest.importorskip(
        "tensorboard.plugins.distribution.compressor", reason="TensorBoard is not installed"
    )
    histogram = buckets(*n)
    rows = np.column_stack((histogram.left, histogram.right, histogram.counts))
    told = [value for _, value in compressor.compress_histogram(rows)]
    np.testing.assert_allclose(histogram.distribution, told, atol=1e-9)


def test_equal_values_make_a_flat_distribution() -> None:
    histogram = histogram_of_rows(np.array([[3.0, 3, 0], [3, 3, 0], [3, 3, 50]]))
    assert (histogram.min, histogram.max, histogram.total) == (3, 3, 50)
    assert histogram.distribution.tolist() == [3.0] * 9


def test_no_values_have_no_distribution() -> None:
    histogram = histogram_of_rows(np.zeros((4, 3)))
    assert histogram.total == 0
    assert np.isnan([histogram.min, histogram.max, *histogram.distribution]).all()
    assert histogram.resampled(np.arange(4.0)).tolist() == [0, 0, 0]


def test_infinite_edges_count_as_their_finite_neighbors() -> None:
    rows = [[-np.inf, -1, 10], [-1, 1, 10], [1, np.inf, 10], [np.inf, np.inf, 1]]
    histogram = histogram_of_rows(np.array(rows))
    assert (histogram.min, histogram.max) == (-np.inf, np.inf)
    assert histogram.distribution[[0, 4, 8]] == pytest.approx([-1, 0, 1])


def test_counts_of_any_size_have_a_distribution() -> None:
    for n in ((1e20, 1.0), (5e-324, 5e-324), (1e280, 1e280)):
        histogram = buckets(*n)  # type: ignore[arg-type]
        assert np.isfinite(histogram.distribution).all()
        assert (np.diff(histogram.distribution) >= 0).all()


@given(counts, st.integers(1, 20))
def test_resampling_loses_no_values(n: list[int], n_places: int) -> None:
    histogram = buckets(*n)
    edges = np.linspace(histogram.left[0], histogram.right[-1], n_places + 1)
    assert histogram.resampled(edges).sum() == pytest.approx(histogram.total)


@given(counts, st.lists(st.floats(-5, 15, width=32), min_size=2, max_size=9, unique=True))
def test_resampled_counts_are_shares_of_the_buckets(n: list[int], places: list[float]) -> None:
    histogram, edges = buckets(*n), np.sort(np.array(places, float))
    slow = [
        sum(
            count * max(0.0, min(right, b) - max(left, a)) / (right - left)
            for left, right, count in zip(
                histogram.left, histogram.right, histogram.counts, strict=True
            )
        )
        for a, b in itertools.pairwise(edges)
    ]
    np.testing.assert_allclose(histogram.resampled(edges), slow, atol=1e-6)


def test_equal_values_are_resampled_into_one_place() -> None:
    histogram = histogram_of_rows(np.array([[3.0, 3, 50]]))
    assert histogram.resampled(np.array([2.0, 2.5, 3.0, 3.5])).tolist() == [0, 0, 50]
    assert histogram.resampled(np.array([2.0, 2.5, 3.0])).tolist() == [0, 50]


def test_buckets_that_make_no_sense_are_left_out(tmp_path: Path) -> None:
    rows = [[0, 1, 5], [np.nan, 2, 1], [1, 2, np.nan], [2, 1, 3], [1, 2, -1], [1, 2, 7]]
    series = points(tmp_path, "histograms", tensor(rows, "f8"))
    histogram = read_histogram(series, 0)
    assert (histogram.counts.tolist(), histogram.n_skipped) == ([5, 7], 4)
    assert describe_payload(series, 0) == "2 buckets, 12 values"


def test_buckets_are_put_in_order() -> None:
    histogram = histogram_of_rows(np.array([[1.0, 2, 7], [0, 1, 5]]))
    assert histogram.counts.tolist() == [5, 7]


def test_an_old_histogram_ends_at_its_smallest_and_largest_value(tmp_path: Path) -> None:
    message = summary_pb2.HistogramProto(
        min=1,
        max=3,
        num=3,
        bucket_limit=[0.5, 1.5, 2.5, np.finfo(float).max],
        bucket=[0, 1, 2, 0],
    )
    series = points(tmp_path, "histograms", message.SerializeToString(), field=5)
    histogram = read_histogram(series, 0)
    assert histogram.left.tolist() == [1, 1.5]
    assert histogram.right.tolist() == [1.5, 3]
    assert histogram.counts.tolist() == [1, 2]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_an_empty_tensor_is_an_empty_histogram(tmp_path: Path, shape: tuple[int, ...]) -> None:
    series = points(tmp_path, "histograms", tensor(np.zeros(shape), "f4"))
    assert len(read_histogram(series, 0)) == 0


@pytest.mark.parametrize("shape", [(), (6,), (2, 4), (2, 3, 1)])
def test_another_shape_is_no_histogram(tmp_path: Path, shape: tuple[int, ...]) -> None:
    series = points(tmp_path, "histograms", tensor(np.zeros(shape), "f4"), tag="w", steps=[7])
    with pytest.raises(Unreadable, match=r"^w at step 7 can't be read: its shape is"):
        read_histogram(series, 0)


@pytest.mark.parametrize("content", [b"", b"{}", b"\x08\x00"])
def test_version_0_may_be_said_in_several_ways(tmp_path: Path, content: bytes) -> None:
    series = points(tmp_path, "histograms", tensor([[0, 1, 2]], "f8"), content=content)
    assert read_histogram(series, 0).total == 2


@pytest.mark.parametrize(("content", "what"), [(b"\x08\x02", "version 2"), (b"\xff", "damaged")])
def test_another_version_is_not_read(tmp_path: Path, content: bytes, what: str) -> None:
    series = points(tmp_path, "histograms", tensor([[0, 1, 2]], "f8"), content=content)
    with pytest.raises(Unreadable, match=what):
        read_histogram(series, 0)
