"""A whole session on pictures of digits, by mouse and keys alone, with jobs on threads: project,
select, isolate, color, relabel, undo, save and open again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QTabBar,
    QWidget,
)

from projector.embeddings.writer import write_embedding
from widgets.embedding.point_list import PointList
from widgets.shared.palette import CommandPalette

N_CLASSES, N_OF_EACH = 3, 60
N = N_CLASSES * N_OF_EACH
NAMES = ("zero", "one", "two")
SHADES = ((230, 20, 20), (20, 230, 20), (20, 20, 230))
"""The color of the label pictures of a class, so that a pixel tells whose it is, tinted or not."""
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def digits(tmp_path):
    """A log folder with three well separated classes and one picture a point."""
    rng = np.random.default_rng(4)
    classes = np.repeat(np.arange(N_CLASSES), N_OF_EACH)
    centers = 9 * np.eye(N_CLASSES, 24)
    vectors = (centers[classes] + rng.normal(size=(N, 24))).astype(np.float32)
    shades = np.array(SHADES, dtype=np.uint8)[classes]
    pictures = np.broadcast_to(shades[:, None, None, :], (N, 12, 12, 3)).copy()
    folder = tmp_path / "digits"
    columns = {"digit": [NAMES[one] for one in classes], "row": [f"r{i}" for i in range(N)]}
    write_embedding(folder, vectors, metadata=columns, pictures=pictures, name="digits")
    return folder


class Session:
    """What a user can see and do in one window."""

    def __init__(self, controller, qtbot) -> None:
        self.controller, self.qtbot = controller, qtbot
        self.window = controller.window
        self.window.resize(1280, 800)
        self.window.activateWindow()

    @property
    def dashboard(self):
        return self.controller.explainer.embeddings

    @property
    def model(self):
        return self.dashboard.model

    @property
    def canvas(self):
        return self.dashboard.canvas

    @property
    def hidden(self) -> set[int]:
        """The rows that no pixel of the picture may be of."""
        shown = self.model.choice.isolation.ids(N)
        return set(range(N)) - set(shown.tolist())

    @property
    def drawn(self) -> set[int]:
        """The rows with at least one pixel."""
        return set(self.canvas.points_in_view().tolist())

    @property
    def image(self) -> np.ndarray:
        """What the canvas shows: uint8 (height, width, 4) RGBA."""
        image = self.canvas.image.convertToFormat(QImage.Format.Format_RGBA8888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()

    def settle(self) -> None:
        """Until no job runs, the camera rests and the picture is done."""
        for _ in range(2):
            self.qtbot.waitUntil(lambda: not self.controller.jobs.running, timeout=60_000)
            self.wait_for_rest()

    def wait_for_rest(self) -> None:
        """Until the picture has not changed for a while."""
        before = None
        for _ in range(100):
            self.qtbot.wait(60)
            now = self.image
            if before is not None and np.array_equal(before, now):
                return
            before = now
        raise AssertionError("the picture does not come to rest")

    def find(self, kind, name: str):
        """The visible control of this text or accessible name."""
        for one in self.window.findChildren(kind):
            texts = {one.accessibleName(), getattr(one, "text", str)().replace("&", "")}
            if one.isVisible() and name in texts:
                return one
        raise AssertionError(f"no {name} to be seen")

    def click(self, name: str) -> None:
        """Click the button that says so."""
        button = self.find(QAbstractButton, name)
        assert button.isEnabled(), f"{name} is dim"
        self._reveal(button)
        QTest.mouseClick(button, LEFT)

    def turn_to(self, page: str) -> None:
        """Click a tab."""
        for bar in self.window.findChildren(QTabBar):
            titles = [bar.tabText(i) for i in range(bar.count())]
            if bar.isVisible() and page in titles:
                QTest.mouseClick(bar, LEFT, pos=bar.tabRect(titles.index(page)).center())
                return
        raise AssertionError(f"no page {page}")

    def press(self, key, modifiers=NO_KEY) -> None:
        """A key, for whatever has the focus."""
        self.window.activateWindow()  # as a window manager does once a dialog is closed
        self.qtbot.wait(20)
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)

    def choose_by_key(self, combo: str, item: str) -> None:
        """Arrow keys in a drop-down until it shows the item."""
        box = self.find(QComboBox, combo)
        self._reveal(box)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Home)
        for _ in range(box.count()):
            if box.currentText() == item:
                return
            QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentText() == item

    def run_command(self, typed: str) -> None:
        """A command out of the palette, found by some of its letters."""
        self.press(Qt.Key.Key_P, CONTROL | SHIFT)
        palette = self.window.findChild(CommandPalette)
        assert palette is not None
        field = palette.findChild(QLineEdit)
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.qtbot.wait(20)

    def place_of(self, row: int) -> QPoint:
        return self.canvas.place_of(row).toPoint()

    def click_row(self, row: int) -> None:
        QTest.mouseClick(self.canvas, LEFT, pos=self.place_of(row))

    def lasso(self, corners) -> None:
        """Draw around: press, move along the corners, release."""
        points = [QPointF(x, y).toPoint() for x, y in corners]
        QTest.mousePress(self.canvas, LEFT, pos=points[0])
        for start, end in zip(points, [*points[1:], points[0]], strict=True):
            for part in (0.25, 0.5, 0.75, 1.0):
                QTest.mouseMove(self.canvas, start + (end - start) * part)
        QTest.mouseRelease(self.canvas, LEFT, pos=points[0])
        self.settle()

    def _reveal(self, widget: QWidget) -> None:
        """Scroll to it, as a wheel would."""
        panel = widget.parentWidget()
        while panel is not None:
            if hasattr(panel, "ensureWidgetVisible"):
                panel.ensureWidgetVisible(widget)
            panel = panel.parentWidget()
        self.qtbot.wait(10)


@pytest.fixture
def session(new_window, digits, qtbot):
    controller = new_window(poll_ms=None)
    one = Session(controller, qtbot)
    controller.open(digits)
    one.settle()
    return one


def inside(corners, places: np.ndarray) -> set[int]:
    """The rows whose places are inside a polygon, one even-odd test a row."""
    found = set()
    for row, (x, y) in enumerate(places[:, :2].tolist()):
        crossed = False
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (x1 - x0) * (y - y0) / (y1 - y0):
                crossed = not crossed
        if crossed:
            found.add(row)
    return found


def around(session: Session, rows) -> list[tuple[int, int]]:
    """A polygon in widget pixels around these rows."""
    places = session.canvas.places_of(np.array(sorted(rows)))[:, :2]
    (x0, y0), (x1, y1) = np.floor(places.min(0)) - 4, np.ceil(places.max(0)) + 4
    middle = (x0 + x1) / 2
    corners = [(x0, y0), (middle, y0 - 5), (x1, y0), (x1, y1), (middle, y1 + 5), (x0, y1)]
    return [(int(x), int(y)) for x, y in corners]


def selected(session: Session) -> set[int]:
    return set(session.model.selection.ids.tolist())


def classes_seen(session: Session) -> set[int]:
    """Which classes' pictures have pixels on the canvas: red, green or blue ones."""
    pixels = session.image[..., :3].reshape(-1, 3).astype(int)
    others = np.sort(pixels, axis=1)[:, 1]
    strong = pixels[(pixels.max(1) > 60) & (pixels.max(1) > 3 * others)]
    counts = np.bincount(strong.argmax(1), minlength=N_CLASSES)
    return set(np.flatnonzero(counts > 40).tolist())


