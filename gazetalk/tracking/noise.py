"""The noise of a person's gaze: how much of it a mean takes away, and how large it is just now.

Noise that lasts: two samples `dt` apart share exp(-dt / NOISE_LASTS_S) of it, whatever the frame
rate (an Ornstein-Uhlenbeck process; at 30 Hz an AR(1) with 0.9).
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from gazetalk.tracking.types import Floats

# Webcam gaze: 0.9 from one sample to the next at 30 Hz (324 people at home with WebGazer).
NOISE_LASTS_S = -(1 / 30) / math.log(0.9)
# Before anything is measured: millimetres that the eyes seem to move by themselves in 70 ms.
USUAL_MM = 4.0
LEAST_MM = 1.0
# The noise is that of the last so many seconds; the first second can only show that it is larger.
REMEMBERED_S = 8.0
ENOUGH_S = 1.0
MEASURED_EVERY_S = 0.25
# A normal deviation from the median of absolute values.
FROM_MEDIAN = 1.4826


def variance_left(duration_s: float) -> float:
    """The variance of the mean over `duration_s`, as a share (0..1) of one sample's variance.

    The integral of the process's correlation: 0.61 after half a second, 0.37 after 1.3 s.
    """
    long = duration_s / NOISE_LASTS_S
    if long < 1e-3:
        return 1.0
    return (2 / long) * (1 - (1 - math.exp(-long)) / long)


class NoiseMeter:
    """How far gaze strays from what was expected of it, per axis, mm (a standard deviation).

    A median: looks elsewhere are few among the many moments of rest, and do not count.
    """

    def __init__(self) -> None:
        self._strays: deque[tuple[float, float, float]] = deque()
        self._due_s = float("-inf")
        self.sd_mm: Floats = np.full(2, USUAL_MM)

    def take(self, t_s: float, stray_mm: Floats) -> None:
        """One moment's distance (2,) from where the eyes were expected."""
        self._strays.append((t_s, abs(float(stray_mm[0])), abs(float(stray_mm[1]))))
        if t_s < self._due_s:
            return
        self._due_s = t_s + MEASURED_EVERY_S
        while t_s - self._strays[0][0] > REMEMBERED_S:
            self._strays.popleft()
        median = np.median(np.array(self._strays)[:, 1:], axis=0)
        enough = t_s - self._strays[0][0] >= ENOUGH_S
        self.sd_mm = np.maximum(FROM_MEDIAN * median, LEAST_MM if enough else USUAL_MM)
