"""What the user wants of a projection, as plain values, and the parameters that follow from it."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from projector.embeddings.choice import EmbeddingChoice
from projector.errors import InvalidChoice
from projector.projections import PROJECTIONS
from projector.projections.contract import Parameters, Projection
from projector.projections.prepare import Preparation
from widgets.embedding.projecting.axis_wishes import AxisWish

AXES = "axes"
NAMES = ("pca", "tsne", "umap", AXES, "raw")
ITERATIVE = frozenset({"tsne", "umap"})
"""Those that are watched, and for which two and three dimensions are different layouts."""
N_COMPONENTS = 10
LARGEST = sys.float_info.max
SUPERVISE_BY = "supervise_by"
"""Kept beside the parameters: the column whose values are classes."""
OWN_DEFAULTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "pca": {"n_components": N_COMPONENTS},
        "tsne": {SUPERVISE_BY: None},
        "umap": {SUPERVISE_BY: None},
        AXES: {"axes": [], "is_orthogonal": False, "fills_rest": True},
        "raw": {"columns": []},
    }
)


@dataclass(frozen=True, slots=True)
class Wish:
    """values: those that differ from their defaults, as in `EmbeddingChoice.parameters`."""

    projection: str
    n_dims: int = 3
    values: dict[str, Any] = field(default_factory=dict)
    preparation: Preparation = field(default_factory=Preparation)

    def value(self, name: str) -> Any:
        """As chosen, or the default."""
        return self.values.get(name, defaults_of(self.projection).get(name))

    @property
    def axes(self) -> tuple[AxisWish, ...]:
        """Of one's own. Raises InvalidChoice where they were saved by something else."""
        return tuple(AxisWish.from_json(one) for one in self.value("axes"))

    @property
    def columns(self) -> tuple[int, int, int]:
        """Of the vectors, counted from 1, for x, y and z."""
        chosen = tuple(one for one in self.value("columns") if isinstance(one, int) and one > 0)
        return (chosen[0], chosen[1], chosen[2]) if len(chosen) == 3 else (1, 2, 3)

    @property
    def is_at_hand(self) -> bool:
        """Whether the components that every embedding is opened with are all that is wanted."""
        is_plain = self.preparation == Preparation()
        return self.projection == "pca" and is_plain and not self.values

    def parameters(self) -> Parameters:
        """Raises InvalidChoice; axes of one's own are made from rows, see `making`."""
        own = OWN_DEFAULTS[self.projection]
        values = {name: value for name, value in self.values.items() if name not in own}
        return projection_of(self.projection).parameters(n_dims=self.n_dims, **values)  # type: ignore[no-any-return]


def wish_of(choice: EmbeddingChoice) -> Wish:
    """The wish that the forms show now; the vectors' own columns are never prepared."""
    name = choice.projection if choice.projection in NAMES else "pca"
    n_dims = 2 if choice.is_flat and name in ITERATIVE else 3
    defaults = defaults_of(name)
    chosen = choice.parameters.get(name, {})
    values = {
        key: one
        for key, one in chosen.items()
        if key in defaults and key != "n_dims" and _suits(name, key, one)
    }
    preparation = Preparation() if name == "raw" else preparation_of(choice)
    return Wish(name, n_dims, values, preparation)


def _suits(projection: str, name: str, value: Any) -> bool:
    """Whether a value that a session held is of a kind that the forms can show."""
    if name == "axes":
        return isinstance(value, list | tuple) and all(map(_is_axis, value))
    if name == "columns":
        return isinstance(value, list | tuple)
    kinds = _kinds_of(projection, name)
    if type(value) is int:
        # whole numbers of JSON know no end, those of parameters have 32 bits
        return abs(value) < 2**32 if "int" in kinds else "float" in kinds and abs(value) <= LARGEST
    if type(value) is float:
        return "float" in kinds and math.isfinite(value)
    return ("None" if value is None else type(value).__name__) in kinds


@lru_cache
def _kinds_of(projection: str, name: str) -> frozenset[str]:
    """The names of the types that a parameter may have, such as int and None."""
    if name == SUPERVISE_BY:
        return frozenset({"str", "None"})
    if name in OWN_DEFAULTS[projection]:
        return frozenset({type(OWN_DEFAULTS[projection][name]).__name__})
    fields = {
        one.name: one.type for one in dataclasses.fields(projection_of(projection).parameters)
    }
    known = ("int", "float", "bool", "None")
    return frozenset(one if one in known else "str" for one in str(fields[name]).split(" | "))


def _is_axis(value: Any) -> bool:
    try:
        AxisWish.from_json(value)
    except (InvalidChoice, TypeError, AttributeError):
        return False
    return True


def preparation_of(choice: EmbeddingChoice) -> Preparation:
    return Preparation(
        choice.centers, choice.unit_length, choice.whitens, choice.n_prepared or None
    )


def projection_of(name: str) -> Projection:
    if name == AXES:
        from projector.projections.axes import PROJECTION

        return PROJECTION
    return PROJECTIONS[name]


@lru_cache(maxsize=8)
def defaults_of(name: str) -> Mapping[str, Any]:
    """Of each parameter, and of what is kept beside them."""
    fields = dataclasses.fields(projection_of(name).parameters)
    found = {one.name: one.default for one in fields if one.default is not dataclasses.MISSING}
    return MappingProxyType({**found, **OWN_DEFAULTS[name]})


def with_value(choice: EmbeddingChoice, projection: str, **values: Any) -> dict[str, Any]:
    """`EmbeddingChoice.parameters` with these values in it; the defaults are left out."""
    defaults = defaults_of(projection)
    own = {**choice.parameters.get(projection, {}), **values}
    kept = {name: value for name, value in own.items() if value != defaults[name]}
    others = {name: one for name, one in choice.parameters.items() if name != projection}
    return {**others, projection: kept} if kept else others
