"""The log folders that readers are measured on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from projector.logs.messages import event_pb2, summary_pb2
from projector.logs.records import framed
from projector.logs.writer import EventWriter

N_THRESHOLDS = 127
_START = 1_700_000_000.0
_IMAGE_BYTES = 60_000


PROTOBUF, SERVER, ACCUMULATOR = "protobuf loop", "native data server", "EventAccumulator"
ALL_PEERS = (PROTOBUF, SERVER, ACCUMULATOR)


@dataclass(frozen=True, slots=True)
class Case:
    """n_points: how many values a reader must find, in n_runs runs whose last step is last_step.

    peers: who else reads it. has_payloads: memory and bytes read are told. is_reopened: opening it
    again is measured. is_polled: looking whether anything is new is measured.
    """

    name: str
    n_runs: int
    n_points: int
    last_step: int
    write: Callable[[Path], None]
    peers: tuple[str, ...] = ALL_PEERS
    ways: tuple[str, ...] = ("ours",)
    has_payloads: bool = False
    is_reopened: bool = False
    is_polled: bool = False


def cases(is_quick: bool) -> list[Case]:
    """The folders in full, or with a tenth of the steps, runs or bytes."""
    n = 10 if is_quick else 1
    # EventAccumulator checks checksums in Python: two gigabytes would take it half an hour
    without_it = (PROTOBUF, SERVER)
    return [
        replace(_scalars(20, 10_000 // n, 5), is_reopened=True),
        replace(_scalars(1_000 // n, 200, 10), is_reopened=True, is_polled=True),
        replace(_payloads(2_000 // n), peers=without_it),
        replace(_payloads(20), peers=(ACCUMULATOR,)),
        _trials(1_000 // n, 10),
    ]


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
    n_points = n_runs * (2 * n_curves + 3)
    ways = ("ours", "ours with curves")
    return Case(name, n_runs, n_points, n_curves - 1, write, ways=ways)


def _payloads(n_megabytes: int) -> Case:
    n_runs = 4
    n_steps = n_megabytes * 1_000_000 // (n_runs * _IMAGE_BYTES)

    def write(folder: Path) -> None:
        for i in range(n_runs):
            _write_payloads(folder / f"run_{i}", n_steps)

    name = f"{n_megabytes:,} MB of images, histograms and scalars"
    return Case(name, n_runs, 3 * n_runs * n_steps, n_steps - 1, write, has_payloads=True)


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


def _write_payloads(folder: Path, n_steps: int) -> None:
    """Pictures of random bytes, a few of them over and over, so that writing is quick."""
    rng = np.random.default_rng(0)
    limits, counts = np.linspace(-3, 3, 30).tolist(), rng.integers(1, 99, 30).tolist()
    histogram = summary_pb2.HistogramProto(min=-4, max=3, bucket_limit=limits, bucket=counts)
    rows = [_summary(tag="weights", histo=histogram), _summary(tag="loss", simple_value=0.5)]
    pictures = [_summary(tag="sample", image=_picture(rng)) for _ in range(8)]
    folder.mkdir(parents=True)
    with (folder / "events.out.tfevents.1700000000.host.1.0").open("wb") as file:
        version = event_pb2.Event(wall_time=_START, file_version="brain.Event:2")
        file.write(framed(version.SerializeToString()))
        for step in range(n_steps):
            when = event_pb2.Event(wall_time=_START + step, step=step).SerializeToString()
            for summary in (pictures[step % 8], *rows):
                file.write(framed(when + summary))


def _picture(rng: np.random.Generator) -> summary_pb2.Summary.Image:
    data = b"\x89PNG\r\n\x1a\n" + rng.bytes(_IMAGE_BYTES)
    return summary_pb2.Summary.Image(height=200, width=300, encoded_image_string=data)


def _summary(**value: Any) -> bytes:
    """The part of an event that holds one value; messages are joined by joining their bytes."""
    summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(**value)])
    return event_pb2.Event(summary=summary).SerializeToString()
