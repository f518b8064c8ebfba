"""Embeddings written for other programs: read back equal by ours, and by others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from projector.arrays import FloatArray
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.export import export_embeddings, write_file, write_into_folder
from projector.embeddings.find import find_sources
from projector.embeddings.reader import read_embedding
from projector.embeddings.writer import write_embedding
from projector.embeddings.writers import WRITERS
from projector.errors import InvalidChoice, NothingToShow, Unreadable
from projector.logs.series import Logs
from projector.progress import finish

N, D = 40, 5
VECTORS = np.random.default_rng(0).normal(size=(N, D)).astype(np.float32)
TABLE = pl.DataFrame(
    {
        "word": [f"wörd {i}" for i in range(N)],
        "count": [i * i for i in range(N)],
        "share": [i / 7 for i in range(N)],
    }
)


def embedding(vectors: FloatArray = VECTORS, table: pl.DataFrame | None = TABLE) -> Embedding:
    return Embedding(Source("words", ".", Path("w.npy")), vectors, table)


def read_all(path: Path) -> list[Embedding]:
    found = finish(find_sources(path, Logs(path)))
    assert found.problems == ()
    return [finish(read_embedding(source)) for source in found.sources]


def written(folder: Path, suffix: str, one: Embedding) -> Path:
    out = folder / f"words{suffix}"
    finish(write_file(one, out))
    return folder if suffix == ".bytes" else out


@pytest.mark.parametrize("suffix", WRITERS)
def test_vectors_and_metadata_come_back_equal(tmp_path: Path, suffix: str) -> None:
    (again,) = read_all(written(tmp_path, suffix, embedding()))
    assert np.array_equal(again.vectors, VECTORS)
    assert again.metadata is not None
    assert again.metadata.to_dict(as_series=False) == TABLE.to_dict(as_series=False)
    assert again.problems == ()


@pytest.mark.parametrize("suffix", WRITERS)
def test_values_that_are_not_finite_come_back(tmp_path: Path, suffix: str) -> None:
    vectors = np.array([[1, 2], [np.nan, np.inf], [-np.inf, 3]], np.float32)
    (again,) = read_all(written(tmp_path, suffix, embedding(vectors, None)))
    np.testing.assert_array_equal(again.vectors, vectors)


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_row_and_a_column_come_back(tmp_path: Path, suffix: str) -> None:
    for i, shape in enumerate(((1, 3), (3, 1))):
        (tmp_path / str(i)).mkdir()
        vectors = np.full(shape, 2.5, np.float32)
        if suffix == ".csv" and shape[1] == 1:
            continue  # a line of one number has no comma that would tell it
        path = written(tmp_path / str(i), suffix, embedding(vectors, None))
        assert read_all(path)[0].vectors.tolist() == vectors.tolist()


def test_numpy_reads_what_is_written_for_it(tmp_path: Path) -> None:
    written(tmp_path, ".npy", embedding())
    written(tmp_path, ".npz", embedding())
    assert np.array_equal(np.load(tmp_path / "words.npy"), VECTORS)
    with np.load(tmp_path / "words.npz") as archive:
        assert np.array_equal(archive["vector"], VECTORS)
        assert archive["word"].tolist() == TABLE["word"].to_list()
        assert archive["count"].tolist() == TABLE["count"].to_list()


def test_safetensors_reads_what_is_written_for_it(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy")
    written(tmp_path, ".safetensors", embedding())
    assert np.array_equal(theirs.load_file(tmp_path / "words.safetensors")["vector"], VECTORS)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".jsonl"])
def test_polars_reads_the_tables(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, suffix, embedding())
    readers = {".parquet": pl.read_parquet, ".arrow": pl.read_ipc, ".jsonl": pl.read_ndjson}
    table = readers[suffix](path)
    assert table.columns == ["word", "count", "share", "vector"]
    assert np.array_equal(np.array(table["vector"].to_list(), np.float32), VECTORS)


def test_tensorboard_itself_reads_the_folder(tmp_path: Path) -> None:
    plugin = pytest.importorskip("tensorboard.plugins.projector.projector_plugin")
    pictures = np.random.default_rng(1).integers(0, 256, (N, 6, 6, 3), dtype=np.uint8)
    columns = TABLE.to_dict(as_series=False)
    write_embedding(tmp_path / "in", VECTORS, metadata=columns, pictures=pictures, name="a/b")
    (one,) = read_all(tmp_path / "in")
    finish(write_into_folder(one, tmp_path / "out", "a/b"))
    config = plugin.ProjectorConfig()
    text = (tmp_path / "out" / "projector_config.pbtxt").read_text()
    plugin.text_format.Parse(text, config)
    (info,) = config.embeddings
    assert info.tensor_name == "a/b:00000"
    tensor = plugin._read_tensor_tsv_file(str(tmp_path / "out" / info.tensor_path))
    assert np.array_equal(np.asarray(tensor, np.float32), VECTORS)
    (again,) = read_all(tmp_path / "out")
    assert again.metadata is not None
    assert again.metadata.equals(TABLE)
    assert again.sprites is not None
    assert again.sprites.tile == (6, 6)


def test_all_steps_go_into_a_folder_and_the_last_into_a_file(tmp_path: Path) -> None:
    for step in (1, 20):
        write_embedding(tmp_path / "in", VECTORS * step, step=step, name="h")
    sources = finish(find_sources(tmp_path / "in", Logs(tmp_path))).sources
    finish(export_embeddings(sources, tmp_path / "out"))
    finish(export_embeddings(sources, tmp_path / "h.npy"))
    finish(export_embeddings(sources, tmp_path / "first.npy", step=1))
    steps = [one.source.step for one in read_all(tmp_path / "out")]
    assert steps == [1, 20]
    assert np.array_equal(np.load(tmp_path / "h.npy"), VECTORS * 20)
    assert np.array_equal(np.load(tmp_path / "first.npy"), VECTORS)


def test_two_embeddings_do_not_go_into_one_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_embedding(tmp_path / "in", VECTORS, name=name)
    sources = finish(find_sources(tmp_path / "in", Logs(tmp_path))).sources
    with pytest.raises(InvalidChoice, match="--name"):
        finish(export_embeddings(sources, tmp_path / "out.npy"))
    finish(export_embeddings(sources, tmp_path / "out.npy", name="b"))
    with pytest.raises(InvalidChoice, match="no embedding c; the names are: a, b"):
        finish(export_embeddings(sources, tmp_path / "out.npy", name="c"))
    with pytest.raises(InvalidChoice, match="no step 7"):
        finish(export_embeddings(sources, tmp_path / "out.npy", step=7))


def test_a_format_that_is_not_written_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(InvalidChoice, match=r"\.npy, \.npz"):
        finish(export_embeddings((), tmp_path / "out.doc"))
    with pytest.raises(NothingToShow):
        finish(export_embeddings((), tmp_path / "out.npy"))


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_place_that_is_not_there_is_told(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(Unreadable, match="can't be written"):
        finish(write_file(embedding(), tmp_path / "gone" / f"w{suffix}"))


def test_a_draft_that_is_given_up_leaves_the_older_file(tmp_path: Path) -> None:
    out = tmp_path / "w.npy"
    out.write_bytes(b"older")
    work = write_file(embedding(), out)
    next(work)
    work.close()
    assert [path.name for path in tmp_path.iterdir()] == ["w.npy"]
    assert out.read_bytes() == b"older"


def test_odd_cells_are_written_so_that_rows_stay_rows(tmp_path: Path) -> None:
    table = TABLE.with_columns(word=pl.Series(["a\tb\nc\r"] + [None] * (N - 1), dtype=pl.String))
    (again,) = read_all(written(tmp_path, ".npy", replace(embedding(), metadata=table)))
    assert again.metadata is not None
    assert again.metadata["word"].to_list()[0].rstrip() == "a b c"
    line = (written(tmp_path, ".jsonl", replace(embedding(), metadata=table))).read_text()
    assert json.loads(line.splitlines()[0])["word"] == "a\tb\nc\r"
