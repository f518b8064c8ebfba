"""What each opcode of a pickle does to the stack, for protocols 0 to 5.

Keys of dictionaries become text, and sets become lists: so no value of the file is hashed or
compared, which could be made to take forever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projector.embeddings.pickles import Ended, Global, Machine, Made

_LONGEST_NUMBER = 255  # bytes of an integer, or characters

Opcode = Callable[[Machine], None]


def key_text(key: object, n: int) -> str:
    """A dictionary's key as text; n tells apart those that have none."""
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, (int, float)):
        return str(key)
    if isinstance(key, bytes):
        return key.decode("utf-8", "replace")
    return f"({n})"


def _stop(machine: Machine) -> None:
    raise Ended


def _constant(value: object) -> Opcode:
    return lambda machine: machine.push(value)


def _number(form: str) -> Opcode:
    return lambda machine: machine.push(machine.take_number(form))


def _text(form: str) -> Opcode:
    def run(machine: Machine) -> None:
        machine.push(machine.take(machine.take_number(form)).decode("utf-8", "replace"))

    return run


def _bytes(form: str) -> Opcode:
    return lambda machine: machine.push(machine.take(machine.take_number(form)))


def _long(form: str) -> Opcode:
    def run(machine: Machine) -> None:
        n = machine.take_number(form)
        if not 0 <= n <= _LONGEST_NUMBER:
            raise ValueError("a number is too long")
        machine.push(int.from_bytes(machine.take(n), "little", signed=True))

    return run


def _int_line(machine: Machine) -> None:
    line = machine.take_line()
    if line in ("00", "01"):
        machine.push(line == "01")
        return
    if len(line) > _LONGEST_NUMBER:
        raise ValueError("a number is too long")
    machine.push(int(line.removesuffix("L")))


def _float_line(machine: Machine) -> None:
    machine.push(float(machine.take_line()[:_LONGEST_NUMBER]))


def _string_line(machine: Machine) -> None:
    machine.push(machine.take_line().strip("'\""))


def _unicode_line(machine: Machine) -> None:
    machine.push(machine.take_line("raw-unicode-escape"))


def _mark(machine: Machine) -> None:
    machine.marks.append(len(machine.stack))


def _pop(machine: Machine) -> None:
    if machine.marks and machine.marks[-1] == len(machine.stack):
        machine.marks.pop()
    else:
        machine.stack.pop()


def _pop_mark(machine: Machine) -> None:
    machine.pop_marked()


def _tuple_of(n: int) -> Opcode:
    def run(machine: Machine) -> None:
        items = [machine.pop() for _ in range(n)]
        machine.push(tuple(reversed(items)))

    return run


def _append(machine: Machine) -> None:
    value = machine.pop()
    _extend(machine.top(), [value])


def _appends(machine: Machine) -> None:
    items = machine.pop_marked()
    _extend(machine.top(), items)


def _extend(target: Any, values: list[Any]) -> None:
    if isinstance(target, list):
        target.extend(values)
    elif isinstance(target, Made):
        n = len(target.items)
        target.items.update((str(n + i), value) for i, value in enumerate(values))


def _dict(machine: Machine) -> None:
    items = machine.pop_marked()
    machine.push({})
    _set_items(machine.top(), items)


def _setitem(machine: Machine) -> None:
    value, key = machine.pop(), machine.pop()
    _set_items(machine.top(), [key, value])


def _setitems(machine: Machine) -> None:
    items = machine.pop_marked()
    _set_items(machine.top(), items)


def _set_items(target: Any, items: list[Any]) -> None:
    """items: a key, its value, the next key ... What can hold none loses them."""
    if isinstance(target, Made):
        target = target.items
    if not isinstance(target, dict):
        return
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[key_text(key, len(target))] = value


def _put(index: Callable[[Machine], int]) -> Opcode:
    def run(machine: Machine) -> None:
        machine.memo[index(machine)] = machine.top()

    return run


def _get(index: Callable[[Machine], int]) -> Opcode:
    return lambda machine: machine.push(machine.memo[index(machine)])


def _line_index(machine: Machine) -> int:
    return int(machine.take_line()[:20])


def _index(form: str) -> Callable[[Machine], int]:
    return lambda machine: int(machine.take_number(form))


