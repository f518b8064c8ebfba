"""What a checkpoint's variables are called, and why some of them are no embeddings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from projector.embeddings.checkpoints.values import dtype_name, element_dtype
from projector.embeddings.format import TensorInfo
from projector.errors import NotFound
from projector.logs import dtypes

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"

_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
_GENERIC = re.compile(r"(Variable(_\d+)?)?")
_OPTIMIZER = re.compile(
    r"\.OPTIMIZER_SLOT"
    r"|(^|/)optimizer/(?!_trainable_variables/)(_\w+|vars)/"  # those are the model's own
    r"|/(Adam|Momentum|RMSProp|Adagrad|Adadelta|Ftrl)(_\d+)?(:0)?$"
)
_MOST_NAMED = 5


def why_not(key: str, dtype: int, shape: Sequence[int]) -> str:
    """One sentence on why a variable is no embedding, "" where it is one."""
    if key == OBJECT_GRAPH:
        return "It describes the other variables of the checkpoint; it is no embedding."
    return why_unreadable(dtype, shape) or (
        "It is the optimizer's own data, not an embedding." if _OPTIMIZER.search(key) else ""
    )


def why_unreadable(dtype: int, shape: Sequence[int]) -> str:
    """One sentence on why no rows of numbers can be read from a variable, or ""."""
    if dtype == dtypes.STRING:
        return "It holds text; an embedding needs numbers."
    if element_dtype(dtype) is None:
        return f"It holds {dtype_name(dtype)} values; an embedding needs numbers."
    sizes = " × ".join(f"{size:,}" for size in shape)
    if len(shape) != 2:
        what = f"has rank {len(shape)} (shape {sizes})" if shape else "is a single number (rank 0)"
        return f"It {what}; an embedding needs rank 2, rows × values."
    if min(shape) < 0:
        return f"Its shape is damaged: {sizes}."
    return f"It holds no values: its shape is {sizes}." if 0 in shape else ""


class Titles:
    """What to call variables on screen: the full name of the object graph where it is telling and
    belongs to one only, else the key without its ending; "" for the key itself."""

    def __init__(self, full_names: Mapping[str, str]) -> None:
        self._full_names = full_names
        self._counts = Counter(full_names.values())

    def of(self, key: str) -> str:
        full_name = self._full_names.get(key, "")
        is_telling = self._counts[full_name] == 1 and not _GENERIC.fullmatch(full_name)
        title = full_name if is_telling else readable_path(key)
        return "" if title == key else title


def readable_path(key: str) -> str:
    """The path of a variable in its model: the key without the ending that all have."""
    if not key.endswith(_SUFFIX):
        return key
    path = key.removesuffix(_SUFFIX)
    return re.sub(r"\.([.S])", lambda found: "." if found[1] == "." else "/", path)


def find_key(name: str, tensors: Sequence[TensorInfo]) -> str | None:
    """The key that a config's tensor_name means: with or without ":0", the ending of TensorFlow 2,
    or the readable name; None where nothing fits.

    Keras always writes "layer_with_weights-0/embeddings/...", whatever the layer: then it is the
    first variable of that kind.
    """
    plain = name.removesuffix(":0")
    keys = [info.key for info in tensors]
    for candidate in (name, plain, plain + _SUFFIX):
        if candidate and candidate in keys:
            return candidate
    named = [info.key for info in tensors if info.title and info.title == plain]
    if not named and re.fullmatch(r"layer_with_weights-\d+/embeddings(/\.ATTRIBUTES/.*)?", plain):
        named = [
            info.key
            for info in tensors
            if not info.why_not and f"/{info.title or info.key}".endswith("/embeddings")
        ]
    return named[0] if named else None


def chosen_key(path: Path, key: str, infos: Sequence[TensorInfo]) -> str:
    """The key itself, or the only embedding where none was named. Raises NotFound."""
    offered = [info.key for info in infos if info.key and not info.why_not]
    if not key and len(offered) == 1:
        return offered[0]
    found = find_key(key, infos) if key else None
    if found is not None:
        return found
    more = f" and {len(offered) - _MOST_NAMED:,} more" if len(offered) > _MOST_NAMED else ""
    there = f"it has {', '.join(offered[:_MOST_NAMED])}{more}" if offered else "it has none"
    if key:
        raise NotFound(f"{path} has no variable {key}; of embeddings {there}.")
    raise NotFound(f"Choose one embedding of {path}; {there}.")
