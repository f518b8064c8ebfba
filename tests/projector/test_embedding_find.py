"""Finding embeddings: layouts of folders, moved logs, bare files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from projector.embeddings.embedding import Source
from projector.embeddings.find import find_sources
from projector.embeddings.paths import find_file
from projector.embeddings.writer import write_embedding
from projector.errors import Problem
from projector.logs.series import Logs, Run
from projector.progress import finish

VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3)


def find(path: Path, runs: tuple[Run, ...] = ()) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    found = finish(find_sources(path, Logs(path, runs)))
    return found.sources, found.problems


def write_config(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "projector_config.pbtxt").write_text(text)


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert find(tmp_path) == ((), ())


def test_an_event_file_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1.host"
    path.write_bytes(b"")
    assert find(path) == ((), ())


def test_run_name_and_step_are_told_apart(tmp_path: Path) -> None:
    write_embedding(tmp_path / "train" / "a", VECTORS, step=3, name="hidden/1")
    write_embedding(tmp_path, VECTORS, step=70_000, name="x:y")
    found = {(source.run, source.name, source.step) for source in find(tmp_path)[0]}
    assert found == {("train/a", "hidden/1", 3), (".", "x:y", 70_000)}


def test_embeddings_that_no_config_names_are_found(tmp_path: Path) -> None:
    write_embedding(tmp_path / "run", VECTORS, metadata=list("abcd"), step=2, name="50%/a\\b")
    (tmp_path / "run" / "projector_config.pbtxt").unlink()
    (source,) = find(tmp_path)[0]
    assert (source.run, source.name, source.step) == ("run", "50%/a\\b", 2)
    assert source.metadata_path == source.tensor_path.with_name("metadata.tsv")


def test_a_link_back_to_the_root_ends_the_walk(tmp_path: Path) -> None:
    write_embedding(tmp_path / "run", VECTORS)
    (tmp_path / "run" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert len(find(tmp_path)[0]) == 1


def test_a_link_to_a_run_elsewhere_is_followed(tmp_path: Path) -> None:
    write_embedding(tmp_path / "elsewhere", VECTORS)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "run").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert [source.run for source in find(tmp_path / "logs")[0]] == ["run"]


def test_the_plugin_folder_replaces_the_config_of_its_run(tmp_path: Path) -> None:
    plugin = tmp_path / "run" / "plugins" / "org_tensorflow_tensorboard_projector"
    for folder, name in ((tmp_path / "run", "old"), (plugin, "new")):
        write_config(folder, f'embeddings {{ tensor_name: "{name}" tensor_path: "v.tsv" }}')
        (folder / "v.tsv").write_text("1\t2\n")
    assert [(source.run, source.name) for source in find(tmp_path)[0]] == [("run", "new")]


def test_of_two_with_the_same_name_the_last_complete_one_counts(tmp_path: Path) -> None:
    block = 'embeddings {{ tensor_name: "a" tensor_path: "{}" }}\n'
    write_config(tmp_path, "".join(map(block.format, ("one.tsv", "two.tsv", "gone.tsv"))))
    for name in ("one.tsv", "two.tsv"):
        (tmp_path / name).write_text("1\t2\n")
    sources, problems = find(tmp_path)
    assert [source.tensor_path.name for source in sources] == ["two.tsv"]
    assert "gone.tsv" in problems[0].what


def test_one_broken_block_does_not_cost_the_others(tmp_path: Path) -> None:
    good = 'embeddings {\n  tensor_name: "%s"\n  tensor_path: "v.tsv"\n}\n'
    quoted = 'embeddings {\n  tensor_name: "say "hi""\n  tensor_path: "v.tsv"\n}\n'
    broken = "embeddings {\n  tensor_name: what\n}\n"
    write_config(tmp_path, good % "a" + broken + quoted + good % "b")
    (tmp_path / "v.tsv").write_text("1\t2\n")
    sources, problems = find(tmp_path)
    assert [source.name for source in sources] == ["a", 'say "hi"', "b"]
    assert ["line 5" in problem.what for problem in problems] == [True]


def test_a_config_nested_without_end_is_one_problem(tmp_path: Path) -> None:
    write_config(tmp_path, "x {" * 100_000)
    sources, problems = find(tmp_path)
    assert (sources, len(problems)) == ((), 1)


def test_a_standalone_json_config_is_read(tmp_path: Path) -> None:
    text = '{"embeddings": [{"tensorName": "w", "tensorShape": [2, 2], "tensorPath": "v.bytes"}]}'
    (tmp_path / "config.json").write_text(text)
    (tmp_path / "v.bytes").write_bytes(b"\0" * 16)
    (source,) = find(tmp_path / "config.json")[0]
    assert (source.name, source.shape) == ("w", (2, 2))


@pytest.mark.parametrize("text", ["model.ckpt", "weights.h5", "words.safetensors"])
def test_formats_not_supported_are_named(tmp_path: Path, text: str) -> None:
    write_config(tmp_path, f'embeddings {{ tensor_path: "{text}" }}')
    (tmp_path / text).write_bytes(b"x")
    sources, (problem,) = find(tmp_path)
    assert sources == ()
    assert Path(text).suffix in problem.what


def test_a_config_for_a_checkpoint_says_so(tmp_path: Path) -> None:
    write_config(tmp_path, 'model_checkpoint_path: "m.ckpt"\nembeddings { tensor_name: "w" }')
    assert ["m.ckpt" in problem.what for problem in find(tmp_path)[1]] == [True]


@pytest.mark.parametrize(
    "text", ["/home/ann/logs/run/sub/v.tsv", "D:\\logs\\sub\\v.tsv", "sub\\v.tsv", "./sub/v.tsv"]
)
def test_paths_of_another_machine_are_found_below_the_folder(tmp_path: Path, text: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "v.tsv").write_text("1\n")
    found = find_file(text, tmp_path)
    assert found.path is not None
    assert found.path.samefile(tmp_path / "sub" / "v.tsv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://example.org/v.tsv", "on the web"),
        ("x" * 5000, "not there"),
        ("a\0b", "not there"),
        ("/nowhere/at/all.tsv", "neither"),
        (".", "is a folder"),
    ],
)
def test_what_is_no_file_is_explained(tmp_path: Path, text: str, words: str) -> None:
    found = find_file(text, tmp_path)
    assert found.path is None
    assert words in found.tried


def test_a_bare_file_comes_with_its_labels_and_pictures(tmp_path: Path) -> None:
    np.save(tmp_path / "iris_tensors.npy", VECTORS)
    for name in ("iris_labels.tsv", "metadata.tsv", "sprite.png"):
        (tmp_path / name).touch()
    (source,) = find(tmp_path / "iris_tensors.npy")[0]
    assert source.metadata_path == tmp_path / "iris_labels.tsv"
    assert source.sprite_path == tmp_path / "sprite.png"


def test_a_folder_of_bare_files_is_listed(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", VECTORS)
    np.save(tmp_path / "cube.npy", np.zeros((2, 2, 2)))
    (tmp_path / "b.tsv").write_text("1\t2\n3\t4\n")
    (tmp_path / "labels.tsv").write_text("cat\ndog\n")
    sources, problems = find(tmp_path)
    assert [source.name for source in sources] == ["a", "b"]
    assert ["3 dimensions" in problem.what for problem in problems] == [True]


def test_bare_files_beside_logs_are_left_alone(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", VECTORS)
    assert find(tmp_path, runs=(Run(".", (), ()),)) == ((), ())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of Unix")
def test_a_config_that_is_a_pipe_is_not_waited_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "projector_config.pbtxt")
    sources, problems = find(tmp_path)
    assert not sources
    assert "no plain file" in problems[0].what


def test_countless_broken_blocks_are_not_all_listed(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.eye(3, dtype=np.float32))
    broken = 'embeddings { tensor_path: "v.npy\n'
    write_config(tmp_path, 'embeddings { tensor_path: "v.npy" }\n' + broken * 500)
    sources, problems = find(tmp_path)
    assert len(sources) == 1
    assert len(problems) == 101
    assert problems[0].offset == 36
    assert "line 2" in problems[0].what
    assert problems[-1].what.startswith("More than 100")


@pytest.mark.parametrize(
    "picture", ["sprite.png", "v_sprite.jpg", "v.webp", "sprite_0.png", "v-images-001.PNG"]
)
def test_a_bare_file_has_the_pictures_beside_it(tmp_path: Path, picture: str) -> None:
    np.save(tmp_path / "v.npy", VECTORS)
    (tmp_path / picture).write_bytes(b"")
    (source,) = finish(find_sources(tmp_path, Logs(tmp_path))).sources
    assert source.sprite_path == tmp_path / picture


def test_many_matrices_among_many_files_take_no_time(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", **{f"m{i}": VECTORS for i in range(200)})  # type: ignore[arg-type]
    for i in range(2000):
        (tmp_path / f"notes-{i}.tsv").write_bytes(b"")
    started = time.monotonic()
    found = finish(find_sources(tmp_path / "v.npz", Logs(tmp_path)))
    assert len(found.sources) == 200
    assert time.monotonic() - started < 1
