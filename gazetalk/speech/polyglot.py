"""An engine that says what is written in another script with a voice that reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gazetalk.speech.engine import Engine, VoiceInfo
from gazetalk.speech.pyttsx import find_language
from gazetalk.speech.scripts import LANGUAGES, runs, scripts_of
from gazetalk.speech.wav import Wav, joined, levelled


class ManyVoiced(Protocol):
    """An engine that can change its voice for a text."""

    def voices(self) -> Sequence[VoiceInfo]:
        """As `Engine.voices`."""

    def synthesise(self, text: str, voice: str = "") -> Wav:
        """As `Engine.synthesise`, in the voice with this id; "" for its own."""

    def close(self) -> None:
        """As `Engine.close`."""


class Polyglot:
    """`own` for what its language's script writes, `others` for the rest.

    A script that `others` has no voice for is left to `own`. language: of `own`. chosen: languages
    by script, in place of the defaults in `scripts.LANGUAGES`. variant: is added to the ids of
    espeak's voices, as in "+f5", so that all of them sound like one person.
    """

    def __init__(
        self,
        own: Engine,
        others: ManyVoiced,
        language: str,
        chosen: Mapping[str, str],
        variant: str = "",
    ) -> None:
        self._own = own
        self._others = others
        self._scripts = scripts_of(language)
        self._chosen = chosen
        self._variant = variant
        self._voices: dict[str, str] = {}  # script -> id, "" for none

    @property
    def name(self) -> str:
        return self._own.name

    def start(self) -> None:
        self._own.start()

    def voices(self) -> Sequence[VoiceInfo]:
        return self._own.voices()

    def synthesise(self, text: str) -> Wav:
        foreign = {script for script, _ in runs(text, self._scripts) if script}
        silent = {script for script in foreign if not self._voice(script)}
        parts = runs(text, {*self._scripts, *silent})
        if all(not script for script, _ in parts):
            return self._own.synthesise(text)
        sounds = [self._part(script, part) for script, part in parts]
        return joined([levelled(sound) for sound in sounds]) if len(sounds) > 1 else sounds[0]

    def close(self) -> None:
        self._own.close()
        self._others.close()

    def _part(self, script: str, part: str) -> Wav:
        if not script:
            return self._own.synthesise(part)
        return self._others.synthesise(part, self._voice(script))

    def _voice(self, script: str) -> str:
        """The id of the voice for a script; "" where there is none."""
        if script not in self._voices:
            chosen = self._chosen.get(script)
            languages = (*([chosen] if chosen else []), *LANGUAGES[script])
            known = self._others.voices()
            found = (find_language(known, language) for language in languages)
            voice = next(filter(None, found), "")
            self._voices[script] = voice + self._variant if voice else ""
        return self._voices[script]
