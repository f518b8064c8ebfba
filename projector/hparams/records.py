"""Reads the three kinds of _hparams_ records out of the metadata of their tags."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError

from projector.errors import Problem
from projector.hparams.columns import Value
from projector.logs.messages import hparams_pb2
from projector.logs.series import Logs, Run, Series

PLUGIN = "hparams"
MEMBERS = {
    "_hparams_/experiment": "experiment",
    "_hparams_/session_start_info": "session_start_info",
    "_hparams_/session_end_info": "session_end_info",
}
STATUS_NAMES = ("unknown", "success", "failure", "running")


@dataclass(frozen=True, slots=True)
class Start:
    """The session_start_info of a run.

    hparams: NaN and infinity kept, lists as JSON text. time: 0 where unknown.
    """

    hparams: dict[str, Value]
    group: str
    time: float


@dataclass(frozen=True, slots=True)
class End:
    """The session_end_info of a run."""

    status: str
    time: float


@dataclass(slots=True)
class HparamInfo:
    """What all experiment records together say of one hyperparameter."""

    title: str = ""
    description: str = ""
    values: list[Value] = field(default_factory=list)
    low: float | None = None
    high: float | None = None

    def add(self, info: Any) -> None:
        """Unite with one record."""
        self.title = self.title or info.display_name
        self.description = self.description or info.description
        if info.WhichOneof("domain") == "domain_discrete":
            self.values += [plain_value(value) for value in info.domain_discrete.values]
        elif info.WhichOneof("domain") == "domain_interval":
            low, high = info.domain_interval.min_value, info.domain_interval.max_value
            self.low = low if self.low is None else min(self.low, low)
            self.high = high if self.high is None else max(self.high, high)

    @property
    def interval(self) -> tuple[float, float] | None:
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(slots=True)
class MetricInfo:
    """What all experiment records together say of one metric.

    dataset: "", "training" or "validation".
    """

    title: str = ""
    description: str = ""
    dataset: str = ""

    def add(self, info: Any) -> None:
        """Unite with one record."""
        self.title = self.title or info.display_name
        self.description = self.description or info.description
        names = ("", "training", "validation")
        kind = info.dataset_type
        self.dataset = self.dataset or (names[kind] if 0 <= kind < len(names) else "")


@dataclass(slots=True)
class Records:
    """All records of a folder. starts, ends: by run. hparams: by name. metrics: by (group, tag).

    seen: the experiment records so far; PyTorch writes the same one into every run.
    """

    starts: dict[str, Start] = field(default_factory=dict)
    ends: dict[str, End] = field(default_factory=dict)
    hparams: dict[str, HparamInfo] = field(default_factory=dict)
    metrics: dict[tuple[str, str], MetricInfo] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)


def read_records(logs: Logs) -> Records:
    """The records of all runs, by run name, so that the order of reading does not matter."""
    records = Records()
    for run in sorted(logs.runs, key=_run_name):
        for series in run.series_of(PLUGIN):
            _read(series, run, logs, records)
    return records


def plain_value(value: Any) -> Value:
    """A protobuf Value as a Python value: lists and structs as JSON text, null as None."""
    kind = value.WhichOneof("kind")
    if kind in (None, "null_value"):
        return None
    if kind in ("list_value", "struct_value"):
        return json.dumps(_nested(value), ensure_ascii=False)
    plain: Value = getattr(value, kind)
    return plain


def _run_name(run: Run) -> str:
    return run.name


def _read(series: Series, run: Run, logs: Logs, records: Records) -> None:
    member = MEMBERS.get(series.tag)
    if member is None:
        what = f"{series.tag} of run {run.name} is no known hyperparameter record; it was skipped."
        records.problems.append(_problem(series, run, logs, what))
        return
    content = series.metadata.content
    if member == "experiment" and content in records.seen:
        return
    try:
        data = hparams_pb2.HParamsPluginData.FromString(content)
    except DecodeError:
        what = f"The {member} record of run {run.name} can't be decoded; it was skipped."
        records.problems.append(_problem(series, run, logs, what))
        return
    if data.version != 0 or data.WhichOneof("data") != member:
        fault = f"has version {data.version}" if data.version else "holds another record"
        what = f"The {member} record of run {run.name} {fault}; it was skipped."
        records.problems.append(_problem(series, run, logs, what))
        return
    if member == "experiment":
        records.seen.add(content)
    _add(getattr(data, member), member, run.name, records)


def _problem(series: Series, run: Run, logs: Logs, what: str) -> Problem:
    if series.payloads is not None and len(series):
        return series.payloads.problem(0, what)
    return Problem(run.files[0] if run.files else logs.path, what)


def _add(message: Any, member: str, run: str, records: Records) -> None:
    if member == "session_start_info":
        values = {name: plain_value(message.hparams[name]) for name in sorted(message.hparams)}
        records.starts[run] = Start(values, message.group_name, message.start_time_secs)
    elif member == "session_end_info":
        known = 0 <= message.status < len(STATUS_NAMES)
        status = STATUS_NAMES[message.status] if known else "unknown"
        records.ends[run] = End(status, message.end_time_secs)
    else:
        for info in message.hparam_infos:
            records.hparams.setdefault(info.name, HparamInfo()).add(info)
        for info in message.metric_infos:
            key = (plain_group(info.name.group), info.name.tag)
            records.metrics.setdefault(key, MetricInfo()).add(info)


def plain_group(group: str) -> str:
    """A metric's group as a path below its trial; "" for the trial itself."""
    group = group.removesuffix("/").removeprefix("./")
    return "" if group == "." else group


def _nested(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return [_nested(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        return {key: _nested(fields[key]) for key in sorted(fields)}
    return None if kind in (None, "null_value") else getattr(value, kind)
