"""Payloads of event files as numpy arrays: TensorProto, and the older messages before it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from projector.errors import Unreadable
from projector.logs import dtypes
from projector.logs.messages import event_pb2, summary_pb2, tensor_pb2
from projector.logs.series import Payloads, Series

MOST_REPEATED = 1 << 26
"""A value that stands for a whole shape is repeated this often at most."""

_MOST_FILLED, _FILLED_TIMES = 1 << 16, 64
"""Where several values are stored, the last is copied: to so many values, or times as many."""


def read_tensor(series: Series, i: int) -> NDArray[Any]:
    """The value of point i: what the tag's plugin expects, whichever way it was stored.

    Scalars give a float64 of shape (). Old histograms become float64 (k, 3) of left edge, right
    edge, count; old images the strings [width, height, encoded image]; old audio the strings
    [[clip, ""]]; graphs and run metadata one string. Strings are object arrays of bytes. The
    array may be read-only. Raises Unreadable.
    """
    if series.payloads is None:
        values = series.values if series.values is not None else np.zeros(len(series))
        return np.asarray(values[i])
    try:
        value = _migrated(series.payloads, i)
    except Unreadable as error:
        step = int(series.steps[i])
        raise Unreadable(f"{series.tag} at step {step} can't be read: {error}") from error
    if series.plugin.startswith("graph") and value.ndim == 0:
        return value.reshape(1)
    return value


def parse_tensor(data: bytes) -> NDArray[Any]:
    """The array of a serialized TensorProto. bfloat16 and the 8-bit floats become float32.

    One stored element fills the whole shape, none means zeros, fewer than needed repeat the
    last. May be read-only. Raises Unreadable.
    """
    try:
        message = tensor_pb2.TensorProto.FromString(data)
    except DecodeError as error:
        raise Unreadable("the tensor is damaged.") from error
    dtype = message.dtype - 100 if message.dtype > 100 else message.dtype
    if dtype not in dtypes.TYPED_FIELD:
        raise Unreadable(f"tensors of type number {message.dtype} are not known.")
    if message.tensor_content and dtype != dtypes.STRING:
        elements = _from_content(message.tensor_content, dtype)
        return _shaped(elements, message, is_exact=True)
    return _shaped(_from_field(message, dtype), message, is_exact=False)


def _migrated(payloads: Payloads, i: int) -> NDArray[Any]:
    field = int(payloads.fields[i])
    if field == 0:
        return np.zeros(0, np.float32)
    data = payloads.read(i)
    if field == 8:
        return parse_tensor(data)
    try:
        return _parse_old_style(field, data)
    except DecodeError as error:
        raise Unreadable("the value is damaged.") from error


def _parse_old_style(field: int, data: bytes) -> NDArray[Any]:
    """A payload that is no tensor, by its field number (100 and more: fields of the event)."""
    match field:
        case 4:
            return _from_image(data)
        case 5:
            return _from_histogram(data)
        case 6:
            return _from_audio(data)
        case 108:
            return _strings(event_pb2.TaggedRunMetadata.FromString(data).run_metadata)
    return _strings(data)


def _strings(*items: bytes) -> NDArray[Any]:
    array = np.empty(len(items), object)
    array[:] = items
    return array


def _from_image(data: bytes) -> NDArray[Any]:
    image = summary_pb2.Summary.Image.FromString(data)
    size = (str(image.width).encode(), str(image.height).encode())
    return _strings(*size, image.encoded_image_string)


def _from_audio(data: bytes) -> NDArray[Any]:
    clip = summary_pb2.Summary.Audio.FromString(data).encoded_audio_string
    return _strings(clip, b"").reshape(1, 2)


def _from_histogram(data: bytes) -> NDArray[np.float64]:
    """Outer empty buckets are cut; the outermost edges are the smallest and largest value seen."""
    message = summary_pb2.HistogramProto.FromString(data)
    n = min(len(message.bucket), len(message.bucket_limit))
    counts = np.array(message.bucket[:n], np.float64)
    limits = np.array(message.bucket_limit[:n], np.float64)
    full = np.flatnonzero(counts > 0)
    if not len(full):
        return np.zeros((0, 3))
    first, last = full[0], full[-1]
    edges = np.concatenate(([message.min], limits[first:last], [message.max]))
    return np.column_stack((edges[:-1], edges[1:], counts[first : last + 1]))


def _from_content(content: bytes, dtype: int) -> NDArray[Any]:
    raw = dtypes.RAW[dtype]
    if len(content) % raw.itemsize:
        raise Unreadable(f"{len(content)} bytes are not a whole number of {raw} values.")
    return _decoded(np.frombuffer(content, raw), dtype)


def _decoded(raw: NDArray[Any], dtype: int) -> NDArray[Any]:
    """Raw elements as numbers numpy knows."""
    if dtype == dtypes.BFLOAT16:
        return (raw.astype(np.uint32) << 16).view(np.float32)
    if dtype == dtypes.BOOL:
        flags: NDArray[np.bool_] = np.not_equal(raw, 0)
        return flags
    if dtypes.IS_SMALL_FLOAT[dtype]:
        values: NDArray[np.float32] = dtypes.SMALL_FLOATS[dtype][raw]
        return values
    return raw


def _from_field(message: Any, dtype: int) -> NDArray[Any]:
    field = dtypes.TYPED_FIELD[dtype]
    stored = getattr(message, field)
    if dtype == dtypes.STRING:
        return _strings(*stored)
    if field == "float8_val":
        return _decoded(np.frombuffer(stored, np.uint8), dtype)
    if field == "half_val":
        return _from_half_val(np.array(stored, np.int64), dtype)
    if field in ("scomplex_val", "dcomplex_val"):
        part = np.float32 if dtype == dtypes.COMPLEX64 else np.float64
        return np.array(stored[: len(stored) // 2 * 2], part).view(dtypes.RAW[dtype])
    if not len(stored) and field in dtypes.INTEGER_FIELDS:
        # PyTorch puts uint8 into uint32_val
        stored = next(
            (other for f in dtypes.INTEGER_FIELDS if (other := getattr(message, f))), stored
        )
    if field in ("float_val", "double_val"):
        return np.array(stored, dtypes.RAW[dtype])
    wide = np.array(stored, np.uint64 if dtype == 23 and min(stored, default=0) >= 0 else np.int64)
    if dtype == dtypes.BOOL:  # not cut to a byte first, which 256 would not outlive
        return np.not_equal(wide, 0)
    return _decoded(wide.astype(dtypes.RAW[dtype]), dtype)


def _from_half_val(bits: NDArray[np.int64], dtype: int) -> NDArray[Any]:
    """16-bit patterns; PyTorch's add_tensor stores the patterns of 32-bit floats instead."""
    if len(bits) and (bits.min() < 0 or bits.max() > 0xFFFF):
        return (bits & 0xFFFFFFFF).astype(np.uint32).view(np.float32)
    if dtype == dtypes.BFLOAT16:
        return _decoded(bits, dtype)
    return bits.astype(np.uint16).view(np.float16)


