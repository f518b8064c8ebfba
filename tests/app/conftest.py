"""A small log folder with something for every dashboard, and a window with settings of its own."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QApplication

from projector.embeddings.writer import write_embedding
from projector.logs.writer import EventWriter

N = 60


@pytest.fixture
def logs(tmp_path):
    """Three trials with PR curves, and an embedding at two steps in the root."""
    folder = tmp_path / "logs"
    rng = np.random.default_rng(0)
    for trial in range(3):
        labels, scores = rng.integers(0, 2, 50).astype(bool), rng.random(50)
        with EventWriter(folder / f"trial{trial}") as writer:
            writer.hparams({"lr": 10.0**-trial, "kind": "abc"[trial]})
            for step in range(5):
                writer.scalar("accuracy", 0.5 + 0.05 * step * (trial + 1), step)
                writer.pr_curve("pr/cat", labels, scores, step)
            writer.session_end()
    vectors = rng.normal(size=(N, 8)).astype(np.float32)
    for step in (1, 2):
        write_embedding(
            folder,
            vectors + step,
            metadata={"label": [f"w{i}" for i in range(N)], "kind": [i % 3 for i in range(N)]},
            pictures=rng.integers(0, 255, (N, 8, 8), dtype=np.uint8),
            step=step,
            name="words",
        )
    return folder


@pytest.fixture
def new_window(qtbot, tmp_path, monkeypatch):
    """Makes windows as the program starts them; looks at the logs every poll_ms."""
    from app.controller import Controller
    from app.settings import Settings

    QStandardPaths.setTestModeEnabled(True)
    monkeypatch.setattr("projector.logs.index.cache_folder", lambda: tmp_path / "cache")
    made = []

    def new(**options):
        settings = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
        controller = Controller(settings, **options)
        qtbot.addWidget(controller.window)
        controller.window.show()
        made.append(controller)
        return controller

    yield new
    application = QApplication.instance()  # the one of all tests of this process
    application.setPalette(application.style().standardPalette())
    for controller in made:
        controller.window.close()
        controller.jobs.close()


@pytest.fixture
def controller(new_window):
    """A window that shows what it was given and does not look at it again."""
    return new_window(poll_ms=None)
