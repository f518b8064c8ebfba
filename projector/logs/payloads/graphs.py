"""Graphs of operations: nodes, what they take in, and the functions that some of them call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from google.protobuf.message import DecodeError
from typing_extensions import override

from projector.errors import TooLarge
from projector.logs.columns import META_GRAPH
from projector.logs.messages import graph_pb2
from projector.logs.payloads.content import counted, plain, read_blob, unreadable
from projector.logs.series import Series
from projector.progress import Progress, Work, finish

LARGEST_ATTRIBUTE = 1024
"""Bytes; attributes that take more are known by name only, as in TensorBoard."""

MOST_NODES = 2_000_000
_NODES_A_STEP = 4000
_MOST_DIGITS = 9


class Input(NamedTuple):
    """What a node takes in: output number `output` of the node `name`, or only its end where
    is_control.

    argument: within functions the named output that `output` counts in, else "".
    """

    name: str
    output: int = 0
    is_control: bool = False
    argument: str = ""


class Node(NamedTuple):
    """attributes: serialized AttrValues by name, of at most LARGEST_ATTRIBUTE bytes, for
    parse_attribute. large_attributes: names of those that take more."""

    name: str
    op: str
    inputs: tuple[Input, ...] = ()
    device: str = ""
    attributes: Mapping[str, bytes] = MappingProxyType({})
    large_attributes: tuple[str, ...] = ()


class Argument(NamedTuple):
    """An input or output of a function. dtype: number of the TensorFlow type, 0 where it varies."""

    name: str
    dtype: int


@dataclass(frozen=True, slots=True)
class Function:
    """A graph that nodes call by its name. returns: for each output the node output it is, such
    as "node:z:0"."""

    name: str
    inputs: tuple[Argument, ...]
    outputs: tuple[Argument, ...]
    nodes: tuple[Node, ...]
    returns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Graph:
    """gradients: pairs of the names of a function and of its gradient. producer: version of the
    writer's graphs, 0 where not told."""

    nodes: tuple[Node, ...] = ()
    functions: tuple[Function, ...] = ()
    gradients: tuple[tuple[str, str], ...] = ()
    producer: int = 0

    def __len__(self) -> int:
        return len(self.nodes)

    def op_counts(self) -> dict[str, int]:
        """How many nodes do what, the commonest first, then by name."""
        counts = Counter(node.op for node in self.nodes)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def read_graph(series: Series, i: int) -> Graph:
    """The graph of point i of a run's graphs. Raises Unreadable, TooLarge."""
    return finish(read_graph_steps(series, i))


def read_graph_steps(series: Series, i: int) -> Work[Graph]:
    """As read_graph, for graphs of many nodes."""
    data = read_blob(series, i)
    is_meta = series.payloads is not None and series.payloads.fields[i] == META_GRAPH
    yield Progress(None, "Reading the graph")
    try:
        if is_meta:
            message = graph_pb2.MetaGraphDef.FromString(data).graph_def
        else:
            message = graph_pb2.GraphDef.FromString(data)
    except DecodeError as error:
        raise unreadable(series, i, "the graph is damaged.") from error
    return (yield from build_graph(message))


def build_graph(message: Any) -> Work[Graph]:
    """The graph of a GraphDef. Raises TooLarge."""
    functions = message.library.function
    n_nodes = len(message.node) + sum(len(one.node_def) for one in functions)
    if n_nodes > MOST_NODES or len(functions) > MOST_NODES:
        told = f"{n_nodes:,} nodes in {counted(len(functions), 'function')}"
        raise TooLarge(f"The graph has {told}; {MOST_NODES:,} can be shown.")
    build = _Builder(n_nodes)
    nodes = yield from build.nodes(message.node)
    made = []
    for function in functions:
        inner = yield from build.nodes(function.node_def, is_inner=True)
        made.append(build.function(function, inner))
    gradients = tuple(
        (plain(one.function_name), plain(one.gradient_func)) for one in message.library.gradient
    )
    return Graph(nodes, tuple(made), gradients, message.versions.producer)


class _Builder:
    """Makes nodes; texts and inputs that recur are made once."""

    def __init__(self, n_nodes: int) -> None:
        self._n_nodes = n_nodes
        self._n_done = 0
        self._texts = _Texts()
        self._inputs = _Inputs()
        self._inner_inputs = _InnerInputs()

    def nodes(self, messages: Any, is_inner: bool = False) -> Work[tuple[Node, ...]]:
        inputs = self._inner_inputs if is_inner else self._inputs
        made = []
        for message in messages:
            made.append(self._node(message, inputs))
            self._n_done += 1
            if self._n_done % _NODES_A_STEP == 0:
                note = f"Reading {self._n_done:,} of {self._n_nodes:,} nodes"
                yield Progress(self._n_done / self._n_nodes, note)
        return tuple(made)

    def _node(self, message: Any, inputs: _Inputs) -> Node:
        texts = self._texts
        attributes = dict(message.attr.items())
        large = tuple([key for key, data in attributes.items() if len(data) > LARGEST_ATTRIBUTE])
        for key in large:
            del attributes[key]
        return Node(
            texts[message.name],
            texts[message.op],
            tuple([inputs[text] for text in message.input]),
            texts[message.device],
            attributes,
            large,
        )

    def function(self, message: Any, nodes: tuple[Node, ...]) -> Function:
        texts, signature = self._texts, message.signature
        inputs, outputs = (
            tuple(Argument(texts[one.name], one.type) for one in arguments)
            for arguments in (signature.input_arg, signature.output_arg)
        )
        returns = {texts[entry.key]: texts[entry.value] for entry in message.ret}
        return Function(texts[signature.name], inputs, outputs, nodes, returns)


class _Texts(dict[bytes, str]):
    def __missing__(self, text: bytes) -> str:
        made = self[text] = plain(text)
        return made


class _Inputs(dict[bytes, Input]):
    def __missing__(self, text: bytes) -> Input:
        made = self[text] = self.parse(plain(text))
        return made

    def parse(self, text: str) -> Input:
        return parse_input(text)


class _InnerInputs(_Inputs):
    @override
    def parse(self, text: str) -> Input:
        return parse_inner_input(text)


def parse_input(text: str) -> Input:
    """The input that "name", "name:2" or "^name" stands for."""
    if text.startswith("^"):
        return Input(text[1:], 0, True)
    name, colon, number = text.rpartition(":")
    if colon and name and number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS:
        return Input(name, int(number))
    return Input(text)


def parse_inner_input(text: str) -> Input:
    """The input of a node in a function; there an output has a name, too: "name:output:2"."""
    made = parse_input(text)
    name, colon, argument = made.name.partition(":")
    if colon and name and argument and not made.is_control:
        return Input(name, made.output, False, argument)
    return made


def describe_graph(graph: Graph) -> str:
    """Such as "graph of 13 nodes, 2 functions"."""
    functions = f", {counted(len(graph.functions), 'function')}" if graph.functions else ""
    return f"graph of {counted(len(graph), 'node')}{functions}"
