"""A view goes into a file and comes back equal; damage is told in a sentence."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.embeddings.choice import EmbeddingChoice
from projector.errors import ProjectorError, Unreadable
from projector.export.view_files import (
    SavedLayout,
    SavedPlace,
    SavedView,
    ViewFile,
    found_places,
    read_view,
    write_view,
)
from projector.progress import finish
from projector.render.camera import Camera
from projector.selection import Selection

N = 40


def a_layout(d=3, seed=0):
    positions = np.random.default_rng(seed).normal(size=(N, d)).astype(np.float32)
    positions[3] = np.nan
    facts = {"title": "t-SNE", "parameters": {"perplexity": 30.0}, "axis_names": ("a", "b", "c")}
    return SavedLayout(f"tsne {seed + 1}", "train", "words", 0, 7, positions, positions / 2, facts)


def a_view(folder, **fields):
    choice = EmbeddingChoice(run="train", color_by="group", selection=Selection.of([1, 2, 9]))
    view = SavedView("", choice, Camera(distance=2.5, yaw=1.25))
    given = {"places": (SavedPlace(folder / "logs", "mine"),), "view": view, "n_points": N}
    return ViewFile(**{**given, "layouts": (a_layout(),), **fields})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.projector"


def written(path, **fields):
    file = a_view(path.parent, **fields)
    finish(write_view(path, file))
    return file


def with_main(path, change):
    """The same file with another view.json."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    main = json.loads(members["view.json"])
    change(main)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (members | {"view.json": json.dumps(main).encode()}).items():
            archive.writestr(name, data)


def test_choice_camera_and_names_come_back_equal(path):
    other = SavedView("from above", EmbeddingChoice(is_flat=True), None)
    file = written(path, named=(other,), columns={"cluster": [*range(N)]})
    read = finish(read_view(path))
    assert read.view == file.view
    assert read.named == (other,)
    assert read.columns == file.columns
    assert read.told == ()
    assert (read.places[0].path, read.places[0].name) == (path.parent / "logs", "mine")


def test_a_named_view_of_a_larger_embedding_keeps_its_rows(path):
    choice = EmbeddingChoice(selection=Selection.of([5, 3 * N]))
    other = SavedView("of another", choice, None, n_points=4 * N)
    written(path, named=(other,))
    read = finish(read_view(path))
    assert (read.named, read.told) == ((other,), ())


@pytest.mark.parametrize("n_points", [-1, "x", 2**40, None])
def test_a_named_view_that_tells_no_sound_number_of_rows_has_those_of_the_first(path, n_points):
    choice = EmbeddingChoice(selection=Selection.of([5]))
    written(path, named=(SavedView("mine", choice, None, n_points=N),))
    with_main(path, lambda main: main["named"][0].update(n_points=n_points))
    read = finish(read_view(path))
    assert (read.named[0].choice, read.told) == (choice, ())


@pytest.mark.parametrize("d", [2, 3])
def test_positions_come_back_bit_by_bit(path, d):
    file = written(path, layouts=(a_layout(d), a_layout(d, seed=1)))
    read = finish(read_view(path))
    for before, after in zip(file.layouts, read.layouts, strict=True):
        np.testing.assert_array_equal(before.positions, after.positions)
        np.testing.assert_array_equal(before.coordinates, after.coordinates)
        assert after.facts == before.facts
        assert (after.run, after.name, after.step) == ("train", "words", 7)


def test_numpy_and_zipfile_read_the_positions_without_us(path):
    file = written(path)
    with zipfile.ZipFile(path) as archive:
        values = np.frombuffer(archive.read("layouts/0.positions"), "<f4").reshape(N, 3)
    np.testing.assert_array_equal(values, file.layouts[0].positions)


def test_a_file_of_a_newer_program_is_refused_in_words(path):
    written(path)
    with_main(path, lambda main: main.update(version=99))
    with pytest.raises(Unreadable, match=r"newer projector .*its format is 99"):
        finish(read_view(path))


