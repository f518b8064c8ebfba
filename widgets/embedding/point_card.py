"""All that is known of the selected point."""

from __future__ import annotations

from itertools import islice

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.embedding.columns import point_cells
from widgets.embedding.form import panel_form
from widgets.embedding.pictures import point_pixmap
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text
from widgets.shared.texts import plain_tip, shown

PICTURE_PX = 72
MOST_CELLS = 60
LONGEST_CELL = 500


class PointCard(QWidget):
    """Picture, label and row, then every metadata column; or what to do to see them."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._picture = QLabel()
        self._title = self._text_label()
        font = self._title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self._title.setFont(font)
        self._row = self._text_label()
        self._row.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._hint = QLabel(self.tr("Click a point, or find one, to see all about it."))
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._cells: list[tuple[QLabel, QLabel]] = []
        self._lay_out()
        model.shown_changed.connect(self._show)
        model.table_changed.connect(self._show)
        model.changed.connect(self._on_changed)
        model.sheet_changed.connect(self._show_picture)
        self._show()

    @property
    def text(self) -> str:
        """The card as lines of text."""
        cells = [f"{name.text()}: {value.text()}" for name, value in self._cells]
        return "\n".join([self._title.text(), self._row.text(), *cells])

    def _lay_out(self) -> None:
        self._known = QWidget()
        titles = QVBoxLayout()
        titles.setSpacing(2)
        titles.addStretch(1)
        titles.addWidget(self._title)
        titles.addWidget(self._row)
        titles.addStretch(1)
        top = QHBoxLayout()
        top.setContentsMargins(MARGIN, 0, MARGIN, 0)
        top.setSpacing(MARGIN + 4)
        top.addWidget(self._picture)
        top.addLayout(titles, 1)
        self._form: QFormLayout = panel_form()
        self._form.setVerticalSpacing(MARGIN // 2)
        column = QVBoxLayout(self._known)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        column.addLayout(top)
        column.addLayout(self._form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._known)
        layout.addWidget(self._hint)
        self._hint.setContentsMargins(MARGIN, 0, MARGIN, 0)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"selected", "label_by"}:
            self._show()

    @Slot()
    def _show(self) -> None:
        embedding, point = self._model.embedding, self._model.selected
        self._known.setVisible(point is not None)
        self._hint.setVisible(point is None)
        if embedding is None or point is None:
            return
        self._title.setText(self._model.label(point)[:LONGEST_CELL])
        self._row.setText(
            self.tr("Row {row} of {count}").format(
                row=number_text(point), count=number_text(embedding.n_points)
            )
        )
        self._show_picture()
        name = self.tr("Picture of {label}").format(label=self._model.label(point))
        self._picture.setAccessibleName(name)
        self._show_cells(list(islice(point_cells(embedding, point), MOST_CELLS)))

    @Slot()
    def _show_picture(self) -> None:
        point, sheet = self._model.selected, self._model.sheet
        if point is None:
            return
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(point_pixmap(sheet, point, PICTURE_PX, ratio))
        self._picture.setVisible(sheet is not None)

    def _show_cells(self, cells: list[tuple[str, str]]) -> None:
        """Fill the labels that are there, adding or removing lines as the columns ask."""
        while len(self._cells) > len(cells):
            self._form.removeRow(len(self._cells) - 1)
            self._cells.pop()
        while len(self._cells) < len(cells):
            name, value = QLabel(), self._text_label()
            name.setTextFormat(Qt.TextFormat.PlainText)
            name.setForegroundRole(self.palette().ColorRole.PlaceholderText)
            self._form.addRow(name, value)
            self._cells.append((name, value))
        for (name, value), (column, text) in zip(self._cells, cells, strict=True):
            name.setText(
                self.fontMetrics().elidedText(shown(column), Qt.TextElideMode.ElideRight, 120)
            )
            name.setToolTip(plain_tip(column))
            value.setText(text[:LONGEST_CELL] or "–")
            value.setAccessibleName(column)

    def _text_label(self) -> QLabel:
        label = QLabel(wordWrap=True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label
