"""`projector project` and `render --method`, as scripts rely on them."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from app.cli import run
from app.project_options import as_arguments, fields_of, read_parameters
from projector.contents import read_contents
from projector.embeddings.reader import read_embedding
from projector.embeddings.writer import write_embedding
from projector.progress import Progress, finish
from projector.projections import PROJECTIONS
from projector.projections.step import Step

N = 60  # rows of the fixture `logs`


@pytest.fixture
def project(logs, tmp_path, capsys):
    """Runs the command on the small log folder; returns (exit code, stdout, stderr)."""

    def project(*arguments, out="map.npy", method="pca"):
        path = tmp_path / out
        code = run(
            ["project", str(logs), "-o", str(path), "--method", method, *map(str, arguments)]
        )
        told = capsys.readouterr()
        return code, told.out, told.err

    return project


def record_of(path):
    return json.loads(Path(f"{path}.json").read_text("utf-8"))


def test_a_layout_is_written_and_its_path_printed(project, tmp_path):
    code, out, _ = project("--dims", 2)
    assert code == 0
    assert out.splitlines() == [str(tmp_path / "map.npy")]
    assert np.load(tmp_path / "map.npy").shape == (N, 2)


def test_pca_agrees_with_scikit_learn(project, tmp_path):
    from sklearn.decomposition import PCA

    vectors = np.random.default_rng(0)
    np.save(tmp_path / "vectors.npy", vectors.normal(size=(40, 6)).astype(np.float32))
    out = tmp_path / "map.npy"
    assert run(["project", str(tmp_path / "vectors.npy"), "-o", str(out), "--method", "pca"]) == 0
    theirs = PCA(3).fit_transform(np.load(tmp_path / "vectors.npy").astype(np.float64))
    assert np.abs(np.load(out)) == pytest.approx(np.abs(theirs), abs=1e-5)


@pytest.mark.parametrize("out", ["map.csv", "map.tsv", "map.parquet", "map.json"])
def test_every_format_holds_the_same_positions(project, tmp_path, out):
    from projector.layout_files import read_layout
    from projector.progress import finish

    assert project()[0] == 0
    assert project(out=out)[0] == 0
    positions = finish(read_layout(tmp_path / out)).positions
    assert np.array_equal(positions, np.load(tmp_path / "map.npy"))


def test_metadata_come_along_when_asked_for(project, tmp_path):
    project("--with-metadata", out="map.parquet")
    table = pl.read_parquet(tmp_path / "map.parquet")
    assert table.columns == ["x", "y", "z", "label", "kind"]
    assert table["label"][:2].to_list() == ["w0", "w1"]


def test_the_record_says_all_that_is_needed_to_make_it_again(project, tmp_path, logs):
    project("--seed", 5, "--components", "3,1,2", "--step", 1)
    record = record_of(tmp_path / "map.npy")
    assert record["method"] == "pca"
    assert record["parameters"] == {"n_dims": 3, "seed": 5, "components": [3, 1, 2]}
    source = record["source"]
    assert source["path"] == str(logs)
    assert (source["name"], source["step"]) == ("words", 1)
    assert (source["rows"], source["dims"]) == (N, 8)
    assert re.fullmatch(r"[0-9a-f]{64}", source["vectors_sha256"])
    assert record["is_complete"] is True
    assert {"projector", "numpy", "python"} <= set(record["versions"])


def test_the_printed_line_makes_the_same_bytes_again(project, tmp_path, capsys):
    _, _, err = project("--components", "2,1", "--dims", 2, "--pca", 4, "--with-metadata")
    first = {path.name: path.read_bytes() for path in tmp_path.glob("map*")}
    assert len(first) == 3
    line = next(line for line in err.splitlines() if line.startswith("To repeat it: "))
    words = shlex.split(line.removeprefix("To repeat it: "))
    assert words[0] == "projector"
    for path in tmp_path.glob("map*"):
        path.unlink()
    assert run(words[1:]) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.glob("map*")} == first


def test_preparation_is_done_and_told(project, tmp_path):
    _, _, err = project("--center", "--unit-length", "--pca", 3)
    record = record_of(tmp_path / "map.npy")
    assert record["preparation"]["unit_length"] is True
    assert record["preparation"]["n_components"] == 3
    assert record["prepared"]
    assert all(sentence in err for sentence in record["prepared"])


def test_quality_is_printed_and_kept(project, tmp_path):
    _, out, _ = project("--quality")
    assert "trustworthiness" in out
    quality = record_of(tmp_path / "map.npy")["quality"]
    vectors = np.load(tmp_path / "map.npy")
    assert 0 < quality["trustworthiness"]["value"] <= 1
    assert len(vectors) == quality["trustworthiness"]["looked_at"]


def test_the_rows_beyond_a_sample_are_placed_among_it(project, tmp_path):
    project("--sample", 20, "--dims", 2)
    record = record_of(tmp_path / "map.npy")
    assert (record["sample"], record["rows_placed_afterwards"]) == (20, N - 20)
    assert np.isfinite(np.load(tmp_path / "map.npy")).all()


def read_vectors(logs):
    """Those of the last step, float64 (N, 8)."""
    sources = finish(read_contents(logs)).sources
    last = max(sources, key=lambda source: source.step)
    return finish(read_embedding(last)).vectors.astype(np.float64)


def test_axes_lead_from_the_center_of_some_rows_to_that_of_others(project, tmp_path, logs):
    words = ["--from", "kind=0", "--to", "kind = 2", "--from", "label=w1", "--to", "label~^W[23]$"]
    code, _, err = project("--orthogonal", *words, method="axes", out="map.json")
    assert code == 0
    assert "kind=0 → kind = 2: from the center of 20 rows to that of 20 rows." in err
    made = json.loads((tmp_path / "map.json").read_text("utf-8"))
    vectors = read_vectors(logs)
    kinds = np.arange(N) % 3
    first = vectors[kinds == 2].mean(axis=0) - vectors[kinds == 0].mean(axis=0)
    second = vectors[2:4].mean(axis=0) - vectors[1]
    axes = np.linalg.qr(np.column_stack([first, second]))[0]
    found, wanted = np.array(made["rows"]), vectors @ axes
    assert made["columns"] == ["x", "y"]
    assert np.abs(found) == pytest.approx(np.abs(wanted), abs=1e-5)
    parameters = made["record"]["parameters"]
    assert parameters["is_orthogonal"] is True
    assert parameters["axes"][1] == {
        "from": "label=w1", "to": "label~^W[23]$", "rows_from": 1, "rows_to": 2
    }  # fmt: skip


def test_the_printed_line_makes_the_same_axes_again(project, tmp_path):
    _, _, err = project("--from", "label~w1|w2", "--to", "kind=1", method="axes")
    first = (tmp_path / "map.npy").read_bytes()
    line = next(line for line in err.splitlines() if line.startswith("To repeat it: "))
    (tmp_path / "map.npy").unlink()
    assert run(shlex.split(line.removeprefix("To repeat it: "))[1:]) == 0
    assert (tmp_path / "map.npy").read_bytes() == first


def test_supervision_says_how_many_classes_it_heard(project):
    code, _, err = project("--supervise", "kind", "--n-iterations", 5, method="tsne")
    assert code == 0
    assert "Supervised by kind: 3 classes, 0 rows without one." in err


def test_a_layout_is_kept_where_its_quality_can_not_be_measured(project, tmp_path, capsys):
    np.save(tmp_path / "two.npy", np.eye(2, dtype=np.float32))
    out = tmp_path / "map.npy"
    words = ["project", str(tmp_path / "two.npy"), "-o", str(out), "--method", "pca", "--quality"]
    assert run(words) == 1
    told = capsys.readouterr()
    assert told.out.strip() == str(out)
    assert "The quality was not measured: Quality needs at least 3 rows" in told.err
    assert np.load(out).shape == (2, 3)


def test_a_layout_is_kept_where_the_memory_ends(project, tmp_path, monkeypatch):
    def steps(inputs, parameters, control):
        yield Step(0.5, "Half way", np.ones((N, 3), np.float32))
        raise MemoryError

    monkeypatch.setitem(PROJECTIONS, "tsne", replace(PROJECTIONS["tsne"], steps=steps))
    code, _, err = project(method="tsne")
    assert code == 1
    assert "The memory did not suffice" in err
    assert (np.load(tmp_path / "map.npy") == 1).all()


def test_a_folder_that_is_not_there_is_told_before_the_work(project, monkeypatch):
    interrupted_after(monkeypatch, 0)
    code, _, err = project(out="gone/map.npy")
    assert code == 1
    assert "gone does not exist, so map.npy can't be written" in err


def test_a_folder_in_the_place_of_the_record_is_told_before_the_work(project, tmp_path):
    (tmp_path / "map.npy.json").mkdir()
    code, _, err = project()
    assert code == 1
    assert "map.npy.json can't be written: it is a folder" in err
    assert not (tmp_path / "map.npy").exists()


def test_the_embedding_itself_is_never_replaced(tmp_path, capsys):
    path = tmp_path / "vectors.npy"
    np.save(path, np.eye(5, dtype=np.float32))
    before = path.read_bytes()
    (tmp_path / "vectors_metadata.tsv").write_text("a\nb\nc\nd\ne\n")
    link = tmp_path / "link.npy"
    link.symlink_to(path)
    for out in (path, link):
        assert run(["project", str(path), "-o", str(out), "--method", "pca"]) == 1
        assert "belongs to the embedding itself" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_layout_that_can_not_be_written_in_its_place_is_kept_elsewhere(
    project, tmp_path, monkeypatch
):
    def steps(inputs, parameters, control):
        (tmp_path / "place").rmdir()  # as a drive that is taken out meanwhile
        yield Step(1.0, "Done", np.ones((N, 3), np.float32))
        return Step(1.0, "Done", np.ones((N, 3), np.float32))

    (tmp_path / "place").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setitem(PROJECTIONS, "pca", replace(PROJECTIONS["pca"], steps=steps))
    code, out, err = project(out="place/map.npy")
    assert code == 1
    assert "map.npy can't be written: No such file or directory." in err
    assert (np.load(out.strip()) == 1).all()
    assert Path(f"{out.strip()}.json").exists()


@pytest.mark.parametrize("suffix", [".npy", ".parquet", ".json"])
def test_names_that_are_no_text_are_written_all_the_same(tmp_path, capsys, suffix):
    source = os.fsdecode(os.fsencode(tmp_path) + b"/vectors\xff.npy")
    out = os.fsdecode(os.fsencode(tmp_path) + b"/map\xff" + suffix.encode())
    try:
        np.save(source, np.eye(5, dtype=np.float32))
    except OSError:
        pytest.skip("names of files are texts here")
    assert run(["project", source, "-o", out, "--method", "pca"]) == 0
    if suffix != ".parquet":
        record = json.loads(Path(out if suffix == ".json" else f"{out}.json").read_text("utf-8"))
        assert record.get("record", record)["source"]["path"] == source


def test_values_beyond_single_precision_are_told_before_the_work(tmp_path, capsys):
    np.save(tmp_path / "large.npy", np.full((5, 3), 1e300))
    out = str(tmp_path / "map.npy")
    assert run(["project", str(tmp_path / "large.npy"), "-o", out, "--method", "pca"]) == 1
    assert "15 values are too large for 32-bit floats" in capsys.readouterr().err


def test_of_several_embeddings_of_one_name_a_run_may_be_chosen(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for name in ("one", "two"):
        vectors = rng.normal(size=(9, 4)).astype(np.float32)
        write_embedding(tmp_path / "logs" / name, vectors, name="words", step=1)
        np.save(tmp_path / f"{name}.npy", vectors)
    out = tmp_path / "map.npy"
    words = ["project", str(tmp_path / "logs"), "-o", str(out), "--method", "raw"]
    for name, chosen in (("words", "one"), ("one/words", "one"), ("two/words", "two")):
        assert run([*words, "--name", name]) == 0
        err = capsys.readouterr().err
        is_told = "This is one/words, one of 2 embeddings; --name two/words takes another." in err
        assert is_told == (name == "words")
        assert np.array_equal(np.load(out), np.load(tmp_path / f"{chosen}.npy")[:, :3])


class Slow:
    """A projection that yields two steps and then is interrupted."""

    def __init__(self, n_steps):
        self.n_steps = n_steps

    def __call__(self, inputs, parameters, control):
        yield Progress(None, "Getting ready")
        for i in range(self.n_steps):
            positions = np.full((len(inputs.vectors), parameters.n_dims), i, np.float32)
            yield Step((i + 1) / 10, f"Iteration {i + 1}", positions, {"kl": 1.5})
        raise KeyboardInterrupt


def interrupted_after(monkeypatch, n_steps, name="pca"):
    slow = replace(PROJECTIONS[name], steps=Slow(n_steps))
    monkeypatch.setitem(PROJECTIONS, name, slow)


def test_ctrl_c_keeps_the_last_step_and_says_so(project, tmp_path, monkeypatch):
    interrupted_after(monkeypatch, 4)
    code, out, err = project()
    assert code == 130
    assert out.strip() == str(tmp_path / "map.npy")
    assert (np.load(tmp_path / "map.npy") == 3).all()
    assert "Stopped at 40%" in err
    assert "Iteration 4, KL = 1.5" in err
    assert record_of(tmp_path / "map.npy")["is_complete"] is False


def test_a_stopped_layout_can_be_gone_on_from(project, tmp_path, monkeypatch):
    interrupted_after(monkeypatch, 4, "tsne")
    _, _, err = project(method="tsne")
    go_on = shlex.split(re.search("To go on from it: (.*)", err)[1])
    starts = []

    def steps(inputs, parameters, control):
        starts.append(inputs.start)
        yield Step(1.0, "Done", np.zeros((N, 3), np.float32))
        return Step(1.0, "Done", np.zeros((N, 3), np.float32))

    monkeypatch.setitem(PROJECTIONS, "tsne", replace(PROJECTIONS["tsne"], steps=steps))
    assert project(*go_on, out="next.npy", method="tsne")[0] == 0
    assert (starts[0] == 3).all()
    assert record_of(tmp_path / "next.npy")["start"]["path"] == str(tmp_path / "map.npy")


def test_ctrl_c_before_the_first_step_writes_nothing(project, tmp_path, monkeypatch):
    interrupted_after(monkeypatch, 0)
    code, out, err = project()
    assert (code, out) == (130, "")
    assert "before there was anything to write" in err
    assert not (tmp_path / "map.npy").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--method", "tsnee"], "must be one of pca"),
        (["--components", "one"], "--components must be a whole number"),
        (["--components", "1,2"], "3 dimensions need 3 components"),
        (["--dims", "4"], "--dims"),
        (["--seed", "-1"], "seed"),
        (["--no-such-option", "1"], "No such option"),
        (["--continue", "map.npy"], "--continue does not go with --method pca"),
        (["--sample", "1" + 20 * "0"], "must lie between 4 and 10,000,000"),
        (["--from", "kind=0", "--to", "kind=1"], "go with --method axes, not pca"),
        (["--method", "axes"], "needs --from and --to, each COLUMN=VALUE or COLUMN~TEXT"),
        (["--method", "axes", "--from", "kind=0"], "got 1 and 0 of them"),
        (["--method", "axes", "--from", "kind", "--to", "kind=1"], "COLUMN~TEXT, got kind."),
        (["--method", "axes", "--from", " =1", "--to", "kind=1"], "must be COLUMN=VALUE"),
        (["--method", "axes", *4 * ["--from", "kind=0", "--to", "kind=1"]], "between 1 and 3"),
        (["--method", "axes", "--from=kind=0", "--to=kind=1", "--sample=9"], "--sample does not"),
    ],
)
def test_wrong_options_are_exit_code_2_and_a_sentence(project, arguments, told, tmp_path):
    code, _, err = project(*arguments)
    assert code == 2
    assert told in " ".join(err.replace("│", " ").split())
    assert not (tmp_path / "map.npy").exists()


def test_an_option_of_another_method_is_named_with_its_owner(project):
    if "tsne" not in PROJECTIONS:
        pytest.skip("there is no t-SNE")
    code, _, err = project("--perplexity", 5)
    assert code == 2
    told = " ".join(err.replace("│", " ").split())
    assert "--perplexity goes with --method tsne, not with pca, which has --components" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--method", "tsne", "--supervise", "size"], "the columns are: label, kind"),
        (["--name", "other"], "There is no embedding other"),
        (["--step", "9"], "has no step 9"),
        (["--method", "axes", "--from=size=1", "--to=kind=1"], "columns are: label, kind"),
        (["--method", "axes", "--from=kind=7", "--to=kind=1"], "No row holds 7 in the column kind"),
        (["--method", "axes", "--from=label~z", "--to=kind=1"], "a text like z in the column"),
        (["--method", "axes", "--from=label~(", "--to=kind=1"], "not a regular expression"),
        (["--method", "axes", "--from=kind=1", "--to=kind=1"], "the same center"),
        (["--method", "tsne", "--continue", "gone.npy"], "gone.npy"),
    ],
)
def test_what_the_source_does_not_have_is_exit_code_1_and_a_sentence(project, arguments, told):
    code, _, err = project(*arguments)
    assert code == 1
    assert told in err


def test_a_start_of_another_shape_is_refused(project, tmp_path):
    np.save(tmp_path / "start.npy", np.zeros((5, 2), np.float32))
    code, _, err = project("--continue", tmp_path / "start.npy", method="umap")
    assert code == 1
    assert "5 × 2 values; to go on from it takes 60 × 3" in err


def test_a_name_that_is_no_layout_is_refused_before_the_work(project):
    code, _, err = project(out="map.xlsx")
    assert code == 1
    assert ".npy, .csv, .tsv, .parquet or .json" in err


def test_what_does_not_fit_is_refused_with_numbers(project, tmp_path, monkeypatch):
    monkeypatch.setattr("projector.embeddings.memory._available_memory", lambda: 1 << 20)
    code, _, err = project()
    assert code == 1
    assert "PCA of 60 rows of 8 values takes" in err
    assert "--sample" in err


def test_help_tells_the_options_of_every_method(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["project", "--help"]) == 0
    text = capsys.readouterr().out
    for projection in PROJECTIONS.values():
        for field in fields_of(projection.parameters).values():
            assert field.option in text
            assert field.help, f"{field.option} of {projection.name} has no help"


@pytest.mark.parametrize("name", PROJECTIONS)
def test_parameters_survive_the_way_through_the_command_line(name):
    projection = PROJECTIONS[name]
    parameters = projection.parameters(n_dims=2, seed=9)
    words = list(as_arguments(parameters))
    assert words == ["--dims", "2", "--seed", "9"]
    assert read_parameters(projection, {}, n_dims=2, seed=9) == parameters


def test_render_draws_by_a_method_or_a_file(project, logs, tmp_path, capsys):
    project("--dims", 2)
    pictures = []
    for method in ("pca", str(tmp_path / "map.npy")):
        out = tmp_path / "picture.png"
        words = ["render", str(logs), "-o", str(out), "--size", "200x200", "--dims", "2"]
        assert run([*words, "--method", method]) == 0
        pictures.append(out.read_bytes())
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    ("method", "told"), [("tsnee", "take pca"), ("gone.npy", "gone"), ("short.npy", "5 positions")]
)
def test_render_names_what_it_can_draw(logs, tmp_path, capsys, monkeypatch, method, told):
    monkeypatch.chdir(tmp_path)
    np.save(tmp_path / "short.npy", np.zeros((5, 2), np.float32))
    assert run(["render", str(logs), "-o", str(tmp_path / "a.png"), "--method", method]) == 1
    assert told in capsys.readouterr().err
