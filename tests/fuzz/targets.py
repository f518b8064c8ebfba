"""What is fuzzed. Each target takes any bytes and answers with what it found, as bytes, so that two
ways of running can be compared; anything wrong is an exception.

A target's first byte, where said, holds settings.
"""

from __future__ import annotations

import atexit
import hashlib
import importlib
import pkgutil
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import projector.embeddings
import projector.logs
from projector.errors import TooLarge, Unreadable
from projector.hparams.trials import find_trials
from projector.logs import long_record
from projector.logs import scan as scan_module
from projector.logs.folder import read_logs
from projector.logs.messages import event_pb2, summary_pb2, tensor_pb2
from projector.logs.numbers.kernels import number_in_tensor
from projector.logs.payloads import describe_payload
from projector.logs.scan import FileColumns
from projector.logs.series import Logs
from projector.logs.tensors import parse_tensor, read_tensor
from projector.pr_curves import find_curves, read_curves
from projector.progress import finish
from tests.file_checks import (
    check_columns,
    check_like_slow_reader,
    check_logs,
    check_problem,
    check_sentence,
    scanned,
)
from tests.fuzz.chunks import (
    PLAIN,
    SOUND,
    as_protobuf_writes,
    chunks,
    files,
    joined,
    payloads_of,
)
from tests.fuzz.embedding_target import (
    checkpoint_file,
    config_of_any_bytes,
    embedding_seeds,
    safetensors_file,
)
from tests.fuzz.index_target import index_seed, read_any_index, read_twice
from tests.fuzz.mutate import message
from tests.fuzz.payload_target import file_with_payload, payload_seeds

_SIZES = [
    (piece, long) for piece in (64, 257, scan_module.PIECE) for long in (40, 300, scan_module.LONG)
]
_MOST_POINTS = 3
"""Payloads that are read of each series."""

FOLDER = Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def import_all() -> None:
    """All readers of files, kernels included, which others import when needed."""
    for package in (projector.logs, projector.embeddings):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)


def file_of_any_bytes(data: bytes) -> bytes:
    """An event file that holds just these bytes, after one that tells the sizes of pieces."""
    return _scanned(data[:1], data[1:])


def file_of_records(data: bytes) -> bytes:
    """An event file of framed chunks, after one byte that tells the sizes of pieces."""
    return _scanned(data[:1], b"".join(files(chunks(data[1:]))))


def folder_of_files(data: bytes) -> bytes:
    """A run of up to three files of chunks: runs, series, payloads, curves and trials. The first
    byte is not used."""
    return _folder(files(chunks(data[1:])))


def payload(data: bytes) -> bytes:
    """What each plugin's own format may hold."""
    return _folder([file_with_payload(data)])


def _folder(contents: list[bytes]) -> bytes:
    sizes = {}
    for path in FOLDER.iterdir():
        path.unlink()
    for i, content in enumerate(contents):
        path = FOLDER / f"tfevents.{i}"
        path.write_bytes(content)
        sizes[path] = len(content)
    logs = finish(read_logs(FOLDER))
    check_logs(logs, sizes)
    check_logs_of_all_points(logs)
    _read_payloads(logs)
    for problems in (find_curves(logs)[1], find_trials(logs)[1]):
        for problem in problems:
            check_problem(problem, problem.file, sizes[problem.file])
    wanted = [(curve, i) for curve in find_curves(logs)[0] for i in range(len(curve))][:20]
    for problem in finish(read_curves(wanted)).unreadable.values():
        check_problem(problem, problem.file, sizes[problem.file])
    return _digest(
        part for run in logs.runs for s in run.series for part in (s.steps, s.wall_times, s.values)
    )


def check_logs_of_all_points(logs: Logs) -> None:
    """With every point shown, no series has fewer."""
    for run, whole in zip(logs.runs, logs.all_points().runs, strict=True):
        for series, every in zip(run.series, whole.series, strict=True):
            assert series.tag == every.tag
            assert set(series.steps.tolist()) <= set(every.steps.tolist())


def tensor(data: bytes) -> bytes:
    """A TensorProto: refused with a sentence, or as large as its shape says; and the number that
    the compiled reader finds in it is the one that numpy does."""
    bits = np.frombuffer(data, np.uint8)
    is_sound, is_number, value = number_in_tensor(bits, 0, len(data))
    try:
        whole = parse_tensor(data)
    except Unreadable as error:
        check_sentence(str(error))
        return b"refused"
    if whole.size == 1 and _is_plain_tensor(data):
        has_number = whole.dtype.kind in "fiub"
        assert is_sound
        assert is_number == has_number
        if is_number:
            np.testing.assert_array_equal(value, np.float64(whole.item()))
    return _digest([np.array([is_sound, is_number, value], np.float64)])


def _is_plain_tensor(data: bytes) -> bool:
    """Whether all readers of protobuf must agree; only one of the integer fields is used."""
    message = tensor_pb2.TensorProto.FromString(data)
    whole = message.SerializeToString(deterministic=True)
    message.DiscardUnknownFields()
    names = ("int_val", "uint32_val", "int64_val", "uint64_val", "bool_val")
    return whole == data == message.SerializeToString(deterministic=True) and (
        sum(bool(getattr(message, name)) for name in names) <= 1
    )


def summary(data: bytes) -> bytes:
    """A Summary.Value, in an event that is sound: every plugin's metadata and payload."""
    return folder_of_files(b"\0" + _as_chunk(b"", data) + _as_chunk(b"\x10\x05", data))


