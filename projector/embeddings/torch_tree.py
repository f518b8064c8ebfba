"""Finds the tensors in the value of a PyTorch file, and names them by their way there."""

from __future__ import annotations

from collections.abc import Iterator

from projector.embeddings.pickles import Made
from projector.embeddings.torch_values import NoTensor, Rebuilder, Tensor

_MOST_TENSORS = 100_000
_MOST_NAMED = 20
_DEEPEST = 100
_LONGEST_KEY = 1024

_Way = tuple["_Way | None", str]
"""How a value is reached: the way to what holds it, and its name there. Text is made of it only
for what is found, as files can be built to have very many very long ones."""


def find_tensors(
    value: object, rebuilder: Rebuilder
) -> tuple[dict[str, Tensor | NoTensor], dict[str, str]]:
    """Tensors under keys such as model/enc.weight; and the code the file would have run, each
    name once, under the key where it was met first."""
    tensors: dict[str, Tensor | NoTensor] = {}
    code: dict[str, str] = {}
    doubles: dict[str, int] = {}
    waiting_names = dict(rebuilder.refused)
    for way, found in _walk(value):
        if isinstance(found, Made):
            name = str(found.origin)
            if waiting_names.pop(name, "") is None and len(code) < _MOST_NAMED:
                code.setdefault(_key(way), name)
        elif len(tensors) < _MOST_TENSORS:
            tensors[_unused(_key(way), tensors, doubles)] = found
    for name in waiting_names:
        if len(code) < _MOST_NAMED:
            code.setdefault(name, name)
    return tensors, {key: name for key, name in code.items() if key not in tensors}


def _key(way: _Way | None) -> str:
    names: list[str] = []
    while way is not None:
        way, name = way
        names.append(name[:_LONGEST_KEY])
    return "/".join(reversed(names))[:_LONGEST_KEY]


def _unused(key: str, tensors: dict[str, Tensor | NoTensor], doubles: dict[str, int]) -> str:
    """The key, numbered where it is taken. doubles: the last number given to each."""
    unused = key
    while unused in tensors:
        doubles[key] = doubles.get(key, 1) + 1
        unused = f"{key} ({doubles[key]})"
    return unused


def _walk(value: object) -> Iterator[tuple[_Way | None, Tensor | NoTensor | Made]]:
    """Each tensor and placeholder in order; what holds others is entered once, however often it
    is met, and no deeper than makes sense."""
    entered: set[int] = set()
    waiting: list[tuple[_Way | None, int, object]] = [(None, 0, value)]
    while waiting:
        way, depth, found = waiting.pop()
        if isinstance(found, (Tensor, NoTensor, Made)):
            yield way, found
        if id(found) in entered or depth >= _DEEPEST:
            continue
        parts = _parts(found)
        if parts:
            entered.add(id(found))
        waiting += [((way, name), depth + 1, part) for name, part in reversed(parts)]


def _parts(value: object) -> list[tuple[str, object]]:
    """What a value holds that may be a tensor or hold one, with its names."""
    named: list[tuple[str, object]] = []
    if isinstance(value, dict):
        named = list(value.items())
    elif isinstance(value, (list, tuple)):
        named = [(str(i), part) for i, part in enumerate(value)]
    elif isinstance(value, Made):
        named = list(value.items.items())
        for state in value.states:
            named += state.items() if isinstance(state, dict) else [("state", state)]
    kinds = (dict, list, tuple, Tensor, NoTensor, Made)
    return [(name, part) for name, part in named if isinstance(part, kinds)]
