"""Sounds to the loudspeaker, through pygame's mixer (the only pygame in this room)."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any, Protocol

import numpy as np

from gazetalk.speech.output import NoOutput, Output, mixer_module
from gazetalk.speech.wav import Wav

SPEECH_CHANNEL = 0
BELL_CHANNEL = 1
CLICK_CHANNEL = 2
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
    sound. A sound that was cut off because its device went is played again, whole, on another.

    output: the device, shared with other players. overdue_s: how long after its end a sound may
    still play before the device counts as stuck.
    """

    def __init__(
        self,
        channel: int = SPEECH_CHANNEL,
        output: Output | None = None,
        *,
        overdue_s: float = _OVERDUE_S,
    ) -> None:
        self._number = channel
        self._output = output or Output()
        self._overdue_s = overdue_s
        self._lock = threading.Lock()
        self._sound: Wav | None = None  # what is still to be heard, in part or whole
        self._opening = 0  # which opening of the device it plays on
        self._until_s = 0.0
        self._held_at_s: float | None = None  # since when it is paused
        self.trouble: str | None = None

    @property
    def playing(self) -> bool:
        """False also when a sound should have ended long ago: then the device is stuck."""
        if self._sound and self._held_at_s is None:
            self._follow_device()
        channel = self._channel()
        if channel is None:
            return False
        if self._sound and self._held_at_s is not None:
            return True  # also while its device is changed
        if not channel.get_busy():
            if self._until_s:  # a sound that ended in time is what shows that all is well
                self._until_s, self.trouble = 0.0, self._output.away or None
            self._sound = None
            return False
        if time.monotonic() < self._until_s:
            return True
        self._until_s, self._sound = 0.0, None
        self.trouble = "The sound device does not play: the text is only shown."
        return False

    def play(self, wav: Wav) -> None:
        with self._lock:
            self._held_at_s = None
            self._sound = wav
            self._start(wav)

    def stop(self) -> None:
        self._sound = None
        self._held_at_s = None
        channel = self._channel()
        if channel is not None:
            with contextlib.suppress(Exception):  # pygame.error: the device is gone this moment
                channel.stop()

    def pause(self) -> None:
        with self._lock:  # so that the device is not let go of in between
            channel = self._channel()
            if channel is not None and self.playing and self._held_at_s is None:
                channel.pause()
                self._held_at_s = time.monotonic()

    def resume(self) -> None:
        held_at_s, channel = self._held_at_s, self._channel()
        if held_at_s is None:
            return
        self._until_s += time.monotonic() - held_at_s  # it is not late for having been held
        self._held_at_s = None
        if channel is not None:
            channel.unpause()

    def _start(self, wav: Wav) -> None:
        try:
            mixer = self._output.open()
            sound = mixer.Sound(buffer=_for_mixer(wav, mixer.get_init()))
            mixer.Channel(self._number).play(sound)
        except NoOutput as why:
            self._sound, self.trouble = None, str(why)
            return
        except Exception as error:  # pygame.error, and what a vanished device may raise
            self._sound = None
            self.trouble = f"The sound could not be played ({error}): the text is only shown."
            return
        self._opening = self._output.times_opened
        self._until_s = time.monotonic() + wav.duration_s + self._overdue_s
        self.trouble = self._output.away or self.trouble

    def _follow_device(self) -> None:
        """Begin the sound again if its device has gone: how much of it was heard nobody knows."""
        sound = self._sound
        try:
            self._output.look()
        except NoOutput as why:
            self._sound, self.trouble = None, str(why)
            return
        if sound and self._opening != self._output.times_opened:
            self._start(sound)
            if self._sound is not sound:  # it was stopped meanwhile, by another thread
                self.stop()

    def _channel(self) -> Any:
        """The mixer's channel; None while no device is open."""
        mixer = mixer_module()
        return mixer.Channel(self._number) if mixer is not None and mixer.get_init() else None


def _for_mixer(wav: Wav, found: tuple[int, int, int]) -> bytes:
    rate, _, channels = found
    samples = wav.resampled(rate).samples
    return np.repeat(samples, channels).tobytes()
