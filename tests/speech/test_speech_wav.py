"""Sound records: read and written whole, resampled and joined without losing any."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.speech import aiff
from gazetalk.speech.wav import (
    FULL_SCALE,
    SPEECH_LEVEL,
    Wav,
    WavError,
    joined,
    levelled,
    silence,
)


def tone(frequency: float, duration_s: float, rate: int = 22050, level: float = 0.5) -> Wav:
    t_s = np.arange(round(duration_s * rate)) / rate
    sound = level * FULL_SCALE * np.sin(2 * np.pi * frequency * t_s)
    return Wav(rate, sound.round().astype(np.int16))


def test_what_is_written_is_read_back_sample_for_sample(tmp_path: Path) -> None:
    wav = tone(440, 0.5)
    wav.write(tmp_path / "new folder" / "a.wav")
    again = Wav.read(tmp_path / "new folder" / "a.wav")
    assert again.rate == wav.rate
    assert np.array_equal(again.samples, wav.samples)
    assert [entry.name for entry in (tmp_path / "new folder").iterdir()] == ["a.wav"]


@pytest.mark.parametrize(("width", "dtype"), [(1, np.uint8), (2, "<i2"), (3, None), (4, "<i4")])
def test_all_usual_sample_widths_and_stereo_are_read(tmp_path: Path, width: int, dtype) -> None:
    """The same ramp in 8, 16, 24 and 32 bits comes out alike, two channels averaged."""
    ramp = np.arange(-30000, 30000, 600)
    if width == 1:
        raw = ((ramp >> 8) + 128).astype(np.uint8)
    elif width == 3:
        raw = (ramp.astype("<i4") << 8).view(np.uint8).reshape(-1, 4)[:, :3]
    else:
        raw = (ramp << (16 if width == 4 else 0)).astype(dtype)
    stereo = np.repeat(raw.reshape(len(ramp), -1), 2, axis=0) if width == 3 else np.repeat(raw, 2)
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setparams((2, width, 16000, 0, "NONE", ""))
        file.writeframes(stereo.tobytes())
    wav = Wav.read(tmp_path / "x.wav")
    assert wav.rate == 16000
    assert np.abs(wav.samples - ramp).max() <= (256 if width == 1 else 0)


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    data = tone(440, 1.0).to_bytes()
    for size in (0, 3, 20, 44, len(data) // 2, len(data) - 2):
        with pytest.raises(WavError, match=r"^sound: "):
            Wav.from_bytes(data[:size])
    with pytest.raises(WavError, match=r"missing\.wav: cannot be read"):
        Wav.read(tmp_path / "missing.wav")


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_one_line(data: bytes) -> None:
    for read in (Wav.from_bytes, aiff.from_bytes):
        with pytest.raises(WavError) as refused:
            read(data)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
def test_resampling_keeps_pitch_length_and_level(rate: int) -> None:
    wav = tone(1000, 0.7)
    again = wav.resampled(rate)
    assert again.rate == rate
    assert again.duration_s == pytest.approx(0.7, abs=1e-3)
    assert again.loudness == pytest.approx(wav.loudness, rel=0.01)
    spectrum = np.abs(np.fft.rfft(again.samples))
    assert np.argmax(spectrum) * rate / len(again.samples) == pytest.approx(1000, abs=3)


def test_joined_pieces_keep_their_order_and_the_pauses_between() -> None:
    one, two = tone(300, 0.2), tone(900, 0.3, rate=44100)
    whole = joined([one, two, one], pause_s=0.3)
    assert whole.rate == 22050
    assert whole.duration_s == pytest.approx(0.2 + 0.3 + 0.3 + 0.3 + 0.2, abs=1e-3)
    assert np.array_equal(whole.samples[: len(one.samples)], one.samples)
    assert not whole.samples[len(one.samples) : len(one.samples) + 6615].any()
    with pytest.raises(ValueError, match="no sound"):
        joined([])


def test_levelling_makes_quiet_and_loud_alike_without_clipping() -> None:
    for level in (0.01, 0.1, 0.9):
        spoken = joined([tone(200, 0.5, level=level), silence(1.0, 22050)])
        even = levelled(spoken)
        assert even.samples[:11025].astype(float).std() / FULL_SCALE == pytest.approx(
            SPEECH_LEVEL, rel=0.02
        )
    click = np.zeros(22050, np.int16)
    click[::1000] = 20000
    assert np.abs(levelled(Wav(22050, click)).samples.astype(int)).max() <= FULL_SCALE
    assert not levelled(silence(0.1, 22050)).samples.any()
    half = levelled(tone(200, 0.5), volume=0.5)
    assert half.loudness == pytest.approx(SPEECH_LEVEL / 2, rel=0.02)


def aiff_bytes(samples: np.ndarray, kind: bytes) -> bytes:
    """An AIFF (kind b"") or AIFF-C file of 22,050 Hz mono samples, made by the book."""
    rate = (16383 + 14).to_bytes(2, "big") + (22050 << (63 - 14)).to_bytes(8, "big")
    comm = b"\0\1" + len(samples).to_bytes(4, "big") + b"\0\x10" + rate
    if kind:
        comm += kind + b"\0\0"
    sound = bytes(8) + samples.astype("<i2" if kind == b"sowt" else ">i2").tobytes()
    body = (b"AIFC" if kind else b"AIFF") + b"".join(
        name + len(chunk).to_bytes(4, "big") + chunk
        for name, chunk in ((b"COMM", comm), (b"SSND", sound))
    )
    return b"FORM" + len(body).to_bytes(4, "big") + body


@pytest.mark.parametrize("kind", [b"", b"NONE", b"twos", b"sowt"])
def test_macos_sound_files_are_read(kind: bytes) -> None:
    wav = tone(440, 0.1)
    again = aiff.from_bytes(aiff_bytes(wav.samples, kind))
    assert again.rate == 22050
    assert np.array_equal(again.samples, wav.samples)
    with pytest.raises(WavError, match="cut short"):
        aiff.from_bytes(aiff_bytes(wav.samples, kind)[:-10])
