"""Builds logs with precision-recall curves, counted the slow and obvious way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from projector.logs.series import Logs, Metadata, Payloads, Run, Series


def counted(labels, scores, n_thresholds, weights=None):
    """The tensor, float32 (6, n), that a writer makes of labels 0 or 1 and scores 0..1."""
    weights = np.ones(len(labels)) if weights is None else weights
    columns = []
    for j in range(n_thresholds):
        is_hit = quantized(scores, n_thresholds) >= j
        tp = weights[is_hit & (labels == 1)].sum()
        fp = weights[is_hit & (labels == 0)].sum()
        tn = weights[~is_hit & (labels == 0)].sum()
        fn = weights[~is_hit & (labels == 1)].sum()
        columns.append((tp, fp, tn, fn, tp / max(tp + fp, 1e-7), tp / max(tp + fn, 1e-7)))
    return np.array(columns, dtype=np.float32).T


def quantized(scores, n_thresholds):
    """The index of the highest threshold that each score reaches."""
    return np.floor(scores * (n_thresholds - 1)).astype(int)


def some_examples(seed=0, n=200):
    """Labels and scores of a classifier that is right more often than not."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    scores = np.clip(rng.normal(0.35 + 0.3 * labels, 0.2), 0, 0.999)
    return labels, scores


def some_tensor(seed=0, n_thresholds=11):
    return counted(*some_examples(seed), n_thresholds)


def curve_logs(
    folder: Path, tensors: Mapping[tuple[str, str], Mapping[int, np.ndarray]], content: bytes = b""
) -> Logs:
    """Logs that hold these tensors by (run, tag) and step, in files below the folder."""
    runs: dict[str, list[Series]] = {}
    for n_files, ((run, tag), by_step) in enumerate(tensors.items()):
        series = _series(folder / f"events.{n_files}", run, tag, by_step, content)
        runs.setdefault(run, []).append(series)
    return Logs(folder, tuple(Run(name, (), tuple(series)) for name, series in runs.items()))


def _series(file, run, tag, by_step, content):
    messages = [_message(tensor) for tensor in by_step.values()]
    file.write_bytes(b"".join(messages))
    lengths = np.array([len(message) for message in messages], dtype=np.int64)
    steps = np.array(list(by_step), dtype=np.int64)
    payloads = Payloads(
        (file,),
        np.zeros(len(steps), dtype=np.int32),
        np.cumsum(lengths) - lengths,
        lengths,
        np.full(len(steps), 8, dtype=np.uint8),
    )
    metadata = Metadata(plugin="pr_curves", content=content)
    wall_times = 1_700_000_000.0 + steps.astype(float)
    return Series(run, tag, "pr_curves", steps, wall_times, metadata, payloads=payloads)


def _message(tensor: np.ndarray) -> bytes:
    """A TensorProto of floats: data type, shape, raw content."""
    sizes = b"".join(_field(2, b"\x08" + _varint(size)) for size in tensor.shape)
    return b"\x08\x01" + _field(2, sizes) + _field(4, tensor.astype("<f4").tobytes())


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