def project(session: Session) -> None:
    """t-SNE by its buttons: run, pause, resume, stop."""
    session.turn_to("Projection")
    session.click("t-SNE")
    session.click("2D")
    session.click("Run t-SNE")
    runner = session.dashboard.runner
    session.qtbot.waitUntil(
        lambda: runner.state is not None and runner.state.count > 20, timeout=90_000
    )
    session.click("Pause")
    session.qtbot.waitUntil(lambda: runner.state.is_paused, timeout=10_000)
    session.qtbot.wait(150)
    held = session.model.layout.positions.copy()
    session.qtbot.wait(150)
    assert np.array_equal(held, session.model.layout.positions)
    session.click("Resume")
    session.qtbot.waitUntil(
        lambda: not np.array_equal(held, session.model.layout.positions), timeout=20_000
    )
    session.qtbot.waitUntil(
        lambda: runner.state is None or runner.state.count > 300, timeout=90_000
    )
    if runner.state is not None:
        session.click("Stop")
    session.settle()
    assert session.model.layout.projection == "tsne"
    assert not session.model.layout.is_running


def test_a_session_by_mouse_and_keys(session, new_window, tmp_path, qtbot, monkeypatch):
    model = session.model
    project(session)
    session.click("Reset camera")
    session.settle()
    first = model.choice
    session.run_command("show pictures")
    session.settle()
    assert classes_seen(session) == set(range(N_CLASSES))
    session.run_command("show pictures")
    session.settle()
    assert not model.choice.shows_pictures

    # a lasso takes exactly the points that are drawn inside it
    session.click("Lasso tool")
    corners = around(session, range(N_OF_EACH))
    session.lasso(corners)
    expected = inside(corners, session.canvas.places_of(np.arange(N)))
    assert selected(session) == expected
    assert len(expected) >= N_OF_EACH

    # what is picked is what is drawn there
    session.click("Turn tool")
    row = 5
    picked = session.canvas.pick(*session.canvas.places_of(np.array([row]))[0, :2].tolist())
    session.click_row(row)
    session.settle()
    assert model.selected == picked
    neighbors = session.find(PointList, "Nearest neighbors").points.ids.tolist()
    assert len(neighbors) == 10
    assert {one // N_OF_EACH for one in neighbors} == {picked // N_OF_EACH}
    session.click("Select these")
    assert selected(session) == set(neighbors)

    # isolated, only their pictures are drawn, and nothing else can be picked
    session.press(Qt.Key.Key_I, CONTROL | SHIFT)
    session.settle()
    session.press(Qt.Key.Key_I, CONTROL)
    session.settle()
    assert session.drawn <= set(neighbors)
    assert classes_seen(session) == {picked // N_OF_EACH}
    hidden_places = session.canvas.places_of(np.array(sorted(session.hidden)))
    for x, y, _ in hidden_places[::7].tolist():
        assert session.canvas.pick(x, y) in {None, *neighbors}
    whole = np.array([(2, 2), (1e4, 2), (1e4, 1e4), (2, 1e4)])
    assert set(session.canvas.points_within(whole).tolist()) <= set(neighbors)
    session.press(Qt.Key.Key_I, CONTROL | SHIFT)
    session.settle()

    # colors of another column, and another name for the class
    session.turn_to("Data")
    session.choose_by_key("Color by", "row")
    session.settle()
    assert model.choice.color_by == "row"
    session.choose_by_key("Color by", "digit")
    session.press(Qt.Key.Key_E, CONTROL | Qt.KeyboardModifier.AltModifier)
    column = session.find(QComboBox, "Column to write into")
    column.setFocus()
    column.lineEdit().selectAll()
    QTest.keyClicks(column, "digit")
    value = session.find(QLineEdit, "Value to write")
    QTest.keyClicks(value, "mine")
    QTest.keyClick(value, Qt.Key.Key_Return)
    session.settle()
    told = model.embedding.metadata["digit"].to_list()
    assert {i for i, one in enumerate(told) if one == "mine"} == set(neighbors)
    assert "mine" in [entry.label for entry in model.legend.entries]

    last, picture = model.choice, session.image
    undo_all_and_redo(session, first, last, picture)
    save_and_reopen(session, new_window, tmp_path, qtbot, monkeypatch)


def undo_all_and_redo(session: Session, first, last, picture) -> None:
    """Step by step back to the beginning, and forth again to the same picture."""
    session.canvas.setFocus()
    n_steps = 0
    while session.dashboard.history.can_undo:
        session.press(Qt.Key.Key_Z, CONTROL)
        n_steps += 1
        assert n_steps < 50
    session.settle()
    choice = session.model.choice
    assert choice.edits == ()
    assert choice.isolation.shows_all
    assert len(choice.selection) == 0
    assert "mine" not in session.model.embedding.metadata["digit"].to_list()
    assert session.drawn == set(range(N)) or len(session.drawn) > N // 2
    while session.dashboard.history.can_redo:
        session.press(Qt.Key.Key_Y, CONTROL)
    session.settle()
    assert session.model.choice == last


def save_and_reopen(session, new_window, tmp_path, qtbot, monkeypatch) -> None:
    """A view that was saved shows the same in another window."""
    path = tmp_path / "mine.projector"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    session.run_command("save view")
    session.settle()
    assert path.exists()
    choice, picture, camera = session.model.choice, session.image, session.canvas.camera
    again = Session(new_window(poll_ms=None), qtbot)
    again.controller.open(path)
    again.settle()
    again.canvas.setFocus()
    session.canvas.setFocus()
    assert again.window.notices.sentences == ()
    now = again.model.choice
    assert (now.run, now.name) == (".", "digits")  # a view says which; nothing means the first
    assert replace(now, run=choice.run, name=choice.name) == choice
    assert again.canvas.camera == camera
    assert again.canvas.size() == session.canvas.size()
    again.settle()
    frame = 4  # pixels, the one that tells where the focus is
    inner = np.s_[frame:-frame, frame:-frame]
    assert np.array_equal(again.image[inner], picture[inner])
