"""Chooses one of the steps at which something was written, by slider, keys or playback."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QHideEvent,
    QIcon,
    QPainter,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)
from typing_extensions import override

PLAY_INTERVAL_MS = 700
"""At the usual speed."""
SPEEDS = (0.5, 1.0, 2.0, 4.0)


class StepSlider(QWidget):
    """A slider over steps, with play and pause; hidden where there are fewer than two steps.

    Steps are 64-bit, so the slider carries indices. index_chosen: the index the user or the
    playback moved to (int). speed_chosen: how many times as fast as usual the user wants to play
    (float). `set_steps`, `set_index` and `set_speed` announce nothing.
    """

    index_chosen = Signal(object)
    speed_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[int, ...] = ()
        self._is_busy = False
        self._speed = 1.0
        self._timer = QTimer(self)
        self._timer.setInterval(PLAY_INTERVAL_MS)
        self._timer.timeout.connect(self._on_tick)
        self._play = self._play_button()
        self._slider = self._step_slider()
        self._speeds = QActionGroup(self)
        self._speed_button = self._make_speed_button()
        self._label = QLabel(self)
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._play)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._label)
        layout.addWidget(self._speed_button)
        self._show_playing()
        self.hide()

    @property
    def index(self) -> int:
        """The index shown, 0 where there are no steps."""
        return self._slider.value()

    @property
    def steps(self) -> tuple[int, ...]:
        return self._steps

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """How many times as fast as usual it plays."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """One of SPEEDS; anything else counts as the nearest of them."""
        self._speed = min(SPEEDS, key=lambda one: abs(one - speed))
        self._timer.setInterval(round(PLAY_INTERVAL_MS / self._speed))
        for action in self._speeds.actions():
            action.setChecked(action.data() == self._speed)
        self._speed_button.setText(speed_text(self._speed))

    def set_steps(self, steps: Sequence[int]) -> None:
        """Offer these steps, in this order; the index stays where it is or moves to the last."""
        if (offered := tuple(int(step) for step in steps)) == self._steps:
            return
        self._steps = offered
        self._slider.blockSignals(True)
        self._slider.setRange(0, max(0, len(self._steps) - 1))
        self._slider.blockSignals(False)
        self._label.setMinimumWidth(self._widest_text())
        self._show_text()
        if len(self._steps) < 2:
            self.pause()
        self.setVisible(len(self._steps) >= 2)

    def set_index(self, index: int) -> None:
        """Show the step at this index; beyond the ends, the nearest."""
        self._slider.blockSignals(True)
        self._slider.setValue(index)
        self._slider.blockSignals(False)
        self._show_text()

    def step_by(self, n: int) -> None:
        """Move n steps on as the user would, stopping at the ends."""
        self._slider.setValue(self._slider.value() + n)

    def play(self) -> None:
        """Walk through the steps, from the start again after the last."""
        if len(self._steps) >= 2:
            self._timer.start()
        self._show_playing()

    def pause(self) -> None:
        self._timer.stop()
        self._show_playing()

    def set_busy(self, is_busy: bool) -> None:
        """While a step is still being read the playback waits for it."""
        self._is_busy = is_busy

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._label.setMinimumWidth(self._widest_text())
            self._show_playing()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pause()

    @Slot(int)
    def _on_value_changed(self, index: int) -> None:
        self._show_text()
        self.index_chosen.emit(index)

    @Slot()
    def _on_play_clicked(self) -> None:
        if self.is_playing:
            self.pause()
        else:
            self.play()

    @Slot()
    def _on_tick(self) -> None:
        if not self._is_busy:
            self._slider.setValue((self._slider.value() + 1) % len(self._steps))

    def _play_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.clicked.connect(self._on_play_clicked)
        return button

    def _make_speed_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setAccessibleName(self.tr("Speed of playback"))
        button.setToolTip(self.tr("How fast the steps are played"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for speed in SPEEDS:
            action = QAction(speed_text(speed), self._speeds)
            action.setCheckable(True)
            action.setChecked(speed == self._speed)
            action.setData(speed)
            menu.addAction(action)
        self._speeds.triggered.connect(self._on_speed)
        button.setMenu(menu)
        button.setText(speed_text(self._speed))
        widest = max(button.fontMetrics().horizontalAdvance(speed_text(one)) for one in SPEEDS)
        button.setMinimumWidth(widest + 3 * button.fontMetrics().averageCharWidth())
        return button

    @Slot(QAction)
    def _on_speed(self, action: QAction) -> None:
        self.set_speed(action.data())
        self.speed_chosen.emit(self._speed)

    def _step_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setPageStep(1)
        slider.setAccessibleName(self.tr("Step"))
        slider.setToolTip(self.tr("The step that is shown; arrow keys move by one"))
        slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        slider.setMinimumWidth(slider.fontMetrics().averageCharWidth() * 8)
        slider.valueChanged.connect(self._on_value_changed)
        return slider

    def _text(self, step: int, number: int) -> str:
        return self.tr("Step {step} ({number} of {count})").format(
            step=self.locale().toString(step), number=number, count=len(self._steps)
        )

    def _widest_text(self) -> int:
        """The width of the step with the most digits; there may be a great many steps."""
        if not self._steps:
            return 0
        longest = max(self._steps, key=lambda step: len(str(step)))
        text = self._text(longest, len(self._steps))
        return self._label.fontMetrics().horizontalAdvance(text)

    def _show_text(self) -> None:
        text = self._text(self._steps[self.index], self.index + 1) if self._steps else ""
        self._label.setText(text)
        self._slider.setAccessibleDescription(text)

    def _show_playing(self) -> None:
        name = self.tr("Pause") if self.is_playing else self.tr("Play")
        self._play.setAccessibleName(name)
        self._play.setToolTip(
            self.tr("Stop at this step") if self.is_playing else self.tr("Play all steps in turn")
        )
        color = self.palette().buttonText().color()
        self._play.setIcon(play_icon(self.is_playing, color, self._play.iconSize().height()))


def speed_text(speed: float) -> str:
    """Such as "0.5\N{MULTIPLICATION SIGN}"."""
    return f"{speed:g}\N{MULTIPLICATION SIGN}"


def play_icon(is_playing: bool, color: QColor, size: int) -> QIcon:
    """Two bars while playing, a triangle otherwise, drawn in the theme's color."""
    pixmap = QPixmap(size * 4, size * 4)
    pixmap.setDevicePixelRatio(4)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.scale(size, size)
    if is_playing:
        painter.drawRect(QRectF(0.22, 0.18, 0.2, 0.64))
        painter.drawRect(QRectF(0.58, 0.18, 0.2, 0.64))
    else:
        painter.drawPolygon(
            QPolygonF([QPointF(0.26, 0.14), QPointF(0.26, 0.86), QPointF(0.84, 0.5)])
        )
    painter.end()
    return QIcon(pixmap)
