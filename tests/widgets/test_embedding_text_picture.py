"""Texts over the cloud: kept pictures of them look as if they were written anew."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from widgets.embedding.text_picture import draw_text

RECT = QRectF(20, 10, 90, 22)
FONT, INK, PAPER = "Sans Serif", QColor(20, 30, 40), QColor(240, 240, 240)


def pixels(paint, ratio: float = 1.0) -> np.ndarray:
    image = QImage(round(140 * ratio), round(44 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(PAPER)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(QFont(FONT, 11))
    painter.setPen(INK)
    paint(painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 4 * image.width()].reshape(image.height(), -1, 4)[..., :3].astype(int)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("text", ["seven", "über", "שלום", "二十"])
def test_a_text_looks_as_it_is_written_by_the_painter(qapp, text, ratio) -> None:
    plain = pixels(lambda p: p.drawText(RECT, Qt.AlignmentFlag.AlignCenter, text), ratio)
    assert (plain < 120).any()
    for _ in range(2):  # made, then found again
        drawn = pixels(lambda p: draw_text(p, RECT, text, p.font(), INK, None), ratio)
        assert np.abs(drawn - plain).max() <= 2  # blended twice


def test_a_halo_covers_what_is_around_the_letters(qapp) -> None:
    striped = range(0, 140, 3)

    def paint(painter: QPainter, halo: QColor | None) -> None:
        for x in striped:
            painter.drawLine(QPointF(x, 0), QPointF(x, 44))
        draw_text(painter, RECT, "lll", painter.font(), QColor("red"), halo)

    bare, haloed = pixels(lambda p: paint(p, None)), pixels(lambda p: paint(p, PAPER))
    assert haloed.sum() > bare.sum()
    assert np.array_equal(bare[:, :20], haloed[:, :20])


def test_another_color_or_font_is_another_picture(qapp) -> None:
    def drawn(color: QColor, is_bold: bool) -> np.ndarray:
        font = QFont(FONT, 11)
        font.setBold(is_bold)
        return pixels(lambda p: draw_text(p, RECT, "seven", font, color, None))

    pictures = [drawn(c, b) for c in (INK, QColor("red")) for b in (False, True)]
    assert all(
        not np.array_equal(one, other)
        for i, one in enumerate(pictures)
        for other in pictures[i + 1 :]
    )


def test_a_text_between_pixels_is_put_onto_whole_ones(qapp) -> None:
    shifted = RECT.translated(0.3, -0.4)
    on = pixels(lambda p: draw_text(p, RECT, "seven", p.font(), INK, None))
    between = pixels(lambda p: draw_text(p, shifted, "seven", p.font(), INK, None))
    assert np.array_equal(on, between)
