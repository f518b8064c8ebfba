"""Graphs, their attributes, and what their runs took."""

from __future__ import annotations

from pathlib import Path

import pytest

from projector.errors import Unreadable
from projector.logs.messages import graph_pb2, run_metadata_pb2
from projector.logs.payloads import describe_payload
from projector.logs.payloads.attributes import dtype_name, parse_attribute
from projector.logs.payloads.graphs import (
    Input,
    Node,
    parse_inner_input,
    parse_input,
    read_graph,
)
from projector.logs.payloads.run_metadata import read_run_metadata
from projector.logs.series import Series
from tests.projector.payloads.points import points, tensor

GRAPH_FIELD, META_GRAPH_FIELD, RUN_METADATA_FIELD = 104, 109, 108


def two_nodes() -> graph_pb2.GraphDef:
    graph = graph_pb2.GraphDef()
    graph.versions.producer = 27
    graph.node.add(name=b"a", op=b"Const", device=b"/cpu:0")
    node = graph.node.add(name=b"call", op=b"PartitionedCall", input=[b"a:1", b"^a"])
    function = graph_pb2.AttrValue(func=graph_pb2.NameAttrList(name=b"f"))
    node.attr["f"] = function.SerializeToString()
    node.attr["big"] = graph_pb2.AttrValue(s=bytes(2000)).SerializeToString()
    inner = graph.library.function.add()
    inner.signature.name = b"f"
    inner.signature.input_arg.add(name=b"x", type=1)
    inner.signature.output_arg.add(name=b"y", type=1)
    inner.node_def.add(name=b"n", op=b"Neg", input=[b"x", b"m:z:1"])
    inner.ret.add(key=b"y", value=b"n:y:0")
    graph.library.gradient.add(function_name=b"f", gradient_func=b"g")
    return graph


def graph_series(folder: Path, graph: graph_pb2.GraphDef) -> Series:
    return points(folder, "graphs", graph.SerializeToString(), field=GRAPH_FIELD)


def test_a_graph_has_nodes_and_functions(tmp_path: Path) -> None:
    series = graph_series(tmp_path, two_nodes())
    graph = read_graph(series, 0)
    first, call = graph.nodes
    assert first == Node("a", "Const", device="/cpu:0", attributes={})
    assert call.inputs == (Input("a", 1), Input("a", 0, True))
    assert parse_attribute(call.attributes["f"]) == "f"
    assert (list(call.attributes), call.large_attributes) == (["f"], ("big",))
    (function,) = graph.functions
    assert (function.name, function.inputs, function.outputs) == ("f", (("x", 1),), (("y", 1),))
    assert function.nodes[0].inputs == (Input("x"), Input("m", 1, False, "z"))
    assert function.returns == {"y": "n:y:0"}
    assert (graph.gradients, graph.producer) == ((("f", "g"),), 27)
    assert graph.op_counts() == {"Const": 1, "PartitionedCall": 1}
    assert describe_payload(series, 0) == "graph of 2 nodes, 1 function"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", Input("a")),
        ("a:0", Input("a", 0)),
        ("a/b:12", Input("a/b", 12)),
        ("^a", Input("a", 0, True)),
        ("prim::Constant", Input("prim::Constant")),
        ("a::3", Input("a:", 3)),
        (":1", Input(":1")),
        ("a:" + "9" * 5000, Input("a:" + "9" * 5000)),
        ("a:\u0661", Input("a:\u0661")),
        ("", Input("")),
    ],
)
def test_an_input_names_a_node_and_its_output(text: str, expected: Input) -> None:
    assert parse_input(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", Input("x")),
        ("n:z:0", Input("n", 0, False, "z")),
        ("n:z:3", Input("n", 3, False, "z")),
        ("^n", Input("n", 0, True)),
    ],
)
def test_an_input_within_a_function_names_its_output_too(text: str, expected: Input) -> None:
    assert parse_inner_input(text) == expected


