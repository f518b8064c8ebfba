"""Graphs of Keras models, out of the JSON that `model.to_json()` writes (Keras 2 and 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from projector.errors import Unreadable
from projector.logs.messages import graph_pb2
from projector.logs.payloads.content import read_blob, unreadable
from projector.logs.payloads.graphs import Graph, Input, Node
from projector.logs.payloads.run_metadata import check_trace_version
from projector.logs.series import Series

_DEEPEST = 40
_MOST_LAYERS = 200_000
_MOST_INPUTS = 10_000
_MOST_CHARACTERS = 1 << 26  # of all names with those of the models around them


def read_keras_model(series: Series, i: int) -> Graph:
    """The graph of the model at point i: a node per layer, its op the layer's class.

    Names carry those of the models around them: "model/block/dense". Raises Unreadable.
    """
    check_trace_version(series, i)
    try:
        return parse_keras_model(read_blob(series, i))
    except Unreadable as error:
        if str(error).startswith(series.tag):
            raise
        raise unreadable(series, i, str(error)) from error


def parse_keras_model(text: bytes) -> Graph:
    """As read_keras_model, of the JSON itself; the error names no tag."""
    try:
        model = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("the model is no JSON.") from error
    if not isinstance(model, dict) or not isinstance(model.get("config"), dict | list):
        raise Unreadable("it is no Keras model.")
    walk = _Walk()
    walk.layer(model, "", None, 0)
    return Graph(tuple(walk.nodes))


class _History(NamedTuple):
    """Which output of which layer is meant."""

    layer: str
    output: int


class _Walk:
    """Goes through layers in their order.

    outputs: the nodes that give the outputs of a model, by its name. feeds: the nodes that an
    input layer of an inner model takes its values from.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._outputs: dict[str, list[str]] = {}
        self._feeds: dict[str, list[str]] = {}
        self._n_characters = 0

    def layer(
        self, layer: dict[str, Any], scope: str, before: str | None, depth: int
    ) -> str | None:
        """Adds a layer or model. before: the node ahead of it where layers form a chain. Returns
        the node whose values come out last."""
        if depth > _DEEPEST or len(self.nodes) >= _MOST_LAYERS:
            raise Unreadable("the model has more layers than can be shown.")
        config = layer.get("config")
        if isinstance(config, list):
            config = {"layers": config}  # chains in the oldest logs
        config = _dict(config)
        own = _text(config.get("name")) or _text(layer.get("name")) or "model"
        name = self._scoped(scope, own)
        taken = self._taken(layer, scope, before)
        layers = config.get("layers")
        if isinstance(layers, list) and layers:
            return self._model(config, layers, name, taken, depth)
        self.nodes.append(_node(layer, config, name, [*taken, *self._feeds.pop(name, ())]))
        return name

    def _taken(self, layer: dict[str, Any], scope: str, before: str | None) -> list[str]:
        """The nodes whose outputs a layer takes in."""
        inbound = layer.get("inbound_nodes")
        if inbound is None:
            return [before] if before else []
        return [self._node_of(scope, one) for one in islice(_histories(inbound), _MOST_INPUTS)]

    def _node_of(self, scope: str, history: _History) -> str:
        name = self._scoped(scope, history.layer)
        outputs = self._outputs.get(name)
        return outputs[min(history.output, len(outputs) - 1)] if outputs else name

    def _model(
        self, config: dict[str, Any], layers: list[Any], name: str, taken: list[str], depth: int
    ) -> str | None:
        ins = [self._scoped(name, one.layer) for one in _histories(config.get("input_layers"))]
        outs = list(islice(_histories(config.get("output_layers")), _MOST_INPUTS))
        for i, source in enumerate(taken if ins else ()):
            # called more than once, a model takes its inputs again and again
            self._feeds.setdefault(ins[i % len(ins)], []).append(source)
        last: str | None = None if ins else (taken[0] if taken else None)
        for layer in layers:
            last = self.layer(_dict(layer), name, last, depth + 1)
        ends = [self._node_of(name, one) for one in outs] or ([last] if last else [])
        if ends:
            self._outputs[name] = ends
            return ends[-1]
        return last

    def _scoped(self, scope: str, name: str) -> str:
        self._n_characters += len(scope) + len(name)
        if self._n_characters > _MOST_CHARACTERS:
            raise Unreadable("the names of the layers are too long to be shown.")
        return f"{scope}/{name}" if scope else name


def _node(layer: dict[str, Any], config: dict[str, Any], name: str, inputs: list[str]) -> Node:
    kind = _text(layer.get("class_name"))
    dtype = config.get("dtype")
    if isinstance(dtype, dict):
        dtype = _dict(dtype.get("config")).get("name")
    told = {"keras_class": kind, "dtype": _text(dtype)}
    attributes = {
        key: graph_pb2.AttrValue(s=value.encode("utf-8", "replace")).SerializeToString()
        for key, value in told.items()
        if value
    }
    return Node(name, kind or "Layer", tuple(map(Input, inputs)), "", attributes)


def _histories(value: Any, depth: int = 0) -> Iterator[_History]:
    """The outputs of layers that a value speaks of, in their order, however they are nested.

    Keras 3 has {"config": {"keras_history": [layer, call, output]}}, Keras 2 plain lists
    [layer, call, output, keywords].
    """
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        config = value.get("config")
        history = config.get("keras_history") if isinstance(config, dict) else None
        for one in [history] if history is not None else value.values():
            yield from _histories(one, depth + 1)
    elif isinstance(value, list):
        is_history = (
            len(value) >= 3 and isinstance(value[0], str) and _is_index(value[1:2] + value[2:3])
        )
        if is_history:
            yield _History(_text(value[0]), value[2])
        for one in value[3:] if is_history else value:
            yield from _histories(one, depth + 1)


def _is_index(numbers: list[Any]) -> bool:
    return all(type(one) is int and one >= 0 for one in numbers)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """JSON may hold halves of surrogate pairs, which no file or screen takes."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8")
