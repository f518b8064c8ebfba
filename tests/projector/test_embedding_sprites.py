"""Sheets of pictures: reading PNG by the standard, tiles, and pictures made to do harm."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from projector.arrays import ByteArray
from projector.embeddings.png import SIGNATURE, read_png, write_png
from projector.embeddings.sprites import Sprites, read_sprites
from projector.errors import ProjectorError, TooLarge, Unreadable
from projector.progress import finish


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", 0)


def png(path: Path, header: tuple[int, ...], data: bytes, *extra: bytes) -> Path:
    """A PNG of width, height, depth, kind, interlaced; data: filtered rows before compression."""
    width, height, depth, kind, interlaced = header
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))
    body = b"".join(extra) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    path.write_bytes(SIGNATURE + start + body)
    return path


def noise(*shape: int) -> ByteArray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def filtered(rows: ByteArray, step: int) -> bytes:
    """Each row with another of the five filters, by the formulas of the standard."""
    data = bytearray()
    for y, row in enumerate(rows.astype(int)):
        kind = y % 5
        data.append(kind)
        for x, value in enumerate(row):
            a = int(rows[y, x - step]) if x >= step else 0
            b = int(rows[y - 1, x]) if y else 0
            c = int(rows[y - 1, x - step]) if y and x >= step else 0
            nearest = min((a, b, c), key=lambda v: abs(a + b - c - v))  # the first of equals
            guess = (0, a, b, (a + b) // 2, nearest)[kind]
            data.append((value - guess) % 256)
    return bytes(data)


@pytest.mark.parametrize(("kind", "n_channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
@pytest.mark.parametrize("depth", [8, 16])
def test_every_filter_is_undone(tmp_path: Path, kind: int, n_channels: int, depth: int) -> None:
    size = depth // 8
    rows = noise(12, 9 * n_channels * size)
    path = png(tmp_path / "p.png", (9, 12, depth, kind, 0), filtered(rows, n_channels * size))
    pixels = finish(read_png(path)).pixels
    values = rows.reshape(12, 9, n_channels, size)[..., 0]
    n_colors = 1 if kind in (0, 4) else 3
    assert (pixels[..., :3] == values[..., :n_colors]).all()
    assert (pixels[..., 3] == (values[..., -1] if kind in (4, 6) else 255)).all()


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_what_we_write_is_read_back(tmp_path: Path, shape: tuple[int, ...]) -> None:
    write_png(tmp_path / "p.png", noise(*shape))
    pixels = finish(read_png(tmp_path / "p.png")).pixels
    wanted = noise(*shape)
    gray_or_color = wanted[..., None] if wanted.ndim == 2 else wanted[..., :3]
    assert (pixels[..., :3] == gray_or_color).all()


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_bits_are_spread_over_the_grays(tmp_path: Path, depth: int) -> None:
    top = 2**depth - 1
    values = [0, top, top, 0, top]
    bits = "".join(f"{value:0{depth}b}" for value in values)
    row = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    pixels = finish(read_png(png(tmp_path / "p.png", (5, 1, depth, 0, 0), b"\0" + row))).pixels
    assert pixels[0, :, 0].tolist() == [0, 255, 255, 0, 255]


def test_a_palette_gives_colors_and_transparency(tmp_path: Path) -> None:
    extra = (chunk(b"PLTE", bytes([1, 2, 3, 4, 5, 6])), chunk(b"tRNS", bytes([9])))
    path = png(tmp_path / "p.png", (3, 1, 8, 3, 0), bytes([0, 0, 1, 200]), *extra)
    pixels = finish(read_png(path)).pixels
    assert pixels[0].tolist() == [[1, 2, 3, 9], [4, 5, 6, 255], [0, 0, 0, 255]]


def test_a_sheet_of_digits_agrees_with_its_array(fixtures: Path) -> None:
    folder = fixtures.parent / "data" / "mnist10k"
    found = finish(read_sprites(folder / "sprite.png", 10_000, None))
    images = np.load(folder / "images.npy", mmap_mode="r")
    assert found.sheet is not None
    assert found.sheet.tile == (28, 28)
    for point in (0, 1, 99, 100, 4321, 9999):
        drawn = 255 - found.sheet.picture(point)[..., 0]
        assert np.array_equal(drawn, images[point].reshape(28, 28))


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ((100_000, 100_000, 8, 6, 0), TooLarge),
        ((0xFFFFFFFF, 0xFFFFFFFF, 16, 6, 0), TooLarge),
        ((0, 5, 8, 0, 0), Unreadable),
        ((5, 5, 3, 0, 0), Unreadable),
        ((5, 5, 8, 5, 0), Unreadable),
        ((5, 5, 8, 0, 1), Unreadable),
    ],
)
def test_impossible_headers_are_refused(
    tmp_path: Path, header: tuple[int, ...], error: type[ProjectorError]
) -> None:
    with pytest.raises(error):
        finish(read_png(png(tmp_path / "p.png", header, b"\0" * 100)))


def test_a_bomb_is_not_unpacked_beyond_its_header(tmp_path: Path) -> None:
    path = png(tmp_path / "p.png", (4, 4, 8, 0, 0), b"\0" * 200_000_000)
    picture = finish(read_png(path))
    assert picture.pixels.shape == (4, 4, 4)


@pytest.mark.parametrize(
    "data", [SIGNATURE, SIGNATURE + b"\0\0\0\x0dIHDR", SIGNATURE + chunk(b"IDAT", b"")]
)
def test_stumps_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.png").write_bytes(data)
    with pytest.raises(Unreadable):
        finish(read_png(tmp_path / "p.png"))


def test_an_unknown_filter_is_damage(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="row 1"):
        finish(read_png(png(tmp_path / "p.png", (1, 2, 8, 0, 0), bytes([0, 7, 9, 7]))))


def sheet_of(folder: Path, size: tuple[int, int], n: int, tile: tuple[int, int] | None) -> Sprites:
    write_png(folder / "s.png", np.full(size[::-1], 50, np.uint8))
    return finish(read_sprites(folder / "s.png", n, tile))


@pytest.mark.parametrize(
    ("size", "n", "stated", "tile"),
    [
        ((30, 24), 20, (6, 6), (6, 6)),
        ((34, 24), 20, (6, 6), (6, 6)),
        ((30, 24), 20, None, (6, 6)),
        ((88, 88), 120, None, (8, 8)),
        ((56, 56), 40, None, (8, 8)),
        ((30, 24), 20, (0, 0), (6, 6)),
        ((30, 24), 20, (60, 6), (6, 6)),
        ((50, 20), 25, None, (10, 4)),
        ((10, 10), 1, None, (10, 10)),
    ],
)
def test_the_tile_is_as_stated_or_found(
    tmp_path: Path,
    size: tuple[int, int],
    n: int,
    stated: tuple[int, int] | None,
    tile: tuple[int, int],
) -> None:
    found = sheet_of(tmp_path, size, n, stated)
    assert found.sheet is not None
    assert found.sheet.tile == tile
    assert len(found.problems) == (stated is not None and stated != tile)


def test_a_sheet_that_does_not_divide_is_a_problem(tmp_path: Path) -> None:
    found = sheet_of(tmp_path, (31, 17), 1000, None)
    assert found.sheet is None
    assert "single_image_dim" in found.problems[0].what


def test_points_without_a_picture_get_a_transparent_one(tmp_path: Path) -> None:
    found = sheet_of(tmp_path, (30, 12), 20, (6, 6))
    assert found.sheet is not None
    assert found.sheet.picture(9)[..., 3].min() == 255
    assert found.sheet.picture(19).shape == (6, 6, 4)
    assert found.sheet.picture(19).max() == 0
    assert "10 pictures for 20 points" in found.problems[0].what


def test_many_points_do_not_blow_a_sheet_up(tmp_path: Path) -> None:
    found = sheet_of(tmp_path, (1000, 1000), 1_000_000, (1000, 1000))
    assert found.sheet is None
    assert "left out" in found.problems[0].what


@pytest.mark.parametrize(
    ("start", "words"),
    [(b"\xff\xd8\xff\xe0", "JPEG"), (b"GIF89a", "GIF"), (b"hello", "no picture"), (b"", "PNG")],
)
def test_other_formats_are_named(tmp_path: Path, start: bytes, words: str) -> None:
    (tmp_path / "s.png").write_bytes(start)
    found = finish(read_sprites(tmp_path / "s.png", 3, None))
    assert found.sheet is None
    assert words in found.problems[0].what


def test_countless_chunks_are_refused(tmp_path: Path) -> None:
    path = png(tmp_path / "s.png", (2, 2, 8, 2, 0), b"", chunk(b"IDAT", b"") * 140_000)
    with pytest.raises(Unreadable, match="chunks"):
        finish(read_png(path))
