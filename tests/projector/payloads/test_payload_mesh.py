"""Meshes are joined of their parts by name and step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from projector.errors import Unreadable
from projector.logs.messages import meshes_pb2
from projector.logs.payloads import describe_payload
from projector.logs.payloads.mesh import Mesh, mesh_groups, read_mesh, read_mesh_part
from projector.logs.series import Series
from tests.projector.payloads.points import points, tensor

VERTEX, FACE, COLOR = 1, 2, 3
TRIANGLE = np.eye(3, dtype=np.float32)[np.newaxis]
ONE_FACE = np.array([[[0, 1, 2]]], np.int32)


def part(
    folder: Path, kind: int, *arrays: Any, name: str = "m", components: int = 0, **more: Any
) -> Series:
    message = meshes_pb2.MeshPluginData(
        name=name.encode(),
        content_type=kind,
        components=components,
        json_config=more.pop("config", b""),
        version=more.pop("version", 0),
    )
    payloads = [tensor(array) for array in arrays]
    content = message.SerializeToString()
    return points(folder, "mesh", *payloads, content=content, tag=f"{name}_{kind}", **more)


def only_mesh(series: list[Series], i: int = 0) -> Mesh:
    (group,), problems = mesh_groups(series)
    assert problems == ()
    return read_mesh(group, i)


def test_parts_of_one_step_are_a_mesh(tmp_path: Path) -> None:
    vertices = part(tmp_path, VERTEX, TRIANGLE, 2 * TRIANGLE, steps=[3, 5], config=b'{"a": 1}')
    faces = part(tmp_path, FACE, ONE_FACE.astype(np.float32), steps=[5])
    colors = part(tmp_path, COLOR, 300 * TRIANGLE, steps=[5])
    mesh = only_mesh([colors, faces, vertices], 1)
    assert mesh.vertices.tolist() == (2 * TRIANGLE).tolist()
    assert mesh.faces is not None
    assert (mesh.faces.dtype, mesh.faces.tolist()) == (np.int32, [[[0, 1, 2]]])
    assert mesh.colors is not None
    assert mesh.colors.tolist() == (255 * TRIANGLE).tolist()
    assert mesh.config == {"a": 1}
    assert mesh.problems == ()
    assert not mesh.vertices.flags.writeable


def test_a_part_missing_at_a_step_is_told(tmp_path: Path) -> None:
    vertices = part(tmp_path, VERTEX, TRIANGLE, steps=[3])
    mesh = only_mesh([vertices, part(tmp_path, FACE, ONE_FACE, steps=[5])])
    assert mesh.faces is None
    assert mesh.problems == ("m_2 has nothing at step 3.",)


def test_vertices_alone_are_a_cloud(tmp_path: Path) -> None:
    mesh = only_mesh([part(tmp_path, VERTEX, TRIANGLE)])
    assert (mesh.faces, mesh.colors, mesh.problems) == (None, None, ())


def test_parts_the_mesh_is_not_said_to_have_are_not_joined(tmp_path: Path) -> None:
    vertices = part(tmp_path, VERTEX, TRIANGLE, components=1 << VERTEX | 1 << COLOR)
    others = [part(tmp_path, FACE, ONE_FACE), part(tmp_path, COLOR, TRIANGLE)]
    mesh = only_mesh([vertices, *others])
    assert mesh.faces is None
    assert mesh.colors is not None


def test_faces_without_their_vertices_are_told_and_left_out(tmp_path: Path) -> None:
    faces = np.array([[[0, 1, 2], [0, 1, 3], [0, -1, 2], [0, np.nan, 2], [0, 2.0**40, 1]]])
    mesh = only_mesh([part(tmp_path, VERTEX, TRIANGLE), part(tmp_path, FACE, faces)])
    assert mesh.problems == (
        "Faces of m at step 0 name vertices that are not there: 4 of 5 faces left out.",
    )
    _, sound, _ = mesh.sample(0)
    assert sound is not None
    assert sound.tolist() == [[0, 1, 2]]


def test_one_sample_of_faces_serves_all_samples_of_vertices(tmp_path: Path) -> None:
    vertices = part(tmp_path, VERTEX, np.concatenate((TRIANGLE, 2 * TRIANGLE)))
    mesh = only_mesh([vertices, part(tmp_path, FACE, ONE_FACE)])
    assert mesh.n_samples == 2
    points_, faces, _ = mesh.sample(1)
    assert points_.tolist() == (2 * TRIANGLE[0]).tolist()
    assert faces is not None
    assert faces.tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("colors", [TRIANGLE[:, :2], np.concatenate((TRIANGLE,) * 3)])
def test_colors_that_do_not_fit_are_told(tmp_path: Path, colors: Any) -> None:
    vertices = part(tmp_path, VERTEX, np.concatenate((TRIANGLE, TRIANGLE)))
    mesh = only_mesh([vertices, part(tmp_path, COLOR, colors)])
    assert mesh.colors is None
    assert "left out" in mesh.problems[0]


def test_faces_without_vertices_make_no_mesh(tmp_path: Path) -> None:
    groups, problems = mesh_groups([part(tmp_path, FACE, ONE_FACE)])
    assert groups == ()
    assert problems == ("The mesh m of . has no vertices, so it can't be shown.",)


@pytest.mark.parametrize(
    "config", [b"{", b"[1]", b"\xff", b"[" * 60000, b'{"a":"' + b"x" * 70000 + b'"}']
)
def test_a_scene_that_makes_no_sense_is_left_out(tmp_path: Path, config: bytes) -> None:
    assert only_mesh([part(tmp_path, VERTEX, TRIANGLE, config=config)]).config == {}


@pytest.mark.parametrize(
    ("kind", "version", "what"), [(0, 0, "no kind"), (9, 0, "no kind"), (1, 1, "version 1")]
)
def test_a_part_of_no_known_kind_is_told(
    tmp_path: Path, kind: int, version: int, what: str
) -> None:
    groups, problems = mesh_groups([part(tmp_path, kind, TRIANGLE, version=version)])
    assert groups == ()
    assert what in problems[0]


@pytest.mark.parametrize("shape", [(3,), (1, 3, 2), (0, 3, 3), (1, 1, 1, 3)])
def test_another_shape_is_no_part(tmp_path: Path, shape: tuple[int, ...]) -> None:
    series = part(tmp_path, VERTEX, np.zeros(shape, np.float32))
    with pytest.raises(Unreadable, match="m_1 at step 0 can't be read: its shape"):
        read_mesh_part(series, 0)


def test_a_part_is_described_by_what_it_holds(tmp_path: Path) -> None:
    assert describe_payload(part(tmp_path, VERTEX, TRIANGLE), 0) == "3 vertices, 1 sample"
    assert describe_payload(part(tmp_path, FACE, ONE_FACE), 0) == "1 face, 1 sample"
