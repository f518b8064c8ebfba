"""The pictures of the lines: asked for when something moved, drawn as a job, kept until the
next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QImage, QPainter

from projector.arrays import ByteArray
from projector.hparams.lines import LinePicture, draw_lines
from widgets.shared.job import Job, RunJob


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """picture: what to draw. left: x of its left edge on the canvas. ratio: of device pixels."""

    picture: LinePicture
    left: float
    ratio: float


class LineLayers(QObject):
    """Draws one picture at a time; of those asked for meanwhile only the newest is drawn next.

    A newer request does not cancel the one under way, else a moving brush would show nothing.
    drawn: new pictures are there.
    """

    drawn = Signal()

    def __init__(self, run_job: RunJob, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run_job = run_job
        self._job: Job | None = None
        self._current: Request | None = None
        self._next: Request | None = None
        self._images: list[QImage] = []
        self._left = 0.0
        self._ratio = 1.0

    def ask(self, request: Request) -> None:
        """Have a picture drawn as soon as the one under way is done."""
        self._next = request
        if self._current is None:
            self._start()

    def clear(self) -> None:
        """Forget all pictures and stop."""
        if self._job is not None:
            self._job.cancel()
        self._job = self._current = self._next = None
        self._images = []

    @property
    def n_images(self) -> int:
        return len(self._images)

    def covers(self, left: float, right: float) -> bool:
        """Whether the pictures reach over this part of the canvas."""
        if not self._images:
            return False
        return self._left <= left and right <= self._left + self._images[0].width() / self._ratio

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint all layers, rearmost first."""
        for image in self._images:
            source = exposed.translated(-self._left, 0)
            source = QRectF(source.topLeft() * self._ratio, source.size() * self._ratio)
            whole = QRectF(image.rect())
            part = source.intersected(whole)
            if not part.isEmpty():
                target = QRectF(
                    part.topLeft() / self._ratio + QPointF(self._left, 0),
                    part.size() / self._ratio,
                )
                painter.drawImage(target, image, part)

    def _start(self) -> None:
        self._current, self._next = self._next, None
        if self._current is not None:
            self._job = self._run_job(
                "hparams/lines",
                self.tr("Drawing trials"),
                draw_lines(self._current.picture),
                on_done=self._on_done,
            )

    def _on_done(self, layers: Sequence[ByteArray]) -> None:
        done, self._current = self._current, None
        if done is None:
            return
        self._images = [_image(layer) for layer in layers]
        self._left, self._ratio = done.left, done.ratio
        self.drawn.emit()
        if self._next is not None:
            self._start()


def _image(rgba: ByteArray) -> QImage:
    """A QImage with its own copy of the pixels."""
    height, width = rgba.shape[:2]
    pixels = np.ascontiguousarray(rgba)
    kind = QImage.Format.Format_RGBA8888_Premultiplied
    return QImage(pixels.data, width, height, 4 * width, kind).copy()
