"""Writes a value into a column for all selected points, and saves the metadata."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from projector.embeddings.edits import Edit
from widgets.embedding.columns import column_names
from widgets.embedding.form import panel_form
from widgets.embedding.inspecting.table_keeper import TableKeeper
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text

SUFFIXES = (".tsv", ".csv", ".parquet", ".json")


class WriteForm(QWidget):
    """Column, value, a button that says how many points it writes, and what is not saved yet."""

    def __init__(
        self, model: EmbeddingViewModel, keeper: TableKeeper, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._keeper = model, keeper
        self._make_controls()
        self._lay_out()
        model.changed.connect(self._on_changed)
        model.shown_changed.connect(self._show)
        model.table_changed.connect(self._show)
        keeper.unsaved_changed.connect(self._show)
        keeper.said.connect(self._on_said)
        keeper.failed.connect(self._on_said)
        self._show()

    def _make_controls(self) -> None:
        self._column = QComboBox()
        self._column.setEditable(True)
        self._column.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._column.setMinimumContentsLength(8)
        self._column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._column.setAccessibleName(self.tr("Column to write into"))
        self._column.setToolTip(self.tr("A column that is there, or the name of a new one"))
        self._column.editTextChanged.connect(self._on_text_changed)
        self._value = QLineEdit()
        self._value.setAccessibleName(self.tr("Value to write"))
        self._value.setToolTip(self.tr("An empty field empties the cells; Enter writes"))
        self._value.returnPressed.connect(self.write)
        self._write = QPushButton()
        self._write.clicked.connect(self.write)
        self._save = QPushButton(self.tr("Save metadata as…"))
        self._save.setToolTip(self.tr("Write all metadata, with the edits, into a file of its own"))
        self._save.clicked.connect(self.save_as)
        self._unsaved = QLabel(wordWrap=True)
        self._said = QLabel(wordWrap=True)
        self._said.setForegroundRole(self.palette().ColorRole.PlaceholderText)

    def _lay_out(self) -> None:
        form: QFormLayout = panel_form()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(MARGIN // 2)
        form.addRow(self.tr("Column"), self._column)
        form.addRow(self.tr("Value"), self._value)
        buttons = QHBoxLayout()
        buttons.setSpacing(MARGIN // 2)
        buttons.addWidget(self._write, 1)
        buttons.addWidget(self._save, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN // 2)
        column.addLayout(form)
        column.addLayout(buttons)
        column.addWidget(self._unsaved)
        column.addWidget(self._said)
        self._said.hide()

    @property
    def _name(self) -> str:
        return self._column.currentText().strip()

    def focus(self) -> None:
        """Ready to type: into the value where a column is chosen."""
        (self._value if self._name else self._column).setFocus()

    @Slot()
    def write(self) -> None:
        """Write into the selected rows; with none, a new column is only added."""
        if self._write.isEnabled():
            edit = Edit(self._name, self._model.selection, self._value.text() or None)
            self._said.hide()
            self._model.choose(edits=(*self._model.choice.edits, edit))

    @Slot()
    def save_as(self) -> None:
        """Ask for a file; one of the log's own is not written over without being asked twice."""
        source = self._model.source
        if source is None or not self._save.isEnabled():
            return
        start = source.tensor_path.parent / f"{Path(source.name).name}_metadata.tsv"
        kinds = self.tr("Tables ({patterns})").format(patterns=" ".join(f"*{s}" for s in SUFFIXES))
        title = self.tr("Save metadata")
        chosen, _ = QFileDialog.getSaveFileName(self.window(), title, str(start), kinds)
        if not chosen:
            return
        path = Path(chosen) if Path(chosen).suffix else Path(f"{chosen}.tsv")
        own = [source.metadata_path, source.tensor_path, self._model.companions.metadata_path]
        if not any(one is not None and _is_same(one, path) for one in own) or self._agreed(path):
            self._keeper.save(path)

    def _agreed(self, path: Path) -> bool:
        text = self.tr("{name} belongs to the log itself. Write over it?").format(name=path.name)
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self.window(), self.tr("Save metadata"), text, buttons.Yes | buttons.No, buttons.No
        )
        return answer == buttons.Yes

    @Slot(object)
    def _on_said(self, text: str) -> None:
        self._said.setText(text)
        self._said.setVisible(bool(text))

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"selection", "edits"}:
            self._show()

    @Slot(str)
    def _on_text_changed(self, _text: str) -> None:
        self._show_button()

    @Slot()
    def _show(self) -> None:
        embedding = self._model.embedding
        names = () if embedding is None else column_names(embedding)
        if [self._column.itemText(i) for i in range(self._column.count())] != list(names):
            text = self._column.currentText() or next(iter(names), "")
            self._column.blockSignals(True)
            self._column.clear()
            self._column.addItems(names)
            self._column.setEditText(text)
            self._column.blockSignals(False)
        self._save.setEnabled(embedding is not None and embedding.metadata is not None)
        n = self._keeper.n_unsaved
        text = self.tr("1 edit is not saved.") if n == 1 else self.tr("{n} edits are not saved.")
        self._unsaved.setText("● " + text.format(n=number_text(n)))
        self._unsaved.setVisible(n > 0)
        self._show_button()

    def _show_button(self) -> None:
        embedding, n = self._model.embedding, len(self._model.selection)
        names = () if embedding is None else column_names(embedding)
        is_new = bool(self._name) and self._name not in names
        if n == 0:
            text = self.tr("Add column") if is_new else self.tr("Write")
        else:
            text = self.tr("Write into 1") if n == 1 else self.tr("Write into {n}")
        self._write.setText(text.format(n=number_text(n)))
        self._write.setToolTip(self.tr("Write the value into the column for every selected point"))
        can = embedding is not None and bool(self._name) and (n > 0 or is_new)
        self._write.setEnabled(can)


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
