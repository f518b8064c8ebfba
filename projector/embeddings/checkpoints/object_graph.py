"""The readable names of variables in TensorFlow 2's checkpoints (trackable_object_graph.proto)."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from projector.embeddings.checkpoints.varints import read_varint
from projector.embeddings.messages.checkpoint_pb2 import ObjectGraph
from projector.progress import Progress, Work

MOST_BYTES = 1 << 24
"""Of models with a hundred thousand variables it has about this many."""

_CRC_BYTES = 4
_STEP = 1000


def parse_full_names(stored: bytes) -> Work[dict[str, str]]:
    """The full name of each variable by its key; as much as can be understood, never raises.

    stored: the one string of a tensor, as it lies in a shard: length, checksum, text.
    """
    names: dict[str, str] = {}
    try:
        length, at = read_varint(stored, 0)
        text = stored[at + _CRC_BYTES : at + _CRC_BYTES + length]
        graph = ObjectGraph.FromString(text)
    except (ValueError, DecodeError):
        return names
    for i, node in enumerate(graph.nodes):
        if i % _STEP == 0:
            yield Progress(i / len(graph.nodes), "Reading names")
        for attribute in node.attributes:
            if attribute.checkpoint_key and attribute.full_name:
                names.setdefault(attribute.checkpoint_key, attribute.full_name)
    return names
