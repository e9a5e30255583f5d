"""The platform's own speech through pyttsx3: eSpeak NG, SAPI 5 or macOS's. Runs in the child.

Only pyttsx3's file mode is used, one utterance a request: its playing cannot be trusted.
"""

from __future__ import annotations

import ctypes
import difflib
import importlib.util
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gazetalk.speech.engine import VoiceError, VoiceInfo

DRIVERS = {"win32": "sapi5", "darwin": "nsss"}  # everywhere else espeak
EMPTY_BYTES = 64  # a WAV's head without a sample
_SETTLED_S = 0.1  # measured: espeak shows its rate 1 to 3 ms after an utterance or a change
FINISH_LIMIT_S = 10.0  # the parent's own limit is shorter; this one only ends a thread


def platform_driver() -> str:
    """The name of this platform's own engine: "espeak", "sapi5" or "nsss"."""
    return DRIVERS.get(sys.platform, "espeak")


class PyttsxBackend:
    """pyttsx3 with one voice. Build it in the main thread of a process of its own.

    driver: "espeak", "sapi5" or "nsss". voice: an id, name or language that the driver knows; for
    espeak a variant may follow, as in "en-us+Andrea". Empty: the first voice of `language`.
    rate: words a minute. pitch: 0..100, 50 is the voice's own (espeak only).
    Raises VoiceError for an unknown voice, and whatever pyttsx3 raises when there is no engine.
    """

    def __init__(self, driver: str, voice: str, language: str, rate: int, pitch: int) -> None:
        if driver == "espeak":
            _load_espeak()
        import pyttsx3

        self._driver = driver
        self._engine = pyttsx3.init(driver)
        if driver == "espeak":
            _fix_buffer_size()
        self._finished = threading.Event()
        self._errors: list[Exception] = []
        self._engine.connect("finished-utterance", lambda **_: self._finished.set())
        self._engine.connect("error", lambda exception, **_: self._errors.append(exception))
        self._voices = [_info(found) for found in self._engine.getProperty("voices")]
        own = self._voice_id(voice, language)
        self._own = own or self._engine.getProperty("voice")
        self._rate = rate
        self._speak_as(own)
        if driver == "espeak":
            self._set("pitch", pitch)

    def voices(self) -> Sequence[VoiceInfo]:
        return self._voices

    def synthesise(self, text: str, path: Path, voice: str = "") -> None:
        """voice: the id of another one for this text; "" for the backend's own."""
        if self._driver == "espeak":
            _let_espeak_finish()
        if not voice:
            self._save(text, path)
            return
        self._speak_as(voice)
        try:
            self._save(text, path)
        finally:
            if self._driver == "espeak":
                _let_espeak_finish()
            self._speak_as(self._own)

    def _save(self, text: str, path: Path) -> None:
        self._speak_into(text, path)
        if self._driver != "espeak":
            return
        # On a busy machine, once in several thousand times, a callback came late all the same, or
        # espeak did not take the rate it was given and spoke at pyttsx3's.
        if path.stat().st_size <= EMPTY_BYTES or not self._at_rate():
            _let_espeak_finish()
            self._set("rate", self._rate)
            self._at_rate()
            self._speak_into(text, path)

    def _at_rate(self) -> bool:
        """Whether espeak speaks at the rate it was given. It shows, and may lose, another one for a
        moment after an utterance, and takes a moment to show a new one."""
        end_s = time.monotonic() + _SETTLED_S
        while self._engine.getProperty("rate") != self._rate:
            if time.monotonic() > end_s:
                return False
            time.sleep(0.002)
        return True

    def _speak_into(self, text: str, path: Path) -> None:
        self._finished.clear()
        self._errors.clear()
        self._engine.save_to_file(text, str(path))
        self._engine.runAndWait()
        # sapi5 writes before runAndWait returns and tells nothing; the others tell when it is done.
        if self._driver != "sapi5" and not self._finished.wait(FINISH_LIMIT_S):
            raise RuntimeError("the utterance was never finished")
        if self._errors:
            raise self._errors[0]

    def _speak_as(self, voice: str | None) -> None:
        self._set("voice", voice)
        self._set("rate", self._rate)  # some drivers' voices come with a rate of their own

    def _set(self, name: str, value: object) -> None:
        if value is not None:
            self._engine.setProperty(name, value)

    def _voice_id(self, voice: str, language: str) -> str | None:
        if not voice:
            return find_language(self._voices, language)
        base, plus, variant = voice.partition("+") if self._driver == "espeak" else (voice, "", "")
        known = {key: found.id for found in reversed(self._voices) for key in _keys(found)}
        if base.casefold() not in known:
            raise VoiceError(_unknown(f"{self._driver} has no voice {base!r}", base, known))
        if plus:
            variants = _espeak_variants()
            if variant not in variants:
                raise VoiceError(_unknown(f"espeak has no variant {variant!r}", variant, variants))
        return known[base.casefold()] + plus + variant


def find_language(voices: Sequence[VoiceInfo], language: str) -> str | None:
    """The id of the first voice of `language` ("en-us"), else of its first part, else None."""
    wanted = language.casefold()
    for fits in (
        lambda known: known == wanted,
        lambda known: known.partition("-")[0] == wanted.partition("-")[0],
    ):
        for voice in voices:
            if fits(voice.language.casefold()):
                return voice.id
    return None


def _keys(voice: VoiceInfo) -> set[str]:
    return {voice.id.casefold(), voice.name.casefold(), voice.language.casefold()} - {""}


def _unknown(what: str, given: str, known: Sequence[str] | dict[str, str]) -> str:
    near = difflib.get_close_matches(given.casefold(), known, 3, 0.5) or sorted(known)[:6]
    return f"{what}; there is {', '.join(near)}, ... ({len(set(known))} in all)"


def _info(voice: Any) -> VoiceInfo:
    languages = [str(language).replace("_", "-") for language in voice.languages or [""]]
    return VoiceInfo(str(voice.id), str(voice.name), languages[0])


def _load_espeak() -> None:
    """Have pyttsx3 find the eSpeak NG that comes as a wheel, where the system may have none."""
    if importlib.util.find_spec("espeakng_loader") is None:
        return
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path())


def _fix_buffer_size() -> None:
    """pyttsx3 2.99 tells espeak a text ten times as long as it is, which reads beyond its end."""
    from pyttsx3.drivers import _espeak

    told = _espeak.cSynth

    def synth(text: bytes, _size: int, *rest: object) -> Any:
        return told(text, len(text) + 1, *rest)

    _espeak.cSynth = synth


def _let_espeak_finish() -> None:
    """Wait for espeak's last callback of the utterance before.

    It may come after "finished-utterance"; pyttsx3 takes one that comes during the next utterance
    for that one's end and writes an empty file (measured: 3 in 1,000 utterances; 0 with this).
    """
    from pyttsx3.drivers import _espeak

    _espeak.Synchronize()


def _espeak_variants() -> list[str]:
    data = os.environ.get("ESPEAK_DATA_PATH")
    folder = Path(data or "/usr/share/espeak-ng-data") / "voices" / "!v"
    return sorted(entry.name for entry in folder.glob("*"))
