"""The lower half of the left panel: methods, their parameters, the run, and what was made."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from projector.errors import InvalidChoice
from widgets.embedding.form import panel_form
from widgets.embedding.projecting.axes_form import AxesForm
from widgets.embedding.projecting.column_form import ColumnForm
from widgets.embedding.projecting.commands import show_method
from widgets.embedding.projecting.component_form import ComponentForm
from widgets.embedding.projecting.method_bar import MethodBar
from widgets.embedding.projecting.parameter_form import ParameterForm
from widgets.embedding.projecting.preparation_form import PreparationForm
from widgets.embedding.projecting.result_list import ResultList
from widgets.embedding.projecting.run_bar import RunBar
from widgets.embedding.projecting.runner import ProjectionRunner
from widgets.embedding.projecting.switching import is_out_of_date
from widgets.embedding.projecting.wishes import Wish, wish_of
from widgets.embedding.section import MARGIN, Section
from widgets.embedding.view_model import EmbeddingViewModel

FLAT, SOLID = 2, 3
SHOWN_BY = frozenset(
    {
        *("projection", "parameters", "layout", "axes", "is_flat", "selection", "named"),
        *("centers", "unit_length", "whitens", "n_prepared"),
    }
)


class ProjectionPanel(QWidget):
    """Asks for a projection; shows how it goes. script_asked: to copy it as Python."""

    script_asked = Signal()

    def __init__(
        self,
        model: EmbeddingViewModel,
        runner: ProjectionRunner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._runner = model, runner
        self._methods = MethodBar()
        self._methods.method_chosen.connect(self._on_method_chosen)
        self._dims = QButtonGroup(self)
        self._dims.idClicked.connect(self._on_dims_clicked)
        self._components = ComponentForm(model)
        self._tsne, self._umap = ParameterForm(model, "tsne"), ParameterForm(model, "umap")
        self._axes = AxesForm(model)
        self._columns = ColumnForm(model, runner)
        self._run_bar = RunBar(model, runner)
        self._stale = QLabel(wordWrap=True)
        self._stale.setAccessibleName(self.tr("Out of date"))
        self.results = ResultList(model, runner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MARGIN)
        layout.addWidget(Section(self.tr("Projection"), self._content()))
        layout.addWidget(Section(self.tr("Results"), self._results_part()))
        layout.addWidget(Section(self.tr("Prepare vectors"), PreparationForm(model)))
        model.shown_changed.connect(self._show)
        model.table_changed.connect(self._show)
        model.layout_changed.connect(self._on_layout_changed)
        model.changed.connect(self._on_changed)
        self._shown_key: tuple[str, bool] = ("", False)
        self._show()

    def _content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN)
        bar = QVBoxLayout()
        bar.setContentsMargins(MARGIN, 0, MARGIN, 0)
        bar.addWidget(self._methods)
        column.addLayout(bar)
        form = panel_form()
        form.addRow(self.tr("Show in"), self._dims_row())
        column.addLayout(form)
        for widget in self._forms().values():
            column.addWidget(widget)
        stale = QVBoxLayout()
        stale.setContentsMargins(MARGIN, 0, MARGIN, 0)
        stale.addWidget(self._stale)
        column.addLayout(stale)
        column.addWidget(self._run_bar)
        return content

    def _forms(self) -> dict[str, QWidget]:
        return {
            "pca": self._components,
            "tsne": self._tsne,
            "umap": self._umap,
            "axes": self._axes,
            "raw": self._columns,
        }

    def _dims_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * MARGIN)
        for n_dims, tip in (
            (FLAT, self.tr("A flat picture (key 2 on the cloud)")),
            (SOLID, self.tr("A cloud in space (key 3 on the cloud)")),
        ):
            button = QRadioButton(f"{n_dims}D")
            button.setToolTip(tip)
            self._dims.addButton(button, n_dims)
            layout.addWidget(button)
        layout.addStretch(1)
        return row

    def _results_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN // 2)
        column.addWidget(self.results)
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        copy = QPushButton(self.tr("Copy as Python"))
        copy.setToolTip(self.tr("Copy a script that makes the same picture through the library"))
        copy.clicked.connect(self.script_asked)
        row.addWidget(copy, 1)
        column.addLayout(row)
        return part

    @Slot(object)
    def _on_method_chosen(self, method: str) -> None:
        show_method(self._model, self._runner, method)

    @Slot(int)
    def _on_dims_clicked(self, n_dims: int) -> None:
        self._model.choose(is_flat=n_dims == FLAT)

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & SHOWN_BY:
            self._show()

    @Slot()
    def _on_layout_changed(self) -> None:
        """While a layout moves only the run bar has something new to show."""
        layout = self._model.layout
        key = ("", False) if layout is None else (layout.key, layout.is_running)
        if key != self._shown_key or layout is None or not layout.is_running:
            self._show()

    @Slot()
    def _show(self) -> None:
        model, embedding = self._model, self._model.embedding
        wish, layout = wish_of(model.choice), model.layout
        self._shown_key = ("", False) if layout is None else (layout.key, layout.is_running)
        self.setEnabled(embedding is not None)
        self._methods.show_method(wish.projection)
        self._dims.button(FLAT if model.choice.is_flat else SOLID).setChecked(True)
        self._dims.button(SOLID).setEnabled(self._n_axes(wish) >= SOLID)
        for name, form in self._forms().items():
            form.setVisible(name == wish.projection)
        self._show_form(wish)
        self._run_bar.show_wish(wish)
        needs_run = wish.projection != "raw" and not wish.is_at_hand
        self._run_bar.setVisible(needs_run or self._runner.is_running or bool(self._problem))
        self._stale.setText(self._stale_text(wish))
        self._stale.setVisible(bool(self._stale.text()))

    @property
    def _problem(self) -> str:
        return self._runner.problem

    def _n_axes(self, wish: Wish) -> int:
        """How many axes a picture can have."""
        shown, layout = self._model.shown, self._model.layout
        if shown is None or wish.projection not in ("pca", "raw"):
            return SOLID
        if wish.projection == "raw":
            return shown.embedding.n_dims
        if layout is not None and layout.projection == "pca":
            return len(layout.variance_ratio)
        return shown.n_axes

    def _show_form(self, wish: Wish) -> None:
        embedding = self._model.embedding
        if wish.projection == "pca":
            self._components.show_wish(wish)
        elif wish.projection == "tsne":
            self._tsne.show_wish(wish, embedding)
        elif wish.projection == "umap":
            self._umap.show_wish(wish, embedding)
        elif wish.projection == "raw":
            self._columns.show_wish(wish, embedding)
        else:
            try:
                self._axes.show_wish(wish, embedding)
            except InvalidChoice as error:  # a session that was written by something else
                self._stale.setText(str(error))

    def _stale_text(self, wish: Wish) -> str:
        layout, choice = self._model.layout, self._model.choice
        if self._model.embedding is None or self._runner.is_running:
            return ""
        if not is_out_of_date(layout, choice):
            return ""
        made: Wish | None = None if layout is None else layout.extra.get("wish")
        if made is not None and made.n_dims != wish.n_dims:
            text = self.tr("The picture was made in {n}D: run again for {m}D.")
            return text.format(n=made.n_dims, m=wish.n_dims)
        return self.tr("The picture is out of date: run again.")
