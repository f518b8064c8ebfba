"""Where the cloud is looked at from: one frozen value for painters, mouse and session file.

World axes: x to the right, y up, z toward the viewer when yaw and pitch are 0. Screen pixels count
from the top left.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from projector.arrays import DoubleArray, FloatArray
from projector.errors import InvalidChoice

RADIANS_PER_PX = 0.008
SMALLEST_DISTANCE, LARGEST_DISTANCE = 1e-6, 1e9
FIT_MARGIN = 1.06
SHARE_WHEN_TURNED = 0.7
MOST_FITTED = 100_000
NEAR = 0.01
"""The near plane, as a share of the distance to the target; what is nearer is not drawn."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Circles around a target at a distance.

    Angles in radians: pitch -pi/2..pi/2, fov is the vertical opening. is_flat: a 2D picture, seen
    straight down the z axis without perspective, whatever the angles say.
    """

    target: tuple[float, float, float] = (0.0, 0.0, 0.0)
    distance: float = 3.0
    yaw: float = 0.6
    pitch: float = 0.35
    is_flat: bool = False
    is_orthographic: bool = False
    fov: float = 0.8

    @property
    def has_perspective(self) -> bool:
        return not (self.is_flat or self.is_orthographic)

    @property
    def basis(self) -> DoubleArray:
        """Float64 (3, 3): the unit vectors right, up and backward (to the eye) in world axes."""
        yaw, pitch = (0.0, 0.0) if self.is_flat else (self.yaw, self.pitch)
        sy, cy, sp, cp = math.sin(yaw), math.cos(yaw), math.sin(pitch), math.cos(pitch)
        return np.array([[cy, 0, -sy], [-sy * sp, cp, -cy * sp], [sy * cp, sp, cy * cp]])

    @property
    def eye(self) -> DoubleArray:
        """Where the viewer stands, float64 (3,)."""
        eye: DoubleArray = np.asarray(self.target) + self.distance * self.basis[2]
        return eye

    @property
    def depth_row(self) -> DoubleArray:
        """Float64 (4,): times (x, y, z, 1) it is the distance from the eye along the sight."""
        back = self.basis[2]
        return np.array([*-back, back @ self.eye])

    def units_per_px(self, height_px: float) -> float:
        """How much of the world one pixel spans at the target's depth."""
        return 2 * self.distance * math.tan(self.fov / 2) / max(1.0, height_px)

    def orbited(self, dx_px: float, dy_px: float) -> Camera:
        """As if the cloud were turned by a drag; a flat camera stays as it is."""
        if self.is_flat:
            return self
        pitch = self.pitch + dy_px * RADIANS_PER_PX
        return dataclasses.replace(
            self,
            yaw=math.remainder(self.yaw - dx_px * RADIANS_PER_PX, math.tau),
            pitch=min(math.pi / 2, max(-math.pi / 2, pitch)),
        )

    def panned(self, dx_px: float, dy_px: float, height_px: float) -> Camera:
        """As if the cloud were dragged: what is at the target's depth follows the pointer."""
        unit = self.units_per_px(height_px)
        right, up, _ = self.basis
        return self._aimed(np.asarray(self.target) + unit * (dy_px * up - dx_px * right))

    def zoomed(
        self, factor: float, x_px: float, y_px: float, width_px: float, height_px: float
    ) -> Camera:
        """Nearer by a factor (below 1: farther); the point under the pointer stays under it."""
        distance = min(LARGEST_DISTANCE, max(SMALLEST_DISTANCE, self.distance / factor))
        held = self.world_at(x_px, y_px, width_px, height_px)
        target = held + (np.asarray(self.target) - held) * (distance / self.distance)
        return dataclasses.replace(self._aimed(target), distance=distance)

    def world_at(self, x_px: float, y_px: float, width_px: float, height_px: float) -> DoubleArray:
        """The world point under a pixel, float64 (3,), in the plane through the target."""
        unit = self.units_per_px(height_px)
        right, up, _ = self.basis
        across, upward = (x_px - width_px / 2) * unit, (height_px / 2 - y_px) * unit
        place: DoubleArray = np.asarray(self.target) + across * right + upward * up
        return place

    def fitted(self, positions: FloatArray, aspect: float = 1.0) -> Camera:
        """Moved so that the whole cloud fills the picture, seen from the same side.

        positions: (n, 3), rows with NaN are ignored. aspect: width by height of the picture.
        """
        finite = positions[np.isfinite(positions).all(axis=1)].astype(np.float64)
        if not len(finite):
            return dataclasses.replace(self, target=(0.0, 0.0, 0.0), distance=3.0)
        low, high = finite.min(axis=0), finite.max(axis=0)
        center = (low + high) / 2
        open_up = math.tan(self.fov / 2)
        if self.is_flat:
            half_width, half_height = (high - low)[:2] / 2
            distance = max(half_height, half_width / aspect) / open_up
        else:
            distance = self._enough_distance(
                finite[:: len(finite) // MOST_FITTED + 1] - center, open_up, aspect
            )
        size = float(np.abs(high - low).max())
        if not size > 0:
            distance = 3.0
        distance = min(LARGEST_DISTANCE, max(SMALLEST_DISTANCE, distance * FIT_MARGIN))
        return dataclasses.replace(self._aimed(center), distance=distance)

    def matrix(self, width: int, height: int) -> FloatArray:
        """World to clip space as in OpenGL (y up, z -1..1): float32 (4, 4), for column vectors."""
        return self._double_matrix(width, height).astype(np.float32)

    def project(self, positions: FloatArray, width: int, height: int) -> FloatArray:
        """Float32 (n, 3): x and y in pixels, and the distance along the sight in world units.

        A row is all NaN where the point is NaN or, with perspective, behind the camera.
        """
        homogeneous = np.column_stack([positions.astype(np.float64), np.ones(len(positions))])
        clip = homogeneous @ self._double_matrix(width, height).T
        depth = homogeneous @ self.depth_row
        hidden = ~np.isfinite(clip).all(axis=1)
        if self.has_perspective:
            hidden |= ~(depth > NEAR * self.distance)
        clip[hidden] = np.nan
        screen = np.column_stack([clip[:, 0] / clip[:, 3], clip[:, 1] / clip[:, 3], depth])
        screen[:, 0] = (screen[:, 0] + 1) / 2 * width
        screen[:, 1] = (1 - screen[:, 1]) / 2 * height
        screen[hidden] = np.nan
        return screen.astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """Plain values for the session file."""
        return {**dataclasses.asdict(self), "target": list(self.target)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Camera:
        """The camera that to_json described; absent names get defaults. Raises InvalidChoice."""
        fields = {f.name: f.default for f in dataclasses.fields(cls)}
        try:
            numbers = {
                name: _number_in(values.get(name, fields[name]), name)
                for name in ("distance", "yaw", "pitch", "fov")
            }
            x, y, z = (_number_in(value, "target") for value in values.get("target", (0, 0, 0)))
        except (TypeError, ValueError, OverflowError) as error:
            raise InvalidChoice(f"The saved camera can't be used: {error}.") from error
        if not (numbers["distance"] > 0 and 0 < numbers["fov"] < math.pi):
            raise InvalidChoice("The saved camera can't be used: its distance or opening is wrong.")
        flags = {name: bool(values.get(name, False)) for name in ("is_flat", "is_orthographic")}
        return cls(target=(x, y, z), **numbers, **flags)  # type: ignore[arg-type]

    def _enough_distance(self, around: DoubleArray, open_up: float, aspect: float) -> float:
        """From where all points are in the picture, and nearly all when the cloud is turned."""
        across, upward, toward = (around @ self.basis.T).T
        if not self.has_perspective:
            toward = np.zeros_like(toward)
        tight = np.maximum(np.abs(across) / (open_up * aspect), np.abs(upward) / open_up) + toward
        radius = float(np.linalg.norm(around, axis=1).max())
        turned = radius / math.sin(math.atan(open_up * min(1.0, aspect)))
        return max(float(tight.max()), SHARE_WHEN_TURNED * turned)

    def _aimed(self, target: DoubleArray) -> Camera:
        x, y, z = target.tolist()
        return dataclasses.replace(self, target=(x, y, z))

    def _double_matrix(self, width: int, height: int) -> DoubleArray:
        view = np.eye(4)
        view[:3, :3] = self.basis
        view[:3, 3] = -self.basis @ self.eye
        up = 1 / math.tan(self.fov / 2)
        across = up * max(1, height) / max(1, width)
        near, far = NEAR * self.distance, 100 * self.distance
        lens = np.zeros((4, 4))
        if self.has_perspective:
            lens[0, 0], lens[1, 1] = across, up
            lens[2, 2:] = (far + near) / (near - far), 2 * far * near / (near - far)
            lens[3, 2] = -1
        else:
            lens[0, 0], lens[1, 1] = across / self.distance, up / self.distance
            lens[2, 2], lens[3, 3] = -1 / far, 1
        return lens @ view


def fit_camera(positions: FloatArray, is_flat: bool = False, aspect: float = 1.0) -> Camera:
    """The camera to begin with: the whole cloud, from a little above (2D: straight on)."""
    return Camera(is_flat=is_flat).fitted(positions, aspect)


def _number_in(value: Any, name: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} is {value}")
    return number
