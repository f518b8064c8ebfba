"""The script that is copied makes the same positions and the same picture, bit by bit."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from projector.embeddings.embedding import Source
from projector.embeddings.reader import Companions, read_embedding, read_parts
from projector.export.python_script import Recipe, python_script
from projector.export.python_values import Imports, python_value
from projector.frames import scatter_frame
from projector.progress import finish
from projector.projections import PROJECTIONS
from projector.projections.axes import AxesParameters, axis_from_rows
from projector.projections.components import PcaParameters
from projector.projections.contract import Control, Inputs
from projector.projections.prepare import Preparation, prepare
from projector.projections.sample import Sampling
from projector.projections.tsne import TsneParameters
from projector.render.camera import Camera
from projector.render.figure import paint_frame

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def source(tmp_path):
    """Vectors and metadata in a folder with a name that needs quotes."""
    folder = tmp_path / 'it\'s "größer"'
    folder.mkdir()
    rng = np.random.default_rng(0)
    np.save(folder / "v.npy", rng.normal(size=(60, 8)).astype(np.float32))
    table = pl.DataFrame({"word": [f"w{i}" for i in range(60)], "kind": [i % 3 for i in range(60)]})
    table.write_csv(folder / "m.tsv", separator="\t")
    return Source("a 'name'", ".", folder / "v.npy", metadata_path=folder / "m.tsv")


def run(script, folder):
    (folder / "again.py").write_text(script, "utf-8")
    done = subprocess.run(
        [sys.executable, "again.py"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return np.load(folder / "positions.npy")


def test_the_script_makes_the_same_positions_and_picture(source, tmp_path):
    from PIL import Image

    parameters = TsneParameters(n_dims=2, perplexity=8.5, n_iterations=40, seed=3)
    preparation = Preparation(center=True, n_components=5)
    camera = Camera(is_flat=True, distance=2.5)
    recipe = Recipe(
        source=source,
        projection="tsne",
        parameters=parameters,
        preparation=preparation,
        supervise="kind",
        color_by="kind",
        camera=camera,
        size=(200, 150),
        is_dark=True,
    )
    found = run(python_script(recipe), tmp_path)
    embedding = finish(read_embedding(source))
    prepared = finish(prepare(embedding.vectors, preparation))
    classes = np.arange(60) % 3
    inputs = Inputs(prepared.vectors, labels=classes)
    step = finish(PROJECTIONS["tsne"].steps(inputs, parameters, Control()))
    assert np.array_equal(found, step.positions)
    frame = scatter_frame(embedding, step.positions, color_by="kind", is_dark=True)
    image = paint_frame(frame, camera, 200, 150, background=(26, 29, 34))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "picture.png")), image)


CASES = {
    "pca": ("pca", PcaParameters(components=(2, 1, 4)), {}),
    "axes": (
        "axes",
        AxesParameters(
            n_dims=2, axes=(axis_from_rows('so "far"', np.arange(9), np.array([20, 22, 40])),)
        ),
        {},
    ),
    "sample": ("pca", PcaParameters(), {"sampling": Sampling(n_rows=30)}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_script_is_python_with_all_that_was_chosen(source, case):
    projection, parameters, more = CASES[case]
    recipe = Recipe(source=source, projection=projection, parameters=parameters, **more)
    script = python_script(recipe)
    head, _, _ = script.partition("embedding = ")
    assert ast.parse(script)
    held: dict[str, object] = {}
    exec(head, held)
    assert held["source"] == source
    line = next(part for part in script.split("\nparameters = ")[1:])
    exec(head + "\nparameters = " + line.split("\ninputs =")[0], held)
    again = held["parameters"]
    assert type(again) is type(parameters)
    if projection == "axes":
        assert np.array_equal(again.axes[0].start, np.arange(9))
        assert again.axes[0].end.tolist() == [20, 22, 40]
        assert again.axes[0].name == 'so "far"'
    else:
        assert again == parameters


def test_other_companions_are_read_by_the_script_too(source, tmp_path):
    pl.DataFrame({"other": range(60)}).write_csv(tmp_path / "o.tsv")
    wish = Companions(metadata_path=tmp_path / "o.tsv", header=True)
    parameters = PcaParameters(n_dims=2)
    recipe = Recipe(
        source=source, projection="pca", parameters=parameters, companions=wish, color_by="other"
    )
    found = run(python_script(recipe), tmp_path)
    embedding = finish(read_parts(source, wish)).embedding
    step = finish(PROJECTIONS["pca"].steps(Inputs(embedding.vectors), parameters, Control()))
    assert np.array_equal(found, step.positions)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -2.5,
        1e-300,
        float("inf"),
        "a'\"\\\n😀\u2028",
        (1,),
        (),
        [1, "b"],
        Path("a b"),
    ],
)
def test_values_come_back_from_their_source(value):
    assert eval(python_value(value, Imports()), {"Path": Path}) == value


def test_what_has_no_source_is_refused():
    with pytest.raises(TypeError):
        python_value(np.ones(3), Imports())
