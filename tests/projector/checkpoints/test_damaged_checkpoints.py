"""Damage of any kind ends in a sentence, never in anything else, and takes no memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.embeddings.checkpoints import FORMATS
from projector.embeddings.messages import checkpoint_pb2 as messages
from projector.errors import ProjectorError, Unreadable
from tests.projector.checkpoints.fuzz import checkpoint_of_any_bytes, everything
from tests.projector.checkpoints.reading import listed, read
from tests.projector.checkpoints.writer import (
    Cut,
    block,
    entry_of,
    part_value,
    slice_key,
    table,
    write_v1,
    write_v2,
)

NEW, OLD = FORMATS
SHAPE = (6, 4)
CUTS = {"t": [Cut(((0, 3), None)), Cut(((3, 3), None))]}
ONE_EXAMPLE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def arrays() -> dict[str, np.ndarray]:
    return {
        "t": np.arange(24, dtype=np.float32).reshape(SHAPE),
        "u": np.arange(24, dtype=np.int32).reshape(SHAPE),
    }


@ONE_EXAMPLE
@given(data=st.data())
def test_flipped_bytes_in_an_index_are_survived(tmp_path: Path, data: st.DataObject) -> None:
    index = write_v2(tmp_path / "m", arrays(), cuts=CUTS, is_compressed=data.draw(st.booleans()))
    flip(index, data)
    assert everything(NEW, index)


@ONE_EXAMPLE
@given(data=st.data())
def test_flipped_bytes_in_version_1_are_survived(tmp_path: Path, data: st.DataObject) -> None:
    path = write_v1(
        tmp_path / "m.ckpt", arrays(), cuts=CUTS, is_compressed=data.draw(st.booleans())
    )
    flip(path, data)
    assert everything(OLD, path)


def flip(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes) -> None:
    assert checkpoint_of_any_bytes(data)


numbers = st.one_of(st.integers(-2, 30), st.sampled_from([2**31 - 1, -(2**31)]))
sizes = st.one_of(st.integers(-2, 2100), st.sampled_from([2**40, 2**63 - 1, -(2**63)]))
extents = st.lists(st.tuples(sizes, st.one_of(st.none(), sizes)), max_size=3)


@st.composite
def entries(draw: st.DrawFn) -> messages.BundleEntry:
    """Any entry of an index, also one that promises the impossible."""
    entry = entry_of(draw(numbers), draw(st.lists(sizes, max_size=3)))
    entry.shard_id, entry.crc32c = draw(numbers), draw(st.integers(0, 2**32 - 1))
    entry.offset, entry.size = draw(sizes), draw(sizes)
    for part in draw(st.lists(extents, max_size=3)):
        message = entry.slices.add()
        for start, length in part:
            extent = message.extent.add(start=start)
            if length is not None:
                extent.length = length
    return entry


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([b"a", b"b", b"_CHECKPOINTABLE_OBJECT_GRAPH"]), entries()),
    numbers,
    st.sampled_from([0, 1]),
)
def test_entries_that_promise_anything_are_survived(
    found: dict[bytes, messages.BundleEntry], n_shards: int, endianness: int
) -> None:
    header = messages.BundleHeader(num_shards=n_shards, endianness=endianness)
    rows = {b"": header.SerializeToString()}
    for key, entry in found.items():
        rows[key] = entry.SerializeToString()
        parts = [
            tuple((e.start, e.length if e.HasField("length") else -1) for e in part.extent)
            for part in entry.slices
        ]
        rows |= {slice_key(key, part): entry.SerializeToString() for part in parts}
    assert checkpoint_of_any_bytes(b"\x02" + block(sorted(rows.items())))


@settings(deadline=None)
@given(entries(), entries(), st.binary(max_size=60))
def test_tables_of_version_1_that_promise_anything_are_survived(
    first: messages.BundleEntry, second: messages.BundleEntry, values: bytes
) -> None:
    meta = messages.SavedTensorSlices()
    rows = {}
    for name, entry in ((b"a", first), (b"b", second)):
        listed = meta.meta.tensor.add(name=name, type=entry.dtype, shape=entry.shape)
        listed.slice.extend(entry.slices)
        value = part_value("float_val", values) + part_value("int_val", values) + values
        for part in entry.slices:
            extent = [(e.start, e.length if e.HasField("length") else -1) for e in part.extent]
            rows[slice_key(name, extent)] = value
    rows[b""] = meta.SerializeToString()
    assert checkpoint_of_any_bytes(b"\x03" + block(sorted(rows.items())))


def promise(index: Path, shape: tuple[int, int], n_parts: int) -> Path:
    """An index that makes a huge matrix of parts that all are the same few bytes of one shard."""
    whole = entry_of(1, shape)
    header = messages.BundleHeader(num_shards=1)
    rows = {b"": header.SerializeToString()}
    n_rows = shape[0] // n_parts
    for i in range(n_parts):
        message = whole.slices.add()
        message.extent.add(start=i * n_rows, length=n_rows)
        message.extent.add()
        part = entry_of(1, (n_rows, shape[1]))
        part.size = n_rows * shape[1] * 4
        rows[slice_key(b"t", [(i * n_rows, n_rows), (0, -1)])] = part.SerializeToString()
    rows[b"t"] = whole.SerializeToString()
    index.write_bytes(table(sorted(rows.items())))
    index.with_name("m.data-00000-of-00001").write_bytes(bytes(n_rows * shape[1] * 4))
    return index


def test_parts_that_share_their_bytes_take_no_memory(tmp_path: Path) -> None:
    index = promise(tmp_path / "m.index", (1 << 22, 8), 64)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="too small"):
        read(index, "t")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 22


def test_a_shape_that_the_file_can_not_hold_takes_no_memory(tmp_path: Path) -> None:
    path = write_v1(tmp_path / "m.ckpt", arrays())
    content = path.read_bytes()
    meta = messages.SavedTensorSlices()
    listing = meta.meta.tensor.add(name=b"t", type=1, shape=entry_of(1, (1 << 40, 1 << 20)).shape)
    listing.slice.add().extent.add()
    listing.slice[0].extent.add()
    path.write_bytes(table([(b"", meta.SerializeToString())]))
    assert content.endswith(path.read_bytes()[-8:])
    with pytest.raises(ProjectorError, match="t in"):
        read(path, "t")


def test_a_file_that_vanishes_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectorError, match=r"gone.index is gone"):
        for _ in NEW.tensors(tmp_path / "gone.index"):
            pass


@pytest.mark.parametrize("size", [0, 1, 47, 48, 100])
def test_files_of_zeros_are_no_checkpoints(tmp_path: Path, size: int) -> None:
    path = tmp_path / "m.index"
    path.write_bytes(bytes(size))
    with pytest.raises(Unreadable, match=r"m\.index"):
        for _ in NEW.tensors(path):
            pass


def test_only_checkpoints_are_taken_for_one(tmp_path: Path) -> None:
    write_v2(tmp_path / "m", arrays())
    other = tmp_path / "other.index"
    other.write_bytes(b"IxFI\0\0" + bytes(range(200)))
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    for path in (other, picture, tmp_path / "m.data-00000-of-00001"):
        assert not any(one.is_one(path, path.read_bytes()) for one in FORMATS)
    assert set(listed(tmp_path / "m.index")) == {"t", "u"}
