"""Painting a cloud of points: our painter beside pyqtgraph's and vispy's points, drawn by OpenGL,
and plain numpy. Without a graphics card OpenGL means Mesa's software: `xvfb-run -a python -m
benchmarks paint`."""

from __future__ import annotations

import dataclasses
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
N_TURNS, N_RECOLORS = 24, 8
Peer = Callable[[FloatArray, ByteArray, list[Camera]], float | None]


def figures() -> Iterator[dict[str, Any]]:
    """Frames a second while the camera turns, at best, every point drawn and the picture read
    back; and milliseconds of a recolor, a pick and a lasso, against painting all anew."""
    finish(warm_up())
    for n in (10_000, 100_000, 1_000_000, 5_000_000):
        points, colors = _clusters(n)
        camera = fit_camera(points, aspect=WIDTH / HEIGHT)
        raster, style = Raster(points), Style(colors, RADIUS_PX, BACKGROUND, fog=0.5)
        turns = [camera.orbited(7 * i, 2 * i) for i in range(N_TURNS)]
        ours = _best_ms(lambda c, r=raster, s=style: r.paint(c, WIDTH, HEIGHT, s), turns)
        if n > 1_000_000:
            yield _line(n, "frames while moving", *_moving(raster, style, turns, ours))
            continue
        for name, peer in PEERS.items():
            theirs = peer(points, colors, turns)
            if theirs is not None:
                yield _line(n, "frames", "1/s", 1000 / ours, name, 1000 / theirs)
        for figure, ms in _answers(raster, style, camera).items():
            yield _line(n, figure, "ms", ms, "ours, painted anew", ours)


def _line(n: int, figure: str, unit: str, ours: float, peer: str, theirs: float) -> dict[str, Any]:
    return {
        "case": f"{n} points, {WIDTH} x {HEIGHT}",
        "figure": figure,
        "unit": unit,
        "ours": round(ours, 3),
        "peer": peer,
        "theirs": round(theirs, 3),
        "ratio": round(theirs / ours if unit == "ms" else ours / theirs, 2),
    }


def _moving(
    raster: Raster, style: Style, turns: list[Camera], whole_ms: float
) -> tuple[str, float, str, float]:
    """The fair sample that is drawn while the camera moves, against all points."""
    part = dataclasses.replace(style, n_most=1)
    ms = _best_ms(lambda c: raster.paint(c, WIDTH, HEIGHT, part), turns)
    return "1/s", 1000 / ms, "ours, every point", 1000 / whole_ms


def _answers(raster: Raster, style: Style, camera: Camera) -> dict[str, float]:
    """Milliseconds of what needs no new picture."""
    picture = raster.paint(camera, WIDTH, HEIGHT, style)
    shades = iter([style.colors[:, [i % 3, 1, 2, 3]] for i in range(N_RECOLORS)])
    angle = np.linspace(0, 2 * np.pi, 200)
    lasso = np.column_stack([500 + 300 * np.cos(angle), 400 + 250 * np.sin(angle)])

    def recolor(_camera: Camera) -> object:
        recolored = dataclasses.replace(style, colors=next(shades))
        return raster.paint(camera, WIDTH, HEIGHT, recolored)

    def within(_camera: Camera) -> object:
        return raster.points_within(lasso, camera, WIDTH, HEIGHT, style)

    return {
        "recolor": _best_ms(recolor, [camera] * N_RECOLORS),
        "pick": _best_ms(lambda _camera: picture.point_at(500, 400, 6), [camera] * 8),
        "lasso": _best_ms(within, [camera] * 4),
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


def _numpy_ms(points: FloatArray, colors: ByteArray, turns: list[Camera]) -> float:
    return _best_ms(lambda camera: _paint_by_numpy(points, colors, camera), turns[:3])


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


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _pyqtgraph_ms(points: FloatArray, colors: ByteArray, turns: list[Camera]) -> float | None:
    """Milliseconds a frame of its own view; None where OpenGL is absent."""
    if not _has_display():
        return _said("pyqtgraph is left out: there is no display")
    try:
        import pyqtgraph.opengl as gl
    except ImportError as error:
        return _said(f"pyqtgraph is left out: {error}")
    import pyqtgraph as pg

    # it keeps its shader programs from one view to the next
    shared = pg.QtCore.Qt.ApplicationAttribute.AA_ShareOpenGLContexts
    if pg.QtCore.QCoreApplication.instance() is None:
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
        if not _shows_points(pg.functions.ndarray_from_qimage(first)):
            return _said("pyqtgraph drew nothing here and is left out")
        return _best_ms(paint, turns)
    finally:
        view.close()


def _vispy_ms(points: FloatArray, colors: ByteArray, turns: list[Camera]) -> float | None:
    """Milliseconds a frame of vispy's Markers; None where it or OpenGL is absent."""
    if not _has_display():
        return _said("vispy is left out: there is no display")
    try:
        from vispy import app, scene
    except ImportError as error:
        return _said(f"vispy is left out: {error}")
    app.use_app("pyside6")
    canvas = scene.SceneCanvas(size=(WIDTH, HEIGHT), bgcolor="black", show=True)
    view = canvas.central_widget.add_view()
    markers = scene.visuals.Markers(parent=view.scene)
    shades = (colors / 255.0).astype(np.float32)
    markers.set_data(points, face_color=shades, edge_width=0, size=2 * RADIUS_PX)
    view.camera = scene.TurntableCamera(fov=45, distance=turns[0].distance)

    def paint(camera: Camera) -> Any:
        view.camera.azimuth = float(np.degrees(camera.yaw))
        return canvas.render()

    try:
        if not _shows_points(paint(turns[0])):
            return _said("vispy drew nothing here and is left out")
        return _best_ms(paint, turns)
    except RuntimeError as error:
        return _said(f"vispy is left out: {error}")
    finally:
        canvas.close()


def _shows_points(image: Any) -> bool:
    """Peers only log their errors, and an empty picture is quick."""
    return bool((image[..., :3].max(axis=-1) > 40).mean() > 0.001)


def _said(why: str) -> None:
    print(why, file=sys.stderr)


PEERS: dict[str, Peer] = {
    "numpy": _numpy_ms,
    "pyqtgraph GLScatterPlotItem": _pyqtgraph_ms,
    "vispy Markers": _vispy_ms,
}