def _shaped(elements: NDArray[Any], message: Any, is_exact: bool) -> NDArray[Any]:
    """The elements in the message's shape, the last one repeated where that is allowed."""
    if message.tensor_shape.unknown_rank:
        return elements
    shape = tuple(dim.size for dim in message.tensor_shape.dim)
    n, n_stored = math.prod(shape), len(elements)
    if min(shape, default=0) < 0 or n_stored > n or (is_exact and n_stored != n):
        raise Unreadable(f"a tensor of shape {list(shape)} can't hold {n_stored} values.")
    try:
        if n_stored == n:
            return elements.reshape(shape)
        return _repeated(elements, n, shape)
    except ValueError as error:
        raise Unreadable(f"the shape {list(shape)} is not possible.") from error


def _repeated(elements: NDArray[Any], n: int, shape: tuple[int, ...]) -> NDArray[Any]:
    is_copied = len(elements) > 1
    most = max(_MOST_FILLED, _FILLED_TIMES * len(elements)) if is_copied else MOST_REPEATED
    if n > most:
        raise Unreadable(
            f"the shape {list(shape)} holds more values than its {len(elements)} can stand for."
        )
    if is_copied:
        rest = np.broadcast_to(elements[-1:], n - len(elements))
        return np.concatenate((elements, rest)).reshape(shape)
    if len(elements) == 1:
        return np.broadcast_to(elements[0], shape)
    is_text = elements.dtype == object
    return np.broadcast_to(np.array(b"" if is_text else 0, elements.dtype), shape)
