"""A short sound for a key that was selected: the eyes have gone on, the ears still hear it."""

from __future__ import annotations

import numpy as np

from gazetalk.speech.player import CLICK_CHANNEL, MixerPlayer, Player
from gazetalk.speech.wav import FULL_SCALE, Wav, to_int16

RATE = 44100
LEVELS = {"soft": 0.12, "loud": 0.5}  # of full scale
_HERTZ = 1100.0  # above most of a voice, so that both are heard; old ears hear it well
_LONG_S = 0.06
_DECAY_S = 0.012


def click_sound(level: float) -> Wav:
    """A soft wooden tick of 60 ms. level: its peak, 0..1."""
    t_s = np.arange(round(_LONG_S * RATE)) / RATE
    attack = np.minimum(t_s / 0.002, 1.0)
    release = np.minimum((_LONG_S - t_s) / 0.01, 1.0)
    tick = np.sin(2 * np.pi * _HERTZ * t_s) * np.exp(-t_s / _DECAY_S) * attack * release
    return Wav(RATE, to_int16(tick / np.abs(tick).max() * level * FULL_SCALE))


class Click:
    """Plays that sound, "soft" or "loud", beside the voice and the bell."""

    def __init__(self, loudness: str, player: Player | None = None) -> None:
        self._sound = click_sound(LEVELS[loudness])
        self._player = player or MixerPlayer(CLICK_CHANNEL)

    def play(self) -> None:
        self._player.play(self._sound)
