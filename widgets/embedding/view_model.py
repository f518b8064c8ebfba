"""What the embedding dashboard holds: the sources found, the embedding shown, the choice."""

from __future__ import annotations

import dataclasses
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QObject, Signal
from typing_extensions import override

from projector.arrays import ByteArray, IntArray
from projector.colors import Legend
from projector.embeddings.choice import ANOTHER, AUTOMATIC, NEWLY_COLORED, EmbeddingChoice
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.metadata import Repair
from projector.embeddings.pictures import SpriteSheet, sheet_of
from projector.embeddings.reader import Companions
from projector.errors import InvalidChoice
from projector.projections.prepare import Preparation
from projector.projections.shared import Shared
from projector.selection import NOTHING, Combine, Isolation, Selection
from projector.sizes import Sizes
from widgets.embedding.coloring.coloring import Coloring
from widgets.embedding.columns import label_text, point_cells
from widgets.embedding.fitting import fitting_fields
from widgets.embedding.layouts import Layout, Layouts
from widgets.embedding.loading import Shown
from widgets.embedding.nearest import Nearest
from widgets.embedding.sources import SourceGroup, chosen_group
from widgets.shared.texts import shown as shown_text
from widgets.shared.view_model import ViewModel

MOST_DETAILS = 4

if TYPE_CHECKING:
    import polars as pl


