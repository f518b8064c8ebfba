"""What the window shows before anything is open, and while the first folder is being read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.places import Named, described, path_of, title_of
from projector.embeddings.doctor import Finding
from widgets.embedding.doctor_text import has_trouble
from widgets.embedding.doctor_view import DoctorView
from widgets.shared.texts import button_text, plain_tip

MOST_SHOWN = 6


class Welcome(QWidget):
    """Ways to open something.

    folder_asked, file_asked, demo_asked: a button was pressed. recent_chosen: what was opened
    together lately was clicked (tuple).
    """

    folder_asked = Signal()
    file_asked = Signal()
    demo_asked = Signal()
    recent_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[Named, ...], ...] = ()
        self._title = QLabel(self.tr("Open a log folder"))
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.9)
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._text = QLabel(wordWrap=True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.doctor = DoctorView()
        self.doctor.hide()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        column = QVBoxLayout()
        column.setSpacing(16)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(self._buttons())
        column.addSpacing(8)
        column.addWidget(self.doctor, 20)
        column.addLayout(self._recent)
        middle = QHBoxLayout(self)
        middle.addStretch(1)
        middle.addLayout(column, 3)
        middle.addStretch(1)
        column.insertStretch(0, 2)
        column.addStretch(3)
        self.show_idle(())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        folder = QPushButton(self.tr("Open folder…"), default=True)
        folder.clicked.connect(self.folder_asked)
        file = QPushButton(self.tr("Open file…"))
        file.clicked.connect(self.file_asked)
        demo = QPushButton(self.tr("Open the demo"))
        demo.setToolTip(self.tr("Train a small digit classifier and open its logs"))
        demo.clicked.connect(self.demo_asked)
        for button in (folder, file, demo):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def show_idle(self, recent: Sequence[tuple[Named, ...]]) -> None:
        """Nothing is open: say what can be, and list what was."""
        self._title.setText(self.tr("Open a log folder"))
        self._text.setText(
            self.tr(
                "Drop TensorBoard log folders, an event file, or vectors (.npy, .tsv, .parquet, "
                ".safetensors, …) with their labels and pictures on this window. Everything stays "
                "on this computer."
            )
        )
        self.doctor.hide()
        self._list(recent)

    def show_reading(self, named: Sequence[Named]) -> None:
        """Something is being read."""
        self._title.setText(self.tr("Reading…"))
        self.doctor.hide()
        self._text.setText(described(named))
        self._list(())

    def show_nothing_found(
        self, named: Sequence[Named], what: str, findings: Sequence[Finding] = ()
    ) -> None:
        """The folder was read and holds nothing for us. findings: what was looked for in it."""
        self._title.setText(self.tr("Nothing to show"))
        if has_trouble(findings):
            what = self.tr("Below is what was looked for, and why it can't be shown.")
        self.doctor.show_findings(findings, [path_of(one) for one in named])
        self.doctor.show()
        self._text.setText(f"{what}\n\n{described(named)}")
        self._list(())

    def _list(self, recent: Sequence[tuple[Named, ...]]) -> None:
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if recent:
            self._recent.addWidget(QLabel(self.tr("Recent")))
        self._shown = tuple(recent[:MOST_SHOWN])
        for number, named in enumerate(self._shown):
            self._recent.addWidget(self._link(number, named))

    def _link(self, number: int, named: tuple[Named, ...]) -> QPushButton:
        text = described(named) if len(named) == 1 else title_of(named)
        width = 70 * self.fontMetrics().averageCharWidth()
        elided = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, width)
        button = QPushButton(button_text(elided))
        button.setFlat(True)
        button.setToolTip(plain_tip(described(named)))
        button.setProperty("number", number)
        button.setStyleSheet("text-align: left; padding: 3px 6px;")
        button.clicked.connect(self._on_link)
        return button

    @Slot()
    def _on_link(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.recent_chosen.emit(self._shown[int(sender.property("number"))])
