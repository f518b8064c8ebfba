"""Which tensor of a file a config's tensor_name means, and why others can't be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from projector.embeddings.checkpoints import find_key
from projector.embeddings.doctor import Tried
from projector.embeddings.format import TensorInfo

_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
_KERAS = re.compile(r"layer_with_weights-\d+/embeddings(/\.ATTRIBUTES/.*)?(:0)?")
_KERAS_3 = re.compile(r"(.*/)?(\w*_)?embedding(_\d+)?/vars/0")
_MOST_TOLD = 50
_MOST_COMPARED = 500


def key_of(name: str, infos: Sequence[TensorInfo]) -> str | None:
    """The key that a name means; the only matrix where no other fits or nothing is named.

    A variable that is no embedding is given where it is named: the reader says why it is none.
    """
    found = find_key(name, infos) if name else None
    if found is not None:
        return found
    if _KERAS.fullmatch(name):
        return next(iter(keys_of_keras(infos)), None)
    offered = [info.key for info in infos if not info.why_not]
    if len(offered) == 1 and (len(infos) == 1 or not name or offered[0] == ""):
        return offered[0]
    return None


def is_held_back(info: TensorInfo) -> bool:
    """Whether a matrix can be read, but is not offered unless it is named: an optimizer's."""
    return len(info.shape) == 2 and "optimizer" in info.why_not


def keys_of_keras(infos: Sequence[TensorInfo]) -> list[str]:
    """The matrices of Embedding layers in the order of the layers, in the checkpoints of
    TensorFlow and in the HDF5 files of Keras 3."""
    keys = [info.key for info in infos if not info.why_not and _is_embedding(info)]
    return sorted(keys, key=_natural)


def _is_embedding(info: TensorInfo) -> bool:
    if _KERAS_3.fullmatch(info.key):
        return True
    return f"/{info.key.removesuffix(_SUFFIX)}".endswith("/embeddings")


def _natural(key: str) -> list[tuple[int, str]]:
    """Sorts embedding_2 before embedding_10."""
    parts = re.split(r"(\d{1,9})", key)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def key_trouble(name: str, infos: Sequence[TensorInfo], path: Path) -> tuple[Tried, ...]:
    """Why a name leads nowhere: what it leads to instead, or the nearest names there are."""
    plain = name.removesuffix(":0")
    named = [info for info in infos if plain in (info.key, info.title) and info.why_not]
    if named:
        return tuple(Tried(path, _reason(info)) for info in named[:1])
    offered = [info.title or info.key for info in infos if info.key and not info.why_not]
    if not offered:
        return reasons(infos, path)[:3]
    short = {one[:200]: one for one in offered[:_MOST_COMPARED]}
    near = [short[one] for one in get_close_matches(plain[:200], list(short), 3)]
    listed = ", ".join(repr(one[:80]) for one in near or offered[:5])
    what = "the nearest there are" if near else "it holds"
    return (Tried(path, f"has no {plain[:100]!r}; {what} {listed}."),)


def reasons(infos: Sequence[TensorInfo], path: Path) -> tuple[Tried, ...]:
    """Why each tensor that is no embedding is none; of very many only the first."""
    refused = [info for info in infos if info.why_not]
    told = [Tried(path, _reason(info)) for info in refused[:_MOST_TOLD]]
    if len(refused) > _MOST_TOLD:
        told.append(Tried(path, f"has {len(refused) - _MOST_TOLD:,} more that are none."))
    return tuple(told)


def _reason(info: TensorInfo) -> str:
    return f"{(info.title or info.key)!r}: {info.why_not}" if info.key else info.why_not
