"""PLY, which programs for point clouds and meshes read: positions, colors, sizes, row numbers.

The format: https://paulbourke.net/dataformats/ply/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from projector.drafts import drafting
from projector.errors import NothingToShow
from projector.export.scene import Scene
from projector.export.svg_points import DIM_SHARE
from projector.progress import Progress, Work

_VERTEX = np.dtype(
    [("x", "<f4"), ("y", "<f4"), ("z", "<f4")]
    + [(color, "u1") for color in ("red", "green", "blue", "alpha")]
    + [("row", "<i4")]
)
_SIZE = ("size", "<f4")
_TYPES = {"<f4": "float", "|u1": "uchar", "<i4": "int"}
_POINTS_A_PART = 1 << 15


def write_ply(path: Path, scene: Scene, *, is_text: bool = False) -> Work[Path]:
    """Write the points that are shown and have a place; returns the path.

    Where points are of different sizes, the factor of each is the property size, 0 for one that
    is not drawn. What opacity takes from all points, and dimness from some, is missing in alpha.
    is_text: ASCII instead of little-endian binary. Raises Unreadable, NothingToShow.
    """
    ids = scene.placed_ids()
    if not len(ids):
        raise NothingToShow("There is no point to be written.")

    def fill(file: BinaryIO) -> Iterator[Progress]:
        file.write(_header(len(ids), scene, is_text=is_text).encode("ascii"))
        for start in range(0, len(ids), _POINTS_A_PART):
            part = _vertices(scene, ids[start : start + _POINTS_A_PART])
            file.write(_as_text(part) if is_text else part.tobytes())
            yield Progress(start / len(ids), f"Writing {start:,} of {len(ids):,} points")

    yield from drafting(path, fill)
    return path


def _vertex(scene: Scene) -> np.dtype[Any]:
    fields: Any = _VERTEX.descr
    return _VERTEX if scene.sizes is None else np.dtype([*fields, _SIZE])


def _header(n: int, scene: Scene, *, is_text: bool) -> str:
    kind = "ascii" if is_text else "binary_little_endian"
    lines = ["ply", f"format {kind} 1.0"]
    # one line of ASCII, whatever the title holds; simple readers look for the last line's word
    comment = ascii(scene.title)[1:-1].strip().replace("end_header", "end header")
    lines += [f"comment {comment[:200]}"] if comment else []
    lines.append(f"element vertex {n}")
    vertex = _vertex(scene)
    for name in vertex.names or ():
        lines.append(f"property {_TYPES[vertex[name].str]} {name}")
    return "\n".join([*lines, "end_header", ""])


def _vertices(scene: Scene, ids: NDArray[np.int64]) -> NDArray[Any]:
    part = np.empty(len(ids), _vertex(scene))
    for axis, name in enumerate("xyz"):
        part[name] = scene.positions[ids, axis]
    for channel, name in enumerate(("red", "green", "blue")):
        part[name] = scene.colors[ids, channel]
    strength = scene.opacity * np.where(scene.dim_mask(ids), DIM_SHARE, 1.0)
    part["alpha"] = np.round(scene.colors[ids, 3] * strength)
    part["row"] = ids
    if scene.sizes is not None:
        part["size"] = scene.factors_of(ids)
    return part


def _as_text(part: NDArray[Any]) -> bytes:
    lines = []
    for x, y, z, *whole in part.tolist():
        rest = " ".join(f"{one:.6g}" if isinstance(one, float) else str(one) for one in whole)
        lines.append(f"{x:.9g} {y:.9g} {z:.9g} {rest}\n")
    return "".join(lines).encode("ascii")
