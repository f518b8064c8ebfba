"""What every projection provides: parameters checked in words, steps, and what it will cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from projector.arrays import FloatArray, IntArray
from projector.errors import InvalidChoice
from projector.progress import Progress, Work
from projector.projections.plain_values import make_plain
from projector.projections.step import Step

if TYPE_CHECKING:
    from projector.neighbor_graph import NeighborGraph

_PAUSE_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The base of each projection's parameters: plain values, checked when made.

    n_dims: 2 or 3. seed: 0..2**32-1; the same vectors, parameters and seed give the same positions,
    bit by bit, on one machine. numpy's scalars become Python's, lists tuples. Raises InvalidChoice,
    with the limits in the sentence, or the kind of value that the field takes. The metadata of each
    field hold its "help": words for the user.
    """

    n_dims: int = field(default=3, metadata={"help": "How many dimensions the layout has"})
    seed: int = field(
        default=0, metadata={"help": "The same seed gives the same positions, bit by bit"}
    )

    def __post_init__(self) -> None:
        make_plain(self)
        check_range("The number of dimensions", self.n_dims, 2, 3)
        check_range("The seed", self.seed, 0, 2**32 - 1)


def check_range(what: str, value: float, least: float, most: float) -> None:
    """Raise InvalidChoice unless least <= value <= most (NaN never is)."""
    if not least <= value <= most:
        raise InvalidChoice(f"{what} must lie between {least:,} and {most:,}, got {value:,}.")


def check_one_an_axis(what: str, numbers: tuple[int, ...], n_dims: int, most: int) -> None:
    """Raise InvalidChoice unless there is one number for each axis, 1..most, or none at all. what:
    such as "component"."""
    if numbers and len(numbers) != n_dims:
        raise InvalidChoice(f"{n_dims} dimensions need {n_dims} {what}s, got {len(numbers)}.")
    for number in numbers:
        check_range(f"A {what}", number, 1, most)


def check_word(what: str, word: str, words: tuple[str, ...]) -> None:
    """Raise InvalidChoice, with all that can be chosen, unless the word is one of them."""
    if word not in words:
        raise InvalidChoice(f"{what} must be one of {', '.join(words)}, got {word}.")


@dataclass(slots=True)
class Control:
    """What may be changed while a projection runs; it is looked at before each step.

    May be written from another thread: every field is one plain value. learning_rate and
    exaggeration: None for what the parameters say. n_perturbations: raised by one to shake the
    layout once. is_paused: no step is made while it is set. n_more: raised to go on for so many
    iterations or epochs beyond those of the parameters.
    """

    learning_rate: float | None = None
    exaggeration: float | None = None
    n_perturbations: int = 0
    is_paused: bool = False
    n_more: int = 0


def wait_while_paused(control: Control, done: float) -> Work[None]:
    """Make no step while the user wants none. done: how far the projection is, 0..1."""
    while control.is_paused:
        time.sleep(_PAUSE_S)
        yield Progress(done, "Paused")


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a projection starts from.

    vectors: float32 (n, d), possibly memory-mapped, rows may hold NaN (they get NaN positions and
    take no part). start: float32 (n, n_dims) to go on from, or None. labels: int64 (n,) classes for
    supervision, -1 for unknown, or None. graph: neighbors found before, used where they suffice
    (metric and count), or None. components: float32 (n, n_dims), the first principal components as
    fit_pca finds them in these very vectors, or None where they are not known yet. Raises
    InvalidChoice where the vectors are no table.
    """

    vectors: FloatArray
    start: FloatArray | None = None
    labels: IntArray | None = None
    graph: NeighborGraph | None = None
    components: FloatArray | None = None

    def __post_init__(self) -> None:
        if getattr(self.vectors, "ndim", None) != 2:
            raise InvalidChoice(
                "The vectors must be an array of rows, float32 (n, d), "
                f"got {_shape_of(self.vectors)}."
            )


def _shape_of(vectors: object) -> str:
    shape = getattr(vectors, "shape", None)
    return type(vectors).__name__ if shape is None else f"one of shape {shape}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """n_bytes: of memory at the peak, beyond the vectors. seconds: on this computer, roughly."""

    n_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Projection:
    """One row of the table PROJECTIONS.

    name: as in choices and on the command line. title, tip: for the user. parameters: the class of
    its parameters. steps: yields Progress (getting ready) and Steps (something to look at), returns
    the last Step; dropped at any yield, the last Step seen is the result so far. estimate: of n
    rows and d dims. Raises InvalidChoice, NothingToShow, TooLarge (with numbers, before any work).
    """

    name: str
    title: str
    tip: str
    parameters: type[Any]
    steps: Callable[[Inputs, Any, Control], Work[Step]]
    estimate: Callable[[int, int, Any], Estimate]
