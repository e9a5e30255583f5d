"""The lids over time: closed, steady, or on their way, when what they uncover misleads."""

from __future__ import annotations

from collections import deque

import numpy as np

# The usual gap is the median of this long. A glance down narrows the gap for good, so it costs at
# most half of it; a blink is over before the median has followed.
USUAL_S = 0.5
# Narrower than this share of the usual gap: the lid covers part of the iris on its way.
STEADY_SHARE = 0.87
# Lids that open again overshoot and the eye settles for about two frames.
SETTLE_S = 0.05


class Lids:
    """Tells whether the lids are steady enough for the eyes to be read."""

    def __init__(self) -> None:
        self._open: deque[tuple[float, float]] = deque()
        self._unsteady_s = float("-inf")

    def steady(self, t_s: float, openness: float | None) -> bool:
        """Take in the lid gap of one moment (None: both eyes closed or not seen)."""
        if openness is None:
            self._unsteady_s = t_s
            return False
        while self._open and t_s - self._open[0][0] > USUAL_S:
            self._open.popleft()
        usual = float(np.median([gap for _, gap in self._open])) if self._open else openness
        self._open.append((t_s, openness))
        if openness < STEADY_SHARE * usual:
            self._unsteady_s = t_s
            return False
        return t_s - self._unsteady_s > SETTLE_S
