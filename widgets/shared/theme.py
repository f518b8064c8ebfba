"""All colors of the program: palette roles for chrome, one table for plots, each in light and
dark."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

ROLES: dict[QPalette.ColorRole, tuple[str, str]] = {
    QPalette.ColorRole.Window: ("#f4f5f7", "#2b2f36"),
    QPalette.ColorRole.WindowText: ("#1d2330", "#e3e6ec"),
    QPalette.ColorRole.Base: ("#ffffff", "#1a1d22"),
    QPalette.ColorRole.AlternateBase: ("#f7f8fa", "#202329"),
    QPalette.ColorRole.Text: ("#1d2330", "#e3e6ec"),
    QPalette.ColorRole.PlaceholderText: ("#7d8494", "#7f8796"),
    QPalette.ColorRole.Button: ("#eceef1", "#3b4049"),
    QPalette.ColorRole.ButtonText: ("#1d2330", "#e3e6ec"),
    QPalette.ColorRole.BrightText: ("#ffffff", "#ffffff"),
    QPalette.ColorRole.ToolTipBase: ("#ffffff", "#363b44"),
    QPalette.ColorRole.ToolTipText: ("#1d2330", "#e3e6ec"),
    QPalette.ColorRole.Highlight: ("#2f6fde", "#3b78e0"),
    QPalette.ColorRole.HighlightedText: ("#ffffff", "#ffffff"),
    QPalette.ColorRole.Link: ("#2f6fde", "#7fb0ff"),
    QPalette.ColorRole.LinkVisited: ("#6a4fc0", "#b39dff"),
    QPalette.ColorRole.Light: ("#ffffff", "#4a505b"),
    QPalette.ColorRole.Midlight: ("#e6e8ec", "#40454f"),
    QPalette.ColorRole.Mid: ("#c4c9d2", "#4d535f"),
    QPalette.ColorRole.Dark: ("#a2a9b6", "#15171b"),
    QPalette.ColorRole.Shadow: ("#7d8494", "#0a0b0d"),
    QPalette.ColorRole.Accent: ("#2f6fde", "#3b78e0"),
}
DISABLED_TEXT = ("#a2a9b6", "#727a88")


@dataclass(frozen=True, slots=True)
class ControlColors:
    """The colors of check boxes and the like, and of the frame around what has the keyboard.

    focus: at least three times as light or dark as what it lies on, so that it can be seen.
    """

    outline: QColor
    fill: QColor
    accent: QColor
    mark: QColor
    disabled: QColor
    focus: QColor


CONTROLS: dict[str, tuple[str, str]] = {
    "outline": ("#838a98", "#8a93a3"),
    "fill": ("#ffffff", "#1a1d22"),
    "accent": ROLES[QPalette.ColorRole.Accent],
    "mark": ("#ffffff", "#ffffff"),
    "disabled": DISABLED_TEXT,
    "focus": ("#1c5fd4", "#8ab8ff"),
}


@dataclass(frozen=True, slots=True)
class PlotColors:
    """The colors of a plot on this theme."""

    is_dark: bool
    background: QColor
    foreground: QColor
    muted: QColor
    grid: QColor
    point: QColor
    faded: QColor
    selected: QColor
    hovered: QColor
    neighbor: QColor
    notice: QColor
    error: QColor
    axis_x: QColor
    axis_y: QColor
    axis_z: QColor


PLOT: dict[str, tuple[str, str]] = {
    "background": ("#ffffff", "#1a1d22"),
    "foreground": ("#1d2330", "#e3e6ec"),
    "muted": ("#6b7382", "#98a0ae"),
    "grid": ("#e3e6eb", "#2c313a"),
    "point": ("#3b74d6", "#6fa3ff"),
    "faded": ("#d3d7de", "#3a404a"),
    "selected": ("#d6336c", "#ff6b9d"),
    "hovered": ("#1d2330", "#ffffff"),
    "neighbor": ("#e8830c", "#ffb347"),
    "notice": ("#fff3cd", "#3d3420"),
    "error": ("#fde2e4", "#472529"),
    "axis_x": ("#d0443e", "#ff7b72"),
    "axis_y": ("#3c8c40", "#7fcf7f"),
    "axis_z": ("#3b74d6", "#79b0ff"),
}


def app_palette(is_dark: bool) -> QPalette:
    """The palette of the whole application; the Fusion style draws it alike on all systems."""
    palette = QPalette()
    shade = int(is_dark)
    for role, colors in ROLES.items():
        palette.setColor(role, QColor(colors[shade]))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(DISABLED_TEXT[shade]))
    return palette


def control_colors(palette: QPalette) -> ControlColors:
    """The colors of controls that go with a widget's palette."""
    return _CONTROL_COLORS[is_dark(palette)]


def is_dark(palette: QPalette) -> bool:
    """Judged by lightness, as some platforms don't say which color scheme they have."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def plot_colors(palette: QPalette) -> PlotColors:
    """The plot's colors that go with a widget's palette; ask again on QEvent.PaletteChange."""
    dark = is_dark(palette)
    return PlotColors(dark, **{name: QColor(pair[int(dark)]) for name, pair in PLOT.items()})


_CONTROL_COLORS = tuple(
    ControlColors(**{name: QColor(pair[shade]) for name, pair in CONTROLS.items()})
    for shade in (0, 1)
)
