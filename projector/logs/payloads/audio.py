"""Audio clips as they were encoded, each with its label, several samples a step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from projector.errors import Unreadable
from projector.logs.columns import OLD_AUDIO
from projector.logs.messages import plugins_pb2, summary_pb2
from projector.logs.payloads.content import (
    counted,
    parse_content,
    plain,
    read_strings,
    unreadable,
)
from projector.logs.payloads.wav import Wav, parse_wav, wav_samples
from projector.logs.series import Series

_SIGNATURES = ((b"fLaC", "FLAC"), (b"OggS", "Ogg"), (b"ID3", "MP3"))


@dataclass(frozen=True, slots=True)
class Clip:
    """One encoded clip. encoding: "WAV", "FLAC", "Ogg", "MP3", or "" where it is none of these.

    label: Markdown, mostly "". wav: what its header says; None where it is no sound WAV, and then
    `fault` says why. told_rate: frames a second as old writers told beside the clip, else None.
    """

    encoded: bytes
    label: str = ""
    encoding: str = ""
    wav: Wav | None = None
    fault: str = ""
    told_rate: float | None = None

    def samples(self) -> NDArray[np.int16] | NDArray[np.float32]:
        """(frames, channels): int16 or float32, at most twice the clip's bytes.

        Raises Unreadable where the clip is no WAV.
        """
        if self.wav is None:
            raise Unreadable(f"This clip can't be decoded: {self.fault}")
        return wav_samples(self.encoded, self.wav)


@dataclass(frozen=True, slots=True)
class Audio:
    """The clips of one step."""

    clips: tuple[Clip, ...]

    def __len__(self) -> int:
        return len(self.clips)


def read_audio(series: Series, i: int) -> Audio:
    """The clips of point i, not decoded. Raises Unreadable."""
    parse_content(series, i, plugins_pb2.AudioPluginData)
    if series.payloads is not None and series.payloads.fields[i] == OLD_AUDIO:
        return _read_old_audio(series, i)
    strings = read_strings(series, i)
    if strings.ndim == 2 and strings.shape[1] >= 2:
        pairs = [(row[0], row[1]) for row in strings.tolist()]
    elif strings.ndim <= 2:
        pairs = [(clip, b"") for clip in strings.ravel().tolist()]
    else:
        shape = list(strings.shape)
        raise unreadable(series, i, f"its shape is {shape} where [clips, 2] was expected.")
    return Audio(tuple(_clip(encoded, plain(label)) for encoded, label in pairs))


def _read_old_audio(series: Series, i: int) -> Audio:
    assert series.payloads is not None
    try:
        message = summary_pb2.Summary.Audio.FromString(series.payloads.read(i))
    except (DecodeError, Unreadable) as error:
        what = str(error) if isinstance(error, Unreadable) else "the value is damaged."
        raise unreadable(series, i, what) from error
    rate = message.sample_rate
    return Audio((_clip(message.encoded_audio_string, told_rate=rate if rate > 0 else None),))


def _clip(encoded: bytes, label: str = "", told_rate: float | None = None) -> Clip:
    try:
        wav = parse_wav(encoded)
    except Unreadable as error:
        encoding = _sniff(encoded)
        return Clip(encoded, label, encoding, fault=str(error), told_rate=told_rate)
    return Clip(encoded, label, "WAV", wav, told_rate=told_rate)


def _sniff(encoded: bytes) -> str:
    if encoded[:4] == b"RIFF" and encoded[8:12] == b"WAVE":
        return "WAV"
    if len(encoded) > 1 and encoded[0] == 0xFF and encoded[1] & 0xE6 == 0xE2:
        return "MP3"  # a frame of layer III without the ID3 header
    return next((name for start, name in _SIGNATURES if encoded.startswith(start)), "")


def describe_audio(audio: Audio) -> str:
    """Such as "WAV 8,000 Hz mono, 0.25 s, 2 clips"."""
    if not audio.clips:
        return "no clips"
    first = audio.clips[0]
    what = first.encoding or "no known format"
    if first.wav is not None:
        wav = first.wav
        channels = {1: "mono", 2: "stereo"}.get(wav.n_channels, f"{wav.n_channels} channels")
        what = f"WAV {wav.rate:,} Hz {channels}, {wav.duration_s:.3g} s"
    return f"{what}, {counted(len(audio), 'clip')}"
