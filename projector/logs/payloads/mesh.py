"""Meshes and point clouds: vertices, faces and colors lie in series of their own and are joined by
step."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray, FloatArray, IntArray, frozen
from projector.errors import Unreadable
from projector.logs.messages import meshes_pb2
from projector.logs.payloads.content import (
    counted,
    parse_content,
    plain,
    read_numbers,
    unreadable,
)
from projector.logs.series import Series

Kind = Literal["vertices", "faces", "colors"]

KINDS: MappingProxyType[int, Kind] = MappingProxyType({1: "vertices", 2: "faces", 3: "colors"})
_ALL_COMPONENTS = 14
_LONGEST_CONFIG = 1 << 16
_NO_FACE = -1


class PartInfo(NamedTuple):
    """What the metadata of a series says: which part of which mesh it is.

    components: the parts that the mesh has. config: a Three.js scene, {} where there is none.
    """

    name: str
    kind: Kind
    components: frozenset[Kind]
    config: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class MeshPart:
    """One part at one step. array: (samples, n, 3), read-only: vertices float32, faces int32 with
    -1 where the stored number is no index, colors uint8."""

    info: PartInfo
    array: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class MeshGroup:
    """The series of one mesh in one run; faces and colors only where the mesh is said to have
    them."""

    run: str
    name: str
    vertices: Series
    faces: Series | None
    colors: Series | None
    config: dict[str, Any]

    @property
    def steps(self) -> IntArray:
        return self.vertices.steps


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A mesh at one step, all arrays read-only.

    vertices: float32 (samples, n, 3). faces: int32 (samples, m, 3), 0-based; None for a cloud of
    points. colors: uint8 (samples, n, 3). problems: whole sentences about parts left out.
    """

    vertices: FloatArray
    faces: NDArray[np.int32] | None
    colors: ByteArray | None
    config: dict[str, Any]
    problems: tuple[str, ...]

    @property
    def n_samples(self) -> int:
        return len(self.vertices)

    def sample(self, j: int) -> tuple[FloatArray, NDArray[np.int32] | None, ByteArray | None]:
        """Vertices (n, 3), faces (m, 3) and colors (n, 3) of one sample, only faces whose
        vertices are all there. A part with one sample serves all."""
        vertices = self.vertices[j]
        faces = None if self.faces is None else self.faces[min(j, len(self.faces) - 1)]
        colors = None if self.colors is None else self.colors[min(j, len(self.colors) - 1)]
        if faces is not None:
            faces = faces[((faces >= 0) & (faces < len(vertices))).all(axis=1)]
        return vertices, faces, colors


def parse_part_info(series: Series) -> PartInfo:
    """Which part of which mesh a series is. Raises Unreadable."""
    if not len(series):
        raise Unreadable(f"{series.tag} holds no points.")
    message = parse_content(series, 0, meshes_pb2.MeshPluginData)
    if message.content_type not in KINDS:
        what = f"{message.content_type} is no kind of part of a mesh that is known."
        raise unreadable(series, 0, what)
    mask = message.components or _ALL_COMPONENTS
    components = frozenset(kind for number, kind in KINDS.items() if mask >> number & 1)
    name = plain(message.name) or series.tag
    return PartInfo(name, KINDS[message.content_type], components, _config(message.json_config))


def _config(text: bytes) -> dict[str, Any]:
    """The scene, or {} where the text is too long or no JSON object."""
    if not text or len(text) > _LONGEST_CONFIG:
        return {}
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}


def read_mesh_part(series: Series, i: int) -> MeshPart:
    """The part that point i of this series holds. Raises Unreadable."""
    info = parse_part_info(series)
    array = read_numbers(series, i)
    if array.ndim == 2:
        array = array[np.newaxis]
    if array.ndim != 3 or array.shape[2] != 3 or not len(array):
        shape = list(array.shape)
        raise unreadable(series, i, f"its shape is {shape} where [samples, n, 3] was expected.")
    return MeshPart(info, frozen(_as_kind(array, info.kind)))


