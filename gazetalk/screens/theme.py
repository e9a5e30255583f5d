"""Colours, and the font. A theme is data; drawing takes all its colours from one."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """Colours, sRGB 0..255.

    background; key and action: the two kinds of key; fill: what rises in a key that is looked at;
    outline: around keys and fields; text; muted: less important text; accent: caret, progress and
    the key under the eyes; warning: what needs attention, `on_warning` is text upon it.
    """

    background: Colour
    key: Colour
    action: Colour
    fill: Colour
    outline: Colour
    text: Colour
    muted: Colour
    accent: Colour
    warning: Colour
    on_warning: Colour


DARK = Theme(
    background=(13, 17, 23),
    key=(28, 35, 45),
    action=(22, 29, 40),
    fill=(24, 78, 119),
    outline=(116, 130, 148),
    text=(241, 244, 248),
    muted=(178, 188, 200),
    accent=(122, 200, 255),
    warning=(255, 196, 87),
    on_warning=(32, 20, 0),
)

RESTING = Theme(
    background=(5, 6, 8),
    key=(10, 12, 15),
    action=(10, 12, 15),
    fill=(18, 40, 60),
    outline=(98, 106, 118),
    text=(176, 184, 194),
    muted=(150, 158, 168),
    accent=(112, 168, 208),
    warning=(224, 170, 72),
    on_warning=(32, 20, 0),
)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance of an sRGB colour, 0..1 (WCAG 2.2, "relative luminance")."""
    shares = (channel / 255 for channel in colour)
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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
