"""Whatever the bytes of an event file are: no exception, nothing good lost, all damage told."""

from __future__ import annotations

import contextlib
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.errors import Problem, Unreadable
from projector.hparams.trials import find_trials
from projector.logs.folder import read_logs
from projector.logs.messages import event_pb2, summary_pb2, tensor_pb2
from projector.logs.records import framed
from projector.logs.tensors import parse_tensor
from projector.logs.writer import EventWriter
from projector.pr_curves import find_curves, read_curves
from projector.progress import finish
from tests.conftest import DATA
from tests.file_checks import (
    check_columns,
    check_like_slow_reader,
    check_logs,
    check_problem,
    scanned,
)
from tests.fuzz.targets import TARGETS

many = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FLOATS = st.floats(width=32)
STEPS = st.integers(-(2**63), 2**63 - 1)
TAGS = st.text(max_size=6)

TENSORS = st.one_of(
    st.builds(lambda x: tensor_pb2.TensorProto(dtype=7, string_val=x), st.lists(st.binary())),
    st.builds(lambda x: tensor_pb2.TensorProto(dtype=1, float_val=x), st.lists(FLOATS, max_size=3)),
    st.builds(lambda x: tensor_pb2.TensorProto(dtype=2, tensor_content=x), st.binary(max_size=9)),
)
CONTENTS = st.one_of(
    TENSORS.map(lambda x: {"tensor": x}),
    FLOATS.map(lambda x: {"simple_value": x}),
    st.binary(max_size=5).map(lambda x: {"obsolete_old_style_histogram": x}),
    st.integers(0, 9).map(lambda x: {"image": summary_pb2.Summary.Image(width=x)}),
    FLOATS.map(lambda x: {"audio": summary_pb2.Summary.Audio(sample_rate=x)}),
    FLOATS.map(lambda x: {"histo": summary_pb2.HistogramProto(max=x, bucket=[x])}),
    st.just({}),
)
DESCRIPTIONS = st.builds(
    lambda plugin, content: summary_pb2.SummaryMetadata(
        plugin_data={"plugin_name": plugin, "content": content}
    ),
    st.sampled_from(["", "scalars", "pr_curves", "hparams", "text", "mesh", "other"]),
    st.binary(max_size=8),
)
VALUES = st.builds(
    lambda tag, node, described, content: summary_pb2.Summary.Value(
        tag=tag, node_name=node, metadata=described, **content
    ),
    TAGS,
    TAGS,
    st.none() | DESCRIPTIONS,
    CONTENTS,
)
MEMBERS = st.one_of(
    st.lists(VALUES, max_size=4).map(lambda x: {"summary": summary_pb2.Summary(value=x)}),
    st.binary(max_size=9).map(lambda x: {"graph_def": x}),
    st.binary(max_size=9).map(lambda x: {"meta_graph_def": x}),
    st.integers(0, 3).map(lambda x: {"session_log": event_pb2.SessionLog(status=x)}),
    TAGS.map(lambda x: {"tagged_run_metadata": event_pb2.TaggedRunMetadata(tag=x)}),
    st.just({"file_version": "brain.Event:2"}),
)
EVENTS = st.builds(
    lambda wall, step, member: event_pb2.Event(wall_time=wall, step=step, **member),
    st.floats(),
    STEPS,
    MEMBERS,
)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "tfevents"
    path.write_bytes(data)
    return path


@given(st.lists(EVENTS, max_size=12))
@many
def test_events_of_every_kind_are_read_as_protobuf_reads_them(
    tmp_path: Path, events: list[Any]
) -> None:
    data = b"".join(framed(event.SerializeToString(deterministic=True)) for event in events)
    found = scanned(written(tmp_path, data))
    check_columns(found, data)
    check_like_slow_reader(found, data)
    assert found.problems == ()


@given(st.lists(st.tuples(st.sampled_from("abc"), STEPS, FLOATS), max_size=30))
@many
def test_what_our_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, points: list[tuple[str, int, float]]
) -> None:
    folder = tmp_path_factory.mktemp("run")
    with EventWriter(folder) as writer:
        for tag, step, value in points:
            writer.scalar(tag, value, step, wall_time=1.0)
    found = finish(read_logs(folder)).runs[0]
    assert [series.tag for series in found.series] == sorted({tag for tag, _, _ in points})
    for series in found.series:
        told = newest([(step, value) for tag, step, value in points if tag == series.tag])
        assert series.steps.tolist() == [step for step, _ in told]
        np.testing.assert_array_equal(series.values, [value for _, value in told])


