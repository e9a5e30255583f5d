"""Which engines stand behind a voice profile: the chosen one, then the platform's plain voice."""

from __future__ import annotations

import functools

from gazetalk.speech.cache import CachedEngine
from gazetalk.speech.engine import Engine
from gazetalk.speech.piper import PiperBackend
from gazetalk.speech.polyglot import Polyglot
from gazetalk.speech.process import Limits, ProcessEngine
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.pyttsx import PyttsxBackend, platform_driver

_PLAIN_RATE = 160
_PLAIN_PITCH = 50
# espeak loads in 0.1 s and needs 11 ms for a sentence; the others may set themselves up first.
_ESPEAK = Limits(load_s=5.0)
_OTHERS = Limits(load_s=20.0, per_char_s=0.005)
# Piper loads in 1 to 4 s and needs 0.2 to 0.5 s for a second of speech, some 15 characters.
_PIPER = Limits(load_s=30.0, per_char_s=0.06)


def engines_for(profile: VoiceProfile) -> list[Engine]:
    """The profile's own engine and what speaks when that one fails. Starts no process yet.

    Either says what is in another script in one of the platform's voices that reads it.
    """
    driver = platform_driver()
    plain = _pyttsx(driver, f"plain {driver}", "", profile.language, _PLAIN_RATE, _PLAIN_PITCH)
    own = chosen_engine(profile)
    others = own if isinstance(own, ProcessEngine) else plain
    _, plus, variant = profile.voice("espeak").partition("+")
    sounds_alike = driver == "espeak" and others is own
    return [
        Polyglot(
            own, others, profile.language, profile.scripts, plus + variant if sounds_alike else ""
        ),
        Polyglot(plain, plain, profile.language, profile.scripts),
    ]


def chosen_engine(profile: VoiceProfile) -> ProcessEngine | CachedEngine:
    """The engine that the profile asks for. Whether it works here shows when it is used."""
    name = platform_driver() if profile.engine == "system" else profile.engine
    voice = profile.voice(name)
    if name == "piper":
        build = functools.partial(
            PiperBackend, voice, profile.folder.absolute(), profile.rate, profile.pitch
        )
        return CachedEngine(ProcessEngine(name, build, _PIPER))
    return _pyttsx(name, name, voice, profile.language, profile.rate, profile.pitch)


def _pyttsx(
    driver: str, name: str, voice: str, language: str, rate: int, pitch: int
) -> ProcessEngine:
    build = functools.partial(PyttsxBackend, driver, voice, language, rate, pitch)
    return ProcessEngine(name, build, _ESPEAK if driver == "espeak" else _OTHERS)