def index(data: bytes) -> bytes:
    """An index of any bytes, and the files it tells of read on from there."""
    return b"".join(_digest_of_columns(found) for found in read_any_index(data, FOLDER))


def config(data: bytes) -> bytes:
    """A projector config of any bytes."""
    return config_of_any_bytes(data, FOLDER)


def tensors(data: bytes) -> bytes:
    """A file of safetensors of any bytes."""
    return safetensors_file(data, FOLDER)


def growing_file(data: bytes) -> bytes:
    """A file read in two goes holds what it does in one."""
    second, whole = map(_digest_of_columns, read_twice(data, FOLDER))
    assert second == whole
    return second


def _as_chunk(head: bytes, value: bytes) -> bytes:
    """The value as one record's only one."""
    return joined([(SOUND, head + message([(5, 2, message([(1, 2, value)]))]))])


def _scanned(settings: bytes, data: bytes) -> bytes:
    scan_module.PIECE, scan_module.LONG = _SIZES[sum(settings) % len(_SIZES)]
    path = FOLDER / "tfevents"
    path.write_bytes(data)
    try:
        found, again = (scanned_over(path, fill) for fill in (0, 0x0A))
        check_columns(found, data)
        check_like_slow_reader(found, data)
    finally:
        scan_module.PIECE, scan_module.LONG = _SIZES[-1]
    digest = _digest_of_columns(found)
    assert _digest_of_columns(again) == digest, "bytes that were never read were looked at"
    return digest


def scanned_over(path: Path, fill: int) -> FileColumns:
    """The file, with that byte wherever long records are not read."""
    long_record.empty = lambda n, dtype: np.full(n, fill, dtype)  # type: ignore[assignment]
    try:
        return scanned(path)
    finally:
        long_record.empty = np.empty


def _digest_of_columns(found: FileColumns) -> bytes:
    texts = [*found.tags, *(metadata or b"" for metadata in found.metadata)]
    problems = [(problem.what, problem.offset) for problem in found.problems]
    ends = [str((found.read_to, found.start_time, problems)).encode()]
    arrays = [*found.rows, *found.blobs, found.metadata_rows]
    return _digest([*arrays, *(np.frombuffer(text, np.uint8) for text in (*texts, *ends))])


def _digest(arrays: Any) -> bytes:
    """Equal for equal arrays; any not-a-number is like any other."""
    made = hashlib.sha256()
    for array in arrays:
        if array is None:
            continue
        if array.dtype.kind == "f":
            array = np.where(np.isnan(array), np.nan, array)
        made.update(array.tobytes())
    return made.digest()


def _read_payloads(logs: Logs) -> None:
    for run in logs.runs:
        for series in run.series:
            for i in range(min(len(series), _MOST_POINTS)):
                _check_refusal(lambda series=series, i=i: read_tensor(series, i))
                _check_refusal(lambda series=series, i=i: describe_payload(series, i))


def _check_refusal(read: Callable[[], Any]) -> None:
    """It succeeds, or says in a sentence why not."""
    try:
        read()
    except (Unreadable, TooLarge) as error:
        check_sentence(str(error))


@dataclass(frozen=True, slots=True)
class Target:
    """mutator: "chunks", "message", "payload" or "" for plain bytes. share: of the time."""

    run: Callable[[bytes], bytes]
    mutator: str = ""
    share: float = 1.0


TARGETS: dict[str, Target] = {
    "bytes": Target(file_of_any_bytes),
    "records": Target(file_of_records, "chunks", 2.0),
    "folder": Target(folder_of_files, "chunks", 2.0),
    "summary": Target(summary, "message", 2.0),
    "payload": Target(payload, "payload", 2.0),
    "tensor": Target(tensor, "message"),
    "growing": Target(growing_file, "chunks"),
    "index": Target(index),
    "config": Target(config),
    "checkpt": Target(checkpoint_file, "", 2.0),
    "tensors": Target(tensors),
}


def seeds(paths: list[Path], name: str) -> list[bytes]:
    """Inputs made of files by real writers; paths: event files."""
    if name in ("config", "checkpt", "tensors"):
        return embedding_seeds(name)
    found: list[bytes] = []
    for path in paths:
        data = path.read_bytes()
        most = 4000 if name in ("summary", "tensor") else 1500
        payloads = [payload for payload in payloads_of(data) if len(payload) < most]
        if name == "bytes":
            found.append(b"\0" + data)
        elif name == "index":
            found.append(index_seed(path, FOLDER))
        elif name == "payload":
            found += payload_seeds(path)
        elif name in ("records", "folder", "growing"):
            found.append(b"\x03" + joined([(SOUND, payload) for payload in payloads[:6]]))
            found.append(b"\1" + joined([(PLAIN, payload) for payload in payloads[-4:]]))
        else:
            found += _values(payloads, is_tensor=name == "tensor")
    return found


def _values(payloads: list[bytes], *, is_tensor: bool) -> list[bytes]:
    """The values in events, one of each tag."""
    found: dict[str, summary_pb2.Summary.Value] = {}
    for payload in payloads:
        for value in event_pb2.Event.FromString(as_protobuf_writes(payload)).summary.value:
            if not is_tensor or value.HasField("tensor"):
                found.setdefault(value.tag, value)
    chosen = [value.tensor if is_tensor else value for value in found.values()]
    return [value.SerializeToString() for value in chosen]