def _as_kind(array: NDArray[Any], kind: Kind) -> NDArray[Any]:
    """A copy in the part's own type."""
    with np.errstate(over="ignore", invalid="ignore"):
        if kind == "vertices":
            return array.astype(np.float32)
        is_number = np.isfinite(array)
        if kind == "colors":
            return np.where(is_number, np.clip(array, 0, 255), 0).astype(np.uint8)
        is_index = is_number & (array >= 0) & (array < 2**31)
        return np.where(is_index, array, _NO_FACE).astype(np.int32)


def mesh_groups(series: Iterable[Series]) -> tuple[tuple[MeshGroup, ...], tuple[str, ...]]:
    """The meshes that series of the plugin make up, and sentences about those that make none.

    Parts belong together by the name in their metadata, not by their tags.
    """
    parts: dict[tuple[str, str], dict[Kind, tuple[Series, PartInfo]]] = {}
    problems = []
    for one in series:
        try:
            info = parse_part_info(one)
        except Unreadable as error:
            problems.append(str(error))
            continue
        parts.setdefault((one.run, info.name), {}).setdefault(info.kind, (one, info))
    groups = []
    for (run, name), found in parts.items():
        if "vertices" not in found:
            problems.append(f"The mesh {name} of {run} has no vertices, so it can't be shown.")
            continue
        groups.append(_group(run, name, found))
    return tuple(groups), tuple(problems)


def _group(run: str, name: str, found: dict[Kind, tuple[Series, PartInfo]]) -> MeshGroup:
    vertices, info = found["vertices"]
    others = {kind: part for kind, (part, _) in found.items() if kind in info.components}
    return MeshGroup(run, name, vertices, others.get("faces"), others.get("colors"), info.config)


def read_mesh(group: MeshGroup, i: int) -> Mesh:
    """The mesh at the i-th step of its vertices, with the faces and colors of the same step.

    Raises Unreadable where the vertices can't be read; faces or colors that can't be had become
    a problem.
    """
    vertices = read_mesh_part(group.vertices, i).array
    step = int(group.vertices.steps[i])
    problems: list[str] = []
    faces, colors = (
        _joined(part, step, len(vertices), problems) for part in (group.faces, group.colors)
    )
    where = f"{group.name} at step {step}"
    if faces is not None:
        n_wrong = int((~((faces >= 0) & (faces < vertices.shape[1])).all(axis=2)).sum())
        if n_wrong:
            told = f"{n_wrong:,} of {counted(faces.size // 3, 'face')}"
            problems.append(f"Faces of {where} name vertices that are not there: {told} left out.")
    if colors is not None and colors.shape[1] != vertices.shape[1]:
        n, n_colors = vertices.shape[1], colors.shape[1]
        problems.append(f"{where} has {n_colors:,} colors for {n:,} vertices; they are left out.")
        colors = None
    return Mesh(vertices, faces, colors, group.config, tuple(problems))


def _joined(
    series: Series | None, step: int, n_samples: int, problems: list[str]
) -> NDArray[Any] | None:
    """The part at that step, for one or all samples, or None."""
    if series is None:
        return None
    i = int(np.searchsorted(series.steps, step))
    if i == len(series) or series.steps[i] != step:
        problems.append(f"{series.tag} has nothing at step {step}.")
        return None
    try:
        part = read_mesh_part(series, i).array
    except Unreadable as error:
        problems.append(str(error))
        return None
    if len(part) not in (1, n_samples):
        told = f"{counted(len(part), 'sample')} where the vertices have {n_samples:,}"
        problems.append(f"{series.tag} at step {step} has {told}; it is left out.")
        return None
    return part


def describe_mesh_part(part: MeshPart) -> str:
    """Such as "162 vertices, 1 sample"."""
    n_samples, n = part.array.shape[:2]
    kind = part.info.kind
    one = {"vertices": "vertex", "faces": "face", "colors": "color"}[kind]
    return f"{n:,} {one if n == 1 else kind}, {counted(n_samples, 'sample')}"
