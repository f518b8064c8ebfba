"""Graphs of Keras models, beside those that TensorBoard makes of the same JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from projector.errors import Unreadable
from projector.logs.folder import read_logs
from projector.logs.payloads.attributes import parse_attribute
from projector.logs.payloads.content import read_blob
from projector.logs.payloads.graphs import Graph
from projector.logs.payloads.keras import parse_keras_model, read_keras_model
from projector.progress import finish
from tests.projector.payloads.points import points, tensor

Layer = dict[str, Any]


def edges(graph: Graph) -> dict[str, list[str]]:
    return {node.name: [one.name for one in node.inputs] for node in graph.nodes}


def parsed(model: Layer) -> dict[str, list[str]]:
    return edges(parse_keras_model(json.dumps(model).encode()))


def layer(name: str, *inbound: str, kind: str = "Dense", **config: Any) -> Layer:
    """A layer of a functional model, as Keras 3 writes it."""
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"keras_history": [one, 0, 0]}}
        for one in inbound
    ]
    args = tensors if len(tensors) < 2 else [tensors]
    nodes = [{"args": args, "kwargs": {"training": False}}] if inbound else []
    return {"class_name": kind, "config": {"name": name, **config}, "inbound_nodes": nodes}


def functional(name: str, ins: list[str], outs: list[str], layers: list[Layer]) -> Layer:
    first: list[Any] = [[one, 0, 0] for one in ins]
    config = {
        "name": name,
        "layers": layers,
        "input_layers": first if len(first) > 1 else first[0],  # a single one lies flat
        "output_layers": [[one, 0, 0] for one in outs],
    }
    return {"class_name": "Functional", "config": config}


def chain(name: str, *layers: Layer) -> Layer:
    plain = [{k: v for k, v in one.items() if k != "inbound_nodes"} for one in layers]
    return {"class_name": "Sequential", "config": {"name": name, "layers": plain}}


TWO_INPUTS = functional(
    "model",
    ["a", "b"],
    ["out"],
    [layer("a"), layer("b"), layer("sum", "a", "b", kind="Add"), layer("out", "sum")],
)
INNER = functional("inner", ["i"], ["o"], [layer("i"), layer("h", "i"), layer("o", "h")])
NESTED = functional(
    "outer",
    ["a"],
    ["z"],
    [layer("a"), {**INNER, "inbound_nodes": layer("", "a")["inbound_nodes"]}, layer("z", "inner")],
)
CHAIN_IN_FUNCTIONAL = functional(
    "outer",
    ["a"],
    ["z"],
    [
        layer("a"),
        {**chain("seq", layer("s"), layer("t")), "inbound_nodes": layer("", "a")["inbound_nodes"]},
        layer("z", "seq"),
    ],
)
CHAINS = chain("all", layer("a"), chain("seq", layer("s"), layer("t")), layer("z"))


def theirs(model: Layer) -> dict[str, list[str]]:
    keras_util = pytest.importorskip(
        "tensorboard.plugins.graph.keras_util", reason="TensorBoard is not installed"
    )
    graph = keras_util.keras_model_to_graph_def(model)
    return {node.name: list(node.input) for node in graph.node}


@pytest.mark.parametrize("model", [TWO_INPUTS, NESTED, CHAIN_IN_FUNCTIONAL, CHAINS])
def test_the_layers_are_joined_as_in_tensorboard(model: Layer) -> None:
    assert parsed(model) == theirs(model)


def test_inner_models_are_joined_at_their_inputs_and_outputs() -> None:
    assert parsed(NESTED) == {
        "outer/a": [],
        "outer/inner/i": ["outer/a"],
        "outer/inner/h": ["outer/inner/i"],
        "outer/inner/o": ["outer/inner/h"],
        "outer/z": ["outer/inner/o"],
    }


@pytest.mark.parametrize("folder", ["keras3_callback", "keras3_two_embeddings", "keras2_callback"])
def test_a_real_model_is_drawn_as_in_tensorboard(fixtures: Path, folder: str) -> None:
    for series in finish(read_logs(fixtures / folder)).series("graph_keras_model"):
        graph = read_keras_model(series, 0)
        assert edges(graph) == theirs(json.loads(read_blob(series, 0)))
        assert {node.op for node in graph.nodes} >= {"Dense", "Embedding"}


def test_keras_2_lists_are_understood() -> None:
    old = [
        {"class_name": "InputLayer", "config": {"name": "a"}, "inbound_nodes": []},
        {"class_name": "Dense", "config": {"name": "b"}, "inbound_nodes": [[["a", 0, 0, {}]]]},
        {
            "class_name": "TFOpLambda",
            "config": {"name": "c"},
            "inbound_nodes": [["a", 0, 0, {"y": ["b", 0, 0]}]],
        },
    ]
    assert parsed(functional("m", ["a"], ["c"], old)) == {
        "m/a": [],
        "m/b": ["m/a"],
        "m/c": ["m/a", "m/b"],
    }


def test_the_oldest_chains_are_plain_lists() -> None:
    model = {
        "class_name": "Sequential",
        "config": chain("", layer("a"), layer("b"))["config"]["layers"],
    }
    assert parsed(model) == {"model/a": [], "model/b": ["model/a"]}


@pytest.mark.parametrize(
    ("dtype", "told"),
    [
        ("float32", "float32"),
        ({"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}, "mixed_float16"),
        (None, None),
        (3, None),
        ({"config": 3}, None),
    ],
)
def test_the_type_may_be_a_policy(dtype: Any, told: str | None) -> None:
    (node,) = parse_keras_model(json.dumps(chain("m", layer("a", dtype=dtype))).encode()).nodes
    assert node.op == "Dense"
    found = node.attributes.get("dtype")
    assert (parse_attribute(found) if found else None) == told
    assert parse_attribute(node.attributes["keras_class"]) == "Dense"


def test_halves_of_surrogates_are_replaced() -> None:
    (node,) = parse_keras_model(json.dumps(chain("m", layer("\ud800"))).encode()).nodes
    assert node.name == "m/?"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"5",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"config": 5}',
        b"9" * 9999,
    ],
)
def test_what_is_no_model_is_told(tmp_path: Path, text: bytes) -> None:
    series = points(tmp_path, "graph_keras_model", tensor(text), content=b"1")
    with pytest.raises(Unreadable, match=r"^tag at step 0 can't be read: "):
        read_keras_model(series, 0)


def test_models_within_models_without_end_are_told() -> None:
    model = chain("m", layer("a"))
    for _ in range(60):
        model = chain("m", model)
    with pytest.raises(Unreadable, match="more layers than can be shown"):
        parsed(model)


def test_long_names_do_not_multiply() -> None:
    model = chain("m" * 100_000, *(layer(str(k)) for k in range(1000)))
    with pytest.raises(Unreadable, match="names of the layers are too long"):
        parsed(model)
