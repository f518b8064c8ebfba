"""What all plugins' payloads share: the version in the tag's metadata, and bounded tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from projector.errors import Unreadable
from projector.logs.series import Series
from projector.logs.tensors import read_tensor

MOST_MADE_UP = 1 << 20
"""A few stored values may stand for a whole tensor, but for no more than this many elements."""


def unreadable(series: Series, i: int, what: str) -> Unreadable:
    """The error that names the tag and step; `what` ends the sentence."""
    return Unreadable(f"{series.tag} at step {int(series.steps[i])} can't be read: {what}")


def parse_content(series: Series, i: int, message_class: Any) -> Any:
    """The content of the tag's metadata as that message, which has a `version`.

    Nothing and the two bytes "{}" stand for the defaults. Raises Unreadable where it is damaged
    or of a version other than 0.
    """
    content = series.metadata.content
    try:
        message = message_class.FromString(b"" if content == b"{}" else content)
    except DecodeError as error:
        raise unreadable(series, i, "the metadata of the tag is damaged.") from error
    check_version(series, i, message.version)
    return message


def check_version(series: Series, i: int, version: int) -> None:
    """Raises Unreadable unless the version is 0, the only one there is."""
    if version != 0:
        what = f"it was written in version {version} of its format, and only 0 is known."
        raise unreadable(series, i, what)


def read_numbers(series: Series, i: int) -> NDArray[Any]:
    """The tensor of point i, real numbers or bools. Raises Unreadable."""
    tensor = _read_bounded(series, i)
    if tensor.dtype.kind not in "biuf":
        raise unreadable(series, i, "its values are no numbers.")
    return tensor


def read_strings(series: Series, i: int) -> NDArray[np.object_]:
    """The tensor of point i, an object array of bytes. A tensor without elements counts as one.

    Raises Unreadable.
    """
    tensor = _read_bounded(series, i)
    if tensor.dtype != object:
        if tensor.size:
            raise unreadable(series, i, "its values are numbers where texts were expected.")
        return np.empty(tensor.shape, object)
    return tensor


def read_blob(series: Series, i: int) -> bytes:
    """The only or first string of point i. Raises Unreadable, also where there is none."""
    strings = read_strings(series, i)
    if not strings.size:
        raise unreadable(series, i, "it is empty.")
    blob: bytes = strings.flat[0]  # type: ignore[assignment]
    return blob


def _read_bounded(series: Series, i: int) -> NDArray[Any]:
    tensor = read_tensor(series, i)
    stored = int(series.payloads.lengths[i]) if series.payloads else 0
    if tensor.size > max(MOST_MADE_UP, stored):
        what = f"{stored:,} bytes stand for {tensor.size:,} values, which is more than is sound."
        raise unreadable(series, i, what)
    return tensor


def plain(text: bytes) -> str:
    """Text of a log: what is no UTF-8 is replaced, NUL characters are left out."""
    return text.decode("utf-8", "replace").replace("\0", "")


def counted(n: int, noun: str) -> str:
    """A number with its noun, such as "1 node", "1,024 nodes"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
