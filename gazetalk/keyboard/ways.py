"""Which way of choosing words suits a person, from how far their looks miss."""

from __future__ import annotations

import math

from gazetalk.keyboard.aim import Aim

LETTER_KEYS_A_ROW = 10
TILES_UP_TO = 0.4  # key widths: beyond, tiles are confused with the text above them


def error_in_keys(aim: Aim, width_px: int) -> float:
    """The standard deviation of the person's looks, the mean of both axes, in key widths."""
    x, y = aim.spread_px
    return math.sqrt((x * x + y * y) / 2) * LETTER_KEYS_A_ROW / width_px


def way_for(aim: Aim, width_px: int) -> str:
    """The layout to write with: "words" (live tiles) or "large" (a switch and a page of choices).

    Ask between sentences only, so that nothing moves under the eyes.
    """
    return "words" if error_in_keys(aim, width_px) <= TILES_UP_TO else "large"
