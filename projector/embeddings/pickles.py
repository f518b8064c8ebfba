"""Reads pickles as data, opcode by opcode: nothing is imported, nothing is called.

What a pickle would have made by running code stays a placeholder. The opcodes are those of
Python's pickletools; what they do here is in opcodes.py.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from projector.errors import Unreadable
from projector.progress import Progress, Work

_MOST_OPCODES = 5_000_000  # a hundred thousand tensors take as many
_MOST_BYTES = 256 << 20
_DEEPEST_STACK = 1_000_000
_LONGEST_LINE = 1 << 16
_OPCODES_PER_YIELD = 20_000

_PYTHON_3 = {"__builtin__": "builtins", "copy_reg": "copyreg"}
_BROKEN = (LookupError, ValueError, TypeError, OverflowError, struct.error)


@dataclass(frozen=True, slots=True)
class Global:
    """The name of something in a Python module; never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{_PYTHON_3.get(self.module, self.module)}.{self.name}"[:200]


@dataclass(slots=True, eq=False)
class Made:
    """What code would have made, had it been run. states: what it would then have been given as
    attributes. items: what would have been put into it, under keys or not."""

    origin: object
    args: object = ()
    states: list[object] = field(default_factory=list)
    items: dict[str, object] = field(default_factory=dict)


class Ended(Exception):
    """The pickle is at its STOP."""


class Machine:
    """The stack, the memo and the input of one pickle.

    make: is given a global and its arguments (a tuple, as a rule) and returns what stands for the
    result. load: the same for the persistent ids of storages.
    """

    def __init__(
        self,
        file: BinaryIO,
        n_bytes: int,
        make: Callable[[object, object], object],
        load: Callable[[object], object],
    ) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}
        self.make = make
        self.load = load
        self._file = file
        self._n_left = min(n_bytes, _MOST_BYTES)

    def take(self, n: int) -> bytes:
        """The next n bytes; more than there are were never allocated. Raises ValueError."""
        if n < 0 or n > self._n_left:
            raise ValueError("it is cut short")
        data = self._file.read(n)
        if len(data) != n:
            raise ValueError("it is cut short")
        self._n_left -= n
        return data

    def take_number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def take_line(self, encoding: str = "utf-8") -> str:
        line = self._file.readline(min(_LONGEST_LINE, self._n_left))
        if not line.endswith(b"\n"):
            raise ValueError("a line is cut short or too long")
        self._n_left -= len(line)
        return line[:-1].decode(encoding, "replace")

    def push(self, value: object) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        if self.marks and len(self.stack) <= self.marks[-1]:
            raise LookupError("nothing is left on the stack")
        return self.stack.pop()

    def top(self) -> Any:
        if self.marks and len(self.stack) <= self.marks[-1]:
            raise LookupError("nothing is left on the stack")
        return self.stack[-1]

    def pop_marked(self) -> list[Any]:
        """All that was pushed since the last mark."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items


def read_pickle(machine: Machine, what: str) -> Work[Any]:
    """The value of one pickle, as data. what: names it in sentences. Raises Unreadable."""
    from projector.embeddings.opcodes import OPCODES

    n = 0
    try:
        while True:
            OPCODES[machine.take(1)[0]](machine)
            n += 1
            if n > _MOST_OPCODES or len(machine.stack) > _DEEPEST_STACK:
                raise Unreadable(f"{what} is larger than any that can be read safely.")
            if n % _OPCODES_PER_YIELD == 0:
                yield Progress(None, f"Reading {what}")
    except Ended:
        return machine.stack[-1] if machine.stack else None
    except _BROKEN as error:
        raise Unreadable(f"{what} is damaged: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "it refers to what is not there"
    if isinstance(error, TypeError):
        return "its parts don't fit together"
    return str(error)[:200] or "it makes no sense"
