"""What is told of embeddings that are not where they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from projector.contents import read_contents
from projector.embeddings.doctor import Finding, Names, Tried
from projector.embeddings.find import find_sources
from projector.embeddings.found import Found
from projector.errors import Problem
from projector.logs.series import Logs
from projector.progress import finish
from projector.report import describe_contents

VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3)


def find(path: Path) -> Found:
    return finish(find_sources(path, Logs(path)))


def write_config(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "projector_config.pbtxt").write_text(text)


def one(found: Found, outcome: str) -> Finding:
    (finding,) = (finding for finding in found.findings if finding.outcome == outcome)
    return finding


def test_what_is_sound_is_told_too(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", VECTORS)
    write_config(tmp_path, 'embeddings { tensor_name: "a" tensor_path: "v.npy" }')
    found = find(tmp_path)
    assert [finding.outcome for finding in found.findings] == ["found", "found"]
    assert found.findings[0].what == "A projector config with 1 embedding."
    assert found.findings[1].what == "'a' is in v.npy."
    assert found.problems == ()


def test_the_nearest_file_is_named(tmp_path: Path) -> None:
    np.save(tmp_path / "vectors_final.npy", VECTORS)
    write_config(tmp_path, 'embeddings { tensor_name: "a" tensor_path: "vectors-final.npy" }')
    failed = one(find(tmp_path), "failed")
    assert failed.tried == (Tried(tmp_path / "vectors-final.npy", "is not there"),)
    assert failed.nearest == tmp_path / "vectors_final.npy"
    assert "The nearest there is:" in failed.problem.what


def test_a_file_of_that_name_elsewhere_is_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "data").mkdir()
    np.save(tmp_path / "data" / "v.npy", VECTORS)
    write_config(tmp_path / "run", 'embeddings { tensor_path: "v.npy" }')
    assert one(find(tmp_path), "failed").nearest == tmp_path / "data" / "v.npy"


@pytest.mark.parametrize(
    "written", ["/home/ann/proj/data/v.npy", "C:\\\\Users\\\\ann\\\\data\\\\v.npy"]
)
def test_a_path_of_another_machine_is_found_and_told(tmp_path: Path, written: str) -> None:
    (tmp_path / "data").mkdir()
    np.save(tmp_path / "data" / "v.npy", VECTORS)
    write_config(tmp_path / "run", f'embeddings {{ tensor_name: "a" tensor_path: "{written}" }}')
    found = find(tmp_path)
    assert [source.tensor_path for source in found.sources] == [tmp_path / "data" / "v.npy"]
    repaired = one(found, "repaired")
    assert str(tmp_path / "data" / "v.npy") in repaired.what
    assert repaired.tried[0].why == "is not there"


def test_a_tensor_of_another_rank_is_named_with_its_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "cube.npy", np.zeros((2, 3, 4)))
    write_config(tmp_path, 'embeddings { tensor_name: "cube" tensor_path: "cube.npy" }')
    found = find(tmp_path)
    assert found.sources == ()
    assert "2 × 3 × 4" in found.problems[0].what


def test_the_matrices_there_are_are_listed_for_a_name_that_is_not(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", users=VECTORS, items=VECTORS)
    write_config(tmp_path, 'embeddings { tensor_name: "item" tensor_path: "v.npz" }')
    failed = one(find(tmp_path), "failed")
    assert "'items'" in failed.sentence


def test_no_checkpoint_is_never_all_that_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "weights.npy", VECTORS)
    write_config(tmp_path, 'model_checkpoint_path: "m.ckpt"\nembeddings { tensor_name: "w" }')
    failed = one(find(tmp_path), "failed")
    assert "m.ckpt" in failed.what
    assert "'w'" in failed.what
    assert {tried.path for tried in failed.tried} >= {Path("m.ckpt"), tmp_path, tmp_path.parent}
    assert failed.nearest == tmp_path / "weights.npy"


def test_an_empty_config_says_what_it_lacks(tmp_path: Path) -> None:
    write_config(tmp_path, "# nothing yet\n")
    assert "tensor_path" in one(find(tmp_path), "failed").what


def test_missing_companions_leave_the_embedding(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", VECTORS)
    write_config(
        tmp_path,
        'embeddings { tensor_name: "a" tensor_path: "v.npy" metadata_path: "m.tsv"'
        ' bookmarks_path: "b.json" sprite { image_path: "https://x.org/s.png" } }',
    )
    found = find(tmp_path)
    assert len(found.sources) == 1
    whats = [finding.what for finding in found.findings if finding.outcome == "failed"]
    assert [what.split()[1] for what in whats] == ["metadata", "sprite", "bookmarks"]
    assert "nothing is fetched" in found.problems[1].what


def test_the_bookmarks_of_a_source_are_known(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", VECTORS)
    (tmp_path / "b.json").write_text("[]")
    write_config(tmp_path, 'embeddings { tensor_path: "v.npy" bookmarks_path: "b.json" }')
    assert find(tmp_path).sources[0].bookmarks_path == tmp_path / "b.json"


def test_an_unknown_file_is_told_which_are_known(tmp_path: Path) -> None:
    (tmp_path / "v.doc").write_bytes(b"\x00\x01\x02\xff")
    assert ".npy" in find(tmp_path / "v.doc").problems[0].what
    (tmp_path / "notes.md").write_text("To do: nothing.\n")
    assert "neither" in find(tmp_path / "notes.md").problems[0].what


def test_few_of_very_many_names_are_compared(tmp_path: Path) -> None:
    names = {f"file{i}.npy" for i in range(50_000)}
    folder = tmp_path / "logs"
    nearest = Names([(folder, names)]).nearest("file17.np", tmp_path)
    assert nearest is not None
    assert nearest.parent == folder


def test_findings_reach_contents_and_report(tmp_path: Path) -> None:
    write_config(tmp_path, 'embeddings { tensor_name: "a" tensor_path: "gone.tsv" }')
    contents = finish(read_contents(tmp_path, uses_index=False))
    assert one(Found(findings=contents.findings), "failed").problem in contents.problems
    assert "gone.tsv" in contents.why_empty
    report = finish(describe_contents(contents))
    assert report["findings"][-1] == {
        "file": "projector_config.pbtxt",
        "what": "The vectors of 'a' were not found.",
        "outcome": "failed",
        "tried": [{"path": "gone.tsv", "why": "is not there"}],
        "nearest": None,
    }


def test_a_long_list_of_places_is_told_in_short() -> None:
    tried = tuple(Tried(Path(str(i)), "is not there") for i in range(9))
    finding = Finding(Path("c"), "Not found.", "failed", tried, Path("n"))
    assert finding.sentence == (
        "Not found. 0 is not there. 1 is not there. 2 is not there. 6 more places were tried. "
        "The nearest there is: n."
    )
    assert finding.problem == Problem(Path("c"), finding.sentence)


def test_places_below_the_folder_are_told_by_their_way_from_there(tmp_path: Path) -> None:
    away = tmp_path / "away" / "b.tsv"
    tried = (
        Tried(tmp_path / "logs" / "run" / "a.tsv", "is not there"),
        Tried(tmp_path / "logs", "holds no TensorFlow checkpoint"),
        Tried(away, "is not there"),
    )
    near = tmp_path / "logs" / "run" / "b.tsv"
    finding = Finding(tmp_path / "logs" / "c.pbtxt", "It was not found.", "failed", tried, near)
    assert finding.sentence == (
        f"It was not found. {Path('run', 'a.tsv')} is not there. logs holds no TensorFlow "
        f"checkpoint. {away} is not there. The nearest there is: {Path('run', 'b.tsv')}."
    )
