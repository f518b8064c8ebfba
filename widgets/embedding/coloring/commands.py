"""Commands on colors and on how points look, for menus and the palette."""

from __future__ import annotations

from PySide6.QtCore import QObject

from widgets.embedding.coloring.appearance_form import SIZE_STEPS
from widgets.embedding.coloring.color_form import ColorForm
from widgets.embedding.columns import column_names
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.command import Command

SMALLEST, LARGEST = 0.25, 4.0
FACTOR = 4.0 ** (4 / SIZE_STEPS)


class ColorCommands(QObject):
    """Each asks the model or the form."""

    def __init__(self, model: EmbeddingViewModel, form: ColorForm) -> None:
        super().__init__(form)
        self._model, self._form = model, form

    def all(self) -> tuple[Command, ...]:
        """In menu order."""
        return (*self._color_commands(), *self._legend_commands(), *self._size_commands())

    def _color_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.color_by",
                self.tr("Color by a column…"),
                self.tr("Choose the column that colors the points."),
                self._form.focus_colors,
                keys=("Ctrl+Shift+K",),
                is_enabled=self._has_columns,
            ),
            Command(
                "embedding.one_color",
                self.tr("One color for all points"),
                self.tr("Color by no column."),
                self._color_by_none,
                is_enabled=self._is_colored,
            ),
            Command(
                "embedding.as_categories",
                self.tr("Color numbers as categories"),
                self.tr("One color for each value instead of a gradient."),
                self._toggle_categories,
                is_enabled=self._has_both,
                is_checked=self._are_categories,
            ),
            Command(
                "embedding.usual_range",
                self.tr("Gradient without outliers"),
                self.tr("Spread the gradient over all values but the outermost hundredths."),
                self._form.range.choose_robust,
                is_enabled=self._has_gradient,
            ),
            Command(
                "embedding.whole_range",
                self.tr("Gradient over all values"),
                self.tr("Spread the gradient from the least value to the greatest."),
                self._choose_whole_range,
                is_enabled=self._has_range,
            ),
        )

    def _legend_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.legend",
                self.tr("Go to the legend"),
                self.tr("Arrows move, Enter selects, Space hides, Shift+Enter isolates."),
                self._form.focus_legend,
                keys=("Ctrl+Shift+G",),
                is_enabled=self._is_colored,
            ),
            Command(
                "embedding.show_categories",
                self.tr("Show all categories"),
                self.tr("Show again what the legend hides."),
                self._form.actions_of_legend.show_all_categories,
                is_enabled=self._hides_categories,
            ),
            Command(
                "embedding.reset_colors",
                self.tr("Reset colors of categories"),
                self.tr("Give all categories of the column their usual colors."),
                self._form.actions_of_legend.reset_colors,
                is_enabled=self._is_recolored,
            ),
        )

    def _size_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "embedding.larger_points",
                self.tr("Larger points"),
                self.tr("Draw points, or pictures, larger."),
                self._grow,
                keys=("Ctrl+Shift+Up",),
                is_enabled=self._has_cloud,
            ),
            Command(
                "embedding.smaller_points",
                self.tr("Smaller points"),
                self.tr("Draw points, or pictures, smaller."),
                self._shrink,
                keys=("Ctrl+Shift+Down",),
                is_enabled=self._has_cloud,
            ),
        )

    def _has_cloud(self) -> bool:
        return self._model.shown is not None

    def _has_columns(self) -> bool:
        return self._model.embedding is not None and bool(column_names(self._model.embedding))

    def _is_colored(self) -> bool:
        return self._model.coloring is not None and self._model.coloring.codes is not None

    def _has_both(self) -> bool:
        coloring = self._model.coloring
        return coloring is not None and (
            coloring.codes is not None and coloring.codes.kind.has_gradient
        )

    def _are_categories(self) -> bool:
        return self._model.coloring is not None and self._model.coloring.categories is not None

    def _has_gradient(self) -> bool:
        return self._model.coloring is not None and self._model.coloring.shades is not None

    def _has_range(self) -> bool:
        return self._has_gradient() and self._model.choice.color_range is not None

    def _hides_categories(self) -> bool:
        return bool(self._model.choice.hidden_categories)

    def _is_recolored(self) -> bool:
        return self._model.choice.color_by in self._model.choice.recolored

    def _color_by_none(self) -> None:
        self._model.choose(color_by=None)

    def _toggle_categories(self) -> None:
        self._model.choose(as_categories=not self._are_categories(), hidden_categories=())

    def _choose_whole_range(self) -> None:
        self._model.choose(color_range=None)

    def _grow(self) -> None:
        self._scale_points(FACTOR)

    def _shrink(self) -> None:
        self._scale_points(1 / FACTOR)

    def _scale_points(self, factor: float) -> None:
        name = "picture_size" if self._model.choice.shows_pictures else "point_size"
        size = getattr(self._model.choice, name) * factor
        self._model.choose(**{name: min(LARGEST, max(SMALLEST, size))})
