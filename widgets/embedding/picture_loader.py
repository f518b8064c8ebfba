"""Loads the label pictures that come into view, where each is a file of its own."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Slot

from projector.arrays import IntArray
from projector.embeddings.pictures import Pictures, TilesStep, load_tiles, sheet_of
from projector.embeddings.tile_cache import TileCache
from projector.errors import ProjectorError
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import Job, RunJob

MOST_AT_ONCE = 512
MOST_LISTED = 200


class PictureLoader(QObject):
    """Keeps `model.sheet` up to date: a sheet as it is, files as they are wanted.

    Wanted first are the points named in the panels and under the pointer, then those in view.
    """

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        run_job: RunJob,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._canvas, self._run_job = model, canvas, run_job
        self._pictures: Pictures | None = None
        self._cache: TileCache | None = None
        self._hovered: int | None = None
        self._jobs: dict[str, _Request] = {}
        model.shown_changed.connect(self._on_shown_changed)
        model.changed.connect(self._on_changed)
        model.nearest_changed.connect(self._load_named)
        model.matches_changed.connect(self._load_named)
        canvas.point_hovered.connect(self._on_hovered)
        canvas.painted.connect(self._load_seen)

    @Slot()
    def _on_shown_changed(self) -> None:
        embedding = self._model.embedding
        pictures = None if embedding is None else embedding.sprites
        if pictures is self._pictures and self._cache is not None:
            self._model.set_sheet(self._cache.sheet)
            return
        for request in self._jobs.values():
            request.cancel()
        self._jobs.clear()
        self._pictures, self._hovered = pictures, None
        is_lazy = pictures is not None and not pictures.is_at_hand
        self._cache = TileCache(pictures) if pictures is not None and is_lazy else None
        self._model.set_sheet(self._cache.sheet if self._cache else sheet_of(pictures))

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        if names & {"selected", "selection"}:
            self._load_named()
        if "shows_pictures" in names:
            self._load_seen()

    @Slot(object)
    def _on_hovered(self, point: int | None) -> None:
        self._hovered = point
        self._load_named()

    @Slot()
    def _load_named(self) -> None:
        """The points under the pointer, in the card and in the lists."""
        nearest, matches = self._model.nearest, self._model.matches
        named = [point for point in (self._hovered, self._model.selected) if point is not None]
        if nearest is not None and nearest.found is not None:
            named += nearest.found.ids[: MOST_LISTED // 2].tolist()
        named += self._model.selection.ids[: MOST_LISTED // 4].tolist()
        if matches is not None:
            named += matches[:MOST_LISTED].tolist()
        ids = np.fromiter(dict.fromkeys(named[:MOST_LISTED]), np.int64)
        self._load("named", ids)

    @Slot()
    def _load_seen(self) -> None:
        """The points that are drawn as pictures."""
        cache = self._cache
        if cache is None or "seen" in self._jobs or not self._model.choice.shows_pictures:
            return
        seen = self._canvas.points_in_view()
        if cache.capacity < cache.sheet.n:
            # the rest of the room is for those named, else both would drive one another out
            seen = seen[: max(1, cache.capacity - 2 * MOST_LISTED)]
        self._load("seen", seen)

    def _load(self, key: str, ids: IntArray) -> None:
        """One request of a kind at a time: what it leaves out is asked for as it ends."""
        if self._cache is None or self._pictures is None or key in self._jobs:
            return
        missing = self._cache.missing(ids[ids < self._pictures.n])[:MOST_AT_ONCE]
        if not len(missing):
            return
        request = self._jobs[key] = _Request(self, key, self._cache)
        request.start(self._run_job, self.tr("Loading pictures"), self._pictures, missing)

    def take(self, cache: TileCache) -> None:
        """New tiles are in the cache."""
        if cache is self._cache:
            self._model.set_sheet(cache.sheet)

    def end(self, key: str, cache: TileCache, is_whole: bool) -> None:
        """A request is over; look whether something else is wanted by now."""
        if cache is not self._cache:
            return
        self._jobs.pop(key, None)
        if is_whole:
            self._load_named()
            self._load_seen()


class _Request(QObject):
    """One job under way. Each of its steps holds all tiles so far, as steps may be dropped."""

    def __init__(self, loader: PictureLoader, key: str, cache: TileCache) -> None:
        super().__init__(loader)
        self._loader, self._key, self._cache = loader, key, cache
        self._n_taken = 0
        self._job: Job | None = None

    def start(self, run_job: RunJob, title: str, pictures: Pictures, ids: IntArray) -> None:
        job = run_job(
            f"embedding/pictures/{self._key}",
            title,
            load_tiles(pictures, ids),
            on_done=self._on_done,
            on_step=self._on_step,
            on_failed=self._on_failed,
        )
        self._job = job

    def cancel(self) -> None:
        if self._job is not None and self._job.is_running:
            self._job.cancel()
        self.deleteLater()

    @Slot(object)
    def _on_step(self, step: object) -> None:
        if not isinstance(step, TilesStep) or len(step.blocks) == self._n_taken:
            return
        fresh = slice(self._n_taken, len(step.blocks))
        for ids, tiles in zip(step.ids[fresh], step.blocks[fresh], strict=True):
            self._cache.put(ids, tiles)
        self._n_taken = len(step.blocks)
        self._loader.take(self._cache)

    @Slot(object)
    def _on_done(self, step: TilesStep) -> None:
        self._on_step(step)
        self._loader.end(self._key, self._cache, True)
        self.deleteLater()

    @Slot(object)
    def _on_failed(self, error: ProjectorError) -> None:
        self._loader.end(self._key, self._cache, False)
        self.deleteLater()