@pytest.mark.parametrize("version", [True, 0, -5, "1", None])
def test_a_file_without_a_sound_version_is_no_view(path, version):
    written(path)
    with_main(path, lambda main: main.update(version=version))
    with pytest.raises(Unreadable, match="no view that projector wrote"):
        finish(read_view(path))


@pytest.mark.parametrize("key", ["", "k" * 2000])
def test_a_layout_without_a_sound_key_is_left_out(path, key):
    written(path)
    with_main(path, lambda main: main["layouts"][0].update(key=key))
    read = finish(read_view(path))
    assert read.layouts == ()
    assert "Its key" in read.told[0]


@pytest.mark.parametrize("odd", [np.inf, -np.inf, np.nan, 1e30])
def test_points_that_would_be_drawn_nowhere_have_no_place(path, odd):
    layout = a_layout()
    coordinates = layout.coordinates.copy()
    coordinates[5, 1] = odd
    written(path, layouts=(dataclasses.replace(layout, coordinates=coordinates),))
    (read,) = finish(read_view(path)).layouts
    assert np.flatnonzero(np.isnan(read.coordinates).any(axis=1)).tolist() == [3, 5]


def test_a_layout_that_is_cut_short_is_left_out_and_told(path):
    written(path, layouts=(a_layout(), a_layout(seed=1)))
    with_main(path, lambda main: main["layouts"][0].update(shape=[N + 1, 3]))
    read = finish(read_view(path))
    assert len(read.layouts) == 1
    assert "Layout 1 was left out" in read.told[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda main: main["view"]["choice"].update(color_by=3), "saved color_by"),
        (lambda main: main["view"].update(camera={"distance": "far"}), "camera"),
        (lambda main: main["view"].update(camera=[1]), "camera"),
        (lambda main: main["view"]["camera"].update(yaw=10**400), "camera"),
        (lambda main: main["view"]["camera"].update(target=[0, 0, 10**400]), "camera"),
        (lambda main: main["layouts"].append(main["layouts"][0] | {"step": math.inf}), "Layout 2"),
        (lambda main: main["layouts"].append(main["layouts"][0]), "Layout 2"),
        (lambda main: main["view"]["choice"].update(selection=[[0, 10**12]]), "selection"),
        (lambda main: main.update(columns={"x": [1]}), "column x"),
        (lambda main: main["layouts"].append({"shape": [2**40, 3]}), "Layout 2"),
    ],
)
def test_damaged_values_are_told_and_all_else_is_kept(path, change, told):
    written(path)
    with_main(path, change)
    read = finish(read_view(path))
    assert len(read.layouts) == 1
    assert told in read.told[0]


def test_logs_that_moved_along_with_the_file_are_found(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "logs").mkdir(parents=True)
    written(old / "a.projector")
    os.rename(old, new)
    read = finish(read_view(new / "a.projector"))
    assert found_places(read, new) == ((SavedPlace(new / "logs", "mine"),), ())


def test_logs_that_are_gone_are_named(tmp_path):
    written(tmp_path / "a.projector")
    read = finish(read_view(tmp_path / "a.projector"))
    assert found_places(read, tmp_path) == ((), (tmp_path / "logs",))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"{}", b"\0" * 100])
def test_what_is_no_view_is_refused_in_words(path, data):
    path.write_bytes(data)
    with pytest.raises(ProjectorError):
        finish(read_view(path))


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The path and the bytes of a sound file."""
    path = tmp_path_factory.mktemp("sound") / "a.projector"
    written(path)
    return path, path.read_bytes()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), max_size=4), st.floats(0, 1))
def test_no_broken_byte_causes_anything_but_a_sentence(sound, broken, kept):
    path, whole = sound[0], bytearray(sound[1])
    for place, value in broken:
        whole[int(place * len(whole))] = value
    path.write_bytes(whole[: int(kept * len(whole)) if kept < 0.5 else len(whole)])
    try:
        finish(read_view(path))
    except ProjectorError as error:
        assert str(error)  # noqa: PT017
