"""The points of an SVG: circles from the farthest to the nearest, or a painted picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projector.arrays import ByteArray, DoubleArray, FloatArray, IntArray
from projector.emphasis import HIDDEN, RAISED
from projector.export.picture_data import png_url
from projector.export.scene import Scene
from projector.progress import Progress, Work
from projector.render.camera import Camera

NEAREST_GROWTH, FARTHEST_GROWTH = 1.7, 0.6
"""How much larger or smaller than at the target a point is drawn, as the painter has it."""
RAISED_GROWTH, DIM_SHARE = 1.3, 0.2
"""How much larger raised points are, and how much of their color dim ones keep, as there."""

_PAINTED_SCALE = 2
_LARGEST_PAINTED_PX = 8000
_RIM = 'stroke="#000" stroke-opacity="{:.3g}" stroke-width="0.6"'
_RIM_OPACITY = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The points in the picture in the order of drawing: dim ones, the others, raised ones; each
    the farthest first. ids: int64 (m,). screen: float32 (m, 3): x and y in pixels and depth. radii:
    float64 (m,), in pixels. fog: float64 (m,), 0..1."""

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
    kinds = scene.kinds_of(ids)
    radii = _radii(scene, camera, screen[:, 2], ids)
    reach = radii * 1.5
    with np.errstate(invalid="ignore"):
        is_inside = (screen[:, 0] > -reach) & (screen[:, 0] < width + reach)
        is_inside &= (screen[:, 1] > -reach) & (screen[:, 1] < height + reach)
    fog = _fog(scene, camera, points, screen[:, 2])
    inside = np.flatnonzero(is_inside & (radii > 0))
    # DIM < NORMAL < RAISED
    order = inside[np.lexsort((-screen[inside, 2], kinds[inside]))]
    return Seen(ids[order], screen[order], radii[order], fog[order])


def circles(scene: Scene, seen: Seen) -> list[str]:
    """A group of circles in the colors of the points, faded with distance."""
    ground = np.array(scene.background, np.float64)
    shares = (1 - seen.fog) * np.where(scene.dim_mask(seen.ids), DIM_SHARE, 1.0)
    rgb = scene.colors[seen.ids, :3] * shares[:, None] + ground * (1 - shares[:, None])
    fills = np.round(rgb).astype(int).tolist()
    # of each circle and not of the group, so that points show through one another
    opacity = f' fill-opacity="{scene.opacity:.3g}"' if scene.opacity < 1 else ""
    rim = f" {_RIM.format(_RIM_OPACITY * scene.opacity)}" if scene.radius_px >= 2 else ""
    parts = [f'<g id="points"{opacity}{rim}>']
    alphas = _alphas(scene, seen.ids)
    rows = zip(seen.screen[:, :2].tolist(), seen.radii.tolist(), fills, alphas, strict=True)
    for (x, y), radius, (red, green, blue), alpha in rows:
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2f}" '
            f'fill="#{red:02x}{green:02x}{blue:02x}"{alpha}/>'
        )
    return [*parts, "</g>"]


def ring_parts(scene: Scene, seen: Seen) -> list[str]:
    """Rings around the points that are drawn, each on a rim in the color of the background."""
    places = {row: place for place, row in enumerate(seen.ids.tolist())}
    parts = []
    ground = "#{:02x}{:02x}{:02x}".format(*scene.background)
    for row, color, width in scene.rings:
        if row not in places:
            continue
        place = places[row]
        x, y = seen.screen[place, :2].tolist()
        radius = float(seen.radii[place])
        if scene.draws_pictures:
            radius *= scene.picture_px / 2 / max(0.5, scene.radius_px)
        circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius + 2.5:.2f}"'
        stroke = "#{:02x}{:02x}{:02x}".format(*color)
        if not scene.draws_pictures:
            own = "#{:02x}{:02x}{:02x}".format(*scene.colors[row, :3].tolist())
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2f}" fill="{own}"/>')
        parts.append(f'{circle} stroke="{ground}" stroke-width="{width + 2.4:g}"/>')
        parts.append(f'{circle} stroke="{stroke}" stroke-width="{width:g}"/>')
    return ['<g id="rings" fill="none">', *parts, "</g>"] if parts else []


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
        fog=scene.fog,
        emphasis=_emphasis(scene),
        sizes=None if scene.sizes is None else scene.factors_of(np.arange(scene.n_points)),
        sprites=scene.pictures if scene.draws_pictures else None,
        sprite_px=scene.picture_px * scale,
    )
    raster = Raster(scene.positions)
    yield Progress(0.5, "Painting the points")
    picture = raster.paint(scene.seen_from, width * scale, height * scale, style)
    yield Progress(0.8, "Painting the points")
    url = png_url(picture.image[..., :3])
    return f'<image id="points" width="{width}" height="{height}" href="{url}"/>'


def _emphasis(scene: Scene) -> ByteArray | None:
    if scene.visible_ids is None and scene.emphasis is None:
        return None
    kinds = np.full(scene.n_points, HIDDEN, np.uint8)
    rows = np.arange(scene.n_points) if scene.visible_ids is None else scene.visible_ids
    kinds[rows] = scene.kinds_of(rows)
    return kinds


def _alphas(scene: Scene, ids: IntArray) -> list[str]:
    """What is see-through by its own color, too."""
    alphas = scene.colors[ids, 3].tolist()
    return [
        "" if alpha == 255 else f' fill-opacity="{scene.opacity * alpha / 255:.3g}"'
        for alpha in alphas
    ]


def _radii(scene: Scene, camera: Camera, depths: FloatArray, ids: IntArray) -> DoubleArray:
    base = np.maximum(0.5, scene.radius_px) * scene.factors_of(ids).astype(np.float64)
    base = base * np.where(scene.kinds_of(ids) == RAISED, RAISED_GROWTH, 1.0)
    if not camera.has_perspective:
        return np.asarray(base)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.clip(camera.distance / depths, FARTHEST_GROWTH, NEAREST_GROWTH)
    return np.asarray(base * growth, np.float64)


def _fog(scene: Scene, camera: Camera, points: FloatArray, depths: FloatArray) -> DoubleArray:
    """How much of the background lies over a point: none where the bulk of the cloud begins."""
    if camera.is_flat or not len(points):
        return np.zeros(len(points))
    center = (points.min(axis=0) + points.max(axis=0)) / 2
    bulk = max(1e-6, float(np.quantile(np.linalg.norm(points - center, axis=1), 0.95)))
    middle = float(camera.depth_row @ np.append(center, 1.0))
    share = (np.nan_to_num(depths.astype(np.float64)) - (middle - bulk)) / (2 * bulk)
    return np.asarray(scene.fog * np.clip(share, 0.0, 1.0))
