"""What the embedding dashboard holds: the sources found, the embedding shown, the choice."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QObject, Signal

from projector.arrays import IntArray
from projector.colors import Legend
from projector.embeddings.choice import AUTOMATIC, EmbeddingChoice
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.metadata import Repair
from projector.embeddings.pictures import SpriteSheet, sheet_of
from projector.embeddings.reader import Companions
from widgets.embedding.columns import column_names, label_text
from widgets.embedding.loading import Shown
from widgets.embedding.sources import SourceGroup, chosen_group
from widgets.shared.view_model import ViewModel

if TYPE_CHECKING:
    from projector.neighbors import Neighbors

ANOTHER: dict[str, Any] = {
    "axes": (0, 1, 2),
    "selected": None,
    "search": "",
    "metadata_path": "",
    "metadata_header": None,
    "metadata_repair": "",
    "sprite_path": "",
}
"""What another embedding starts with."""


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The neighbors of one point. found: None while they are looked for, or where why says that
    there are none."""

    point: int
    found: Neighbors | None
    why: str = ""


class EmbeddingViewModel(ViewModel[EmbeddingChoice]):
    """Each signal besides `changed` says that the property of that name is to be read again."""

    groups_changed = Signal()
    shown_changed = Signal()
    nearest_changed = Signal()
    matches_changed = Signal()
    legend_changed = Signal()
    sheet_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(EmbeddingChoice(), parent)
        self.groups: tuple[SourceGroup, ...] = ()
        self.shown: Shown | None = None
        self.nearest: Nearest | None = None
        self.matches: IntArray | None = None
        self.legend = Legend()
        self.sheet: SpriteSheet | None = None

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
        self.choose(
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
        self.shown = shown
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

    def set_matches(self, matches: IntArray | None) -> None:
        """Rows that match the search; None means that nothing is searched for."""
        self.matches = matches
        self.matches_changed.emit()

    def label(self, point: int) -> str:
        """What a point is called; by its number while the picture is that of another step."""
        if self.embedding is None or point >= self.embedding.n_points:
            return f"#{point}"
        return label_text(self.embedding, self.choice.label_by, point)

    def _fit_choice(self, shown: Shown) -> None:
        embedding, choice = shown.embedding, self.choice
        names = (None, *column_names(embedding))
        x, y, z = (axis if axis < shown.n_axes else i for i, axis in enumerate(choice.axes))
        self.choose(
            axes=(x, y, z),
            is_flat=choice.is_flat or shown.n_axes < 3,
            label_by=choice.label_by if choice.label_by in names else shown.label_by,
            color_by=choice.color_by if choice.color_by in names else shown.color_by,
            search_in=choice.search_in if choice.search_in in names else None,
            shows_pictures=choice.shows_pictures and embedding.sprites is not None,
            selected=self.selected,
        )


def _key(group: SourceGroup) -> tuple[str, str, int]:
    return group.run, group.name, group.copy


def number_text(number: int) -> str:
    """A whole number with its groups of digits set apart, also in the plain C locale."""
    locale = QLocale()
    if locale.language() == QLocale.Language.C:
        locale = QLocale(QLocale.Language.English)
    return locale.toString(number)
