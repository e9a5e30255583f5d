"""From gaze samples to a pointer: steady while the eyes rest, immediate when they jump."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.types import Floats, GazeSample

# Gaze older than this is no gaze.
STALE_S = 0.15
# After a longer loss the eyes may be anywhere: a new fixation begins. A blink is shorter.
LOST_S = 0.45
# Webcam noise is autocorrelated (0.9 from one sample to the next at 30 Hz), so a short mean gains
# little: with that, the mean of 1.3 s has 0.6 of a sample's deviation.
WINDOW_S = 1.3
# A jump is believed when the samples of this long agree that the eyes are elsewhere.
JUMP_S = 0.06
# Elsewhere: further than this many deviations of the fixation's own samples, and at least this far.
JUMP_SPREADS = 3.0
LEAST_JUMP_MM = 12.0


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


@dataclass(frozen=True)
class Fixation:
    """A finished rest of the eyes: its centre, its samples' covariance (2, 2), px."""

    start_s: float
    end_s: float
    x_px: float
    y_px: float
    covariance_px2: tuple[tuple[float, float], tuple[float, float]]
    samples: int


class PointerFilter:
    """Averages the samples of the present fixation; starts anew when the eyes have jumped."""

    def __init__(self, screen: Screen) -> None:
        self._mm_per_px: Floats = np.array(screen.mm_per_px)
        self._resting: deque[tuple[float, Floats]] = deque()
        self._jumping: list[tuple[float, Floats]] = []
        self._start_s = 0.0
        self._newest_s = float("-inf")
        self._pointer: Pointer | None = None
        self._finished: list[Fixation] = []

    def update(self, sample: GazeSample) -> Pointer | None:
        """Take one sample in; the pointer, or None before the first valid one."""
        if not sample.valid or sample.x_px is None or sample.y_px is None:
            return self._without(sample.t_s)
        here = (sample.t_s, np.array([sample.x_px, sample.y_px]))
        if sample.t_s - self._newest_s > LOST_S:
            self._finish()
        self._newest_s = sample.t_s
        if not self._resting:
            self._begin([here])
        elif self._is_away(here[1]):
            self._jumping.append(here)
            if here[0] - self._jumping[0][0] >= JUMP_S or len(self._jumping) >= 3:
                arrived = self._jumping
                self._finish()
                self._begin(arrived[-2:])
        else:
            self._jumping = []
            self._resting.append(here)
            while here[0] - self._resting[0][0] > WINDOW_S:
                self._resting.popleft()
        centre = self._centre()
        self._pointer = Pointer(
            sample.t_s, float(centre[0]), float(centre[1]), self._start_s, fresh=True
        )
        return self._pointer

    def finished(self) -> list[Fixation]:
        """The fixations that ended since the last call."""
        ended, self._finished = self._finished, []
        return ended

    def _without(self, t_s: float) -> Pointer | None:
        """A moment without gaze: the pointer stays where it was, fresh until it is stale."""
        # What is half seen as the lids move must not count as one of several that agree.
        self._jumping = []
        if self._pointer is None:
            return None
        fresh = t_s - self._newest_s <= STALE_S
        was = self._pointer
        self._pointer = Pointer(t_s, was.x_px, was.y_px, was.fixation_start_s, fresh)
        return self._pointer

    def _centre(self) -> Floats:
        return np.mean([point for _, point in self._resting], axis=0)

    def _is_away(self, point: Floats) -> bool:
        resting = np.array([p for _, p in self._resting]) * self._mm_per_px
        spread = np.linalg.norm(resting.std(axis=0)) if len(resting) >= 4 else 0.0
        limit = max(LEAST_JUMP_MM, JUMP_SPREADS * float(spread))
        return float(np.linalg.norm(point * self._mm_per_px - resting.mean(axis=0))) > limit

    def _begin(self, samples: list[tuple[float, Floats]]) -> None:
        self._resting = deque(samples)
        self._jumping = []
        self._start_s = samples[0][0]

    def _finish(self) -> None:
        if len(self._resting) >= 2:
            points = np.array([p for _, p in self._resting])
            centre, ((a, b), (c, d)) = points.mean(axis=0), np.cov(points.T)
            self._finished.append(
                Fixation(
                    self._start_s,
                    self._resting[-1][0],
                    float(centre[0]),
                    float(centre[1]),
                    ((float(a), float(b)), (float(c), float(d))),
                    len(points),
                )
            )
        self._resting.clear()
        self._jumping = []
