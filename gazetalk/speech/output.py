"""The sound device: which there are, which is chosen, and what is used while that one is away."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

_RATE = 44100
_BUFFER = 512  # samples: 12 ms until the first sound
_RETRY_S = 3.0
_LOOK_S = 0.25  # how often to look, while a sound plays, whether its device is still there


class NoOutput(RuntimeError):
    """Nothing can be heard; the message says why, in plain words."""


class Output:
    """The device that players share through pygame's mixer, opened when a sound first needs it.

    device: its name or a part of it, as in `device_names`; "" for the one the system prefers.
    While a named device is not there the system's is used; at the first sound after it has come
    back it is used again. Without a name the mixer is shared with whoever has opened it.

    names: tells the devices there are. retry_s: between two attempts to open one.
    """

    def __init__(
        self,
        device: str = "",
        names: Callable[[], Sequence[str]] | None = None,
        *,
        retry_s: float = _RETRY_S,
    ) -> None:
        self._device = device
        self._names = names or device_names
        self._retry_s = retry_s
        self._lock = threading.RLock()
        self._using: str | None = None  # the device's full name; None for the system's choice
        self._retry_at_s = 0.0
        self._look_at_s = 0.0
        self._failure = ""
        self.times_opened = 0  # what was playing before it rose has been cut off

    @property
    def away(self) -> str:
        """That the chosen device is not used because it is not there, in plain words; or ""."""
        if not self._device or not self.times_opened or self._using:
            return ""
        return f"The sound device “{self._device}” is not there: the computer's usual one is used."

    def open(self) -> Any:
        """pygame's mixer on the device to use now. Raises NoOutput."""
        with self._lock:
            mixer = mixer_module()
            if mixer is None:
                raise NoOutput("pygame has no mixer here: the text is only shown.")
            found = mixer.get_init()
            wanted = find_device(self._device, self._names()) if self._device else None
            ours = not self._device or (self.times_opened > 0 and wanted == self._using)
            if found and found[1] == -16 and ours:
                return mixer
            if time.monotonic() < self._retry_at_s:
                raise NoOutput(self._failure)
            if found:
                mixer.quit()  # on another device, or with samples that are not 16-bit
            self._begin(mixer, wanted)
            return mixer

    def look(self) -> None:
        """Change devices now if the chosen one has gone. Raises NoOutput if there is no other.

        SDL plays on into nothing when its device goes, and tells only programs with a window.
        """
        with self._lock:
            now_s = time.monotonic()
            if self._using and now_s >= self._look_at_s:
                self._look_at_s = now_s + _LOOK_S
                if self._using not in self._names():
                    self.open()

    def close(self) -> None:
        """Let go of the device; the next sound opens one. Stops the bell's sound too."""
        with self._lock:
            mixer = mixer_module()
            if mixer is not None:
                mixer.quit()
            self._retry_at_s = 0.0

    def _begin(self, mixer: Any, wanted: str | None) -> None:
        """Open the wanted device, or the system's where it refuses (in use elsewhere, say)."""
        refusal: Exception | None = None
        for name in dict.fromkeys((wanted, None)):
            try:
                mixer.init(_RATE, -16, 1, _BUFFER, devicename=name, allowedchanges=0)
            except Exception as error:  # pygame.error
                refusal = error
            else:
                self._using = name
                self.times_opened += 1
                return
        self._retry_at_s = time.monotonic() + self._retry_s
        self._failure = f"No sound device could be opened ({refusal}): the text is only shown."
        raise NoOutput(self._failure)


def device_names() -> list[str]:
    """The names of the sound devices here; none where there is no sound system.

    Not for two threads at once while no device is open.
    """
    mixer = mixer_module()
    if mixer is None:
        return []
    from pygame._sdl2 import audio, sdl2

    try:
        if mixer.get_init():
            return list(audio.get_audio_device_names(False))
        sdl2.init_subsystem(sdl2.INIT_AUDIO)
        try:
            return list(audio.get_audio_device_names(False))
        finally:
            mixer.quit()  # or pygame would take the subsystem for an open mixer, and open none
    except Exception:  # sdl2.error, pygame.error: there is no sound here at all
        return []


def find_device(wanted: str, names: Sequence[str]) -> str | None:
    """The device called `wanted`, else the first with that in its name, case aside, else None."""
    if wanted in names:
        return wanted
    return next((name for name in names if wanted.casefold() in name.casefold()), None)


def mixer_module() -> Any:
    """pygame's mixer, imported late; None where pygame was built without it."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame.mixer
    except (ImportError, NotImplementedError):
        return None
    return pygame.mixer
