"""Which engines stand behind a voice profile: the chosen one, then the platform's plain voice."""

from __future__ import annotations

import functools

from gazetalk.speech.engine import Engine
from gazetalk.speech.process import Limits, ProcessEngine
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.pyttsx import PyttsxBackend, platform_driver

_PLAIN_RATE = 160
_PLAIN_PITCH = 50
# espeak loads in 0.1 s and needs 11 ms for a sentence; the others may set themselves up first.
_ESPEAK = Limits(load_s=5.0)
_OTHERS = Limits(load_s=20.0, per_char_s=0.005)


def engines_for(profile: VoiceProfile) -> list[Engine]:
    """The profile's own engine and what speaks when that one fails. Starts no process yet."""
    driver = platform_driver()
    chosen = _chosen(profile, driver)
    plain = _pyttsx(driver, f"plain {driver}", "", profile.language, _PLAIN_RATE, _PLAIN_PITCH)
    return [chosen, plain]


def _chosen(profile: VoiceProfile, driver: str) -> Engine:
    engine = driver if profile.engine == "system" else profile.engine
    voice = profile.voice(engine)
    return _pyttsx(engine, engine, voice, profile.language, profile.rate, profile.pitch)


def _pyttsx(
    driver: str, name: str, voice: str, language: str, rate: int, pitch: int
) -> ProcessEngine:
    build = functools.partial(PyttsxBackend, driver, voice, language, rate, pitch)
    return ProcessEngine(name, build, _ESPEAK if driver == "espeak" else _OTHERS)
