"""Sounds to the loudspeaker, through pygame's mixer (the only pygame in this room)."""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Protocol

import numpy as np

from gazetalk.speech.wav import Wav

SPEECH_CHANNEL = 0
BELL_CHANNEL = 1
_RATE = 44100
_BUFFER = 512  # samples: 12 ms until the first sound
_RETRY_S = 3.0
_OVERDUE_S = 2.0


class Player(Protocol):
    """Plays one sound at a time; never raises for what a sound device does."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be heard now, in plain words; None when all is well."""

    @property
    def playing(self) -> bool:
        """Whether a sound is still on its way to the ear."""

    def play(self, wav: Wav) -> None:
        """Start the sound in place of one that still plays; return at once."""

    def stop(self) -> None:
        """Be silent now. Any thread may call it."""

    def pause(self) -> None:
        """Hold the sound where it is; it counts as playing meanwhile. Any thread may call it."""

    def resume(self) -> None:
        """Go on from there."""


class SilentPlayer:
    """Plays nothing: for runs without sound."""

    trouble: str | None = None
    playing = False

    def play(self, wav: Wav) -> None:
        pass

    def stop(self) -> None:
        pass

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass


class MixerPlayer:
    """A channel of pygame's mixer.

    Without a sound device it is silent, says why in `trouble`, and looks for one again at a later
    sound. It shares the mixer with whoever has opened it, in the format that it finds.

    retry_s: between two attempts to open a device. overdue_s: how long after its end a sound may
    still play before the device counts as stuck.
    """

    def __init__(
        self,
        channel: int = SPEECH_CHANNEL,
        *,
        retry_s: float = _RETRY_S,
        overdue_s: float = _OVERDUE_S,
    ) -> None:
        self._number = channel
        self._retry_s = retry_s
        self._overdue_s = overdue_s
        self._lock = threading.Lock()
        self._until_s = 0.0
        self._held_at_s: float | None = None  # since when it is paused
        self._retry_at_s = 0.0
        self.trouble: str | None = None

    @property
    def playing(self) -> bool:
        """False also when a sound should have ended long ago: then the device is stuck."""
        mixer = _mixer()
        if mixer is None or not mixer.get_init():
            return False
        if not mixer.Channel(self._number).get_busy():
            if self._until_s:  # a sound that ended in time is what shows that all is well
                self._until_s, self.trouble = 0.0, None
            return False
        if self._held_at_s is not None or time.monotonic() < self._until_s:
            return True
        self._until_s = 0.0
        self.trouble = "The sound device does not play: the text is only shown."
        return False

    def play(self, wav: Wav) -> None:
        with self._lock:
            mixer = self._open()
            if mixer is None:
                return
            try:
                sound = mixer.Sound(buffer=_for_mixer(wav, mixer.get_init()))
                mixer.Channel(self._number).play(sound)
            except Exception as error:  # pygame.error, and what a vanished device may raise
                self.trouble = f"The sound could not be played ({error}): the text is only shown."
                return
            self._held_at_s = None
            self._until_s = time.monotonic() + wav.duration_s + self._overdue_s

    def stop(self) -> None:
        mixer = _mixer()
        if mixer is not None and mixer.get_init():
            mixer.Channel(self._number).stop()
        self._held_at_s = None

    def pause(self) -> None:
        with self._lock:  # so that the device is not let go of in between
            if self.playing and self._held_at_s is None:
                _mixer().Channel(self._number).pause()
                self._held_at_s = time.monotonic()

    def resume(self) -> None:
        held_at_s, mixer = self._held_at_s, _mixer()
        if held_at_s is None:
            return
        self._until_s += time.monotonic() - held_at_s  # it is not late for having been held
        self._held_at_s = None
        if mixer is not None and mixer.get_init():
            mixer.Channel(self._number).unpause()

    def reopen(self) -> None:
        """Let go of the device, for instance because the system says that it was taken away.

        The next sound opens the one that the system prefers then. Stops the bell's sound too.
        """
        with self._lock:
            mixer = _mixer()
            if mixer is not None:
                mixer.quit()
            self._retry_at_s = 0.0

    def _open(self) -> Any:
        """The mixer, opened if need be; None without a sound device."""
        mixer = _mixer()
        if mixer is None:
            self.trouble = "pygame has no mixer here: the text is only shown."
            return None
        found = mixer.get_init()
        if found and found[1] == -16:
            return mixer
        if time.monotonic() < self._retry_at_s:
            return None
        try:
            if found:
                mixer.quit()  # opened by someone else with samples that are not 16-bit
            mixer.init(_RATE, -16, 1, _BUFFER, allowedchanges=0)
        except Exception as error:  # pygame.error
            self._retry_at_s = time.monotonic() + self._retry_s
            self.trouble = f"No sound device could be opened ({error}): the text is only shown."
            return None
        return mixer


def _mixer() -> Any:
    """pygame's mixer, imported late; None where pygame was built without it."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame.mixer
    except (ImportError, NotImplementedError):
        return None
    return pygame.mixer


def _for_mixer(wav: Wav, found: tuple[int, int, int]) -> bytes:
    rate, _, channels = found
    samples = wav.resampled(rate).samples
    return np.repeat(samples, channels).tobytes()
