"""The left panel's part on metadata: from which file they are, and how its first line is read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QToolButton, QWidget
from typing_extensions import override

from projector.embeddings.metadata import SUFFIXES, is_text_table
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.texts import plain_tip


class MetadataPanel(QWidget):
    """Asks for another file, and whether the first line names the columns."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._file = ElidedLabel()
        self._file.setAccessibleName(self.tr("Metadata file"))
        self._load = QToolButton()
        self._load.setText("…")
        self._load.setAccessibleName(self.tr("Load metadata…"))
        self._load.setToolTip(self.tr("Load metadata from another file"))
        self._load.clicked.connect(self.ask_file)
        self._back = QToolButton(autoRaise=True)
        self._back.setText("✕")
        self._back.setAccessibleName(self.tr("Forget the metadata that was loaded"))
        self._back.setToolTip(self.tr("Go back to the metadata that belong to the vectors"))
        self._back.clicked.connect(self._on_back)
        tip = self.tr("Whether the first line of the file names the columns or is the first row")
        self._header = Combo(self.tr("First line"), tip)
        self._header.activated.connect(self._on_header_activated)
        self._lay_out()
        model.shown_changed.connect(self._show)
        model.changed.connect(self._on_changed)
        self._show()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN // 2)
        row.addWidget(self._file, 1)
        row.addWidget(self._back)
        row.addWidget(self._load)
        self._form = panel_form(self)
        self._form.addRow(self.tr("File"), row)
        self._form.addRow(self.tr("First line"), self._header)
        choices = [
            (self.tr("Automatic"), None),
            (self.tr("Names the columns"), True),
            (self.tr("Is the first row"), False),
        ]
        self._header.fill(choices, None)

    @property
    def text(self) -> str:
        """What is said of the file."""
        return self._file.whole

    @Slot()
    def ask_file(self) -> None:
        """Let the user pick a file of metadata."""
        source = self._model.source
        if source is None:
            return
        folder = (self._path() or source.tensor_path).parent
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        kinds = self.tr("Tables ({patterns});;All files (*)").format(patterns=patterns)
        title = self.tr("Load metadata")
        chosen, _ = QFileDialog.getOpenFileName(self.window(), title, str(folder), kinds)
        if chosen:
            self._model.choose_metadata(chosen)

    @Slot()
    def _on_back(self) -> None:
        self._model.choose_metadata("")

    @Slot(int)
    def _on_header_activated(self, index: int) -> None:
        self._model.choose(metadata_header=self._header.itemData(index), metadata_repair="")

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"metadata_path", "metadata_header", "run", "name", "copy", "step"}:
            self._show()

    @Slot()
    def _show(self) -> None:
        path = self._path()
        embedding = self._model.embedding
        has_table = embedding is not None and embedding.metadata is not None
        if path is not None:
            self._file.set_text(path.name, str(path))
        else:
            text = self.tr("Beside the vectors") if has_table else self.tr("None")
            self._file.set_text(text, text)
        self._back.setVisible(bool(self._model.choice.metadata_path))
        self._load.setEnabled(self._model.source is not None)
        self._form.setRowVisible(self._header, path is not None and is_text_table(path))
        self._header.show_value(self._model.choice.metadata_header)

    def _path(self) -> Path | None:
        if self._model.companions.metadata_path is not None:
            return self._model.companions.metadata_path
        source = self._model.source
        return None if source is None else source.metadata_path


class ElidedLabel(QLabel):
    """One line that loses its middle where it does not fit; all of it is in the tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(6 * self.fontMetrics().averageCharWidth())

    def set_text(self, text: str, tip: str) -> None:
        self.whole = text
        self.setToolTip(plain_tip(tip))
        self._elide()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def _elide(self) -> None:
        middle = Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(self.whole, middle, self.width()))
