"""All that is known of the selected point."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from projector.embeddings.edits import Edit
from projector.selection import Selection
from widgets.embedding.columns import cell_text
from widgets.embedding.inspecting.cells import CellTable
from widgets.embedding.inspecting.follower import followers
from widgets.embedding.inspecting.searcher import Searcher
from widgets.embedding.pictures import point_pixmap
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel, number_text

PICTURE_PX = 72
MOST_TOLD = 1000
LONGEST_CELL = 500


class PointCard(QWidget):
    """Picture, label and row, then every metadata column; or what to do to see them."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        searcher: Searcher | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._searcher = model, searcher
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
        self._make_steps()
        self._table = CellTable()
        self._table.edited.connect(self._on_edited)
        self._table.same_asked.connect(self._on_same_asked)
        self._table.link_opened.connect(self._on_link_opened)
        self._lay_out()
        model.shown_changed.connect(self._show)
        model.table_changed.connect(self._show)
        model.changed.connect(self._on_changed)
        model.sheet_changed.connect(self._show_picture)
        self._show()

    @property
    def text(self) -> str:
        """The card as lines of text."""
        embedding, point = self._model.embedding, self._model.selected
        lines = [self._title.text(), self._row.text()]
        if embedding is not None and embedding.metadata is not None and point is not None:
            for name in embedding.metadata.columns[:MOST_TOLD]:
                value = cell_text(embedding.metadata[name][point])
                lines.append(f"{name}: {value[:LONGEST_CELL] or '–'}")
        return "\n".join(lines)

    def _make_steps(self) -> None:
        """To the points before and after in a sequence."""
        self._previous, self._next = QPushButton(), QPushButton()
        self._previous.setToolTip(self.tr("Select the point before in its sequence"))
        self._next.setToolTip(self.tr("Select the point after in its sequence"))
        self._previous.clicked.connect(self._on_previous)
        self._next.clicked.connect(self._on_next)
        self._before: int | None = None
        self._after: int | None = None

    def _lay_out(self) -> None:
        self._known = QWidget()
        titles = QVBoxLayout()
        titles.setSpacing(2)
        titles.addStretch(1)
        titles.addWidget(self._title)
        titles.addWidget(self._row)
        titles.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(MARGIN + 4)
        top.addWidget(self._picture)
        top.addLayout(titles, 1)
        steps = QHBoxLayout()
        steps.setSpacing(MARGIN // 2)
        steps.addWidget(self._previous, 1)
        steps.addWidget(self._next, 1)
        column = QVBoxLayout(self._known)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        column.addLayout(top)
        column.addWidget(self._table)
        column.addLayout(steps)
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
        self._table.set_point(embedding, point)
        self._table.setVisible(embedding.metadata is not None)
        self._show_steps()

    def _show_steps(self) -> None:
        embedding, point = self._model.embedding, self._model.selected
        assert embedding is not None
        assert point is not None
        self._before, self._after = followers(embedding.metadata, point)
        for button, row, text in (
            (self._previous, self._before, self.tr("Before: {label}")),
            (self._next, self._after, self.tr("After: {label}")),
        ):
            button.setVisible(row is not None)
            if row is not None:
                label = text.format(label=" ".join(self._model.label(row)[:24].split()))
                button.setText(label.replace("&", "&&"))

    @Slot()
    def _show_picture(self) -> None:
        point, sheet = self._model.selected, self._model.sheet
        if point is None:
            return
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(point_pixmap(sheet, point, PICTURE_PX, ratio))
        self._picture.setVisible(sheet is not None)

    @Slot()
    def _on_previous(self) -> None:
        if self._before is not None:
            self._model.choose(selected=self._before)

    @Slot()
    def _on_next(self) -> None:
        if self._after is not None:
            self._model.choose(selected=self._after)

    @Slot(object, object)
    def _on_edited(self, column: str, text: str) -> None:
        point = self._model.selected
        if point is not None:
            edit = Edit(column, Selection.of([point]), text or None)
            self._model.choose(edits=(*self._model.choice.edits, edit))

    @Slot(object)
    def _on_same_asked(self, column: str) -> None:
        if self._searcher is not None and self._model.selected is not None:
            self._searcher.select_like(column, self._model.selected)

    @Slot(object)
    def _on_link_opened(self, url: QUrl) -> None:
        QDesktopServices.openUrl(url)

    def _text_label(self) -> QLabel:
        label = QLabel(wordWrap=True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label
