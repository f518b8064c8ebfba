"""Images as they were encoded, several samples a step; their headers tell format and size."""

from __future__ import annotations

from dataclasses import dataclass

from projector.logs.messages import plugins_pb2
from projector.logs.payloads.content import counted, parse_content, read_strings, unreadable
from projector.logs.payloads.image_headers import ImageHeader, parse_image_header
from projector.logs.series import Series

_MOST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Images:
    """The samples of one step, encoded; `headers[j]` says what `encoded[j]` is.

    width, height: pixels, as the writer told; -1 where that was no number. The headers tell the
    truth: a picture may be larger, or no picture.
    """

    width: int
    height: int
    encoded: tuple[bytes, ...]
    headers: tuple[ImageHeader, ...]

    def __len__(self) -> int:
        return len(self.encoded)


def read_images(series: Series, i: int) -> Images:
    """The images of point i, not decoded. Raises Unreadable."""
    parse_content(series, i, plugins_pb2.ImagePluginData)
    strings = read_strings(series, i)
    if strings.ndim != 1 or len(strings) < 2:
        shape = list(strings.shape)
        what = f"its shape is {shape} where width, height and pictures were expected."
        raise unreadable(series, i, what)
    width, height, *encoded = strings.tolist()
    headers = tuple(parse_image_header(one) for one in encoded)
    return Images(_parse_number(width), _parse_number(height), tuple(encoded), headers)


def _parse_number(digits: bytes) -> int:
    is_number = digits.isdigit() and len(digits) <= _MOST_DIGITS
    return int(digits) if is_number else -1


def describe_images(images: Images) -> str:
    """Such as "PNG 28 x 28, 3 samples"."""
    if not images.headers:
        return "no pictures"
    first = images.headers[0]
    what = f"{first.format} {first.width} x {first.height}" if first.format else "no known format"
    if first.n_frames > 1:
        what += f", {counted(first.n_frames, 'frame')}"
    return f"{what}, {counted(len(images), 'sample')}"
