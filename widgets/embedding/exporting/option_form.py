"""The options of an export; only those of the kind in front are shown."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from widgets.embedding.combo import Combo
from widgets.embedding.exporting.wish import LARGEST_PX, ExportWish, Kind
from widgets.embedding.form import panel_form
from widgets.embedding.section import MARGIN

SIZES: tuple[tuple[str, tuple[int, int] | float], ...] = (
    ("As on the screen", 1.0),
    ("Twice as large", 2.0),
    ("Four times as large", 4.0),
    ("Full HD, 1920 × 1080", (1920, 1080)),
    ("4K, 3840 × 2160", (3840, 2160)),
    ("A4 at 300 dpi, 3508 × 2480", (3508, 2480)),
)
OWN_SIZE = -1.0
FORMATS = {
    ".csv": "CSV",
    ".tsv": "TSV",
    ".parquet": "Parquet",
    ".npy": "NumPy (.npy)",
    ".json": "JSON",
    ".txt": "Text (.txt)",
}
OF = {
    "size": ("picture", "drawing"),
    "text_scale": ("picture", "drawing"),
    "has_legend": ("picture", "drawing", "page"),
    "is_transparent": ("picture",),
    "has_pictures": ("page", "drawing"),
    "has_columns": ("coordinates", "neighbors", "selection"),
    "is_text": ("ply",),
    "n_neighbors": ("neighbors",),
}
"""Which kinds have which option."""


class OptionForm(QWidget):
    """changed: another option was picked."""

    changed = Signal()

    def __init__(self, screen: QSize, n_neighbors: int, parent: QWidget | None = None) -> None:
        """screen: the canvas's size in its own pixels."""
        super().__init__(parent)
        self._screen = screen
        self._kind = ""
        self.form = panel_form(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self._rows: dict[str, QWidget] = {}
        self._make_combos()
        self._make_size()
        self._text_scale = self._spin(25, 400, 100, self.tr("Size of texts and points"))
        self._text_scale.setSuffix(" %")
        self._text_scale.setSingleStep(25)
        self._n_neighbors = self._spin(1, 1000, n_neighbors, self.tr("Neighbors of each point"))
        self._legend = self._check(self.tr("Include the legend"), is_on=True)
        self._transparent = self._check(self.tr("Transparent background"), is_on=False)
        self._pictures = self._check(self.tr("Include the label pictures"), is_on=True)
        self._columns = self._check(self.tr("Include the metadata"), is_on=True)
        self._text = self._check(self.tr("As text, which is larger"), is_on=False)
        self._lay_out()

    def _make_combos(self) -> None:
        self._which = Combo(self.tr("Points"), self.tr("Which points are written"))
        self._format = Combo(self.tr("Format"), self.tr("The format of the file"))
        for combo in (self._which, self._format):
            combo.currentIndexChanged.connect(self._on_changed)

    def _make_size(self) -> None:
        self._size = Combo(self.tr("Size"), self.tr("The size of the picture"))
        sizes = [(self.tr(text), size) for text, size in SIZES]
        self._size.fill([*sizes, (self.tr("Other"), OWN_SIZE)], 1.0)
        self._size.currentIndexChanged.connect(self._on_size)
        self._width = self._spin(16, LARGEST_PX, self._screen.width(), self.tr("Width in pixels"))
        self._height = self._spin(
            16, LARGEST_PX, self._screen.height(), self.tr("Height in pixels")
        )
        for field in (self._width, self._height):
            field.valueChanged.connect(self._on_own_size)

    def _spin(self, least: int, most: int, value: int, name: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(least, most)
        field.setValue(value)
        field.setAccessibleName(name)
        field.setToolTip(name)
        field.valueChanged.connect(self._on_changed)
        return field

    def _check(self, text: str, *, is_on: bool) -> QCheckBox:
        box = QCheckBox(text)
        box.setChecked(is_on)
        box.toggled.connect(self._on_changed)
        return box

    def _lay_out(self) -> None:
        pixels = QWidget()
        row = QHBoxLayout(pixels)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN)
        row.addWidget(self._width)
        row.addWidget(QLabel("\N{MULTIPLICATION SIGN}"))
        row.addWidget(self._height)
        row.addWidget(QLabel(self.tr("px")))
        row.addStretch(1)
        self._pixels = pixels
        self._add("which", self.tr("Points"), self._which)
        self._add("format", self.tr("Format"), self._format)
        self._add("size", self.tr("Size"), self._size)
        self._add("size", "", pixels)
        self._add("text_scale", self.tr("Texts and points"), self._text_scale)
        self._add("n_neighbors", self.tr("Neighbors"), self._n_neighbors)
        checks = {
            "has_legend": self._legend,
            "is_transparent": self._transparent,
            "has_pictures": self._pictures,
            "has_columns": self._columns,
            "is_text": self._text,
        }
        for name, box in checks.items():
            self._add(name, "", box)

    def _add(self, option: str, label: str, field: QWidget) -> None:
        self.form.addRow(self._label(label, field), field)
        key = option if option not in self._rows else f"{option}+"
        self._rows[key] = field

    def _label(self, text: str, field: QWidget) -> QLabel:
        """As wide as the widest, so that the fields stand where they stood for another kind."""
        label = QLabel(text)
        label.setBuddy(field)
        label.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.tr("Texts and points")))
        return label

    def show_kind(self, kind: Kind, points: list[tuple[str, str]], *, has_pictures: bool) -> None:
        """Show the options of one kind. points: (text, which) pairs."""
        self._kind = kind.name
        usual = "all" if kind.name == "metadata" else "shown"
        known = [which for _, which in points]
        self._which.fill(points, usual if usual in known else known[-1])
        formats = [(FORMATS.get(suffix, suffix), suffix) for suffix in kind.suffixes]
        self._format.fill(formats, kind.suffixes[0])
        shown = {
            "which": kind.chooses_points and len(points) > 1,
            "format": len(kind.suffixes) > 1,
            **{option: kind.name in of for option, of in OF.items()},
        }
        shown["has_pictures"] = shown["has_pictures"] and has_pictures
        for key, field in self._rows.items():
            self.form.setRowVisible(field, shown[key.rstrip("+")])

    @property
    def suffix(self) -> str:
        return str(self._format.currentData())

    @property
    def wish(self) -> ExportWish:
        """What is picked now."""
        return ExportWish(
            kind=self._kind,
            which=self._which.currentData() or "shown",
            width=self._width.value(),
            height=self._height.value(),
            text_scale=self._text_scale.value() / 100,
            is_transparent=self._transparent.isChecked(),
            has_legend=self._legend.isChecked(),
            has_pictures=self._pictures.isChecked(),
            has_columns=self._columns.isChecked(),
            is_text=self._text.isChecked(),
            n_neighbors=self._n_neighbors.value(),
        )

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()

    @Slot()
    def _on_size(self) -> None:
        """Fill in the pixels of what was picked."""
        size = self._size.currentData()
        if size == OWN_SIZE:
            return
        if isinstance(size, float):
            width = round(self._screen.width() * size)
            height = round(self._screen.height() * size)
        else:
            width, height = size
        for field, value in ((self._width, width), (self._height, height)):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)
        self.changed.emit()

    @Slot()
    def _on_own_size(self) -> None:
        self._size.show_value(OWN_SIZE)
