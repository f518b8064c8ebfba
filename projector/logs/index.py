"""The index: what was read from event files, kept on disk, so that the next opening is instant.

One file for each set of roots, in the user's cache folder. Little-endian:

    0   8 bytes  magic            16  uint64  bytes of the table
    8   uint32   version          24  uint64  bytes of the whole file
    12  uint32   CRC-32 of the table
    32  the table: UTF-8 JSON, then arrays, each at a multiple of 8 bytes, in the order of the table

An index that is damaged, too large or of another version is as good as none: no error.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import time
import zlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from projector.arrays import ByteArray
from projector.cache import cache_folder
from projector.logs.known import KnownFile, Stamp
from projector.logs.scan import FileColumns
from projector.progress import Progress, Work

LEAST_BYTES = 1 << 20
"""Smaller logs are read as quickly as their index."""

_MAGIC = b"PRJINDEX"
# an index holds what the scan made of a file: to be raised with each change of that, though
# another version of the program never takes it
_LAYOUT = 1
_VERSION = zlib.crc32(f"{_LAYOUT} of projector {version('projector')}".encode())
_HEADER = struct.Struct("<8sIIQQ")
_MOST_BYTES = 1 << 30
_MOST_DAYS = 90
_BLOCK = 1 << 24
_STEP_S = 0.03
# never np.dtype of what a file says: numpy takes it for Python code
_DTYPES = {code: np.dtype(code) for code in ("|u1", "<i4", "<i8", "<f8")}
_DAMAGED = (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError, MemoryError)


def index_path(roots: Sequence[Path]) -> Path:
    """Where the index of these roots is kept; made only when written."""
    places = "\0".join(os.path.realpath(root) for root in roots)
    name = hashlib.sha256(places.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return cache_folder() / "index" / f"{name}.index"


def read_index(path: Path, roots: Sequence[Path]) -> Work[dict[str, KnownFile]]:
    """What is known of each event file, by its path; empty where there is no sound index."""
    try:
        table, data = yield from _read_whole(path)
        fields = [(str(name), _DTYPES[kind]) for name, kind in table["fields"]]
        entries = list(table["files"])
    except _DAMAGED:
        return {}
    found: dict[str, KnownFile] = {}
    start, shown = 0, time.monotonic()
    for n, entry in enumerate(entries):
        try:
            sizes = _checked_sizes(entry, fields, len(data) - start)
            part = data[start : start + sum(map(_padded, sizes))]
            start += len(part)
            file, known = _known_file(entry, part, sizes, fields, roots)
        except _DAMAGED:
            break
        if known is not None:
            found[file] = known
        if n % 32 == 0 and time.monotonic() - shown > _STEP_S:
            yield Progress(n / len(entries), "Looking at what was read before")
            shown = time.monotonic()
    return found


def _read_whole(path: Path) -> Work[tuple[dict[str, Any], ByteArray]]:
    """The table and the bytes behind it. Raises what is in _DAMAGED."""
    if not path.is_file():  # a named pipe would be waited on for ever
        raise ValueError("no plain file")
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            raise ValueError("too short")
        magic, written_by, checksum, n_table, n_all = _HEADER.unpack(header)
        n_rest = n_all - _HEADER.size
        is_ours = magic == _MAGIC and written_by == _VERSION
        if not (is_ours and n_all == size <= _MOST_BYTES and n_table <= n_rest):
            raise ValueError("no index of this version")
        data: ByteArray = np.empty(n_rest, np.uint8)
        for start in range(0, n_rest, _BLOCK):
            stop = min(start + _BLOCK, n_rest)
            if file.readinto(data[start:stop].data) != stop - start:
                raise ValueError("it became shorter")
            yield Progress(start / n_rest, "Looking at what was read before")
    text = data[:n_table].tobytes()
    if zlib.crc32(text) != checksum:
        raise ValueError("damaged")
    return json.loads(text), data[_padded(n_table) :]


def _checked_sizes(entry: Any, fields: list[tuple[str, np.dtype[Any]]], room: int) -> list[int]:
    """The bytes of each array of one file. Raises ValueError where they can't be right."""
    lengths = entry["lengths"]
    if len(lengths) != len(fields) or not all(type(n) is int and n >= 0 for n in lengths):
        raise ValueError("damaged")
    sizes = [n * kind.itemsize for n, (_, kind) in zip(lengths, fields, strict=True)]
    if sum(map(_padded, sizes)) > room:
        raise ValueError("damaged")
    return sizes