def test_names_that_are_no_text_do_not_cost_the_graph(tmp_path: Path) -> None:
    graph = graph_pb2.GraphDef()
    graph.node.add(name=b"\xff\0a", op=b"op")
    assert read_graph(graph_series(tmp_path, graph), 0).nodes[0].name == "\ufffda"


def test_the_graph_inside_a_meta_graph_is_read(tmp_path: Path) -> None:
    data = graph_pb2.MetaGraphDef(graph_def=two_nodes()).SerializeToString()
    graph = read_graph(points(tmp_path, "graphs", data, field=META_GRAPH_FIELD), 0)
    assert [node.name for node in graph.nodes] == ["a", "call"]


def test_a_damaged_graph_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="tag at step 0 can't be read: the graph is damaged"):
        read_graph(points(tmp_path, "graphs", b"\x0a\xff", field=GRAPH_FIELD), 0)


def test_a_graph_of_many_nodes_keeps_them_all(tmp_path: Path) -> None:
    graph = graph_pb2.GraphDef()
    for k in range(10_000):
        graph.node.add(name=b"n%d" % k, op=b"op%d" % (k % 7), input=[b"n%d:0" % (k // 2)])
    nodes = read_graph(graph_series(tmp_path, graph), 0).nodes
    assert [node.name for node in nodes] == [f"n{k}" for k in range(10_000)]
    assert nodes[-1].inputs[0].name == "n4999"
    assert nodes[8].op is nodes[1].op


def attribute(**value: object) -> object:
    return parse_attribute(graph_pb2.AttrValue(**value).SerializeToString())


def test_attributes_are_values_or_words() -> None:
    lists = graph_pb2.AttrValue.ListValue
    assert attribute(s=b"a\xff") == "a\ufffd"
    assert attribute(i=-3) == -3
    assert attribute(b=False) is False
    assert attribute(f=0.5) == 0.5
    assert attribute(type=1) == "float"
    assert attribute(type=101) == "float_ref"
    assert attribute(shape={"dim": [{"size": 2}, {"size": -1}]}) == "[2, ?]"
    assert attribute(shape={"unknown_rank": True}) == "?"
    assert attribute(tensor={"dtype": 3, "tensor_shape": {"dim": [{"size": 4}]}}) == "int32 [4]"
    assert attribute(func={"name": b"f"}) == "f"
    assert attribute(list=lists(i=[1, 2])) == (1, 2)
    assert attribute(list=lists(type=[1, 9])) == ("float", "int64")
    assert attribute(list=lists()) == ()
    assert attribute() is None
    assert dtype_name(77) == "type 77"
    with pytest.raises(Unreadable, match="damaged"):
        parse_attribute(b"\xff")


def trace(folder: Path, *graphs: graph_pb2.GraphDef, content: bytes = b"1") -> Series:
    message = run_metadata_pb2.RunMetadata()
    for graph in graphs:
        message.function_graphs.add(pre_optimization_graph=graph)
    data = tensor([message.SerializeToString()])
    return points(folder, "graph_run_metadata", data, content=content)


def test_the_graph_of_one_traced_function_is_kept_as_it_is(tmp_path: Path) -> None:
    graph = read_run_metadata(trace(tmp_path, two_nodes()), 0).graph
    assert graph is not None
    assert [node.name for node in graph.nodes] == ["a", "call"]


def test_graphs_of_several_functions_keep_apart(tmp_path: Path) -> None:
    graph = read_run_metadata(trace(tmp_path, two_nodes(), two_nodes()), 0).graph
    assert graph is not None
    assert [node.name for node in graph.nodes] == [
        "graph_1/a",
        "graph_1/call",
        "graph_2/a",
        "graph_2/call",
    ]
    assert graph.nodes[3].inputs == (Input("graph_2/a", 1), Input("graph_2/a", 0, True))
    assert [one.name for one in graph.functions] == ["graph_1_f", "graph_2_f"]
    assert parse_attribute(graph.nodes[3].attributes["f"]) == "graph_2_f"
    assert graph.gradients == (("graph_1_f", "g"), ("graph_2_f", "g"))


def test_the_merged_graph_is_tensorboards(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    from tensorboard.compat.proto import graph_pb2 as theirs
    from tensorboard.plugins.graph.graph_util import merge_graph_defs

    plain_input = two_nodes()
    plain_input.node[1].input[:] = [b"a:1"]  # TensorBoard loses the sign of control inputs
    told = merge_graph_defs([theirs.GraphDef.FromString(plain_input.SerializeToString())] * 2)
    graph = read_run_metadata(trace(tmp_path, plain_input, plain_input), 0).graph
    assert graph is not None
    assert [(n.name, n.op) for n in graph.nodes] == [(n.name, n.op) for n in told.node]
    inputs = [[f"{one.name}:{one.output}" for one in n.inputs] for n in graph.nodes]
    assert inputs == [list(n.input) for n in told.node]
    names = [one.signature.name for one in told.library.function]
    assert [one.name for one in graph.functions] == names
    functions = [
        n.attr["f"].func.name for n in told.node if "f" in n.attr and n.attr["f"].func.name
    ]
    assert [
        parse_attribute(n.attributes["f"]) for n in graph.nodes if "f" in n.attributes
    ] == functions


def test_times_are_told_device_by_device(tmp_path: Path) -> None:
    message = run_metadata_pb2.RunMetadata()
    device = message.step_stats.dev_stats.add(device=b"/gpu:0")
    device.thread_names.add(key=7, value=b"main")
    fine = device.node_stats.add(
        node_name=b"a",
        all_start_micros=5,
        op_start_rel_micros=1,
        all_start_nanos=5123,
        op_start_rel_nanos=1001,
        op_end_rel_nanos=2002,
        all_end_rel_nanos=3003,
        timeline_label=b"a = Const()",
        thread_id=7,
    )
    fine.memory.add(allocator_name=b"gpu", total_bytes=100)
    fine.memory.add(allocator_name=b"cpu", total_bytes=23)
    out = fine.output.add(slot=1)
    out.tensor_description.dtype = 1
    out.tensor_description.shape.dim.add(size=64)
    device.node_stats.add(node_name=b"b", all_start_micros=6, all_end_rel_micros=4)
    data = b"\x0a\x02s1\x12"
    body = message.SerializeToString()
    data += bytes([len(body) & 127 | 128, len(body) >> 7]) + body
    plugin = "graph_tagged_run_metadata"
    series = points(tmp_path, plugin, data, field=RUN_METADATA_FIELD)
    metadata = read_run_metadata(series, 0)
    (found,) = metadata.devices
    assert (found.device, found.thread_names) == ("/gpu:0", {7: "main"})
    a, b = found.nodes
    assert (a.name, a.start_ns, a.op_start_ns, a.op_end_ns, a.end_ns) == (
        "a",
        5123,
        1001,
        2002,
        3003,
    )
    assert (a.label, a.thread_id, a.memory_bytes) == ("a = Const()", 7, 123)
    assert a.outputs == ((1, "float", "[64]"),)
    assert (b.start_ns, b.end_ns) == (6000, 4000)
    assert metadata.graph is None
    assert describe_payload(series, 0) == "2 executions on 1 device"


@pytest.mark.parametrize("content", [b"", b"2", b"\xff"])
def test_a_trace_of_another_version_is_not_read(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable, match="only '1' is known"):
        read_run_metadata(trace(tmp_path, two_nodes(), content=content), 0)


def test_a_damaged_trace_is_told(tmp_path: Path) -> None:
    series = points(tmp_path, "graph_run_metadata", tensor([b"\xff"]), content=b"1")
    with pytest.raises(Unreadable, match="the run metadata is damaged"):
        read_run_metadata(series, 0)


def test_a_trace_without_a_value_is_told(tmp_path: Path) -> None:
    series = points(tmp_path, "graph_run_metadata", b"", field=0, content=b"1")
    with pytest.raises(Unreadable, match="it is empty"):
        read_run_metadata(series, 0)
