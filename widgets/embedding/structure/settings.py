"""The settings of the structure page's tools: plain values in the choice, typed here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_type_hints

from projector.embeddings.choice import AUTOMATIC, EmbeddingChoice

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """k: neighbors looked at. metric: of the vectors, "" for the one that the projection used.
    is_whole: every point is looked at, however long that takes."""

    k: int = 15
    metric: str = ""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """method: "kmeans" or "hdbscan". place: "vectors" or "layout". compare_with: a column,
    AUTOMATIC for the one with the classes, None for none. The others are parameters of the
    methods."""

    method: str = "kmeans"
    place: str = "vectors"
    n_clusters: int = 10
    n_starts: int = 5
    least_size: int = 15
    n_close: int | None = None
    selection: str = "eom"
    seed: int = 0
    compare_with: str | None = AUTOMATIC


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """column: with the labels, AUTOMATIC for the one with the classes. k: neighbors looked at."""

    column: str | None = AUTOMATIC
    k: int = 10


@dataclass(frozen=True, slots=True)
class OutlierSettings:
    """k: neighbors looked at."""

    k: int = 20


@dataclass(frozen=True, slots=True)
class DuplicateSettings:
    """is_near: rows that are nearly the same count too. distance: how far apart these may be, None
    for what suits the vectors."""

    is_near: bool = False
    distance: float | None = None


NAMES: dict[type, str] = {
    QualitySettings: "quality",
    ClusterSettings: "clusters",
    LabelSettings: "labels",
    OutlierSettings: "outliers",
    DuplicateSettings: "duplicates",
}
"""What the tools are called in the choice."""


def settings_of(choice: EmbeddingChoice, kind: type[T]) -> T:
    """A tool's settings; a saved value of another type than its field's counts as the usual one."""
    saved = choice.structure.get(NAMES[kind], {})
    types = _types(NAMES[kind])
    fits = {name: value for name, value in saved.items() if type(value) in types.get(name, ())}
    return kind(**fits)


def with_settings(
    choice: EmbeddingChoice, kind: type[Any], **fields: Any
) -> dict[str, dict[str, Any]]:
    """The choice's `structure` with some settings of one tool changed."""
    usual = kind()
    now = dataclasses.asdict(dataclasses.replace(settings_of(choice, kind), **fields))
    differing = {name: value for name, value in now.items() if value != getattr(usual, name)}
    others = {name: one for name, one in choice.structure.items() if name != NAMES[kind]}
    return {**others, NAMES[kind]: differing} if differing else others


@lru_cache(maxsize=8)
def _types(tool: str) -> dict[str, tuple[type, ...]]:
    """The types that each setting may have."""
    kind = next(kind for kind, name in NAMES.items() if name == tool)
    return {name: get_args(hint) or (hint,) for name, hint in get_type_hints(kind).items()}
