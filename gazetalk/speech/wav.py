"""Sound as a record: 16-bit mono samples at a rate, read from and written to WAV files."""

from __future__ import annotations

import io
import math
import os
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
FULL_SCALE = 32767
# -18 dB: loud enough to be heard across a room; speech peaks 12 to 15 dB higher and still fits.
SPEECH_LEVEL = 0.12
_PEAK = 0.97
_WINDOW_S = 0.02


class WavError(ValueError):
    """A sound file that is missing, cut short or of a kind that is not read here."""


@dataclass(frozen=True, eq=False)
class Wav:
    """A piece of sound. rate: samples a second. samples: (N,) int16, mono."""

    rate: int
    samples: Samples

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate

    @property
    def loudness(self) -> float:
        """Root mean square of the samples, 0 (silence) to 1 (full scale)."""
        if not len(self.samples):
            return 0.0
        return float(np.sqrt(np.mean(np.square(self.samples / FULL_SCALE))))

    @classmethod
    def read(cls, path: Path) -> Wav:
        """Read a PCM WAV of 8, 16, 24 or 32 bits; several channels are averaged into one.

        Raises WavError when it is missing, is not such a file, or holds less than it announces.
        """
        try:
            return cls.from_bytes(path.read_bytes(), str(path))
        except OSError as error:
            raise WavError(f"{path}: cannot be read ({error.strerror or error})") from None

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "sound") -> Wav:
        """As `read`, from the file's content; `name` stands in the error."""
        try:
            with wave.open(io.BytesIO(data)) as file:
                channels, width, rate, count = file.getparams()[:4]
                raw = file.readframes(count)
        except (wave.Error, EOFError, RuntimeError) as error:
            raise WavError(f"{name}: not a WAV file that can be read here ({error})") from None
        if len(raw) != count * channels * width:
            found = len(raw) // (channels * width)
            raise WavError(f"{name}: cut short, {found} of {count} samples are there")
        if rate <= 0:
            raise WavError(f"{name}: its sample rate is {rate}")
        return cls(rate, _to_mono_int16(raw, width, channels))

    def to_bytes(self) -> bytes:
        """The content of a WAV file, 16-bit mono PCM."""
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.samples.astype("<i2").tobytes())
        return buffer.getvalue()

    def write(self, path: Path) -> None:
        """Write the WAV file beside `path`, then rename it over. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self.to_bytes())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def resampled(self, rate: int) -> Wav:
        """The same sound at another rate (band-limited, through the Fourier transform)."""
        if rate == self.rate or not len(self.samples):
            return Wav(rate, self.samples)
        # A whole number of both rates' periods (and of small factors, for a fast transform), with
        # some quiet so that the end does not wrap into the beginning.
        step = self.rate // math.gcd(self.rate, rate)
        padded = _smooth(-(-(len(self.samples) + self.rate // 20) // step)) * step
        spectrum = np.fft.rfft(self.samples.astype(float), padded)
        length = padded * rate // self.rate
        sound = np.fft.irfft(spectrum[: length // 2 + 1], length) * (length / padded)
        wanted = round(len(self.samples) * rate / self.rate)
        return Wav(rate, to_int16(sound[:wanted]))


def _smooth(least: int) -> int:
    """The smallest number from `least` on that is 2^n times 8 to 15: fast to transform, and at
    most an eighth too long."""
    scale = 1 << max(0, least.bit_length() - 4)
    return -(-least // scale) * scale


def to_int16(samples: NDArray[np.floating]) -> Samples:
    """Samples on the 16-bit scale (float) rounded and clipped to int16."""
    return np.clip(np.rint(samples), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)


def silence(duration_s: float, rate: int) -> Wav:
    return Wav(rate, np.zeros(round(duration_s * rate), np.int16))


def joined(pieces: Sequence[Wav], pause_s: float = 0.0) -> Wav:
    """The pieces one after another with silence between, all at the rate of the first.

    Raises ValueError when there are none.
    """
    if not pieces:
        raise ValueError("there is no sound to join")
    rate = pieces[0].rate
    pause = silence(pause_s, rate).samples
    parts = [pieces[0].samples]
    for piece in pieces[1:]:
        parts += [pause, piece.resampled(rate).samples]
    return Wav(rate, np.concatenate(parts))


def _to_mono_int16(raw: bytes, width: int, channels: int) -> Samples:
    if width == 1:  # 8-bit WAV is unsigned
        samples = (np.frombuffer(raw, np.uint8).astype(np.int16) - 128) * 256
    elif width == 3:
        octets = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        samples = octets[:, 1:].copy().view("<i2")[:, 0]
    else:
        wide = np.frombuffer(raw, "<i2" if width == 2 else "<i4")
        samples = wide if width == 2 else wide >> 16
    if channels > 1:
        return to_int16(samples.reshape(-1, channels).mean(axis=1))
    return samples.astype(np.int16)


def levelled(wav: Wav, volume: float = 1.0) -> Wav:
    """The same speech as loud as any other voice's, times `volume` (0..1), never clipped.

    Loudness is the root mean square of its 20 ms windows above a tenth of the loudest one, so
    pauses do not count.
    """
    sound = wav.samples / FULL_SCALE
    size = max(1, round(_WINDOW_S * wav.rate))
    windows = sound[: len(sound) // size * size].reshape(-1, size)
    powers = np.square(windows).mean(axis=1)
    if not len(powers) or powers.max() == 0:
        return wav
    level = float(np.sqrt(powers[powers > powers.max() / 100].mean()))
    gain = min(SPEECH_LEVEL / level, _PEAK / float(np.abs(sound).max()))
    return Wav(wav.rate, to_int16(sound * (gain * volume * FULL_SCALE)))
