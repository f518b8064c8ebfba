"""All colors of the program: palette roles for chrome, one table for plots, each in light and
dark."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from resources import FOLDER

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


INDICATOR = {"outline": ("#9aa1ae", "#7b8494"), "fill": ("#ffffff", "#1a1d22")}
INDICATOR_STYLE = """
QCheckBox::indicator, QTreeView::indicator, QListView::indicator, QRadioButton::indicator {{
    width: 11px; height: 11px; border: 1px solid {outline}; border-radius: 3px; background: {fill};
}}
QRadioButton::indicator {{ border-radius: 6px; }}
QCheckBox::indicator:hover, QTreeView::indicator:hover, QListView::indicator:hover,
QRadioButton::indicator:hover, QCheckBox::indicator:focus, QRadioButton::indicator:focus {{
    border-color: {accent};
}}
QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url({folder}/check.svg);
}}
QCheckBox::indicator:indeterminate, QTreeView::indicator:indeterminate {{
    background: {accent}; border-color: {accent}; image: url({folder}/partly.svg);
}}
QRadioButton::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url({folder}/dot.svg);
}}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {disabled}; }}
QCheckBox::indicator:checked:disabled, QRadioButton::indicator:checked:disabled {{
    background: {disabled};
}}
"""


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


def indicator_style(palette: QPalette) -> str:
    """A style sheet for check boxes and radio buttons.

    WORKAROUND (Qt 6, Fusion): it draws their outline from a darkened window color, which can't be
    seen on a dark list.
    """
    shade = int(is_dark(palette))
    return INDICATOR_STYLE.format(
        outline=INDICATOR["outline"][shade],
        fill=INDICATOR["fill"][shade],
        accent=ROLES[QPalette.ColorRole.Accent][shade],
        disabled=DISABLED_TEXT[shade],
        folder=FOLDER.as_posix(),
    )


def is_dark(palette: QPalette) -> bool:
    """Judged by lightness, as some platforms don't say which color scheme they have."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def plot_colors(palette: QPalette) -> PlotColors:
    """The plot's colors that go with a widget's palette; ask again on QEvent.PaletteChange."""
    dark = is_dark(palette)
    return PlotColors(dark, **{name: QColor(pair[int(dark)]) for name, pair in PLOT.items()})
