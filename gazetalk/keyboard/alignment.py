"""How looks go with the letters of words: the walk of all words at once, and of one word back.

A word under way is a walk over its letters' keys; the log score of a walk is the log density of the
looks at these keys, the unknown common bias integrated out (a Kalman filter of one constant a
word), less the prices of what went wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.keyboard.aim import Fix, Floats, Offsets

Singles = NDArray[np.float32]
Indices = NDArray[np.intp]
Keys = NDArray[np.uint8]

NEVER = np.float32(-1e30)
LEAST_SHARED_PX2 = 1e-3  # so that a bias known exactly does not divide by zero
MISSED = 12.0  # a look this improbable (natural log) at its letter was not at it


@dataclass(frozen=True)
class Prices:
    """Probabilities of what goes wrong in spelling.

    slip: a look that missed its letter's key altogether. extra: a look that belongs to no letter,
    or a letter looked at twice. missing: a letter without a look; missing_double: the second of
    two equal letters without a look of its own. unknown: a word that the language does not know.
    """

    slip: float = 0.01
    extra: float = 0.01
    missing: float = 0.005
    missing_double: float = 0.1
    unknown: float = 0.002


@dataclass(frozen=True)
class Literal:
    """A spelling of a word that nobody knows, made of letters alone.

    log_spelling, log_looks: log P(it is spelled so), and the log density of the looks given that;
    precision, weighted: of their common bias, over x and y. log_less: it was not wanted.
    """

    word: str
    log_spelling: float
    log_looks: float
    precision: tuple[float, float]
    weighted: tuple[float, float]
    log_less: float = 0.0

    @property
    def log(self) -> float:
        """log P(the word, looks)."""
        return self.log_spelling + self.log_looks + self.log_less


@dataclass(frozen=True, eq=False)
class WordState:
    """A word under way: the looks so far and what they say. Adding a look makes a new one.

    words (A,): numbers of the words still possible; prior (A,): their log probability; passed (A,):
    log P(it was shown and not taken so often, though it is meant). The rows of
    the other arrays are alignments with -1, 0 or 1 letter more than looks: score (3, A), and for
    the common bias the precision and the weighted sum, (2, 3, A) over x and y.
    log_evidence: of the looks, over all words. literals: unknown words, the likeliest first.
    """

    fixes: tuple[Fix, ...]
    offsets: Offsets
    words: Indices
    prior: Singles
    passed: Singles
    score: Singles
    precision: Singles
    weighted: Singles
    literals: tuple[Literal, ...]

    @property
    def totals(self) -> Singles:
        """(A,) log P(word, looks, passed over | context), by the best alignment."""
        return np.asarray(self.prior + self.passed + self.score.max(axis=0))

    @property
    def log_evidence(self) -> float:
        return float(np.logaddexp(log_sum(self.totals), self.log_literals))

    @property
    def log_literals(self) -> float:
        """log P(looks, and the likeliest unknown word); all of them would drown the known ones,
        as spellings that look possible are many."""
        return max(one.log for one in self.literals) if self.fixes else float(NEVER)


class Walk:
    """One look's step of all alignments. `letters`: see `Decoder._letters_at`; `none`: the key
    number that stands for no letter."""

    def __init__(
        self,
        state: WordState,
        letters: Sequence[Keys | None],
        none: int,
        prices: Prices,
    ) -> None:
        self._state = state
        self._letters = letters
        self._none = none
        self._prices = prices
        self.score = np.full_like(state.score, NEVER)
        self.precision = state.precision.copy()
        self.weighted = state.weighted.copy()

    def match(self, row: int, residuals: Singles, own: Singles, anywhere: float) -> None:
        """The look is at the alignment's next letter, or slipped from it."""
        keys = self._letters[row]
        if keys is None:
            return
        state = self._state
        matched = state.score[row].copy()
        steps = []
        for axis in range(2):
            prior = np.float32(1.0 / max(float(state.offsets.shared_px2[axis]), LEAST_SHARED_PX2))
            variance = 1.0 / (prior + state.precision[axis, row])
            expected = variance * state.weighted[axis, row]
            variance += own[axis]
            there = residuals[axis].take(keys)
            steps.append(there / own[axis])
            there -= expected
            matched -= 0.5 * (there * there / variance + np.log(variance * (2 * np.pi)))
        slipped = state.score[row] + np.float32(math.log(self._prices.slip) + anywhere)
        hit = matched >= slipped
        self.score[row] = np.where(keys == self._none, NEVER, np.where(hit, matched, slipped))
        for axis in range(2):
            self.precision[axis, row] += hit / own[axis]
            self.weighted[axis, row] += hit * steps[axis]

    def take_extra(self, again: Singles, anywhere: float) -> None:
        """The look belongs to no new letter: an alignment with one letter less than before."""
        price = np.float32(math.log(self._prices.extra))
        for row in range(2):
            keys = self._letters[row]
            density = np.float32(anywhere) if keys is None else again.take(keys)
            extra = self._state.score[row + 1] + (price + density)
            self._take(row, extra, self._state.precision, self._state.weighted, row + 1)

    def skip_letter(self) -> None:
        """A letter goes without a look: an alignment with one letter more."""
        usual = np.float32(math.log(self._prices.missing))
        second = np.float32(math.log(self._prices.missing_double))
        for row in range(2):
            before, keys = self._letters[row], self._letters[row + 1]
            if before is None or keys is None:
                continue
            price = np.where(keys == before, second, usual)
            skipped = np.where(keys == self._none, NEVER, self.score[row] + price)
            self._take(row + 1, skipped, self.precision, self.weighted, row)

    def _take(
        self, row: int, score: Singles, precision: Singles, weighted: Singles, source: int
    ) -> None:
        """That score instead of the row's, where it is better, with the source row's bias."""
        better = np.flatnonzero(score > self.score[row])
        self.score[row, better] = score[better]
        self.precision[:, row, better] = precision[:, source, better]
        self.weighted[:, row, better] = weighted[:, source, better]


