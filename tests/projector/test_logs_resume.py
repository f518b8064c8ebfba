"""A scan that goes on where an earlier one ended, and columns that go through plain arrays."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.logs import columns
from projector.logs.columns import Blobs, Rows
from projector.logs.file_columns import FileColumns
from projector.logs.messages import event_pb2, summary_pb2, tensor_pb2
from projector.logs.records import framed
from tests.projector.file_scans import assert_same, scanned

many = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def same(a: FileColumns, b: FileColumns) -> bool:
    """Whether two readings found the very same, and can be gone on with in the same way."""
    assert_same(a, b)
    np.testing.assert_array_equal(a.state.counts, b.state.counts)
    return True


def values(tag: str, number: float, text: bytes) -> list[summary_pb2.Summary.Value]:
    described = summary_pb2.Summary.Value(
        tag=f"{tag}/text", tensor=tensor_pb2.TensorProto(dtype=7, string_val=[text])
    )
    described.metadata.plugin_data.plugin_name = "text"
    return [summary_pb2.Summary.Value(tag=tag, simple_value=number), described]


EVENTS = st.builds(
    lambda wall, step, summary, log: event_pb2.Event(
        wall_time=wall, step=step, **({"summary": summary} if summary else {"session_log": log})
    ).SerializeToString(),
    st.one_of(st.floats(1, 1e10), st.just(float("nan"))),
    st.integers(-(2**63), 2**63 - 1),
    st.one_of(
        st.none(),
        st.builds(
            lambda *given: summary_pb2.Summary(value=values(*given)),
            st.text(max_size=2),
            st.floats(width=32),
            st.binary(max_size=9),
        ),
    ),
    st.just(event_pb2.SessionLog(status=event_pb2.SessionLog.START)),
)
DAMAGED = st.one_of(
    st.binary(max_size=30),  # no record
    st.binary(min_size=1, max_size=9).map(framed),  # no event, as a rule
    EVENTS.map(lambda payload: framed(payload)[:-1] + b"?"),  # a wrong checksum
    EVENTS.map(lambda payload: framed(payload)[5:]),
)
FILES = st.lists(st.one_of(EVENTS.map(framed), DAMAGED), max_size=12).map(b"".join)


@given(FILES, st.data())
@many
def test_a_file_read_piece_by_piece_is_as_if_read_at_once(
    tmp_path: Path, whole: bytes, data: st.DataObject
) -> None:
    path = tmp_path / "tfevents"
    found = None
    for cut in sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4))):
        path.write_bytes(whole[:cut])
        found = scanned(path, found)
        assert same(found, scanned(path))
    path.write_bytes(whole)
    assert same(scanned(path, found), scanned(path))


@given(FILES, st.data())
@many
def test_columns_go_through_arrays_and_are_read_on(
    tmp_path: Path, whole: bytes, data: st.DataObject
) -> None:
    path = tmp_path / "tfevents"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    found = scanned(path)
    kept = FileColumns.from_arrays(path, found.arrays())
    assert same(kept, found)
    path.write_bytes(whole)
    assert same(scanned(path, kept), scanned(path))


def some_file(folder: Path) -> Path:
    summaries = [
        summary_pb2.Summary(value=values(f"tag {i % 5}", i / 7, b"abc")) for i in range(40)
    ]
    events = [
        event_pb2.Event(wall_time=i, step=i, summary=summary) for i, summary in enumerate(summaries)
    ]
    path = folder / "tfevents"
    path.write_bytes(b"".join(framed(event.SerializeToString()) for event in events))
    return path


def test_nothing_new_hands_back_the_very_same_columns(tmp_path: Path) -> None:
    path = some_file(tmp_path)
    found = scanned(path)
    assert scanned(path, found) is found


def test_a_few_bytes_more_copy_no_rows(tmp_path: Path) -> None:
    path = some_file(tmp_path)
    found = scanned(path)
    with path.open("ab") as file:
        file.write(framed(b"")[:7])
    assert scanned(path, found).rows is found.rows


def test_a_file_that_is_gone_keeps_its_rows_and_has_a_problem(tmp_path: Path) -> None:
    path = some_file(tmp_path)
    found = scanned(path)
    path.rename(tmp_path / "elsewhere")
    gone = scanned(path, found)
    assert gone.rows is found.rows
    assert gone.has_failed
    assert "can't be read" in gone.problems[-1].what
    (tmp_path / "elsewhere").rename(path)
    assert same(scanned(path, gone), found)


def test_each_bad_record_is_listed_when_all_are_verified(tmp_path: Path) -> None:
    path = some_file(tmp_path)
    data = bytearray(path.read_bytes())
    found = scanned(path)
    places = [int(found.blobs.offsets[i] + found.blobs.lengths[i] - 1) for i in (3, 7, 20)]
    for place in places:
        data[place] ^= 1
    path.write_bytes(data)
    assert len(scanned(path).problems) == 1
    problems = scanned(path, verify=True).problems
    assert len(problems) == 3
    for problem, place in zip(problems, places, strict=True):
        assert problem.offset is not None
        assert 0 < place - problem.offset < 80


def test_no_more_than_a_thousand_bad_records_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "tfevents"
    path.write_bytes(framed(b"\xff") * 1300)
    problems = scanned(path, verify=True).problems
    assert len(problems) == 1001
    assert problems[-1].what.startswith("300 records")


def damaged(name: str, place: int, number: float) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        arrays[name] = arrays[name].copy()
        arrays[name][place] = number

    return damage


def shortened(name: str) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        arrays[name] = arrays[name][:-1]

    return damage


def retyped(name: str) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        arrays[name] = arrays[name].astype(np.float32)

    return damage


ARRAYS = ("header", *Rows._fields, "blobs", "texts")
HUGE = 1 << 62
N_FIXED = 3 + columns.N_COUNTS + 2
COUNTS = (columns.N_BEFORE, columns.LOST, columns.N_CHECKSUM, columns.FIRST_CHECKSUM)
PLACES = (0, 2, N_FIXED, *(3 + place for place in (*COUNTS, *columns.PASSING)))


@pytest.mark.parametrize(
    "damage",
    [
        *(shortened(name) for name in ARRAYS),
        *(retyped(name) for name in ARRAYS),
        *(damaged("header", place, -1) for place in range(N_FIXED)),
        *(damaged("header", place, HUGE) for place in PLACES),
        damaged("header", -1, HUGE),
        damaged("header", -1, -1),
        damaged("tags", 4, 10),
        damaged("tags", 4, -1),
        damaged("tags", 4, -2),
        damaged("wall_times", 2, np.nan),
        damaged("kinds", 0, 8),
        damaged("kinds", 1, 2),
        damaged("kinds", 1, 77),
        damaged("kinds", 1, 104),
        damaged("blobs", 2, -1),
        damaged("blobs", 2, HUGE),
        damaged("blobs", -1, -1),
        damaged("blobs", -1, HUGE),
        lambda arrays: arrays.pop("steps"),
        lambda arrays: arrays.update(more=arrays["steps"]),
    ],
)
def test_damaged_arrays_are_refused(tmp_path: Path, damage: Any) -> None:
    path = some_file(tmp_path)
    arrays = scanned(path).arrays()
    damage(arrays)
    with pytest.raises(ValueError, match="the arrays are not those of an event file"):
        FileColumns.from_arrays(path, arrays)


@given(st.sampled_from(ARRAYS), st.data())
@many
def test_a_flipped_byte_never_leads_outside(tmp_path: Path, name: str, data: st.DataObject) -> None:
    path = some_file(tmp_path)
    arrays = scanned(path).arrays()
    flat = arrays[name].copy().view(np.uint8)
    flat[data.draw(st.integers(0, len(flat) - 1))] ^= data.draw(st.integers(1, 255))
    arrays[name] = flat.view(arrays[name].dtype)
    try:
        found = FileColumns.from_arrays(path, arrays)
    except ValueError:
        return
    with path.open("ab") as file:
        file.write(framed(b"\x10\x01"))
    again = scanned(path, found)
    n = len(found.tags)
    assert all(-1 <= tag < n for tag in again.rows.tags)
    for offset, length in itertools.islice(zip(*again.blobs, strict=True), 50):
        assert 0 <= offset <= offset + length <= path.stat().st_size + 2**63
    assert Rows._fields == found.rows._fields
    assert Blobs._fields == found.blobs._fields