class EmbeddingViewModel(ViewModel[EmbeddingChoice]):
    """Each signal besides `changed` says that the property of that name is to be read again.

    table_changed: the embedding shown has other metadata; its vectors and places are as before.
    layouts_changed: the key of a layout that was made, that moved on, or that was dropped.
    layout_changed: another layout, or a newer state of it, is to be drawn.

    layouts: what projections made. shared: prepared rows and neighbors, which all jobs share.
    columns: metadata that were computed, by name; a polars Series of as many rows each.
    own_table: the metadata as the files have it, without edits and computed columns.

    coloring, emphasis (uint8 (n,)), sizes: how the points look, None before it is known; emphasis
    is None where all are alike, sizes where no column says them.
    """

    groups_changed = Signal()
    shown_changed = Signal()
    table_changed = Signal()
    layouts_changed = Signal(object)
    layout_changed = Signal()
    columns_changed = Signal()
    nearest_changed = Signal()
    matches_changed = Signal()
    legend_changed = Signal()
    coloring_changed = Signal()
    emphasis_changed = Signal()
    sizes_changed = Signal()
    sheet_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(EmbeddingChoice(), parent)
        self.groups: tuple[SourceGroup, ...] = ()
        self.shown: Shown | None = None
        self.nearest: Nearest | None = None
        self.matches: IntArray | None = None
        self.search_trouble = ""
        self.legend = Legend()
        self.coloring: Coloring | None = None
        self.emphasis: ByteArray | None = None
        self.sizes: Sizes | None = None
        self.sheet: SpriteSheet | None = None
        self.layouts = Layouts()
        self.shared = Shared()
        self.columns: dict[str, pl.Series] = {}
        self.own_table: pl.DataFrame | None = None

    @property
    def group(self) -> SourceGroup | None:
        return chosen_group(self.groups, self.choice)

    @property
    def source_index(self) -> int:
        return 0 if self.group is None else self.group.index_of(self.choice.step)

    @property
    def source(self) -> Source | None:
        return None if self.group is None else self.group.sources[self.source_index]

    @property
    def embedding(self) -> Embedding | None:
        return None if self.shown is None else self.shown.embedding

    @property
    def selected(self) -> int | None:
        """The selected row, if the embedding shown has it."""
        point = self.choice.selected
        if self.embedding is None or point is None or point >= self.embedding.n_points:
            return None
        return point

    @property
    def selection(self) -> Selection:
        """The selected rows that the embedding shown has."""
        n = 0 if self.embedding is None else self.embedding.n_points
        return self.choice.selection.within(n)

    @property
    def preparation(self) -> Preparation:
        """What is to be done to the vectors before they are projected or compared."""
        choice = self.choice
        return Preparation(
            choice.centers, choice.unit_length, choice.whitens, choice.n_prepared or None
        )

    @property
    def layout(self) -> Layout | None:
        """What is drawn; None for the principal components of the vectors as they came."""
        layout = self.layouts.find(self.choice.layout)
        if layout is None or self.embedding is None or layout.source is not self.embedding.source:
            return None
        return layout if self.fits(layout) else None

    @property
    def second_layout(self) -> Layout | None:
        """What is drawn beside it, None as above; `choice.second` says whether there is a view. It
        may be of another embedding."""
        layout = self.layouts.find(self.choice.second or "")
        return layout if layout is not None and self.fits(layout) else None

    def fits(self, layout: Layout) -> bool:
        """Whether a layout has a row for each of the embedding shown; one that came out of a file,
        or that is of another embedding, may have more or fewer."""
        return self.embedding is not None and len(layout.positions) == self.embedding.n_points

    @override
    def choose(self, **fields: Any) -> None:
        """As for every view-model; the selected row is always one of the selection."""
        if "selected" in fields and "selection" not in fields:
            row = fields["selected"]
            fields["selection"] = NOTHING if row is None else Selection.of([row])
        elif "selection" in fields and "selected" not in fields:
            fields["selected"] = self._told_of(fields["selection"])
        if fields.get("color_by", self.choice.color_by) != self.choice.color_by:
            fields = {**NEWLY_COLORED, **fields}
        super().choose(**fields)

    def _told_of(self, selection: Selection) -> int | None:
        """The row that the inspector tells of, once these are selected."""
        if len(selection) == 1:
            return int(selection.ids[0])
        row = self.choice.selected
        return row if row is not None and row in selection else None

    def select(self, rows: Selection, how: Combine = "replace") -> None:
        """Select these rows, or change the selection by them."""
        self.choose(selection=self.choice.selection.combined(rows, how))

    def isolate(self) -> None:
        """Show only what is selected. Raises InvalidChoice where nothing would be left."""
        self.choose(isolation=self.choice.isolation.isolated(self.selection))

    def hide_selection(self) -> None:
        """Show the selected rows no more. Raises InvalidChoice where nothing would be left."""
        if self.embedding is None:
            return
        isolation = self.choice.isolation.without(self.selection, self.embedding.n_points)
        self.choose(isolation=isolation, selection=NOTHING)

    def show_all(self) -> None:
        """Show every row again."""
        self.choose(isolation=Isolation(), hidden_categories=())

    def keep_layout(self, layout: Layout) -> None:
        """Keep what a projection made, or its newer state; it is drawn where its key is chosen."""
        in_use = frozenset({self.choice.layout, self.choice.second or ""})
        self.layouts.keep(layout, in_use)
        self.layouts_changed.emit(layout.key)
        if layout.key in in_use:
            self.layout_changed.emit()

    def drop_layout(self, key: str) -> None:
        """Forget a layout; where it was drawn, the principal components are."""
        self.layouts.drop(key)
        self.adjust(
            layout="" if self.choice.layout == key else self.choice.layout,
            second="" if self.choice.second == key else self.choice.second,
        )
        self.layouts_changed.emit(key)

    def set_column(self, name: str, values: pl.Series | None) -> None:
        """Add, replace, or with None drop a computed column of the embedding shown.

        Raises InvalidChoice for another number of rows.
        """
        if values is None:
            self.columns.pop(name, None)
        elif self.embedding is None or len(values) != self.embedding.n_points:
            text = self.tr("The column {name} must have one value a point.")
            raise InvalidChoice(text.format(name=name))
        else:
            self.columns[name] = values.alias(name)
        self.columns_changed.emit()

    def set_table(self, table: pl.DataFrame | None) -> None:
        """The metadata of the embedding shown, with what was edited and computed."""
        if self.shown is None:
            return
        embedding = dataclasses.replace(self.shown.embedding, metadata=table)
        self.shown = dataclasses.replace(self.shown, embedding=embedding)
        self._fit_choice(self.shown)
        self.table_changed.emit()

    @property
    def companions(self) -> Companions:
        """What is to be read beside the vectors."""
        choice = self.choice
        return Companions(
            Path(choice.metadata_path) if choice.metadata_path else None,
            choice.metadata_header,
            Repair.__members__.get(choice.metadata_repair),
            Path(choice.sprite_path) if choice.sprite_path else None,
        )

    def choose_metadata(self, path: str) -> None:
        """Another file of metadata, "" for the one that the log names; its columns are new."""
        self.choose(
            metadata_path=path,
            metadata_header=None,
            metadata_repair="",
            label_by=AUTOMATIC,
            color_by=AUTOMATIC,
            search_in=None,
        )

    def choose_companions(self, wish: Companions) -> None:
        """Choose what is to be read beside the vectors."""
        self.adjust(
            metadata_path="" if wish.metadata_path is None else str(wish.metadata_path),
            metadata_header=wish.header,
            metadata_repair="" if wish.repair is None else wish.repair.name,
            sprite_path="" if wish.sprite_path is None else str(wish.sprite_path),
        )

    def set_groups(self, groups: tuple[SourceGroup, ...]) -> None:
        self.groups = groups
        self.set_shown(None)
        self.groups_changed.emit()

    def follow_groups(self, groups: tuple[SourceGroup, ...], *, is_newest: bool) -> None:
        """Take what the same logs hold now; what is shown stays until something else is loaded.

        is_newest: the last step is wanted, whichever that is.
        """
        shown, source = self.group, self.source
        step = None if source is None else source.step
        # none of this is announced as a change: it names what is shown already
        if shown is not None:
            self._name_group(shown, step)
        self.groups = groups
        group = self.group
        if group is not None and shown is not None:
            is_other = _key(group) != _key(shown)
            newest = group.step_at(len(group.sources) - 1)
            self._name_group(group, newest if is_newest or is_other else step)
            if is_other:
                self._choice = dataclasses.replace(self.choice, **ANOTHER)
        self.groups_changed.emit()

    def _name_group(self, group: SourceGroup, step: int | None) -> None:
        self._choice = dataclasses.replace(
            self.choice, run=group.run, name=group.name, copy=group.copy, step=step
        )

    def set_shown(self, shown: Shown | None) -> None:
        """Take what was loaded; choices that don't fit it fall back to what suits it."""
        if self.embedding is None or shown is None or not _is_same(shown.embedding, self.embedding):
            self.columns = {}
        self.shown = shown
        self.own_table = None if shown is None else shown.embedding.metadata
        self.sheet = None if shown is None else sheet_of(shown.embedding.sprites)
        self.nearest = None
        if shown is not None:
            self._fit_choice(shown)
        else:
            self.set_legend(Legend())
        self.matches = None
        self.shown_changed.emit()
        self.matches_changed.emit()
        self.nearest_changed.emit()

    def set_nearest(self, nearest: Nearest | None) -> None:
        self.nearest = nearest
        self.nearest_changed.emit()

    def set_sheet(self, sheet: SpriteSheet | None) -> None:
        """The label pictures as far as they are loaded, None where the embedding has none."""
        self.sheet = sheet
        self.sheet_changed.emit()

    def set_legend(self, legend: Legend) -> None:
        self.legend = legend
        self.legend_changed.emit()

    def set_coloring(self, coloring: Coloring) -> None:
        """The colors of the points, and what they mean."""
        self.coloring = coloring
        self.coloring_changed.emit()
        self.set_legend(coloring.legend)

    def set_emphasis(self, emphasis: ByteArray | None) -> None:
        """Which points are hidden, dim or raised; see projector.emphasis."""
        if emphasis is not None or self.emphasis is not None:
            self.emphasis = emphasis
            self.emphasis_changed.emit()

    def set_sizes(self, sizes: Sizes | None) -> None:
        """How large the points are; None for all alike."""
        self.sizes = sizes
        self.sizes_changed.emit()

    def set_matches(self, matches: IntArray | None, trouble: str = "") -> None:
        """Rows that match the search; None means that nothing is searched for, or that it can't
        be, which the sentence explains."""
        self.matches, self.search_trouble = matches, trouble
        self.matches_changed.emit()

    def label(self, point: int) -> str:
        """What a point is called; by its number while the picture is that of another step."""
        if self.embedding is None or point >= self.embedding.n_points:
            return f"#{point}"
        return label_text(self.embedding, self.choice.label_by, point)

    def details(self, point: int) -> tuple[tuple[str, str], ...]:
        """What else is told of a point: (column, value) of the first columns besides its label."""
        if self.embedding is None or point >= self.embedding.n_points:
            return ()
        cells = islice(point_cells(self.embedding, point), MOST_DETAILS + 1)
        own = self.choice.label_by
        told = [(name, shown_text(text)) for name, text in cells if name != own and text]
        return tuple(told[:MOST_DETAILS])

    def _fit_choice(self, shown: Shown) -> None:
        self.adjust(
            **fitting_fields(self.choice, shown, self.columns),
            layout=self._fitting_layout(shown),
            second=self._fitting_second(),
            selected=self.selected,
            selection=self.selection,
        )

    def _fitting_layout(self, shown: Shown) -> str:
        """Another step shows the newest layout that the same projection made of it."""
        if self.layout is not None:
            return self.choice.layout
        if not self.choice.layout and self.choice.projection == "pca":
            return ""
        of_source = self.layouts.of(shown.embedding.source)
        keys = [one.key for one in of_source if one.projection == self.choice.projection]
        return keys[-1] if keys else ""

    def _fitting_second(self) -> str | None:
        second = self.choice.second
        return second if second is None or self.second_layout is not None else ""


def _is_same(one: Embedding, other: Embedding) -> bool:
    """Whether they hold the same vectors, whatever is known of them."""
    return one.vectors is other.vectors


def _key(group: SourceGroup) -> tuple[str, str, int]:
    return group.run, group.name, group.copy


def number_text(number: int) -> str:
    """A whole number with its groups of digits set apart, also in the plain C locale."""
    locale = QLocale()
    if locale.language() == QLocale.Language.C:
        locale = QLocale(QLocale.Language.English)
    return locale.toString(number)
