"""What no form would make, as a damaged view file may hold it, and use in an odd order."""

from __future__ import annotations

import numpy as np
import pytest

from projector.contents import read_contents
from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.writer import write_embedding
from projector.errors import InvalidChoice
from projector.export.view_files import SavedLayout
from projector.progress import finish
from widgets.embedding.bookmarks.layout_values import restored_layout
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.exporting.exporter import Exporter
from widgets.embedding.exporting.wish import ExportWish
from widgets.embedding.projecting.wishes import defaults_of, wish_of
from widgets.shared.theme import app_palette

N = 30
TOO_LARGE = 10**400


def write(folder, n=N, d=6):
    rng = np.random.default_rng(0)
    metadata = {"name": [f"point {i}" for i in range(n)], "kind": [i % 3 for i in range(n)]}
    vectors = rng.normal(size=(n, d)).astype(np.float32)
    write_embedding(folder, vectors, metadata=metadata, name="words")


@pytest.fixture
def opened(qtbot, run_job, tmp_path):
    write(tmp_path)
    dashboard = EmbeddingDashboard(run_job)
    qtbot.addWidget(dashboard)
    dashboard.setPalette(app_palette(is_dark=False))
    dashboard.resize(1280, 800)
    dashboard.show()
    dashboard.show_contents(finish(read_contents(tmp_path)))
    return dashboard


@pytest.fixture
def begun(qtbot, run_job, tmp_path):
    """A dashboard, and the keys of the jobs that it began so far."""
    keys = []

    def run(key, *given, **callbacks):
        keys.append(key)
        return run_job(key, *given, **callbacks)

    write(tmp_path)
    dashboard = EmbeddingDashboard(run)
    qtbot.addWidget(dashboard)
    dashboard.setPalette(app_palette(is_dark=False))
    dashboard.resize(1280, 800)
    dashboard.show()
    dashboard.show_contents(finish(read_contents(tmp_path)))
    return dashboard, keys


def test_a_second_view_that_is_closed_begins_nothing_any_more(begun, qtbot):
    dashboard, keys = begun
    dashboard.model.choose(second="")
    qtbot.waitUntil(lambda: dashboard.side_by_side.second.canvas.has_picture)
    keys.clear()
    dashboard.model.choose(second=None, is_flat=True)
    assert "embedding/arrange" in keys
    assert not [key for key in keys if key.endswith("/second")]


@pytest.mark.parametrize("kind", ["picture", "page", "coordinates", "metadata", "bookmarks"])
def test_nothing_is_written_over_what_is_read(opened, tmp_path, kind):
    source = opened.model.source
    exporter = Exporter(opened.model, opened.canvas, opened.views)
    link = tmp_path / "link.tsv"
    link.symlink_to(source.tensor_path)
    for path in (source.tensor_path, source.metadata_path, link):
        before = path.read_bytes()
        with pytest.raises(InvalidChoice, match="take another name"):
            finish(exporter.work(ExportWish(kind, width=80, height=60), path))
        assert path.read_bytes() == before


ODD_AXES = [[1, 2], [None], [{}], [{"kind": "nope"}], [{"kind": "classes", "start": {"rows": 5}}]]


@pytest.mark.parametrize("axes", ODD_AXES)
def test_axes_that_were_saved_by_something_else_are_left_out(opened, axes):
    opened.model.choose(projection="axes", parameters={"axes": {"axes": axes}})
    assert wish_of(opened.model.choice).axes == ()


def test_axes_of_ones_own_are_kept():
    axis = {"kind": "classes", "column": "kind", "start": "0", "end": "1", "name": ""}
    choice = EmbeddingChoice(projection="axes", parameters={"axes": {"axes": (axis,)}})
    assert [one.end for one in wish_of(choice).axes] == ["1"]


@pytest.mark.parametrize("projection", ["tsne", "umap", "pca", "raw"])
def test_numbers_beyond_all_numbers_are_not_shown_by_forms(opened, projection):
    names = (*defaults_of(projection), "seed")
    parameters = {projection: dict.fromkeys(names, TOO_LARGE)}
    opened.model.choose(projection=projection, parameters=parameters)
    assert not wish_of(opened.model.choice).values


def test_a_view_whose_layout_beside_is_gone_shows_the_components_there(opened):
    opened.model.choose(second="tsne 1")
    opened.views.save("gone")
    opened.model.choose(second=None)
    opened.views.show(opened.views.all[0])
    assert opened.model.choice.second == ""
    assert opened.side_by_side.second.title.text == "PCA"


@pytest.mark.parametrize(
    "facts",
    [{"done": TOO_LARGE}, {"variance_ratio": [TOO_LARGE]}, {"diagnostics": {"kl": TOO_LARGE}}],
)
def test_facts_of_a_layout_that_are_no_numbers_get_their_usual_values(opened, facts):
    positions = np.zeros((N, 3), np.float32)
    which = (opened.model.group.run, opened.model.group.name, 0, opened.model.source.step)
    saved = SavedLayout("tsne 1", *which, positions, positions, facts)
    layout = restored_layout(saved, opened.model.groups)
    assert (layout.done, layout.diagnostics, len(layout.variance_ratio)) == (1.0, {}, 0)
