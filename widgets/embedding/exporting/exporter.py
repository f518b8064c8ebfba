"""Turns a wish into work on frozen data: what each kind of export is made from."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from projector.arrays import FloatArray, IntArray
from projector.colors import Legend
from projector.embeddings.choice_json import plain
from projector.errors import InvalidChoice, NothingToShow
from projector.export.html import write_html
from projector.export.ply import write_ply
from projector.export.scene import Scene
from projector.export.size_key import SizeKey
from projector.export.svg import write_svg
from projector.export.tables import (
    write_coordinates,
    write_selection,
)
from projector.progress import Work
from widgets.embedding.bookmarks.views import Views
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.coloring.size_legend import size_key
from widgets.embedding.exporting.own_files import files_read, sparing
from widgets.embedding.exporting.picture import picture_work
from widgets.embedding.exporting.seen import scene_on
from widgets.embedding.exporting.wish import LARGEST_PX, MOST_PIXELS, ExportWish, tr
from widgets.embedding.exporting.works import (
    bookmarks_work,
    described,
    metadata_work,
    neighbors_work,
    save_image,
    with_scene,
)
from widgets.embedding.loading import Shown
from widgets.embedding.view_model import EmbeddingViewModel


class Exporter(QObject):
    """Knows what is on the screen. All it hands out is frozen, so that a job may use it."""

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        views: Views,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.model, self.canvas, self._views = model, canvas, views

    def work(self, wish: ExportWish, path: Path) -> Work[Path]:
        """Write what is wished for, but over no file that is read. Raises InvalidChoice or
        NothingToShow at once where that can be seen at once."""
        shown = self.model.shown
        if shown is None:
            raise NothingToShow(self.tr("Nothing is shown, so there is nothing to write."))
        makers = {
            "picture": self._picture,
            "drawing": self._drawing,
            "page": self._page,
            "ply": self._ply,
            "coordinates": self._coordinates,
            "neighbors": self._neighbors,
            "selection": self._selection,
            "metadata": self._metadata,
            "bookmarks": self._bookmarks,
        }
        return sparing(makers[wish.kind](wish, path, shown), path, files_read(self.model))

    def ids(self, wish: ExportWish) -> IntArray | None:
        """The rows that are meant, rising; None for all of them."""
        model = self.model
        if wish.which == "selected":
            if not len(model.selection):
                raise NothingToShow(self.tr("Nothing is selected, so there is nothing to write."))
            return model.selection.ids
        if wish.which == "all":
            return None
        return self.shown_ids()

    def shown_ids(self) -> IntArray | None:
        """The rows that are neither hidden nor left out by isolation; None for all."""
        model = self.model
        n = 0 if model.embedding is None else model.embedding.n_points
        emphasis = model.emphasis
        if emphasis is not None and len(emphasis) == n:
            ids = np.flatnonzero(emphasis)
            return None if len(ids) == n else ids
        isolation = model.choice.isolation
        return None if isolation.shows_all else isolation.ids(n)

    def _picture(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        _check_size(wish)
        legend = self.model.legend if wish.has_legend else Legend()
        return save_image(path, picture_work(self.canvas, wish, legend, self._size_key(wish)))

    def _drawing(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        _check_size(wish)
        return with_scene(self._scene_work(wish, shown), lambda scene: write_svg(path, scene))

    def _page(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        has_pictures = wish.has_pictures
        return with_scene(
            self._scene_work(wish, shown),
            lambda scene: write_html(path, scene, has_pictures=has_pictures),
        )

    def _ply(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        is_text = wish.is_text
        return with_scene(
            self._scene_work(wish, shown), lambda scene: write_ply(path, scene, is_text=is_text)
        )

    def _scene_work(self, wish: ExportWish, shown: Shown) -> Work[Scene]:
        """The scene of what is on the screen; its labels are made in the job."""
        model, canvas, choice = self.model, self.canvas, self.model.choice
        drawn = canvas.drawn
        if len(drawn.positions) != shown.embedding.n_points or not drawn.is_complete:
            raise NothingToShow(self.tr("The points are still being placed; try again."))
        scene = scene_on(canvas, (wish.width, wish.height), wish.text_scale)
        has_pictures = wish.has_pictures and model.sheet is not None
        scene = dataclasses.replace(
            scene,
            title=self.title(shown),
            visible_ids=self.ids(wish),
            legend=model.legend if wish.has_legend else Legend(),
            size_key=self._size_key(wish),
            # of those that alone are written, none has to stand out
            emphasis=None if wish.which == "selected" else scene.emphasis,
            is_flat=choice.is_flat,
            pictures=model.sheet if has_pictures else None,
            draws_pictures=has_pictures and scene.draws_pictures,
        )
        table = shown.embedding.metadata
        has_sequences = choice.shows_sequences
        return described(scene, table, choice.label_by, has_sequences=has_sequences)

    def _size_key(self, wish: ExportWish) -> SizeKey | None:
        """What sizes mean, where they differ on the screen and a legend is wanted."""
        sizes = self.model.sizes
        is_shown = wish.has_legend and sizes is not None and self.canvas.drawn.sizes is not None
        return size_key(sizes) if is_shown and sizes is not None else None

    def title(self, shown: Shown) -> str:
        """What the picture is of."""
        layout, name = self.model.layout, shown.embedding.source.name
        return f"{name} · {layout.title if layout is not None else 'PCA'}"

    def _own_positions(self, shown: Shown) -> FloatArray:
        """In their own units, those that the axes show."""
        positions = self.positions(shown)
        if self.model.layout is not None:
            return positions
        most = float(np.finfo(np.float32).max)
        return np.clip(positions * np.float64(shown.unit), -most, most).astype(np.float32)

    def positions(self, shown: Shown) -> FloatArray:
        """As they are drawn; of the components the embedding was opened with, those on the axes."""
        layout, choice = self.model.layout, self.model.choice
        if layout is not None:
            return layout.positions
        axes = [axis for axis in choice.axes[: 2 if choice.is_flat else 3] if axis < shown.n_axes]
        found = np.zeros((len(shown.coordinates), max(2, len(axes))), np.float32)
        found[:, : len(axes)] = shown.coordinates[:, axes]
        return found

    def _coordinates(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        table = shown.embedding.metadata
        columns = table.columns if table is not None and wish.has_columns else ()
        return write_coordinates(
            path,
            self._own_positions(shown),
            record=self._record(shown),
            table=table,
            columns=columns,
            ids=self.ids(wish),
        )

    def _record(self, shown: Shown) -> dict[str, Any]:
        """How the positions came about."""
        layout, source, choice = self.model.layout, shown.embedding.source, self.model.choice
        told: dict[str, Any] = {
            "run": source.run,
            "name": source.name,
            "step": source.step,
            "file": str(source.tensor_path),
        }
        if layout is None:
            axes = [axis + 1 for axis in choice.axes[: 2 if choice.is_flat else 3]]
            return {**told, "method": "pca", "components": axes}
        made = layout.parameters
        values = {
            one.name: getattr(made, one.name)
            for one in dataclasses.fields(made)
            if one.name != "axes"
        }
        return {
            **told,
            "title": layout.title,
            "method": layout.projection,
            "parameters": plain(values),
            "preparation": dataclasses.asdict(layout.preparation),
            "is_complete": not layout.is_running,
        }

    def _neighbors(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        choice = self.model.choice
        ids = self.ids(dataclasses.replace(wish, which="selected"))
        assert ids is not None
        is_in_layout = choice.neighbors_in == "layout"
        vectors = self.positions(shown) if is_in_layout else shown.embedding.vectors
        metric: Any = "euclidean" if is_in_layout else choice.metric
        table = shown.embedding.metadata
        columns = table.columns if table is not None and wish.has_columns else ()
        return neighbors_work(path, vectors, ids, (wish.n_neighbors, metric), table, columns)

    def _selection(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        ids = self.ids(dataclasses.replace(wish, which="selected"))
        assert ids is not None
        return write_selection(
            path, ids, shown.embedding.metadata, None if wish.has_columns else ()
        )

    def _metadata(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        table = shown.embedding.metadata
        if table is None:
            raise NothingToShow(self.tr("This embedding has no metadata to write."))
        ids = self.ids(wish)
        return metadata_work(path, table, ids)

    def _bookmarks(self, wish: ExportWish, path: Path, shown: Shown) -> Work[Path]:
        now, which = self._views.of_now(self.tr("Now")), _which(self.model)
        views = [view for view in self._views.all if _belongs(view.choice, which)]
        return bookmarks_work(path, shown, [*views, now])


def _which(model: EmbeddingViewModel) -> tuple[str, str, int]:
    group = model.group
    return ("", "", 0) if group is None else (group.run, group.name, group.copy)


def _belongs(choice: Any, which: tuple[str, str, int]) -> bool:
    return (choice.run, choice.name, choice.copy) in (which, ("", "", 0))


def _check_size(wish: ExportWish) -> None:
    for side in (wish.width, wish.height):
        if not 1 <= side <= LARGEST_PX:
            text = tr("A side must lie between 1 and {most} px, got {n}.")
            raise InvalidChoice(text.format(most=f"{LARGEST_PX:,}", n=f"{side:,}"))
    if wish.width * wish.height > MOST_PIXELS:
        text = tr("A picture has {most} pixels at most, got {n}.")
        n = f"{wish.width * wish.height:,}"
        raise InvalidChoice(text.format(most=f"{MOST_PIXELS:,}", n=n))
