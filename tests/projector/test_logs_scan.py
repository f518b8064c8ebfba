"""The compiled scan, against a plain protobuf loop, and on damaged files."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.logs import columns, scan
from projector.logs.kernels import LONGEST_RECORD
from projector.logs.messages import event_pb2, summary_pb2, tensor_pb2
from projector.logs.records import framed, masked_crc
from projector.logs.scan import FileColumns, FileScan

many = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def scanned(path: Path) -> FileColumns:
    reading = FileScan(path)
    while not reading.is_done:
        reading.advance()
    return reading.finish()


def event(tag: str, value: float, step: int) -> bytes:
    summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, simple_value=value)])
    return event_pb2.Event(wall_time=100.0 + step, step=step, summary=summary).SerializeToString()


def records(n: int) -> list[bytes]:
    """The version record and n scalars of two tags, whose value is their step."""
    version = event_pb2.Event(wall_time=100.0, file_version="brain.Event:2").SerializeToString()
    return [framed(version), *(framed(event(f"tag {i % 2}", i, i)) for i in range(n))]


def write(folder: Path, *parts: bytes) -> Path:
    path = folder / "tfevents"
    path.write_bytes(b"".join(parts))
    return path


def texts(found: FileColumns) -> list[str]:
    return [found.tags[tag].decode() for tag in found.rows.tags]


def rows_by_protobuf(payloads: list[bytes]) -> list[tuple[Any, ...]]:
    rows = []
    for payload in payloads:
        message = event_pb2.Event.FromString(payload)
        for value in message.summary.value:
            number = value.simple_value if value.WhichOneof("value") == "simple_value" else None
            rows.append((value.tag, message.step, message.wall_time, number))
    return rows


VALUES = st.builds(
    lambda tag, field: summary_pb2.Summary.Value(tag=tag, **field),
    st.text(max_size=8),
    st.one_of(
        st.builds(lambda x: {"simple_value": x}, st.floats(width=32, allow_nan=False)),
        st.builds(
            lambda x: {"tensor": tensor_pb2.TensorProto(dtype=7, string_val=[x])},
            st.binary(max_size=9),
        ),
        st.just({}),
        st.just({"image": summary_pb2.Summary.Image(width=3)}),
    ),
)
EVENTS = st.builds(
    lambda wall, step, values: event_pb2.Event(
        wall_time=wall, step=step, summary=summary_pb2.Summary(value=values)
    ).SerializeToString(),
    st.floats(1, 1e10),
    st.integers(-(2**63), 2**63 - 1),
    st.lists(VALUES, max_size=5),
)


@given(st.lists(EVENTS, max_size=20))
@many
def test_the_scan_finds_what_protobuf_finds(tmp_path: Path, payloads: list[bytes]) -> None:
    found = scanned(write(tmp_path, *map(framed, payloads)))
    rows = found.rows
    numbers = [v if k == columns.NUMBER else None for v, k in zip(rows.values, rows.kinds)]  # noqa: B905
    pairs = zip(texts(found), rows.steps, rows.wall_times, numbers, strict=True)
    assert list(pairs) == rows_by_protobuf(payloads)
    assert found.problems == ()


def test_payloads_are_found_where_they_lie(tmp_path: Path) -> None:
    image = summary_pb2.Summary.Image(width=3, encoded_image_string=b"picture")
    summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag="i", image=image)])
    payload = event_pb2.Event(summary=summary).SerializeToString()
    path = write(tmp_path, *records(3), framed(payload))
    found = scanned(path)
    start, length = int(found.blobs.offsets[-1]), int(found.blobs.lengths[-1])
    data = path.read_bytes()[start : start + length]
    assert summary_pb2.Summary.Image.FromString(data) == image


def test_blocks_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, *records(300), framed(event("x" * 5000, 1.0, 1)), *records(20))
    whole = scanned(path)
    monkeypatch.setattr(scan, "PIECE", 64)
    monkeypatch.setattr(scan, "_MOST_ROWS", 3)
    small = scanned(path)
    assert texts(small) == texts(whole)
    np.testing.assert_array_equal(small.rows.values, whole.rows.values)
    assert small.read_to == path.stat().st_size


def test_thousands_of_tags_and_values_in_one_record(tmp_path: Path) -> None:
    values = [summary_pb2.Summary.Value(tag=f"t{i}", simple_value=i) for i in range(5000)]
    summary = summary_pb2.Summary(value=values)
    payload = event_pb2.Event(summary=summary).SerializeToString()
    found = scanned(write(tmp_path, framed(payload)))
    assert texts(found) == [f"t{i}" for i in range(5000)]
    np.testing.assert_array_equal(found.rows.values, np.arange(5000))


def test_a_field_out_of_order_or_unknown_does_no_harm(tmp_path: Path) -> None:
    payload = event("loss", 2.0, 0)
    swapped = b"\xf2\x06\x03new" + payload + b"\x10\x07"  # an unknown field; the step at the end
    found = scanned(write(tmp_path, framed(swapped)))
    assert found.rows.steps.tolist() == [7]
    assert found.problems == ()


@pytest.mark.parametrize("wall", [float("nan"), float("inf")])
def test_a_wall_time_that_is_none_is_that_of_the_event_before(tmp_path: Path, wall: float) -> None:
    value = summary_pb2.Summary.Value(tag="a", simple_value=1)
    odd = event_pb2.Event(wall_time=wall, summary=summary_pb2.Summary(value=[value]))
    found = scanned(write(tmp_path, *records(3), framed(odd.SerializeToString())))
    assert found.rows.wall_times.tolist() == [100.0, 101.0, 102.0, 102.0]


@given(st.data())
@many
def test_a_file_cut_anywhere_keeps_its_whole_records(tmp_path: Path, data: st.DataObject) -> None:
    parts = records(12)
    cut = data.draw(st.integers(0, sum(map(len, parts))))
    found = scanned(write(tmp_path, b"".join(parts)[:cut]))
    ends = np.cumsum([len(part) for part in parts])
    n_whole = int((ends <= cut).sum())
    assert found.rows.values.tolist() == list(range(max(0, n_whole - 1)))
    assert found.read_to == (ends[n_whole - 1] if n_whole else 0)
    assert found.problems == ()


@given(st.data())
@many
def test_a_flipped_byte_costs_one_record_at_most(tmp_path: Path, data: st.DataObject) -> None:
    parts = records(12)
    whole = bytearray(b"".join(parts))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    found = scanned(write(tmp_path, bytes(whole)))
    ends = np.cumsum([len(part) for part in parts])
    hit = int(np.searchsorted(ends, place, side="right")) - 1  # -1: the version record
    assert set(range(12)) - {hit} <= set(found.rows.values.tolist())
    assert len(found.rows.values) <= 12
    if hit != 11:  # the length of the last record may have become one that is still to be written
        assert len(found.problems) == 1


@given(st.binary(min_size=1, max_size=40), st.data())
@many
def test_bytes_put_in_cost_one_record_at_most(
    tmp_path: Path, junk: bytes, data: st.DataObject
) -> None:
    whole = b"".join(records(12))
    place = data.draw(st.integers(0, len(whole)))
    found = scanned(write(tmp_path, whole[:place], junk, whole[place:]))
    assert len(set(range(12)) - set(found.rows.values.tolist())) <= 1


@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=30))
@many
def test_a_payload_of_any_bytes_never_leads_outside(
    tmp_path: Path, changes: list[tuple[int, int]]
) -> None:
    tensor = tensor_pb2.TensorProto(dtype=1, float_val=[1, 2])
    value = summary_pb2.Summary.Value(tag="t", tensor=tensor)
    value.metadata.plugin_data.plugin_name = "p"
    log = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    metadata = event_pb2.TaggedRunMetadata(tag="m", run_metadata=b"123")
    whole = [
        event_pb2.Event(summary=summary_pb2.Summary(value=[value] * 3)),
        event_pb2.Event(session_log=log, step=3),
        event_pb2.Event(tagged_run_metadata=metadata),
        event_pb2.Event(graph_def=b"graph"),
    ]
    parts = []
    for message in whole:
        payload = bytearray(message.SerializeToString())
        for place, byte in changes:
            payload[place % len(payload)] = byte
        parts.append(framed(bytes(payload)))
    path = write(tmp_path, *parts, *records(2))
    found = scanned(path)
    size = path.stat().st_size
    assert (found.blobs.offsets >= 0).all()
    assert (found.blobs.lengths >= 0).all()
    assert (found.blobs.offsets + found.blobs.lengths <= size).all()
    assert found.rows.values[-2:].tolist() == [0, 1]


@given(st.binary(max_size=300))
@many
def test_a_file_of_any_bytes_is_read_to_its_end(tmp_path: Path, data: bytes) -> None:
    found = scanned(write(tmp_path, data))
    assert len(found.rows.tags) == 0
    assert found.read_to <= len(data)


def test_a_huge_length_with_a_right_checksum_is_not_believed(tmp_path: Path) -> None:
    length = struct.pack("<Q", LONGEST_RECORD + 1)
    header = length + struct.pack("<I", masked_crc(length))
    found = scanned(write(tmp_path, *records(2), header, *records(3)))
    assert found.rows.values.tolist() == [0, 1, 0, 1, 2]
    assert found.problems[0].offset == sum(map(len, records(2)))


def test_a_file_that_shrinks_while_it_is_read_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "PIECE", 100)
    monkeypatch.setattr(scan, "BLOCK", 1)
    path = write(tmp_path, *records(50))
    reading = FileScan(path)
    reading.advance()
    path.write_bytes(b"")
    while not reading.is_done:
        reading.advance()
    assert len(reading.finish().rows.tags) < 50


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    found = scanned(tmp_path / "tfevents")
    assert "can't be read" in found.problems[0].what
