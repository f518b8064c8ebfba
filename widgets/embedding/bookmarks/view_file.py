"""The dashboard as a view file, and a view file as the dashboard."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from projector.embeddings.choice import EmbeddingChoice
from projector.errors import InvalidChoice
from projector.export.view_files import SavedPlace, SavedView, ViewFile
from projector.logs.roots import Root
from widgets.embedding.bookmarks.layout_values import restored_layout, saved_layout
from widgets.embedding.bookmarks.reader import BookmarkReader
from widgets.embedding.bookmarks.views import View, Views
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.layouts import Layout
from widgets.embedding.sources import SourceGroup
from widgets.embedding.view_model import EmbeddingViewModel, number_text

BY_COLUMN = ("label_by", "color_by", "size_by", "search_in")
"""Choices of a column, which may be one that is computed or edited and so there only later."""


class ViewFiles(QObject):
    """Makes view files and takes them in. told: a sentence on what could not be used (str).

    camera_wanted: from where the points are to be seen.
    """

    told = Signal(object)
    camera_wanted = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        views: Views,
        reader: BookmarkReader,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._views = model, canvas, views
        self._reader = reader
        self._pending: ViewFile | None = None
        self._columns: dict[str, Sequence[Any]] = {}
        self._wanted: dict[str, str | None] = {}
        self._taken: dict[str, str | None] = {}
        model.shown_changed.connect(self._on_shown_changed)
        model.table_changed.connect(self._choose_columns)
        model.columns_changed.connect(self._choose_columns)

    def of_now(self, roots: Sequence[Root]) -> ViewFile:
        """All of the dashboard. roots: what is open."""
        model = self._model
        embedding, groups = model.embedding, model.groups
        layouts = [saved_layout(layout, groups) for layout in self._all_layouts()]
        group = model.group
        choice = model.choice
        if group is not None:
            choice = dataclasses.replace(choice, run=group.run, name=group.name, copy=group.copy)
        return ViewFile(
            places=tuple(SavedPlace(root.path, root.name) for root in roots),
            view=SavedView("", choice, self._canvas.camera),
            n_points=0 if embedding is None else embedding.n_points,
            named=tuple(_saved(one) for one in self._views.all),
            layouts=tuple(one for one in layouts if one is not None),
            columns=dict(model.columns),
        )

    def _all_layouts(self) -> list[Layout]:
        """Those that are kept, and those that only a named view still has."""
        found = {layout.key: layout for layout in self._model.layouts}
        for view in self._views.all:
            for key, layout in view.layouts.items():
                found.setdefault(key, layout)
        return list(found.values())

    def expect(self, file: ViewFile) -> None:
        """The logs of this view are about to be shown."""
        self._pending = file

    @property
    def is_expected(self) -> bool:
        return self._pending is not None

    @property
    def choice(self) -> EmbeddingChoice:
        """What the contents that are about to be shown start with."""
        return EmbeddingChoice() if self._pending is None else self._pending.view.choice

    def take(self, groups: Sequence[SourceGroup]) -> None:
        """The logs are there: keep layouts and named views; all else follows once points are."""
        file, self._pending = self._pending, None
        self._columns, self._wanted, self._taken = {}, {}, {}
        self._reader.start_anew(groups, is_restored=file is not None)
        if file is None:
            self._views.set_all(())
            return
        layouts = {}
        for saved in file.layouts:
            layout = restored_layout(saved, groups)
            if layout is not None:
                layouts[layout.key] = layout
                self._model.keep_layout(layout)
        self._views.set_all(tuple(_named(view, layouts) for view in file.named))
        self._columns = dict(file.columns)
        choice = file.view.choice
        self._wanted = {name: getattr(choice, name) for name in BY_COLUMN}
        if file.view.camera is not None:
            self.camera_wanted.emit(file.view.camera)
        for sentence in file.told:
            self.told.emit(sentence)

    @Slot()
    def _on_shown_changed(self) -> None:
        shown = self._model.shown
        if shown is None:
            return
        import polars as pl

        n = shown.embedding.n_points
        for layout in self._model.layouts.of(shown.embedding.source):
            if len(layout.positions) != n:
                self._model.drop_layout(layout.key)
                text = self.tr("{layout} is of {m} points; here are {n}, so it was left out.")
                m = number_text(len(layout.positions))
                self.told.emit(text.format(layout=layout.title, m=m, n=number_text(n)))
        columns, self._columns = self._columns, {}
        for name, values in columns.items():
            try:
                self._model.set_column(name, pl.Series(name, values, strict=False))
            except (InvalidChoice, pl.exceptions.PolarsError):
                text = self.tr("The saved column {name} does not fit and was left out.")
                self.told.emit(text.format(name=name))
        self._choose_columns()

    @Slot()
    def _choose_columns(self) -> None:
        """Columns that were chosen when the view was saved, as soon as they are there."""
        embedding = self._model.embedding
        if embedding is None or not self._wanted:
            return
        table, choice = embedding.metadata, self._model.choice
        known = {None, *(() if table is None else table.columns)}
        # another value than the one taken in its place is the user's, who has the last word
        wanted = {
            name: column
            for name, column in self._wanted.items()
            if self._taken.get(name, getattr(choice, name)) == getattr(choice, name)
        }
        there = {name: column for name, column in wanted.items() if column in known}
        self._wanted = {name: column for name, column in wanted.items() if name not in there}
        if there:
            self._model.adjust(**there)
        self._taken = {name: getattr(self._model.choice, name) for name in self._wanted}


def _saved(view: View) -> SavedView:
    return SavedView(view.name, view.choice, view.camera, view.thumbnail, view.n_points)


def _named(view: SavedView, layouts: dict[str, Layout]) -> View:
    keys = (view.choice.layout, view.choice.second or "")
    own = {key: layouts[key] for key in keys if key in layouts}
    return View(view.name, view.choice, view.camera, own, view.thumbnail, view.n_points)
