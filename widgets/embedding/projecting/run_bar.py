"""The button that runs a projection, and what is seen of it while it runs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from projector.errors import ProjectorError
from widgets.embedding.projecting.estimates import estimate_text
from widgets.embedding.projecting.run_state import RunState
from widgets.embedding.projecting.runner import N_MORE, ProjectionRunner
from widgets.embedding.projecting.sparkline import Sparkline
from widgets.embedding.projecting.steering import Steering
from widgets.embedding.projecting.wishes import AXES, ITERATIVE, Wish, projection_of
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text

N_TICKS = 1000
PRIMARY = """
QPushButton { background: palette(highlight); color: palette(highlighted-text);
    border: 1px solid palette(highlight); border-radius: 4px; padding: 5px 12px; }
QPushButton:hover { border-color: palette(button-text); }
QPushButton:focus { border-color: palette(button-text); }
QPushButton:disabled { background: palette(midlight); color: palette(mid);
    border-color: palette(mid); }
"""


class RunBar(QWidget):
    """Begins, pauses, stops and shakes a run; tells what it will cost and how far it is."""

    def __init__(
        self, model: EmbeddingViewModel, runner: ProjectionRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._runner = model, runner
        self._make_start()
        self._make_running()
        self._problem = QLabel(wordWrap=True)
        self._problem.setAccessibleName(self.tr("What went wrong"))
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        column.addWidget(self._start)
        column.addWidget(self._running)
        column.addWidget(self._problem)
        runner.changed.connect(self._show)
        self._wish = Wish("pca")

    def _make_start(self) -> None:
        self._start = QWidget()
        column = QVBoxLayout(self._start)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN // 2)
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        self._run = QPushButton()
        self._run.setStyleSheet(PRIMARY)
        self._run.setToolTip(self.tr("Make this projection of all points (Ctrl+Return)"))
        self._run.clicked.connect(self._on_run)
        row.addWidget(self._run, 1)
        self._more = QToolButton()
        self._more.setText("\N{HORIZONTAL ELLIPSIS}")
        self._more.setToolTip(self.tr("Other ways to run it"))
        self._more.setAccessibleName(self.tr("Other ways to run it"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._more.setMenu(self._menu())
        row.addWidget(self._more)
        column.addLayout(row)
        self._cost = QLabel(wordWrap=True)
        self._cost.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        column.addWidget(self._cost)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        text = self.tr("{n} more iterations").format(n=N_MORE)
        self._go_on = QAction(text, self)
        self._go_on.setToolTip(self.tr("Go on from the layout that is shown"))
        self._go_on.triggered.connect(self._on_go_on)
        self._every = QAction(self.tr("Run for every step"), self)
        tip = "Lay out all steps, each from the one before, so that motion means change"
        self._every.setToolTip(self.tr(tip))
        self._every.triggered.connect(self._on_every_step)
        menu.addAction(self._go_on)
        menu.addAction(self._every)
        return menu

    def _make_running(self) -> None:
        self._running = QWidget()
        column = QVBoxLayout(self._running)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN // 2)
        self._bar = QProgressBar(maximum=N_TICKS, textVisible=False)
        self._bar.setFixedHeight(max(6, self.fontMetrics().height() // 2))
        self._bar.setAccessibleName(self.tr("Progress of the projection"))
        self._note = QLabel(wordWrap=True)
        self._kl = Sparkline(self.tr("Divergence (KL) so far"))
        self._kl.setToolTip(self.tr("How the divergence (KL) fell so far: lower fits better"))
        for widget in (self._bar, self._note, self._kl):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        self._pause = QPushButton()
        self._pause.clicked.connect(self._on_pause)
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.setToolTip(self.tr("End the run and keep what it made"))
        self._stop.clicked.connect(self._on_stop)
        self._perturb = QPushButton(self.tr("Shake"))
        self._perturb.setToolTip(self.tr("Disturb the layout once, to leave a poor arrangement"))
        self._perturb.clicked.connect(self._on_perturb)
        self._add = QPushButton(f"+{N_MORE}")
        self._add.setToolTip(self.tr("{n} more iterations").format(n=N_MORE))
        self._add.clicked.connect(self._on_go_on)
        for button in (self._pause, self._stop, self._perturb, self._add):
            button.setMinimumWidth(5 * self.fontMetrics().averageCharWidth())
            row.addWidget(button, 1)
        column.addLayout(row)
        self._steering = Steering(self._runner)
        column.addWidget(self._steering)

    def show_wish(self, wish: Wish) -> None:
        self._wish = wish
        self._show()

    @Slot()
    def _show(self) -> None:
        state, focus = self._runner.state, QApplication.focusWidget()
        self._start.setVisible(state is None)
        self._running.setVisible(state is not None)
        self._problem.setText(self._runner.problem)
        self._problem.setVisible(bool(self._runner.problem))
        if state is None:
            self._show_start()
        else:
            self._show_state(state)
        if focus is not None and self.isAncestorOf(focus) and not focus.isVisibleTo(self):
            self._focus_next(state)

    def _focus_next(self, state: RunState | None) -> None:
        """The button that had the keyboard is gone; its counterpart takes it over."""
        if state is None:
            self._run.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            button = self._pause if state.projection in ITERATIVE else self._stop
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_start(self) -> None:
        embedding, wish = self._model.embedding, self._wish
        title = projection_of(wish.projection).title
        text = self.tr("Run {method}").format(method=title)
        self._run.setText(self.tr("Show along these axes") if wish.projection == AXES else text)
        cost, can_run = "", embedding is not None
        if embedding is not None:
            try:
                cost = estimate_text(wish, embedding)
            except ProjectorError as error:
                cost, can_run = str(error), False
        self._run.setEnabled(can_run)
        self._cost.setText(cost)
        self._cost.setVisible(bool(cost))
        self._go_on.setEnabled(self._runner.can_go_on)
        self._every.setEnabled(self._runner.can_run_every_step)
        self._more.setVisible(wish.projection in ITERATIVE)

    def _show_state(self, state: RunState) -> None:
        is_known = state.done is not None and state.done > 0
        self._bar.setMaximum(N_TICKS if is_known else 0)
        if state.done is not None and is_known:
            self._bar.setValue(round(N_TICKS * state.done))
        self._note.setText(self._state_text(state))
        self._kl.set_values(state.kls)
        self._kl.setVisible(bool(state.kls))
        text = self.tr("Resume") if state.is_paused else self.tr("Pause")
        self._pause.setText(text)
        tip = self.tr("Go on") if state.is_paused else self.tr("Hold the layout as it is")
        self._pause.setToolTip(tip)
        is_iterative = state.projection in ITERATIVE
        for widget in (self._pause, self._perturb, self._add, self._steering):
            widget.setVisible(is_iterative)
        self._steering.set_projection(state.projection)

    def _state_text(self, state: RunState) -> str:
        parts = [state.note] if state.note else [self.tr("Beginning")]
        if state.kls:
            parts.append(self.tr("KL {kl}").format(kl=f"{state.kls[-1]:.3f}"))
        if state.rate is not None and not state.is_paused:
            rate = f"{state.rate:.0f}" if state.rate >= 10 else f"{state.rate:.1f}"
            parts.append(self.tr("{rate}/s").format(rate=rate))
        text = " \N{MIDDLE DOT} ".join(parts)
        embedding = self._model.embedding
        is_other = embedding is None or embedding.source is not state.source
        if state.is_every_step or not is_other:
            return text
        where = state.source.name
        if state.source.step is not None:
            where = self.tr("{name}, step {step}").format(
                name=where, step=number_text(state.source.step)
            )
        told = self.tr("{title} of {where} goes on: {text}")
        return told.format(title=state.title, where=where, text=text)

    @Slot()
    def _on_run(self) -> None:
        self._runner.run()

    @Slot()
    def _on_go_on(self) -> None:
        self._runner.go_on()

    @Slot()
    def _on_every_step(self) -> None:
        self._runner.run_every_step()

    @Slot()
    def _on_pause(self) -> None:
        state = self._runner.state
        if state is not None and state.is_paused:
            self._runner.resume()
        else:
            self._runner.pause()

    @Slot()
    def _on_stop(self) -> None:
        self._runner.stop()

    @Slot()
    def _on_perturb(self) -> None:
        self._runner.perturb()
