"""Finds the embeddings behind a path: projector configs, PyTorch's layout, bare files."""

from __future__ import annotations

from pathlib import Path

from projector.embeddings.embedding import Source
from projector.errors import Problem
from projector.logs.series import Logs


def find_sources(path: Path, logs: Logs) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Where each embedding below a folder, or the one in a file, can be read from; loads nothing."""
    return (), ()
