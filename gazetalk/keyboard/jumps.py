"""Whether the eyes have jumped, asked of gaze whose noise lasts.

A webcam's noise may wander: two samples `dt` apart share exp(-dt / lasts_s) of it. So a step to the
next tells far more than a distance from the mean, which noise alone may bring about slowly.
How long it lasts depends on the tracker and the light, and is measured while it goes on.
The samples are whitened (each less what the one before it lets expect); a step then has a known
shape, and the log likelihood of the best step against none is that of a matched filter with the
mean unknown (generalised likelihood ratio: S. Kay, Fundamentals of Statistical Signal Processing:
Detection Theory, 1998, ch. 6 and 12).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Gaze = tuple[float, float, float]  # seconds, x, y
# When, how long after the sample before, and both less the place where the eyes rest.
Pair = tuple[float, float, float, float, float, float]

# 0.9 from one sample to the next at 30 Hz, as measured on webcams at home; 0.7; 0.3.
LASTS_S = tuple(-(1 / 30) / math.log(keep) for keep in (0.9, 0.7, 0.3))
FLIGHT_S = 0.045  # samples so soon after the first may have caught the eyes on their way
LANDED_S = 0.12  # so long the eyes have been elsewhere before a jump is believed
NEWEST_S = 0.45  # a jump is looked for among samples not older
WINDOW_S = 2.0  # older samples tell nothing of a jump
REMEMBERED_S = 8.0  # the noise is that of the last so many seconds; ...
ENOUGH_S = 1.0  # ... the first second can only show that it is larger than usual
MEASURED_EVERY_S = 0.25
FROM_MEDIAN = 1.4826  # a normal deviation from the median of absolute values
SHORTEST_S = 1e-3  # between two samples
TINY_PX = 1e-6


@dataclass(frozen=True)
class Jump:
    """log_odds: the log likelihood of a step against none. at: the number of the first sample after
    it. length_px: how far it went."""

    log_odds: float
    at: int
    length_px: float


class Jumps:
    """Finds jumps in units of the noise of this gaze just now.

    usual_px: the standard deviation of a sample, before it is measured; least_px: never less.
    """

    def __init__(self, usual_px: float, least_px: float) -> None:
        self._usual_px = usual_px
        self._least_px = least_px
        self._pairs: deque[Pair] = deque()
        self._due_s = float("-inf")
        self.sd_px: Floats = np.full(2, usual_px)
        self.lasts_s = LASTS_S[0]

    def learn(self, before: Gaze, now: Gaze, resting_px: tuple[float, float]) -> None:
        """Two samples that follow one another while the eyes rest about there. Those at a jump may
        be among them: they are few, and the noise is a median."""
        t_s, (x_px, y_px) = now[0], resting_px
        self._pairs.append(
            (t_s, t_s - before[0], before[1] - x_px, before[2] - y_px, now[1] - x_px, now[2] - y_px)
        )
        if t_s < self._due_s:
            return
        self._due_s = t_s + MEASURED_EVERY_S
        while t_s - self._pairs[0][0] > REMEMBERED_S:
            self._pairs.popleft()
        if t_s - self._pairs[0][0] < ENOUGH_S:
            sd_px, _ = _deviation(np.array(self._pairs), self.lasts_s)
            self.sd_px = np.maximum(sd_px, self._usual_px)
            return
        pairs = np.array(self._pairs)
        found = {lasts_s: _deviation(pairs, lasts_s) for lasts_s in LASTS_S}
        self.lasts_s = min(found, key=lambda lasts_s: found[lasts_s][1])
        self.sd_px = np.maximum(found[self.lasts_s][0], self._least_px)

    def newest(self, gaze: Sequence[Gaze]) -> Jump | None:
        """The likeliest jump of late; None when it is too soon for any."""
        return self._best(gaze, gaze[-1][0] - NEWEST_S, gaze[-1][0] - LANDED_S)

    def early(self, gaze: Sequence[Gaze], within_s: float) -> Jump | None:
        """The likeliest jump in the first `within_s`."""
        begin_s = gaze[0][0]
        return self._best(gaze, begin_s, min(begin_s + within_s, gaze[-1][0] - LANDED_S))

    def _best(self, gaze: Sequence[Gaze], first_s: float, last_s: float) -> Jump | None:
        table = np.array(gaze)
        t_s = table[:, 0]
        first = max(1, int(np.searchsorted(t_s, first_s)))
        last = int(np.searchsorted(t_s, last_s, side="right"))
        at = np.arange(first, last)
        if not len(at):
            return None
        landed = np.searchsorted(t_s, t_s[at] + FLIGHT_S)
        late = landed < last
        before = np.concatenate([at, at[late]]) - 1
        after = np.concatenate([at, landed[late]])
        log_odds, steps = _steps(t_s, table[:, 1:] / self.sd_px, before, after, self.lasts_s)
        best = int(log_odds.argmax())
        length_px = float(np.hypot(*(steps[best] * self.sd_px)))
        return Jump(float(log_odds[best]), int(after[best]), length_px)


def _deviation(pairs: Floats, lasts_s: float) -> tuple[Floats, float]:
    """The noise's standard deviation (2,), were it to last so long, and how badly that explains the
    pairs (N, 6): their negative log likelihood, but for a constant, with medians for means."""
    keep, alone = _memory(pairs[:, 1], lasts_s)
    surprises = np.abs(pairs[:, 4:] - keep[:, None] * pairs[:, 2:4]) / alone[:, None]
    sd_px = FROM_MEDIAN * np.median(surprises, axis=0)
    return sd_px, float(np.log(np.maximum(sd_px, TINY_PX)).sum() + 2 * np.log(alone).mean())


def _steps(
    t_s: Floats,
    xy: Floats,
    before: NDArray[np.intp],
    after: NDArray[np.intp],
    lasts_s: float,
) -> tuple[Floats, Floats]:
    """For steps (K,) from sample `before` to sample `after` (those between them ignored): the log
    likelihood of each against no step, (K,), and its size, (K, 2).

    t_s: (N,). xy: (N, 2) in standard deviations of the noise. Least squares over the whitened
    samples with two unknowns an axis, the mean before the step and the step.
    """
    keep, alone = _memory(np.diff(t_s), lasts_s)
    white = np.vstack([xy[:1], (xy[1:] - keep[:, None] * xy[:-1]) / alone[:, None]])
    mean = np.concatenate([[1.0], (1 - keep) / alone])
    squares, products = np.cumsum(mean**2), np.cumsum(mean[:, None] * white, axis=0)
    keep, alone = _memory(t_s[after] - t_s[before], lasts_s)
    white_there = (xy[after] - keep[:, None] * xy[before]) / alone[:, None]
    mean_there, step_there = (1 - keep) / alone, 1 / alone
    later2, later = squares[-1] - squares[after], products[-1] - products[after]
    means2 = squares[before] + mean_there**2 + later2
    means = products[before] + mean_there[:, None] * white_there + later
    shared = mean_there * step_there + later2
    free = step_there**2 + later2 - shared**2 / means2
    found = step_there[:, None] * white_there + later - (shared / means2)[:, None] * means
    return 0.5 * np.square(found).sum(axis=1) / free, found / free[:, None]


def _memory(apart_s: Floats, lasts_s: float) -> tuple[Floats, Floats]:
    """What a sample keeps of the one so long before it, and the deviation of the rest."""
    keep = np.exp(-np.maximum(apart_s, SHORTEST_S) / lasts_s)
    return keep, np.sqrt(1 - keep**2)
