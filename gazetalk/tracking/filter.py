"""From gaze samples to a pointer: steady while the eyes rest, immediate when they jump.

While the eyes rest the pointer is the mean of what they saw there, older samples counting less and
less. Whether they have jumped is asked of the newest 70 ms as a whole: these are compared with
where noise that lasts would have carried the gaze by now, in units of how far this person's gaze
usually strays from that. Only samples that a jump has not claimed join the mean. (After Špakov,
Comparison of eye movement filters used in HCI, ETRA 2012: averages that know the state of the eyes
follow best.)
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.noise import NOISE_LASTS_S, NoiseMeter, variance_left
from gazetalk.tracking.types import Floats, GazeSample

# Gaze older than this is no gaze; a jump is not pieced together across such a gap.
STALE_S = 0.15
# After a longer loss the eyes may be anywhere: a new fixation begins. Until then what is seen is
# judged as a jump or none: one sample alone, after a long blink, errs by 10 to 30 mm (puppets).
LOST_S = 1.5
# What was seen this long ago counts 1/e of what is seen now. The mean then has 0.46 of a sample's
# deviation when the eyes rest long, and follows a head that slowly moves.
FORGET_S = 1.2
# A jump is believed when samples this far apart agree about it: three at 30 Hz, two at 15 Hz.
JUMP_S = 0.055
# So long a sample waits, to see whether it begins a jump, before it joins the mean.
WAIT_S = 0.08
# Elsewhere: so many deviations from the place expected, and at least this far.
JUMP_SPREADS = 4.0
LEAST_JUMP_MM = 8.0
# Eyes that come back from a blink mostly look where they did: for so long after a loss what is less
# than this moves the mean at its own pace (lids shift gaze by up to 18 mm; a key is wider).
BACK_S, BACK_MM = 0.5, 22.0
# Landed, no longer on the way: this much nearer to the newest samples than to the old place.
LANDED = 0.4
# A single sample this much further out than a jump is wild, and left out of the mean.
WILD = 1.5
# No sample stands for more time than this, however long nothing was seen before it.
LONGEST_STEP_S = 0.1
# A point this far from the screen's corner is no gaze but a fault.
NOWHERE_MM = 10_000.0
# The person's noise counts in a fixation's covariance as much as so many independent samples.
PRIOR_WORTH = 2.0


@dataclass(frozen=True)
class Pointer:
    """The filtered gaze. fixation_start_s: since when the eyes have rested here.

    fresh: the newest sample was valid and is not older than STALE_S.
    """

    t_s: float
    x_px: float
    y_px: float
    fixation_start_s: float
    fresh: bool


Covariance = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Fixation:
    """A finished rest of the eyes.

    x_px, y_px: its centre. covariance_px2: (2, 2) of one sample about the place looked at.
    centre_px2: (2, 2) of the centre; because noise lasts it is that of few independent samples
    (the tracker's bias is in neither).
    """

    start_s: float
    end_s: float
    x_px: float
    y_px: float
    covariance_px2: Covariance
    centre_px2: Covariance
    samples: int

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, eq=False)
class _Seen:
    """A valid sample, mm. weight: the time it stands for, s, over its own variance, mm^2.
    stray_mm: how far it and what came just before it lay from where the eyes were expected."""

    t_s: float
    mm: Floats
    weight: float
    stray_mm: Floats


class PointerFilter:
    """Averages the samples of the present fixation; starts anew when the eyes have jumped.

    Everything is counted in seconds: frame rate, dropped frames and a clock that starts elsewhere
    make no difference. A sample that is not later than the one before it is ignored.
    """

    def __init__(self, screen: Screen) -> None:
        self._mm_per_px: Floats = np.array(screen.mm_per_px)
        self._noise = NoiseMeter()
        self._rest: _Rest | None = None
        self._waiting: deque[_Seen] = deque()
        self._seen_s = self._back_s = float("-inf")
        self._now_s = float("-inf")
        self._pointer: Pointer | None = None
        self._finished: list[Fixation] = []

    def update(self, sample: GazeSample) -> Pointer | None:
        """Take one sample in; the pointer, or None before the first valid one."""
        if sample.t_s <= self._now_s:
            return self._pointer
        self._now_s = sample.t_s
        mm = self._valid_mm(sample)
        if mm is None:
            return self._without(sample.t_s)
        gap_s = sample.t_s - self._seen_s
        if gap_s > LOST_S:
            self._finish()
        elif gap_s > STALE_S:
            self._waiting.clear()
            self._back_s = sample.t_s
        self._seen_s = sample.t_s
        self._look(sample.t_s, mm, min(gap_s, LONGEST_STEP_S) / self._variance_mm2(sample))
        assert self._rest is not None
        x_px, y_px = self._rest.pointer_mm / self._mm_per_px
        self._pointer = Pointer(sample.t_s, float(x_px), float(y_px), self._rest.start_s, True)
        return self._pointer

    def finished(self) -> list[Fixation]:
        """The fixations that ended since the last call."""
        ended, self._finished = self._finished, []
        return ended

    def _valid_mm(self, sample: GazeSample) -> Floats | None:
        if not sample.valid or sample.x_px is None or sample.y_px is None:
            return None
        point = np.array([sample.x_px, sample.y_px]) * self._mm_per_px
        return point if (np.abs(point) < NOWHERE_MM).all() else None

    def _variance_mm2(self, sample: GazeSample) -> float:
        """The sample's own; where it tells none, 1: then all of them count alike."""
        if sample.sd_x_px is None or sample.sd_y_px is None:
            return 1.0
        sd = np.array([sample.sd_x_px, sample.sd_y_px]) * self._mm_per_px
        return float(np.square(np.nan_to_num(sd).clip(1.0, NOWHERE_MM)).sum())

    def _without(self, t_s: float) -> Pointer | None:
        """A moment without gaze: the pointer stays where it was, fresh until it is stale."""
        if self._pointer is None:
            return None
        was = self._pointer
        fresh = t_s - self._seen_s <= STALE_S
        self._pointer = Pointer(t_s, was.x_px, was.y_px, was.fixation_start_s, fresh)
        return self._pointer

    def _look(self, t_s: float, mm: Floats, weight: float) -> None:
        if self._rest is None:
            self._begin([_Seen(t_s, mm, weight, np.zeros(2))])
            return
        expected = self._rest.expected_mm(t_s)
        newest = [seen.mm for seen in self._waiting if t_s - seen.t_s <= WAIT_S]
        stray = (sum(newest) + mm) / (len(newest) + 1) - expected
        self._waiting.append(_Seen(t_s, mm, weight, stray))
        arrived = self._arrived(expected)
        if arrived:
            self._finish(arrived[0].t_s)
            self._begin(arrived)
            return
        while t_s - self._waiting[0].t_s > WAIT_S:
            self._join(self._waiting.popleft())

    def _arrived(self, expected: Floats) -> list[_Seen]:
        """The newest samples, when they agree that the eyes are elsewhere; else none."""
        there = _mean_mm(list(self._waiting)[-2:])
        arrived: list[_Seen] = []
        for seen in reversed(self._waiting):
            if _length(seen.mm - there) > LANDED * _length(seen.mm - expected):
                break
            arrived.insert(0, seen)
        if len(arrived) < 2 or arrived[-1].t_s - arrived[0].t_s < JUMP_S:
            return []
        far = _is_far(_mean_mm(arrived) - expected, self._noise, self._least_mm(arrived[-1].t_s))
        return arrived if far else []

    def _least_mm(self, t_s: float) -> float:
        """How far a jump goes at least."""
        return BACK_MM if t_s - self._back_s <= BACK_S else LEAST_JUMP_MM

    def _join(self, seen: _Seen) -> None:
        """The sample belongs to the fixation, unless it is wild. What jumps claim is no noise."""
        assert self._rest is not None
        stray_mm = seen.mm - self._rest.expected_mm(seen.t_s)
        if not _is_far(stray_mm, self._noise, self._least_mm(seen.t_s), WILD):
            self._noise.take(seen.t_s, seen.stray_mm)
            self._rest.take(seen)

    def _begin(self, arrived: Sequence[_Seen]) -> None:
        self._rest = _Rest(arrived)
        self._waiting.clear()

    def _finish(self, before_s: float = float("inf")) -> None:
        """End the fixation, with the waiting samples before that time."""
        if self._rest is None:
            return
        for seen in self._waiting:
            if seen.t_s < before_s:
                self._join(seen)
        if self._rest.samples >= 2:
            self._finished.append(self._rest.fixation(self._noise.sd_mm, self._mm_per_px))
        self._rest = None
        self._waiting.clear()


class _Rest:
    """The present fixation: its mean with and without forgetting, and its scatter, mm."""

    def __init__(self, first: Sequence[_Seen]) -> None:
        self.start_s = first[0].t_s
        self.pointer_mm: Floats = first[0].mm
        self.samples = 0
        self._pointer_weight = self._weight = 0.0
        self._mean_mm: Floats = first[0].mm
        self._scatter_mm2: Floats = np.zeros((2, 2))
        self._newest: deque[_Seen] = deque()
        for seen in first:
            self.take(seen)

    def take(self, seen: _Seen) -> None:
        # What was seen before a blink says as much after it as before.
        since_s = min(seen.t_s - self._newest[-1].t_s, LONGEST_STEP_S) if self._newest else 0.0
        self._pointer_weight = self._pointer_weight * math.exp(-since_s / FORGET_S) + seen.weight
        part = seen.weight / self._pointer_weight
        self.pointer_mm = self.pointer_mm + (seen.mm - self.pointer_mm) * part
        self._newest.append(seen)
        while seen.t_s - self._newest[0].t_s > WAIT_S:
            self._newest.popleft()
        self._weight += seen.weight
        away = seen.mm - self._mean_mm
        self._mean_mm = self._mean_mm + away * (seen.weight / self._weight)
        away_after = seen.mm - self._mean_mm
        self._scatter_mm2 = self._scatter_mm2 + seen.weight * np.outer(away, away_after)
        self.samples += 1

    @property
    def end_s(self) -> float:
        return self._newest[-1].t_s

    def expected_mm(self, t_s: float) -> Floats:
        """Where lasting noise would have brought the gaze by then, the eyes resting here."""
        stray = _mean_mm(self._newest) - self.pointer_mm
        return self.pointer_mm + math.exp(-(t_s - self.end_s) / NOISE_LASTS_S) * stray

    def fixation(self, noise_mm: Floats, mm_per_px: Floats) -> Fixation:
        """What is known of it. noise_mm: how far this person's gaze strays in WAIT_S.

        A short fixation says little of its own noise (its samples err alike), so the person's
        usual noise is weighed in, the more of it the shorter it is.
        """
        left = variance_left(self.end_s - self.start_s)
        freedom = 1 / left - 1
        usual = np.diag(noise_mm**2) / (2 * (1 - math.exp(-WAIT_S / NOISE_LASTS_S)))
        own = self._scatter_mm2 / self._weight / left  # over 1 - left, times the freedom
        covariance = (own + PRIOR_WORTH * usual) / (freedom + PRIOR_WORTH)
        covariance_px2 = covariance / np.outer(mm_per_px, mm_per_px)
        x_px, y_px = self._mean_mm / mm_per_px
        return Fixation(
            self.start_s,
            self.end_s,
            float(x_px),
            float(y_px),
            _rows(covariance_px2),
            _rows(left * covariance_px2),
            self.samples,
        )


def _mean_mm(seen: Sequence[_Seen] | deque[_Seen]) -> Floats:
    return np.asarray(sum(s.mm for s in seen) / len(seen))


def _is_far(stray_mm: Floats, usual: NoiseMeter, least_mm: float, times: float = 1.0) -> bool:
    length_mm = _length(stray_mm)
    if length_mm <= times * least_mm:
        return False
    return _length(stray_mm / usual.sd_mm) > times * JUMP_SPREADS


def _length(vector: Floats) -> float:
    return math.hypot(vector[0], vector[1])


def _rows(matrix: Floats) -> Covariance:
    (a, b), (c, d) = matrix.tolist()
    return (a, b), (c, d)
