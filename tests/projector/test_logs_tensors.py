"""Tensors in event files, against numpy and protobuf."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projector.errors import Unreadable
from projector.logs import dtypes
from projector.logs.messages import summary_pb2, tensor_pb2
from projector.logs.numbers.kernels import number_in_tensor
from projector.logs.tensors import parse_tensor

PLAIN = (1, 2, 3, 4, 5, 6, 8, 9, 17, 18, 19, 22, 23)


def tensor(dtype: int, shape: tuple[int, ...] = (), **fields: Any) -> bytes:
    dims = [tensor_pb2.TensorShapeProto.Dim(size=size) for size in shape]
    message = tensor_pb2.TensorProto(
        dtype=dtype, tensor_shape=tensor_pb2.TensorShapeProto(dim=dims), **fields
    )
    return message.SerializeToString()


@pytest.mark.parametrize("dtype", PLAIN)
def test_raw_content_is_what_numpy_reads(dtype: int) -> None:
    raw = np.arange(6).astype(dtypes.RAW[dtype]).reshape(2, 3)
    found = parse_tensor(tensor(dtype, (2, 3), tensor_content=raw.tobytes()))
    np.testing.assert_array_equal(found, raw)
    assert found.dtype == raw.dtype


@pytest.mark.parametrize(
    ("dtype", "fields", "expected"),
    [
        (1, {"float_val": [1.5, -2.0]}, [1.5, -2.0]),
        (2, {"double_val": [1e300, -2.0]}, [1e300, -2.0]),
        (3, {"int_val": [7, -8]}, [7, -8]),
        (4, {"int_val": [7, 255]}, [7, 255]),
        (4, {"uint32_val": [7, 200]}, [7, 200]),
        (9, {"int64_val": [2**62, -1]}, [2**62, -1]),
        (10, {"bool_val": [True, False]}, [True, False]),
        (22, {"uint32_val": [1, 2**32 - 1]}, [1, 2**32 - 1]),
        (23, {"uint64_val": [1, 2**64 - 1]}, [1, 2**64 - 1]),
        (19, {"half_val": [0x3C00, 0xC000]}, [1.0, -2.0]),
        (14, {"half_val": [0x3F80, 0xC000]}, [1.0, -2.0]),
        (19, {"half_val": [0x3F800000, 0x40200000]}, [1.0, 2.5]),
        (8, {"scomplex_val": [1, 2, 3, 4]}, [1 + 2j, 3 + 4j]),
        (18, {"dcomplex_val": [1, 2, 3, 4]}, [1 + 2j, 3 + 4j]),
        (25, {"float8_val": b"\x38\xb8"}, [1.0, -1.0]),
        (7, {"string_val": [b"a", b"\xff"]}, [b"a", b"\xff"]),
        (101, {"float_val": [1.5, -2.0]}, [1.5, -2.0]),
    ],
)
def test_typed_fields_hold_the_elements(
    dtype: int, fields: dict[str, Any], expected: list[Any]
) -> None:
    assert parse_tensor(tensor(dtype, (2,), **fields)).tolist() == expected


def test_one_element_fills_the_shape() -> None:
    assert parse_tensor(tensor(1, (2, 2), float_val=[3])).tolist() == [[3, 3], [3, 3]]


def test_missing_elements_repeat_the_last() -> None:
    assert parse_tensor(tensor(3, (4,), int_val=[1, 2])).tolist() == [1, 2, 2, 2]


def test_no_elements_are_zeros() -> None:
    assert parse_tensor(tensor(2, (2,))).tolist() == [0, 0]
    assert parse_tensor(tensor(7, (2,))).tolist() == [b"", b""]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(tensor(1, (2,), float_val=[1, 2, 3]), id="too many"),
        pytest.param(tensor(1, (3,), tensor_content=b"12345678"), id="too few bytes"),
        pytest.param(tensor(1, (1,), tensor_content=b"123"), id="part of an element"),
        pytest.param(tensor(1, (-1,)), id="unknown size"),
        pytest.param(tensor(1, (1 << 40,), float_val=[1]), id="huge"),
        pytest.param(tensor(1, (1 << 40, 1 << 40), float_val=[1, 2]), id="huge twice"),
        pytest.param(tensor(1, (0, 1 << 62, 1 << 62)), id="huge but empty"),
        pytest.param(tensor(1, (1,) * 100, float_val=[1]), id="too many axes"),
        pytest.param(tensor(0, (1,)), id="no type"),
        pytest.param(tensor(20, ()), id="resource"),
        pytest.param(b"\xff\xff\xff", id="no message"),
    ],
)
def test_impossible_tensors_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"\.$"):
        parse_tensor(data)


@pytest.mark.parametrize(
    ("dtype", "code", "value"),
    [
        (24, 0x7B, 57344.0),
        (25, 0x7E, 448.0),
        (25, 0x01, 2.0**-9),
        (26, 0x7F, 240.0),
        (27, 0x7F, 30.0),
        (28, 0x7F, 57344.0),
        (33, 0x07, 6.0),
    ],
)
def test_small_floats_follow_their_definition(dtype: int, code: int, value: float) -> None:
    found = parse_tensor(tensor(dtype, (1,), tensor_content=bytes([code])))
    assert found.tolist() == [value]


INTEGERS = st.integers(-(2**31), 2**31 - 1)
TENSORS = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(sorted(dtypes.TYPED_FIELD)),
        "shape": st.sampled_from([(), (1,), (2,), (1, 1), (0,)]),
    },
    optional={
        "tensor_content": st.binary(max_size=9),
        "float_val": st.lists(st.floats(width=32), max_size=2),
        "double_val": st.lists(st.floats(), max_size=2),
        "int_val": st.lists(INTEGERS, max_size=2),
        "half_val": st.lists(INTEGERS, max_size=2),
        "bool_val": st.lists(st.booleans(), max_size=2),
        "int64_val": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=2),
        "uint32_val": st.lists(st.integers(0, 2**32 - 1), max_size=2),
        "uint64_val": st.lists(st.integers(0, 2**64 - 1), max_size=2),
        "float8_val": st.binary(max_size=2),
    },
)


@given(TENSORS)
@settings(deadline=None, max_examples=400)
@example({"dtype": 10, "shape": (), "tensor_content": b"\x05"})
@example({"dtype": 14, "shape": (1,), "tensor_content": b"\x80\x3f"})
def test_the_kernel_finds_a_number_where_the_tensor_has_one(parts: dict[str, Any]) -> None:
    data = tensor(**parts)
    is_sound, is_number, value = number_in_tensor(np.frombuffer(data, np.uint8), 0, len(data))
    assert is_sound
    try:
        whole = parse_tensor(data)
    except Unreadable:
        assert not is_number or has_several_integer_fields(parts)
        return
    has_number = whole.size == 1 and whole.dtype.kind in "fiub"
    if has_several_integer_fields(parts):
        return
    assert is_number == has_number
    if is_number:
        np.testing.assert_array_equal(value, np.float64(whole.item()))


def has_several_integer_fields(parts: dict[str, Any]) -> bool:
    """No writer does this, and nothing says which of them should count."""
    return sum(bool(parts.get(field)) for field in dtypes.INTEGER_FIELDS) > 1


@given(st.binary(max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_bytes_are_a_tensor_or_refused(data: bytes) -> None:
    number_in_tensor(np.frombuffer(data, np.uint8), 0, len(data))
    with contextlib.suppress(Unreadable):
        parse_tensor(data)


def test_metadata_classes_have_tensorboards_numbers() -> None:
    assert summary_pb2.DATA_CLASS_BLOB_SEQUENCE == 3