def align(
    state: WordState, keys: Sequence[int], places_px: Floats, prices: Prices
) -> tuple[list[int], list[int]]:
    """Looks and the keys they were at (pairs of numbers), by the likeliest walk along the word."""
    looked = np.array([(fix.x_px, fix.y_px) for fix in state.fixes]).reshape(-1, 2)
    if not len(looked) or not keys:
        return [], []
    expected = places_px[list(keys)] + state.offsets.mean_px[list(keys)]
    variance = state.offsets.own_px2 + state.offsets.shared_px2
    cost = 0.5 * (np.square(looked[:, None] - expected) / variance).sum(axis=2)
    stray, missing = -math.log(prices.extra) + 2.0, -math.log(prices.missing)
    rows, columns = len(looked) + 1, len(keys) + 1
    best = np.full((rows, columns), np.inf)
    way = np.zeros((rows, columns), dtype=int)
    best[0] = missing * np.arange(columns)
    way[0] = 2
    for i in range(1, rows):
        for j in range(columns):
            ways = (
                best[i - 1, j - 1] + min(cost[i - 1, j - 1], MISSED) if j else np.inf,
                best[i - 1, j] + stray,
                best[i, j - 1] + missing if j else np.inf,
            )
            way[i, j] = int(np.argmin(ways))
            best[i, j] = ways[way[i, j]]
    i, j = rows - 1, int(best[-1].argmin())
    looks, letters = [], []
    while i > 0:
        step = way[i, j]
        if step == 0 and cost[i - 1, j - 1] < MISSED:
            looks.append(i - 1)
            letters.append(keys[j - 1])
        i, j = i - (step != 2), j - (step != 1)
    return looks[::-1], letters[::-1]


def log_sum(values: Singles) -> float:
    if not len(values):
        return float(NEVER)
    highest = float(values.max())
    return highest + math.log(float(np.exp(values - highest, dtype=np.float64).sum()))
