"""Files of embeddings: configs, checkpoints and safetensors, of any bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from projector.embeddings import safetensors
from projector.embeddings.find import find_sources
from projector.logs.series import Logs
from projector.progress import finish
from tests.conftest import SHARED
from tests.file_checks import check_sentence
from tests.projector.checkpoints.fuzz import checkpoint_of_any_bytes, everything

_FOLDER = re.compile(rb"/[^ '\"]*/")


def checkpoint_file(data: bytes) -> bytes:
    """A file of a checkpoint; see there."""
    return _without_folders(checkpoint_of_any_bytes(data))


def config_of_any_bytes(data: bytes, folder: Path) -> bytes:
    """A folder whose config holds these bytes, as text or, by the first byte, as JSON."""
    for path in folder.iterdir():
        path.unlink()
    (folder / "v.tsv").write_text("1\t2\n3\t4\n")
    is_json = sum(data[:1]) % 2
    name = "projector_config.json" if is_json else "projector_config.pbtxt"
    (folder / name).write_bytes(data[1:])
    found = finish(find_sources(folder, Logs(folder)))
    for finding in found.findings:
        check_sentence(finding.what)
    for problem in found.problems:
        check_sentence(problem.what)
    return repr([(one.name, one.step, one.shape) for one in found.sources]).encode()


def safetensors_file(data: bytes, folder: Path) -> bytes:
    """A whole file by the first byte, or a header whose length is right."""
    path = folder / "v.safetensors"
    whole = data[1:]
    if sum(data[:1]) % 2:
        whole = len(whole).to_bytes(8, "little") + whole + bytes(64)
    path.write_bytes(whole)
    return _without_folders(everything(safetensors.FORMAT, path))


def _without_folders(told: bytes) -> bytes:
    """Sentences name files, whose folders differ from one process to the next."""
    return _FOLDER.sub(b"", told)


def embedding_seeds(name: str) -> list[bytes]:
    """Inputs made of files by real writers."""
    fixtures = SHARED / "fixtures"
    if name == "config":
        texts = [path.read_bytes() for path in sorted(fixtures.rglob("projector_config.pbtxt"))]
        objects = [path.read_bytes() for path in sorted(fixtures.rglob("projector_config.json"))]
        plain = b'embeddings { tensor_name: "a:00003" tensor_path: "v.tsv" }'
        return [b"\0" + one for one in (plain, *texts)] + [b"\1" + one for one in objects]
    if name == "tensors":
        fields = {"dtype": "F32", "shape": [4, 4], "data_offsets": [0, 64]}
        files = [path.read_bytes() for path in sorted(fixtures.rglob("*.safetensors"))]
        return [b"\1" + json.dumps({"a": fields}).encode(), *(b"\0" + one for one in files)]
    indexes = [path.read_bytes() for path in sorted(fixtures.rglob("*.index"))]
    return [b"\0" + one for one in indexes] + [b"\5" + b'model_checkpoint_path: "m"']
