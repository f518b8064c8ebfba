"""Several graphs as one, each under a name of its own: what a trace of functions comes to."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from projector.logs.messages import graph_pb2
from projector.logs.payloads.content import plain
from projector.logs.payloads.graphs import Function, Graph, Node

_FUNCTION_TAG = b"\x52"  # field 10 of AttrValue, a message


def merge_graphs(graphs: list[Graph]) -> Graph:
    """One graph of several; of more than one the k-th gets "graph_k/" before its names and
    "graph_k_" before those of its functions, as in TensorBoard."""
    if len(graphs) == 1:
        return graphs[0]
    parts = [_prefixed(graph, f"graph_{k}") for k, graph in enumerate(graphs, 1)]
    return Graph(
        tuple(node for part in parts for node in part.nodes),
        tuple(function for part in parts for function in part.functions),
        tuple(pair for part in parts for pair in part.gradients),
        max((part.producer for part in parts), default=0),
    )


def _prefixed(graph: Graph, prefix: str) -> Graph:
    called = {function.name: f"{prefix}_{function.name}" for function in graph.functions}
    nodes = tuple(
        _calling(node, called)._replace(
            name=f"{prefix}/{node.name}",
            inputs=tuple(one._replace(name=f"{prefix}/{one.name}") for one in node.inputs),
        )
        for node in graph.nodes
    )
    functions = tuple(
        Function(
            called[one.name],
            one.inputs,
            one.outputs,
            tuple(_calling(node, called) for node in one.nodes),
            one.returns,
        )
        for one in graph.functions
    )
    gradients = tuple((called.get(a, a), called.get(b, b)) for a, b in graph.gradients)
    return Graph(nodes, functions, gradients, graph.producer)


def _calling(node: Node, called: dict[str, str]) -> Node:
    """The node with new names of the functions that it calls, by its op or its attributes."""
    if node.op in called:
        node = node._replace(op=called[node.op])
    changed = {}
    for key, value in node.attributes.items():
        if not value.startswith(_FUNCTION_TAG):
            continue
        try:
            message = graph_pb2.AttrValue.FromString(value)
        except DecodeError:
            continue
        name = plain(message.func.name)
        if message.WhichOneof("value") == "func" and name in called:
            message.func.name = called[name].encode()
            changed[key] = message.SerializeToString()
    return node._replace(attributes={**node.attributes, **changed}) if changed else node
