"""Writes an example log folder by really training small models on handwritten digits.

    mlp/  small-mlp/  logistic/     loss and accuracy by epoch, PR curves of each digit;
                                    in mlp/ the last hidden layer as an embedding, too
    sweep/01 ...                    a search through hyperparameters, with learning curves

A marker file tells a complete demo, which is used again, from one that was interrupted.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from app.training import (
    N_CLASSES,
    Digits,
    Epoch,
    Trial,
    compared_models,
    draw_trials,
    last_hidden_layer,
    load_digits,
    model_of,
    train,
)
from projector.arrays import ByteArray
from projector.embeddings.writer import write_embedding
from projector.errors import InvalidChoice, ProjectorError
from projector.logs.writer import EventWriter
from projector.progress import Progress, Work

MARKER = "projector-demo.json"
VERSION = 1  # raised when the demo's content changes, so that older ones are written anew
PARTS = ("mlp", "small-mlp", "logistic", "sweep")
N_EPOCHS = 32
N_TRIALS = 40
N_TRIAL_EPOCHS = 16
SHOWN_EPOCHS = (1, 2, 4, 8, 16, 32)
TILE_PX = 24


def write_demo(folder: Path) -> Work[Path]:
    """Write the demo into a new or empty folder and return the folder; takes some ten seconds.

    A complete demo is returned as it is, an interrupted one is written anew. Raises InvalidChoice
    where the folder holds anything else, ProjectorError where it can't be written.
    """
    folder = folder.expanduser()
    if _is_complete(folder):
        return folder
    try:
        _clear(folder)
        yield from _fill(folder)
        _mark(folder, is_complete=True)
    except OSError as error:
        raise ProjectorError(
            f"The demo can't be written to {folder}: {error.strerror}; name another folder."
        ) from error
    return folder


def _fill(folder: Path) -> Work[None]:
    """Each part reports how much of itself is done; the sweep takes two thirds of the time."""
    yield Progress(0.0, "Loading scikit-learn")
    digits = load_digits()
    models = compared_models()
    begin = 0.02
    for name, model in models.items():
        share = 0.32 / len(models)
        for done in _write_model(folder / name, model, digits):
            yield Progress(begin + share * done, f"Training {name}")
        begin += share
    trials = draw_trials(N_TRIALS)
    for i, trial in enumerate(trials, start=1):
        share = (1 - begin) / len(trials)
        for done in _write_trial(folder / "sweep" / f"{i:02d}", trial, digits):
            yield Progress(begin + share * (i - 1 + done), f"Trial {i} of {len(trials)}")


def _write_model(folder: Path, model: Any, digits: Digits) -> Iterator[float]:
    with ExitStack() as stack:
        events, train_events, validation_events = (
            stack.enter_context(EventWriter(place))
            for place in (folder, folder / "train", folder / "validation")
        )
        for epoch in train(model, digits, N_EPOCHS):
            train_events.scalar("loss", epoch.train_loss, epoch.number)
            train_events.scalar("accuracy", epoch.train_accuracy, epoch.number)
            validation_events.scalar("loss", epoch.loss, epoch.number)
            validation_events.scalar("accuracy", epoch.accuracy, epoch.number)
            if epoch.number in SHOWN_EPOCHS:
                _write_curves(events, epoch, digits)
                if folder.name == "mlp":
                    _write_hidden_layer(folder, model, epoch, digits)
            yield epoch.number / N_EPOCHS


def _write_curves(events: EventWriter, epoch: Epoch, digits: Digits) -> None:
    """How well each digit is told from the nine others."""
    for digit in range(N_CLASSES):
        events.pr_curve(
            f"digit/{digit}", digits.labels == digit, epoch.probabilities[:, digit], epoch.number
        )


def _write_hidden_layer(folder: Path, model: Any, epoch: Epoch, digits: Digits) -> None:
    predictions = epoch.probabilities.argmax(axis=1)
    write_embedding(
        folder,
        last_hidden_layer(model, digits.images),
        metadata={
            "label": digits.labels.tolist(),
            "prediction": predictions.tolist(),
            "confidence": [f"{value:.4f}" for value in epoch.probabilities.max(axis=1)],
            "correct": np.where(predictions == digits.labels, "yes", "no").tolist(),
        },
        pictures=enlarged(digits.pictures),
        step=epoch.number,
        name="hidden layer",
    )


def _write_trial(folder: Path, trial: Trial, digits: Digits) -> Iterator[float]:
    with EventWriter(folder) as events:
        events.hparams(asdict(trial), ["accuracy", "loss", "fit_seconds"])
        for epoch in train(model_of(trial), digits, N_TRIAL_EPOCHS):
            events.scalar("accuracy", epoch.accuracy, epoch.number)
            events.scalar("loss", epoch.loss, epoch.number)
            events.scalar("fit_seconds", epoch.fit_s, epoch.number)
            yield epoch.number / N_TRIAL_EPOCHS
        events.session_end("success")


def enlarged(pictures: ByteArray) -> ByteArray:
    """Gray pictures (n, 8, 8) as (n, TILE_PX, TILE_PX), with a margin, smooth when seen closely."""
    from scipy.ndimage import zoom

    framed = np.pad(pictures, ((0, 0), (1, 1), (1, 1))).astype(np.float32)
    factor = TILE_PX / framed.shape[1]
    smooth = zoom(framed, (1, factor, factor), order=1, grid_mode=True, mode="nearest")
    pixels: ByteArray = np.clip(np.round(smooth), 0, 255).astype(np.uint8)
    return pixels


def _is_complete(folder: Path) -> bool:
    """Whether a whole demo of this version lies there; InvalidChoice where something else does."""
    if folder.exists() and not folder.is_dir():
        raise InvalidChoice(f"{folder} is a file; name a folder for the demo.")
    try:
        state = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if folder.is_dir() and any(folder.iterdir()):
            raise InvalidChoice(
                f"{folder} holds other files already; name a new or empty folder for the demo."
            ) from None
        return False
    except (OSError, ValueError):
        return False
    return bool(state == {"version": VERSION, "complete": True})


def _clear(folder: Path) -> None:
    """Make the folder, and take out what an interrupted demo left; files of others stay."""
    folder.mkdir(parents=True, exist_ok=True)
    _mark(folder, is_complete=False)
    for part in PARTS:
        if (folder / part).exists():
            shutil.rmtree(folder / part)


def _mark(folder: Path, *, is_complete: bool) -> None:
    state = {"version": VERSION, "complete": is_complete}
    (folder / MARKER).write_text(json.dumps(state) + "\n", encoding="utf-8")
