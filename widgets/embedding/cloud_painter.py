"""Has the cloud painted: a part of it while the camera moves, all of it at rest, and never for long
on the main thread."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from projector.progress import Work
from projector.render.camera import Camera
from projector.render.raster import Picture, Raster, Style, Surface
from widgets.shared.job import Job, RunJob

REST_MS = 160
FRAME_MS = 22.0
"""What a picture may take while the camera moves; with all else, 30 a second are left."""
BLOCK_MS = 40.0
"""What a picture may take on the main thread at rest."""
COARSE_MS = 16.0
"""Where coloring the pixels alone takes as long, a moving picture has half as many to each side."""
DISC_MS = 3e-5
"""What a disc may take at first, until it is known better."""
NEW_SHARE = 0.3
"""How much the newest picture counts in what is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What to paint. width, height: in device pixels."""

    camera: Camera
    width: int
    height: int
    style: Style

    def at_scale(self, scale: float) -> Scene:
        style = self.style
        smaller = dataclasses.replace(
            style, radius_px=style.radius_px * scale, sprite_px=style.sprite_px * scale
        )
        width, height = round(self.width * scale), round(self.height * scale)
        return Scene(self.camera, max(1, width), max(1, height), smaller)


@dataclass(slots=True)
class _Pace:
    """How long painting took lately. ms_a_point: to place and draw; ms_a_pixel: to color."""

    ms_a_point: float
    ms_a_pixel: float = 1.5e-5

    def of(self, n_points: int, n_pixels: int) -> float:
        return n_points * self.ms_a_point + n_pixels * self.ms_a_pixel

    def learn(self, points_ms: float, n_points: int, pixels_ms: float, n_pixels: int) -> None:
        if points_ms > 1.0:
            self.ms_a_point += NEW_SHARE * (points_ms / max(1, n_points) - self.ms_a_point)
        self.ms_a_pixel += NEW_SHARE * (pixels_ms / max(1, n_pixels) - self.ms_a_pixel)


class CloudPainter(QObject):
    """painted: (Picture, scale), the picture's pixels for each of the scene's; is_whole tells
    whether all points are in it."""

    painted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.raster: Raster | None = None
        self.is_whole = False
        self._scene: Scene | None = None
        self._run_job: RunJob | None = None
        self._job: Job | None = None
        self._is_moving = False
        self._paces = {
            "discs": _Pace(DISC_MS),
            "see-through": _Pace(2.5e-4, 5e-6),
            "pictures": _Pace(8e-4),
        }
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest_timer.timeout.connect(self._on_rest)

    @property
    def is_moving(self) -> bool:
        """Whether the camera moved a moment ago."""
        return self._is_moving

    def set_run_job(self, run_job: RunJob) -> None:
        """Who runs what takes long; without one the main thread does."""
        self._run_job = run_job

    def set_raster(self, raster: Raster | None) -> None:
        self._cancel()
        self.raster, self._scene = raster, None
        self._is_moving = self.is_whole = False

    def move(self) -> None:
        """The camera moves: until it rests, pictures come quickly rather than whole."""
        self._is_moving = True
        self._rest_timer.start()

    def paint(self, scene: Scene) -> None:
        """Paint now, a part of it if all would take too long; the rest follows."""
        if self.raster is None:
            return
        self._cancel()
        self._scene = scene
        is_recolor = self.raster.knows_front(scene.camera, scene.width, scene.height, scene.style)
        if is_recolor or (self._is_moving and self._whole_ms(scene) <= FRAME_MS):
            self._paint_now(scene, None)
        elif self._is_moving:
            self._paint_part(scene)
        elif self._run_job is None or self._whole_ms(scene) <= BLOCK_MS:
            self._paint_now(scene, None)
        else:
            self._paint_part(scene)
            if not self.is_whole:
                self._paint_whole(scene)

    def _paint_part(self, scene: Scene) -> None:
        assert self.raster is not None
        pace, n_pixels = self._pace(scene), scene.width * scene.height
        pixels_ms = n_pixels * pace.ms_a_pixel
        scale = 0.5 if pixels_ms > COARSE_MS else 1.0
        points_ms = max(2.0, FRAME_MS - pixels_ms * scale**2)
        self._paint_now(scene.at_scale(scale), max(1, int(points_ms / pace.ms_a_point)), scale)

    def _paint_now(self, scene: Scene, n_most: int | None, scale: float = 1.0) -> None:
        assert self.raster is not None
        raster, style = self.raster, dataclasses.replace(scene.style, n_most=n_most)
        work = raster.painting(scene.camera, scene.width, scene.height, style, raster.surface)
        began = time.perf_counter()
        drawn = began
        try:
            while True:
                next(work)
                drawn = time.perf_counter()
        except StopIteration as stop:
            picture: Picture = stop.value
        ended = time.perf_counter()
        n_drawn = raster.count_drawn(n_most)
        self._pace(scene).learn(
            (drawn - began) * 1000, n_drawn, (ended - drawn) * 1000, scene.width * scene.height
        )
        self.is_whole = scale == 1.0 and n_drawn == raster.count_drawn(None)
        self.painted.emit((picture, scale))

    def _paint_whole(self, scene: Scene) -> None:
        """All points, at rest: in a job where they take long."""
        assert self.raster is not None
        if self._run_job is None or self._whole_ms(scene) <= BLOCK_MS:
            self._paint_now(scene, None)
            return
        job = self._run_job(
            "embedding/paint",
            self.tr("Painting the points"),
            painted_apart(self.raster, scene),
            on_done=self._on_whole,
            on_failed=self._on_stopped,
        )
        self._job = job if job.is_running else None

    @Slot(object)
    def _on_whole(self, done: tuple[Raster, Scene, Surface, Picture]) -> None:
        raster, scene, surface, picture = done
        self._job = None
        if raster is self.raster and scene is self._scene:
            raster.adopt(surface)
            self.is_whole = True
            self.painted.emit((picture, 1.0))

    @Slot(object)
    def _on_stopped(self, _error: object) -> None:
        """The user wanted an end of it: the part that is painted stays."""
        self._job = None

    @Slot()
    def _on_rest(self) -> None:
        self._is_moving = False
        if self._scene is not None and not self.is_whole:
            self._paint_whole(self._scene)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _whole_ms(self, scene: Scene) -> float:
        assert self.raster is not None
        return self._pace(scene).of(self.raster.n_points, scene.width * scene.height)

    def _pace(self, scene: Scene) -> _Pace:
        if scene.style.sprites is not None:
            return self._paces["pictures"]
        assert self.raster is not None
        return self._paces["see-through" if self.raster.is_see_through(scene.style) else "discs"]


def painted_apart(raster: Raster, scene: Scene) -> Work[tuple[Raster, Scene, Surface, Picture]]:
    """A whole picture on a surface of its own, so that others may be painted meanwhile."""
    surface = Surface()
    picture = yield from raster.painting(
        scene.camera, scene.width, scene.height, scene.style, surface
    )
    return raster, scene, surface, picture
