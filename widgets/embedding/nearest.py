"""The neighbors of what is selected, as far as they are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projector.neighbors import Neighbors


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The neighbors of one point, or with None of the center of the selection.

    found: None while they are looked for, or where why says that there are none. space: a sentence
    on what was compared.
    """

    point: int | None
    found: Neighbors | None
    why: str = ""
    space: str = ""
