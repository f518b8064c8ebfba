"""Audio clips: their headers, checked against Python's own wave module, and their samples."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.errors import Unreadable
from projector.logs.messages import summary_pb2
from projector.logs.payloads import describe_payload
from projector.logs.payloads.audio import read_audio
from projector.logs.payloads.wav import parse_wav, wav_samples
from tests.projector.payloads.points import points, tensor, texts


def clip(
    width: int = 2, n_channels: int = 1, rate: int = 8000, frames: bytes = bytes(4000)
) -> bytes:
    """A clip by the standard library."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((n_channels, width, rate, 0, "NONE", ""))
        writer.writeframes(frames)
    return file.getvalue()


def bare(form: int, bits: int, data: bytes, n_channels: int = 1, extra: bytes = b"") -> bytes:
    """A clip of any format, chunk by chunk."""
    align = n_channels * bits // 8
    head = struct.pack("<HHIIHH", form, n_channels, 8000, 8000 * align, align, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(head)) + head
    chunks += b"LIST\x03\0\0\0abc\0" + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@given(
    st.sampled_from([1, 2, 3, 4]),
    st.integers(1, 3),
    st.integers(1, 192000),
    st.binary(max_size=240),
)
def test_a_header_is_what_the_standard_library_reads(
    width: int, n_channels: int, rate: int, data: bytes
) -> None:
    frames = data[: len(data) // (width * n_channels) * width * n_channels]
    encoded = clip(width, n_channels, rate, frames)
    wav = parse_wav(encoded)
    with wave.open(io.BytesIO(encoded)) as told:
        assert (wav.n_channels, wav.rate, wav.bits // 8) == (
            told.getnchannels(),
            told.getframerate(),
            told.getsampwidth(),
        )
        assert wav.n_frames == (told.getnframes() or 0)
    samples = wav_samples(encoded, wav)
    assert samples.shape == (wav.n_frames, n_channels)
    assert samples.nbytes <= 2 * len(encoded)
    whole = [
        int.from_bytes(frames[k : k + width], "little", signed=width > 1)
        for k in range(0, len(frames), width)
    ]
    centered = np.array(whole, float) - (128 if width == 1 else 0)
    scale = 2.0**-8 if width == 1 else 1.0 if width == 2 else 2.0 ** (8 * width - 1)
    np.testing.assert_allclose(samples.ravel(), centered / scale, rtol=1e-6)


@pytest.mark.parametrize("kind", ["<f4", "<f8"])
def test_float_samples_become_float32(kind: str) -> None:
    values = np.array([0.5, -1, 0.25], kind)
    encoded = bare(3, 8 * values.itemsize, values.tobytes())
    assert wav_samples(encoded, parse_wav(encoded)).tolist() == [[0.5], [-1], [0.25]]


def test_the_extensible_form_names_its_format_further_on() -> None:
    extra = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    encoded = bare(0xFFFE, 16, struct.pack("<2h", 5, -5), extra=extra)
    assert wav_samples(encoded, parse_wav(encoded)).tolist() == [[5], [-5]]


def test_a_clip_cut_short_keeps_its_whole_frames() -> None:
    encoded = clip(2, 2, frames=bytes(400))[:-7]
    wav = parse_wav(encoded)
    assert wav.n_frames == 98
    assert wav_samples(encoded, wav).shape == (98, 2)


@pytest.mark.parametrize(
    ("encoded", "what"),
    [
        (b"", "no WAV"),
        (b"RIFF\0\0\0\0WAVE", "no samples"),
        (bare(2, 16, b""), "format 2"),
        (bare(1, 12, b""), "12 bits"),
        (bare(1, 16, b"", n_channels=0), "not possible"),
        (b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0abcd", "cut short"),
        (b"RIFF\0\0\0\0WAVEdata\0\0\0\0", "how its samples"),
    ],
)
def test_a_wrong_header_is_told(encoded: bytes, what: str) -> None:
    with pytest.raises(Unreadable, match=what):
        parse_wav(encoded)


@given(st.binary(max_size=100), st.integers(0, 60), st.integers(0, 255))
def test_a_changed_header_does_no_harm(tail: bytes, at: int, value: int) -> None:
    encoded = bytearray(clip(frames=b"12345678") + tail)
    encoded[at % len(encoded)] = value
    try:
        wav = parse_wav(bytes(encoded))
    except Unreadable:
        return
    with np.errstate(all="ignore"):
        assert len(wav_samples(bytes(encoded), wav)) == wav.n_frames


def test_clips_have_labels(tmp_path: Path) -> None:
    sound = clip(frames=bytes(3200))
    payload = tensor(np.array([[sound, b"*one*"], [b"fLaC..", b"\xff\0"]], object))
    series = points(tmp_path, "audio", payload)
    first, second = read_audio(series, 0).clips
    assert (first.encoded, first.label, first.encoding) == (sound, "*one*", "WAV")
    assert (second.label, second.encoding, second.wav) == ("\ufffd", "FLAC", None)
    assert describe_payload(series, 0) == "WAV 8,000 Hz mono, 0.2 s, 2 clips"
    with pytest.raises(Unreadable, match="no WAV"):
        second.samples()


def test_clips_may_come_without_labels(tmp_path: Path) -> None:
    audio = read_audio(points(tmp_path, "audio", texts(b"OggS", b"\xff\xfb\x90", b"?")), 0)
    assert [one.encoding for one in audio.clips] == ["Ogg", "MP3", ""]
    assert [one.label for one in audio.clips] == ["", "", ""]


def test_an_old_clip_keeps_the_rate_told_beside_it(tmp_path: Path) -> None:
    old = summary_pb2.Summary.Audio(
        sample_rate=22050, num_channels=1, length_frames=3, encoded_audio_string=b"raw"
    )
    (one,) = read_audio(points(tmp_path, "audio", old.SerializeToString(), field=6), 0).clips
    assert (one.encoded, one.told_rate) == (b"raw", 22050)


def test_a_damaged_old_clip_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="tag at step 0 can't be read: the value is damaged"):
        read_audio(points(tmp_path, "audio", b"\xff", field=6), 0)
