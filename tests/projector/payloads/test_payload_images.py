"""Images and their headers; samples that have a tag each are one family."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.embeddings.png import write_png
from projector.errors import Unreadable
from projector.logs.messages import plugins_pb2, summary_pb2
from projector.logs.payloads import describe_payload
from projector.logs.payloads.families import audio_groups, image_groups
from projector.logs.payloads.image_headers import parse_image_header
from projector.logs.payloads.images import read_images
from tests.projector.payloads.points import points, tensor, texts

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII5B", 13, b"IHDR", 28, 20, 8, 2, 0, 0, 0)
APP0 = b"\xff\xe0\x00\x10JFIF\x00" + bytes(9)
JPEG = b"\xff\xd8" + APP0 + b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, 20, 28, 3)
BMP = b"BM" + bytes(12) + struct.pack("<Iii", 40, 28, -20)
OLD_BMP = b"BM" + bytes(12) + struct.pack("<IHH", 12, 28, 20)
FRAME = b"\x2c" + struct.pack("<4HB", 0, 0, 28, 20, 0) + b"\x02\x02ab\x00"
EXTENSION = b"\x21\xf9\x04" + bytes(4) + b"\x00"
GIF = (
    b"GIF89a" + struct.pack("<HHBBB", 28, 20, 0x80, 0, 0) + bytes(6) + 3 * (EXTENSION + FRAME)
) + b";"
VP8X = b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + b"\x1b\0\0" + b"\x13\0\0"
VP8L = b"RIFF" + bytes(4) + b"WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 27 | 19 << 14)
VP8 = b"RIFF" + bytes(4) + b"WEBPVP8 " + bytes(10) + struct.pack("<HH", 28, 20)


@pytest.mark.parametrize(
    ("encoded", "form", "n_frames"),
    [
        (PNG, "PNG", 1),
        (JPEG, "JPEG", 1),
        (BMP, "BMP", 1),
        (OLD_BMP, "BMP", 1),
        (GIF, "GIF", 3),
        (VP8X, "WebP", 1),
        (VP8L, "WebP", 1),
        (VP8, "WebP", 1),
    ],
)
def test_a_header_tells_format_and_size(encoded: bytes, form: str, n_frames: int) -> None:
    assert parse_image_header(encoded) == (form, 28, 20, n_frames)


@given(st.sampled_from([PNG, JPEG, BMP, GIF, VP8X, VP8L, VP8]), st.data())
def test_a_header_cut_short_or_changed_does_no_harm(encoded: bytes, data: st.DataObject) -> None:
    changed = bytearray(encoded[: data.draw(st.integers(0, len(encoded)))])
    for _ in range(min(3, len(changed))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    header = parse_image_header(bytes(changed))
    assert header.width >= 0
    assert header.height >= 0
    assert 1 <= header.n_frames <= 1 + len(changed)


def test_filling_bytes_are_not_walked_without_end() -> None:
    assert parse_image_header(b"\xff\xd8" + b"\xff" * 50_000) == ("JPEG", 0, 0, 1)


@given(st.binary(max_size=200))
def test_no_picture_has_no_format(encoded: bytes) -> None:
    assert parse_image_header(b"?" + encoded) == ("", 0, 0, 1)


def test_images_keep_what_was_told_and_what_is_true(tmp_path: Path) -> None:
    series = points(tmp_path, "images", texts(b"64", b"16", PNG, JPEG, b"nothing"))
    images = read_images(series, 0)
    assert (images.width, images.height, len(images)) == (64, 16, 3)
    assert [header.format for header in images.headers] == ["PNG", "JPEG", ""]
    assert images.encoded == (PNG, JPEG, b"nothing")
    assert describe_payload(series, 0) == "PNG 28 x 20, 3 samples"


def test_an_animation_is_described_with_its_frames(tmp_path: Path) -> None:
    series = points(tmp_path, "images", texts(b"28", b"20", GIF))
    assert describe_payload(series, 0) == "GIF 28 x 20, 3 frames, 1 sample"


@pytest.mark.parametrize("told", [b"", b"-4", b"wide", b"9" * 5000, b"\xb2"])
def test_a_size_that_is_no_number_is_unknown(tmp_path: Path, told: bytes) -> None:
    series = points(tmp_path, "images", texts(told, b"16", PNG))
    assert read_images(series, 0).width == -1


def test_an_old_image_is_one_sample(tmp_path: Path) -> None:
    old = summary_pb2.Summary.Image(height=20, width=28, colorspace=3, encoded_image_string=PNG)
    images = read_images(points(tmp_path, "images", old.SerializeToString(), field=4), 0)
    assert (images.width, images.height, images.encoded) == (28, 20, (PNG,))


def test_a_picture_of_our_own_is_known(tmp_path: Path) -> None:
    write_png(tmp_path / "own.png", np.zeros((5, 7, 4), np.uint8))
    encoded = (tmp_path / "own.png").read_bytes()
    assert parse_image_header(encoded)[:3] == ("PNG", 7, 5)


def test_images_of_another_version_are_not_read(tmp_path: Path) -> None:
    content = plugins_pb2.ImagePluginData(version=1).SerializeToString()
    series = points(tmp_path, "images", texts(b"1", b"1", PNG), content=content)
    with pytest.raises(Unreadable, match="version 1"):
        read_images(series, 0)


@pytest.mark.parametrize("payload", [texts(b"1"), tensor([1.0, 2.0], "f4"), b"\xff", tensor(b"1")])
def test_what_is_no_image_is_said_to_be_none(tmp_path: Path, payload: bytes) -> None:
    with pytest.raises(Unreadable, match="tag at step 0 can't be read"):
        read_images(points(tmp_path, "images", payload), 0)


def test_old_samples_of_one_name_are_a_family(tmp_path: Path) -> None:
    tags = ["a/image/10", "a/image/2", "b/image", "c/image/0", "d", "e/image/x", "a/b/image/0"]
    old = [points(tmp_path, "images", b"x", field=4, tag=tag) for tag in tags]
    new = [points(tmp_path, "images", b"x", tag="n/image/0")]
    found = {one.name: [s.tag for s in one.members] for one in image_groups(old + new)}
    assert found == {
        "a": ["a/image/2", "a/image/10"],
        "b": ["b/image"],
        "c": ["c/image/0"],
        "d": ["d"],
        "e/image/x": ["e/image/x"],
        "a/b": ["a/b/image/0"],
        "n/image/0": ["n/image/0"],
    }


def test_families_do_not_reach_across_runs(tmp_path: Path) -> None:
    series = [
        points(tmp_path, "audio", b"x", field=6, tag=f"a/audio/{k}", run=run)
        for run in "rs"
        for k in range(2)
    ]
    assert [(one.run, len(one.members)) for one in audio_groups(series)] == [("r", 2), ("s", 2)]