def newest(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """A value takes the place of all before it with its step or a higher one."""
    kept: list[tuple[int, float]] = []
    for step, value in points:
        while kept and kept[-1][0] >= step:
            kept.pop()
        kept.append((step, value))
    return kept


def record(i: int) -> bytes:
    """A record whose only value is its step."""
    value = summary_pb2.Summary.Value(tag=f"tag {i % 2}", simple_value=i)
    event = event_pb2.Event(wall_time=9.0, step=i, summary=summary_pb2.Summary(value=[value]))
    return framed(event.SerializeToString())


N_RECORDS = 25
RECORDS = [record(i) for i in range(N_RECORDS)]
WHOLE = b"".join(RECORDS)
PLACES = st.integers(0, len(WHOLE))
SIZES = st.integers(1, 150)
DAMAGE = st.one_of(
    st.tuples(st.just("flip"), PLACES, st.integers(1, 255)),
    st.tuples(st.just("cut"), PLACES, SIZES),
    st.tuples(st.just("insert"), PLACES, st.binary(min_size=1, max_size=30)),
    st.tuples(st.just("double"), PLACES, SIZES),
    st.tuples(st.just("splice"), PLACES, st.tuples(PLACES, SIZES)),
)


def damaged(data: bytes, kind: str, place: int, how: Any) -> bytes:
    """The bytes with one thing done to them."""
    place = min(place, len(data) - 1)
    match kind:
        case "flip":
            return data[:place] + bytes([data[place] ^ how]) + data[place + 1 :]
        case "cut":
            return data[:place] + data[place + how :]
        case "insert":
            return data[:place] + how + data[place:]
        case "double":
            return data[: place + how] + data[place:]
    start, size = how
    return data[:place] + data[start : start + size] + data[place + size :]


@given(st.lists(DAMAGE, min_size=1, max_size=4))
@many
def test_damage_takes_no_more_than_what_it_hits(
    tmp_path: Path, damage: list[tuple[str, int, Any]]
) -> None:
    data = WHOLE
    for kind, place, how in damage:
        data = damaged(data, kind, place, how) if data else data
    found = scanned(written(tmp_path, data))
    check_columns(found, data)
    check_like_slow_reader(found, data)
    whole = {i for i, one in enumerate(RECORDS) if one in data}
    lost = whole - set(found.rows.values.tolist())
    # one that lost bytes takes as many from the next, which is then none; and one at the end waits
    assert len(lost) <= 2 * len(damage)


@given(st.integers(1, N_RECORDS - 2), st.integers(0, 11), st.integers(1, 255))
@many
def test_after_a_wrong_length_reading_goes_on_at_the_next_record(
    tmp_path: Path, which: int, place: int, change: int
) -> None:
    broken = bytearray(RECORDS[which])
    broken[place] ^= change
    data = b"".join([*RECORDS[:which], bytes(broken), *RECORDS[which + 1 :]])
    found = scanned(written(tmp_path, data))
    assert found.rows.values.tolist() == [i for i in range(N_RECORDS) if i != which]
    assert [problem.offset for problem in found.problems] == [len(b"".join(RECORDS[:which]))]


ANY_VALUES = st.builds(
    lambda plugin, tag, content, payload: summary_pb2.Summary.Value(
        tag=tag,
        metadata={"plugin_data": {"plugin_name": plugin, "content": content}},
        tensor=payload,
    ),
    st.sampled_from(["hparams", "pr_curves", "scalars", "text", "images", "mesh"]),
    st.sampled_from(["_hparams_/experiment", "_hparams_/session_start_info", "a\n", "t" * 999]),
    st.binary(max_size=40),
    st.builds(
        lambda dtype, sizes, content: tensor_pb2.TensorProto(
            dtype=dtype,
            tensor_shape={"dim": [{"size": size} for size in sizes]},
            tensor_content=content,
        ),
        st.sampled_from([1, 2, 3, 7]),
        st.lists(st.sampled_from([-1, 0, 1, 2, 6, 1 << 40]), max_size=3),
        st.binary(max_size=48),
    ),
)


@given(st.lists(ANY_VALUES, max_size=6))
@many
def test_metadata_and_payloads_of_any_bytes_are_told_in_sentences(
    tmp_path: Path, values: list[Any]
) -> None:
    events = [event_pb2.Event(step=i, summary={"value": [v]}) for i, v in enumerate(values)]
    path = written(tmp_path, b"".join(framed(event.SerializeToString()) for event in events))
    logs = finish(read_logs(tmp_path))
    check_logs(logs, {path: path.stat().st_size})
    curves, problems = find_curves(logs)
    read = finish(read_curves([(curve, i) for curve in curves for i in range(len(curve))]))
    told = (*problems, *find_trials(logs)[1], *read.unreadable.values())
    for problem in told:
        check_problem(problem, path, path.stat().st_size)


@pytest.mark.parametrize("fields", [{"float_val": [1, 2]}, {"float_val": [1]}, {}])
def test_a_few_bytes_never_become_many(fields: dict[str, Any]) -> None:
    shape = {"dim": [{"size": 1 << 26}]}
    message = tensor_pb2.TensorProto(dtype=1, tensor_shape=shape, **fields)
    tracemalloc.start()
    with contextlib.suppress(Unreadable):
        parse_tensor(message.SerializeToString())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


@pytest.mark.parametrize("size", [0, 1, 11, 12, 15, 16, 17])
def test_a_file_of_few_bytes_holds_nothing(tmp_path: Path, size: int) -> None:
    for byte in (b"\0", b"\xff"):
        found = scanned(written(tmp_path, byte * size))
        check_columns(found, byte * size)
        assert len(found.rows.tags) == 0


def test_a_problem_is_one_line_whatever_names_it_quotes(tmp_path: Path) -> None:
    problem = Problem(tmp_path, f"The tag a\nb\0{'c' * 1000} is damaged.")
    assert problem.what.startswith("The tag a b ccc")
    assert problem.what.endswith("ccc is damaged.")
    assert len(problem.what) == 400


def test_so_is_the_sentence_of_an_error() -> None:
    assert str(Unreadable("a\tb.")) == "a b."
    assert str(Unreadable()) == ""


FOUND = sorted((DATA / "fuzz").glob("*-*"))


@pytest.mark.parametrize("path", FOUND, ids=[path.name for path in FOUND])
def test_what_the_fuzzer_once_found_does_no_harm(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]].run(path.read_bytes())
