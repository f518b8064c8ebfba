"""Event files for tests that grow, and the comparison of what was read from them."""

from __future__ import annotations

from pathlib import Path

from projector.logs.messages import event_pb2, summary_pb2
from projector.logs.records import framed
from projector.logs.series import Logs, Series

FILE = "events.out.tfevents.1"


def record(step: int, value: float = 1.0, tag: str = "loss") -> bytes:
    """One record with one number."""
    one = summary_pb2.Summary.Value(tag=tag, simple_value=value)
    event = event_pb2.Event(wall_time=step + 0.5, step=step, summary={"value": [one]})
    return framed(event.SerializeToString())


def records(start: int, stop: int, value: float = 1.0, tag: str = "loss") -> bytes:
    """A record for each step."""
    return b"".join(record(step, value, tag) for step in range(start, stop))


def append(path: Path, data: bytes) -> Path:
    """Write behind what is there; folders are made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(data)
    return path


def steps_of(logs: Logs) -> dict[str, list[int]]:
    """The steps of each run that has one series."""
    return {run.name: run.series[0].steps.tolist() if run.series else [] for run in logs.runs}


def told(logs: Logs) -> list[object]:
    """All that the logs say, for comparison with a second reading; problems in any order."""
    runs = [
        (run.name, run.files, run.start_time, [_of_series(s) for s in run.series])
        for run in logs.runs
    ]
    return [runs, sorted((str(p.file), p.what, p.offset or 0) for p in logs.problems)]


def _of_series(series: Series) -> object:
    values = None if series.values is None else series.values.tobytes()
    payloads = None
    if series.payloads is not None:
        payloads = [series.payloads.read(i) for i in range(len(series))]
    return (
        *(series.run, series.tag, series.plugin, series.steps.tolist()),
        *(series.wall_times.tolist(), series.metadata, values, payloads),
        None if series.raw is None else _of_series(series.raw),
    )
