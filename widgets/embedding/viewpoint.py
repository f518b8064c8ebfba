"""Where the cloud is looked at from, and the ways there: fit, reset, fly to a point, 2D and 3D."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from projector.arrays import FloatArray
from projector.render.camera import Camera, fit_camera
from widgets.embedding.flight import Flight

NEAR_SHARE = 0.35
"""How near a flight to a point ends, as a share of the distance that shows the whole cloud."""
ROOM = 1.2
SIDE_PX = 48
"""Of a flat picture, for the numbers at its left and the tools at its right."""


class Viewpoint(QObject):
    """changed: the new Camera; the one it has already is no change.

    edge: float32 (m, 3), the points that a camera must have in view to show the whole cloud.
    other_edge: the same of a cloud in another view that is looked at from here, too.
    """

    changed = Signal(object)

    def __init__(self, surface: QWidget) -> None:
        super().__init__(surface)
        self.camera = Camera()
        self.edge: FloatArray = np.zeros((0, 3), dtype=np.float32)
        self.other_edge = self.edge
        self._surface = surface
        self._is_fitted = False
        self._flight = Flight(self)
        self._flight.moved.connect(self.look_from)

    @Slot(object)
    def look_from(self, camera: Camera) -> None:
        if camera != self.camera:
            self.camera = camera
            self.changed.emit(camera)

    def steer(self, camera: Camera) -> None:
        """The user's own hand: it ends a flight, and the whole cloud need not be in view."""
        self._flight.stop()
        self._is_fitted = False
        self.look_from(camera)

    def follow(self, camera: Camera) -> None:
        """Look from where another view looks from; a flight of our own is over."""
        if camera != self.camera:
            self.steer(camera)

    def set_flat(self, is_flat: bool) -> None:
        """2D or 3D, keeping the distance and what is looked at."""
        self._flight.stop()
        self.look_from(dataclasses.replace(self.camera, is_flat=is_flat))

    def fit(self, is_at_once: bool = False) -> None:
        """The whole cloud in view, from where the camera is."""
        self._go(self.camera.fitted(self._edges, self._aspect), is_at_once)
        self._is_fitted = True

    @property
    def _edges(self) -> FloatArray:
        return np.concatenate([self.edge, self.other_edge])

    def fit_again(self) -> None:
        """The surface has another size: what was in view as a whole stays so."""
        if self._is_fitted:
            self.fit(is_at_once=True)

    def reset(self, is_at_once: bool = False) -> None:
        """The view to begin with."""
        camera = fit_camera(self._edges, self.camera.is_flat, self._aspect)
        kept = dataclasses.replace(camera, is_orthographic=self.camera.is_orthographic)
        self._go(
            kept if not kept.is_orthographic else kept.fitted(self._edges, self._aspect), is_at_once
        )
        self._is_fitted = True

    def fly_to(self, place: FloatArray) -> None:
        """Bring a place, float32 (3,), into the middle, near enough to see its surroundings."""
        if not np.isfinite(place).all():
            return
        x, y, z = place.tolist()
        whole = self.camera.fitted(self.edge, self._aspect).distance
        distance = min(self.camera.distance, whole * NEAR_SHARE)
        self._is_fitted = False
        self._go(dataclasses.replace(self.camera, target=(x, y, z), distance=distance))

    def fly_to_all(self, places: FloatArray) -> None:
        """Bring places, float32 (k, 3), into view, with room around them."""
        places = places[np.isfinite(places).all(axis=1)]
        if not len(places):
            return
        camera = self.camera.fitted(places, self._aspect)
        whole = self.camera.fitted(self.edge, self._aspect).distance
        near = max(camera.distance * ROOM, whole * NEAR_SHARE / 2)
        self._is_fitted = False
        self._go(dataclasses.replace(camera, distance=near))

    def turn_to(self, yaw: float, pitch: float) -> None:
        """See the same from another side; the shorter way there."""
        turn = math.remainder(yaw - self.camera.yaw, math.tau)
        self._go(dataclasses.replace(self.camera, yaw=self.camera.yaw + turn, pitch=pitch))

    @property
    def _aspect(self) -> float:
        """Width by height of what a cloud is to fill."""
        width = self._surface.width()
        if self.camera.is_flat:
            width -= min(2 * SIDE_PX, width // 4)
        return max(1, width) / max(1, self._surface.height())

    def _go(self, camera: Camera, is_at_once: bool = False) -> None:
        self._flight.stop()
        if self._surface.isVisible() and not is_at_once:
            self._flight.fly(self.camera, camera)
        else:
            self.look_from(camera)
