"""Single points made by hand, as the folder reader would hand them over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from projector.logs.messages import tensor_pb2
from projector.logs.series import Metadata, Payloads, Series

TENSOR = 8


def tensor(values: Any, dtype: Any = None) -> bytes:
    """The TensorProto of numbers or bytes."""
    array = np.asarray(values, dtype)
    numbers = {"f4": 1, "f8": 2, "i4": 3, "u1": 4, "i8": 9}
    message = tensor_pb2.TensorProto(dtype=7)
    for size in array.shape:
        message.tensor_shape.dim.add(size=size)
    if array.dtype.kind in "OS":
        message.string_val.extend(array.ravel().tolist())
    else:
        message.dtype = numbers[array.dtype.str[1:]]
        message.tensor_content = array.tobytes()
    return message.SerializeToString()


def texts(*items: bytes) -> bytes:
    """The TensorProto of one row of strings."""
    array = np.empty(len(items), object)
    array[:] = items
    return tensor(array)


def points(
    folder: Path,
    plugin: str,
    *payloads: bytes,
    field: int = TENSOR,
    content: bytes = b"",
    tag: str = "tag",
    steps: list[int] | None = None,
    run: str = ".",
) -> Series:
    """A series whose payloads are these messages, at steps 0, 1, 2 ... where none are given."""
    n = len(payloads)
    path = folder / f"{tag.replace('/', '_')}.bin"
    path.write_bytes(b"".join(payloads))
    lengths = np.array([len(one) for one in payloads], np.int64)
    where = Payloads(
        (path,),
        np.zeros(n, np.int32),
        np.cumsum(lengths) - lengths,
        lengths,
        np.full(n, field, np.uint8),
    )
    at = np.array(steps if steps is not None else range(n), np.int64)
    return Series(run, tag, plugin, at, at.astype(float), Metadata(plugin, content), payloads=where)
