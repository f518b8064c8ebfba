"""The line in the corner of a picture counts what can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from projector.contents import read_contents
from projector.embeddings.writer import write_embedding
from projector.progress import finish
from projector.selection import Selection
from widgets.embedding.dashboard import EmbeddingDashboard

N = 180


@pytest.fixture
def dashboard(qtbot, run_job, tmp_path):
    vectors = np.random.default_rng(3).normal(size=(N, 6)).astype(np.float32)
    metadata = {"name": [f"p{i}" for i in range(N)], "kind": ["ab"[i % 2] for i in range(N)]}
    write_embedding(tmp_path, vectors, metadata=metadata)
    dashboard = EmbeddingDashboard(run_job)
    qtbot.addWidget(dashboard)
    dashboard.show()
    dashboard.show_contents(finish(read_contents(tmp_path)))
    return dashboard


def test_all_points_are_counted_while_all_are_shown(dashboard):
    assert dashboard.canvas.caption == "180 points, 6 dims"


def test_what_is_isolated_is_counted_of_all(dashboard):
    model = dashboard.model
    model.select(Selection.of(range(10)))
    model.isolate()
    assert dashboard.canvas.caption == "10 of 180 points, 6 dims"
    assert dashboard.canvas.accessibleDescription() == "10 of 180 points, 10 selected"
    model.show_all()
    assert dashboard.canvas.caption == "180 points, 6 dims"


def test_what_is_hidden_is_not_counted(dashboard):
    dashboard.model.select(Selection.of([4, 5]))
    dashboard.model.hide_selection()
    assert dashboard.canvas.caption == "178 of 180 points, 6 dims"


def test_a_category_that_is_switched_off_is_not_counted(dashboard):
    dashboard.model.choose(color_by="kind", hidden_categories=("a",))
    assert dashboard.canvas.caption == "90 of 180 points, 6 dims"


def test_dim_points_are_counted_as_they_can_be_seen(dashboard):
    dashboard.model.choose(search="p17")
    n_found = len(dashboard.model.matches)
    assert 0 < n_found < N
    assert dashboard.canvas.caption == f"180 points, 6 dims, {n_found} found"


def test_both_views_count_alike(dashboard):
    model = dashboard.model
    model.choose(second="")
    model.select(Selection.of(range(7)))
    model.isolate()
    second = dashboard.side_by_side.second.canvas
    assert second.caption == dashboard.canvas.caption == "7 of 180 points, 6 dims"


def test_a_view_that_is_opened_later_counts_the_same(dashboard):
    model = dashboard.model
    model.select(Selection.of(range(7)))
    model.isolate()
    model.choose(second="")
    assert dashboard.side_by_side.second.canvas.caption == "7 of 180 points, 6 dims"
