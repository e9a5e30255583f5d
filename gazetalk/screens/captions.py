"""What the screens say, in a language: `strings/*.toml`, of which `en.toml` is complete."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STRINGS = Path(__file__).resolve().parent / "strings"
ENGLISH = "en"
PART = ": "  # what stands on both sides of it in a line may have a caption of its own


@dataclass(frozen=True)
class Captions:
    """See `strings/en.toml`. screens: by their names; keys, lines: by what they are in English."""

    screens: Mapping[str, str]
    keys: Mapping[str, str]
    lines: Mapping[str, str]

    def key(self, label: str) -> str:
        """What is written on a key; a setting's name and its value each by itself."""
        return PART.join(self.keys.get(part, part) for part in label.split(PART))

    def line(self, text: str) -> str:
        """A line that is to be told; as it is where nobody has translated it."""
        if text in self.lines:
            return self.lines[text]
        return PART.join(self.lines.get(part, part) for part in text.split(PART))


def caption_languages() -> tuple[str, ...]:
    """The languages (ISO 639-1) that there are captions in."""
    return tuple(sorted(path.stem for path in STRINGS.glob("*.toml")))


def load_captions(language: str) -> Captions:
    """The captions of a language by its code (ISO 639-1): English where they are missing."""
    tables = [_read(ENGLISH)]
    if language != ENGLISH and language in caption_languages():
        tables.append(_read(language))

    def merged(name: str) -> dict[str, str]:
        return {key: text for table in tables for key, text in table.get(name, {}).items()}

    return Captions(merged("screens"), merged("keys"), merged("lines"))


def _read(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((STRINGS / f"{language}.toml").read_text(encoding="utf-8"))
