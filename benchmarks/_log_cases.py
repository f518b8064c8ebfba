"""The log folders that readers are measured on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projector.logs.writer import EventWriter

N_THRESHOLDS = 127
_START = 1_700_000_000.0


@dataclass(frozen=True, slots=True)
class Case:
    """n_points: how many values a reader must find, in n_runs runs whose last step is last_step."""

    name: str
    n_runs: int
    n_points: int
    last_step: int
    write: Callable[[Path], None]


def cases(is_quick: bool) -> list[Case]:
    """The folders in full, or with a tenth of the steps or runs."""
    if is_quick:
        return [_scalars(20, 1_000, 5), _scalars(100, 200, 10), _trials(100, 10)]
    return [_scalars(20, 10_000, 5), _scalars(1_000, 200, 10), _trials(1_000, 10)]


def warm_folder(folder: Path) -> None:
    """One small run with all kinds of values: what every reader reads before it is timed."""
    _write_scalars(folder / "scalars", 10, 2)
    _write_trial(folder / "trial", 0, 2)


def _scalars(n_runs: int, n_steps: int, n_tags: int) -> Case:
    def write(folder: Path) -> None:
        for i in range(n_runs):
            _write_scalars(folder / f"run_{i:04}", n_steps, n_tags)

    name = f"{n_runs:,} runs x {n_steps:,} steps x {n_tags} scalars"
    return Case(name, n_runs, n_runs * n_steps * n_tags, n_steps - 1, write)


def _trials(n_runs: int, n_curves: int) -> Case:
    def write(folder: Path) -> None:
        for i in range(n_runs):
            _write_trial(folder / f"trial_{i:04}", i, n_curves)

    name = f"{n_runs:,} trials: hparams, {n_curves} steps of a PR curve and of a scalar"
    return Case(name, n_runs, n_runs * (2 * n_curves + 3), n_curves - 1, write)


def _write_scalars(folder: Path, n_steps: int, n_tags: int) -> None:
    values = np.random.default_rng(0).normal(size=(n_steps, n_tags)).tolist()
    tags = [f"metrics/value_{j}" for j in range(n_tags)]
    with EventWriter(folder) as writer:
        for step, row in enumerate(values):
            for tag, value in zip(tags, row, strict=True):
                writer.scalar(tag, value, step, _START + step)


def _write_trial(folder: Path, number: int, n_curves: int) -> None:
    rng = np.random.default_rng(number)
    hparams = {"lr": float(rng.uniform()), "layers": int(rng.integers(1, 9)), "optimizer": "adam"}
    tp, fp = np.sort(rng.integers(0, 1_000, (2, N_THRESHOLDS)))[:, ::-1]
    with EventWriter(folder) as writer:
        writer.hparams(hparams, ["loss"], wall_time=_START)
        for step in range(n_curves):
            now = _START + step
            writer.scalar("loss", float(rng.uniform()), step, now)
            counts = tp, fp, 1_000 - fp, 1_000 - tp
            writer.pr_curve_counts("quality", *counts, step, wall_time=now)
        writer.session_end(wall_time=_START + n_curves)
