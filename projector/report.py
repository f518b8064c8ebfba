"""What was found behind a path, as plain JSON-able values: the stable answer of `projector inspect
--json`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from projector.contents import Contents
from projector.embeddings.doctor import Finding
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.pictures import Pictures, SpriteSheet
from projector.embeddings.reader import read_embedding
from projector.errors import Problem, ProjectorError
from projector.hparams.trials import Trials
from projector.logs.roots import Root
from projector.logs.series import Run, Series
from projector.logs.tensors import read_tensor
from projector.progress import Progress, Work

VERSION = 1


def describe_contents(contents: Contents) -> Work[dict[str, Any]]:
    """The whole report. Embeddings are read to learn their true shape; one that fails becomes a
    problem. Files are named relative to their root, below its name where it has one."""
    problems = list(contents.problems)
    runs = []
    n_runs = len(contents.logs.runs)
    for i, run in enumerate(contents.logs.runs):
        runs.append(_describe_run(run))
        yield Progress(i / n_runs, f"Run {i + 1:,} of {n_runs:,}")
    embeddings = []
    for i, source in enumerate(contents.sources):
        yield Progress(i / len(contents.sources), f"Embedding {source.name}")
        try:
            embedding = yield from read_embedding(source)
        except ProjectorError as error:
            problems.append(Problem(source.tensor_path, str(error)))
            continue
        embeddings.append(_describe_embedding(embedding, contents.roots))
        problems.extend(embedding.problems)
    report = {
        "version": VERSION,
        "path": str(contents.path),
        "runs": runs,
        "embeddings": embeddings,
        "hparams": _describe_trials(contents.trials),
        "problems": [_describe_problem(problem, contents.roots) for problem in problems],
        "findings": [_describe_finding(finding, contents.roots) for finding in contents.findings],
    }
    if len(contents.roots) > 1:
        report["roots"] = [{"name": r.name, "path": str(r.path)} for r in contents.roots]
    return report


def _describe_run(run: Run) -> dict[str, Any]:
    """Times in unix seconds, None where unknown; files: how many."""
    last = [float(series.wall_times[-1]) for series in run.series if len(series)]
    finite = [time for time in last if math.isfinite(time)]
    return {
        "name": run.name,
        "files": len(run.files),
        "start_time": plain(run.start_time),
        "last_time": max(finite, default=None),
        "series": [_describe_series(series) for series in run.series],
    }


def _describe_series(series: Series) -> dict[str, Any]:
    """n_overwritten: points that a restart or a repeated step hid; left out where there are
    none."""
    n = len(series)
    found: dict[str, Any] = {
        "tag": series.tag,
        "plugin": series.plugin,
        "n": n,
        "first_step": int(series.steps[0]) if n else None,
        "last_step": int(series.steps[-1]) if n else None,
    }
    if series.raw is not None and len(series.raw) > n:
        found["n_overwritten"] = len(series.raw) - n
    if series.values is not None and n:
        found["first_value"] = plain(series.values[0])
        found["last_value"] = plain(series.values[-1])
    elif series.plugin == "pr_curves" and n:
        found["shape"] = _shape(series)
    return found


def _shape(series: Series) -> list[int] | None:
    try:
        return list(read_tensor(series, 0).shape)
    except ProjectorError:
        return None


def _describe_embedding(embedding: Embedding, roots: Sequence[Root]) -> dict[str, Any]:
    source: Source = embedding.source
    table, sprites = embedding.metadata, embedding.sprites
    return {
        "name": source.name,
        "run": source.run,
        "step": source.step,
        "rows": embedding.n_points,
        "dims": embedding.n_dims,
        "dtype": embedding.dtype,
        "source": place_in(source.tensor_path, roots),
        "metadata": None if table is None else {"rows": table.height, "columns": table.columns},
        "sprite": None if sprites is None else _describe_pictures(sprites),
    }


def _describe_pictures(pictures: Pictures) -> dict[str, Any]:
    if isinstance(pictures, SpriteSheet):
        return {"sheet": list(pictures.size), "tile": list(pictures.tile)}
    return {"points": pictures.n, "tile": list(pictures.tile)}


def _describe_trials(trials: Trials) -> dict[str, Any] | None:
    if not (trials.trials or trials.names or trials.metrics):
        return None
    return {
        "names": [column.name for column in trials.names],
        "metrics": [metric.key for metric in trials.metrics],
        "trials": [
            {
                "name": trial.name,
                "status": trial.status,
                "hparams": {name: plain(value) for name, value in trial.hparams.items()},
                "metrics": {name: plain(value) for name, value in trial.metrics.items()},
            }
            for trial in trials.trials
        ],
    }


def _describe_problem(problem: Problem, roots: Sequence[Root]) -> dict[str, Any]:
    return {"file": place_in(problem.file, roots), "offset": problem.offset, "what": problem.what}


def _describe_finding(finding: Finding, roots: Sequence[Root]) -> dict[str, Any]:
    """outcome: "found", "repaired" or "failed"."""
    nearest = finding.nearest
    return {
        "file": place_in(finding.file, roots),
        "what": finding.what,
        "outcome": finding.outcome,
        "tried": [{"path": place_in(one.path, roots), "why": one.why} for one in finding.tried],
        "nearest": None if nearest is None else place_in(nearest, roots),
    }


def plain(value: Any) -> Any:
    """A value that JSON has: NaN and infinities become the strings "NaN", "Infinity",
    "-Infinity"."""
    if value is None or isinstance(value, str | bool):
        return value
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def place_in(path: Path, roots: Sequence[Root]) -> str:
    """The path below its root with "/", after the root's name; whole where it lies elsewhere."""
    for root in roots:
        folder = root.path if root.path.is_dir() else root.path.parent
        below = relative(path, folder)
        if below != str(path):
            return root.run_name(below)
    return str(path)


def relative(path: Path, root: Path) -> str:
    """The path below the root with "/", or the whole path where it lies elsewhere."""
    try:
        return path.absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        return str(path)
