"""AIFF, the sound files that macOS's speech writes: just enough to read those.

Format: Apple, "Audio Interchange File Format: AIFF", version 1.3 (1989), and AIFF-C (1991).
"""

from __future__ import annotations

import struct

import numpy as np

from gazetalk.speech.wav import Wav, WavError, to_int16

_INT16 = {b"NONE": ">i2", b"twos": ">i2", b"sowt": "<i2"}  # compression type -> sample


def from_bytes(data: bytes) -> Wav:
    """16-bit AIFF or uncompressed AIFF-C; channels are averaged. Raises WavError otherwise."""
    try:
        return _parse(data)
    except (struct.error, KeyError, OverflowError):
        raise WavError("sound: not an AIFF file that can be read here") from None


def _parse(data: bytes) -> Wav:
    chunks = _chunks(data)
    comm = chunks[b"COMM"]
    channels, count, bits = struct.unpack(">hIh", comm[:8])
    kind = comm[18:22] if data[8:12] == b"AIFC" else b"NONE"
    rate = _extended(comm[8:18])
    if bits != 16 or channels < 1 or rate < 1:
        raise WavError(f"sound: AIFF of {bits} bits, {channels} channels at {rate} Hz")
    offset = struct.unpack(">I", chunks[b"SSND"][:4])[0]
    raw = chunks[b"SSND"][8 + offset :][: count * channels * 2]
    if len(raw) != count * channels * 2:
        raise WavError(f"sound: cut short, {len(raw) // (2 * channels)} of {count} samples")
    samples = np.frombuffer(raw, _INT16[kind]).reshape(-1, channels)
    return Wav(rate, to_int16(samples.mean(axis=1)))


def _chunks(data: bytes) -> dict[bytes, bytes]:
    chunks = {}
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack(">4sI", data[at : at + 8])
        chunks[name] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return chunks


def _extended(number: bytes) -> int:
    """A sample rate, which AIFF keeps as an 80-bit float of the 68881 (sign aside)."""
    exponent, mantissa = struct.unpack(">HQ", number)
    return round(mantissa * 2.0 ** ((exponent & 0x7FFF) - 16383 - 63))
