"""What the user names to be opened: one path or several, each with a name of its own if wanted."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from projector.errors import InvalidChoice
from projector.logs.roots import Root, name_roots

Named = Path | Root
"""A path, or a Root where the user gave it a name."""


def parse_named(text: str) -> Named:
    """NAME=PATH or a path. A file or folder that is called so as a whole is meant as a whole."""
    name, sign, path = text.partition("=")
    is_path = os.path.lexists(os.path.expanduser(text)) or not (sign and name and path)
    if is_path or any(separator in name for separator in (os.sep, os.altsep) if separator):
        return Path(text)
    return Root(Path(path), name)


def path_of(named: Named) -> Path:
    return named.path if isinstance(named, Root) else named


def absolute(named: Named) -> Named:
    """The same with ~ resolved, from the root of the file system on."""
    path = Path(os.path.abspath(os.path.expanduser(path_of(named))))
    return Root(path, named.name) if isinstance(named, Root) else path


def without_doubles(named: Iterable[Named]) -> tuple[Named, ...]:
    """Each path once, in the order given; the last name given to it counts."""
    found: dict[Path, Named] = {}
    for one in named:
        found[path_of(one)] = one
    return tuple(found.values())


def roots_of(named: Sequence[Named]) -> tuple[Root, ...]:
    """The roots of absolute paths, named as the user said, else as short as tells them apart.

    Raises InvalidChoice where two have one name, or runs of theirs could.
    """
    places = without_doubles(named)
    short = {root.path: root.name for root in name_roots([path_of(one) for one in places])}
    roots = tuple(
        one if isinstance(one, Root) else Root(one, short[path_of(one)]) for one in places
    )
    names = [root.name for root in roots]
    given = [one.name for one in places if isinstance(one, Root)]
    for name in names:
        if names.count(name) > 1:
            raise InvalidChoice(f"Two of the paths are named {name}; give each its own name.")
        inner = next((other for other in names if other.startswith(f"{name}/")), None)
        if inner and name in given:
            raise InvalidChoice(
                f"Runs of {name} and {inner} could have one name; call {name} something else."
            )
    return roots


def title_of(named: Sequence[Named]) -> str:
    """What to call them together: "a + b", "a + b + 3 more"."""
    titles = [root.name or root.path.name or str(root.path) for root in roots_of(named)]
    n_more = len(titles) - 3
    return " + ".join(titles if n_more < 1 else [*titles[:3], f"{n_more} more"])


def described(named: Sequence[Named]) -> str:
    """The whole paths, a line each, with the names the user gave."""
    return "\n".join(
        f"{one.name} = {one.path}" if isinstance(one, Root) and one.name else str(path_of(one))
        for one in named
    )
