"""Reads and writes PNG pictures (W3C PNG, second edition) with nothing but zlib and numpy.

Read: 1 to 16 bits, gray, RGB, palette and alpha, not interlaced. Written: 8 bits gray, RGB or RGBA.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projector.arrays import ByteArray
from projector.errors import TooLarge, Unreadable
from projector.progress import Progress, Work

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_BYTES = 512 << 20
"""The most memory a decoded picture may take, as RGBA."""

_N_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PIECE = 1 << 21
_MAX_CHUNKS = 1 << 17  # writers put 8 kB and more into a chunk


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    depth: int
    kind: int

    @property
    def stride(self) -> int:
        """Bytes of one row."""
        return (self.width * self.depth * _N_CHANNELS[self.kind] + 7) // 8

    @property
    def step(self) -> int:
        """Bytes from a sample to the same sample of the pixel before it, as the filters count."""
        return max(1, self.depth * _N_CHANNELS[self.kind] // 8)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """pixels: uint8 (height, width, 4) RGBA. n_rows: rows that were there; the rest is clear."""

    pixels: ByteArray
    n_rows: int


def read_png(path: Path) -> Work[Picture]:
    """The picture in a file. Raises Unreadable, TooLarge."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TooLarge(f"{path} is larger than {MAX_BYTES >> 20} MB, so it is not read.")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error
    if not data.startswith(SIGNATURE):
        raise Unreadable(f"{path} is no PNG picture.")
    chunks = list(itertools.islice(_chunks(data), _MAX_CHUNKS + 1))
    if len(chunks) > _MAX_CHUNKS:
        raise Unreadable(f"{path} is cut into more than {_MAX_CHUNKS:,} chunks; save it again.")
    header = _parse_header(path, chunks)
    samples = yield from _samples(path, header, chunks)
    pixels = np.zeros((header.height, header.width, 4), np.uint8)
    palette = _palette(chunks)
    n_block = max(1, _PIECE // header.width)
    for top in range(0, len(samples), n_block):
        block = samples[top : top + n_block]
        pixels[top : top + len(block)] = _colors(block, header, palette)
        yield Progress(0.5 + 0.5 * top / len(samples), f"Reading {path.name}")
    return Picture(pixels, len(samples))


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Name and content of each chunk; the last one may be cut short."""
    view = memoryview(data)
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        yield name, view[at + 8 : at + 8 + length]
        if name == b"IEND":
            return
        at += 12 + length


def _parse_header(path: Path, chunks: list[tuple[bytes, memoryview]]) -> _Header:
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise Unreadable(f"{path} is a PNG picture without a header.")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not width or not height or depth not in _DEPTHS.get(kind, ()):
        raise Unreadable(f"{path} has a PNG header with values that don't exist.")
    if interlaced:
        raise Unreadable(f"{path} is an interlaced PNG; save it without interlacing.")
    if width * height * 4 > MAX_BYTES:
        raise TooLarge(
            f"{path} is {width} × {height} pixels; the limit is {MAX_BYTES >> 20} MB a picture."
        )
    return _Header(width, height, depth, kind)


def _samples(
    path: Path, header: _Header, chunks: list[tuple[bytes, memoryview]]
) -> Work[ByteArray]:
    """The bytes of all rows that are there, filters undone: uint8 (rows, stride)."""
    from projector.embeddings.kernels import undo_filters

    raw = yield from _inflate(path, header, chunks)
    rows = raw[: len(raw) // (header.stride + 1) * (header.stride + 1)]
    rows = rows.reshape(-1, header.stride + 1)
    if not len(rows):
        raise Unreadable(f"{path} is cut short: it holds no row of the picture.")
    samples = np.empty((len(rows), header.stride), np.uint8)
    above = np.zeros(header.stride, np.uint8)
    n_block = max(1, _PIECE // header.stride)
    for top in range(0, len(rows), n_block):
        out = samples[top : top + n_block]
        bad = undo_filters(rows[top : top + n_block], above, header.step, out)
        if bad >= 0:
            raise Unreadable(f"{path} is damaged at row {top + bad} of the picture.")
        above = out[-1]
        yield Progress(0.25 + 0.25 * top / len(rows), f"Reading {path.name}")
    return samples


def _inflate(
    path: Path, header: _Header, chunks: list[tuple[bytes, memoryview]]
) -> Work[ByteArray]:
    """The filtered rows, never more bytes than the header's size calls for."""
    expected = header.height * (header.stride + 1)
    raw = bytearray()
    inflater = zlib.decompressobj()
    for name, content in chunks:
        waiting: bytes | memoryview = content if name == b"IDAT" else b""
        while waiting and len(raw) < expected and not inflater.eof:
            try:
                raw += inflater.decompress(waiting, min(_PIECE, expected - len(raw)))
            except zlib.error:
                return np.frombuffer(raw, np.uint8)
            waiting = inflater.unconsumed_tail
            yield Progress(0.25 * len(raw) / expected, f"Reading {path.name}")
    return np.frombuffer(raw, np.uint8)


def _palette(chunks: list[tuple[bytes, memoryview]]) -> ByteArray:
    """The colors that indices stand for, uint8 (256, 4); black where the file names fewer."""
    palette = np.zeros((256, 4), np.uint8)
    palette[:, 3] = 255
    for name, content in chunks:
        if name == b"PLTE":
            colors = np.frombuffer(content, np.uint8)[:768]
            colors = colors[: len(colors) // 3 * 3].reshape(-1, 3)
            palette[: len(colors), :3] = colors
        elif name == b"tRNS":
            alphas = np.frombuffer(content, np.uint8)[:256]
            palette[: len(alphas), 3] = alphas
    return palette


def _colors(samples: ByteArray, header: _Header, palette: ByteArray) -> ByteArray:
    """RGBA uint8 (rows, width, 4) of sample rows."""
    n_channels = _N_CHANNELS[header.kind]
    values = _eight_bits(samples, header, header.width * n_channels)
    values = values.reshape(len(samples), header.width, n_channels)
    if header.kind == 3:
        return palette[values[..., 0]]
    colors = np.full((len(samples), header.width, 4), 255, np.uint8)
    colors[..., :3] = values[..., :3] if n_channels >= 3 else values[..., :1]
    if n_channels in (2, 4):
        colors[..., 3] = values[..., -1]
    return colors


def _eight_bits(samples: ByteArray, header: _Header, n_values: int) -> ByteArray:
    """One byte a sample: uint8 (rows, n_values); palette indices stay what they are."""
    if header.depth == 8:
        return samples
    if header.depth == 16:
        return samples[:, ::2]
    bits = np.unpackbits(samples, axis=1).reshape(len(samples), -1, header.depth)
    weights = 1 << np.arange(header.depth - 1, -1, -1, dtype=np.uint8)
    values: ByteArray = (bits * weights).sum(axis=2, dtype=np.uint8)[:, :n_values]
    return values if header.kind == 3 else values * np.uint8(255 // (2**header.depth - 1))


def write_png(path: Path, pixels: ByteArray) -> None:
    """Write uint8 (height, width) gray or (height, width, 3 or 4) color."""
    height, width = pixels.shape[:2]
    kind = {1: 0, 3: 2, 4: 6}[1 if pixels.ndim == 2 else pixels.shape[2]]
    rows = np.zeros((height, 1 + pixels[0].size), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    path.write_bytes(SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks))


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
