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
from gazetalk.tracking.types import Floats

QWERTY, WORDS, LARGE, TWO_ZONE = "qwerty", "words", "large", "two-zone"
METHODS = (QWERTY, WORDS, LARGE, TWO_ZONE)
CHARACTERS_A_WORD = 5
USUAL_REACTION_S = 0.25  # where it was not measured; with LOOK_S the bench's 0.75 s a selection
USUAL_PLACE = 0.25  # of the spread's variance, where no place was asked for twice (as `aiming`)
MOST_PLACE = 0.98  # of the spread: no two looks are the same
USUAL_BLINKS = 0.9  # share of long blinks that are seen, where nobody asked for any, ...
USUALLY_ASKED = 4  # ... as well known as by so many
MORE_BLINKS = 1.2
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

    bias, own, place: of looks per axis, key widths: what all have in common, what is another each
    time, what belongs to the place (see `assess.Looks`). sides: at the left and the
    right key of two zones, as shares of the screen's width and height. blinks: share of long blinks
    seen. selection_s: what one selection takes.
    """

    bias: float
    own: float
    place: float
    sides: tuple[SideEyes, ...]
    blinks: float
    selection_s: float
    blinks_asked: int = 0

    @property
    def blinks_beta(self) -> tuple[float, float]:
        """What is known of `blinks`, as a beta distribution's a and b."""
        known = (self.blinks_asked or USUALLY_ASKED) + MORE_BLINKS
        return max(self.blinks * known, 0.1), max((1 - self.blinks) * known, 0.1)

    def scaled(self, by: float) -> Eyes:
        """The same with all errors so many times as large."""
        return replace(
            self,
            bias=self.bias * by,
            own=self.own * by,
            place=self.place * by,
            sides=tuple(side.scaled(by) for side in self.sides),
        )


@dataclass(frozen=True)
class Table:
    """Selections a character at errors, key widths, both rising; beyond the last it grows on as
    between the last two. bias_counts, place_counts: how much of their squares is error: a bias is
    learned while writing, a place that is always missed stays so."""

    errors: tuple[float, ...]
    selections: tuple[float, ...]
    bias_counts: float
    place_counts: float

    def error(self, eyes: Eyes) -> float:
        bias, place = self.bias_counts * eyes.bias**2, self.place_counts * eyes.place**2
        return math.sqrt(eyes.own**2 + bias + place)

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


