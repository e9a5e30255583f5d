"""Engines in order of preference: one that fails is tried again, then the next one speaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gazetalk.speech.engine import Engine, SpeechFailed, VoiceError, VoiceInfo
from gazetalk.speech.wav import Wav

REST_S = 5.0  # before a failed engine is tried again; doubled each time it fails again
LONGEST_REST_S = 60.0

Report = Callable[[str, str], None]  # kind ("fault", "recovered") and plain words


@dataclass
class _Link:
    engine: Engine
    failed: bool = False
    rest_s: float = REST_S
    rests_until_s: float = 0.0


class EngineChain:
    """An `Engine` made of several. What happens in it is reported, nothing is hidden.

    An engine that fails a sentence is asked once more. Failing again it rests, and the next one
    speaks; after its rest it is tried again, so the chosen voice comes back by itself. When all
    have failed, each sentence tries all of them.
    """

    def __init__(
        self,
        engines: Sequence[Engine],
        report: Report,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        if not engines:
            raise ValueError("a chain needs at least one engine")
        self._links = [_Link(engine) for engine in engines]
        self._report = report
        self._now_s = now_s
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._links[0].engine.name

    def start(self) -> None:
        self._links[0].engine.start()

    def voices(self) -> Sequence[VoiceInfo]:
        """The chosen engine's voices. Raises VoiceError when its own voice is not there."""
        with self._lock:
            return self._links[0].engine.voices()

    def synthesise(self, text: str) -> Wav:
        """Raises SpeechFailed, with what the last engine said, when none of them could."""
        with self._lock:
            now_s = self._now_s()
            awake = [link for link in self._links if link.rests_until_s <= now_s]
            resting = [link for link in self._links if link.rests_until_s > now_s]
            why = ""
            for link in awake + resting:
                try:
                    return self._try(link, text)
                except (SpeechFailed, VoiceError) as failure:
                    why = str(failure)
                    self._rest(link, why)
            raise SpeechFailed(f"no voice works here; the last one: {why}")

    def close(self) -> None:
        for link in self._links:
            link.engine.close()

    def _try(self, link: _Link, text: str) -> Wav:
        if link.failed:
            wav = link.engine.synthesise(text)
            link.failed, link.rest_s, link.rests_until_s = False, REST_S, 0.0
            self._report("recovered", f"The voice {link.engine.name} works again.")
            return wav
        try:
            return link.engine.synthesise(text)
        except SpeechFailed as failure:
            self._report("fault", f"The voice {failure}. It is started again.")
        wav = link.engine.synthesise(text)
        self._report("recovered", f"The voice {link.engine.name} works again.")
        return wav

    def _rest(self, link: _Link, why: str) -> None:
        if link.failed:
            link.rest_s = min(link.rest_s * 2, LONGEST_REST_S)
        else:
            link.failed = True
            self._report("fault", f"The voice {link.engine.name} is not used for now: {why}.")
        link.rests_until_s = self._now_s() + link.rest_s
