"""Colors that mean something: categories and gradients that survive color blindness, with legends.

A column becomes codes once (`categories`, `gradient`), and codes become colors by one look into a
table, so that another palette, theme or color costs milliseconds. `color_by_column` does it all.
"""

from projector.colors.by_column import color_by_column
from projector.colors.categories import Categories, categories, category_legend, category_table
from projector.colors.columns import ColumnKind, kind_of, numbers_of
from projector.colors.legends import Gradient, Legend, LegendEntry, PointColors, Tick
from projector.colors.maps import DIVERGING, MAPS, MISSING_SHADE, gradient_stops, shade_table
from projector.colors.paint import painted
from projector.colors.palettes import (
    CATEGORIES,
    MISSING,
    PALETTES,
    POINT,
    Rgb,
    category_color,
    run_color,
)
from projector.colors.scales import SCALES, Scale, Shades, gradient, gradient_legend, robust_range

__all__ = [
    "CATEGORIES",
    "DIVERGING",
    "MAPS",
    "MISSING",
    "MISSING_SHADE",
    "PALETTES",
    "POINT",
    "SCALES",
    "Categories",
    "ColumnKind",
    "Gradient",
    "Legend",
    "LegendEntry",
    "PointColors",
    "Rgb",
    "Scale",
    "Shades",
    "Tick",
    "categories",
    "category_color",
    "category_legend",
    "category_table",
    "color_by_column",
    "gradient",
    "gradient_legend",
    "gradient_stops",
    "kind_of",
    "numbers_of",
    "painted",
    "robust_range",
    "run_color",
    "shade_table",
]
