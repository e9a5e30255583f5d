"""Voice profiles: TOML files that say which engine speaks, how, and how to say certain words.

name = "English"            # what people are told; required
language = "en-us"          # required
engine = "system"           # "system" (the platform's own), "espeak", "sapi5", "nsss", "piper"
voice = "en-us+f5"          # the engine's name of the voice; may be left out.
                            # Several platforms: voice = { espeak = "en-us+f5", nsss = "..." }
rate = 160                  # words a minute, 60..400
pitch = 50                  # 0..100, 50 is the voice's own
volume = 1.0                # 0..1
attention = false           # true: a soft sound before speech, unless somebody was just spoken to
[pronunciations]            # as it is written = as it is said
Siobhan = "Shivawn"
[abbreviations]
"Dr." = "doctor"
[scripts]                   # the language of what is written in other letters, where that is not
Cyrillic = "uk"             # the one in scripts.LANGUAGES (Russian here)
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gazetalk.speech.engine import VoiceError
from gazetalk.speech.scripts import LANGUAGES

ENGINES = ("system", "espeak", "sapi5", "nsss", "piper")
_RANGES = {"rate": (60, 400), "pitch": (0, 100), "volume": (0, 1)}


@dataclass(frozen=True)
class VoiceProfile:
    """One voice as the module's docstring describes it. voices: per engine; "" for any engine."""

    name: str
    language: str
    engine: str = "system"
    voices: Mapping[str, str] = field(default_factory=dict)
    rate: int = 160
    pitch: int = 50
    volume: float = 1.0
    attention: bool = False
    pronunciations: Mapping[str, str] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()

    def voice(self, engine: str) -> str:
        """What `engine` ("espeak", "piper", ...) calls this voice; "" for its own choice."""
        return self.voices.get(engine, self.voices.get("", ""))


def load_voice(path_or_name: str | Path, folder: Path) -> VoiceProfile:
    """Read a profile: the path of a TOML file, or the name of one in `folder` ("english").

    Raises VoiceError with the file and line for one that is missing or has a mistake in it.
    """
    path = _find(path_or_name, folder)
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise VoiceError(f"{path}: not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise VoiceError(f"{path}: not valid TOML: {error}") from None
    return _Reader(path, text, table).profile()


def voice_names(folder: Path) -> list[str]:
    """The names of the profiles in `folder`, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def _find(path_or_name: str | Path, folder: Path) -> Path:
    given = Path(path_or_name)
    if given.suffix == ".toml":
        return given
    names = voice_names(folder)
    if given.name == str(path_or_name) and given.name in names:
        return folder / f"{given.name}.toml"
    there = ", ".join(names) or "none"
    raise VoiceError(f"no voice {str(path_or_name)!r}; there is: {there} (or give a .toml file)")


class _Reader:
    """Checks one file's table; knows the lines, so that an error can name its own."""

    def __init__(self, path: Path, text: str, table: dict[str, Any]) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._table = table

    def profile(self) -> VoiceProfile:
        known = [*VoiceProfile.__dataclass_fields__, "voice"]
        known = [name for name in known if name not in ("voices", "folder")]
        for key in self._table:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1) or [", ".join(known)]
                raise self._error(key, f"is not known here; is it {near[0]}?")
        return VoiceProfile(
            name=self._word("name"),
            language=self._word("language"),
            engine=self._engine(),
            voices=self._voices(),
            rate=int(self._number("rate", 160)),
            pitch=int(self._number("pitch", 50)),
            volume=float(self._number("volume", 1.0)),
            attention=self._wish("attention"),
            pronunciations=self._words("pronunciations"),
            abbreviations=self._words("abbreviations"),
            scripts=self._scripts(),
            folder=self._path.parent,
        )

    def _word(self, key: str) -> str:
        value = self._table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._error(key, "must be given, as text in quotes")
        return value.strip()

    def _engine(self) -> str:
        engine = self._table.get("engine", "system")
        if engine not in ENGINES:
            raise self._error("engine", f"must be one of {', '.join(ENGINES)}, not {engine!r}")
        return str(engine)

    def _voices(self) -> dict[str, str]:
        voice = self._table.get("voice", "")
        if isinstance(voice, str):
            return {"": voice}
        for engine in self._words("voice"):
            if engine not in ENGINES[1:]:
                raise self._error("voice", f"names no engine with {engine!r}")
        return self._words("voice")

    def _number(self, key: str, default: float) -> float:
        low, high = _RANGES[key]
        value = self._table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(key, f"must be a number from {low} to {high}")
        if not low <= value <= high:  # also false for NaN
            raise self._error(key, f"must be from {low} to {high}, not {value}")
        return value

    def _wish(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            raise self._error(key, "must be true or false, without quotes")
        return value

    def _scripts(self) -> dict[str, str]:
        table = self._words("scripts")
        for script, language in table.items():
            if script not in LANGUAGES:
                near = difflib.get_close_matches(script, LANGUAGES, 1) or [", ".join(LANGUAGES)]
                raise self._error(script, f"in [scripts] is no script; is it {near[0]}?")
            if not language.strip():
                raise self._error(script, 'in [scripts] must stand for a language, as in "uk"')
        return table

    def _words(self, key: str) -> dict[str, str]:
        table = self._table.get(key, {})
        if not isinstance(table, dict):
            raise self._error(key, 'must be a table of lines like  word = "as it is said"')
        for word, said in table.items():
            if not isinstance(said, str) or not word.strip():
                raise self._error(word, f"in [{key}] must stand for text in quotes")
        return dict(table)

    def _error(self, key: str, what: str) -> VoiceError:
        pattern = re.compile(rf"""\s*\[?\s*["']?{re.escape(key)}["']?\s*[\]=.]""")
        for number, line in enumerate(self._lines, 1):
            if pattern.match(line):
                return VoiceError(f"{self._path}, line {number}: {key} {what}")
        return VoiceError(f"{self._path}: {key} {what}")
