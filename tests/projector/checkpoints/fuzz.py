"""What a fuzzer calls: any bytes as each of the files that make a checkpoint.

`checkpoint_of_any_bytes(data)` ends with an answer, or with a ProjectorError that is swallowed;
anything else that is raised is a finding.
"""

from __future__ import annotations

import struct
import tempfile
from functools import cache
from pathlib import Path

from projector.embeddings.checkpoints import FORMATS, latest_checkpoint
from projector.embeddings.checkpoints.table import MAGIC
from projector.embeddings.embedding import Source
from projector.embeddings.format import Format
from projector.errors import ProjectorError
from projector.logs.records import masked_crc
from projector.progress import finish
from tests.projector.checkpoints.writer import block, varint

MOST_READ = 5


def checkpoint_of_any_bytes(data: bytes) -> bytes:
    """The first byte says which file the others are: an index or a table of version 1 as it is, one
    block of either with right checksums around it, a compressed one, or the state file."""
    kind, rest = (data[0] if data else 0) % 6, data[1:]
    folder = _folder()
    if kind == 5:
        (folder / "checkpoint").write_bytes(rest)
        return str(latest_checkpoint(folder)).encode()
    content = rest if kind < 2 else framed(rest, is_compressed=kind == 4)
    new, old = FORMATS
    if kind % 2:
        (folder / "m.ckpt").write_bytes(content)
        return everything(old, folder / "m.ckpt")
    (folder / "m.index").write_bytes(content)
    return everything(new, folder / "m.index")


def everything(one: Format, path: Path) -> bytes:
    """What is listed and read of a file, or the sentence that refuses it."""
    try:
        one.is_one(path, path.read_bytes()[:4096])
        infos = finish(one.tensors(path))
    except ProjectorError as error:
        return str(error).encode(errors="replace")
    told = [repr(infos)]
    for info in infos[:MOST_READ]:
        try:
            matrix = finish(one.read(Source("", ".", path, key=info.key)))
            told.append(f"{matrix.vectors.tobytes().hex()} {matrix.problems}")
        except ProjectorError as error:
            told.append(str(error))
    return "\n".join(told).encode(errors="replace")


def framed(content: bytes, *, is_compressed: bool = False) -> bytes:
    """A whole table with the bytes as its only block."""
    kind = bytes([is_compressed])
    made = content + kind + struct.pack("<I", masked_crc(content + kind))
    index = block([(b"\xff", varint(0) + varint(len(content)))])
    handle = varint(len(made)) + varint(len(index))
    made += index + b"\0" + struct.pack("<I", masked_crc(index + b"\0"))
    return made + (varint(0) + varint(0) + handle).ljust(40, b"\0") + MAGIC


@cache
def _folder() -> Path:
    """With a shard of values for an index to point into."""
    folder = Path(tempfile.mkdtemp(prefix="checkpoint"))
    (folder / "m.data-00000-of-00001").write_bytes(bytes(range(256)) * 8)
    return folder
