"""Colours. A theme is data; drawing takes all its colours from one.

Every theme keeps to `pairs`: text at least 7:1, outlines and shapes at least 3:1 against what they
lie on (WCAG 2.2: 1.4.6 and 1.4.11). A test computes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Colours:
    """A theme's two states: while somebody writes, and at rest, when little light is wanted."""

    awake: Theme
    resting: Theme


DARK = Theme(
    background=(13, 17, 23),
    key=(28, 35, 45),
    action=(22, 29, 40),
    fill=(18, 60, 94),
    outline=(116, 130, 148),
    text=(241, 244, 248),
    muted=(178, 188, 200),
    accent=(146, 210, 255),
    warning=(255, 196, 87),
    on_warning=(32, 20, 0),
)

RESTING = Theme(
    background=(5, 6, 8),
    key=(10, 12, 15),
    action=(10, 12, 15),
    fill=(14, 32, 48),
    outline=(98, 106, 118),
    text=(176, 184, 194),
    muted=(150, 158, 168),
    accent=(126, 182, 222),
    warning=(224, 170, 72),
    on_warning=(32, 20, 0),
)

# Paper rather than glare; at rest it darkens, since a bright screen in a dark room does not rest.
LIGHT = Colours(
    Theme(
        background=(238, 236, 231),
        key=(253, 252, 250),
        action=(226, 230, 236),
        fill=(190, 216, 240),
        outline=(104, 112, 124),
        text=(22, 26, 33),
        muted=(66, 72, 82),
        accent=(0, 56, 108),
        warning=(118, 44, 0),
        on_warning=(255, 250, 244),
    ),
    Theme(
        background=(44, 45, 48),
        key=(50, 51, 55),
        action=(50, 51, 55),
        fill=(30, 54, 78),
        outline=(146, 150, 158),
        text=(226, 227, 230),
        muted=(210, 212, 216),
        accent=(178, 218, 250),
        warning=(255, 206, 120),
        on_warning=(36, 22, 0),
    ),
)

HIGH_CONTRAST = Colours(
    Theme(
        background=(0, 0, 0),
        key=(0, 0, 0),
        action=(0, 0, 0),
        fill=(0, 62, 132),
        outline=(176, 176, 176),
        text=(255, 255, 255),
        muted=(222, 222, 222),
        accent=(0, 255, 255),
        warning=(255, 235, 0),
        on_warning=(0, 0, 0),
    ),
    Theme(
        background=(0, 0, 0),
        key=(0, 0, 0),
        action=(0, 0, 0),
        fill=(0, 34, 66),
        outline=(140, 140, 140),
        text=(214, 214, 214),
        muted=(184, 184, 184),
        accent=(0, 224, 224),
        warning=(230, 206, 0),
        on_warning=(0, 0, 0),
    ),
)

# Little blue light, for the evening: no colour has more than six tenths of its red in blue.
LOW_BLUE = Colours(
    Theme(
        background=(24, 16, 8),
        key=(46, 32, 18),
        action=(37, 25, 13),
        fill=(88, 44, 6),
        outline=(156, 128, 88),
        text=(255, 232, 152),
        muted=(216, 190, 126),
        accent=(255, 208, 92),
        warning=(255, 158, 88),
        on_warning=(32, 14, 0),
    ),
    Theme(
        background=(9, 6, 3),
        key=(17, 12, 7),
        action=(17, 12, 7),
        fill=(48, 24, 4),
        outline=(124, 102, 70),
        text=(200, 178, 118),
        muted=(176, 156, 104),
        accent=(224, 178, 74),
        warning=(222, 138, 76),
        on_warning=(28, 12, 0),
    ),
)


def colours_of(name: str) -> Colours:
    """A theme by its name. Raises KeyError for a name that is not in `theme_names`."""
    return _named()[name]


def theme_names() -> tuple[str, ...]:
    """The themes there are, the usual one first."""
    return tuple(_named())


def _named() -> dict[str, Colours]:
    dark = Colours(DARK, RESTING)
    return {"dark": dark, "light": LIGHT, "high-contrast": HIGH_CONTRAST, "low-blue": LOW_BLUE}


TEXT_CONTRAST = 7.0
SHAPE_CONTRAST = 3.0


def pairs(theme: Theme) -> Iterator[tuple[str, Colour, Colour, float]]:
    """All that is drawn upon something else: in words, both colours, the least contrast."""
    on_keys = {"background": theme.background, "key": theme.key, "action": theme.action}
    grounds = {**on_keys, "fill": theme.fill}
    for name, ground in grounds.items():
        yield f"text on {name}", theme.text, ground, TEXT_CONTRAST
        # The word under way is written in it, on keys that fill.
        yield f"accent on {name}", theme.accent, ground, TEXT_CONTRAST
    for name, ground in on_keys.items():
        yield f"outline on {name}", theme.outline, ground, SHAPE_CONTRAST
        yield f"warning on {name}", theme.warning, ground, SHAPE_CONTRAST
        yield f"muted on {name}", theme.muted, ground, SHAPE_CONTRAST
    yield "warning words", theme.warning, theme.background, TEXT_CONTRAST
    yield "muted words", theme.muted, theme.background, TEXT_CONTRAST
    yield "text on warning", theme.on_warning, theme.warning, TEXT_CONTRAST
    yield "bell that fills", theme.warning, theme.fill, SHAPE_CONTRAST


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
