"""What is done to the vectors before they are projected or compared; by default nothing."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.embedding.projecting.fields import Field
from widgets.embedding.projecting.inputs import NumberField
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel

USUAL_COMPONENTS = 50


class PreparationForm(QWidget):
    """Switches, and the sentences that tell what was done to the layout that is shown."""

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._center = self._box(self.tr("Center"), self.tr("Subtract the mean of all points"))
        self._center.clicked.connect(self._on_center_clicked)
        self._unit = self._box(
            self.tr("Unit length"), self.tr("Scale each vector to length 1, as for cosine")
        )
        self._unit.clicked.connect(self._on_unit_clicked)
        self._whiten = self._box(
            self.tr("Whiten"), self.tr("Turn to principal components that all vary alike")
        )
        self._whiten.clicked.connect(self._on_whiten_clicked)
        self._reduce = self._box(
            self.tr("PCA first"),
            self.tr("Reduce to so many principal components: faster, with less noise"),
        )
        self._reduce.clicked.connect(self._on_reduce_clicked)
        name = self.tr("Components to reduce to")
        tip = self.tr("How many principal components are kept")
        self._n = NumberField(Field("n_prepared", name, tip, low=1, high=4000))
        self._n.value_chosen.connect(self._on_n_chosen)
        self._note = QLabel(wordWrap=True)
        self._note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._lay_out()
        model.changed.connect(self._on_changed)
        model.shown_changed.connect(self._show)
        model.layout_changed.connect(self._show)
        self._show()

    def _box(self, text: str, tip: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setToolTip(tip)
        return box

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.setSpacing(MARGIN)
        grid = QGridLayout()
        grid.setHorizontalSpacing(MARGIN)
        grid.setVerticalSpacing(MARGIN)
        grid.addWidget(self._center, 0, 0)
        grid.addWidget(self._unit, 0, 1)
        grid.addWidget(self._whiten, 1, 0)
        row = QHBoxLayout()
        row.setSpacing(MARGIN // 2)
        row.addWidget(self._reduce)
        row.addWidget(self._n, 1)
        grid.addLayout(row, 1, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addWidget(self._note)

    @Slot(bool)
    def _on_center_clicked(self, is_on: bool) -> None:
        self._model.choose(centers=is_on)

    @Slot(bool)
    def _on_unit_clicked(self, is_on: bool) -> None:
        self._model.choose(unit_length=is_on)

    @Slot(bool)
    def _on_whiten_clicked(self, is_on: bool) -> None:
        self._model.choose(whitens=is_on)

    @Slot(bool)
    def _on_reduce_clicked(self, is_on: bool) -> None:
        embedding = self._model.embedding
        most = USUAL_COMPONENTS if embedding is None else embedding.n_dims
        self._model.choose(n_prepared=min(USUAL_COMPONENTS, most) if is_on else None)

    @Slot(object)
    def _on_n_chosen(self, n: int) -> None:
        self._model.choose(n_prepared=n)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"centers", "unit_length", "whitens", "n_prepared", "layout", "projection"}:
            self._show()

    @Slot()
    def _show(self) -> None:
        choice, layout = self._model.choice, self._model.layout
        self._center.setChecked(choice.centers)
        self._unit.setChecked(choice.unit_length)
        self._whiten.setChecked(choice.whitens)
        self._reduce.setChecked(bool(choice.n_prepared))
        self._n.setVisible(bool(choice.n_prepared))
        self._n.show_value(choice.n_prepared or USUAL_COMPONENTS)
        notes = () if layout is None else layout.notes
        self._note.setText("\n".join(notes) if notes else self._plain_note())
        self.setEnabled(self._model.shown is not None and choice.projection != "raw")

    def _plain_note(self) -> str:
        if self._model.layout is not None:
            return ""
        return self.tr("The picture shows the vectors as they came.")
