"""The payload of one value of each plugin. An input's first byte says of which, the rest is put
where the plugin's own format begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from projector.logs.messages import event_pb2, tensor_pb2
from projector.logs.records import framed
from tests.fuzz.chunks import as_protobuf_writes, payloads_of

_LARGEST = 4000


def _tensor(dtype: int, sizes: tuple[int, ...], **fields: Any) -> Any:
    shape = {"dim": [{"size": size} for size in sizes]}
    return tensor_pb2.TensorProto(dtype=dtype, tensor_shape=shape, **fields)


def _value(plugin: str, tensor: Any, content: bytes = b"", tag: str = "t") -> dict[str, Any]:
    metadata = {"plugin_data": {"plugin_name": plugin, "content": content}}
    return {"summary": {"value": [{"tag": tag, "metadata": metadata, "tensor": tensor}]}}


def _text(*texts: bytes) -> Any:
    return _tensor(7, (len(texts),), string_val=texts)


def _numbers(dtype: int, size: int, rest: tuple[int, ...], data: bytes) -> Any:
    """As many rows of that shape as the bytes give."""
    row = size
    for n in rest:
        row *= n
    n_rows = len(data) // row
    return _tensor(dtype, (n_rows, *rest), tensor_content=data[: n_rows * row])


_EMPTY = _tensor(1, (0,))
Place = Callable[[bytes], dict[str, Any]]

PLACES: dict[str, Place] = {
    "graphs": lambda x: {"graph_def": x},
    "meta graph": lambda x: {"meta_graph_def": x},
    "tagged run metadata": lambda x: {"tagged_run_metadata": {"tag": "a", "run_metadata": x}},
    "graph_keras_model": lambda x: _value("graph_keras_model", _text(x), b"1"),
    "graph_run_metadata": lambda x: _value("graph_run_metadata", _text(x), b"1"),
    "graph_run_metadata_graph": lambda x: _value("graph_run_metadata_graph", _text(x), b"1"),
    "text": lambda x: _value("text", _text(*x.split(b"\0"))),
    "custom_scalars": lambda x: _value("custom_scalars", _tensor(7, (), string_val=[x])),
    "images": lambda x: _value("images", _text(b"3", b"4", x)),
    "audio": lambda x: _value("audio", _tensor(7, (1, 2), string_val=[x, b"label"])),
    "mesh": lambda x: _value("mesh", _numbers(1, 4, (1, 3), b"0" * 24), x),
    "mesh points": lambda x: _value("mesh", _tensor(1, (1, len(x) // 12, 3), tensor_content=x)),
    "histograms": lambda x: _value("histograms", _numbers(2, 8, (3,), x)),
    "pr_curves": lambda x: _value(
        "pr_curves", _tensor(1, (6, len(x) // 24), tensor_content=x[: len(x) // 24 * 24])
    ),
    "experiment": lambda x: _value("hparams", _EMPTY, x, "_hparams_/experiment"),
    "start": lambda x: _value("hparams", _EMPTY, x, "_hparams_/session_start_info"),
    "end": lambda x: _value("hparams", _EMPTY, x, "_hparams_/session_end_info"),
}
_ORDER = tuple(PLACES.values())


def file_with_payload(data: bytes) -> bytes:
    """An event file that holds the payload, at two steps."""
    place = _ORDER[sum(data[:1]) % len(_ORDER)]
    events = [event_pb2.Event(wall_time=1.0, step=step, **place(data[1:])) for step in (0, 7)]
    return b"".join(framed(event.SerializeToString()) for event in events)


def payload_seeds(path: Path) -> Iterator[bytes]:
    """What the events of a file hold, each under the number of its place."""
    numbers = {name: bytes([i]) for i, name in enumerate(PLACES)}
    for payload in payloads_of(path.read_bytes()):
        event = event_pb2.Event.FromString(as_protobuf_writes(payload))
        if event.graph_def and len(event.graph_def) < _LARGEST:
            yield numbers["graphs"] + event.graph_def
        if event.tagged_run_metadata.run_metadata:
            yield numbers["tagged run metadata"] + event.tagged_run_metadata.run_metadata
        for value in event.summary.value:
            yield from _of_value(value, numbers)


def _of_value(value: Any, numbers: dict[str, bytes]) -> Iterator[bytes]:
    plugin, content = value.metadata.plugin_data.plugin_name, value.metadata.plugin_data.content
    if plugin == "hparams":
        name = value.tag.removeprefix("_hparams_/").removeprefix("session_").removesuffix("_info")
        yield numbers.get(name, b"\0") + content
        return
    if plugin == "mesh":
        yield numbers["mesh"] + content
    number = numbers.get(plugin)
    texts = (*value.tensor.string_val, value.tensor.tensor_content)
    olds = (value.image.encoded_image_string, value.audio.encoded_audio_string)
    for text in (*texts, *olds):
        if number and text:
            yield number + text[:_LARGEST]
