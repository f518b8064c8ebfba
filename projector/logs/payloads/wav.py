"""The header of a RIFF/WAVE clip, and its samples (Microsoft's multimedia file formats, 1994)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from projector.errors import Unreadable

PCM, FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_KNOWN = {(PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64)}
_MOST_CHUNKS = 1000


@dataclass(frozen=True, slots=True)
class Wav:
    """rate: frames a second. bits: of one sample. start, n_bytes: where the samples lie, as far
    as they are there; n_frames: so many whole ones."""

    form: Literal["PCM", "float"]
    rate: int
    n_channels: int
    bits: int
    start: int
    n_bytes: int

    @property
    def n_frames(self) -> int:
        return self.n_bytes // (self.n_channels * self.bits // 8)

    @property
    def duration_s(self) -> float:
        return self.n_frames / self.rate


def parse_wav(clip: bytes) -> Wav:
    """The header of a clip. Raises Unreadable: one sentence that names no file."""
    if clip[:4] != b"RIFF" or clip[8:12] != b"WAVE":
        raise Unreadable("the clip is no WAV.")
    form: tuple[int, int, int, int, int] | None = None
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(clip):
            break
        name, size = struct.unpack_from("<4sI", clip, at)
        at += 8
        if name == b"fmt ":
            form = _parse_form(clip[at : at + min(size, 40)])
        elif name == b"data":
            return _wav(form, at, min(size or len(clip), len(clip) - at))
        at += size + size % 2
    raise Unreadable("the WAV clip has no samples.")


def _parse_form(chunk: bytes) -> tuple[int, int, int, int, int]:
    """Format, channels, rate, bytes of a frame, bits of a sample."""
    if len(chunk) < 16:
        raise Unreadable("the header of the WAV clip is cut short.")
    form, n_channels, rate, _, n_align, bits = struct.unpack_from("<HHIIHH", chunk)
    if form == _EXTENSIBLE and len(chunk) >= 26:
        form = int.from_bytes(chunk[24:26], "little")
    return form, n_channels, rate, n_align, bits


def _wav(form: tuple[int, int, int, int, int] | None, start: int, n_bytes: int) -> Wav:
    if form is None:
        raise Unreadable("the WAV clip does not say how its samples are stored.")
    kind, n_channels, rate, n_align, bits = form
    if (kind, bits) not in _KNOWN:
        raise Unreadable(f"WAV samples of format {kind} with {bits} bits are not known.")
    if not rate or not n_channels or n_align != n_channels * bits // 8:
        told = f"{rate} Hz, {n_channels} channels, {bits} bits, {n_align} bytes a frame"
        raise Unreadable(f"the header of the WAV clip is not possible: {told}.")
    return Wav("float" if kind == FLOAT else "PCM", rate, n_channels, bits, start, n_bytes)


def wav_samples(clip: bytes, wav: Wav) -> NDArray[np.int16] | NDArray[np.float32]:
    """(frames, channels): int16 of clips with 8 or 16 bits, else float32, loud being 1.

    May be read-only. Takes at most twice the clip's bytes.
    """
    n = wav.n_frames * wav.n_channels
    match wav.form, wav.bits:
        case "PCM", 8:
            raw = np.frombuffer(clip, np.uint8, n, wav.start).astype(np.int16)
            flat: NDArray[np.int16] | NDArray[np.float32] = (raw - 128) << 8
        case "PCM", 16:
            flat = np.frombuffer(clip, "<i2", n, wav.start)
        case "PCM", 24:
            flat = _from_24_bits(np.frombuffer(clip, np.uint8, 3 * n, wav.start))
        case "PCM", _:
            flat = np.frombuffer(clip, "<i4", n, wav.start).astype(np.float32) / np.float32(2**31)
        case _:
            kind = "<f4" if wav.bits == 32 else "<f8"
            with np.errstate(over="ignore"):
                flat = np.frombuffer(clip, kind, n, wav.start).astype(np.float32)
    return flat.reshape(-1, wav.n_channels)


def _from_24_bits(octets: NDArray[np.uint8]) -> NDArray[np.float32]:
    low, middle, high = octets.reshape(-1, 3).T
    values = high.view(np.int8).astype(np.float32) * np.float32(2**16)
    values += middle * np.float32(2**8)
    values += low
    values /= np.float32(2**23)
    return values
