"""The row of controls above the axes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from projector.hparams.metrics import REDUCTIONS
from projector.hparams.trials import STATUSES
from widgets.hparams.legend_strip import LegendStrip
from widgets.hparams.view_model import ROLES, TRIAL, HparamsViewModel


class TopBar(QWidget):
    """Color, value of metrics, status, what differs; and how many trials pass."""

    def __init__(self, model: HparamsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.color = QComboBox(self)
        self.legend = LegendStrip(self)
        self.reduction = QComboBox(self)
        self.status = QToolButton(self)
        self.differing = QCheckBox(self.tr("Only what differs"), self)
        self.count = QLabel(self)
        self.clear = QPushButton(self.tr("Clear brushes"), self)
        self._offered: list[tuple[str, str]] = []
        self._status_actions: dict[str, QAction] = {}
        self._set_up()
        self._lay_out()
        self._connect()

    def _set_up(self) -> None:
        self.color.setAccessibleName(self.tr("Color lines by"))
        self.color.setToolTip(self.tr("The column that gives each trial its color."))
        self.color.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.color.setMinimumContentsLength(16)
        self.reduction.setAccessibleName(self.tr("Value of metrics"))
        self.reduction.setToolTip(self.tr("Which value of each metric's curve counts."))
        texts = (self.tr("Last"), self.tr("Minimum"), self.tr("Maximum"))
        for name, text in zip(REDUCTIONS, texts, strict=True):
            self.reduction.addItem(text, name)
        self.differing.setToolTip(self.tr("Hide columns that are the same in all trials."))
        self.clear.setToolTip(self.tr("Let all trials pass again (Escape)."))
        self.status.setText(self.tr("Status"))
        self.status.setToolTip(self.tr("Show only trials that ended this way."))
        self.status.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.status.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.status.setMenu(self._status_menu())

    def _status_menu(self) -> QMenu:
        menu = QMenu(self)
        texts = {
            "success": self.tr("Success"),
            "failure": self.tr("Failure"),
            "running": self.tr("Running"),
            "unknown": self.tr("Unknown"),
        }
        for status in STATUSES:
            action = menu.addAction(texts[status])
            action.setCheckable(True)
            action.setChecked(True)
            action.setData(status)
            self._status_actions[status] = action
        return menu

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(8)
        layout.addLayout(self._controls())
        counts = QHBoxLayout()
        counts.setSpacing(8)
        counts.addWidget(self.legend, 1)
        counts.addWidget(self.count)
        counts.addWidget(self.clear)
        layout.addLayout(counts)

    def _controls(self) -> QHBoxLayout:
        controls = QHBoxLayout()
        controls.setSpacing(8)
        for text, field in (
            (self.tr("&Color by"), self.color),
            (self.tr("&Value of metrics"), self.reduction),
        ):
            label = QLabel(text, self)
            label.setBuddy(field)
            controls.addWidget(label)
            controls.addWidget(field)
            controls.addSpacing(8)
        controls.addWidget(self.status)
        controls.addSpacing(8)
        controls.addWidget(self.differing)
        controls.addStretch(1)
        return controls

    def _connect(self) -> None:
        model = self._model
        self.color.activated.connect(self._on_color)
        self.reduction.activated.connect(self._on_reduction)
        self.differing.toggled.connect(self._on_differing)
        self.clear.clicked.connect(self._on_clear)
        self.status.menu().triggered.connect(self._on_status)
        model.changed.connect(self._on_changed)
        model.trials_changed.connect(self._on_trials_changed)
        model.colored.connect(self._on_colored)

    def _fill_colors(self) -> None:
        offered = [(column.id, column.title) for column in self._model.columns.values()]
        if offered == self._offered:  # a list that is open stays open
            return
        self._offered = offered
        self.color.clear()
        self.color.addItem(self.tr("One color"), "")
        for role in ROLES:
            columns = [c for c in self._model.columns.values() if c.role == role and c.id != TRIAL]
            if columns:
                self.color.insertSeparator(self.color.count())
            for column in columns:
                self.color.addItem(column.title, column.id)

    def _show_choice(self) -> None:
        choice = self._model.choice
        self.color.setCurrentIndex(max(0, self.color.findData(choice.color_by)))
        self.reduction.setCurrentIndex(self.reduction.findData(choice.reduction))
        with QSignalBlocker(self.differing):
            self.differing.setChecked(choice.only_differing)
        for status, action in self._status_actions.items():
            action.setChecked(status in choice.statuses)
        n_off = len(STATUSES) - len(choice.statuses)
        self.status.setText(self.tr("Status") + (f" ({len(choice.statuses)})" if n_off else ""))
        self._show_counts()

    def _show_counts(self) -> None:
        model, locale = self._model, self.locale()
        n_passing = locale.toString(model.n_passing)
        n_all = locale.toString(len(model.trials))
        text = self.tr("%1 of %2 trials").replace("%1", n_passing).replace("%2", n_all)
        if model.n_selected:
            n_selected = locale.toString(model.n_selected)
            text += " · " + self.tr("%1 selected").replace("%1", n_selected)
        self.count.setText(text)
        self.clear.setEnabled(bool(model.choice.brushes))

    @Slot(int)
    def _on_color(self, index: int) -> None:
        self._model.choose(color_by=self.color.itemData(index) or "")

    @Slot(int)
    def _on_reduction(self, index: int) -> None:
        self._model.choose(reduction=self.reduction.itemData(index))

    @Slot(bool)
    def _on_differing(self, is_on: bool) -> None:
        self._model.choose(only_differing=is_on)

    @Slot()
    def _on_clear(self) -> None:
        self._model.choose(brushes=())

    @Slot(QAction)
    def _on_status(self, _action: QAction) -> None:
        let = tuple(s for s, action in self._status_actions.items() if action.isChecked())
        self._model.choose(statuses=let)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names == {"selected"}:
            self._show_counts()
        else:
            self._show_choice()

    @Slot()
    def _on_trials_changed(self) -> None:
        self._fill_colors()
        self._show_choice()

    @Slot()
    def _on_colored(self) -> None:
        self.legend.set_legend(self._model.legend)
