"""The panel's rows on colors: by which column, as what, in which palette, on which scale."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QToolButton, QWidget
from typing_extensions import override

from projector.colors import SCALES
from widgets.embedding.coloring.coloring import (
    Coloring,
    is_gradient,
    offered_palettes,
    used_palette,
)
from widgets.embedding.coloring.legend_actions import LegendActions
from widgets.embedding.coloring.palette_icons import palette_icon
from widgets.embedding.coloring.range_fields import RangeFields
from widgets.embedding.columns import column_names
from widgets.embedding.combo import Combo
from widgets.embedding.form import panel_form
from widgets.embedding.legend import LegendView
from widgets.embedding.reveal import reveal
from widgets.embedding.section import MARGIN
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.theme import is_dark

PALETTE_CHARACTERS = 9


class ColorForm(QWidget):
    """Asks for colors and shows what they mean. said: a line for the status bar (str)."""

    said = Signal(object)

    def __init__(self, model: EmbeddingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._are_options_open = {False: False, True: True}
        self._trouble = ""
        self._palettes_for: tuple[bool, str, bool] | None = None
        self._make_controls()
        self.legend = LegendView()
        self.legend.hide()
        self.actions_of_legend = LegendActions(model, self.legend)
        self.actions_of_legend.said.connect(self.said)
        self._form = self._laid_out()
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._on_shown_changed)
        model.coloring_changed.connect(self._on_coloring_changed)
        model.changed.connect(self._on_changed)
        self._on_shown_changed()

    def focus_colors(self) -> None:
        """Let the keyboard choose a column, from an open list."""
        reveal(self.color_by)
        self.color_by.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.color_by.showPopup()

    def focus_legend(self) -> None:
        """Let the keyboard go through the legend."""
        legend = self.legend
        target = legend.list if not legend.list.isHidden() else legend.bar
        reveal(target)
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if target is legend.list and not legend.list.currentIndex().isValid():
            legend.list.setCurrentIndex(legend.lines.index(0))

    def _make_controls(self) -> None:
        self.color_by = Combo(self.tr("Color by"), self.tr("The column that colors the points"))
        self.color_by.activated.connect(self._on_color_activated)
        self.options = QToolButton(autoRaise=True)
        self.options.setCheckable(True)
        self.options.setText("⋯")
        self.options.setAccessibleName(self.tr("Color options"))
        self.options.setToolTip(self.tr("Show or hide palette, scale and range"))
        self.options.clicked.connect(self._on_options_clicked)
        self._categories = QCheckBox(self.tr("As categories"))
        self._categories.setToolTip(self.tr("One color for each value instead of a gradient"))
        self._categories.clicked.connect(self._on_categories_clicked)
        tip = self.tr("All but the circle of hues are safe for color blindness")
        self._palette = Combo(self.tr("Palette"), tip)
        self._palette.activated.connect(self._on_palette_activated)
        self._scale = Combo(self.tr("Scale"), self.tr("How values are spread over the gradient"))
        self._scale.fill([(self.tr(text), name) for name, text in SCALES.items()], "linear")
        self._scale.activated.connect(self._on_scale_activated)
        self.range = RangeFields()
        self.range.range_chosen.connect(self._on_range_chosen)
        self.range.failed.connect(self._on_range_failed)
        self._note = QLabel(wordWrap=True)
        self._note.setForegroundRole(self.palette().ColorRole.PlaceholderText)

    def _laid_out(self) -> QFormLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN // 2)
        row.addWidget(self.color_by, 1)
        row.addWidget(self.options)
        form = panel_form(self)
        form.setVerticalSpacing(MARGIN // 2)
        label = QLabel(self.tr("Color by"))
        label.setBuddy(self.color_by)
        form.addRow(label, row)
        form.addRow("", self._categories)
        form.addRow(self.tr("Palette"), self._palette)
        form.addRow(self.tr("Scale"), self._scale)
        form.addRow(self.tr("Range"), self.range)
        form.addRow(self._note)
        form.addRow(self.legend)
        return form

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._palettes_for is not None:
            self._show_palettes()

    @Slot()
    def _on_shown_changed(self) -> None:
        embedding = self._model.embedding
        names = () if embedding is None else column_names(embedding)
        items = [(self.tr("One color"), None), *((name, name) for name in names)]
        if items != self.color_by.items():  # a list that is open stays open
            self.color_by.fill(items, self._model.choice.color_by)
        self.color_by.setEnabled(bool(names))
        self._show_choice()

    @Slot()
    def _on_coloring_changed(self) -> None:
        self._trouble = ""
        coloring = self._model.coloring
        if coloring is not None and coloring.shades is not None:
            self.range.show_coloring(coloring, self._model.choice.color_range)
        legend = self._model.coloring.legend if self._model.coloring is not None else None
        has_lines = legend is not None and bool(legend.entries or legend.gradient)
        self._form.setRowVisible(self.legend, has_lines)
        self._show_choice()

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"color_by", "as_categories", "palette", "color_scale", "color_range"}:
            self._show_choice()

    @Slot(int)
    def _on_color_activated(self, index: int) -> None:
        self._model.choose(color_by=self.color_by.itemData(index))

    @Slot(bool)
    def _on_options_clicked(self, is_on: bool) -> None:
        self._are_options_open[self._is_gradient] = is_on
        self._show_choice()

    @Slot(bool)
    def _on_categories_clicked(self, is_on: bool) -> None:
        self._model.choose(as_categories=is_on, hidden_categories=())

    @Slot(int)
    def _on_palette_activated(self, index: int) -> None:
        # the usual one is no choice: what it is depends on the column
        self._model.choose(palette=self._palette.itemData(index) if index else "")

    @Slot(int)
    def _on_scale_activated(self, index: int) -> None:
        self._model.choose(color_scale=self._scale.itemData(index))

    @Slot(object)
    def _on_range_chosen(self, ends: tuple[float, float] | None) -> None:
        self._trouble = ""
        self._model.choose(color_range=ends)
        self._show_note()

    @Slot(object)
    def _on_range_failed(self, sentence: str) -> None:
        self._trouble = sentence
        self._show_note()

    @property
    def _coloring(self) -> Coloring | None:
        """The colors, where they are those of the column that is chosen."""
        coloring = self._model.coloring
        is_of_column = coloring is not None and coloring.column == self._model.choice.color_by
        return coloring if is_of_column else None

    @property
    def _is_gradient(self) -> bool:
        coloring = self._coloring
        if coloring is None or coloring.codes is None:
            return False
        return is_gradient(coloring.codes.kind, self._model.choice.as_categories)

    def _show_choice(self) -> None:
        choice, coloring = self._model.choice, self._coloring
        self.color_by.show_value(choice.color_by)
        has_column = coloring is not None and coloring.codes is not None
        self.options.setVisible(has_column)
        is_open = has_column and self._are_options_open[self._is_gradient]
        self.options.setChecked(is_open)
        codes = None if coloring is None else coloring.codes
        has_both = codes is not None and codes.kind.has_gradient
        self._form.setRowVisible(self._categories, has_both)
        self._categories.setChecked(not self._is_gradient)
        self._form.setRowVisible(self._palette, is_open)
        self._form.setRowVisible(self._scale, is_open and self._is_gradient)
        self._form.setRowVisible(self.range, is_open and self._is_gradient)
        self._scale.show_value(choice.color_scale)
        if has_column:
            self._show_palettes()
        self._show_note()

    def _show_palettes(self) -> None:
        """The list with its pictures is made anew only where others are offered."""
        scale = self._model.choice.color_scale
        dark, has_gradient = is_dark(self.palette()), self._is_gradient
        used = used_palette(self._model.choice.palette, has_gradient, scale)
        wanted = (has_gradient, scale if scale == "diverging" else "", dark)
        if wanted != self._palettes_for:
            self._palettes_for = wanted
            offered = offered_palettes(has_gradient, scale)
            self._palette.fill([(self.tr(text), name) for name, text in offered.items()], used)
            metrics = self.fontMetrics()
            size = QSize(PALETTE_CHARACTERS * metrics.averageCharWidth(), metrics.ascent())
            self._palette.setIconSize(size)
            for i, name in enumerate(offered):
                icon = palette_icon(
                    name,
                    is_gradient=has_gradient,
                    is_dark=dark,
                    size=size,
                    ratio=self.devicePixelRatioF(),
                )
                self._palette.setItemIcon(i, icon)
        self._palette.show_value(used)

    def _show_note(self) -> None:
        coloring = self._coloring
        text = self._trouble or ("" if coloring is None else coloring.note)
        self._note.setText(text)
        self._form.setRowVisible(self._note, bool(text))
