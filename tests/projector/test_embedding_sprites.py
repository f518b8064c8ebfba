"""Sheets of pictures: formats, tiles, several sheets, and pictures made to do harm."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from projector.arrays import ByteArray
from projector.embeddings import image_formats
from projector.embeddings.embedding import SpriteSheet
from projector.embeddings.image_files import read_image
from projector.embeddings.png import write_png
from projector.embeddings.sprites import Sprites, read_sprites
from projector.embeddings.thumbnails import read_thumbnail
from projector.errors import ProjectorError, TooLarge, Unreadable
from projector.progress import Progress, finish

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "bmp": "BMP", "webp": "WebP", "tif": "TIFF"}


def chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png(path: Path, header: tuple[int, ...], data: bytes) -> Path:
    """A PNG of width, height, depth, kind, interlaced; data: filtered rows before compression."""
    width, height, depth, kind, interlaced = header
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))
    body = chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    path.write_bytes(SIGNATURE + start + body)
    return path


def noise(*shape: int) -> ByteArray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def sheet_of_tiles(n: int, tile: tuple[int, int], columns: int) -> ByteArray:
    """Gray pictures with a bright middle each, in a grid with empty cells last."""
    width, height = tile
    n_rows = -(-n // columns)
    sheet = np.zeros((n_rows * height, columns * width), np.uint8)
    random = np.random.default_rng(1)
    for i in range(n):
        row, column = divmod(i, columns)
        inside = random.integers(60, 250, (height - 2, width - 2))
        top, left = row * height + 1, column * width + 1
        sheet[top : top + height - 2, left : left + width - 2] = inside
    return sheet


def rgba(image: Image.Image) -> ByteArray:
    return np.asarray(image.convert("RGBA"))


def as_rgba(pixels: ByteArray) -> ByteArray:
    if pixels.shape[2] == 4:
        return pixels
    alpha = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return np.concatenate([np.repeat(pixels, 3, axis=2), alpha], axis=2)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"])
def test_pixels_are_those_that_pillow_shows(tmp_path: Path, ending: str, mode: str) -> None:
    picture = Image.fromarray(noise(20, 30, 4))
    picture = (
        picture.convert("RGB").convert(mode) if mode in ("CMYK", "P") else picture.convert(mode)
    )
    path = tmp_path / f"p.{ending}"
    try:
        picture.save(path)
    except (OSError, ValueError):
        pytest.skip(f"{ending} can't hold {mode}")
    found = finish(read_image(path))
    assert found.is_whole
    with Image.open(path) as image:
        assert np.array_equal(as_rgba(found.pixels), rgba(image))


def test_sixteen_bits_keep_the_upper_eight(tmp_path: Path) -> None:
    values = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    Image.fromarray(values).save(tmp_path / "p.png")
    assert np.array_equal(finish(read_image(tmp_path / "p.png")).pixels[..., 0], values >> 8)


def test_gray_and_color_are_kept_in_as_few_bytes_as_pillow_needs(tmp_path: Path) -> None:
    write_png(tmp_path / "gray.png", noise(40, 30))
    write_png(tmp_path / "color.png", noise(40, 30, 3))
    assert finish(read_image(tmp_path / "gray.png")).pixels.shape == (40, 30, 1)
    assert finish(read_image(tmp_path / "color.png")).pixels.shape == (40, 30, 4)


def test_a_picture_is_not_copied_after_it_is_decoded(tmp_path: Path) -> None:
    write_png(tmp_path / "p.png", noise(3000, 3000, 3))  # more than one of Pillow's usual blocks
    pixels = finish(read_image(tmp_path / "p.png")).pixels
    assert not pixels.flags.owndata
    assert not pixels.flags.writeable
    assert np.array_equal(pixels[..., :3], noise(3000, 3000, 3))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_what_we_write_is_read_back(tmp_path: Path, shape: tuple[int, ...]) -> None:
    write_png(tmp_path / "p.png", noise(*shape))
    with Image.open(tmp_path / "p.png") as image:
        assert np.array_equal(np.asarray(image), noise(*shape))


def test_a_sheet_of_digits_agrees_with_its_array(fixtures: Path) -> None:
    folder = fixtures.parent / "data" / "mnist10k"
    found = finish(read_sprites(folder / "sprite.png", 10_000, None))
    images = np.load(folder / "images.npy", mmap_mode="r")
    assert found.sheet is not None
    assert found.sheet.tile == (28, 28)
    for point in (0, 1, 99, 100, 4321, 9999):
        drawn = 255 - found.sheet.picture(point)[..., 0]
        assert np.array_equal(drawn, images[point].reshape(28, 28))


def test_sheets_of_real_writers_have_the_stated_tile_also_where_none_is_stated(
    fixtures: Path,
) -> None:
    manifest = json.loads((fixtures / "MANIFEST.json").read_text())
    n_checked = 0
    for name, folder in manifest["folders"].items():
        configs = folder.get("projector", {}) if isinstance(folder, dict) else {}
        for run, config in configs.items():
            for info in config.get("embeddings", ()) if not name.startswith("edge") else ():
                sprite = info.get("sprite", {})
                path = fixtures / name / run / sprite.get("imagePath", "-")
                if not path.is_file():
                    continue
                tile = tuple(sprite["singleImageDim"])
                for stated in (tile, None):
                    found = finish(read_sprites(path, info["tensorShape"][0], stated))
                    assert found.sheet is not None
                    assert (found.sheet.tile, found.problems) == (tile, ()), (path, stated)
                n_checked += 1
    assert n_checked > 10


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ((100_000, 100_000, 8, 6, 0), TooLarge),
        ((0xFFFFFFFF, 0xFFFFFFFF, 16, 6, 0), ProjectorError),
        ((16_000, 16_000, 8, 2, 0), TooLarge),
        ((0, 5, 8, 0, 0), Unreadable),
        ((5, 5, 3, 0, 0), Unreadable),
        ((5, 5, 8, 5, 0), Unreadable),
    ],
)
def test_impossible_headers_are_refused(
    tmp_path: Path, header: tuple[int, ...], error: type[ProjectorError]
) -> None:
    path = png(tmp_path / "p.png", header, b"\0" * 100)
    with pytest.raises(error):
        finish(read_image(path))
    with pytest.raises(error):
        read_thumbnail(path, (8, 8))


@pytest.mark.parametrize(("mark", "size_at"), [(b"VP8X", 24), (b"VP8L", 21), (b"VP8 ", 26)])
def test_a_large_webp_is_refused_before_it_is_unpacked(
    tmp_path: Path, mark: bytes, size_at: int
) -> None:
    data = bytearray(b"RIFF\0\0\0\0WEBP" + mark + bytes(40))
    data[size_at : size_at + 6] = b"\xff\x3f\x00\xff\x3f\x00" if mark == b"VP8X" else b"\xff" * 6
    (tmp_path / "p.webp").write_bytes(data)
    with pytest.raises(TooLarge, match="WebP"):
        finish(read_image(tmp_path / "p.webp"))


def test_a_tiff_may_not_unpack_more_than_a_picture_may_have(tmp_path: Path) -> None:
    tags = {
        256: 4,
        257: 4,
        258: 8,
        259: 8,
        262: 1,
        277: 1,
        322: 65_536,
        323: 65_536,
        324: 8,
        325: 9,
    }
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<I", 20) + zlib.compress(b"")[:12].ljust(12, b"\0")
    data = head + struct.pack("<H", len(tags)) + entries + bytes(4)
    (tmp_path / "p.tif").write_bytes(data)
    with pytest.raises(ProjectorError):
        finish(read_image(tmp_path / "p.tif"))


def test_a_bomb_is_not_unpacked_beyond_its_header(tmp_path: Path) -> None:
    path = png(tmp_path / "p.png", (4, 4, 8, 0, 0), b"\0" * 100_000_000)
    assert finish(read_image(path)).pixels.shape == (4, 4, 1)


def test_a_picture_may_be_larger_than_what_pillow_warns_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    write_png(tmp_path / "p.png", noise(50, 50))
    assert finish(read_image(tmp_path / "p.png")).pixels.shape == (50, 50, 1)
    assert read_thumbnail(tmp_path / "p.png", (20, 20))[..., 3].all()


def test_a_file_of_countless_bytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_formats, "MAX_FILE_BYTES", 1 << 20)
    write_png(tmp_path / "p.png", noise(800, 800, 3))
    with pytest.raises(TooLarge, match="limit is 1 MB"):
        finish(read_image(tmp_path / "p.png"))


def test_of_a_file_cut_short_the_first_rows_are_kept(tmp_path: Path) -> None:
    write_png(tmp_path / "whole.png", noise(60, 40))
    data = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "s.png").write_bytes(data[: len(data) // 2])
    found = finish(read_sprites(tmp_path / "s.png", 6, (20, 20)))
    assert found.sheet is not None
    assert np.array_equal(found.sheet.picture(0)[..., 0], noise(60, 40)[:20, :20])
    assert found.sheet.picture(5)[-1].max() == 0
    assert "cut short after" in found.problems[0].what


@pytest.mark.parametrize("ending", FORMATS)
def test_stumps_are_refused(tmp_path: Path, ending: str) -> None:
    Image.fromarray(noise(20, 20, 3)).save(tmp_path / f"w.{ending}")
    path = tmp_path / f"p.{ending}"
    path.write_bytes((tmp_path / f"w.{ending}").read_bytes()[:20])
    with pytest.raises(Unreadable, match=FORMATS[ending]):
        finish(read_image(path))


def encoded(ending: str) -> bytes:
    buffer = io.BytesIO()
    compression = {"compression": "tiff_lzw"} if ending == "tif" else {}
    Image.fromarray(noise(12, 12, 3)).save(buffer, FORMATS[ending].upper(), **compression)
    return buffer.getvalue()


@pytest.mark.parametrize("ending", FORMATS)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_damage_raises_nothing_but_our_own_errors(
    tmp_path: Path, ending: str, data: st.DataObject
) -> None:
    content = bytearray(encoded(ending))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(8, len(content))) :]
    path = tmp_path / "damaged"
    path.write_bytes(content)
    for read in (lambda: finish(read_image(path)).pixels, lambda: read_thumbnail(path, (6, 6))):
        with contextlib.suppress(ProjectorError):
            assert read().size <= image_formats.MAX_PIXELS * 4


def test_reading_reports_how_far_it_is_and_can_be_left(tmp_path: Path) -> None:
    write_png(tmp_path / "p.png", noise(3000, 3000, 3))
    work = read_image(tmp_path / "p.png")
    steps = [next(work), next(work)]
    work.close()
    assert all(isinstance(step, Progress) for step in steps)


def sheet_in(folder: Path, size: tuple[int, int], n: int, tile: tuple[int, int] | None) -> Sprites:
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
        ((70, 36), 20, (9, 14), (14, 9)),
    ],
)
def test_the_tile_is_as_stated_or_found(
    tmp_path: Path,
    size: tuple[int, int],
    n: int,
    stated: tuple[int, int] | None,
    tile: tuple[int, int],
) -> None:
    found = sheet_in(tmp_path, size, n, stated)
    assert found.sheet is not None
    assert found.sheet.tile == tile
    assert len(found.problems) == (stated is not None and stated != tile)


@pytest.mark.parametrize(
    ("n", "tile", "columns"),
    [
        (100, (28, 28), 10),
        (95, (28, 28), 10),
        (1000, (8, 8), 40),
        (61, (20, 10), 8),
        (33, (9, 14), 11),
    ],
)
def test_the_seams_of_a_sheet_give_the_tile_away(
    tmp_path: Path, n: int, tile: tuple[int, int], columns: int
) -> None:
    write_png(tmp_path / "s.png", sheet_of_tiles(n, tile, columns))
    found = finish(read_sprites(tmp_path / "s.png", n, None))
    assert found.sheet is not None
    assert found.sheet.tile == tile


def test_a_sheet_that_does_not_divide_is_a_problem(tmp_path: Path) -> None:
    found = sheet_in(tmp_path, (31, 17), 1000, None)
    assert found.sheet is None
    assert "single_image_dim" in found.problems[0].what


def test_points_without_a_picture_get_a_transparent_one(tmp_path: Path) -> None:
    found = sheet_in(tmp_path, (30, 12), 20, (6, 6))
    assert found.sheet is not None
    assert found.sheet.n == 20
    assert found.sheet.picture(9)[..., 3].min() == 255
    assert found.sheet.tiles([19]).shape == (1, 6, 6, 4)
    assert found.sheet.tiles([19]).max() == 0
    assert "10 pictures for 20 points" in found.problems[0].what


def test_many_points_do_not_blow_a_sheet_up(tmp_path: Path) -> None:
    found = sheet_in(tmp_path, (1000, 1000), 1_000_000, (1000, 1000))
    assert found.sheet is not None
    assert found.sheet.n_bytes == 1_000_000


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "s.png").write_bytes(b"hello")
    found = finish(read_sprites(tmp_path / "s.png", 3, None))
    assert found.sheet is None
    assert "no picture" in found.problems[0].what


def pictures_of(sheet: SpriteSheet, n: int) -> ByteArray:
    return sheet.tiles(range(n))[..., 0]


@pytest.mark.parametrize("stated", [(8, 8), None])
def test_numbered_sheets_hold_the_points_one_after_the_other(
    tmp_path: Path, stated: tuple[int, int] | None
) -> None:
    whole = sheet_of_tiles(300, (8, 8), 10)
    for i in range(3):
        write_png(tmp_path / f"sprite_{i}.png", whole[i * 80 : (i + 1) * 80])
    found = finish(read_sprites(tmp_path / "sprite_0.png", 300, stated))
    assert found.sheet is not None
    assert found.problems == ()
    oracle = whole.reshape(30, 8, 10, 8).swapaxes(1, 2).reshape(300, 8, 8)
    assert np.array_equal(pictures_of(found.sheet, 300), oracle)


def test_sheets_padded_with_empty_cells_keep_every_picture_with_its_point(tmp_path: Path) -> None:
    oracle = []
    for i in range(3):
        part = sheet_of_tiles(7, (8, 8), 3) // (i + 1)
        write_png(tmp_path / f"part{i + 1:02}.png", part)
        oracle.append(part.reshape(3, 8, 3, 8).swapaxes(1, 2).reshape(9, 8, 8)[:7])
    found = finish(read_sprites(tmp_path / "part01.png", 21, (8, 8)))
    assert found.sheet is not None
    assert np.array_equal(pictures_of(found.sheet, 21), np.concatenate(oracle))


def test_a_list_of_sheets_may_differ_in_width_and_color(tmp_path: Path) -> None:
    gray, color = sheet_of_tiles(6, (8, 8), 3), noise(8, 40, 3)
    write_png(tmp_path / "a.png", gray)
    write_png(tmp_path / "b.png", color)
    found = finish(read_sprites([tmp_path / "a.png", tmp_path / "b.png"], 11, (8, 8)))
    assert found.sheet is not None
    assert np.array_equal(found.sheet.picture(4)[..., 1], gray[8:16, 8:16])
    assert np.array_equal(found.sheet.picture(10)[..., :3], color[:, 32:40])
    assert found.sheet.picture(4)[..., 3].min() == 255