def _global(machine: Machine) -> None:
    module = machine.take_line()
    machine.push(Global(module, machine.take_line()))


def _stack_global(machine: Machine) -> None:
    name, module = machine.pop(), machine.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise TypeError
    machine.push(Global(module, name))


def _extension(form: str) -> Opcode:
    def run(machine: Machine) -> None:
        machine.push(Global("copyreg extension", str(machine.take_number(form))))

    return run


def _reduce(machine: Machine) -> None:
    args, function = machine.pop(), machine.pop()
    machine.push(machine.make(function, args))


def _newobj_ex(machine: Machine) -> None:
    machine.pop()  # arguments by name
    _reduce(machine)


def _inst(machine: Machine) -> None:
    module = machine.take_line()
    function = Global(module, machine.take_line())
    machine.push(machine.make(function, tuple(machine.pop_marked())))


def _obj(machine: Machine) -> None:
    function, *args = machine.pop_marked()
    machine.push(machine.make(function, tuple(args)))


def _build(machine: Machine) -> None:
    state = machine.pop()
    target = machine.top()
    if isinstance(target, Made):
        target.states.append(state)


def _buffer(machine: Machine) -> None:
    raise ValueError("it needs buffers that are not in the file")


def _skip(n: int) -> Opcode:
    def run(machine: Machine) -> None:
        machine.take(n)

    return run


_ROWS: list[tuple[bytes, Opcode]] = [
    (b"\x80", _skip(1)),
    (b"\x95", _skip(8)),  # how much may be read ahead, which we don't
    (b".", _stop),
    (b"(", _mark),
    (b"0", _pop),
    (b"1", _pop_mark),
    (b"2", lambda machine: machine.push(machine.top())),
    (b"N", _constant(None)),
    (b"\x88", _constant(True)),
    (b"\x89", _constant(False)),
    (b"I", _int_line),
    (b"L", _int_line),
    (b"F", _float_line),
    (b"J", _number("<i")),
    (b"K", _number("<B")),
    (b"M", _number("<H")),
    (b"G", _number(">d")),
    (b"\x8a", _long("<B")),
    (b"\x8b", _long("<i")),
    (b"S", _string_line),
    (b"V", _unicode_line),
    (b"T", _text("<i")),
    (b"U", _text("<B")),
    (b"X", _text("<I")),
    (b"\x8c", _text("<B")),
    (b"\x8d", _text("<Q")),
    (b"B", _bytes("<I")),
    (b"C", _bytes("<B")),
    (b"\x8e", _bytes("<Q")),
    (b"\x96", _bytes("<Q")),
    (b"\x97", _buffer),
    (b"\x98", _buffer),
    (b")", _constant(())),
    (b"t", lambda machine: machine.push(tuple(machine.pop_marked()))),
    (b"\x85", _tuple_of(1)),
    (b"\x86", _tuple_of(2)),
    (b"\x87", _tuple_of(3)),
    (b"]", lambda machine: machine.push([])),
    (b"\x8f", lambda machine: machine.push([])),
    (b"l", lambda machine: machine.push(machine.pop_marked())),
    (b"\x91", lambda machine: machine.push(machine.pop_marked())),
    (b"a", _append),
    (b"e", _appends),
    (b"\x90", _appends),
    (b"}", lambda machine: machine.push({})),
    (b"d", _dict),
    (b"s", _setitem),
    (b"u", _setitems),
    (b"p", _put(_line_index)),
    (b"q", _put(_index("<B"))),
    (b"r", _put(_index("<I"))),
    (b"\x94", _put(lambda machine: len(machine.memo))),
    (b"g", _get(_line_index)),
    (b"h", _get(_index("<B"))),
    (b"j", _get(_index("<I"))),
    (b"P", lambda machine: machine.push(machine.load(machine.take_line()))),
    (b"Q", lambda machine: machine.push(machine.load(machine.pop()))),
    (b"c", _global),
    (b"\x93", _stack_global),
    (b"\x82", _extension("<B")),
    (b"\x83", _extension("<H")),
    (b"\x84", _extension("<i")),
    (b"R", _reduce),
    (b"\x81", _reduce),
    (b"\x92", _newobj_ex),
    (b"i", _inst),
    (b"o", _obj),
    (b"b", _build),
]

OPCODES = {code[0]: run for code, run in _ROWS}
