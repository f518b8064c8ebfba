"""The tab of hyperparameters: columns at the left, parallel coordinates above a table of trials."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from projector.contents import Contents
from projector.hparams.trials import Trials
from widgets.dashboard import Dashboard
from widgets.hparams.canvas import ParallelCanvas
from widgets.hparams.changes import are_same
from widgets.hparams.column_chooser import ColumnChooser
from widgets.hparams.top_bar import TopBar
from widgets.hparams.trial_table import TrialTable
from widgets.hparams.view_model import HparamsViewModel
from widgets.shared.command import Command
from widgets.shared.job import RunJob
from widgets.shared.texts import counted
from widgets.shared.theme import is_dark


class HparamsDashboard(Dashboard):
    """Compares trials: the same selection in both views, brushes narrow both down."""

    name: ClassVar[str] = "hparams"
    title: ClassVar[str] = "Hyperparameters"

    def __init__(self, run_job: RunJob, parent: QWidget | None = None) -> None:
        super().__init__(run_job, parent)
        self.model = HparamsViewModel(run_job, self)
        self.model.set_dark(is_dark(self.palette()))
        self.chooser = ColumnChooser(self.model, self)
        self.bar = TopBar(self.model, self)
        self.canvas = ParallelCanvas(self.model, run_job, self)
        self.table = TrialTable(self.model, self)
        self._empty = self._empty_label()
        self._content = self._splitters()
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    @classmethod
    @override
    def has_data(cls, contents: Contents) -> bool:
        return len(contents.trials) > 0

    @classmethod
    @override
    def differs(cls, before: Contents, after: Contents) -> bool:
        return not are_same(before.trials, after.trials)

    @override
    def follow_contents(self, contents: Contents) -> None:
        self.model.follow_trials(contents.trials)
        self._show_page(contents.trials)

    @override
    def show_contents(self, contents: Contents) -> None:
        self.model.set_trials(contents.trials)
        self._show_page(contents.trials)

    def _show_page(self, trials: Trials) -> None:
        self._pages.setCurrentWidget(self._content if len(trials) else self._empty)
        if len(trials):
            counts = (
                counted(len(trials), "trial"),
                counted(len(trials.names), "hyperparameter"),
                counted(len(trials.metrics), "metric"),
            )
            self.said.emit(", ".join(counts))

    @override
    def commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "hparams.clear_brushes",
                self.tr("Clear brushes"),
                self.tr("Let all trials pass again."),
                self._clear_brushes,
                menu="Select",
                is_enabled=self._has_brushes,
            ),
            Command(
                "hparams.select_passing",
                self.tr("Select trials that pass"),
                self.tr("Select every trial inside all brushes."),
                self._select_passing,
                menu="Select",
                is_enabled=self._has_trials,
            ),
            Command(
                "hparams.copy_rows",
                self.tr("Copy trials"),
                self.tr("Copy the selected trials, or all, as a table for a spreadsheet."),
                self.table.copy_rows,
                menu="Select",
                keys=("Ctrl+Shift+C",),
                is_enabled=self._has_trials,
            ),
            Command(
                "hparams.only_differing",
                self.tr("Only what differs"),
                self.tr("Hide columns that are the same in all trials."),
                self._toggle_differing,
                is_enabled=self._has_trials,
                is_checked=self._is_only_differing,
            ),
        )

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "model"):
            self.model.set_dark(is_dark(self.palette()))

    def _splitters(self) -> QWidget:
        scroll = QScrollArea(self)
        scroll.setWidget(self.canvas)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.StyledPanel)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        views = QSplitter(Qt.Orientation.Vertical, self)
        views.setChildrenCollapsible(False)
        views.addWidget(scroll)
        views.addWidget(self.table)
        views.setStretchFactor(0, 3)
        views.setStretchFactor(1, 2)
        views.setSizes([430, 300])
        right = QWidget(self)
        layout = QVBoxLayout(right)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        framed = QVBoxLayout()
        framed.setContentsMargins(8, 0, 8, 8)
        framed.addWidget(views)
        layout.addLayout(framed, 1)
        sides = QSplitter(Qt.Orientation.Horizontal, self)
        sides.addWidget(self.chooser)
        sides.addWidget(right)
        sides.setStretchFactor(1, 1)
        width = self.fontMetrics().averageCharWidth() * 38
        sides.setSizes([width, width * 5])
        return sides

    def _empty_label(self) -> QLabel:
        label = QLabel(
            self.tr(
                "<h3>No hyperparameters in these logs</h3>"
                "<p>Write them once a trial, each trial in a run of its own:</p>"
                "<p>PyTorch: <code>writer.add_hparams({'lr': 0.1}, {'acc': 0.9})</code></p>"
                "<p>TensorFlow: <code>hp.hparams({'lr': 0.1})</code></p>"
            ),
            self,
        )
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setWordWrap(True)
        return label

    def _clear_brushes(self) -> None:
        self.model.choose(brushes=())

    def _select_passing(self) -> None:
        self.model.select_rows(self.model.passing.tolist())

    def _toggle_differing(self) -> None:
        self.model.choose(only_differing=not self.model.choice.only_differing)

    def _has_brushes(self) -> bool:
        return bool(self.model.choice.brushes)

    def _has_trials(self) -> bool:
        return len(self.model.trials) > 0

    def _is_only_differing(self) -> bool:
        return self.model.choice.only_differing
