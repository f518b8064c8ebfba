"""Painting a cloud of points: our painter beside pyqtgraph's OpenGL scatter and plain numpy."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from projector.arrays import ByteArray, FloatArray
from projector.progress import finish
from projector.render.camera import Camera, fit_camera
from projector.render.raster import Raster, Style, warm_up

WIDTH, HEIGHT, RADIUS_PX = 1000, 800, 1.5
BACKGROUND = (26, 29, 34)


def figures() -> Iterator[dict[str, Any]]:
    """Best milliseconds a frame while the camera turns; and of a recolor, against painting anew."""
    finish(warm_up())
    for n in (10_000, 100_000, 1_000_000):
        points, colors = _clusters(n)
        camera = fit_camera(points, aspect=WIDTH / HEIGHT)
        raster, style = Raster(points), Style(colors, RADIUS_PX, BACKGROUND, fog=0.5)
        turns = [camera.orbited(20 * i, 5 * i) for i in range(8)]
        ours = _best_ms(lambda c, r=raster, s=style: r.paint(c, WIDTH, HEIGHT, s), turns)
        peers = {"numpy": lambda c, p=points, k=colors: _paint_by_numpy(p, k, c)}
        theirs = {name: _best_ms(paint, turns[:3]) for name, paint in peers.items()}
        opengl = _pyqtgraph_ms(points, colors, turns)
        if opengl is not None:
            theirs["pyqtgraph GLScatterPlotItem"] = opengl
        for peer, ms in theirs.items():
            yield _line(n, "turn", ours, peer, ms)
        recolor = _best_ms(lambda c, r=raster, s=style: r.paint(c, WIDTH, HEIGHT, s), [camera] * 8)
        yield _line(n, "recolor", recolor, "numpy", theirs["numpy"])


def _line(n: int, figure: str, ours: float, peer: str, theirs: float) -> dict[str, Any]:
    return {
        "case": f"{n} points, {WIDTH} x {HEIGHT}",
        "figure": figure,
        "unit": "ms",
        "ours": round(ours, 2),
        "peer": peer,
        "theirs": round(theirs, 2),
        "ratio": round(theirs / ours, 2),
    }


def _clusters(n: int) -> tuple[FloatArray, ByteArray]:
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 40, n)
    width = rng.uniform(0.05, 0.4, 40)[kind, None]
    points = rng.normal(size=(40, 3))[kind] + rng.normal(size=(n, 3)) * width
    colors = rng.integers(60, 256, (40, 4))[kind]
    colors[:, 3] = 255
    return points.astype(np.float32), colors.astype(np.uint8)


def _best_ms(paint: Callable[[Camera], object], cameras: list[Camera]) -> float:
    spent = []
    for camera in cameras:
        start = time.perf_counter()
        paint(camera)
        spent.append(time.perf_counter() - start)
    return min(spent) * 1000


def _paint_by_numpy(points: FloatArray, colors: ByteArray, camera: Camera) -> ByteArray:
    """Farthest first, 3 x 3 pixels a point, by fancy indexing; no ids, no smooth edges."""
    homogeneous = np.column_stack([points, np.ones(len(points), dtype=np.float32)])
    clip = homogeneous @ camera.matrix(WIDTH, HEIGHT).T
    x = ((clip[:, 0] / clip[:, 3] + 1) / 2 * WIDTH).astype(np.int32)
    y = ((1 - clip[:, 1] / clip[:, 3]) / 2 * HEIGHT).astype(np.int32)
    inside = (clip[:, 3] > 0) & (x > 0) & (x < WIDTH - 1) & (y > 0) & (y < HEIGHT - 1)
    order = np.flatnonzero(inside)[np.argsort(-clip[inside, 3])]
    image = np.empty((HEIGHT, WIDTH, 4), dtype=np.uint8)
    image[:] = (*BACKGROUND, 255)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            image[y[order] + dy, x[order] + dx] = colors[order]
    return image


def _pyqtgraph_ms(points: FloatArray, colors: ByteArray, turns: list[Camera]) -> float | None:
    """Milliseconds a frame of its own view, picture read back; None where OpenGL is absent."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    try:
        import pyqtgraph.opengl as gl
    except ImportError:
        return None
    import pyqtgraph as pg

    # it keeps its shader programs from one view to the next
    shared = pg.QtCore.Qt.ApplicationAttribute.AA_ShareOpenGLContexts
    pg.QtCore.QCoreApplication.setAttribute(shared)
    pg.mkQApp()
    view = gl.GLViewWidget()
    view.resize(WIDTH, HEIGHT)
    shades = (colors / 255.0).astype(np.float32)
    view.addItem(gl.GLScatterPlotItem(pos=points, color=shades, size=2 * RADIUS_PX))
    view.show()

    def paint(camera: Camera) -> Any:
        view.setCameraPosition(distance=camera.distance, azimuth=np.degrees(camera.yaw))
        return view.grabFramebuffer()

    try:
        first = paint(turns[0])
        drawn = pg.functions.ndarray_from_qimage(first)[..., :3].max(axis=-1) > 40
        if drawn.mean() < 0.001:  # it only logs its errors, and an empty picture is quick
            print("pyqtgraph drew nothing here and is left out", file=sys.stderr)
            return None
        return _best_ms(paint, turns)
    finally:
        view.close()
