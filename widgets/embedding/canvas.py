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

What it answers: pick(x, y), points_within(polygon), points_in_view(), place_of(point),
places_of(points), picture_of(size).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from projector.arrays import ByteArray, FloatArray, IntArray
from projector.embeddings.pictures import SpriteSheet
from projector.progress import Progress, Work, finish
from projector.render.camera import Camera
from projector.render.raster import Picture, Raster
from widgets.embedding.cloud_painter import CloudPainter, Scene
from widgets.embedding.drawn import Drawn
from widgets.embedding.figure import image_on, painted_figure
from widgets.embedding.message import Message, MessageCard
from widgets.embedding.navigator import Navigator
from widgets.embedding.overlay import Look, Overlay, Raised
from widgets.embedding.overlay_painter import (
    TIP_PICTURE_PX,
    Tip,
    paint_caption,
    paint_overlay,
    paint_tip,
)
from widgets.embedding.pictures import point_pixmap
from widgets.embedding.viewpoint import Viewpoint
from widgets.shared.job import RunJob
from widgets.shared.theme import plot_colors

REACH_PX = 6.0
MOST_AT_ONCE = 150_000
MOST_FITTED = 20_000
"""So many points are placed anew on the main thread; more in a job."""


class ScatterCanvas(QWidget):
    """point_clicked: a row, or None beside all points. point_hovered: the same for the pointer.

    flat_asked: True for 2D, False for 3D. cleared: Escape was pressed. painted: a picture is done.
    Pictures are made after a setter returns, by a timer; painting only shows them.
    """

    point_clicked = Signal(object)
    point_hovered = Signal(object)
    flat_asked = Signal(object)
    cleared = Signal()
    painted = Signal()
    theme_changed = Signal()
    camera_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn = Drawn()
        self._pictures: SpriteSheet | None = None
        self._caption = ""
        self._run_job: RunJob | None = None
        self._picture: Picture | None = None
        self._image = QImage()
        self._overlay = Overlay()
        self._tip: Tip | None = None
        self._plot_colors = plot_colors(self.palette())
        self._message = MessageCard(self)
        self._view = Viewpoint(self)
        self._view.changed.connect(self._on_camera_changed)
        self._painter = CloudPainter(self)
        self._painter.painted.connect(self._on_painted)
        self._render_timer = QTimer(self, singleShot=True, interval=0)
        self._render_timer.timeout.connect(self._render)
        self._connect_navigator()
        self._set_up_widget()

    @property
    def camera(self) -> Camera:
        return self._view.camera

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
    def message_text(self) -> str:
        """What the canvas says in place of a picture, empty where it says nothing."""
        return self._message.text

    @property
    def has_picture(self) -> bool:
        return not self._image.isNull()

    @property
    def image(self) -> QImage:
        """What is on the screen: the cloud with its overlay, at the screen's own resolution."""
        return self.grab().toImage()

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
        self._picture, self._image = None, QImage()
        self._drawn.positions = self._view.edge = np.zeros((0, 3), dtype=np.float32)
        self._drawn.emphasis = self._drawn.sizes = None
        self._overlay, self._tip, self._caption = Overlay(), None, ""
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
        self._pictures = pictures
        point = self._drawn.raised.hovered
        if self._tip is not None and point is not None:
            picture = point_pixmap(pictures, point, TIP_PICTURE_PX, self.devicePixelRatioF())
            self._tip = dataclasses.replace(self._tip, picture=picture)
            self.update()

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

    def reset_camera(self, is_at_once: bool = False) -> None:
        """The view to begin with."""
        self._view.reset(is_at_once)

    def fly_to(self, point: int) -> None:
        """Bring a point into the middle, near enough to see its surroundings."""
        if 0 <= point < len(self._drawn.positions):
            self._view.fly_to(self._drawn.positions[point])

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
        self._view.look_from(camera)
        self._schedule()

    def look_from(self, camera: Camera) -> None:
        """As set_camera, and as if the user had gone there: another size of the widget leaves it
        as it is."""
        self._view.steer(camera)
        self._schedule()

    def point_at(self, at: QPointF) -> int | None:
        """The drawn point at a place on the widget."""
        if self._picture is None:
            return None
        ratio = self._image.devicePixelRatioF()
        return self._picture.point_at(at.x() * ratio, at.y() * ratio, REACH_PX * ratio)

    def pick(self, x: float, y: float) -> int | None:
        """The drawn point at a place in widget pixels, or the nearest within a few pixels."""
        return self.point_at(QPointF(x, y))

    def points_within(self, polygon: QPolygonF | FloatArray) -> IntArray:
        """All points that are not hidden and lie inside, also behind others: ids int64 (m,).

        polygon: in widget pixels, closed by itself; a QPolygonF or (k, 2). Even-odd where it
        crosses itself.
        """
        raster = self._painter.raster
        if raster is None or not self._drawn.is_complete:
            return np.empty(0, np.int64)
        if isinstance(polygon, QPolygonF):
            corners = np.array([(point.x(), point.y()) for point in polygon.toList()])
        else:
            corners = np.asarray(polygon, dtype=np.float64)
        scene = self._scene(QSizeF(self.size()), 1.0)
        return raster.points_within(corners, scene.camera, self.width(), self.height(), scene.style)

    def places_of(self, points: IntArray) -> FloatArray:
        """Where points are on the widget: float32 (m, 3), x and y in widget pixels and the depth;
        NaN where they are not in front of the camera."""
        return self.camera.project(self._drawn.positions[points], self.width(), self.height())

    def picture_of(self, size: QSize) -> QImage:
        """The cloud with its overlay, painted anew at another size in pixels."""
        return finish(self.picture_work(size))

    def picture_work(self, size: QSize) -> Work[QImage]:
        """As picture_of, for a job; what is shown now is what it paints."""
        ratio = max(1, size.width()) / max(1, self.width())
        extent = QSizeF(size.width() / ratio, size.height() / ratio)
        scene = dataclasses.replace(
            self._scene(extent, ratio), width=size.width(), height=size.height()
        )
        raster = self._painter.raster if self._drawn.is_complete else None
        overlay = self._drawn.overlay(self.camera, extent, ratio, self.font())
        return painted_figure(raster, scene, ratio, overlay, self._plot_colors, self.font())

    def points_in_view(self) -> IntArray:
        """The points with any pixel in the picture, those with the most first: int64 (m,)."""
        if self._picture is None:
            return np.empty(0, np.int64)
        counts = np.bincount(self._picture.ids.ravel() + 1)[1:]
        seen = np.flatnonzero(counts)
        return seen[np.argsort(-counts[seen], kind="stable")]

    def place_of(self, point: int) -> QPointF:
        """Where a point is on the widget; NaN where it is not in view."""
        x, y, _ = self.places_of(np.array([point]))[0].tolist()
        return QPointF(x, y)

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
        if not self._image.isNull():
            self._paint_image(painter)
            paint_overlay(painter, self._overlay, self._plot_colors)
        paint_caption(painter, self._caption, self.rect(), self._plot_colors)
        if self.hasFocus():
            painter.setPen(self.palette().highlight().color())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._tip is not None:
            size = QSizeF(self.size())
            paint_tip(painter, self._tip, size, self.font(), self._plot_colors)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._message.place()
        self._view.fit_again()
        self._schedule()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._plot_colors = plot_colors(self.palette())
            self._schedule()
            self.theme_changed.emit()

    def _set_up_widget(self) -> None:
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Point cloud"))

    def _connect_navigator(self) -> None:
        navigator = Navigator(self)
        navigator.moved.connect(self._on_moved)
        navigator.clicked.connect(self._on_clicked)
        navigator.hovered.connect(self._on_hovered)
        navigator.reset_asked.connect(self._on_reset_asked)
        navigator.fly_asked.connect(self._on_fly_asked)
        navigator.cleared.connect(self.cleared)
        navigator.flat_asked.connect(self.flat_asked)

    def _schedule(self) -> None:
        if not self._render_timer.isActive():
            self._render_timer.start()

    def _take(self, raster: Raster) -> None:
        self._painter.set_raster(raster)
        self._picture = None  # its rows are those of the cloud before
        self._show_tip(None, QPointF())
        self._schedule()

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
            self._painter.paint(self._scene(QSizeF(self.size()), self.devicePixelRatioF()))

    @Slot(object)
    def _on_painted(self, painted: tuple[Picture, float]) -> None:
        self._picture, scale = painted
        self._image = image_on(self._picture)
        self._image.setDevicePixelRatio(self.devicePixelRatioF() * scale)
        self._refresh_overlay()
        self.painted.emit()

    def _paint_image(self, painter: QPainter) -> None:
        """A picture that is coarse while the camera moves is enlarged smoothly."""
        is_coarse = self._image.devicePixelRatioF() != self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_coarse)
        painter.drawImage(QPointF(0, 0), self._image)

    def _scene(self, size: QSizeF, ratio: float) -> Scene:
        return self._drawn.scene(self.camera, size, ratio, self._plot_colors.background)

    def _refresh_overlay(self) -> None:
        if self._painter.raster is not None:
            self._overlay = self._drawn.overlay(
                self.camera, QSizeF(self.size()), self.devicePixelRatioF(), self.font()
            )
        self.update()

    @Slot(object)
    def _on_camera_changed(self, camera: Camera) -> None:
        self._painter.move()
        self._schedule()
        self.camera_changed.emit(camera)

    @Slot(object)
    def _on_moved(self, camera: Camera) -> None:
        self._show_tip(None, QPointF())
        self._view.steer(camera)

    @Slot(object)
    def _on_clicked(self, at: QPointF) -> None:
        self.point_clicked.emit(self.point_at(at))

    @Slot(object)
    def _on_hovered(self, at: QPointF | None) -> None:
        self._show_tip(None if at is None else self.point_at(at), at or QPointF())

    @Slot()
    def _on_reset_asked(self) -> None:
        self.reset_camera()

    @Slot()
    def _on_fly_asked(self) -> None:
        if self._drawn.raised.selected is not None:
            self.fly_to(self._drawn.raised.selected)
        else:
            self.fit()

    def _show_tip(self, point: int | None, at: QPointF) -> None:
        has_changed = point != self._drawn.raised.hovered
        if point is None:
            self._tip = None
        else:
            picture = (
                point_pixmap(self._pictures, point, TIP_PICTURE_PX, self.devicePixelRatioF())
                if has_changed or self._tip is None
                else self._tip.picture
            )
            detail = self.tr("Row {row}").format(row=point)
            self._tip = Tip(at, self._drawn.label_of(point), detail, picture)
        if has_changed:
            self._drawn.raised = dataclasses.replace(self._drawn.raised, hovered=point)
            self._refresh_overlay()
            self.point_hovered.emit(point)
        elif point is not None:
            self.update()


def placed(raster: Raster, positions: FloatArray) -> Work[tuple[FloatArray, Raster]]:
    """A painter of the same points at other places."""
    yield Progress(None, "Placing the points")
    return positions, raster.moved(positions)
