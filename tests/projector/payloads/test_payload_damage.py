"""Whatever lies in a file, a payload is read or there is a sentence, and memory stays bounded."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.errors import ProjectorError, Unreadable
from projector.logs.messages import event_pb2, run_metadata_pb2, tensor_pb2
from projector.logs.payloads import PAYLOADS, describe_payload
from projector.logs.series import Series
from tests.projector.payloads.points import points, tensor, texts
from tests.projector.payloads.test_payload_audio import clip
from tests.projector.payloads.test_payload_graphs import two_nodes
from tests.projector.payloads.test_payload_images import GIF, JPEG, PNG
from tests.projector.payloads.test_payload_keras import NESTED
from tests.projector.payloads.test_payload_layouts import message

MOST_BYTES = 64 << 20
FIELDS = (0, 4, 5, 6, 8, 104, 108, 109)
CONTENTS = (b"", b"1", b"{}", b"\x08\x00", b"\x12\x01m\x18\x01", b"\x18\x02", b"\x18\x03")
DTYPES = (0, 1, 2, 3, 4, 7, 9, 10, 14, 19, 23, 24, 29, 107)

relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def bounded() -> Iterator[None]:
    """No more than MOST_BYTES are taken at once inside."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES


def is_described_or_told(series: Series) -> bool:
    """Whether the point is described, or an error names its tag."""
    try:
        return bool(describe_payload(series, 0))
    except ProjectorError as error:
        text = str(error)
        return isinstance(error, Unreadable) and text.startswith("tag ") and text.endswith(".")


@st.composite
def tensors(draw: st.DrawFn) -> bytes:
    """Tensors whose shape says anything, with few values in any field."""
    small = st.integers(0, 6) | st.sampled_from([1 << 10, 1 << 19, 1 << 27, 1 << 40, -1])
    proto = tensor_pb2.TensorProto(dtype=draw(st.sampled_from(DTYPES)))
    for size in draw(st.lists(small, max_size=4)):
        proto.tensor_shape.dim.add(size=size)
    proto.tensor_content = draw(st.binary(max_size=24) | st.just(b""))
    proto.float_val.extend(draw(st.lists(st.floats(width=32), max_size=1)))
    proto.double_val.extend(draw(st.lists(st.floats(), max_size=1)))
    proto.int_val.extend(draw(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=1)))
    strings = st.sampled_from([b"", b"7", b"\0\xff", PNG, clip(frames=bytes(8)), b"\x0a\x02\x0a"])
    proto.string_val.extend(draw(st.lists(strings, max_size=4)))
    return proto.SerializeToString()


@pytest.mark.parametrize("plugin", PAYLOADS)
@relaxed
@given(
    data=st.binary(max_size=300) | tensors(),
    field=st.sampled_from(FIELDS),
    content=st.sampled_from(CONTENTS) | st.binary(max_size=20),
)
def test_random_bytes_are_described_or_told(
    tmp_path: Path, plugin: str, data: bytes, field: int, content: bytes
) -> None:
    with bounded():
        assert is_described_or_told(points(tmp_path, plugin, data, field=field, content=content))


def sound() -> dict[str, tuple[bytes, int, bytes]]:
    """Plugin to a sound payload, its field and its metadata."""
    metadata = run_metadata_pb2.RunMetadata()
    metadata.function_graphs.add(pre_optimization_graph=two_nodes())
    metadata.step_stats.dev_stats.add(device=b"cpu").node_stats.add(node_name=b"a")
    trace = metadata.SerializeToString()
    tagged = event_pb2.TaggedRunMetadata(run_metadata=trace).SerializeToString()
    graph = two_nodes().SerializeToString()
    model = json.dumps(NESTED).encode()
    return {
        "histograms": (tensor(np.arange(30.0).reshape(10, 3)), 8, b""),
        "images": (texts(b"8", b"9", PNG, GIF, JPEG), 8, b""),
        "audio": (texts(clip(frames=bytes(64))), 8, b""),
        "text": (tensor(np.array([[b"a", b"b"]], object)), 8, b""),
        "mesh": (tensor(np.ones((1, 4, 3), np.float32)), 8, b"\x12\x01m\x18\x01"),
        "custom_scalars": (message("A", "x"), 8, b""),
        "graphs": (graph, 104, b""),
        "graph_keras_model": (tensor(model), 8, b"1"),
        "graph_run_metadata": (tensor([trace]), 8, b"1"),
        "graph_run_metadata_graph": (tensor([trace]), 8, b"1"),
        "graph_tagged_run_metadata": (tagged, 108, b""),
    }


@pytest.mark.parametrize("plugin", PAYLOADS)
def test_sound_payloads_are_described(tmp_path: Path, plugin: str) -> None:
    data, field, content = sound()[plugin]
    assert describe_payload(points(tmp_path, plugin, data, field=field, content=content), 0)


@pytest.mark.parametrize("plugin", PAYLOADS)
@relaxed
@given(draw=st.data())
def test_changed_bytes_are_described_or_told(tmp_path: Path, plugin: str, draw: Any) -> None:
    data, field, content = sound()[plugin]
    changed = bytearray(
        data[: draw.draw(st.integers(len(data) // 2, len(data)) | st.just(len(data)))]
    )
    for at, value in draw.draw(
        st.lists(st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 255)), max_size=4)
    ):
        changed[at] = value
    series = points(tmp_path, plugin, bytes(changed), field=field, content=content)
    with bounded():
        assert is_described_or_told(series)


@pytest.mark.parametrize("plugin", PAYLOADS)
def test_a_file_that_has_shrunk_is_told(tmp_path: Path, plugin: str) -> None:
    data, field, content = sound()[plugin]
    series = points(tmp_path, plugin, data, field=field, content=content)
    (tmp_path / "tag.bin").write_bytes(data[:-3])
    with pytest.raises(Unreadable, match=r"tag at step 0 can't be read: .* became shorter"):
        PAYLOADS[plugin](series, 0)


def test_other_plugins_are_described_by_their_tensors(tmp_path: Path) -> None:
    assert describe_payload(points(tmp_path, "tensor", tensor([1.5], "f4")), 0) == (
        "float32 of shape [1]"
    )
    assert describe_payload(points(tmp_path, "npmi", texts(b"a", b"b")), 0) == "texts of shape [2]"
    at = np.array([3])
    scalar = Series(".", "tag", "scalars", at, at * 1.0, values=np.array([0.25]))
    assert describe_payload(scalar, 0) == "0.25"
