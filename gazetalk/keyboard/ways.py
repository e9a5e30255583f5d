"""Which way of choosing words suits a person, from how far their looks miss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.layout import Layout

LETTER_KEYS_A_ROW = 10
# Key widths: beyond, six large words take fewer looks (0.75 a character at 0.5, 0.85 with tiles).
TILES_UP_TO = 0.4
STAY = 0.1  # the way there is stays while the error is beyond by no more than this share
WORDS, LARGE = "words", "large"


@dataclass(frozen=True)
class Way:
    """A way of writing. name: "words" or "large". error_keys: how far looks miss, key widths.
    reason: why this one, for people."""

    name: str
    error_keys: float
    reason: str


class Ways:
    """The layouts to write with, and which of them is used now.

    layouts: by the ways' names, for the same letters.
    """

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self._layouts = layouts
        self.name = ""

    def decide(self, aim: Aim, width_px: int) -> Way | None:
        """What suits that aim; None when it is in use already. Ask between sentences only, so that
        nothing moves under the eyes."""
        error_keys = error_in_keys(aim, width_px)
        name = way_for(aim, width_px, self.name)
        if name == self.name:
            return None
        self.name = name
        chosen = "words to look at" if name == WORDS else "a switch, and six large words"
        return Way(name, error_keys, f"looks miss by {error_keys:.2f} of a key: {chosen}")

    @property
    def layout(self) -> Layout:
        """The layout in use; tiles before anything was decided."""
        return self._layouts[self.name or WORDS]


def error_in_keys(aim: Aim, width_px: int) -> float:
    """The standard deviation of the person's looks, the mean of both axes, in key widths."""
    x, y = aim.spread_px
    return math.sqrt((x * x + y * y) / 2) * LETTER_KEYS_A_ROW / width_px


def way_for(aim: Aim, width_px: int, now: str = "") -> str:
    """The way to write: "words" (live tiles) or "large" (a switch and a page of choices).

    now: the way in use, which is left only for a clear reason; "" for none.
    """
    bound = TILES_UP_TO * {WORDS: 1 + STAY, LARGE: 1 - STAY}.get(now, 1.0)
    return WORDS if error_in_keys(aim, width_px) <= bound else LARGE
