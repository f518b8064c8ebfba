"""One bookmark of TensorBoard's projector as a value, what its fields are called in the file, and
whether it fits the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from projector.arrays import DoubleArray, IntArray
from projector.errors import Problem, one_line


@dataclass(frozen=True, slots=True)
class BookmarkCamera:
    """is_flat: seen without perspective. position, target: x, y, z."""

    is_flat: bool = False
    position: tuple[float, ...] = ()
    target: tuple[float, ...] = ()
    zoom: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One bookmark. None: not in the file.

    dimensions: rows and values of the filtered set. t_sne_rate: an exponent, the rate is 10 to it.
    projections: columns of positions by name, such as "pca-0", float64 of one length, NaN for null.
    filtered: row numbers in the whole set. selected: in the filtered set. shuffled: the order in
    which samples were taken. unknown: what the file holds beside all that. nulls: names in the file
    of what is there as null.
    """

    label: str | None = None
    is_selected: bool | None = None
    projection: str | None = None
    dimensions: IntArray | None = None
    t_sne_iteration: int | None = None
    t_sne_perplexity: float | None = None
    t_sne_rate: float | None = None
    t_sne_is_3d: bool | None = None
    umap_is_3d: bool | None = None
    umap_neighbors: int | None = None
    umap_min_dist: float | None = None
    components: IntArray | None = None
    search_by: str | None = None
    x_left: str | None = None
    x_left_is_regex: bool | None = None
    x_right: str | None = None
    x_right_is_regex: bool | None = None
    y_up: str | None = None
    y_up_is_regex: bool | None = None
    y_down: str | None = None
    y_down_is_regex: bool | None = None
    projections: Mapping[str, DoubleArray] | None = None
    filtered: IntArray | None = None
    selected: IntArray | None = None
    shuffled: IntArray | None = None
    camera: BookmarkCamera | None = None
    color_by: str | None = None
    as_categories: bool | None = None
    label_by: str | None = None
    unknown: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    nulls: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """problems: fields and states that make no sense and were left out."""

    states: tuple[State, ...] = ()
    problems: tuple[Problem, ...] = ()


KEYS: Mapping[str, str] = MappingProxyType(
    {
        "label": "label",
        "isSelected": "is_selected",
        "tSNEIteration": "t_sne_iteration",
        "tSNEPerplexity": "t_sne_perplexity",
        "tSNELearningRate": "t_sne_rate",
        "tSNEis3d": "t_sne_is_3d",
        "umapIs3d": "umap_is_3d",
        "umapNeighbors": "umap_neighbors",
        "umapMinDist": "umap_min_dist",
        "pcaComponentDimensions": "components",
        "projections": "projections",
        "selectedPoints": "selected",
        "selectedProjection": "projection",
        "dataSetDimensions": "dimensions",
        "filteredPoints": "filtered",
        "shuffledDataIndices": "shuffled",
        "cameraDef": "camera",
        "selectedColorOptionName": "color_by",
        "forceCategoricalColoring": "as_categories",
        "selectedLabelOption": "label_by",
        "customSelectedSearchByMetadataOption": "search_by",
        "customXLeftText": "x_left",
        "customXLeftRegex": "x_left_is_regex",
        "customXRightText": "x_right",
        "customXRightRegex": "x_right_is_regex",
        "customYUpText": "y_up",
        "customYUpRegex": "y_up_is_regex",
        "customYDownText": "y_down",
        "customYDownRegex": "y_down_is_regex",
    }
)
"""Names in the file, in the order in which the page writes them, and ours."""


def why_unfit(state: State, n_points: int, n_dims: int) -> str:
    """One sentence on why a state does not fit so many points of so many values, "" where it does.

    Only what would be wrong counts: other numbers of values leave positions and filters as they
    are, so they do not.
    """
    name = f"The bookmark {one_line(state.label or 'without a name')!r}"
    filtered = state.filtered
    if filtered is not None and len(filtered) and not _are_rows(filtered, n_points):
        return f"{name} shows points up to number {int(filtered.max()):,}; there are {n_points:,}."
    n_shown = n_points if filtered is None else len(filtered)
    if state.dimensions is not None and len(state.dimensions) == 2:
        n = int(state.dimensions[0])
        if n != n_shown:
            dims = int(state.dimensions[1])
            return f"{name} is of {n:,} × {dims:,} values; here are {n_shown:,} × {n_dims:,}."
    for column in (state.projections or {}).values():
        if len(column) != n_shown:
            return f"{name} holds positions of {len(column):,} points; here are {n_shown:,}."
    for rows in (state.selected, state.shuffled):
        if rows is not None and len(rows) and not _are_rows(rows, n_shown):
            return f"{name} names point {int(rows.max()):,} of {n_shown:,}."
    return ""


def _are_rows(rows: IntArray, n: int) -> bool:
    return bool(rows.min() >= 0 and rows.max() < n)
