"""The parts of the embedding tab that need no window."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont

from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.embedding import Embedding, Source, SpriteSheet
from projector.progress import finish
from projector.render.camera import Camera, fit_camera
from widgets.embedding.columns import cell_text, default_color, default_label, find_rows, label_text
from widgets.embedding.flight import between
from widgets.embedding.loading import outline
from widgets.embedding.overlay import Look, Raised, View
from widgets.embedding.overlay_builder import build_overlay
from widgets.embedding.sources import chosen_group, group_sources


def source(name="hidden", run="train", step=None):
    return Source(name, run, Path(f"{run}-{name}-{step}.tsv"), step)


def embedding(**columns):
    n = len(next(iter(columns.values()))) if columns else 4
    table = pl.DataFrame(columns) if columns else None
    return Embedding(source(), np.zeros((n, 3), np.float32), table)


def test_steps_of_one_name_are_one_group_in_order():
    (group,) = group_sources([source(step=55), source(step=5), source(step=11)])
    assert group.steps == (5, 11, 55)


def test_the_same_name_and_step_twice_are_two_groups():
    first, second = group_sources([source(step=1), source(step=1)])
    assert (first.copy, second.copy) == (0, 1)


def test_the_same_name_in_two_runs_are_two_groups():
    groups = group_sources([source(run="a"), source(run="b")])
    assert [group.run for group in groups] == ["a", "b"]
    assert chosen_group(groups, EmbeddingChoice(run="b", name="hidden")) == groups[1]


def test_an_embedding_with_metadata_comes_first():
    described = dataclasses.replace(source(name="words"), metadata_path=Path("words.tsv"))
    groups = group_sources([source(name="bare"), described])
    assert chosen_group(groups, EmbeddingChoice()) == groups[1]


def test_a_step_that_is_gone_falls_back_to_the_last():
    (group,) = group_sources([source(step=1), source(step=2)])
    assert group.index_of(1) == 0
    assert group.index_of(99) == 1


def test_a_text_column_is_the_label():
    assert default_label(embedding(number=[1, 2], word=["a", "b"])) == "word"
    assert default_label(embedding(word=["a", "b"], Label=[1, 2])) == "Label"
    assert default_label(embedding()) is None


def test_only_classes_are_colored_by_themselves():
    assert default_color(embedding(label=["a", "b", "a", "b"])) == "label"
    assert default_color(embedding(label=["a", "b", "c", "d"])) is None


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (float("nan"), "NaN"), (0.1 + 0.2, "0.3"), (7, "7")]
)
def test_cells_read_as_a_user_expects(value, text):
    assert cell_text(value) == text


def test_an_empty_label_falls_back_to_the_row():
    assert label_text(embedding(label=["a", None]), "label", 1) == "#1"


def test_search_ignores_case_and_nulls_and_takes_no_pattern():
    words = embedding(label=["A.b", None, "axb", "ba"], other=["", "a.B", "", ""])
    assert finish(find_rows(words, "a.b", None)).tolist() == [0, 1]
    assert finish(find_rows(words, "a.b", "label")).tolist() == [0]


def test_without_metadata_a_row_is_found_by_its_number():
    assert finish(find_rows(embedding(), "3", None)).tolist() == [3]
    assert finish(find_rows(embedding(), "4", None)).tolist() == []


def test_half_way_the_camera_is_in_between():
    start, end = Camera(distance=1.0), Camera(distance=4.0, target=(2.0, 0.0, 0.0))
    half = between(start, end, 0.5)
    assert half.distance == pytest.approx(2.0)
    assert half.target == (1.0, 0.0, 0.0)
    assert between(start, end, 1.0) == end


@pytest.mark.parametrize("is_flat", [True, False])
@pytest.mark.parametrize("n", [300, 50_000])
def test_the_outline_needs_the_same_camera_as_the_whole_cloud(is_flat, n):
    positions = np.random.default_rng(3).normal(size=(n, 3)).astype(np.float32)
    positions[7] = np.nan
    camera = fit_camera(positions, is_flat, 1.3)
    few = finish(outline(positions))
    assert len(few) < 300
    ours = fit_camera(few, is_flat, 1.3)
    assert ours.target == pytest.approx(camera.target)
    assert ours.distance == pytest.approx(camera.distance, rel=0.03)


def view_of(positions, is_flat=True):
    size = QSizeF(400, 300)
    colors = np.full((len(positions), 4), 200, np.uint8)
    camera = fit_camera(positions, is_flat, size.width() / size.height())
    return View(camera, size, Look(), colors, QFont())


def test_labels_do_not_overlap(qapp):
    rng = np.random.default_rng(0)
    positions = rng.normal(0, 0.05, (30, 3)).astype(np.float32)
    raised = Raised(selected=0, neighbors=tuple(range(1, 30)))
    overlay = build_overlay(view_of(positions), positions, raised, (), "label {}".format)
    rects = [text.rect for text in overlay.texts]
    assert len(rects) > 3
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])
    assert all(QRectF(0, 0, 400, 300).contains(rect) for rect in rects)


def test_the_selected_point_is_ringed_where_it_is(qapp):
    positions = np.array([[0, 0, 0], [1, 1, 0], [-1, -1, 0]], np.float32)
    overlay = build_overlay(view_of(positions), positions, Raised(selected=0), (), str)
    (ring,) = overlay.rings
    assert (ring.rect.center().x(), ring.rect.center().y()) == pytest.approx((200, 150), abs=1)


def test_the_selected_point_is_named_even_in_a_crowd(qapp):
    positions = np.zeros((40, 3), np.float32)
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:] = 255
    view = view_of(positions)
    sheet = SpriteSheet(np.tile(pixels, (5, 8, 1)), (8, 8))
    view = dataclasses.replace(view, look=Look(sprites=sheet, sprite_px=900))
    raised = Raised(selected=0, neighbors=tuple(range(1, 40)))
    overlay = build_overlay(view, positions, raised, (), "label {}".format)
    assert [text.text for text in overlay.texts] == ["label 0"]


def test_points_without_a_place_get_no_ring(qapp):
    positions = np.array([[np.nan] * 3, [1, 1, 0]], np.float32)
    overlay = build_overlay(view_of(positions), positions, Raised(selected=0), (), str)
    assert overlay.rings == ()
