"""Shows where embeddings were looked for, what was found, and why the rest was not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSizeF, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from projector.embeddings.doctor import Finding
from widgets.embedding.doctor_text import report_html, report_text
from widgets.embedding.section import MARGIN


class DoctorView(QWidget):
    """The report, a button that shows the folder and one that copies all of the report.

    said: a line for the status bar (str).
    """

    said = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        self._roots: tuple[Path, ...] = ()
        self._text = QTextBrowser()
        self._text.setOpenLinks(False)
        self._text.setAccessibleName(self.tr("What was looked for"))
        self._text.document().setDocumentMargin(MARGIN)
        self._text.document().documentLayout().documentSizeChanged.connect(self._on_sized)
        self._folder = QPushButton(self.tr("Open the folder"))
        self._folder.setToolTip(self.tr("Show the folder in the file manager"))
        self._folder.clicked.connect(self._on_folder)
        self._copy = QPushButton(self.tr("Copy report"))
        self._copy.setToolTip(self.tr("Copy all of this as text"))
        self._copy.clicked.connect(self._on_copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        column.addWidget(self._text, 1)
        column.addLayout(self._buttons())
        column.addStretch(0)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(MARGIN)
        row.addWidget(self._folder)
        row.addWidget(self._copy)
        row.addStretch(1)
        return row

    @property
    def text(self) -> str:
        """All that is shown."""
        return self._text.toPlainText()

    def show_findings(self, findings: Sequence[Finding], roots: Sequence[Path]) -> None:
        """roots: what was opened."""
        self._findings, self._roots = tuple(findings), tuple(roots)
        self._folder.setEnabled(bool(roots))
        self._fill()

    def _fill(self) -> None:
        self._text.setHtml(report_html(self._findings, self._roots, self.palette()))

    @Slot(QSizeF)
    def _on_sized(self, size: QSizeF) -> None:
        """No higher than what it shows."""
        self._text.setMaximumHeight(round(size.height()) + 2 * self._text.frameWidth() + MARGIN)

    @Slot()
    def _on_folder(self) -> None:
        root = self._roots[0]
        folder = root if root.is_dir() else root.parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(report_text(self._findings, self._roots))
        self.said.emit(self.tr("The report was copied."))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._fill()


class DoctorDialog(QDialog):
    """The same in a window of its own."""

    def __init__(
        self, findings: Sequence[Finding], roots: Sequence[Path], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("What was looked for"))
        self._view = DoctorView()
        self._view.show_findings(findings, roots)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, 2 * MARGIN)
        column.setSpacing(MARGIN)
        column.addWidget(self._view, 1)
        column.addWidget(buttons)
        character, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        self.resize(110 * character, 32 * line)

    @property
    def text(self) -> str:
        return self._view.text
