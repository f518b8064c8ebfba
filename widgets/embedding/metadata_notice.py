"""A bar above the cloud on metadata that do not fit: what is wrong, what was done, what else could
be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from projector.embeddings.metadata import Mismatch, Repair
from projector.embeddings.reader import Parts
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.notice import Tinted, describe


class MetadataNotice(Tinted):
    """Hidden while the metadata are as they should be, and once it was closed.

    file_asked: another file of metadata is wanted. doctor_asked: so is all that was looked for.
    """

    file_asked = Signal()
    doctor_asked = Signal()

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._parts: Parts | None = None
        self.setAccessibleName(self.tr("Trouble with the metadata"))
        self._make_controls()
        self._lay_out()
        self.hide()
        model.shown_changed.connect(self._on_shown_changed)

    @property
    def text(self) -> str:
        """What is said, "" while hidden."""
        return "" if self.isHidden() else self._label.text()

    def _make_controls(self) -> None:
        self._label = QLabel(wordWrap=True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._repair = QPushButton(self.tr("Repair"))
        self._repair.setToolTip(self.tr("Choose what is done about the rows that do not fit"))
        self._menu = QMenu(self._repair)
        self._menu.triggered.connect(self._on_repair)
        self._repair.setMenu(self._menu)
        self._load = QPushButton(self.tr("Load metadata…"))
        self._load.setToolTip(self.tr("Read the metadata from another file"))
        self._load.clicked.connect(self.file_asked)
        self._doctor = QPushButton(self.tr("What was looked for…"))
        self._doctor.setToolTip(self.tr("List every place that was tried"))
        self._doctor.clicked.connect(self.doctor_asked)
        self._close = QToolButton(autoRaise=True)
        self._close.setText("\u2715")
        self._close.setAccessibleName(self.tr("Close this notice"))
        self._close.setToolTip(self.tr("Close this notice"))
        self._close.clicked.connect(self.hide)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(MARGIN)
        for button in (self._repair, self._load, self._doctor):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(MARGIN)
        column.addWidget(self._label)
        column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        row.setSpacing(MARGIN)
        row.addLayout(column, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _on_shown_changed(self) -> None:
        shown = self._model.shown
        parts = None if shown is None else shown.parts
        if parts is self._parts:  # the same again; once closed it stays closed
            return
        self._parts = parts
        problems = () if parts is None else parts.metadata.problems
        self.setVisible(bool(problems))
        if parts is None or not problems:
            return
        first = describe(problems[0])
        self._label.setText(" ".join([first, *(problem.what for problem in problems[1:])]))
        self._fill_menu(parts.metadata.mismatch)

    def _fill_menu(self, mismatch: Mismatch | None) -> None:
        self._menu.clear()
        repairs = () if mismatch is None else mismatch.repairs
        self._repair.setVisible(len(repairs) > 1)
        group = QActionGroup(self._menu)
        for repair in repairs:
            action = self._menu.addAction(self.tr(repair.value))
            action.setCheckable(True)
            action.setChecked(mismatch is not None and repair is mismatch.chosen)
            action.setData(repair.name)
            group.addAction(action)

    @Slot(QAction)
    def _on_repair(self, action: QAction) -> None:
        name = str(action.data())
        assert name in Repair.__members__
        self._model.choose(metadata_repair=name)
