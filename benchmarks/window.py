"""The window itself, off screen: the longest time for which its main thread is not free.

10,000 digits while t-SNE runs on them, and a million points of 64 values while UMAP does; beside
each phase the same window before anything was opened. Without digits beside this checkout, made-up
clusters take their place.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._projection_cases import data_name, vectors_of
from projector.arrays import FloatArray

OPTIONS = ("--quick",)
N_MANY, N_DIMS, N_KINDS = 1_000_000, 64, 40


def figures(*options: str) -> Iterator[dict[str, Any]]:
    """Milliseconds, and painted pictures a second; --quick leaves the million out."""
    with tempfile.TemporaryDirectory() as folder:
        digits = vectors_of(10_000)
        case = f"{data_name()}, {len(digits):,} x {digits.shape[1]}"
        yield from _session(case, _written(Path(folder) / "digits", digits), "tsne")
        if "--quick" not in options:
            many = _many()
            case = f"clusters, {len(many):,} x {many.shape[1]}"
            yield from _session(case, _written(Path(folder) / "many", many), "umap")


def _session(case: str, source: Path, method: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks._window_session", str(source), method, "kind"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    phases = json.loads(done.stdout.splitlines()[-1])
    idle = phases.pop("idle")
    for name, phase in phases.items():
        yield _line(case, f"longest gap, {name}", "ms", phase["gap_ms"], idle["gap_ms"])
        if "turning" in name:
            yield {
                "case": case,
                "figure": f"pictures, {name}",
                "unit": "1/s",
                "ours": round(phase["pictures_s"], 1),
            }


def _line(case: str, figure: str, unit: str, ours: float, idle: float) -> dict[str, Any]:
    return {
        "case": case,
        "figure": figure,
        "unit": unit,
        "ours": round(ours, 1),
        "peer": "idle",
        "theirs": round(idle, 1),
        "ratio": round(ours / idle, 2) if idle else None,
    }


def _written(folder: Path, vectors: FloatArray) -> Path:
    """A folder with a config, as trainings leave it, but for vectors that are quick to write."""
    folder.mkdir()
    np.save(folder / "vectors.npy", vectors)
    kinds = np.random.default_rng(1).integers(0, N_KINDS, len(vectors))
    lines = [f"row {i}\tkind {kind}" for i, kind in enumerate(kinds.tolist())]
    (folder / "metadata.tsv").write_text("\n".join(["name\tkind", *lines]) + "\n")
    paths = 'tensor_path: "vectors.npy" metadata_path: "metadata.tsv"'
    (folder / "projector_config.pbtxt").write_text(
        f'embeddings {{ tensor_name: "points" {paths} }}\n'
    )
    return folder


def _many() -> FloatArray:
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(N_KINDS, N_DIMS)).astype(np.float32) * 2
    noise = rng.standard_normal((N_MANY, N_DIMS), dtype=np.float32)
    return centers[rng.integers(0, N_KINDS, N_MANY)] + noise
