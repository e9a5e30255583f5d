"""What rates are likely, from what was measured and what was tried.

People are drawn who could have been measured so: their errors somewhat smaller or larger than
measured, their rates somewhat beside the predicted ones. Each of them would have come so far when
ways of writing were tried; how near that is to what came out is their weight (importance sampling,
as a Bayesian particle filter's one step: Gordon et al., IEE Proc. F 1993).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gazetalk.clinic.rates import (
    CHARACTERS_A_WORD,
    DOUBT,
    EASIEST,
    FAILS,
    HARDER,
    LARGE,
    METHODS,
    MOST_TIMES,
    OFF,
    OWN_DOUBT,
    TRIED_OFF,
    Eyes,
    again,
    selections_of,
)
from gazetalk.tracking.types import Floats

DRAWN = 4000
GRID = np.linspace(-5, 5, 41)  # deviations of the common error at which rates are predicted
TELLS_S = 45.0  # a trial that a helper ended later than that tells of the rate
ODD = 0.02  # so likely, against one as expected, is a trial that tells nothing
SEED = 8  # the same people each time


@dataclass(frozen=True)
class Trial:
    """A way of writing that was tried on a few sentences.

    right: characters of what was asked that came out right; of so many asked. seconds: it took,
    from the page's coming. finished: it came to the end. time_up: it was given up for the time it
    took; neither of both, a helper went on. wrong: characters that were left wrong, with those of
    practice.
    """

    layout: str
    right: int
    asked: int
    seconds: float
    finished: bool
    time_up: bool
    wrong: int = 0

    @property
    def wpm(self) -> float | None:
        """Words a minute of what is right; None before any time has passed."""
        return self.right / CHARACTERS_A_WORD / self.seconds * 60 if self.seconds > 0 else None

    @property
    def tells(self) -> bool:
        """It lasted long enough to tell of the method's rate."""
        return self.finished or self.time_up or self.seconds >= TELLS_S

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "wpm": self.wpm}


@dataclass(frozen=True)
class Likely:
    """People who may be this one. wpm, fails: (methods, people), in the order of `METHODS`;
    weights: (people,), of sum 1."""

    wpm: Floats
    fails: np.ndarray
    weights: Floats

    def failing(self) -> Floats:
        """The share of them that fails, by method."""
        return np.minimum(self.fails @ self.weights, 1.0)

    def best(self) -> Floats:
        """The share of them that writes fastest with each method; those who fail with all of them
        are in none."""
        rates = np.where(self.fails, 0.0, self.wpm)
        first = (rates == rates.max(axis=0)) & (rates > 0)
        return np.minimum(first @ self.weights, 1.0)

    def mean(self) -> Floats:
        """Words a minute, by method, of those who do not fail, or of all where all do."""
        shares = np.where(self.fails, 1e-9, 1.0) * self.weights
        return np.asarray((self.wpm * shares).sum(axis=1) / shares.sum(axis=1))

    def quantile(self, share: float) -> Floats:
        """What that share of them does not exceed, words a minute, by method."""
        found = []
        for wpm in self.wpm:
            order = np.argsort(wpm)
            at = np.searchsorted(np.cumsum(self.weights[order]), share)
            found.append(wpm[order][min(int(at), len(order) - 1)])
        return np.array(found)


def likely(eyes: Eyes, targets: int, trials: Sequence[Trial] = ()) -> Likely:
    """Who somebody may be whose eyes were measured at so many targets, and who wrote that."""
    selections = _drawn(eyes, targets)
    a_minute = 60 / (CHARACTERS_A_WORD * eyes.selection_s)
    logs = np.zeros(DRAWN)
    for trial in trials:
        if not trial.tells or trial.layout not in METHODS:
            continue
        # Where nothing came out, it was less than one character.
        told = a_minute / (max(trial.right, 1) / CHARACTERS_A_WORD / trial.seconds * 60)
        row = selections[METHODS.index(trial.layout)]
        times = np.clip(row / EASIEST[trial.layout], 1.0, MOST_TIMES)
        off = TRIED_OFF[trial.layout] * times
        away = (np.log(told / row) - HARDER[trial.layout]) / off
        logs += np.log(np.exp(-0.5 * away**2) / off + ODD)
    weights = np.exp(logs - logs.max())
    limits = np.array([[FAILS[method]] for method in METHODS])
    return Likely(a_minute / selections, selections >= limits, weights / weights.sum())


def _drawn(eyes: Eyes, targets: int) -> Floats:
    """Selections a character of people who could have been measured so, (methods, people)."""
    random = np.random.default_rng(SEED)
    # An error's logarithm is known to 1 / sqrt(2 n) of n independent values; of one target's looks
    # hardly more than one is, on each of two axes.
    deviation = math.hypot(DOUBT, 1 / math.sqrt(4 * targets))
    common = random.normal(0, 1, DRAWN)
    blinks = random.beta(*eyes.blinks_beta, DRAWN)
    rows = []
    for method in METHODS:
        steps = [replace(eyes, blinks=1.0).scaled(math.exp(deviation * step)) for step in GRID]
        at = [selections_of(one, method) for one in steps]
        own = random.normal(0, OWN_DOUBT / deviation, DRAWN)
        row = np.interp(common + own, GRID, np.log(at)) + random.normal(0, OFF, DRAWN)
        rows.append(np.exp(row) + (again(blinks) if method == LARGE else 0.0))
    return np.array(rows)
