"""Records with large payloads are read only in part, and say the same as if read whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from projector.logs import columns, long_record, scan
from projector.logs.messages import event_pb2, summary_pb2, tensor_pb2
from projector.logs.records import framed
from projector.logs.scan import FileScan
from tests.projector.file_scans import assert_same, scanned

many = settings(
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def value(tag: str, size: int, kind: str, text: bytes) -> summary_pb2.Summary.Value:
    made = summary_pb2.Summary.Value(tag=tag)
    if kind == "image":
        made.image.encoded_image_string = b"i" * size
    elif kind == "text":
        made.tensor.CopyFrom(tensor_pb2.TensorProto(dtype=7, string_val=[b"t" * size, b""]))
    elif kind == "number":
        made.tensor.CopyFrom(tensor_pb2.TensorProto(dtype=1, float_val=[size]))
    elif kind == "simple":
        made.simple_value = size
    if text:
        made.metadata.plugin_data.plugin_name = "p"
        made.metadata.plugin_data.content = text
    return made


SIZES = st.one_of(st.integers(0, 20), st.integers(0, 3000))
VALUES = st.builds(
    value,
    st.text(max_size=3) | st.just("long" * 60),
    SIZES,
    st.sampled_from(["image", "text", "number", "simple", "none"]),
    st.one_of(st.just(b""), st.integers(1, 600).map(lambda n: b"m" * n)),
)
SUMMARIES = st.lists(VALUES, max_size=6).map(lambda some: summary_pb2.Summary(value=some))
EVENTS = st.one_of(
    st.builds(lambda s: event_pb2.Event(wall_time=5, step=7, summary=s), SUMMARIES),
    SIZES.map(lambda n: event_pb2.Event(graph_def=b"g" * n)),
    SIZES.map(lambda n: event_pb2.Event(meta_graph_def=b"g" * n, step=2)),
    SIZES.map(
        lambda n: event_pb2.Event(
            tagged_run_metadata=event_pb2.TaggedRunMetadata(tag="run", run_metadata=b"r" * n)
        )
    ),
    SIZES.map(lambda n: event_pb2.Event(session_log=event_pb2.SessionLog(status=1, msg="m" * n))),
).map(lambda event: event.SerializeToString())
LATE_TIMES = st.tuples(EVENTS, st.integers(0, 2**40)).map(
    lambda pair: pair[0] + event_pb2.Event(wall_time=pair[1], step=pair[1]).SerializeToString()
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    payload = bytearray(draw(EVENTS | LATE_TIMES))
    for _ in range(draw(st.integers(1, 4)) if payload else 0):
        payload[draw(st.integers(0, len(payload) - 1))] = draw(st.integers(0, 255))
    return bytes(payload)


FILES = st.lists(
    st.one_of(EVENTS, LATE_TIMES, damaged()).map(framed) | st.binary(max_size=20), max_size=8
).map(b"".join)


def poisoned(n: int, kind: type) -> NDArray[Any]:
    """Bytes that spoil the result wherever one is looked at that was not read."""
    return np.full(n, 0xA5, kind)


@given(FILES, st.sampled_from([30, 100, 1000]), st.sampled_from([16, 64, 1 << 18]))
@many
def test_long_records_say_the_same_as_if_read_whole(
    tmp_path: Path, data: bytes, longest: int, piece: int
) -> None:
    path = tmp_path / "tfevents"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "LONG", 1 << 40)
        whole = scanned(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "LONG", longest)
        patch.setattr(scan, "PIECE", piece)
        patch.setattr(scan, "_SMALL_PIECE", 16)
        patch.setattr(long_record, "_HEAD_BYTES", 8)
        patch.setattr(long_record, "_MOST_BYTES", max(24, piece))
        patch.setattr(long_record, "empty", poisoned)
        assert_same(scanned(path), whole)


def test_the_time_behind_a_damaged_summary_is_told(tmp_path: Path) -> None:
    damage = b"\x2a\x02\x0a\x7f"
    graph = event_pb2.Event(graph_def=b"g" * (1 << 20)).SerializeToString()
    time = event_pb2.Event(wall_time=77).SerializeToString()
    timeless = event_pb2.Event(wall_time=np.nan, graph_def=b"g").SerializeToString()
    path = tmp_path / "tfevents"
    path.write_bytes(framed(damage + graph + time) + framed(timeless))
    found = scanned(path)
    assert found.rows.wall_times.tolist() == [77]
    assert len(found.problems) == 1


def image_log(folder: Path, n: int, n_bytes: int) -> Path:
    """n steps of an image, a scalar and a text."""
    path = folder / "tfevents"
    with path.open("wb") as file:
        for step in range(n):
            some = [value("i", n_bytes, "image", b"m"), value("s", step, "simple", b"")]
            for one in (*some, value("t", 5, "text", b"")):
                summary = summary_pb2.Summary(value=[one])
                event = event_pb2.Event(wall_time=step, step=step, summary=summary)
                file.write(framed(event.SerializeToString()))
    return path


def test_payloads_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = image_log(tmp_path, 50, 1 << 18)
    n_read = 0

    class Counted(scan.io.FileIO):  # type: ignore[name-defined, misc]
        def readinto(self, buffer: Any) -> int:
            nonlocal n_read
            n = super().readinto(buffer) or 0
            n_read += n
            return n

    monkeypatch.setattr(Path, "open", lambda self, *_args, **_how: Counted(self, "rb"))
    found = scanned(path)
    assert len(found.rows.tags) == 150
    assert found.blobs.lengths[0] > 1 << 18
    assert n_read < path.stat().st_size // 20


def test_a_long_record_is_checked_when_all_are_verified(tmp_path: Path) -> None:
    path = image_log(tmp_path, 3, 1 << 15)
    data = bytearray(path.read_bytes())
    data[1 << 14] ^= 1
    path.write_bytes(data)
    assert scanned(path).problems == ()
    (problem,) = scanned(path, verify=True).problems
    assert "checksum" in problem.what
    assert problem.offset == 0


def test_a_long_record_that_is_still_being_written_waits(tmp_path: Path) -> None:
    path = image_log(tmp_path, 3, 1 << 15)
    whole = scanned(path)
    data = path.read_bytes()
    ends = whole.blobs.offsets[::2]  # of the images
    path.write_bytes(data[: ends[2] + 100])
    part = scanned(path)
    assert len(part.rows.tags) == 6
    assert part.read_to < ends[2]
    path.write_bytes(data)
    assert_same(scanned(path, part), whole)


def test_a_length_that_lies_is_not_believed_nor_made_room_for(tmp_path: Path) -> None:
    path = tmp_path / "tfevents"
    header = framed_header((1 << 31) - 1)
    path.write_bytes(header + b"?" * 100)
    found = scanned(path)
    assert found.read_to == 0
    assert found.problems == ()


def framed_header(length: int) -> bytes:
    from projector.logs.records import masked_crc

    data = length.to_bytes(8, "little")
    return data + masked_crc(data).to_bytes(4, "little")


def test_a_long_record_that_shrinks_away_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "BLOCK", 1)
    monkeypatch.setattr(scan, "LONG", 100)
    monkeypatch.setattr(long_record, "_HEAD_BYTES", 8)
    monkeypatch.setattr(scan, "PIECE", 16)
    path = image_log(tmp_path, 3, 1 << 15)
    reading = FileScan(path)
    reading.advance()
    path.write_bytes(b"")
    while not reading.is_done:
        reading.advance()
    assert len(reading.finish().rows.tags) == 0


def test_thousands_of_values_in_a_long_record(tmp_path: Path) -> None:
    some = [value(f"t{i}", i, "simple", b"m" if i % 2 else b"") for i in range(20000)]
    event = event_pb2.Event(wall_time=1, summary=summary_pb2.Summary(value=some))
    path = tmp_path / "tfevents"
    path.write_bytes(framed(event.SerializeToString()))
    found = scanned(path)
    np.testing.assert_array_equal(found.rows.values, np.arange(20000))
    assert found.metadata[:2] == (None, b"\n\x06\n\x01p\x12\x01m")
    assert (found.rows.kinds == columns.NUMBER).all()
