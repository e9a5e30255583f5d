"""How fast a person will write with each method, predicted from an assessment's figures.

A selection takes the eyes' reaction and half a second of rest, longer by what is lost of that; how
many selections a character costs depends on how far looks miss, and for some methods on long blinks
or on how often a look at half of the screen is there. The numbers below are fitted to simulated
typists on the real keyboards (`gazetalk bench assess --fit`); people are not simulations, so that
what is said of rates is an order more than a promise.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, replace

import numpy as np

from gazetalk.clinic.assess import LOOK_S, Figures, Side
from gazetalk.geometry import Screen
from gazetalk.keyboard.ways import LETTER_KEYS_A_ROW

QWERTY, WORDS, LARGE, TWO_ZONE = "qwerty", "words", "large", "two-zone"
METHODS = (QWERTY, WORDS, LARGE, TWO_ZONE)
CHARACTERS_A_WORD = 5
USUAL_REACTION_S = 0.25  # where it was not measured; with LOOK_S the bench's 0.75 s a selection
USUAL_BLINKS = 0.9  # share of long blinks that are seen, where nobody asked for any
# Two zones, as shares of the screen's width and height: from a key's middle to its inner edge, to
# the other key's inner edge, and down to the commands.
TO_EDGE, TO_OTHER, DOWN = 0.17, 0.49, 0.455


@dataclass(frozen=True)
class SideEyes:
    """Looks at one side. inward: their bias towards the other side, down: downwards; with the
    spread of each."""

    inward: float
    spread_x: float
    down: float
    spread_y: float

    def scaled(self, by: float) -> SideEyes:
        return SideEyes(*(value * by for value in astuple(self)))


@dataclass(frozen=True)
class Eyes:
    """What rates depend on.

    bias, spread: of looks per axis, key widths (see `assess.Looks`). sides: at the left and the
    right key of two zones, as shares of the screen's width and height. blinks: share of long blinks
    seen. selection_s: what one selection takes.
    """

    bias: float
    spread: float
    sides: tuple[SideEyes, ...]
    blinks: float
    selection_s: float

    def scaled(self, by: float) -> Eyes:
        """The same with all errors so many times as large."""
        return replace(
            self,
            bias=self.bias * by,
            spread=self.spread * by,
            sides=tuple(side.scaled(by) for side in self.sides),
        )


@dataclass(frozen=True)
class Table:
    """Selections a character at errors, key widths, both rising; beyond the last it grows on as
    between the last two. fails_from: the error from which the method fails. bias_counts: how much
    of a bias' square is error: most of it is learned while writing."""

    errors: tuple[float, ...]
    selections: tuple[float, ...]
    fails_from: float
    bias_counts: float

    def error(self, eyes: Eyes) -> float:
        return math.sqrt(eyes.spread**2 + self.bias_counts * eyes.bias**2)

    def at(self, error: float) -> float:
        """Selections a character, interpolated in logarithms."""
        if error <= self.errors[-1]:
            return float(np.exp(np.interp(error, self.errors, np.log(self.selections))))
        slope = math.log(self.selections[-1] / self.selections[-2]) / (
            self.errors[-1] - self.errors[-2]
        )
        return self.selections[-1] * math.exp(slope * (error - self.errors[-1]))


@dataclass(frozen=True)
class Predicted:
    """wpm: words a minute. fails: more than a few words would not come out."""

    wpm: float
    fails: bool


# Fitted; see above.
TABLES = {
    QWERTY: Table((0.1, 0.3, 0.4), (1.05, 1.3, 3.0), 0.4, 1.0),
    WORDS: Table((0.1, 0.3, 0.5, 0.8), (0.4, 0.5, 0.8, 4.0), 0.6, 0.2),
    LARGE: Table((0.1, 0.5, 1.0, 1.6), (0.55, 0.6, 0.9, 3.0), 1.4, 0.2),
}
A_BLINK = 0.15  # long blinks a character with `large`, each done again when it is not seen
A_SIDE = 1.54  # answers a character with two zones
HITS_NEEDED = 0.45  # of looks at a side
# Deviation of the logarithm of an error as it is felt while writing from the one that was measured.
DOUBT = 0.15


def eyes_of(figures: Figures) -> Eyes | None:
    """What rates depend on; None without enough looks. Somebody who tires is taken as they were in
    the last third."""
    looks = figures.looks
    if looks is None:
        return None
    screen = figures.screen
    key_mm = screen.width_mm / LETTER_KEYS_A_ROW
    loss = min(figures.accuracy.data_loss or 0.0, 0.9)
    reaction_s = figures.reaction.median_s if figures.reaction else USUAL_REACTION_S
    blinking = figures.blinking
    # As if one and a bit more had been asked for: six of six are not all of all.
    blinks = (blinking.found + 1) / (blinking.asked + 1.2) if blinking else USUAL_BLINKS
    (bias_x, bias_y), (spread_x, spread_y) = looks.bias_mm, looks.spread_mm
    eyes = Eyes(
        math.hypot(bias_x, bias_y) / math.sqrt(2) / key_mm,
        math.hypot(spread_x, spread_y) / math.sqrt(2) / key_mm,
        tuple(_side_eyes(side, screen) for side in figures.sides),
        blinks,
        reaction_s + LOOK_S / (1 - loss),
    )
    return eyes.scaled(grown(figures))


def _side_eyes(side: Side, screen: Screen) -> SideEyes:
    (x, y), (spread_x, spread_y) = side.bias_mm, side.spread_mm
    inward = x if side.name == "left" else -x
    return SideEyes(
        inward / screen.width_mm,
        spread_x / screen.width_mm,
        y / screen.height_mm,
        spread_y / screen.height_mm,
    )


def grown(figures: Figures) -> float:
    """How many times larger errors are at the end than on the whole. A third has few targets, so
    that only the larger part of what they say is taken, and rest is not expected to do harm."""
    tiring = figures.tiring
    if tiring is None or min(tiring.first_mm, tiring.last_mm) <= 0:
        return 1.0
    return max(1.0, (tiring.last_mm / tiring.first_mm) ** GROWTH)


GROWTH = 0.4


def predict(eyes: Eyes, method: str) -> Predicted:
    """The rate of a method of `METHODS`."""
    if method == TWO_ZONE:
        hits = side_hits(eyes)
        # The worse side is asked for half of the time.
        selections, fails = A_SIDE / math.sqrt(max(hits, 0.05)), hits < HITS_NEEDED
    else:
        table = TABLES[method]
        error = table.error(eyes)
        selections, fails = table.at(error), error >= table.fails_from
        if method == LARGE:
            selections += A_BLINK * (1 / max(eyes.blinks, 0.05) - 1)
    return Predicted(60 / (selections * CHARACTERS_A_WORD * eyes.selection_s), fails)


def side_hits(eyes: Eyes) -> float:
    """The share of looks at a side that are taken for it, less those that are taken for the other,
    at the side where that is worse. Without looks at both nothing is known: none."""
    if len(eyes.sides) < 2:
        return 0.0
    return min(_hits(side) for side in eyes.sides)


def _hits(side: SideEyes) -> float:
    inside = _below(TO_EDGE, side.inward, side.spread_x)
    other = 1 - _below(TO_OTHER, side.inward, side.spread_x)
    return max(0.0, inside - other) * _below(DOWN, side.down, side.spread_y)


def _below(limit: float, mean: float, deviation: float) -> float:
    """P(a normal value < limit)."""
    return 0.5 * (1 + math.erf((limit - mean) / max(deviation, 1e-9) / math.sqrt(2)))
