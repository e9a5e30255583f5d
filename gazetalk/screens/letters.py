"""Letters as a font draws them: which font, which script, and in which order.

A font draws what it is given from left to right. Hebrew and Arabic are put into that order first
(Unicode's bidirectional algorithm, UAX #9) by the optional package python-bidi; without it they
stand as they were typed.
"""

from __future__ import annotations

import importlib.util
import unicodedata
from pathlib import Path

FIRST_RIGHT_TO_LEFT = "\u0590"  # no letter below it is written from the right
RIGHT_TO_LEFT = ("R", "AL")  # of Unicode's bidirectional classes
ARABIC = "Arab"  # by ISO 15924; its letters are joined


def font_file(bold: bool = False) -> Path | None:
    """DejaVu Sans as matplotlib carries it (mediapipe brings matplotlib), or None.

    It has the accents, arrows, Hebrew, Arabic and Vietnamese that pygame's own font lacks.
    """
    found = importlib.util.find_spec("matplotlib")
    for folder in (found.submodule_search_locations or []) if found else []:
        fonts = Path(folder) / "mpl-data" / "fonts" / "ttf"
        path = fonts / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
        if path.is_file():
            return path
    return None


def as_drawn(text: str) -> str:
    """The characters of a line in the order that they stand on the screen, from left to right; a
    space for each that a font cannot draw."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    if max(text, default="") < FIRST_RIGHT_TO_LEFT:
        return text
    try:
        from bidi import get_display
    except ImportError:
        return text
    return str(get_display(text))


def script_of(text: str) -> str:
    """The script to shape a line by, "" where none needs it."""
    if max(text, default="") < FIRST_RIGHT_TO_LEFT:
        return ""
    return ARABIC if any(unicodedata.bidirectional(letter) == "AL" for letter in text) else ""


def from_the_right(text: str) -> bool:
    """Whether a line begins on the right: its first letter with a direction says so."""
    if max(text, default="") < FIRST_RIGHT_TO_LEFT:
        return False
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in kinds if kind in ("L", *RIGHT_TO_LEFT)), "L") in RIGHT_TO_LEFT
