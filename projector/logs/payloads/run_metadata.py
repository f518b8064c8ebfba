"""What a run of a graph took, device by device, and the graphs of the functions it traced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from google.protobuf.message import DecodeError

from projector.errors import TooLarge
from projector.logs.messages import run_metadata_pb2
from projector.logs.payloads.attributes import dtype_name, shape_text
from projector.logs.payloads.content import counted, plain, read_blob, unreadable
from projector.logs.payloads.graph_merge import merge_graphs
from projector.logs.payloads.graphs import MOST_NODES, Graph, build_graph, describe_graph
from projector.logs.series import Series
from projector.progress import finish

TAGGED = "graph_tagged_run_metadata"


class Output(NamedTuple):
    """An output that a node was seen to make: its number, type and shape, "[64, 10]"."""

    slot: int
    dtype: str
    shape: str


class NodeTime(NamedTuple):
    """One execution of a node. start_ns: since 1970. The others count from there: when the
    operation itself began and ended, and when all was done. memory_bytes: of all allocators.
    """

    name: str
    start_ns: int
    op_start_ns: int
    op_end_ns: int
    end_ns: int
    label: str
    thread_id: int
    memory_bytes: int
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class DeviceTimes:
    """The nodes that one device executed, and the names of its threads by number."""

    device: str
    nodes: tuple[NodeTime, ...]
    thread_names: dict[int, str]


@dataclass(frozen=True, slots=True)
class RunMetadata:
    """devices: nothing where no profile was taken. graph: the traced functions', or None."""

    devices: tuple[DeviceTimes, ...]
    graph: Graph | None

    @property
    def n_executions(self) -> int:
        return sum(len(one.nodes) for one in self.devices)


def check_trace_version(series: Series, i: int) -> None:
    """Raises Unreadable unless the metadata is "1", as that of every trace known is."""
    if series.metadata.content != b"1":
        told = plain(series.metadata.content[:20])
        raise unreadable(series, i, f"its version is {told!r}, and only '1' is known.")


def read_run_metadata(series: Series, i: int) -> RunMetadata:
    """The run metadata of point i. Raises Unreadable, TooLarge."""
    if series.plugin != TAGGED:
        check_trace_version(series, i)
    try:
        message = run_metadata_pb2.RunMetadata.FromString(read_blob(series, i))
    except DecodeError as error:
        raise unreadable(series, i, "the run metadata is damaged.") from error
    n = sum(len(one.node_stats) for one in message.step_stats.dev_stats)
    if n > MOST_NODES:
        raise TooLarge(f"{series.tag} tells of {n:,} executions; {MOST_NODES:,} can be shown.")
    devices = tuple(map(_device, message.step_stats.dev_stats))
    graphs = [
        finish(build_graph(one.pre_optimization_graph))
        for one in message.function_graphs
        if one.HasField("pre_optimization_graph")
    ]
    return RunMetadata(devices, merge_graphs(graphs) if graphs else None)


def _device(message: Any) -> DeviceTimes:
    threads = {entry.key: plain(entry.value) for entry in message.thread_names}
    return DeviceTimes(plain(message.device), tuple(map(_node, message.node_stats)), threads)


def _node(message: Any) -> NodeTime:
    return NodeTime(
        plain(message.node_name),
        message.all_start_nanos or message.all_start_micros * 1000,
        message.op_start_rel_nanos or message.op_start_rel_micros * 1000,
        message.op_end_rel_nanos or message.op_end_rel_micros * 1000,
        message.all_end_rel_nanos or message.all_end_rel_micros * 1000,
        plain(message.timeline_label),
        message.thread_id,
        sum(one.total_bytes for one in message.memory),
        tuple(map(_output, message.output)),
    )


def _output(message: Any) -> Output:
    told = message.tensor_description
    return Output(message.slot, dtype_name(told.dtype), shape_text(told.shape))


def describe_run_metadata(metadata: RunMetadata) -> str:
    """Such as "graph of 7 nodes, 12 executions on 2 devices"."""
    parts = [describe_graph(metadata.graph)] if metadata.graph else []
    if metadata.devices:
        n = counted(metadata.n_executions, "execution")
        parts.append(f"{n} on {counted(len(metadata.devices), 'device')}")
    return ", ".join(parts) or "neither a graph nor times"
