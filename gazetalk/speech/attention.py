"""A short gentle sound before speech, so that people turn to listen before the first word."""

from __future__ import annotations

import numpy as np

from gazetalk.speech.wav import FULL_SCALE, Wav, joined, levelled, silence, to_int16

# Whoever was spoken to less than this long ago is still listening: a sound before each sentence of
# a conversation would only hold it up. (Our choice: the pauses while a sentence is typed by eyes
# are mostly longer, and then attention has wandered.)
QUIET_S = 20.0
_NOTES_HZ = (523.25, 659.26)  # C5, E5: they rise, the bell's fall; one is not taken for the other
_NOTE_S = 0.14
_DECAY_S = 0.08
_PAUSE_S = 0.12  # to turn the head
_LEVEL = 0.6  # of the speech that follows


def attention_sound(rate: int, volume: float = 1.0) -> Wav:
    """Two soft rising notes of 0.28 s and a pause. rate: samples a second; volume: 0..1."""
    t_s = np.arange(round(_NOTE_S * rate)) / rate
    fade = np.minimum(t_s / 0.01, 1.0) * np.minimum((_NOTE_S - t_s) / 0.02, 1.0)
    notes = [np.sin(2 * np.pi * hertz * t_s) * np.exp(-t_s / _DECAY_S) for hertz in _NOTES_HZ]
    sound = np.concatenate([note * fade for note in notes])
    chime = levelled(Wav(rate, to_int16(sound * (FULL_SCALE / 2))), _LEVEL * volume)
    return joined([chime, silence(_PAUSE_S, rate)])


def announced(sound: Wav, volume: float = 1.0) -> Wav:
    """The sound with the attention sound before it, as one: nothing can come between them."""
    return joined([attention_sound(sound.rate, volume), sound])
