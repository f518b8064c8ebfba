"""Values of the attributes of a graph's nodes."""

from __future__ import annotations

from typing import Any, TypeAlias

from google.protobuf.message import DecodeError

from projector.errors import Unreadable
from projector.logs.messages import graph_pb2
from projector.logs.payloads.content import plain

AttributeValue: TypeAlias = "bool | int | float | str | tuple[AttributeValue, ...] | None"

_DTYPES = (
    *("invalid", "float", "double", "int32", "uint8", "int16"),
    *("int8", "string", "complex64", "int64", "bool", "qint8"),
    *("quint8", "qint32", "bfloat16", "qint16", "quint16", "uint16"),
    *("complex128", "half", "resource", "variant", "uint32", "uint64"),
    *(
        "float8_e5m2",
        "float8_e4m3fn",
        "float8_e4m3fnuz",
        "float8_e4m3b11fnuz",
        "float8_e5m2fnuz",
        "int4",
    ),
    *("uint4", "int2", "uint2", "float4_e2m1fn"),
)


def dtype_name(number: int) -> str:
    """What TensorFlow calls a type, such as "float" for 1; references end in "_ref"."""
    plain_number, suffix = (number - 100, "_ref") if number > 100 else (number, "")
    if 0 <= plain_number < len(_DTYPES):
        return _DTYPES[plain_number] + suffix
    return f"type {number}"


def parse_attribute(data: bytes) -> AttributeValue:
    """The value of a serialized AttrValue; None where it holds nothing.

    Types, shapes, tensors and functions are told in words: "float", "[2, ?]", "float [2, 3]",
    the function's name. Raises Unreadable.
    """
    try:
        message = graph_pb2.AttrValue.FromString(data)
    except DecodeError as error:
        raise Unreadable("The value of the attribute is damaged.") from error
    kind = message.WhichOneof("value")
    if kind is None:
        return None
    if kind == "list":
        lists = (
            _single(field.name, one) for field, items in message.list.ListFields() for one in items
        )
        return tuple(lists)
    return _single(kind, getattr(message, kind))


def _single(kind: str, value: Any) -> AttributeValue:
    match kind:
        case "s" | "placeholder":
            return plain(value)
        case "type":
            return dtype_name(value)
        case "shape":
            return shape_text(value)
        case "tensor":
            return f"{dtype_name(value.dtype)} {shape_text(value.tensor_shape)}"
        case "func":
            return plain(value.name)
    number: bool | int | float = value
    return number


def shape_text(shape: Any) -> str:
    """A TensorShapeProto in words: "[2, ?]", "[]" for a single value, "?" for any shape."""
    if shape.unknown_rank:
        return "?"
    return f"[{', '.join('?' if dim.size < 0 else str(dim.size) for dim in shape.dim)}]"
