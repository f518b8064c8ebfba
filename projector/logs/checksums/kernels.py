"""CRC-32C, compiled: by the processor's own instruction, or by tables where it has none."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from projector.logs.wire.kernels import compiled, inlined, load1, load8

_LOW32 = np.uint64(0xFFFFFFFF)
_BYTE = np.uint64(0xFF)


def _crc_tables() -> Any:
    """uint64 (8, 256): the tables of slicing-by-8 for the reflected polynomial 0x82F63B78."""
    first = np.arange(256, dtype=np.uint64)
    for _ in range(8):
        first = (first >> np.uint64(1)) ^ (np.uint64(0x82F63B78) * (first & np.uint64(1)))
    tables = [first]
    for _ in range(7):
        last = tables[-1]
        tables.append((last >> np.uint64(8)) ^ first[(last & np.uint64(255)).astype(np.int64)])
    return np.array(tables)


_CRC = _crc_tables()


def _instructions() -> tuple[str, str] | None:
    """The processor's instructions for 8 bytes and for one, as LLVM names them.

    Asks for what code is made for, which need not be all that the processor can.
    """
    triple, _, features = cpu_target.target_context.codegen().magic_tuple()
    if triple.startswith("x86_64") and "+sse4.2" in features:
        return "llvm.x86.sse42.crc32.64.64", "llvm.x86.sse42.crc32.32.8"
    if triple.startswith(("aarch64", "arm64")) and "+crc" in features.split(","):
        return "llvm.aarch64.crc32cx", "llvm.aarch64.crc32cb"
    return None


INSTRUCTIONS = _instructions()


def _step(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """One such instruction: its operands are narrower than our uint64 here and there."""
    is_x86 = INSTRUCTIONS is not None and "x86" in INSTRUCTIONS[0]
    word = ir.IntType(64)
    is_byte = signature.args[1] == types.uint8
    crc = word if is_x86 and not is_byte else ir.IntType(32)
    data = ir.IntType(8 if is_x86 else 32) if is_byte else word
    name = INSTRUCTIONS[is_byte] if INSTRUCTIONS else ""
    function = get_or_insert_function(builder.module, ir.FunctionType(crc, [crc, data]), name)
    given = args[0] if crc == word else builder.trunc(args[0], crc)
    byte = builder.zext(args[1], data) if is_byte and not is_x86 else args[1]
    answer = builder.call(function, [given, byte])
    return answer if crc == word else builder.zext(answer, word)


@compiled
def step8_by_table(crc: Any, word: Any) -> Any:
    """The CRC after 8 more bytes, the first of them lowest in `word`."""
    word ^= crc
    crc = np.uint64(0)
    for i in range(8):
        crc ^= _CRC[7 - i, (word >> np.uint64(8 * i)) & _BYTE]
    return crc


@compiled
def step1_by_table(crc: Any, byte: Any) -> Any:
    """The CRC after one more byte."""
    return _CRC[0, (crc ^ np.uint64(byte)) & _BYTE] ^ (crc >> np.uint64(8))


if INSTRUCTIONS:

    @intrinsic
    def _step8(context: Any, crc: Any, word: Any) -> Any:
        return types.uint64(types.uint64, types.uint64), _step

    @intrinsic
    def _step1(context: Any, crc: Any, byte: Any) -> Any:
        return types.uint64(types.uint64, types.uint8), _step

else:
    _step8, _step1 = step8_by_table, step1_by_table


@inlined
def masked_crc(buf: Any, start: int, end: int) -> Any:
    """The masked CRC-32C of the bytes start..end, uint64."""
    crc = _LOW32
    while start + 8 <= end:
        crc = _step8(crc, load8(buf, start))
        start += 8
    while start < end:
        crc = _step1(crc, load1(buf, start))
        start += 1
    return masked(crc ^ _LOW32)


@inlined
def masked_crc_of_word(word: Any) -> Any:
    """The same of the 8 bytes of a number."""
    return masked(_step8(_LOW32, word) ^ _LOW32)


@inlined
def masked(crc: Any) -> Any:
    """Rotated and shifted, so that the checksum of bytes with checksums stays a good one."""
    rotated = ((crc >> np.uint64(15)) | (crc << np.uint64(17))) & _LOW32
    return (rotated + np.uint64(0xA282EAD8)) & _LOW32