def _known_file(
    entry: Any,
    part: ByteArray,
    sizes: list[int],
    fields: list[tuple[str, np.dtype[Any]]],
    roots: Sequence[Path],
) -> tuple[str, KnownFile | None]:
    """The file and what is known of it, None where its own arrays are damaged."""
    root = os.fspath(roots[_whole(entry["root"])])
    below = str(entry["file"])
    file = os.path.join(root, below) if below else root
    if zlib.crc32(part.data) != entry["checksum"]:
        return file, None
    arrays: dict[str, NDArray[Any]] = {}
    start = 0
    for size, (name, kind) in zip(sizes, fields, strict=True):
        arrays[name] = part[start : start + size].view(kind)
        start += _padded(size)
    size, mtime_ns, inode = entry["stamp"]
    stamp = Stamp(_whole(size), mtime_ns, _whole(inode))
    columns = FileColumns.from_arrays(Path(file), arrays)
    return file, KnownFile(columns, stamp, entry["is_young"] is not False, _whole(entry["mark"]))


def _whole(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise ValueError("damaged")
    return number


def write_index(path: Path, roots: Sequence[Path], files: Mapping[str, KnownFile]) -> Work[None]:
    """Keep what is known of the files, in place of what was kept before.

    Safe beside other windows that read or write the same. A disk that is full or read-only is no
    error: then nothing is kept.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield from _remove_old(path)
        handle, temporary = tempfile.mkstemp(".partial", dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            is_whole = yield from _write(out, roots, files)
        if is_whole:
            os.replace(temporary, path)
            temporary = None
    except (OSError, MemoryError):
        return
    finally:
        if temporary is not None:
            _remove(temporary)


def _write(out: BinaryIO, roots: Sequence[Path], files: Mapping[str, KnownFile]) -> Work[bool]:
    """Whether all could be written."""
    arrays = {file: known.columns.arrays() for file, known in files.items() if _is_kept(known)}
    kinds = {name: array.dtype.str for one in arrays.values() for name, array in one.items()}
    entries = []
    n_arrays = 0
    for file, one in arrays.items():
        if any(array.ndim != 1 or array.dtype.str != kinds[name] for name, array in one.items()):
            return False
        entries.append(_entry(file, files[file], one, roots))
        n_arrays += sum(_padded(array.nbytes) for array in one.values())
        if len(entries) % 32 == 0:
            yield Progress(None, "Keeping what was read")
    table = {"fields": list(kinds.items()), "files": entries}
    text = json.dumps(table, separators=(",", ":")).encode("ascii")
    n_all = _HEADER.size + _padded(len(text)) + n_arrays
    if n_all > _MOST_BYTES:
        return False
    out.write(_HEADER.pack(_MAGIC, _VERSION, zlib.crc32(text), len(text), n_all))
    _write_padded(out, text)
    for n, one in enumerate(arrays.values()):
        for array in one.values():
            _write_padded(out, np.ascontiguousarray(array).data)
        if n % 32 == 0:
            yield Progress(n / len(arrays), "Keeping what was read")
    return True


def _is_kept(known: KnownFile) -> bool:
    return known.stamp is not None and known.mark is not None and not known.columns.has_failed


def _entry(
    file: str, known: KnownFile, arrays: dict[str, NDArray[Any]], roots: Sequence[Path]
) -> dict[str, Any]:
    root, below = _place(file, roots)
    checksum = 0
    for array in arrays.values():
        checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
        checksum = zlib.crc32(_padding(array.nbytes), checksum)
    return {
        "root": root,
        "file": below,
        "stamp": known.stamp,
        "is_young": known.is_young,
        "mark": known.mark,
        "checksum": checksum,
        "lengths": [len(array) for array in arrays.values()],
    }


def _place(file: str, roots: Sequence[Path]) -> tuple[int, str]:
    """Which root a file lies below, and where; "" for a root that is itself the file."""
    for i, root in enumerate(roots):
        start = os.path.join(root, "")
        if file == os.fspath(root):
            return i, ""
        if file.startswith(start):
            return i, file[len(start) :]
    return 0, file


def _padded(n_bytes: int) -> int:
    return (n_bytes + 7) // 8 * 8


def _padding(n_bytes: int) -> bytes:
    return bytes(_padded(n_bytes) - n_bytes)


def _write_padded(out: BinaryIO, data: bytes | memoryview) -> None:
    n_bytes = data.nbytes if isinstance(data, memoryview) else len(data)
    out.write(data)
    out.write(_padding(n_bytes))


def _remove_old(path: Path) -> Work[None]:
    """Make room: what was not used for long goes, and the oldest where all are too large."""
    found = []
    for other in path.parent.iterdir():
        yield Progress(None, "Keeping what was read")
        try:
            info = other.stat()
        except OSError:
            continue
        if other != path and other.suffix in (".index", ".partial"):
            found.append((info.st_mtime, info.st_size, other))
    room, now = _MOST_BYTES, time.time()
    for used, size, other in sorted(found, reverse=True):
        most_days = _MOST_DAYS if other.suffix == ".index" else 1
        room -= size
        if room < 0 or now - used > most_days * 86_400:
            _remove(other)


def _remove(path: str | Path) -> None:
    try:
        os.remove(path)
    except OSError:
        return


def mark_used(path: Path) -> None:
    """Remember that an index was of use, at most once a day."""
    try:
        if time.time() - path.stat().st_mtime > 86_400:
            os.utime(path)
    except OSError:
        return
