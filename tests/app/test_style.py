"""Where the keyboard is can be seen on every kind of control, on both themes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.style import ControlStyle
from widgets.shared.theme import app_palette, control_colors

LEAST_CONTRAST = 3.0


def tabs():
    bar = QTabBar(focusPolicy=Qt.FocusPolicy.StrongFocus)
    bar.addTab("One")
    bar.addTab("Two")
    return bar


def tool():
    button = QToolButton(focusPolicy=Qt.FocusPolicy.StrongFocus, autoRaise=True)
    button.setText("Fold")
    return button


def items():
    shown = QListWidget()
    shown.addItems(["one", "two"])
    return shown


def choices():
    box = QComboBox()
    box.addItems(["one", "two"])
    return box


CONTROLS = {
    "button": lambda: QPushButton("Run"),
    "check box": lambda: QCheckBox("Center"),
    "radio button": lambda: QRadioButton("2D"),
    "slider": lambda: QSlider(Qt.Orientation.Horizontal),
    "field": QLineEdit,
    "number": QSpinBox,
    "drop-down": choices,
    "list": items,
    "tabs": tabs,
    "tool": tool,
}


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def palette(request):
    return app_palette(request.param)


@pytest.fixture
def page(qtbot, palette):
    """Shows one control below a button, in the program's own style."""
    style = ControlStyle()
    made = []

    def new(control):
        outer = QWidget()
        outer.setPalette(palette)
        column = QVBoxLayout(outer)
        for widget in (QPushButton("First"), control):
            widget.setPalette(palette)
            widget.setStyle(style)
            column.addWidget(widget)
        qtbot.addWidget(outer)
        made.append(outer)
        outer.show()
        outer.activateWindow()
        qtbot.waitUntil(outer.isActiveWindow)
        outer.findChild(QPushButton).setFocus()
        return outer

    yield new
    for outer in made:
        for widget in outer.findChildren(QWidget):
            widget.setStyle(None)
    style.deleteLater()


def pixels(widget) -> np.ndarray:
    """float (height, width, 3), 0..1."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    rgba = rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)
    return rgba[..., :3].astype(float) / 255


def luminance(colors: np.ndarray) -> np.ndarray:
    """As the Web Content Accessibility Guidelines define it."""
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    a, b = luminance(one), luminance(other)
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


@pytest.mark.parametrize("kind", CONTROLS)
def test_a_frame_goes_around_what_has_the_keyboard(page, qtbot, kind):
    control = CONTROLS[kind]()
    page(control)
    before = pixels(control)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.waitUntil(control.hasFocus)
    changed = contrast(before, pixels(control)) >= LEAST_CONTRAST
    columns, rows = changed.any(0).sum(), changed.any(1).sum()
    assert changed.sum() > columns + rows  # the length of a frame, at least at two of its sides
    assert columns > 12
    assert rows > 8


@pytest.mark.parametrize("kind", ["check box", "radio button"])
def test_on_and_off_are_told_apart(page, kind):
    control = CONTROLS[kind]()
    page(control)
    off = pixels(control)
    control.setChecked(True)
    assert (contrast(off, pixels(control)) >= LEAST_CONTRAST).sum() > 30


def test_partly_checked_is_neither_on_nor_off(page):
    control = QCheckBox("Some", tristate=True)
    page(control)
    seen = []
    for state in Qt.CheckState:
        control.setCheckState(state)
        seen.append(pixels(control).tobytes())
    assert len(set(seen)) == 3


def test_the_outline_of_an_empty_box_can_be_seen(palette):
    colors = control_colors(palette)
    outline, fill = (np.array(one.getRgbF()[:3]) for one in (colors.outline, colors.fill))
    assert contrast(outline, fill) >= LEAST_CONTRAST
