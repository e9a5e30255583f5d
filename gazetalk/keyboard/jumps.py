"""Whether the eyes have jumped, asked of gaze whose noise lasts.

A webcam's noise wanders: two samples `dt` apart share exp(-dt / LASTS_S) of it. So a step between
two samples tells far more than a distance from the mean, which noise alone may bring about slowly.
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

LASTS_S = -(1 / 30) / math.log(0.9)  # 0.9 from one sample to the next at 30 Hz, measured
FLIGHT_S = 0.045  # samples so soon after the first may have caught the eyes on their way
LANDED_S = 0.12  # so long the eyes have been elsewhere before a jump is believed
NEWEST_S = 0.45  # a jump is looked for among samples not older
WINDOW_S = 2.0  # older samples tell nothing of a jump
REMEMBERED_S = 8.0  # the noise is that of the last so many seconds; ...
ENOUGH_S = 1.0  # ... the first second can only show that it is larger than usual
MEASURED_EVERY_S = 0.25
FROM_MEDIAN = 1.4826  # a normal deviation from the median of absolute values
SHORTEST_S = 1e-3  # between two samples


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
        self._surprises: deque[Gaze] = deque()
        self._due_s = float("-inf")
        self.sd_px: Floats = np.full(2, usual_px)

    def learn(self, before: Gaze, now: Gaze, resting_px: tuple[float, float]) -> None:
        """Two samples that follow one another while the eyes rest about there. Those at a jump may
        be among them: they are few, and the noise is a median."""
        keep = math.exp(-max(now[0] - before[0], SHORTEST_S) / LASTS_S)
        alone = math.sqrt(1 - keep * keep)
        x, y = (
            abs(now[axis + 1] - place - keep * (before[axis + 1] - place)) / alone
            for axis, place in enumerate(resting_px)
        )
        t_s = now[0]
        self._surprises.append((t_s, x, y))
        if t_s < self._due_s:
            return
        self._due_s = t_s + MEASURED_EVERY_S
        while t_s - self._surprises[0][0] > REMEMBERED_S:
            self._surprises.popleft()
        median = FROM_MEDIAN * np.median(np.array(self._surprises)[:, 1:], axis=0)
        enough = t_s - self._surprises[0][0] >= ENOUGH_S
        self.sd_px = np.maximum(median, self._least_px if enough else self._usual_px)

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
        log_odds, steps = _steps(t_s, table[:, 1:] / self.sd_px, before, after)
        best = int(log_odds.argmax())
        length_px = float(np.hypot(*(steps[best] * self.sd_px)))
        return Jump(float(log_odds[best]), int(after[best]), length_px)


def _steps(
    t_s: Floats, xy: Floats, before: NDArray[np.intp], after: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """For steps (K,) from sample `before` to sample `after` (those between them ignored): the log
    likelihood of each against no step, (K,), and its size, (K, 2).

    t_s: (N,). xy: (N, 2) in standard deviations of the noise. Least squares over the whitened
    samples with two unknowns an axis, the mean before the step and the step.
    """
    keep, alone = _memory(np.diff(t_s))
    white = np.vstack([xy[:1], (xy[1:] - keep[:, None] * xy[:-1]) / alone[:, None]])
    mean = np.concatenate([[1.0], (1 - keep) / alone])
    squares, products = np.cumsum(mean**2), np.cumsum(mean[:, None] * white, axis=0)
    keep, alone = _memory(t_s[after] - t_s[before])
    white_there = (xy[after] - keep[:, None] * xy[before]) / alone[:, None]
    mean_there, step_there = (1 - keep) / alone, 1 / alone
    later2, later = squares[-1] - squares[after], products[-1] - products[after]
    means2 = squares[before] + mean_there**2 + later2
    means = products[before] + mean_there[:, None] * white_there + later
    shared = mean_there * step_there + later2
    free = step_there**2 + later2 - shared**2 / means2
    found = step_there[:, None] * white_there + later - (shared / means2)[:, None] * means
    return 0.5 * np.square(found).sum(axis=1) / free, found / free[:, None]


def _memory(apart_s: Floats) -> tuple[Floats, Floats]:
    """What a sample keeps of the one so long before it, and the deviation of the rest."""
    keep = np.exp(-np.maximum(apart_s, SHORTEST_S) / LASTS_S)
    return keep, np.sqrt(1 - keep**2)
