"""Phrases said before are there at once, also when their engine is slow or down."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from gazetalk.speech.engine import Engine, VoiceInfo
from gazetalk.speech.wav import Wav

CAPACITY_S = 600.0  # of sound: 26 MB at 22,050 Hz


class CachedEngine:
    """An `Engine` that keeps the sounds used last, up to `capacity_s` seconds of them."""

    def __init__(self, engine: Engine, capacity_s: float = CAPACITY_S) -> None:
        self._engine = engine
        self._capacity_s = capacity_s
        self._sounds: OrderedDict[str, Wav] = OrderedDict()

    @property
    def name(self) -> str:
        return self._engine.name

    def start(self) -> None:
        self._engine.start()

    def voices(self) -> Sequence[VoiceInfo]:
        return self._engine.voices()

    def synthesise(self, text: str) -> Wav:
        sound = self._sounds.pop(text, None) or self._engine.synthesise(text)
        self._sounds[text] = sound
        while sum(kept.duration_s for kept in self._sounds.values()) > self._capacity_s:
            self._sounds.popitem(last=False)
        return sound

    def close(self) -> None:
        self._engine.close()
