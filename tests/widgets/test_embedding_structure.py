"""The structure page as a user meets it: buttons pressed, lines clicked, commands run."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QSpinBox
from scipy.sparse.csgraph import connected_components
from sklearn.manifold import trustworthiness
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors, radius_neighbors_graph

from projector.contents import read_contents
from projector.embeddings.choice import EmbeddingChoice
from projector.embeddings.choice_json import from_json, to_json
from projector.embeddings.writer import write_embedding
from projector.progress import finish
from widgets.embedding.dashboard import EmbeddingDashboard
from widgets.embedding.structure.entry_list import EntryList
from widgets.embedding.structure.settings import ClusterSettings, settings_of, with_settings
from widgets.shared.theme import app_palette

N = 60
GROUPS = np.repeat(["red", "green", "blue"], N // 3)


def three_groups():
    """Two of the reds carry another label, and a green one lies apart."""
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(3, 5) * 6, N // 3, axis=0) + rng.normal(0, 0.4, (N, 5))
    vectors[30] += 5.0
    groups = GROUPS.copy()
    groups[[3, 7]] = "blue"
    return vectors.astype(np.float32), groups


@pytest.fixture
def dashboard(qtbot, run_job, monkeypatch):
    monkeypatch.setattr("widgets.embedding.structure.tool.warm_up_once", lambda _: iter(()))
    dashboard = EmbeddingDashboard(run_job)
    dashboard.setPalette(app_palette(is_dark=False))
    qtbot.addWidget(dashboard)
    dashboard.resize(1280, 800)
    dashboard.show()
    return dashboard


@pytest.fixture
def opened(dashboard, tmp_path):
    vectors, groups = three_groups()
    metadata = {"name": [f"point {i}" for i in range(N)], "group": groups.tolist()}
    write_embedding(tmp_path, vectors, metadata=metadata, step=0, name="hidden")
    dashboard.show_contents(finish(read_contents(tmp_path)))
    for section in dashboard.structure.sections.values():
        section.set_open(True)
    dashboard.model.choose(label_by="name", metric="euclidean")
    return dashboard


def vectors_of(dashboard):
    return np.asarray(dashboard.model.embedding.vectors)


def button(dashboard, name):
    found = dashboard.structure.panel.findChildren(QPushButton)
    return next(one for one in found if name in (one.text(), one.accessibleName()))


def press(dashboard, name):
    button(dashboard, name).click()


def field(dashboard, kind, name):
    found = dashboard.structure.panel.findChildren(kind)
    return next(one for one in found if one.accessibleName() == name)


def pick(dashboard, name, text):
    combo = field(dashboard, QComboBox, name)
    combo.setCurrentIndex(combo.findText(text))
    combo.activated.emit(combo.currentIndex())


def listed(dashboard, name):
    return field(dashboard, EntryList, name)


def click_line(entries, line, modifier=Qt.KeyboardModifier.NoModifier):
    place = entries.visualRect(entries.model().index(line, 0)).center()
    QTest.mouseClick(entries.viewport(), Qt.MouseButton.LeftButton, modifier, QPoint(place))


def texts(dashboard):
    return " ".join(label.text() for label in dashboard.structure.panel.findChildren(QLabel))


def run(dashboard, name):
    next(one for one in dashboard.commands() if one.id == f"embedding.{name}").run()


def test_quality_of_the_picture_is_that_of_scikit_learn(opened):
    field(opened, QSpinBox, "Neighbors for quality").setValue(7)
    press(opened, "Measure quality")
    places = opened.model.shown.coordinates[:, :3]
    expected = trustworthiness(vectors_of(opened), places, n_neighbors=7)
    meter = opened.structure.quality
    found = meter.found(meter.subjects[0])
    assert found.trustworthiness.value == pytest.approx(expected, abs=1e-6)
    assert f"{expected:.3f}" in texts(opened)
    assert "Exact: all 60 points, 7 neighbors" in texts(opened)


def test_other_axes_are_another_picture_and_the_first_one_is_remembered(opened):
    press(opened, "Measure quality")
    meter = opened.structure.quality
    opened.model.choose(axes=(0, 1, 3))
    assert len(meter.missing) == 1
    opened.model.choose(axes=(0, 1, 2))
    assert not meter.missing


def test_no_point_is_copied_until_the_picture_is_measured(opened):
    opened.model.choose(axes=(0, 1, 3))
    (subject,) = opened.structure.quality.subjects
    assert subject.made is opened.model.shown.coordinates
    assert np.array_equal(subject.positions(), opened.model.shown.coordinates[:, [0, 1, 3]])


def test_a_finished_projection_is_measured_by_itself(opened):
    opened.model.choose(projection="raw")
    opened.runner.run()
    assert opened.model.layout is not None
    assert not opened.structure.quality.missing
    assert opened.model.layout.title in str(opened.structure.quality.subjects[0].title)


def test_two_pictures_are_measured_beside_one_another(opened):
    opened.model.choose(projection="raw")
    opened.runner.run()
    opened.model.choose(second="")
    press(opened, "Measure quality")
    meter = opened.structure.quality
    assert [meter.found(one) is not None for one in meter.subjects] == [True, True]


def test_points_are_colored_by_their_own_trustworthiness(opened):
    press(opened, "Measure quality")
    run(opened, "color_by_trustworthiness")
    assert opened.model.choice.color_by == "trustworthiness"
    own = opened.model.embedding.metadata["trustworthiness"].to_numpy()
    meter = opened.structure.quality
    mean = meter.found(meter.subjects[0]).trustworthiness.value
    assert own.mean() == pytest.approx(mean, abs=1e-6)


def test_clusters_are_named_after_what_they_share_and_color_the_cloud(opened):
    field(opened, QSpinBox, "Number of clusters").setValue(3)
    press(opened, "Find clusters")
    column = opened.model.embedding.metadata["clusters"].to_list()
    assert set(column) == {"red", "green", "blue"}
    assert opened.model.choice.color_by == "clusters"
    _, groups = three_groups()
    rand = adjusted_rand_score(groups, column)
    pick(opened, "Compare clusters with", "group")
    assert f"Adjusted Rand index {rand:.3f}" in texts(opened)


def test_a_click_on_a_cluster_selects_its_points_and_ctrl_adds_another(opened):
    field(opened, QSpinBox, "Number of clusters").setValue(3)
    press(opened, "Find clusters")
    entries = listed(opened, "Clusters")
    click_line(entries, 0)
    rows = opened.structure.clusters.result.rows(0)
    assert opened.model.selection == rows
    click_line(entries, 1, Qt.KeyboardModifier.ControlModifier)
    assert len(opened.model.selection) == len(rows) + len(opened.structure.clusters.result.rows(1))


def test_clusters_by_density_in_the_picture_leave_points_out(opened):
    pick(opened, "Method for clusters", "HDBSCAN: by density")
    pick(opened, "Where clusters are looked for", "Picture")
    field(opened, QSpinBox, "Least size of a cluster").setValue(8)
    press(opened, "Find clusters")
    named = opened.structure.clusters.result
    assert named.place == "Principal components"
    assert named.clusters.n_clusters == 3
    assert "in none" in texts(opened) or named.clusters.n_noise == 0


def test_too_many_clusters_are_refused_in_words(opened):
    field(opened, QSpinBox, "Number of clusters").setValue(100)
    press(opened, "Find clusters")
    assert "60 points can't make 100 clusters." in texts(opened)


def test_wrong_labels_are_listed_first_with_the_label_of_their_neighbors(opened):
    field(opened, QSpinBox, "Neighbors that are asked").setValue(5)
    pick(opened, "Labels to check", "group")
    press(opened, "Check labels")
    entries = listed(opened, "Points with doubtful labels").entries
    assert entries.name(0) == "point 3: blue → red"
    vectors, groups = three_groups()
    near = NearestNeighbors(n_neighbors=6).fit(vectors).kneighbors(vectors)[1][:, 1:]
    shares = (groups[near] != groups[:, None]).mean(axis=1)
    assert entries.figure(0) == f"{shares[3]:.0%}"
    press(opened, "Select all")
    assert list(opened.model.selection.ids) == np.flatnonzero(shares).tolist()
    click_line(listed(opened, "Points with doubtful labels"), 0)
    assert opened.model.selected == 3


def test_labels_that_never_repeat_can_not_be_checked(opened):
    pick(opened, "Labels to check", "name")
    press(opened, "Check labels")
    assert "No two points have the same name" in texts(opened)


def test_outliers_have_the_factor_of_scikit_learn(opened):
    press(opened, "Find outliers")
    vectors = vectors_of(opened)
    expected = -LocalOutlierFactor(n_neighbors=20).fit(vectors).negative_outlier_factor_
    entries = listed(opened, "Outliers").entries
    assert entries.name(0) == "point 30"
    assert entries.figure(0) == f"{expected.max():.2f}"
    press(opened, "Select all outliers")
    assert list(opened.model.selection.ids) == np.flatnonzero(expected > 1.5).tolist()
    run(opened, "color_by_outliers")
    column = opened.model.embedding.metadata["outlier factor"].to_numpy()
    np.testing.assert_allclose(column, expected, rtol=1e-4)


def test_of_duplicates_one_of_each_is_kept(dashboard, tmp_path):
    vectors, _ = three_groups()
    vectors[[7, 59]] = vectors[58]
    write_embedding(tmp_path, vectors, step=0, name="twins")
    dashboard.show_contents(finish(read_contents(tmp_path)))
    press(dashboard, "Find duplicates")
    assert listed(dashboard, "Groups of duplicates").entries.name(0) == "#7, #58, #59"
    press(dashboard, "Keep one of each")
    assert list(dashboard.model.selection.ids) == [58, 59]


def test_near_duplicates_lie_within_the_distance(opened):
    pick(opened, "Kind of duplicates", "Nearly")
    distance = 0.6
    opened.model.choose(structure={"duplicates": {"is_near": True, "distance": distance}})
    press(opened, "Find duplicates")
    near = radius_neighbors_graph(vectors_of(opened), distance)
    sizes = np.bincount(connected_components(near, directed=False)[1])
    found = np.diff(opened.structure.duplicates.result.groups.starts)
    assert sorted(found) == sorted(sizes[sizes > 1])
    assert len(found)
    assert "within a distance of 0.6" in texts(opened)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("outliers", "Find outliers"), ("labels", "Check labels"), ("duplicates", "Find duplicates")],
)
def test_where_neighbors_are_approximate_their_share_is_told(opened, monkeypatch, name, kind):
    pick(opened, "Kind of duplicates", "Nearly")
    pick(opened, "Labels to check", "group")
    press(opened, kind)
    assert "approximate" not in texts(opened)
    opened.model.shared.clear()
    monkeypatch.setattr("projector.neighbor_graph.find.EXACT_ROWS", 10)
    press(opened, kind)
    tool = getattr(opened.structure, name)
    recall = tool.result.found.recall if name == "labels" else tool.result.recall
    assert 0.9 < recall < 1
    told = min(recall, 0.999)  # a sample can't promise all
    assert f"Neighbors are approximate: {told:.1%} of the true ones" in texts(opened)


def test_clusters_of_thousands_by_density_say_that_they_are_approximate(dashboard, tmp_path):
    write_embedding(tmp_path, np.repeat(three_groups()[0], 30, axis=0), step=0, name="hidden")
    dashboard.show_contents(finish(read_contents(tmp_path)))
    pick(dashboard, "Method for clusters", "HDBSCAN: by density")
    press(dashboard, "Find clusters")
    assert "approximately, by the nearest neighbors" in texts(dashboard)


def test_contours_are_switched_by_the_box_and_the_command(opened):
    box = next(
        one for one in opened.structure.panel.findChildren(QCheckBox) if "Density" in one.text()
    )
    box.click()
    assert opened.model.choice.shows_density
    run(opened, "density")
    assert not box.isChecked()


def test_a_command_shows_the_page_and_unfolds_its_part(opened):
    opened.structure.sections["outliers"].set_open(False)
    run(opened, "find_outliers")
    assert opened.structure.panel.isVisible()
    assert opened.structure.sections["outliers"].is_open
    assert opened.structure.outliers.result is not None


def test_results_go_with_their_vectors(opened, tmp_path):
    for name in ("measure_quality", "find_clusters", "find_outliers", "find_duplicates"):
        run(opened, name)
    folder = tmp_path / "other"
    write_embedding(folder, three_groups()[0][:40], step=0, name="other")
    opened.show_contents(finish(read_contents(folder)))
    page = opened.structure
    tools = (page.quality, page.clusters, page.labels, page.outliers, page.duplicates)
    assert [tool.result for tool in tools] == [None] * 5
    assert "There is no metadata" in texts(opened)


def test_three_points_are_enough_for_all_but_what_needs_more(dashboard, tmp_path):
    write_embedding(tmp_path, np.eye(3, dtype=np.float32), step=0, name="few")
    dashboard.show_contents(finish(read_contents(tmp_path)))
    for name in ("measure_quality", "find_clusters", "find_outliers", "find_duplicates"):
        run(dashboard, name)
    assert "3 points can't make 10 clusters." in texts(dashboard)
    assert dashboard.structure.quality.problem == ""
    assert "No two points are the same." in texts(dashboard)


def test_a_single_point_is_told_in_words(dashboard, tmp_path):
    write_embedding(tmp_path, np.ones((1, 4), np.float32), step=0, name="one")
    dashboard.show_contents(finish(read_contents(tmp_path)))
    for name in ("measure_quality", "find_outliers"):
        run(dashboard, name)
    assert "Quality needs at least 3 rows" in dashboard.structure.quality.problem
    assert dashboard.structure.outliers.problem


def test_settings_come_back_from_a_saved_choice_whatever_it_holds():
    choice = EmbeddingChoice(structure=with_settings(EmbeddingChoice(), ClusterSettings, seed=7))
    back = from_json(to_json(choice), 10).choice
    assert settings_of(back, ClusterSettings) == ClusterSettings(seed=7)
    odd = EmbeddingChoice(structure={"clusters": {"seed": "x", "n_starts": True, "nonsense": 1}})
    assert settings_of(odd, ClusterSettings) == ClusterSettings()


def test_usual_settings_leave_no_trace():
    changed = EmbeddingChoice(structure=with_settings(EmbeddingChoice(), ClusterSettings, seed=7))
    assert with_settings(changed, ClusterSettings, seed=0) == {}
