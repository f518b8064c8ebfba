"""What is written beside a layout: all that is needed to make it again, and how good it is."""

from __future__ import annotations

import dataclasses
import math
import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from projector.layout_files import checksum
from projector.progress import Work

if TYPE_CHECKING:
    from app.project import Made, ProjectWish
    from app.project_ready import Ready
    from projector.quality import Quality

RECORD_VERSION = 1
_PACKAGES = ("projector", "numpy", "scipy", "numba")


def describe(wish: ProjectWish, ready: Ready, made: Made) -> Work[dict[str, Any]]:
    """As JSON holds it. The same run gives the same record: no times, no durations."""
    step = made.step
    has_place = np.isfinite(step.positions).all(axis=1)
    placed = step.placed_mask
    return {
        "version": RECORD_VERSION,
        "method": wish.projection.name,
        "parameters": _parameters(wish, ready),
        "preparation": dataclasses.asdict(wish.preparation),
        "prepared": list(ready.prepared.notes),
        "source": (yield from _source(wish, ready)),
        "supervise": wish.supervise,
        "start": (yield from _start(wish, ready)),
        "sample": wish.n_sampled,
        "is_complete": made.is_complete,
        "done": round(step.done, 6),
        "note": step.note,
        "diagnostics": {name: _number(value) for name, value in step.diagnostics.items()},
        "rows_without_place": int(np.count_nonzero(~has_place)),
        "rows_placed_afterwards": 0 if placed is None else int(np.count_nonzero(placed)),
        "quality": None if made.quality is None else quality_record(made.quality),
        "versions": _versions(),
    }


def quality_record(quality: Quality) -> dict[str, Any]:
    """The figures by name, each with whether it is exact and how far off it may be."""
    figures: dict[str, Any] = {
        figure.name: {
            "value": _number(figure.value),
            "kind": figure.kind,
            "standard_error": _number(figure.standard_error),
            "looked_at": figure.n_looked_at,
            "unit": figure.unit,
        }
        for figure in quality.figures
    }
    return {"neighbors": quality.k, "metric": quality.metric, **figures}


def _parameters(wish: ProjectWish, ready: Ready) -> dict[str, Any]:
    """Plain values. Axes as they were said, with the number of rows behind each end."""
    if not wish.poles:
        return dataclasses.asdict(wish.parameters)
    parameters = ready.found.parameters
    names = [field.name for field in dataclasses.fields(parameters) if field.name != "axes"]
    axes = [
        {
            "from": poles.start,
            "to": poles.end,
            "rows_from": len(axis.start),
            "rows_to": len(axis.end),
        }
        for poles, axis in zip(wish.poles, parameters.axes, strict=True)
    ]
    return {name: getattr(parameters, name) for name in names} | {"axes": axes}


def _source(wish: ProjectWish, ready: Ready) -> Work[dict[str, Any]]:
    source, vectors = ready.found.embedding.source, ready.found.embedding.vectors
    return {
        "path": _absolute(wish.source),
        "file": _absolute(source.tensor_path),
        "run": source.run,
        "name": source.name,
        "step": source.step,
        "rows": int(vectors.shape[0]),
        "dims": int(vectors.shape[1]),
        "vectors_sha256": (yield from checksum(vectors)),
    }


def _start(wish: ProjectWish, ready: Ready) -> Work[dict[str, Any] | None]:
    start = ready.found.start
    if wish.start is None or start is None:
        return None
    sha256 = yield from checksum(start.positions)
    return {"path": _absolute(wish.start), "positions_sha256": sha256}


def _versions() -> Mapping[str, str]:
    """Of what the numbers depend on."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _absolute(path: Path) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _number(value: float) -> float | None:
    """JSON has neither NaN nor infinity."""
    return float(value) if math.isfinite(value) else None