# Fitted to 127 simulated people of the half that is not held out: 90 who wrote 16 phrases (seed 11)
# and 37 who wrote 32 to 40 (seeds 51 and 53). Selections are off by 36 % (words) and 22 % (large)
# for those who do not fail, more the larger the error. `gazetalk bench assess --fit` makes them
# anew. A method fails from so many selections a character (`FAILS`).
TABLES = {
    QWERTY: Table((0.1, 0.2, 0.3, 0.4, 0.5, 0.7), (1.02, 1.05, 1.28, 1.93, 3.01, 4.82), 1.0, 3.0),
    WORDS: Table(
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0),
        (0.373, 0.41, 0.505, 0.692, 1.06, 2.03, 3.3, 4.68),
        *(0.2, 1.0),
    ),
    LARGE: Table(
        (0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.8, 2.3),
        (0.563, 0.563, 0.624, 0.708, 0.872, 1.08, 1.44, 2.09, 3.22),
        *(0.75, 3.0),
    ),
}
A_BLINK = 0.15  # long blinks a character with `large`, each done again when it is not seen
A_SIDE = 1.38  # answers a character with two zones, each so many looks (see `side_looks`)
MOST_LOOKS = 100.0
FAILS = {QWERTY: 8.2, WORDS: 1.9, LARGE: 2.1, TWO_ZONE: 6.0}
MOST_WRONG = 0.35
# Deviations of logarithms: of an error as it is felt while writing from the one that was measured,
# with all methods alike and with each by itself; of a method's selections from its table.
DOUBT, OWN_DOUBT = 0.2, 0.25
OFF = 0.12
# How much harder the sentences of a trial (`trying.ROUNDS`) are than others, and how far a
# trial's selections lie from what the person needs on the whole; both as logarithms. It lies
# farther off in proportion to how many more selections are needed than by exact eyes (`EASIEST`),
# up to so many times.
HARDER = {QWERTY: 0.0, WORDS: 0.1, LARGE: 0.1, TWO_ZONE: 0.27}
TRIED_OFF = {QWERTY: 0.1, WORDS: 0.11, LARGE: 0.12, TWO_ZONE: 0.08}
EASIEST = {**{method: table.selections[0] for method, table in TABLES.items()}, TWO_ZONE: A_SIDE}
MOST_TIMES = 4.0
# How much of what the last third says of tiring is believed, as an exponent.
GROWTH = 0.5


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
    blinks = (blinking.found + 1) / (blinking.asked + MORE_BLINKS) if blinking else USUAL_BLINKS
    (bias_x, bias_y), (spread_x, spread_y) = looks.bias_mm, looks.spread_mm
    spread_mm = math.hypot(spread_x, spread_y) / math.sqrt(2)
    usual_mm = spread_mm * math.sqrt(USUAL_PLACE)
    place_mm = min(usual_mm if looks.place_mm is None else looks.place_mm, MOST_PLACE * spread_mm)
    eyes = Eyes(
        math.hypot(bias_x, bias_y) / math.sqrt(2) / key_mm,
        math.sqrt(spread_mm**2 - place_mm**2) / key_mm,
        place_mm / key_mm,
        tuple(_side_eyes(side, screen) for side in figures.sides),
        blinks,
        reaction_s + LOOK_S / (1 - loss),
        blinking.asked if blinking else 0,
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


def predict(eyes: Eyes, method: str) -> Predicted:
    """The rate of a method of `METHODS`."""
    selections = selections_of(eyes, method)
    rate = 60 / (selections * CHARACTERS_A_WORD * eyes.selection_s)
    return Predicted(rate, selections >= FAILS[method])


def selections_of(eyes: Eyes, method: str) -> float:
    """Selections (with two zones: answers) a character that a method of `METHODS` needs."""
    if method == TWO_ZONE:
        return A_SIDE * min(side_looks(eyes), MOST_LOOKS)
    table = TABLES[method]
    selections = table.at(table.error(eyes))
    return selections + (float(again(np.array(eyes.blinks))) if method == LARGE else 0.0)


def again(blinks: Floats) -> Floats:
    """Long blinks a character with `large` that are done again; blinks: the share that is seen."""
    return np.asarray(A_BLINK * (1 / np.maximum(blinks, 0.05) - 1))


def side_looks(eyes: Eyes) -> float:
    """How many looks an answer with two zones costs, one being what exact eyes need.

    A look that lands on neither key is looked again; answers that are sometimes wrong tell as much
    less as the capacity of a binary symmetric channel is less than a bit, which is what
    `gazetalk bench typing --method two-zone` measures (1.4, 1.9, 2.4 and 5.0 answers a character
    at 0, 5, 10 and 20 % wrong). Without looks at both sides nothing is known: infinitely many.
    """
    if len(eyes.sides) < 2:
        return math.inf
    hits, slips = zip(*(_landing(side) for side in eyes.sides), strict=True)
    landed = [max(hit + slip, 1e-3) for hit, slip in zip(hits, slips, strict=True)]
    wrong = sum(slip / all_ for slip, all_ in zip(slips, landed, strict=True)) / 2
    if wrong >= MOST_WRONG:
        return math.inf
    return sum(1 / all_ for all_ in landed) / 2 / _capacity(wrong)


def _landing(side: SideEyes) -> tuple[float, float]:
    """The shares of looks at a side's key that land on it and on the other."""
    on_keys = _below(DOWN, side.down, side.spread_y)
    inside = _below(TO_EDGE, side.inward, side.spread_x)
    return inside * on_keys, (1 - _below(TO_OTHER, side.inward, side.spread_x)) * on_keys


def _capacity(wrong: float) -> float:
    """Bits of an answer that is wrong so often (0..0.5, excluded)."""
    if wrong <= 1e-9:
        return 1.0
    return 1 + wrong * math.log2(wrong) + (1 - wrong) * math.log2(1 - wrong)


def _below(limit: float, mean: float, deviation: float) -> float:
    """P(a normal value < limit)."""
    return 0.5 * (1 + math.erf((limit - mean) / max(deviation, 1e-9) / math.sqrt(2)))
