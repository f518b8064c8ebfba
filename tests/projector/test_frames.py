"""A frame holds what is to be drawn: places, colors and what they mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from projector.embeddings.embedding import Embedding, Source, SpriteSheet
from projector.errors import Unreadable
from projector.frames import auto_radius_px, scatter_frame
from projector.render.figure import DARK, paint_frame, write_figure


def an_embedding(n: int = 4) -> Embedding:
    return Embedding(
        Source("default", ".", Path("tensors.tsv")),
        np.zeros((n, 5), dtype=np.float32),
        pl.DataFrame({"label": [f"p{i}" for i in range(n)]}),
        SpriteSheet(np.zeros((4, 4, 4), dtype=np.uint8), (2, 2)),
    )


def test_positions_are_centered_and_keep_their_proportions() -> None:
    positions = np.array([[0, 0, 0], [40, 10, 0], [20, 5, 8], [0, 0, 8]], dtype=np.float32)
    frame = scatter_frame(an_embedding(), positions)
    expected = [[-1, -0.25, -0.2], [1, 0.25, -0.2], [0, 0, 0.2], [-1, -0.25, 0.2]]
    np.testing.assert_allclose(frame.positions, expected, atol=1e-6)
    assert frame.positions.dtype == np.float32


def test_two_columns_lie_flat() -> None:
    frame = scatter_frame(an_embedding(), np.eye(4, 2, dtype=np.float32))
    assert frame.is_flat
    assert (frame.positions[:, 2] == 0).all()


def test_axes_pick_columns_of_the_projection() -> None:
    positions = np.random.default_rng(0).normal(size=(4, 10)).astype(np.float32)
    frame = scatter_frame(an_embedding(), positions, axes=(7, 2))
    assert frame.is_flat
    assert np.corrcoef(frame.positions[:, 0], positions[:, 7])[0, 1] == pytest.approx(1)
    assert np.corrcoef(frame.positions[:, 1], positions[:, 2])[0, 1] == pytest.approx(1)


def test_rows_without_a_place_are_counted_and_left_out() -> None:
    positions = np.array([[0, 0], [np.nan, 1], [2, np.inf], [4, 4]], dtype=np.float32)
    frame = scatter_frame(an_embedding(), positions)
    assert frame.n_left_out == 2
    assert np.isnan(frame.positions[1:3]).all()
    np.testing.assert_allclose(frame.positions[[0, 3], :2], [[-1, -1], [1, 1]])


@pytest.mark.parametrize("n", [0, 1, 3])
def test_nothing_one_point_and_equal_points_have_a_frame(n: int) -> None:
    frame = scatter_frame(an_embedding(n), np.full((n, 3), 7, dtype=np.float32))
    assert (frame.positions == 0).all()
    assert len(frame.colors) == n


def test_color_label_and_pictures_follow_the_choice() -> None:
    positions = np.eye(4, 3, dtype=np.float32)
    plain = scatter_frame(an_embedding(), positions, color_by="gone", label_by="gone")
    assert (plain.label_by, plain.sprites, plain.legend.entries) == (None, None, ())
    rich = scatter_frame(
        an_embedding(), positions, color_by="label", label_by="label", show_pictures=True
    )
    assert rich.label_by == "label"
    assert rich.sprites is not None
    assert len(rich.legend.entries) == 4


def test_more_points_are_drawn_smaller() -> None:
    radii = [auto_radius_px(n) for n in (0, 100, 10_000, 1_000_000, 100_000_000)]
    assert radii == sorted(radii, reverse=True)
    assert 1 <= radii[-1] <= radii[0] <= 8


def test_a_frame_becomes_a_png_without_a_window(tmp_path: Path) -> None:
    frame = scatter_frame(an_embedding(), np.eye(4, 3, dtype=np.float32), is_dark=True)
    image = paint_frame(frame, width=120, height=80, background=DARK)
    write_figure(tmp_path / "cloud.png", image)
    assert image.shape == (80, 120, 4)
    assert (image[..., :3] != DARK).any()
    assert (tmp_path / "cloud.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_a_picture_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    image = np.zeros((2, 2, 4), dtype=np.uint8)
    with pytest.raises(Unreadable, match="can't be written"):
        write_figure(tmp_path / "no such folder" / "cloud.png", image)
