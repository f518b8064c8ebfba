"""Small event files, written message by message, and what is read from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from projector.logs.folder import read_logs
from projector.logs.messages import event_pb2, summary_pb2
from projector.logs.records import framed
from projector.logs.scan import FileColumns, FileScan
from projector.logs.series import Logs, Series
from projector.logs.tensors import read_tensor
from projector.logs.writer import EventWriter
from projector.progress import finish


def logs_of(path: Path) -> Logs:
    return finish(read_logs(path))


def only_series(path: Path) -> Series:
    (series,) = logs_of(path).runs[0].series
    return series


def scalars(folder: Path, steps: list[int], start: float = 0.0, tag: str = "loss") -> Path:
    """A file whose i-th value is start + i."""
    with EventWriter(folder) as writer:
        for i, step in enumerate(steps):
            writer.scalar(tag, start + i, step, wall_time=1000.0 + i)
    return writer.path


def events(folder: Path, name: str, *messages: event_pb2.Event) -> None:
    folder.mkdir(exist_ok=True)
    data = b"".join(framed(message.SerializeToString()) for message in messages)
    (folder / f"tfevents.{name}").write_bytes(data)


def value_event(step: int, tag: str = "t", plugin: str = "", **value: object) -> event_pb2.Event:
    one = summary_pb2.Summary.Value(tag=tag, **value)
    if plugin:
        one.metadata.plugin_data.plugin_name = plugin
    return event_pb2.Event(wall_time=1.0, step=step, summary=summary_pb2.Summary(value=[one]))


def start_event(step: int) -> event_pb2.Event:
    return event_pb2.Event(step=step, session_log=event_pb2.SessionLog(status=1))


def described(
    step: int,
    plugin: str = "",
    *,
    display_name: str = "",
    description: str = "",
    data_class: int = 0,
    **value: Any,
) -> event_pb2.Event:
    event = value_event(step, plugin=plugin, **value)
    metadata = event.summary.value[0].metadata
    metadata.display_name, metadata.summary_description = display_name, description
    metadata.data_class = data_class  # type: ignore[assignment]
    return event


def columns_of(path: Path) -> FileColumns:
    scan = FileScan(path)
    while not scan.is_done:
        scan.advance()
    return scan.finish()


def numbers_of(series: Series) -> list[int]:
    if series.values is not None:
        return [int(value) for value in series.values.tolist()]
    return [int(read_tensor(series, i).item()) for i in range(len(series))]
