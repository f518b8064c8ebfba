"""The cloud on the screen: shows what it is handed, and names the point that was clicked.

What it takes, each a new array (never write to one that was handed over):

- set_cloud(positions, edge, raster, axis_names), set_positions(positions): float32 (n, 3)
- set_colors(colors): uint8 (n, 4) RGBA
- set_emphasis(emphasis): uint8 (n,), 0 hidden, 1 dim, 2 normal, 3 raised; None: all normal
- set_sizes(sizes): float32 (n,), times the common radius; None: all alike
- set_opacity(0..1), set_fog(0..1), set_sprites(sheet, size_px): label pictures as points
- set_pictures(sheet): label pictures of the tip at the pointer
- set_camera(camera): camera_changed tells of it; the camera it has already changes nothing, so
  two canvases may follow each other

- set_labels(label_of), set_details(details_of): what a point is called, and the rest of its tip
- set_placed_labels, set_sequences, set_contours, set_axis_scales: what lies over the points, None
  for nothing
- set_tool(tool): what a drag with the left button does

What it answers, see Questions: pick(x, y), points_within(polygon), points_in_view(),
place_of(point), places_of(points), picture_of(size).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from projector.arrays import ByteArray, FloatArray, IntArray
from projector.embeddings.pictures import SpriteSheet
from projector.progress import Progress, Work
from projector.render.camera import Camera
from projector.render.raster import Picture, Raster
from widgets.embedding.cloud_painter import CloudPainter
from widgets.embedding.drawn import Drawn
from widgets.embedding.floating import first_line, floating_rects
from widgets.embedding.layers.contours import Contours
from widgets.embedding.layers.labels import PlacedLabels
from widgets.embedding.layers.scale import AxisScales
from widgets.embedding.layers.sequences import SequenceLines
from widgets.embedding.message import Message, MessageCard
from widgets.embedding.overlay import Look, Overlay, Raised
from widgets.embedding.overlay_painter import CAPTION_MARGIN, paint_caption, paint_overlay
from widgets.embedding.questions import Questions
from widgets.embedding.sentences import tr
from widgets.embedding.shown_picture import ShownPicture
from widgets.embedding.tip import Details, Tip
from widgets.embedding.tools.hand import Hand
from widgets.embedding.tools.tool import Tool
from widgets.embedding.viewpoint import Viewpoint
from widgets.shared.job import RunJob
from widgets.shared.theme import control_colors, plot_colors

KEY_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
"""Who comes by a key wants to see where the keyboard is; who clicks knows."""
MOST_AT_ONCE = 150_000
MOST_FITTED = 20_000
"""So many points are placed anew on the main thread; more in a job."""


class ScatterCanvas(QWidget):
    """point_clicked: a row, or None beside all points; point_combined: (row, Combine) with a key
    held. point_hovered: as point_clicked, for the pointer. outlined: (polygon float64 (k, 2) in
    widget pixels, Combine), drawn around points. menu_asked: (row or None, QPoint on the widget).

    flat_asked: True for 2D, False for 3D. cleared: Escape was pressed. touched: the user's hand is
    on the camera. painted: a picture is done. places_changed: of the points. raised_changed: rings,
    looks or emphasis differ.
    Pictures are made after a setter returns, by a timer; painting only shows them.
    """

    point_clicked = Signal(object)
    point_combined = Signal(object, object)
    point_hovered = Signal(object)
    outlined = Signal(object, object)
    menu_asked = Signal(object, object)
    flat_asked = Signal(object)
    cleared = Signal()
    touched = Signal()
    painted = Signal()
    places_changed = Signal()
    raised_changed = Signal()
    resized = Signal()
    theme_changed = Signal()
    camera_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn = Drawn()
        self._caption = ""
        self._run_job: RunJob | None = None
        self._shown = ShownPicture()
        self._overlay = Overlay()
        self._plot_colors = self._drawn.plot = plot_colors(self.palette())
        self._message = MessageCard(self)
        self._view = Viewpoint(self)
        self._view.changed.connect(self._on_camera_changed)
        self._painter = CloudPainter(self)
        self._painter.painted.connect(self._on_painted)
        self._render_timer = QTimer(self, singleShot=True, interval=0)
        self._render_timer.timeout.connect(self._render)
        self._connect_questions()
        self._hand = Hand(self)
        self._set_up_widget()

    @property
    def camera(self) -> Camera:
        return self._view.camera

    @property
    def edge(self) -> FloatArray:
        """The outline of the cloud, see Viewpoint."""
        return self._view.edge

    @property
    def drawn(self) -> Drawn:
        """All that is drawn, to be copied and not written to."""
        return self._drawn

    @property
    def raster(self) -> Raster | None:
        """The painter of the points, None before there are any."""
        return self._painter.raster

    @property
    def raised(self) -> Raised:
        return self._drawn.raised

    @property
    def tool(self) -> Tool:
        return self._hand.tool

    @property
    def tip(self) -> Tip | None:
        """What is said of the point under the pointer."""
        return self._hand.tips.tip

    @property
    def is_outlining(self) -> bool:
        """Whether a rectangle or a lasso is being drawn."""
        return self._hand.is_outlining

    @property
    def overlay(self) -> Overlay:
        """What lies over the points now."""
        return self._overlay

    @property
    def floating(self) -> tuple[QRectF, ...]:
        """Where tools and messages lie on it, in widget pixels."""
        return floating_rects(self)

    @property
    def message_text(self) -> str:
        """What the canvas says in place of a picture, empty where it says nothing."""
        return self._message.text

    @property
    def caption(self) -> str:
        """The line in the corner."""
        return self._caption

    @property
    def has_picture(self) -> bool:
        return not self._shown.is_empty

    @property
    def image(self) -> QImage:
        """What is on the screen: the cloud with its overlay, at the screen's own resolution; the
        tools that float over it are left out."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap((QSizeF(self.size()) * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        self.render(pixmap, QPoint(), QRegion(), QWidget.RenderFlag(0))
        return pixmap.toImage()

    def set_cloud(
        self,
        positions: FloatArray,
        edge: FloatArray,
        raster: Raster,
        axis_names: Sequence[str],
    ) -> None:
        """New places for the points; the camera stays.

        positions: float32 (n, 3). edge: the rows of them that a camera must have in view.
        """
        self._drawn.positions, self._view.edge = positions, edge
        self._drawn.axis_names = tuple(axis_names)
        self._take(raster)

    def clear_cloud(self) -> None:
        """Nothing to draw any more."""
        self._painter.set_raster(None)
        self._questions.picture = None
        self._shown.clear()
        self._drawn.positions = self._view.edge = np.zeros((0, 3), dtype=np.float32)
        self._drawn.emphasis = self._drawn.sizes = None
        self._drawn.labels = self._drawn.sequences = self._drawn.contours = None
        self._drawn.axis_scales = (None, None)
        self._overlay, self._caption = Overlay(), ""
        self._hand.show_tip(None, QPointF())
        self.update()

    def set_run_job(self, run_job: RunJob) -> None:
        """Who runs what would hold up the window; without one all is done at once."""
        self._run_job = run_job
        self._painter.set_run_job(run_job)

    def set_colors(self, colors: ByteArray) -> None:
        """One color a point, uint8 (n, 4) RGBA."""
        self._drawn.colors = colors
        self._schedule()

    def set_look(self, look: Look) -> None:
        self._drawn.look = look
        self._schedule()

    @Slot(object)
    def keep_in_view(self, edge: FloatArray) -> None:
        """What else a camera must have in view: the outline of a cloud that is looked at from the
        same place in another view, float32 (m, 3), or (0, 3) for nothing."""
        self._view.other_edge = edge
        self._view.fit_again()

    def set_positions(self, positions: FloatArray) -> None:
        """Other places for the same points, as of the next step or of a morph: float32 (n, 3)."""
        if self._painter.raster is None or len(positions) != len(self._drawn.positions):
            return
        if self._run_job is None or len(positions) <= MOST_AT_ONCE:
            self._on_placed((positions, self._painter.raster.moved(positions)))
            return
        work = placed(self._painter.raster, positions)
        title = self.tr("Placing the points")
        self._run_job("embedding/place", title, work, on_done=self._on_placed)

    def set_emphasis(self, emphasis: ByteArray | None) -> None:
        """Which points are hidden (0), dim (1), normal (2) or raised (3): uint8 (n,)."""
        self._drawn.emphasis = emphasis
        self._schedule()
        self.raised_changed.emit()

    def set_sizes(self, sizes: FloatArray | None) -> None:
        """Factors of the common radius, float32 (n,), above 0; None: all alike."""
        self._drawn.sizes = sizes
        self._schedule()

    def set_opacity(self, opacity: float) -> None:
        """0..1, of all points."""
        self.set_look(dataclasses.replace(self._drawn.look, opacity=opacity))

    def set_fog(self, fog: float) -> None:
        """How far the farthest points fade into the background, 0..1; a flat picture has none."""
        self.set_look(dataclasses.replace(self._drawn.look, fog=fog))

    def set_sprites(self, sprites: SpriteSheet | None, size_px: float | None = None) -> None:
        """Label pictures in place of discs, None for discs. size_px: device-independent."""
        height = self._drawn.look.sprite_px if size_px is None else size_px
        self.set_look(dataclasses.replace(self._drawn.look, sprites=sprites, sprite_px=height))

    def set_pictures(self, pictures: SpriteSheet | None) -> None:
        """Label pictures for the tip at the pointer; more of them may be loaded by now."""
        self._hand.tips.set_pictures(pictures, self.devicePixelRatioF())
        self.update()

    def set_details(self, details_of: Callable[[int], Details] | None) -> None:
        """What else is said of a point under the pointer: (column, value)."""
        self._hand.tips.details_of = details_of

    def set_placed_labels(self, labels: PlacedLabels | None) -> None:
        """Names beside points; they follow their points until others are placed."""
        self._drawn.labels = labels
        self._refresh_overlay()

    def set_sequences(self, sequences: SequenceLines | None) -> None:
        self._drawn.sequences = sequences
        self._refresh_overlay()

    def set_contours(self, contours: Contours | None) -> None:
        self._drawn.contours = contours
        self._refresh_overlay()

    def set_axis_scales(self, scales: AxisScales) -> None:
        """What places on x and y mean in a flat picture; None for nothing that could be told."""
        if scales != self._drawn.axis_scales:
            self._drawn.axis_scales = scales
            self._refresh_overlay()

    def set_shows_axes(self, shows_axes: bool) -> None:
        self._drawn.shows_axes = shows_axes
        self._refresh_overlay()

    @Slot(object)
    def set_tool(self, tool: Tool) -> None:
        """What a drag with the left button does from now on."""
        self._hand.take(tool)

    @Slot(object)
    def set_hovered(self, point: int | None) -> None:
        """The point that is under the pointer elsewhere: it gets a ring here, but no tip."""
        if point != self._drawn.raised.hovered:
            self._drawn.raised = dataclasses.replace(self._drawn.raised, hovered=point)
            self._refresh_overlay()

    def set_labels(self, label_of: Callable[[int], str]) -> None:
        """What a point is called."""
        self._drawn.label_of = label_of
        self._refresh_overlay()

    def set_raised(self, selected: int | None, neighbors: tuple[int, ...]) -> None:
        """The selected point and its neighbors, which are ringed and named."""
        self._drawn.raised = dataclasses.replace(
            self._drawn.raised, selected=selected, neighbors=neighbors
        )
        self._refresh_overlay()
        self.raised_changed.emit()

    def set_caption(self, caption: str, description: str) -> None:
        """A line in the corner, and what a screen reader says of the picture."""
        self._caption = caption
        self.setAccessibleDescription(description)
        self.update()

    def set_message(self, message: Message | None) -> None:
        """Say something in place of the picture, or below it where there is one."""
        self._message.show_message(message, is_at_bottom=self.has_picture)

    def set_flat(self, is_flat: bool) -> None:
        """2D or 3D, keeping the distance and what is looked at."""
        self._view.set_flat(is_flat)

    def set_orthographic(self, is_orthographic: bool) -> None:
        """Without or with perspective."""
        camera = dataclasses.replace(self.camera, is_orthographic=is_orthographic)
        self._view.look_from(camera)

    def fit(self, is_at_once: bool = False) -> None:
        """The whole cloud in view, from where the camera is."""
        self._view.fit(is_at_once)

    @Slot()
    def reset_camera(self, is_at_once: bool = False) -> None:
        """The view to begin with."""
        self._view.reset(is_at_once)

    def fly_to(self, point: int) -> None:
        """Bring a point into the middle, near enough to see its surroundings."""
        if 0 <= point < len(self._drawn.positions):
            self._view.fly_to(self._drawn.positions[point])

    @Slot(object, object)
    def turn_to(self, yaw: float, pitch: float) -> None:
        """Fly to where the cloud is seen from another side; angles in radians."""
        self._view.turn_to(yaw, pitch)

    @Slot(object)
    def fly_to_rows(self, rows: IntArray) -> None:
        """Bring these points, int64 (k,), into view; of very many some decide."""
        places = self._drawn.positions
        rows = rows[rows < len(places)]
        if len(rows) == 1:
            self.fly_to(int(rows[0]))
        else:
            self._view.fly_to_all(places[rows[:: max(1, len(rows) // MOST_FITTED)]])

    @Slot(object)
    def set_camera(self, camera: Camera) -> None:
        """Look from there at once."""
        self._view.follow(camera)
        self._schedule()

    def look_from(self, camera: Camera) -> None:
        """As set_camera, and as if the user had gone there: another size of the widget leaves it
        as it is."""
        self._view.steer(camera)
        self._schedule()

    @override
    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._plot_colors.background)
        if not self._shown.is_empty:
            self._shown.paint(painter, self.devicePixelRatioF())
            paint_overlay(painter, self._overlay, self._plot_colors)
        room = first_line(self, self.fontMetrics().height() + 2 * CAPTION_MARGIN)
        paint_caption(painter, self._caption, room, self._plot_colors)
        if self.hasFocus() and self._has_focus_by_key:
            painter.setPen(QPen(control_colors(self.palette()).focus, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        self._hand.paint(painter, self._plot_colors)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._message.place()
        self._view.fit_again()
        self._schedule()
        self.resized.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._plot_colors = self._drawn.plot = plot_colors(self.palette())
            self._schedule()
            self.theme_changed.emit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._has_focus_by_key = event.reason() in KEY_REASONS
        super().focusInEvent(event)

    def _set_up_widget(self) -> None:
        self._has_focus_by_key = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Point cloud"))

    def _connect_questions(self) -> None:
        questions = Questions(self, self._drawn, self._view, self._painter)
        self._questions = questions
        self.point_at, self.pick = questions.point_at, questions.pick
        self.points_within = questions.points_within
        self.points_within_work = questions.points_within_work
        self.points_in_view = questions.points_in_view
        self.place_of, self.places_of = questions.place_of, questions.places_of
        self.picture_of, self.picture_work = questions.picture_of, questions.picture_work

    def _schedule(self) -> None:
        if not self._render_timer.isActive():
            self._render_timer.start()

    def _take(self, raster: Raster) -> None:
        self._painter.set_raster(raster)
        self._questions.picture = None  # its rows are those of the cloud before
        self._hand.show_tip(None, QPointF())
        self._schedule()
        self.places_changed.emit()

    @Slot(object)
    def _on_placed(self, result: tuple[FloatArray, Raster]) -> None:
        positions, raster = result
        if len(positions) == len(self._drawn.positions):
            self._drawn.positions = positions
            self._take(raster)

    @Slot()
    def _render(self) -> None:
        if (
            self._painter.raster is not None
            and self._drawn.is_complete
            and not self.size().isEmpty()
        ):
            ratio = self.devicePixelRatioF()
            self._painter.paint(self._questions.scene(QSizeF(self.size()), ratio))

    @Slot(object)
    def _on_painted(self, painted: tuple[Picture, float]) -> None:
        picture, scale = painted
        ratio = self.devicePixelRatioF() * scale
        self._questions.picture, self._questions.picture_ratio = picture, ratio
        self._shown.take(picture, ratio)
        self._refresh_overlay()
        self.painted.emit()

    def _refresh_overlay(self) -> None:
        if self._painter.raster is not None:
            self._drawn.floating, self._drawn.floating_on = self.floating, QSizeF(self.size())
            self._overlay = self._drawn.overlay(
                self.camera,
                QSizeF(self.size()),
                self.devicePixelRatioF(),
                self.font(),
                self._painter.is_moving,
            )
        self.update()

    @Slot(object)
    def _on_camera_changed(self, camera: Camera) -> None:
        self._painter.move()
        self._schedule()
        self.camera_changed.emit(camera)


def placed(raster: Raster, positions: FloatArray) -> Work[tuple[FloatArray, Raster]]:
    """A painter of the same points at other places."""
    yield Progress(None, tr("Placing the points"))
    return positions, raster.moved(positions)
