"""Which script each part of a text is written in, and which languages are written in that script.

Scripts are told by the first word of a letter's Unicode name ("CYRILLIC SMALL LETTER A").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

LATIN = "Latin"
# The languages of each script, the one with the most speakers first: it is spoken where nothing
# else is known, the next where there is no voice of that one, and so on. Several by the codes of
# eSpeak NG ("cmn") and of others ("zh"). What is not among these is written in Latin letters.
LANGUAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        LATIN: ("en-us", "en"),
        "Cyrillic": ("ru", "uk", "bg", "sr", "be", "mk", "kk", "ky", "tt", "ba", "cv"),
        "Greek": ("el", "grc"),
        "Arabic": ("ar", "fa", "ur", "ug", "sd"),
        "Hebrew": ("he", "yi"),
        "Armenian": ("hy", "hyw"),
        "Georgian": ("ka",),
        "Devanagari": ("hi", "mr", "ne", "kok"),
        "Bengali": ("bn", "as", "bpy"),
        "Gurmukhi": ("pa",),
        "Gujarati": ("gu",),
        "Oriya": ("or",),
        "Tamil": ("ta",),
        "Telugu": ("te",),
        "Kannada": ("kn",),
        "Malayalam": ("ml",),
        "Sinhala": ("si",),
        "Thai": ("th",),
        "Myanmar": ("my", "shn"),
        "Ethiopic": ("am", "ti"),
        "Hangul": ("ko",),
        "Han": ("cmn", "zh", "yue", "hak"),
        "Kana": ("ja",),
        "Cherokee": ("chr",),
    }
)
_NAMED = {"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana"}
_WIDTHS = ("HALFWIDTH ", "FULLWIDTH ")


def scripts_of(language: str) -> tuple[str, ...]:
    """The scripts that a voice of `language` ("ru", "en-us") reads."""
    primary = language.casefold().partition("-")[0]
    if primary == "ja":
        return "Kana", "Han"
    found = [name for name, known in LANGUAGES.items() if name != LATIN and primary in known]
    return tuple(found) or (LATIN,)


def script_of(character: str) -> str:
    """The character's script as LANGUAGES names it; "" for what belongs to none of them: digits,
    marks, signs, other scripts."""
    if unicodedata.category(character)[0] != "L":
        return ""
    name = unicodedata.name(character, "")
    for width in _WIDTHS:
        name = name.removeprefix(width)
    first = name.replace("-", " ").partition(" ")[0]
    script = _NAMED.get(first, first.capitalize())
    return script if script in LANGUAGES else ""


def runs(text: str, own: Collection[str]) -> list[tuple[str, str]]:
    """The text in parts, each as (script, part), the script "" for those of `own`.

    The parts make up the text, none is empty, and neighbours differ. What has no script goes with
    what is before it. A single Greek letter is a sign (as is the pi of mathematics) and stays in
    the person's own voice. Ideographs are Japanese in a text that has kana.
    """
    letters = [script_of(character) for character in text]
    if "Kana" in letters:
        letters = ["Kana" if script == "Han" else script for script in letters]
    parts = [
        (script if _is_other(script, part, own) else "", part)
        for script, part in _stretches(text, letters)
    ]
    return list(_merged(parts))


def _is_other(script: str, part: str, own: Collection[str]) -> bool:
    if not script or script in own:
        return False
    return script != "Greek" or sum(map(str.isalpha, part)) > 1


def _stretches(text: str, letters: list[str]) -> Iterator[tuple[str, str]]:
    """(script, part): a part ends where a letter of another script comes."""
    start, current = 0, ""
    for at, script in enumerate(letters):
        if script and script != current:
            if current:
                yield current, text[start:at]
                start = at
            current = script
    if text:
        yield current, text[start:]


def _merged(parts: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Neighbours of one script together."""
    before: tuple[str, str] | None = None
    for script, part in parts:
        if before and before[0] == script:
            before = script, before[1] + part
            continue
        if before:
            yield before
        before = script, part
    if before:
        yield before
