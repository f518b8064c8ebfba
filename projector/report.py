"""What was found behind a path, as plain JSON-able values: the stable answer of `projector inspect
--json`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from projector.contents import Contents
from projector.embeddings.embedding import Embedding, Source
from projector.embeddings.reader import read_embedding
from projector.errors import Problem, ProjectorError
from projector.hparams.trials import Trials
from projector.logs.series import Run, Series
from projector.logs.tensors import read_tensor
from projector.progress import Progress, Work

VERSION = 1


def describe_contents(contents: Contents) -> Work[dict[str, Any]]:
    """The whole report. Embeddings are read to learn their true shape; one that fails becomes a
    problem."""
    root = contents.path if contents.path.is_dir() else contents.path.parent
    problems = list(contents.problems)
    runs = []
    for run in contents.logs.runs:
        runs.append(_describe_run(run))
        yield Progress(None, f"Run {run.name}")
    embeddings = []
    for i, source in enumerate(contents.sources):
        yield Progress(i / len(contents.sources), f"Embedding {source.name}")
        try:
            embedding = yield from read_embedding(source)
        except ProjectorError as error:
            problems.append(Problem(source.tensor_path, str(error)))
            continue
        embeddings.append(_describe_embedding(embedding, root))
        problems.extend(embedding.problems)
    return {
        "version": VERSION,
        "path": str(contents.path),
        "runs": runs,
        "embeddings": embeddings,
        "hparams": _describe_trials(contents.trials),
        "problems": [_describe_problem(problem, root) for problem in problems],
    }


def _describe_run(run: Run) -> dict[str, Any]:
    series = [_describe_series(series) for series in run.series]
    return {"name": run.name, "files": len(run.files), "series": series}


def _describe_series(series: Series) -> dict[str, Any]:
    n = len(series)
    found: dict[str, Any] = {
        "tag": series.tag,
        "plugin": series.plugin,
        "n": n,
        "first_step": int(series.steps[0]) if n else None,
        "last_step": int(series.steps[-1]) if n else None,
    }
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


def _describe_embedding(embedding: Embedding, root: Path) -> dict[str, Any]:
    source: Source = embedding.source
    table, sprites = embedding.metadata, embedding.sprites
    return {
        "name": source.name,
        "run": source.run,
        "step": source.step,
        "rows": embedding.n_points,
        "dims": embedding.n_dims,
        "dtype": embedding.dtype,
        "source": relative(source.tensor_path, root),
        "metadata": None if table is None else {"rows": table.height, "columns": table.columns},
        "sprite": None
        if sprites is None
        else {"sheet": list(sprites.size), "tile": list(sprites.tile)},
    }


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


def _describe_problem(problem: Problem, root: Path) -> dict[str, Any]:
    return {"file": relative(problem.file, root), "offset": problem.offset, "what": problem.what}


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


def relative(path: Path, root: Path) -> str:
    """The path below the root with "/", or the whole path where it lies elsewhere."""
    try:
        return path.absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        return str(path)
