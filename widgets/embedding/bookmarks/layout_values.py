"""Kept layouts as plain values for a view file, and back."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from projector.embeddings.choice_json import plain
from projector.embeddings.embedding import Source
from projector.errors import InvalidChoice
from projector.export.view_files import SavedLayout
from projector.projections.contract import Parameters
from projector.projections.prepare import Preparation
from projector.selection import Selection
from widgets.embedding.layouts import Layout
from widgets.embedding.projecting.wishes import NAMES, Wish, projection_of
from widgets.embedding.sources import SourceGroup, source_now

FLAGS = ("is_steered", "is_stopped", "is_aligned")
LONGEST_TITLE = 200
LARGEST = sys.float_info.max


def saved_layout(layout: Layout, groups: Sequence[SourceGroup]) -> SavedLayout | None:
    """None for a layout of an embedding that is not there any more."""
    source = source_now(groups, layout.source)
    group = next((one for one in groups if any(each is source for each in one.sources)), None)
    if source is None or group is None:
        return None
    return SavedLayout(
        layout.key,
        group.run,
        group.name,
        group.copy,
        source.step,
        layout.positions,
        layout.coordinates,
        _facts(layout),
    )


def restored_layout(saved: SavedLayout, groups: Sequence[SourceGroup]) -> Layout | None:
    """None where its embedding is not there. Facts that make no sense get their usual values."""
    source = find_source(groups, (saved.run, saved.name, saved.copy), saved.step)
    if source is None:
        return None
    facts, n_dims = saved.facts, saved.positions.shape[1]
    name = _word(facts.get("projection"))
    wish = _wish(facts.get("wish"), name, n_dims)
    return Layout(
        key=saved.key,
        source=source,
        title=_word(facts.get("title"))[:LONGEST_TITLE] or name,
        projection=name,
        parameters=_parameters(name, facts.get("parameters"), n_dims, len(saved.positions)),
        preparation=_preparation(facts.get("preparation")),
        positions=saved.positions,
        coordinates=saved.coordinates,
        axis_names=_words(facts.get("axis_names"))[:3],
        variance_ratio=_numbers(facts.get("variance_ratio")),
        done=_share(facts.get("done")),
        diagnostics=_figures(facts.get("diagnostics")),
        notes=_words(facts.get("notes")),
        extra={
            "wish": wish,
            "n_more": _count(facts.get("n_more")),
            **{flag: True for flag in FLAGS if facts.get(flag) is True},
        },
    )


def find_source(
    groups: Sequence[SourceGroup], which: tuple[str, str, int], step: int | None
) -> Source | None:
    """The source of one embedding at one step."""
    for group in groups:
        if (group.run, group.name, group.copy) == which:
            return next((one for one in group.sources if one.step == step), None)
    return None


def _facts(layout: Layout) -> dict[str, Any]:
    wish: Wish | None = layout.extra.get("wish")
    return {
        "title": layout.title,
        "projection": layout.projection,
        "parameters": _plain_parameters(layout.parameters),
        "preparation": dataclasses.asdict(layout.preparation),
        "axis_names": list(layout.axis_names),
        "variance_ratio": plain(layout.variance_ratio.tolist()),
        "done": layout.done,
        "diagnostics": plain(layout.diagnostics),
        "notes": list(layout.notes),
        "wish": None if wish is None else {"n_dims": wish.n_dims, "values": plain(wish.values)},
        "n_more": int(layout.extra.get("n_more", 0)),
        **{flag: True for flag in FLAGS if layout.extra.get(flag) or _is_cut(layout, flag)},
    }


def _is_cut(layout: Layout, flag: str) -> bool:
    """What is under way is kept as if it had been stopped."""
    return flag == "is_stopped" and layout.is_running


def _plain_parameters(parameters: Parameters) -> dict[str, Any]:
    """Rows of axes as ranges; all else is plain already."""
    values = {one.name: getattr(parameters, one.name) for one in dataclasses.fields(parameters)}
    if "axes" in values:
        values["axes"] = [
            {
                "name": axis.name,
                "start": Selection(axis.start).to_json(),
                "end": Selection(axis.end).to_json(),
            }
            for axis in values["axes"]
        ]
    return {name: plain(value) for name, value in values.items()}


def _parameters(name: str, value: Any, n_dims: int, n: int) -> Parameters:
    kind: type[Any] = projection_of(name).parameters if name in NAMES else Parameters
    known = {one.name for one in dataclasses.fields(kind)}
    values = {key: one for key, one in _object(value).items() if key in known}
    try:
        if "axes" in values:
            values["axes"] = tuple(_axis(one, n) for one in values["axes"])
        return kind(**{**values, "n_dims": n_dims})  # type: ignore[no-any-return]
    except (InvalidChoice, TypeError, ValueError, KeyError, AttributeError):
        return Parameters(n_dims=n_dims)


def _axis(value: Any, n: int) -> Any:
    from projector.projections.axes import Axis

    start, end = (
        Selection.from_json([list(r) if isinstance(r, tuple) else r for r in value[pole]], n).ids
        for pole in ("start", "end")
    )
    return Axis(_word(value["name"]), start, end)


def _wish(value: Any, name: str, n_dims: int) -> Wish:
    found = _object(value)
    known = name if name in NAMES else "pca"
    return Wish(known, n_dims, dict(_object(found.get("values"))))


def _preparation(value: Any) -> Preparation:
    try:
        return Preparation(**_object(value))
    except (InvalidChoice, TypeError):
        return Preparation()


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _words(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, tuple | list) else ()
    return tuple(one for one in listed if isinstance(one, str))


def _is_number(value: Any) -> bool:
    is_kind = isinstance(value, int | float) and not isinstance(value, bool)
    return is_kind and abs(value) <= LARGEST  # whole numbers of JSON know no end


def _numbers(value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    listed = value if isinstance(value, tuple | list) else ()
    return np.array([one for one in listed if _is_number(one)], np.float64)


def _figures(value: Any) -> dict[str, float]:
    return {name: float(one) for name, one in _object(value).items() if _is_number(one)}


def _share(value: Any) -> float:
    return min(1.0, max(0.0, float(value))) if _is_number(value) else 1.0


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**31 else 0
