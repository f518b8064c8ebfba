"""TensorFlow checkpoints without TensorFlow: version 2 (`PREFIX.index` beside shards of data), the
older version 1 (one table, or several), and the text file `checkpoint` that names the latest.

Both are tables as in LevelDB; what the values hold is defined by TensorFlow's
tensor_bundle.proto and saved_tensor_slice.proto.
"""

from projector.embeddings.checkpoints.formats import FORMATS
from projector.embeddings.checkpoints.names import find_key
from projector.embeddings.checkpoints.state import (
    STATE_NAME,
    Shards,
    find_checkpoint,
    latest_checkpoint,
    written_checkpoint,
)

__all__ = [
    "FORMATS",
    "STATE_NAME",
    "Shards",
    "find_checkpoint",
    "find_key",
    "latest_checkpoint",
    "written_checkpoint",
]
