"""The bell: a call made to be heard in the next room, again and louder until someone answers.

It needs neither a speech engine nor the tracker: numpy makes the sound, the player plays it.
"""

from __future__ import annotations

import threading

import numpy as np

from gazetalk.speech.player import BELL_CHANNEL, MixerPlayer, Player
from gazetalk.speech.wav import FULL_SCALE, Wav, to_int16

RATE = 44100
PAUSE_S = 1.2  # between two calls
RISE_CALLS = 4  # from the first, gentle call to full level
_FIRST_LEVEL = 0.25
_FULL_LEVEL = 0.95
# Two notes with strong partials from 0.5 to 4 kHz: small loudspeakers give those well, hearing is
# most sensitive there, and a high and a low part serve those who hear only one of them.
_NOTES_HZ = (784.0, 523.25)  # G5, C5: the falling interval of a door bell
_PARTIALS = ((1, 1.0), (2, 0.6), (3, 0.35), (4.2, 0.25), (5.4, 0.15))
_NOTE_S = 0.45
_DECAY_S = 0.35


def call_sound(call: int) -> Wav:
    """The `call`-th call, from 0: two falling notes, at full level from RISE_CALLS on."""
    share = min(max(call, 0), RISE_CALLS) / RISE_CALLS
    level = _FIRST_LEVEL * (_FULL_LEVEL / _FIRST_LEVEL) ** share
    sound = np.concatenate([_note(frequency) for frequency in _NOTES_HZ])
    return Wav(RATE, to_int16(sound / np.abs(sound).max() * level * FULL_SCALE))


def _note(frequency_hz: float) -> np.ndarray:
    t_s = np.arange(round(_NOTE_S * RATE)) / RATE
    partials = sum(
        share * np.sin(2 * np.pi * frequency_hz * number * t_s) for number, share in _PARTIALS
    )
    attack = np.minimum(t_s / 0.005, 1.0)
    release = np.minimum((_NOTE_S - t_s) / 0.02, 1.0)
    return np.asarray(partials * np.exp(-t_s / _DECAY_S) * attack * release)


class Bell:
    """Rings from `ring` until `answer`, in a thread of its own, whatever the voice's volume.

    The level is the loudest the program can give; the computer's own volume it cannot raise, so
    the screen has to call too. `trouble` says why it cannot be heard, if so.
    """

    def __init__(self, player: Player | None = None, pause_s: float = PAUSE_S) -> None:
        self._player = player or MixerPlayer(BELL_CHANNEL)
        self._pause_s = pause_s
        self._answered = threading.Event()
        self._ringer: threading.Thread | None = None

    @property
    def ringing(self) -> bool:
        return self._ringer is not None

    @property
    def trouble(self) -> str | None:
        return self._player.trouble

    def ring(self) -> None:
        """Begin to call; nothing happens if it rings already."""
        if self._ringer is not None:
            return
        self._answered = threading.Event()
        self._ringer = threading.Thread(
            target=self._call, args=(self._answered,), name="gazetalk-bell", daemon=True
        )
        self._ringer.start()

    def press(self) -> None:
        """Its key: it rings, or, when it rings already, somebody has come."""
        if self.ringing:
            self.answer()
        else:
            self.ring()

    def answer(self) -> None:
        """Somebody has come: be silent at once."""
        ringer, self._ringer = self._ringer, None
        if ringer is not None:
            self._answered.set()
            self._player.stop()
            ringer.join(1.0)
            self._player.stop()  # the ringer may have begun a call just then

    close = answer

    def _call(self, answered: threading.Event) -> None:
        call = 0
        while not answered.is_set():
            sound = call_sound(call)
            self._player.play(sound)
            answered.wait(sound.duration_s + self._pause_s)
            call += 1
