"""The tab of precision-recall curves: runs at the left, a step slider above, a card a tag."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from projector.contents import Contents
from projector.errors import ProjectorError
from projector.logs.roots import Root
from projector.progress import Progress, Work
from widgets.dashboard import Dashboard
from widgets.pr_curves.board import CardBoard
from widgets.pr_curves.changes import are_same
from widgets.pr_curves.commands import PrCurvesCommands
from widgets.pr_curves.side_panel import SidePanel
from widgets.pr_curves.view_model import PrCurvesViewModel
from widgets.shared.command import Command
from widgets.shared.job import RunJob
from widgets.shared.step_slider import StepSlider
from widgets.shared.texts import counted
from widgets.shared.theme import is_dark


class PrCurvesDashboard(Dashboard):
    """Overlays the curves of all runs, one card a tag."""

    name: ClassVar[str] = "pr-curves"
    title: ClassVar[str] = "PR curves"

    def __init__(self, run_job: RunJob, parent: QWidget | None = None) -> None:
        super().__init__(run_job, parent)
        self.model = PrCurvesViewModel(run_job, self)
        self.model.set_dark(is_dark(self.palette()))
        self.side = SidePanel(self.model, self)
        self.filter = self._filter_field()
        self.slider = StepSlider(self)
        self.slider.index_chosen.connect(self._on_index_chosen)
        self.board: CardBoard | None = None
        self._roots: tuple[Root, ...] = ()
        self._is_loading = False
        self._is_stale = True
        self._message = self._message_label()
        self._center = QStackedWidget(self)
        self._center.addWidget(self._message)
        self._splitter = self._content()
        self._pages = QStackedWidget(self)
        self._empty = self._empty_label()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._commands = PrCurvesCommands(self.model, self)
        self._commands.reset_zoom_asked.connect(self._on_reset_zoom_asked)
        self.model.changed.connect(self._on_changed)
        self.model.problem_found.connect(self.problem_found)

    @classmethod
    @override
    def has_data(cls, contents: Contents) -> bool:
        return bool(contents.curves)

    @classmethod
    @override
    def differs(cls, before: Contents, after: Contents) -> bool:
        return not are_same(before.curves, after.curves)

    @override
    def follow_contents(self, contents: Contents) -> None:
        if contents.roots != self._roots or not (self.model.cards and contents.curves):
            self.show_contents(contents)
            return
        self.model.follow_curves(contents.curves, _run_names(contents))
        self.side.show_runs()
        self.slider.set_steps(self.model.steps)
        self.slider.set_index(self.model.step_index)
        self._say_count()
        if self.board is None or not self.isVisible():
            self._is_stale = True
            return
        self._show_center()
        self.board.follow()

    @override
    def show_contents(self, contents: Contents) -> None:
        if contents.roots != self._roots:
            self._roots = contents.roots
            self.model.start_anew()
        self.model.set_curves(contents.curves, _run_names(contents))
        self._pages.setCurrentWidget(self._splitter if self.model.cards else self._empty)
        self.side.show_runs()
        self.slider.set_steps(self.model.steps)
        self.slider.set_index(self.model.step_index)
        self._is_stale = True
        self._say_count()
        self._show_cards()

    @override
    def commands(self) -> tuple[Command, ...]:
        return self._commands.all()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_cards()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "board"):
            self.model.set_dark(is_dark(self.palette()))
            self.side.show_runs()
            if self.board is not None:
                self.board.refresh()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        choice = self.model.choice
        if "step" in names:
            self.slider.set_index(self.model.step_index)
        if "tag_filter" in names and self.filter.text() != choice.tag_filter:
            self.filter.setText(choice.tag_filter)
        if names & {"tag_filter", "hidden_runs", "expanded"}:
            self._show_center()

    @Slot(object)
    def _on_index_chosen(self, index: int) -> None:
        self.model.choose_step_index(index)

    @Slot(str)
    def _on_filter_edited(self, text: str) -> None:
        self.model.choose(tag_filter=text)

    def _show_cards(self) -> None:
        """Load what plots need, once there is something to plot; then lay out the cards."""
        if not self.model.cards or not self.isVisible() or self._is_loading:
            return
        if self.board is None:
            self._is_loading = True
            title = self.tr("Preparing the plots")
            self._message.setText(title + "…")
            self._run_job(
                "pr-curves/load",
                title,
                load_plots(),
                on_done=self._on_loaded,
                on_failed=self._on_not_loaded,
            )
            return
        self._show_center()
        if self._is_stale:
            self._is_stale = False
            self.board.lay_out()

    @Slot(object)
    def _on_loaded(self, nothing: None) -> None:
        self._is_loading = False
        self.board = CardBoard(self.model, self)
        self._center.addWidget(self.board)
        self._show_cards()

    @Slot(object)
    def _on_not_loaded(self, error: ProjectorError) -> None:
        self._is_loading = False
        text = self.tr("{why} Reload to show the curves after all.")
        self._message.setText(text.format(why=error))

    def _show_center(self) -> None:
        if self.board is None:
            return
        has_cards = bool(self.model.shown_cards) or self.model.choice.expanded is not None
        if not has_cards:
            self._message.setText(self._why_nothing())
        self._center.setCurrentWidget(self.board if has_cards else self._message)

    def _why_nothing(self) -> str:
        if len(self.model.choice.hidden_runs) >= len(self.model.runs):
            return self.tr("All runs are hidden. Check one at the left to see its curves.")
        return self.tr("No tag of a shown run passes the filter. Change or clear it above.")

    def _say_count(self) -> None:
        if not self.model.cards:
            self.said.emit("")
            return
        self.said.emit(
            self.tr("Precision-recall curves: {tags}, {runs}").format(
                tags=counted(len(self.model.cards), "tag"),
                runs=counted(len(self.model.runs), "run"),
            )
        )

    def _content(self) -> QSplitter:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 8, 8, 0)
        bar.setSpacing(16)
        bar.addWidget(self.filter)
        bar.addWidget(self.slider, 1)
        bar.addStretch()
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._center, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.addWidget(self.side)
        splitter.addWidget(right)
        splitter.setCollapsible(1, False)
        splitter.setStretchFactor(1, 1)
        width = self.fontMetrics().averageCharWidth() * 34
        splitter.setSizes([width, width * 4])
        return splitter

    def _filter_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(self.tr("Filter tags"))
        field.setClearButtonEnabled(True)
        field.setAccessibleName(self.tr("Filter tags"))
        field.setToolTip(self.tr("Text or a regular expression; only matching cards are shown"))
        field.setFixedWidth(field.fontMetrics().averageCharWidth() * 32)
        field.textChanged.connect(self._on_filter_edited)
        return field

    def _message_label(self) -> QLabel:
        label = QLabel(self)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        return label

    def _empty_label(self) -> QLabel:
        label = self._message_label()
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        title = self.tr("No precision-recall curves here")
        hint = self.tr("Write some from your training loop, for example with PyTorch:")
        code = (
            "from torch.utils.tensorboard import SummaryWriter\n\n"
            'writer = SummaryWriter("logs/train")\n'
            'writer.add_pr_curve("pr/cat", labels, scores, step)'
        )
        note = self.tr("labels are 0 or 1, scores lie between 0 and 1. Then reload.")
        label.setText(
            f"<h3>{title}</h3><p>{hint}</p>"
            f"<table align='center'><tr><td><pre>{code}</pre></td></tr></table><p>{note}</p>"
        )
        return label

    @Slot()
    def _on_reset_zoom_asked(self) -> None:
        if self.board is not None:
            self.board.reset_ranges()


def _run_names(contents: Contents) -> list[str]:
    return [run.name for run in contents.logs.runs]


def load_plots() -> Work[None]:
    """Import pyqtgraph off the main thread, as that takes a while."""
    yield Progress(None, "Preparing the plots")
    import pyqtgraph  # noqa: F401  # not at the top: it is loaded once there is something to plot
