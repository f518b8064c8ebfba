"""Between the model and the canvas: a change of the choice redoes only what it touches."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from projector.arrays import FloatArray
from projector.errors import ProjectorError
from projector.frames import auto_radius_px
from projector.render.camera import Camera
from projector.render.raster import warm_up
from widgets.embedding.canvas import ScatterCanvas
from widgets.embedding.caption import CloudCaption, opened_text
from widgets.embedding.first_look import FirstLook
from widgets.embedding.layouts import Layout
from widgets.embedding.message import Message
from widgets.embedding.morph import Morph, can_glide
from widgets.embedding.overlay import Look
from widgets.embedding.placement import Cloud, arranged, layout_positions, stretched
from widgets.embedding.projecting.wishes import ITERATIVE
from widgets.embedding.view_model import EmbeddingViewModel
from widgets.shared.job import RunJob

SPRITE_RATIO = 9.0
WORD_RADIUS_PX = 0.8
"""Where words stand in place of points, the points are small."""

MOST_MARKED = 1000
"""So many neighbors at most are marked in the picture; the list holds them all."""


class CloudPresenter(QObject):
    """Hands the canvas places, colors, looks and raised points. said: a line for the status.

    is_second: it draws the layout beside, and leaves the camera to the first. outlined: the edge of
    a cloud that was placed, see Viewpoint.
    """

    said = Signal(object)
    outlined = Signal(object)

    def __init__(
        self,
        model: EmbeddingViewModel,
        canvas: ScatterCanvas,
        run_job: RunJob,
        parent: QObject | None = None,
        *,
        is_second: bool = False,
    ) -> None:
        super().__init__(parent)
        self.is_second = is_second
        self._model, self._canvas, self._run_job = model, canvas, run_job
        self._is_ready = self._is_warming = False
        self._first_look = FirstLook(model, canvas)
        self._loading: Message | None = None
        self._places: FloatArray = np.zeros((0, 3), np.float32)
        self._drawn: tuple[str, bool] | None = None
        self._arranging: tuple[str, bool] | None = None
        self._morph = Morph(self)
        self._morph.moved.connect(self._on_morph_moved)
        canvas.set_run_job(run_job)
        model.shown_changed.connect(self._on_shown_changed)
        model.changed.connect(self._on_changed)
        model.layout_changed.connect(self._on_layout_changed)
        model.nearest_changed.connect(self._show_raised)
        model.coloring_changed.connect(self._show_colors)
        model.emphasis_changed.connect(self._show_emphasis)
        model.sizes_changed.connect(self._show_sizes)
        model.sheet_changed.connect(self._on_sheet_changed)
        canvas.point_clicked.connect(self._on_point_clicked)
        canvas.flat_asked.connect(self._on_flat_asked)
        canvas.cleared.connect(self._on_cleared)
        self._caption = CloudCaption(model, canvas, self, is_second=is_second)

    @property
    def _layout(self) -> Layout | None:
        """What is drawn here."""
        return self._model.second_layout if self.is_second else self._model.layout

    def prepare(self) -> None:
        """Load the painter's kernels, once."""
        if not (self._is_ready or self._is_warming):
            self._is_warming = True
            self._show_message()
            title = self.tr("Preparing the painter")
            self._run_job(
                "embedding/painter",
                title,
                warm_up(),
                on_done=self._on_prepared,
                on_failed=self._on_unprepared,
            )

    def start_anew(self) -> None:
        """Other contents were opened: the next cloud is seen from the start."""
        self._first_look.start_anew()
        self._forget_places()
        self._canvas.clear_cloud()

    @Slot(object)
    def expect_camera(self, camera: Camera) -> None:
        """Look from there, also once the points that are under way have arrived."""
        self._canvas.look_from(camera)
        shown, source = self._model.shown, self._model.source
        is_under_way = shown is None or shown.embedding.source is not source
        if is_under_way or self._arranging is not None:
            self._first_look.expect(camera)

    @Slot(object)
    def set_loading(self, message: Message | None) -> None:
        """What is said while, or instead of, showing a cloud."""
        self._loading = message
        if message is not None and not message.is_busy:
            self._forget_places()
            self._canvas.clear_cloud()
        self._show_message()

    @Slot(object)
    def _on_prepared(self, _nothing: object) -> None:
        self._is_ready, self._is_warming = True, False
        self._arrange()

    @Slot(object)
    def _on_unprepared(self, error: ProjectorError) -> None:
        self._is_warming = False
        self._show_message()

    @Slot()
    def _on_shown_changed(self) -> None:
        shown = self._model.shown
        if shown is None:
            self.said.emit("")
            return
        self._arrange()
        self.said.emit(opened_text(shown))

    @Slot(object)
    def _on_changed(self, names: frozenset[str]) -> None:
        layouts = {"second", "layout"} if self.is_second else {"layout"}
        if names & {"axes", "is_flat", "keeps_aspect", *layouts}:
            self._arrange()
        if "is_orthographic" in names:
            self._canvas.set_orthographic(self._model.choice.is_orthographic)
        if "shows_axes" in names:
            self._canvas.set_shows_axes(self._model.choice.shows_axes)
        if names & {
            "point_size",
            "picture_size",
            "opacity",
            "fog",
            "shows_pictures",
            "shows_words",
        }:
            self._show_look()
        if names & {"selected", "label_by"}:
            self._canvas.set_labels(self._model.label)
            self._show_raised()

    @Slot()
    def _on_sheet_changed(self) -> None:
        self._canvas.set_pictures(self._model.sheet)
        if self._model.choice.shows_pictures:
            self._show_look()

    @Slot()
    def _show_colors(self) -> None:
        if self._model.coloring is not None:
            self._canvas.set_colors(self._model.coloring.rgba)

    @Slot()
    def _show_emphasis(self) -> None:
        self._canvas.set_emphasis(self._model.emphasis)

    @Slot()
    def _show_sizes(self) -> None:
        sizes = self._model.sizes
        self._canvas.set_sizes(None if sizes is None else sizes.factors)

    @Slot(object)
    def _on_point_clicked(self, point: int | None) -> None:
        self._model.choose(selected=point)

    @Slot(object)
    def _on_flat_asked(self, is_flat: bool) -> None:
        is_iterative = self._model.choice.projection in ITERATIVE
        shown = self._model.shown
        if shown is not None and (is_flat or is_iterative or shown.n_axes > 2):
            self._model.choose(is_flat=is_flat)

    @Slot()
    def _on_cleared(self) -> None:
        self._model.choose(selected=None, search="")

    def _arrange(self) -> None:
        shown, layout, choice = self._model.shown, self._layout, self._model.choice
        if shown is None or not self._is_ready:
            self._show_message()
            return
        self._arranging = _place_key(layout, choice.is_flat)
        work = arranged(
            shown,
            layout,
            choice.axes,
            choice.is_flat,
            choice.keeps_aspect,
            is_second=self.is_second,
            first=self._model.layout,
        )
        title = self.tr("Placing the points")
        self._run_job("embedding/arrange", title, work, on_done=self._on_arranged)

    @Slot()
    def _on_layout_changed(self) -> None:
        """A layout that moves on is drawn where it is; its first state and its last are arranged
        anew."""
        layout, is_flat = self._layout, self._model.choice.is_flat
        key = _place_key(layout, is_flat)
        first = self._model.layout
        if layout is None or not layout.is_running:
            is_first_moving = first is not None and first.is_running
            if not (self.is_second and is_first_moving and key == self._drawn):
                self._arrange()
        elif key == self._arranging or self._morph.is_running:
            return
        elif key == self._drawn:
            positions = layout_positions(layout, is_flat)
            self._move(positions if self._model.choice.keeps_aspect else stretched(positions))
        else:
            self._arrange()

    @Slot(object)
    def _on_morph_moved(self, positions: FloatArray) -> None:
        self._move(positions)

    def _move(self, positions: FloatArray) -> None:
        self._places = positions
        self._canvas.set_positions(positions)

    def _forget_places(self) -> None:
        self._morph.stop()
        self._drawn = self._arranging = None
        self._places = np.zeros((0, 3), np.float32)

    @Slot(object)
    def _on_arranged(self, cloud: Cloud) -> None:
        self._arranging = None
        shown = self._model.shown
        # the same points, though their table may have been made anew meanwhile
        if shown is None or cloud.shown.coordinates is not shown.coordinates:
            return
        is_flat = self._model.choice.is_flat
        before, places = self._drawn, self._places
        self._drawn = _place_key(cloud.layout, is_flat)
        self._morph.stop()
        self._canvas.set_flat(is_flat)
        self._canvas.set_cloud(cloud.positions, cloud.edge, cloud.raster, cloud.axis_names)
        self.outlined.emit(cloud.edge)
        self._places = cloud.positions
        self._canvas.set_orthographic(self._model.choice.is_orthographic)
        self._canvas.set_shows_axes(self._model.choice.shows_axes)
        if not self.is_second:
            self._first_look.take(cloud.layout)
        is_other = before is not None and before[0] != self._drawn[0]
        if is_other and can_glide(places, cloud.positions, self._canvas):
            self._morph.start(places, cloud.positions)
        self._canvas.set_labels(self._model.label)
        self._canvas.set_details(self._model.details)
        self._canvas.set_pictures(self._model.sheet)
        self._show_look()
        self._show_colors()
        self._show_emphasis()
        self._show_sizes()
        self._show_raised()
        self._caption.refresh()
        self._show_message()

    def _show_look(self) -> None:
        embedding, choice = self._model.embedding, self._model.choice
        if embedding is None:
            return
        radius = auto_radius_px(embedding.n_points)
        if choice.shows_words:
            radius = min(radius, WORD_RADIUS_PX)
        has_pictures = choice.shows_pictures and not choice.shows_words
        sprites = self._model.sheet if has_pictures else None
        sprite_px = float(np.clip(radius * SPRITE_RATIO, 18.0, 40.0)) * choice.picture_size
        look = Look(radius * choice.point_size, choice.opacity, sprites, sprite_px, choice.fog)
        self._canvas.set_look(look)

    @Slot()
    def _show_raised(self) -> None:
        nearest, selected = self._model.nearest, self._model.selected
        found = None if nearest is None or nearest.point != selected else nearest.found
        neighbors = () if found is None else tuple(found.ids[:MOST_MARKED].tolist())
        self._canvas.set_raised(selected, neighbors)

    def _show_message(self) -> None:
        message = self._loading
        if message is None and self._is_warming:
            message = Message(self.tr("Preparing the painter…"), is_busy=True)
        elif message is None and not self._is_ready:
            message = Message(
                self.tr("The painter is not prepared"), self.tr("Reload to prepare it after all.")
            )
        self._canvas.set_message(message)


def _place_key(layout: Layout | None, is_flat: bool) -> tuple[str, bool]:
    return ("" if layout is None else layout.key), is_flat
