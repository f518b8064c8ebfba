"""Trains the small models whose logs the demo shows, on scikit-learn's handwritten digits.

scikit-learn takes seconds to import, so that happens inside the functions; they run in a job.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from projector.arrays import ByteArray, DoubleArray, FloatArray, IntArray, frozen

N_CLASSES = 10
SEED = 7
_LEAST = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """Half of the digits to train on, half to validate with.

    images: float32 (n, 64) in 0..1, labels: int64 (n,) in 0..9, pictures: uint8 (n, 8, 8) gray.
    """

    train_images: FloatArray
    train_labels: IntArray
    images: FloatArray
    labels: IntArray
    pictures: ByteArray


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """What is known after one pass over the training images; loss is the mean cross-entropy.

    number: from 1. probabilities: float64 (n, 10) of the validation images. fit_s: seconds spent
    on training so far, without the time for evaluation.
    """

    number: int
    train_loss: float
    train_accuracy: float
    loss: float
    accuracy: float
    probabilities: DoubleArray
    fit_s: float


@dataclass(frozen=True, slots=True)
class Trial:
    """One draw of hyperparameters."""

    hidden_size: int
    learning_rate: float
    activation: str
    alpha: float
    batch_size: int


def load_digits() -> Digits:
    """The digits that come with scikit-learn, split evenly within each class."""
    from sklearn.datasets import load_digits as load
    from sklearn.model_selection import train_test_split

    pixels, labels = load(return_X_y=True)
    train_x, x, train_y, y = train_test_split(
        pixels, labels, test_size=0.5, random_state=SEED, stratify=labels
    )
    pictures = np.round(x * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    return Digits(
        frozen((train_x / 16).astype(np.float32)),
        frozen(train_y.astype(np.int64)),
        frozen((x / 16).astype(np.float32)),
        frozen(y.astype(np.int64)),
        frozen(pictures),
    )


def compared_models() -> dict[str, Any]:
    """Three untrained models by the name of their run; the first has layers worth seeing."""
    from sklearn.linear_model import SGDClassifier
    from sklearn.neural_network import MLPClassifier

    return {
        "mlp": MLPClassifier((64, 32), batch_size=64, learning_rate_init=1e-3, random_state=SEED),
        "small-mlp": MLPClassifier((6,), batch_size=64, learning_rate_init=3e-3, random_state=SEED),
        "logistic": SGDClassifier(
            loss="log_loss", learning_rate="constant", eta0=1e-3, random_state=SEED
        ),
    }


def draw_trials(n: int) -> list[Trial]:
    """Hyperparameters at random, always the same ones; sizes and rates even in their logarithm."""
    rng = np.random.default_rng(SEED)
    return [
        Trial(
            hidden_size=int(rng.choice([8, 16, 32, 64, 128])),
            learning_rate=_rounded(10 ** rng.uniform(-3.5, -1.0)),
            activation=str(rng.choice(["relu", "tanh", "logistic"])),
            alpha=_rounded(10 ** rng.uniform(-6, 0)),
            batch_size=int(rng.choice([16, 32, 64, 128])),
        )
        for _ in range(n)
    ]


def model_of(trial: Trial) -> Any:
    """An untrained network with these hyperparameters."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        (trial.hidden_size,),
        learning_rate_init=trial.learning_rate,
        activation=trial.activation,
        alpha=trial.alpha,
        batch_size=trial.batch_size,
        random_state=SEED,
    )


def train(model: Any, digits: Digits, n_epochs: int) -> Iterator[Epoch]:
    """Train the model, an epoch at a time; it changes in place. n_epochs: below 200."""
    fit_s = 0.0
    for number in range(1, n_epochs + 1):
        begun = time.perf_counter()
        model.partial_fit(digits.train_images, digits.train_labels, classes=np.arange(N_CLASSES))
        fit_s += time.perf_counter() - begun
        trained = model.predict_proba(digits.train_images)
        probabilities = np.clip(model.predict_proba(digits.images).astype(np.float64), 0, 1)
        yield Epoch(
            number=number,
            train_loss=_loss(trained, digits.train_labels),
            train_accuracy=_accuracy(trained, digits.train_labels),
            loss=_loss(probabilities, digits.labels),
            accuracy=_accuracy(probabilities, digits.labels),
            probabilities=probabilities,
            fit_s=fit_s,
        )


def last_hidden_layer(model: Any, images: FloatArray) -> FloatArray:
    """What a trained network of ReLU units makes of the images: float32 (n, units), 0 or more."""
    values = images
    for weights, bias in zip(model.coefs_[:-1], model.intercepts_[:-1], strict=True):
        values = np.maximum(values @ weights + bias, 0)
    return np.ascontiguousarray(values, np.float32)


def _loss(probabilities: DoubleArray, labels: IntArray) -> float:
    right = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, _LEAST)).mean())


def _accuracy(probabilities: DoubleArray, labels: IntArray) -> float:
    return float((probabilities.argmax(axis=1) == labels).mean())


def _rounded(value: float) -> float:
    """Two significant digits, as a person would write it."""
    return float(f"{value:.2g}")
