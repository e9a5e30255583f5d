"""The microphone, through SDL as pygame brings it: for recordings of the person's own voice."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import numpy as np

from gazetalk.speech.output import find_device, mixer_module
from gazetalk.speech.wav import Wav

RATE = 44100
LONGEST_S = 60.0  # what comes later is not kept
_CHUNK = 1024  # samples
_INSTEAD = "plug one in, or bring recordings with gazetalk bank import FOLDER"


class NoMicrophone(RuntimeError):
    """Nothing can be recorded; one line saying why and what to do."""


class Microphone:
    """Records from the moment it is entered until it is left, 60 s at most; a context manager.

    device: its name or a part of it; "" for the first there is. Raises NoMicrophone when entered.
    """

    def __init__(self, device: str = "") -> None:
        self._device = device
        self._lock = threading.Lock()
        self._heard = bytearray()
        self._line: Any = None

    def __enter__(self) -> Microphone:
        names = microphone_names()
        if not names:
            raise NoMicrophone(f"there is no microphone here: {_INSTEAD}")
        name = find_device(self._device, names) if self._device else names[0]
        if name is None:
            there = ", ".join(names)
            raise NoMicrophone(f"no microphone is called {self._device!r}; there is: {there}")
        from pygame._sdl2 import audio

        try:
            self._line = audio.AudioDevice(
                devicename=name,
                iscapture=True,
                frequency=RATE,
                audioformat=audio.AUDIO_S16,
                numchannels=1,
                chunksize=_CHUNK,
                allowed_changes=0,
                callback=self._hear,
            )
            self._line.pause(0)
        except RuntimeError as error:  # what pygame raises
            why = f"the microphone “{name}” cannot be opened ({error})"
            raise NoMicrophone(f"{why}: {_INSTEAD}") from None
        return self

    def __exit__(self, *_: object) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(RuntimeError):  # unplugged this moment: what was heard is kept
                line.pause(1)
                line.close()

    def sound(self) -> Wav:
        """What was recorded so far."""
        with self._lock:
            return Wav(RATE, np.frombuffer(bytes(self._heard), dtype=np.int16))

    def _hear(self, _: object, chunk: memoryview) -> None:
        """Called by SDL, in a thread of its own."""
        with self._lock:
            if len(self._heard) < LONGEST_S * RATE * 2:
                self._heard += chunk


def microphone_names() -> list[str]:
    """The names of the microphones here; none where there is no sound system."""
    if mixer_module() is None:
        return []
    from pygame._sdl2 import audio, sdl2

    try:
        sdl2.init_subsystem(sdl2.INIT_AUDIO)
        return list(audio.get_audio_device_names(True))
    except RuntimeError:  # what pygame raises
        return []
