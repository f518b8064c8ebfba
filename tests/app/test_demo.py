"""The demo is real: its logs say what scikit-learn says, and every dashboard finds something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_digits as load_from_sklearn
from sklearn.metrics import accuracy_score, log_loss
from sklearn.neighbors import KNeighborsClassifier

from app import demo
from app.demo import MARKER, PARTS, enlarged, write_demo
from app.training import Trial, compared_models, draw_trials, load_digits, model_of, train
from projector.contents import Contents, read_contents
from projector.errors import InvalidChoice, ProjectorError
from projector.progress import finish


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory) -> Path:
    """A demo as users get it, written once for all tests of this file."""
    return finish(write_demo(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module")
def contents(demo_folder) -> Contents:
    return finish(read_contents(demo_folder))


@pytest.fixture
def short(monkeypatch) -> None:
    """Demos with two trials and two epochs, for tests of the folder alone."""
    for name, value in (("N_TRIALS", 2), ("N_TRIAL_EPOCHS", 2), ("N_EPOCHS", 2)):
        monkeypatch.setattr(demo, name, value)


def files_of(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def values(contents: Contents, run: str, tag: str) -> np.ndarray:
    found = contents.logs.run(run)
    assert found is not None
    return next(series.values for series in found.series if series.tag == tag)


def test_reading_the_demo_finds_no_problem(contents):
    assert contents.problems == ()


@pytest.mark.parametrize("model", ["mlp", "small-mlp", "logistic"])
def test_every_model_learns(contents, model):
    accuracy = values(contents, f"{model}/validation", "accuracy")
    loss = values(contents, f"{model}/train", "loss")
    assert len(accuracy) == demo.N_EPOCHS
    assert accuracy[-1] > max(0.8, accuracy[0])
    assert loss[-1] < loss[0] / 2


def test_there_is_a_curve_of_each_digit_model_and_shown_epoch(contents):
    series = contents.logs.series("pr_curves")
    assert {s.run for s in series} == {"mlp", "small-mlp", "logistic"}
    assert len(series) == 3 * 10
    assert all(tuple(s.steps) == demo.SHOWN_EPOCHS for s in series)


def test_the_hidden_layer_is_there_at_every_shown_epoch(contents):
    assert [source.step for source in contents.sources] == list(demo.SHOWN_EPOCHS)
    assert {source.name for source in contents.sources} == {"hidden layer"}


def test_the_hidden_layer_tells_digits_apart_better_and_better(demo_folder):
    labels = load_digits().labels
    scores = []
    for step in (demo.SHOWN_EPOCHS[0], demo.SHOWN_EPOCHS[-1]):
        (table,) = (demo_folder / "mlp" / f"{step:05d}").rglob("tensors.tsv")
        vectors = np.loadtxt(table, delimiter="\t")
        neighbors = KNeighborsClassifier(10, algorithm="kd_tree").fit(vectors[::2], labels[::2])
        scores.append(neighbors.score(vectors[1::2], labels[1::2]))
    assert scores[1] > max(scores[0], 0.93)


def test_the_metadata_agree_with_the_logged_accuracy(demo_folder, contents):
    (path,) = (demo_folder / "mlp" / "00032").rglob("metadata.tsv")
    table = pl.read_csv(path, separator="\t")
    assert table.columns == ["label", "prediction", "confidence", "correct"]
    assert table["label"].to_list() == load_digits().labels.tolist()
    accuracy = accuracy_score(table["label"], table["prediction"])
    assert accuracy == pytest.approx(values(contents, "mlp/validation", "accuracy")[31])
    assert ((table["label"] == table["prediction"]) == (table["correct"] == "yes")).all()
    assert table["confidence"].is_between(0.1, 1).all()


def test_every_trial_tells_its_hyperparameters_and_how_it_went(contents):
    trials = [run for run in contents.logs.runs if run.name.startswith("sweep/")]
    assert len(trials) == demo.N_TRIALS >= 24
    for run in trials:
        lengths = {s.tag: len(s) for s in run.series if s.plugin == "scalars"}
        expected = dict.fromkeys(("accuracy", "loss", "fit_seconds"), demo.N_TRIAL_EPOCHS)
        assert lengths == expected


def test_trials_differ_in_how_good_they_are(contents):
    best = [values(contents, f"sweep/{i:02d}", "accuracy")[-1] for i in range(1, 41)]
    assert max(best) > 0.95
    assert min(best) < 0.9


def test_losses_and_accuracies_are_those_of_scikit_learn():
    digits = load_digits()
    model = compared_models()["mlp"]
    last = list(train(model, digits, 3))[-1]
    probabilities = model.predict_proba(digits.images)
    assert last.loss == pytest.approx(log_loss(digits.labels, probabilities), rel=1e-4)
    assert last.accuracy == accuracy_score(digits.labels, model.predict(digits.images))


def test_training_again_gives_the_same_numbers():
    digits = load_digits()
    trial = Trial(8, 0.01, "tanh", 0.001, 64)
    first, second = ([e.loss for e in train(model_of(trial), digits, 2)] for _ in range(2))
    assert first == second
    assert draw_trials(5) == draw_trials(5)


def test_the_two_halves_hold_every_digit_image_once():
    digits = load_digits()
    both = np.concatenate((digits.train_images, digits.images)) * 16
    pixels = load_from_sklearn().data
    assert sorted(map(tuple, both.round())) == sorted(map(tuple, pixels))


def test_pictures_are_enlarged_without_moving():
    picture = np.zeros((1, 8, 8), np.uint8)
    picture[0, :4] = 255
    tile = enlarged(picture)[0]
    assert tile.shape == (demo.TILE_PX, demo.TILE_PX)
    half = demo.TILE_PX // 2
    assert tile[4 : half - 2, 4:-4].min() > 200
    assert tile[half + 2 :].max() < 55


def test_progress_only_grows_and_ends_at_one(short, tmp_path):
    done = [progress.done for progress in write_demo(tmp_path)]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1)


def test_a_complete_demo_is_used_again(demo_folder):
    before = files_of(demo_folder)
    assert finish(write_demo(demo_folder)) == demo_folder
    assert files_of(demo_folder) == before


def test_an_interrupted_demo_is_written_anew(short, tmp_path):
    work: Iterator[object] = write_demo(tmp_path)
    for _ in range(6):
        next(work)
    work.close()
    finish(write_demo(tmp_path))
    assert len(list((tmp_path / "mlp").glob("events*"))) == 1
    assert {path.name for path in tmp_path.iterdir()} == {*PARTS, MARKER}


def test_a_demo_of_an_older_version_is_written_anew(short, tmp_path):
    (tmp_path / MARKER).write_text(json.dumps({"version": 0, "complete": True}))
    finish(write_demo(tmp_path))
    assert (tmp_path / "sweep" / "02").is_dir()


def test_files_of_others_beside_an_interrupted_demo_are_kept(short, tmp_path):
    (tmp_path / MARKER).write_text("cut sho")
    (tmp_path / "thesis.tex").write_text("years of work")
    finish(write_demo(tmp_path))
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InvalidChoice, match="holds other files already"):
        finish(write_demo(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidChoice, match="is a file"):
        finish(write_demo(tmp_path / "file"))


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectorError, match="can't be written"):
        finish(write_demo(tmp_path / "file" / "demo"))
