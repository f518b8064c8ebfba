"""The points of an SVG: circles from the farthest to the nearest, or a painted picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import DoubleArray, FloatArray, IntArray
from projector.export.picture_data import png_url
from projector.export.scene import Scene
from projector.progress import Progress, Work
from projector.render.camera import Camera
from projector.render.figure import FOG

PICTURE_PX = 28.0

_PAINTED_SCALE = 2
_LARGEST_PAINTED_PX = 8000
_RIM = 'stroke="#000" stroke-opacity="0.25" stroke-width="0.6"'
NEAREST_GROWTH, FARTHEST_GROWTH = 1.7, 0.6
"""How much larger or smaller than at the target a point is drawn, as the painter has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The points in the picture, the farthest first. ids: int64 (m,). screen: float32 (m, 3): x and
    y in pixels and depth. radii: float64 (m,), in pixels. fog: float64 (m,), 0..1."""

    ids: IntArray
    screen: FloatArray
    radii: DoubleArray
    fog: DoubleArray


def see_points(scene: Scene) -> Seen:
    """Where the camera shows them."""
    ids, camera = scene.placed_ids(), scene.seen_from
    width, height = scene.size
    points = scene.positions[ids]
    screen = camera.project(points, width, height)
    radii = _radii(scene, camera, screen[:, 2])
    reach = radii * 1.5
    with np.errstate(invalid="ignore"):
        is_inside = (screen[:, 0] > -reach) & (screen[:, 0] < width + reach)
        is_inside &= (screen[:, 1] > -reach) & (screen[:, 1] < height + reach)
    fog = _fog(camera, points, screen[:, 2])
    inside = np.flatnonzero(is_inside)
    order = inside[np.argsort(-screen[inside, 2], kind="stable")]
    return Seen(ids[order], screen[order], radii[order], fog[order])


def circles(scene: Scene, seen: Seen) -> list[str]:
    """A group of circles in the colors of the points, faded with distance."""
    ground = np.array(scene.background, np.float64)
    rgb = scene.colors[seen.ids, :3] * (1 - seen.fog[:, None]) + ground * seen.fog[:, None]
    fills = np.round(rgb).astype(int).tolist()
    opacity = f' opacity="{scene.opacity:.3g}"' if scene.opacity < 1 else ""
    rim = f" {_RIM}" if scene.radius_px >= 2 else ""
    parts = [f'<g id="points"{opacity}{rim}>']
    rows = zip(seen.screen[:, :2].tolist(), seen.radii.tolist(), fills, strict=True)
    for (x, y), radius, (red, green, blue) in rows:
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2f}" '
            f'fill="#{red:02x}{green:02x}{blue:02x}"/>'
        )
    return [*parts, "</g>"]


def painted_image(scene: Scene) -> Work[str]:
    """All points as one picture, at twice the size so that it stays sharp in print."""
    from projector.render.raster import Raster, Style

    width, height = scene.size
    scale = max(1, min(_PAINTED_SCALE, _LARGEST_PAINTED_PX // max(width, height)))
    style = Style(
        scene.colors,
        radius_px=scene.radius_px * scale,
        background=scene.background,
        opacity=scene.opacity,
        fog=FOG,
        shown_mask=_shown_mask(scene),
        sprites=scene.pictures if scene.draws_pictures else None,
        sprite_px=PICTURE_PX * scale,
    )
    raster = Raster(scene.positions)
    yield Progress(0.5, "Painting the points")
    picture = raster.paint(scene.seen_from, width * scale, height * scale, style)
    yield Progress(0.8, "Painting the points")
    url = png_url(picture.image[..., :3])
    return f'<image id="points" width="{width}" height="{height}" href="{url}"/>'


def lines(scene: Scene) -> list[str]:
    """Sequences as one thin path; steps to a row that is not shown are left out."""
    if scene.sequences is None or not len(scene.sequences):
        return []
    width, height = scene.size
    shown = np.zeros(scene.n_points, np.bool_)
    shown[scene.placed_ids()] = True
    pairs = scene.sequences.pairs
    pairs = pairs[shown[pairs].all(axis=1)]
    rows, places = np.unique(pairs, return_inverse=True)
    screen = scene.seen_from.project(scene.positions[rows], width, height)[:, :2]
    ends = screen[places.reshape(pairs.shape)].reshape(-1, 4)
    ends = ends[np.isfinite(ends).all(axis=1)].tolist()
    path = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in ends)
    stroke = "#c8ced8" if scene.is_dark else "#5a6372"
    if not path:
        return []
    return [f'<path id="sequences" d="{path}" fill="none" stroke="{stroke}" stroke-opacity="0.5"/>']


def _shown_mask(scene: Scene) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    if scene.visible_ids is None:
        return None
    mask = np.zeros(scene.n_points, np.bool_)
    mask[scene.visible_ids] = True
    return mask


def _radii(scene: Scene, camera: Camera, depths: FloatArray) -> DoubleArray:
    base = max(0.5, scene.radius_px)
    if not camera.has_perspective:
        return np.full(len(depths), base)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.clip(camera.distance / depths, FARTHEST_GROWTH, NEAREST_GROWTH)
    return np.asarray(base * growth, np.float64)


def _fog(camera: Camera, points: FloatArray, depths: FloatArray) -> DoubleArray:
    """How much of the background lies over a point: none where the bulk of the cloud begins."""
    if camera.is_flat or not len(points):
        return np.zeros(len(points))
    center = (points.min(axis=0) + points.max(axis=0)) / 2
    bulk = max(1e-6, float(np.quantile(np.linalg.norm(points - center, axis=1), 0.95)))
    middle = float(camera.depth_row @ np.append(center, 1.0))
    share = (np.nan_to_num(depths.astype(np.float64)) - (middle - bulk)) / (2 * bulk)
    return np.asarray(FOG * np.clip(share, 0.0, 1.0))
