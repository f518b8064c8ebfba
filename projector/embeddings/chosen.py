"""Which tensor of a file a source means."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from projector.embeddings.embedding import Source
from projector.embeddings.format import TensorInfo
from projector.errors import NothingToShow, Unreadable

_MOST_COMPARED = 1000


def chosen_key(source: Source, infos: Sequence[TensorInfo]) -> str:
    """The key of the tensor: the one that is named, or the only one that is an embedding.

    Raises Unreadable when it is not there or can't be told, NothingToShow when there is none.
    """
    path, key = source.tensor_path, source.key
    if key and any(info.key == key for info in infos):
        return key
    if key:
        raise Unreadable(f"{path} holds no tensor named {key!r}; {_nearest(key, infos)}.")
    fitting = [info.key for info in infos if not info.why_not]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Unreadable(f"{path} holds {len(fitting):,} matrices; name one of {_some(fitting)}.")
    if len(infos) == 1:
        raise Unreadable(f"{path} can't be shown. {infos[0].why_not}")
    raise NothingToShow(f"{path} holds no matrix of numbers among {len(infos):,} entries.")


def _nearest(key: str, infos: Sequence[TensorInfo]) -> str:
    names = [info.key for info in infos]
    short = {name[:200]: name for name in names[:_MOST_COMPARED]}
    near = get_close_matches(key[:200], list(short), 3)
    if near:
        return f"the nearest there is: {_some([short[name] for name in near])}"
    return f"it holds {_some(names)}" if names else "it holds none"


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:80]) for name in names[:5])
    return shown + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
