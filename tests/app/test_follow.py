"""The window follows a training: what is written appears, what the user chose stays."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.follow import Follower, read_news
from app.jobs import Jobs
from projector.contents import Place
from projector.embeddings.writer import write_embedding
from projector.errors import NotFound
from projector.logs.writer import EventWriter
from projector.progress import Progress, finish

POLL_MS = 20


@pytest.fixture
def opened(new_window, logs, qtbot):
    """A window on the small logs that looks at them all the time."""
    controller = new_window(poll_ms=POLL_MS)
    controller.open(logs)
    qtbot.waitUntil(lambda: controller.window.dashboard is not None, timeout=60_000)
    settle(controller, qtbot)
    return controller


def settle(controller, qtbot):
    """Wait until nothing but following is under way."""
    for _ in range(2):
        qtbot.waitUntil(
            lambda: all(job.is_silent for job in controller.jobs.running), timeout=60_000
        )
        qtbot.wait(30)


def look(controller, qtbot, n=2):
    """Wait for readings that began after now."""
    for _ in range(n):
        with qtbot.waitSignal(controller.follower.looked, timeout=20_000):
            pass


def shown(controller, name):
    return next(one for one in controller.window.dashboards if one.name == name)


def trigger(controller, name):
    next(a for a in controller.window.actions_now if a.objectName() == name).trigger()


def write_curve(writer, step, seed=0):
    rng = np.random.default_rng(seed)
    writer.pr_curve("pr/cat", rng.integers(0, 2, 50).astype(bool), rng.random(50), step)


def add_step(logs, step, n=60):
    vectors = np.random.default_rng(step).normal(size=(n, 8)).astype(np.float32)
    write_embedding(logs, vectors, metadata={"label": ["a"] * n}, step=step, name="words")


def test_a_new_point_appears_and_the_newest_step_moves_along(opened, logs, qtbot):
    model = shown(opened, "pr-curves").model
    with EventWriter(logs / "trial1") as writer:
        write_curve(writer, 17)
    qtbot.waitUntil(lambda: model.steps[-1] == 17, timeout=20_000)
    assert model.step_index == len(model.steps) - 1


def test_a_step_chosen_in_the_middle_stays(opened, logs, qtbot):
    dashboard = shown(opened, "pr-curves")
    dashboard.model.choose_step_index(2)
    with EventWriter(logs / "trial1") as writer:
        write_curve(writer, 17)
    qtbot.waitUntil(lambda: dashboard.model.steps[-1] == 17, timeout=20_000)
    assert dashboard.model.choice.step == 2
    assert dashboard.slider.index == 2


def test_a_new_run_appears_in_a_color_of_its_own_and_the_others_keep_theirs(opened, logs, qtbot):
    dashboard = shown(opened, "pr-curves")
    dashboard.model.choose(hidden_runs=("trial1",))
    before = dict(dashboard.model.runs)
    with EventWriter(logs / "another") as writer:
        write_curve(writer, 1)
    qtbot.waitUntil(lambda: "another" in dict(dashboard.model.runs), timeout=20_000)
    after = dict(dashboard.model.runs)
    assert {name: after[name] for name in before} == before
    assert after["another"] not in before.values()
    assert dashboard.model.choice.hidden_runs == ("trial1",)


def test_a_run_whose_folder_is_deleted_goes(opened, logs, qtbot):
    model = shown(opened, "pr-curves").model
    shutil.rmtree(logs / "trial2")
    qtbot.waitUntil(lambda: "trial2" not in dict(model.runs), timeout=20_000)
    assert [trial.name for trial in shown(opened, "hparams").model.trials.trials] == [
        "trial0",
        "trial1",
    ]


def test_a_file_that_was_cut_short_is_read_again(opened, logs, qtbot):
    model = shown(opened, "pr-curves").model
    with EventWriter(logs / "trial1") as writer:
        write_curve(writer, 17)
        writer.flush()
        n_bytes = writer.path.stat().st_size
        write_curve(writer, 18)
    qtbot.waitUntil(lambda: model.steps[-1] == 18, timeout=20_000)
    with writer.path.open("r+b") as file:
        file.truncate(n_bytes)
    qtbot.waitUntil(lambda: model.steps[-1] == 17, timeout=20_000)


def test_a_new_trial_appears_and_brushes_and_selection_stay(opened, logs, qtbot):
    from projector.hparams.choice import Brush

    model = shown(opened, "hparams").model
    brush = Brush("hparam/lr", low=0.05, high=2.0)
    model.choose(brushes=(brush,), selected=("trial1",))
    with EventWriter(logs / "trial3") as writer:
        writer.hparams({"lr": 0.1, "kind": "d"})
        writer.scalar("accuracy", 0.9, 4)
    qtbot.waitUntil(lambda: len(model.trials) == 4, timeout=20_000)
    assert (model.choice.brushes, model.choice.selected) == ((brush,), ("trial1",))


def test_a_new_step_of_an_embedding_makes_the_slider_longer_and_loads_nothing(opened, logs, qtbot):
    dashboard = shown(opened, "embedding")
    dashboard.model.choose(step=1)
    settle(opened, qtbot)
    dashboard.model.choose(selected=7)
    seen, camera = dashboard.model.shown, dashboard.canvas.camera
    add_step(logs, 5)
    qtbot.waitUntil(lambda: dashboard.model.group.steps == (1, 2, 5), timeout=20_000)
    settle(opened, qtbot)
    assert dashboard.model.shown is seen
    assert dashboard.model.choice.selected == 7
    assert dashboard.canvas.camera == camera


def test_the_newest_step_of_an_embedding_moves_along_and_the_camera_stays(opened, logs, qtbot):
    dashboard = shown(opened, "embedding")
    dashboard.model.choose(selected=7)
    camera = dashboard.canvas.camera
    add_step(logs, 5)
    qtbot.waitUntil(lambda: dashboard.model.embedding.source.step == 5, timeout=20_000)
    settle(opened, qtbot)
    assert dashboard.model.choice.selected == 7
    assert dashboard.canvas.camera == camera


def test_vectors_written_anew_are_read_again(opened, logs, qtbot):
    model = shown(opened, "embedding").model
    settle(opened, qtbot)
    add_step(logs, 2, n=33)
    qtbot.waitUntil(
        lambda: model.embedding is not None and model.embedding.n_points == 33, timeout=20_000
    )


def test_an_embedding_that_goes_away_leaves_a_notice_and_another_step(opened, logs, qtbot):
    model = shown(opened, "embedding").model
    assert model.source.step == 2
    shutil.rmtree(logs / "00002")
    config = logs / "projector_config.pbtxt"
    first = config.read_text("utf-8").split("embeddings {")[1]
    config.write_text("embeddings {" + first, "utf-8")
    qtbot.waitUntil(lambda: model.embedding.source.step == 1, timeout=20_000)
    assert any("not there any more" in text for text in opened.window.notices.sentences)


def test_where_nothing_is_new_no_dashboard_hears_of_it(opened, qtbot):
    heard = []
    opened.follower.found.connect(heard.append)
    look(opened, qtbot, n=4)
    assert heard == []


def test_a_dashboard_whose_data_stayed_the_same_is_left_alone(opened, logs, qtbot):
    heard = []
    opened.follower.found.connect(heard.append)
    with EventWriter(logs / "notes") as writer:
        writer.scalar("speed", 1.0, 0)
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert heard[0].changed == frozenset()
    assert heard[0].contents.logs.run("notes") is not None


def test_switched_off_nothing_is_read_and_it_is_remembered(opened, logs, qtbot):
    trigger(opened, "app.follow")
    looks = []
    opened.follower.looked.connect(lambda: looks.append(1))
    with EventWriter(logs / "another") as writer:
        write_curve(writer, 1)
    qtbot.wait(10 * POLL_MS)
    assert looks == []
    assert not opened.settings.follows
    assert opened.window.follow_status.text() == "Not following"
    qtbot.mouseClick(opened.window.follow_status, Qt.MouseButton.LeftButton)
    model = shown(opened, "pr-curves").model
    qtbot.waitUntil(lambda: "another" in dict(model.runs), timeout=20_000)


def test_the_status_bar_says_when_something_new_came(opened, logs, qtbot):
    status = opened.window.follow_status
    assert status.text() == "Following"
    with EventWriter(logs / "trial1") as writer:
        write_curve(writer, 17)
    qtbot.waitUntil(lambda: status.text().startswith("Updated "), timeout=20_000)
    assert status.toolTip()


def test_a_problem_found_while_following_is_said_once(opened, logs, qtbot):
    (logs / "broken").mkdir()
    (logs / "broken" / "events.out.tfevents.1").write_bytes(b"no record at all" * 9)
    qtbot.waitUntil(lambda: bool(opened.window.notices.sentences), timeout=20_000)
    opened.window.notices.clear()
    with EventWriter(logs / "trial1") as writer:
        write_curve(writer, 17)
    look(opened, qtbot, n=4)
    assert opened.window.notices.sentences == ()


def test_a_folder_that_vanishes_leaves_what_is_shown_and_one_notice(opened, logs, qtbot):
    logs.rename(logs.with_name("elsewhere"))
    qtbot.waitUntil(lambda: bool(opened.window.notices.sentences), timeout=20_000)
    look(opened, qtbot, n=1)
    assert len(opened.window.notices.sentences) == 1
    assert len(shown(opened, "pr-curves").model.runs) == 3
    status = opened.window.follow_status
    qtbot.waitUntil(lambda: status.text() == "Waiting for the folder", timeout=20_000)
    logs.with_name("elsewhere").rename(logs)
    with EventWriter(logs / "another") as writer:
        write_curve(writer, 1)
    model = shown(opened, "pr-curves").model
    qtbot.waitUntil(lambda: "another" in dict(model.runs), timeout=20_000)
    qtbot.waitUntil(lambda: status.text().startswith("Updated"), timeout=20_000)


def test_an_empty_folder_fills_the_window_once_something_is_written(new_window, tmp_path, qtbot):
    controller = new_window(poll_ms=POLL_MS)
    (tmp_path / "empty").mkdir()
    controller.open(tmp_path / "empty")
    qtbot.waitUntil(lambda: controller.follower.is_following, timeout=60_000)
    with EventWriter(tmp_path / "empty") as writer:
        write_curve(writer, 1)
    qtbot.waitUntil(lambda: controller.window.dashboard is not None, timeout=20_000)
    assert controller.window.dashboard.name == "pr-curves"


def test_a_cloud_of_the_same_name_elsewhere_is_not_followed_any_more(opened, tmp_path, qtbot):
    (tmp_path / "other").mkdir()
    with EventWriter(tmp_path / "other" / "run") as writer:
        write_curve(writer, 1)
    opened.open(tmp_path / "other")
    qtbot.waitUntil(lambda: opened.path == tmp_path / "other", timeout=20_000)
    assert [name for name, _ in shown(opened, "pr-curves").model.runs] == ["run"]
    assert opened.window.follow_status.text() == "Following"


def test_after_the_first_picture_the_index_is_kept(opened, tmp_path, qtbot, monkeypatch):
    kept = []
    monkeypatch.setattr(Place, "save_index", lambda place: _keep(kept, place))
    opened.follower._save_timer.start(0)
    qtbot.waitUntil(lambda: bool(kept), timeout=20_000)


def _keep(kept, place):
    yield Progress(None)
    kept.append(place)


class _Flaky:
    """A place that can't be read a few times."""

    def __init__(self, n_failures):
        self.n_failures = n_failures
        self.n_reads = 0

    def read(self):
        yield Progress(None)
        self.n_reads += 1
        if self.n_reads <= self.n_failures:
            raise NotFound("The folder is away.")
        return "contents"

    def save_index(self):
        yield Progress(None)


def test_a_place_that_fails_several_times_is_told_of_once_and_read_again(qtbot):
    jobs = Jobs()
    follower, told, place = Follower(jobs, poll_ms=2), [], _Flaky(3)
    follower.failed.connect(told.append)
    follower.start(place, "contents")
    qtbot.waitUntil(lambda: place.n_reads > 4, timeout=20_000)
    assert [str(error) for error in told] == ["The folder is away."]
    assert not follower.has_failed
    follower.stop()
    jobs.close()


def test_news_name_the_dashboards_that_have_something_new(logs):
    place = Place(logs, uses_index=False)
    before = finish(place.read())
    assert finish(read_news(place, before)) is None
    with EventWriter(logs / "trial0") as writer:
        writer.scalar("accuracy", 0.99, 9)
    assert finish(read_news(place, before)).changed == {"hparams"}
