"""A scene knows which points are in it, what they are called, and from where they are seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from projector.colors import POINT
from projector.embeddings.embedding import Embedding, Source
from projector.export.scene import Scene, column_texts, scene_of
from projector.frames import scatter_frame
from projector.render.camera import Camera, fit_camera


def scene(n=6, **more):
    positions = np.arange(3 * n, dtype=np.float32).reshape(n, 3)
    made = Scene(positions, np.zeros((n, 4), np.uint8))
    return dataclasses.replace(made, **more)


def test_points_without_a_place_and_hidden_ones_are_not_in_it():
    positions = scene().positions.copy()
    positions[[0, 4]] = np.nan
    shown = scene(positions=positions)
    assert shown.placed_ids().tolist() == [1, 2, 3, 5]
    hidden = dataclasses.replace(shown, visible_ids=np.array([0, 2, 5]))
    assert hidden.placed_ids().tolist() == [2, 5]


def test_points_are_called_by_their_labels_else_by_their_numbers():
    assert scene(labels=["a", "", "c", "", "", ""]).label(0) == "a"
    assert scene(labels=["a", "", "c", "", "", ""]).label(1) == "#1"
    assert scene().label(3) == "#3"


def test_without_a_camera_all_that_is_shown_is_seen():
    shown = scene(visible_ids=np.array([1, 2]), size=(400, 200))
    assert shown.seen_from == fit_camera(shown.positions[[1, 2]], aspect=2.0)
    chosen = Camera(distance=7.0)
    assert scene(camera=chosen).seen_from is chosen


def test_arrays_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="positions"):
        scene(colors=np.zeros((5, 4), np.uint8))
    with pytest.raises(ValueError, match="6 points, but 2 labels"):
        scene(labels=["a", "b"])


@pytest.mark.parametrize(
    ("values", "texts"),
    [(["a", None], ["a", ""]), ([1, 2], ["1", "2"]), ([0.1234567891, None], ["0.123457", ""])],
)
def test_labels_come_from_any_column(values, texts):
    assert column_texts(pl.Series(values)) == texts


def test_a_frame_becomes_a_scene():
    vectors = np.eye(4, 3, dtype=np.float32)
    embedding = Embedding(Source("e", ".", None), vectors)
    frame = scatter_frame(embedding, vectors)
    made = scene_of(frame, labels=list("abcd"), title="T")
    assert made.positions is frame.positions
    assert made.colors[0, :3].tolist() == list(POINT[False])
    assert (made.title, made.label(2), made.is_dark) == ("T", "c", False)
    assert dataclasses.replace(made, background=(20, 20, 30)).is_dark
