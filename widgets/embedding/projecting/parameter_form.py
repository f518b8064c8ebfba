"""The form of one projection's parameters: the usual ones at once, the others under "More"."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from projector.embeddings.embedding import Embedding
from widgets.embedding.columns import column_names
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.projecting.fields import Field, fields_of
from widgets.embedding.projecting.inputs import NumberField, SeedField
from widgets.embedding.projecting.titles import automatic_text
from widgets.embedding.projecting.wishes import SUPERVISE_BY, Wish, with_value
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel

WEIGHTS = {"tsne": "supervision", "umap": "target_weight"}
USUAL_WEIGHT = 0.5


class Control(QObject):
    """One parameter's control. chosen: (name, value) of the user's own changes."""

    chosen = Signal(object)

    def __init__(self, name: str, widget: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name, self.widget = name, widget
        if isinstance(widget, Combo):
            widget.activated.connect(self._on_activated)
        else:
            widget.value_chosen.connect(self._on_value_chosen)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.chosen.emit((self.name, self.widget.itemData(index)))

    @Slot(object)
    def _on_value_chosen(self, value: Any) -> None:
        self.chosen.emit((self.name, value))


class ParameterForm(QWidget):
    """Asks for the parameters of t-SNE or UMAP."""

    def __init__(
        self, model: EmbeddingViewModel, projection: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._projection = model, projection
        self._controls: dict[str, Control] = {}
        self._fields = {field.name: field for field in fields_of(projection)}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        basic = panel_form()
        for field in self._fields.values():
            if field.is_basic:
                basic.addRow(field.label, self._control(field))
        basic.addRow(self.tr("Seed"), self._keep("seed", SeedField()))
        column.addLayout(basic)
        column.addWidget(self._more_button(), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._more_part())
        self._more.hide()

    def show_wish(self, wish: Wish, embedding: Embedding | None) -> None:
        """Show the values; those that are found by themselves say what they come to."""
        names = () if embedding is None else column_names(embedding)
        items = [(self.tr("No column"), None), *((name, name) for name in names)]
        self._supervise.fill(items, wish.value(SUPERVISE_BY))
        self._supervise.setEnabled(len(items) > 1)
        for name, control in self._controls.items():
            widget, value = control.widget, wish.value(name)
            if isinstance(widget, NumberField):
                if embedding is not None and self._fields.get(name, self._weight).automatic:
                    widget.set_automatic_text(automatic_text(wish, name, embedding.n_points))
                widget.show_value(value)
            elif isinstance(widget, SeedField | Combo):
                widget.show_value(value)
        weight = self._controls[WEIGHTS[self._projection]].widget
        self._more_form.setRowVisible(weight, wish.value(SUPERVISE_BY) is not None)

    def _control(self, field: Field) -> QWidget:
        if not field.words:
            return self._keep(field.name, NumberField(field))
        combo = Combo(field.label, field.tip)
        combo.fill([(text, value) for value, text in field.words], None)
        return self._keep(field.name, combo)

    def _keep(self, name: str, widget: QWidget) -> QWidget:
        self._controls[name] = Control(name, widget, self)
        self._controls[name].chosen.connect(self._on_chosen)
        return widget

    def _more_button(self) -> QToolButton:
        self._button = QToolButton()
        self._button.setAutoRaise(True)
        self._button.setText(self.tr("More"))
        self._button.setToolTip(self.tr("Show or hide the other parameters"))
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setArrowType(Qt.ArrowType.RightArrow)
        self._button.clicked.connect(self._on_more_clicked)
        return self._button

    def _more_part(self) -> QWidget:
        self._more = QWidget()
        self._more_form = panel_form(self._more)
        for field in self._fields.values():
            if not field.is_basic:
                self._more_form.addRow(field.label, self._control(field))
        tip = self.tr("A column of classes: points of one class are drawn together")
        self._supervise = Combo(self.tr("Supervise by"), tip)
        self._keep(SUPERVISE_BY, self._supervise)
        self._more_form.addRow(self.tr("Supervise by"), self._supervise)
        self._weight = Field(
            WEIGHTS[self._projection],
            self.tr("Weight"),
            self.tr("How much the classes count: 0 not at all, 1 most"),
            high=1.0,
            step=0.1,
            decimals=2,
        )
        self._more_form.addRow(self._weight.label, self._control(self._weight))
        return self._more

    @Slot()
    def _on_more_clicked(self) -> None:
        is_open = self._more.isHidden()
        self._more.setVisible(is_open)
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self._button.setArrowType(arrow)

    @Slot(object)
    def _on_chosen(self, change: tuple[str, Any]) -> None:
        name, value = change
        values = {name: value}
        if name == SUPERVISE_BY and self._projection == "tsne":
            values["supervision"] = 0.0 if value is None else USUAL_WEIGHT
        choice = self._model.choice
        self._model.choose(parameters=with_value(choice, self._projection, **values))
