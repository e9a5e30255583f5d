"""The lids over time: who has shut them, who winks, and when what the eyes show cannot be read.

What counts as open follows what is seen, since light, tiredness and the head's place change it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.lids import DEFAULT_LIDS, LidModel, Measure, both_heights, heights_of
from gazetalk.tracking.types import Floats

# Both eyes have shut above the first, and opened again below the second. A glance far down comes
# to 0.65; shut eyes stay above 0.75 (puppets).
SHUT, OPENED = 0.7, 0.5
# One eye is this much more closed than the other: a wink. Winking narrows the other eye too.
APART = 0.25
# Eyes that are shut alike measure up to so much apart.
SAME = 0.1
# What counts as open follows this quantile of what is seen, by so much a second, within a range
# either way: lids that were learned (True), and others. Both eyes alike follow the median.
OPEN_QUANTILE = 0.3
OPEN_PER_S = {True: 0.01, False: 0.1}
OPEN_AT_MOST = {True: 0.25, False: 0.5}
APART_PER_S = 0.05
# The lids move while closedness has changed by more than this within MOVING_S; by more than so
# many times its jitter where that is more.
MOVING, MOVING_S = 0.12, 0.03
MOVING_JITTERS = 4.5
# Lids go on opening for so long after they count as open again (puppets: from half shut 0.07 s;
# people somewhat longer, but MOVING sees that). Slow as they are, they shift gaze by 10 to 30 mm.
SETTLE_S = 0.07
# Older than this says nothing of movement now.
FORGET_S = 0.2
# A wink does not move the pointer; an eye that stays shut longer leaves the gaze to the other.
WINK_S = 1.5


@dataclass(frozen=True)
class LidState:
    """The lids at one moment.

    right, left: closedness, 0 open to 1 shut and a little beyond; None where the eye says
    nothing. shut: both eyes are (or the only one that counts); None when none does. steady: open
    enough, and not moving, so that the eyes can be read.
    """

    t_s: float
    right: float | None = None
    left: float | None = None
    shut: bool | None = None
    steady: bool = False


class Lids:
    """Follows a person's lids. Feed it every moment, in order of time."""

    def __init__(self, model: LidModel = DEFAULT_LIDS) -> None:
        self._model = model
        per_s, most = OPEN_PER_S[model.learned], OPEN_AT_MOST[model.learned]
        self._right = _Followed(model.right, OPEN_QUANTILE, per_s, most)
        self._left = _Followed(model.left, OPEN_QUANTILE, per_s, most)
        self._apart = _Followed(model.apart, 0.5, APART_PER_S, OPEN_AT_MOST[model.learned])
        eyes = [eye.jitter for eye in (model.right, model.left) if eye is not None]
        self._both_still = _Still(min(eyes, default=0.0))
        self._apart_still = _Still(0.0 if model.apart is None else model.apart.jitter)
        self._shut = False
        self._wink_since_s: float | None = None
        self._closing = False
        self._opened_s = -math.inf

    def take(self, t_s: float, eyes: Eyes | None) -> LidState:
        """The lids now. eyes: None when they were not seen."""
        if eyes is None:
            return LidState(t_s)
        right = self._right.take(t_s, heights_of(eyes.right))
        left = self._left.take(t_s, heights_of(eyes.left))
        both = _weighed(right, left, self._model)
        if both is None:
            return LidState(t_s)
        apart = self._apart.take(t_s, both_heights(eyes)) or 0.0
        closed = (
            None if right is None else both + apart / 2,
            None if left is None else both - apart / 2,
        )
        together = both_closed(*closed)
        assert together is not None
        self._shut = together > (OPENED if self._shut else SHUT)
        still = self._both_still.take(t_s, both) & self._apart_still.take(t_s, apart)
        closing = self._winking(t_s, apart) or self._shut
        if self._closing and not closing:
            self._opened_s = t_s
        self._closing = closing
        settled = not closing and t_s - self._opened_s >= SETTLE_S
        return LidState(t_s, *closed, self._shut, still and settled and both < SHUT)

    def _winking(self, t_s: float, apart: float) -> bool:
        if abs(apart) < (APART if self._wink_since_s is None else APART / 2):
            self._wink_since_s = None
            return False
        if self._wink_since_s is None:
            self._wink_since_s = t_s
        return t_s - self._wink_since_s < WINK_S


def both_closed(right: float | None, left: float | None) -> float | None:
    """How far both eyes are closed: the mean, but less where they are further apart than noise
    makes them. One is enough; None without."""
    if right is None or left is None:
        return left if right is None else right
    return (right + left) / 2 - max(0.0, abs(right - left) - SAME)


def _weighed(right: float | None, left: float | None, model: LidModel) -> float | None:
    """Both eyes' closedness, each by the inverse of its variance; None when none says anything."""
    if right is None or model.right is None:
        return left
    if left is None or model.left is None:
        return right
    share = model.left.noise**2 / (model.right.noise**2 + model.left.noise**2)
    return share * right + (1 - share) * left


class _Followed:
    """A measure over time; what counts as 0 slowly follows a quantile of what is seen."""

    def __init__(self, measure: Measure | None, quantile: float, per_s: float, most: float) -> None:
        self._measure, self._quantile = measure, quantile
        self._per_s, self._most = per_s, most
        self._zero = 0.0
        self._last_s: float | None = None

    def take(self, t_s: float, heights: Floats) -> float | None:
        """The value now; None when the heights were not measured."""
        if self._measure is None:
            return None
        value = self._measure.of(heights)
        if not np.isfinite(value):
            return None
        step_s = 0.0 if self._last_s is None else min(t_s - self._last_s, FORGET_S)
        self._last_s = t_s
        self._zero += self._per_s * step_s * (self._quantile - (value < self._zero))
        self._zero = min(max(self._zero, -self._most), self._most)
        return (value - self._zero) / (1 - self._zero)


class _Still:
    """Whether a value has hardly changed for MOVING_S."""

    def __init__(self, jitter: float) -> None:
        self._range = max(MOVING, MOVING_JITTERS * jitter)
        self._recent: deque[tuple[float, float]] = deque()

    def take(self, t_s: float, value: float) -> bool:
        recent = self._recent
        while len(recent) > 1 and t_s - recent[1][0] >= MOVING_S:
            recent.popleft()
        if recent and t_s - recent[0][0] > FORGET_S:
            recent.clear()
        recent.append((t_s, value))
        values = [value for _, value in recent]
        return t_s - recent[0][0] >= MOVING_S and max(values) - min(values) <= self._range
