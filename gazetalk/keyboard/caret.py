"""Where a caret may stand in a text, and the word and the sentence around it.

Places are counted in Python's characters from the start of the text. What people see as one
character (a letter with its accents, a flag, a family) is never split: the rules are those of
Unicode's grapheme clusters (UAX #29) without the ones for prepended marks and Indic conjuncts.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

JOINER = "\u200d"
KOREAN_AFTER = {
    "L": ("L", "V", "LV", "LVT"),
    **dict.fromkeys(("V", "LV"), ("V", "T")),
    **dict.fromkeys(("T", "LVT"), ("T",)),
}
_SENTENCE_END = re.compile(r"[.?!\u2026\u3002]+[\"')\]\u00bb\u201d\u2019]*(?=\s|$)|\n")


def whole(text: str) -> str:
    """The text with halves of surrogate pairs joined, and dropped where the other half is missing:
    they could be neither shown, spoken nor saved."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def settled(text: str, at: int) -> int:
    """The nearest place at or after `at` where a caret may stand."""
    at = min(max(at, 0), len(text))
    while _is_inside(text, at):
        at += 1
    return at


def character_before(text: str, at: int) -> int:
    """Where the character that ends at `at` begins; 0 at the start of the text."""
    at = max(at - 1, 0)
    while _is_inside(text, at):
        at -= 1
    return at


def word_left(text: str, at: int) -> int:
    """Where the word before `at`, or around it, begins."""
    while at > 0 and text[at - 1].isspace():
        at -= 1
    while at > 0 and (_is_inside(text, at) or not text[at - 1].isspace()):
        at -= 1
    return at


def word_right(text: str, at: int) -> int:
    """Where the next word after `at` begins; the end of the text when there is none."""
    while at < len(text) and not text[at].isspace():
        at += 1
    while at < len(text) and text[at].isspace():
        at += 1
    return settled(text, at)


def word_at(text: str, at: int) -> tuple[int, int]:
    """Start and end of the word that begins at `at` or lies around it, or else of the one before.

    Both are `at` when there is neither.
    """
    if at == len(text) or text[at].isspace():
        start = word_left(text, at)
    else:
        start = at
        while start > 0 and not text[start - 1].isspace():
            start -= 1
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    return (start, end) if end > start else (at, at)


def sentence_at(text: str, at: int) -> str:
    """The sentence around `at`, or the last one before it where none has begun, without spaces
    around it."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    edges = [0, *ends, len(text)]
    said = [(one, two) for one, two in itertools.pairwise(edges) if text[one:two].strip()]
    begun = [part for part in said if _first(text, *part) <= at]
    chosen = (begun or said)[-1 if begun else 0] if said else (0, 0)
    return text[slice(*chosen)].strip()


def _first(text: str, start: int, end: int) -> int:
    """Where what is not space begins in that part."""
    return end - len(text[start:end].lstrip())


def _is_inside(text: str, at: int) -> bool:
    """Whether the place lies within what is seen as one character."""
    if not 0 < at < len(text):
        return False
    one, two = text[at - 1], text[at]
    if one == "\r" and two == "\n":
        return True
    if _is_control(one) or _is_control(two):
        return False
    if _extends(two) or _is_half(one, two):
        return True
    if one == JOINER:
        return unicodedata.category(two) == "So"
    if _is_flag_letter(one) and _is_flag_letter(two):
        run = at
        while run > 0 and _is_flag_letter(text[run - 1]):
            run -= 1
        return (at - run) % 2 == 1
    return _is_syllable(one, two)


def _is_control(char: str) -> bool:
    """Whether nothing can be joined to it: line breaks and the like."""
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")


def _extends(char: str) -> bool:
    """Whether it is drawn upon, or only changes, the character before."""
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char in ("\u200c", JOINER, "\uff9e", "\uff9f")
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # the colour of a skin
        or "\U000e0020" <= char <= "\U000e007f"  # the letters in a region's flag
    )


def _is_half(one: str, two: str) -> bool:
    return "\ud800" <= one <= "\udbff" and "\udc00" <= two <= "\udfff"


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_syllable(one: str, two: str) -> bool:
    """Whether both are parts of one Korean syllable (rules GB6 to GB8)."""
    return _korean(two) in KOREAN_AFTER.get(_korean(one), ())


def _korean(char: str) -> str:
    """L, V or T for a leading consonant, a vowel, a trailing one; LV, LVT for syllables; or ""."""
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "L"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "V"
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return "T"
    if "\uac00" <= char <= "\ud7a3":
        return "LVT" if (ord(char) - 0xAC00) % 28 else "LV"
    return ""
