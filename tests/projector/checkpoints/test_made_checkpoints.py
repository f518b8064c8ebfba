"""Checkpoints of every kind, written here byte by byte and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from projector.embeddings.checkpoints import FORMATS, find_key
from projector.embeddings.checkpoints.stored import PIECE
from projector.embeddings.messages.checkpoint_pb2 import ObjectGraph
from projector.errors import NotFound, Unreadable
from tests.projector.checkpoints.reading import listed, read
from tests.projector.checkpoints.writer import Cut, write_v1, write_v2

ROWS = [Cut(((0, 4), None), 0), Cut(((4, 3), None), 1), Cut(((7, 3), None), 2)]
COLUMNS = [Cut((None, (0, 1))), Cut((None, (1, 4)))]
GRID = [Cut(((r, 5), (c, n))) for r in (0, 5) for c, n in ((0, 2), (2, 3))]
ENDING = "/.ATTRIBUTES/VARIABLE_VALUE"


def some(dtype: str, shape: tuple[int, int] = (10, 5)) -> NDArray[np.generic]:
    numbers = np.random.default_rng(7).normal(size=shape) * 50
    return np.abs(numbers).astype(dtype) if dtype.startswith("u") else numbers.astype(dtype)


@pytest.mark.parametrize("is_big_endian", [False, True])
@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "uint64", "bool"]
)
def test_numbers_of_any_type_and_byte_order_become_floats(
    tmp_path: Path, dtype: str, is_big_endian: bool
) -> None:
    table = some(dtype)
    arrays = {"first": np.ones(3, np.int8), "table": table}
    index = write_v2(tmp_path / "m", arrays, is_big_endian=is_big_endian)
    matrix = read(index, "table")
    assert matrix.dtype == dtype
    assert matrix.vectors.dtype == np.float32
    assert np.array_equal(matrix.vectors, table.astype(np.float32))
    assert matrix.problems == ()


def test_bfloat16_is_the_upper_half_of_a_float(tmp_path: Path) -> None:
    table = some("float32")
    codes = (table.view(np.uint32) >> 16).astype("<u2").view("<f2")  # two bytes, whatever they are
    index = write_v2(tmp_path / "m", {"table": codes}, dtypes={"table": 14})
    cut = (table.view(np.uint32) & 0xFFFF0000).view(np.float32)
    assert np.array_equal(read(index, "table").vectors, cut)


def test_numbers_too_large_for_floats_are_counted(tmp_path: Path) -> None:
    table = np.array([[1.0, 1e300], [-1e300, np.inf]])
    matrix = read(write_v2(tmp_path / "m", {"table": table}), "table")
    assert matrix.vectors.tolist() == [[1, np.inf], [-np.inf, np.inf]]
    assert matrix.problems[0].what.startswith("2 values are too large")


def test_floats_at_an_odd_place_are_copied_not_mapped(tmp_path: Path) -> None:
    table = some("float32")
    matrix = read(write_v2(tmp_path / "m", {"a": np.ones(3, np.int8), "b": table}), "b")
    assert np.array_equal(matrix.vectors, table)
    assert matrix.vectors.flags.aligned


@pytest.mark.parametrize("cuts", [ROWS, COLUMNS, GRID], ids=["rows", "columns", "grid"])
@pytest.mark.parametrize("is_old", [False, True], ids=["version 2", "version 1"])
def test_parts_are_put_together(tmp_path: Path, cuts: list[Cut], is_old: bool) -> None:
    table = some("float64")
    if is_old:
        path = write_v1(tmp_path / "m.ckpt", {"t": table}, cuts={"t": cuts})
    else:
        path = write_v2(tmp_path / "m", {"t": table}, cuts={"t": cuts}, n_shards=3)
    assert list(listed(path)) == ["t"]
    assert np.array_equal(read(path, "t").vectors, table.astype(np.float32))


def test_a_matrix_of_several_pieces_is_read_whole(tmp_path: Path) -> None:
    table = np.arange(PIECE // 2, dtype=np.int32).reshape(-1, 8)
    assert np.array_equal(read(write_v2(tmp_path / "m", {"t": table}), "t").vectors, table)
    assert np.array_equal(read(write_v1(tmp_path / "m.ckpt", {"t": table}), "t").vectors, table)


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "uint64", "bool"]
)
def test_version_1_holds_numbers_of_any_type(tmp_path: Path, dtype: str) -> None:
    table = some(dtype)
    matrix = read(write_v1(tmp_path / "m.ckpt", {"table": table}), "table")
    assert matrix.dtype == dtype
    assert np.array_equal(matrix.vectors, table.astype(np.float32))


@pytest.mark.parametrize("per_block", [1, 2, 100])
@pytest.mark.parametrize("is_compressed", [False, True])
def test_tables_may_have_any_number_of_blocks_and_be_compressed(
    tmp_path: Path, per_block: int, is_compressed: bool
) -> None:
    arrays = {f"layer_{i}/table": some("float32", (3, i + 1)) for i in range(40)}
    old = write_v1(tmp_path / "m.ckpt", arrays, per_block=per_block, is_compressed=is_compressed)
    new = write_v2(tmp_path / "m", arrays, per_block=per_block, is_compressed=is_compressed)
    for path in (old, new):
        assert set(listed(path)) == set(arrays)
        for name in ("layer_0/table", "layer_17/table", "layer_39/table"):
            assert np.array_equal(read(path, name).vectors, arrays[name])


def test_version_1_in_several_tables_is_one_checkpoint(tmp_path: Path) -> None:
    whole, other = some("float32"), some("int32")
    first, last = tmp_path / "m-00000-of-00002", tmp_path / "m-00001-of-00002"
    write_v1(first, {"t": whole}, cuts={"t": ROWS[:2]})
    write_v1(last, {"t": whole, "u": other}, cuts={"t": ROWS[2:]})
    assert set(listed(first)) == {"t", "u"}
    assert np.array_equal(read(first, "t").vectors, whole)
    assert np.array_equal(read(first, "u").vectors, other)
    assert not any(one.is_one(last, last.read_bytes()) for one in FORMATS)


def test_a_missing_table_of_version_1_is_named_and_its_rows_are_empty(tmp_path: Path) -> None:
    whole = some("float32")
    first = write_v1(tmp_path / "m-00000-of-00002", {"t": whole}, cuts={"t": ROWS[:2]})
    assert "m-00001-of-00002 is missing" in listed(first)[""].why_not
    matrix = read(first, "t")
    assert np.array_equal(matrix.vectors[:7], whole[:7])
    assert np.isnan(matrix.vectors[7:]).all()
    assert "15 values of t are missing" in matrix.problems[0].what


def test_of_a_partitioned_table_the_parts_that_are_there_are_kept(tmp_path: Path) -> None:
    whole = some("float32")
    index = write_v2(tmp_path / "m", {"t": whole}, cuts={"t": ROWS}, n_shards=3)
    (tmp_path / "m.data-00001-of-00003").unlink()
    assert listed(index)["t"].why_not == ""
    matrix = read(index, "t")
    assert np.array_equal(matrix.vectors[[0, 1, 2, 3, 7, 8, 9]], whole[[0, 1, 2, 3, 7, 8, 9]])
    assert np.isnan(matrix.vectors[4:7]).all()
    assert "m.data-00001-of-00003" in matrix.problems[0].what


def test_a_partitioned_table_with_most_parts_gone_is_refused(tmp_path: Path) -> None:
    index = write_v2(tmp_path / "m", {"t": some("float32")}, cuts={"t": ROWS}, n_shards=3)
    (tmp_path / "m.data-00000-of-00003").unlink()
    (tmp_path / "m.data-00001-of-00003").unlink()
    assert "m.data-00000-of-00003" in listed(index)["t"].why_not
    with pytest.raises(Unreadable, match="data-00000-of-00003"):
        read(index, "t")


def test_variables_in_other_shards_are_read_where_one_is_missing(tmp_path: Path) -> None:
    arrays = {name: some("float32") for name in "abc"}
    index = write_v2(tmp_path / "m", arrays, n_shards=3)
    (tmp_path / "m.data-00001-of-00003").unlink()
    assert [info.key for info in listed(index).values() if not info.why_not] == ["a", "c"]
    assert np.array_equal(read(index, "c").vectors, arrays["c"])


def test_one_damaged_block_of_the_index_spoils_only_its_own_variables(tmp_path: Path) -> None:
    arrays = {f"table_{i}": some("float32") for i in range(9)}
    index = write_v2(tmp_path / "m", arrays, per_block=5)
    data = bytearray(index.read_bytes())
    data[data.index(b"table_4")] ^= 1
    index.write_bytes(data)
    infos = listed(index)
    assert [key for key in infos if key] == ["table_0", "table_1", "table_2", "table_3"]
    assert "checksum" in infos[""].why_not
    assert np.array_equal(read(index, "table_2").vectors, arrays["table_2"])


def test_parts_that_overlap_are_refused(tmp_path: Path) -> None:
    cuts = [Cut(((0, 6), None)), Cut(((4, 6), None))]
    for path in (
        write_v2(tmp_path / "m", {"t": some("float32")}, cuts={"t": cuts}),
        write_v1(tmp_path / "m.ckpt", {"t": some("float32")}, cuts={"t": cuts}),
    ):
        with pytest.raises(Unreadable, match="overlap"):
            read(path, "t")


def test_a_gap_between_parts_is_never_filled_with_anything(tmp_path: Path) -> None:
    cuts = [Cut(((0, 6), None)), Cut(((8, 2), None))]
    matrix = read(write_v2(tmp_path / "m", {"t": some("float32")}, cuts={"t": cuts}), "t")
    assert np.isnan(matrix.vectors[6:8]).all()
    assert matrix.problems[0].what == (
        "10 values of t are missing. Its parts don't cover its shape."
    )


def test_a_name_with_any_bytes_and_long_dimensions_has_parts_too(tmp_path: Path) -> None:
    name = "größe\xff/\u0001"
    table = np.arange(70_000, dtype=np.int32).reshape(-1, 1)
    cuts = [Cut(((0, 65), None)), Cut(((65, 35_000), None)), Cut(((35_065, 34_935), None))]
    index = write_v2(tmp_path / "m", {name: table}, cuts={name: cuts})
    assert np.array_equal(read(index, name).vectors, table)


def test_a_variable_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    index = write_v2(tmp_path / "m", {"words": some("float32"), "bias": np.zeros(3, np.float32)})
    with pytest.raises(NotFound, match="no variable letters; of embeddings it has words"):
        read(index, "letters")


def test_the_only_embedding_needs_no_name(tmp_path: Path) -> None:
    table = some("float32")
    arrays = {"words": table, "bias": np.zeros(3, np.float32)}
    assert np.array_equal(read(write_v2(tmp_path / "m", arrays), "").vectors, table)
    assert np.array_equal(read(write_v1(tmp_path / "m.ckpt", arrays), "").vectors, table)
    with pytest.raises(NotFound, match="Choose one"):
        read(write_v2(tmp_path / "n", {"a": table, "b": table}), "")


def graph(names: dict[str, str]) -> bytes:
    message = ObjectGraph()
    for key, full_name in names.items():
        message.nodes.add().attributes.add(checkpoint_key=key, full_name=full_name)
    return message.SerializeToString()


def object_checkpoint(tmp_path: Path) -> Path:
    keys = {
        f"model/optimizer/_trainable_variables/0{ENDING}": "emb/embeddings",
        f"model/optimizer/_variables/2{ENDING}": "adam/emb_momentum",
        f"model/layers/1/kernel{ENDING}": "dense/kernel",
        f"model/layers/2/kernel{ENDING}": "dense/kernel",
        f"model/emb/.OPTIMIZER_SLOT/opt/m{ENDING}": "m",
    }
    arrays = {key: some("float32") for key in keys}
    texts = {"_CHECKPOINTABLE_OBJECT_GRAPH": graph(keys)}
    return write_v2(tmp_path / "m", arrays, texts=texts)


def test_full_names_are_titles_where_they_belong_to_one_variable_only(tmp_path: Path) -> None:
    infos = listed(object_checkpoint(tmp_path))
    titles = {info.title for info in infos.values() if not info.why_not}
    assert titles == {"emb/embeddings", "model/layers/1/kernel", "model/layers/2/kernel"}


def test_what_keras_calls_every_embedding_is_the_first_one(tmp_path: Path) -> None:
    infos = list(listed(object_checkpoint(tmp_path)).values())
    constant = f"layer_with_weights-0/embeddings{ENDING}"
    expected = f"model/optimizer/_trainable_variables/0{ENDING}"
    assert find_key(constant, infos) == expected
    assert find_key("emb/embeddings:0", infos) == expected
    assert find_key("model/layers/1/kernel", infos) == f"model/layers/1/kernel{ENDING}"
    assert find_key("nothing", infos) is None


@pytest.mark.parametrize("ending", ["Adam", "Adam_1", "Momentum"])
def test_slots_of_old_optimizers_are_held_back(tmp_path: Path, ending: str) -> None:
    arrays = {"emb": some("float32"), f"emb/{ending}": some("float32")}
    infos = listed(write_v2(tmp_path / "m", arrays))
    assert infos["emb"].why_not == ""
    assert "optimizer" in infos[f"emb/{ending}"].why_not
    assert read(tmp_path / "m.index", f"emb/{ending}").vectors.shape == (10, 5)
