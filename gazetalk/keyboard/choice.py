"""Choosing among places by looks that need not hit them: evidence gathers until it is enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gazetalk.keyboard.aim import Fix, Floats, Offsets
from gazetalk.keyboard.alignment import LEAST_SHARED_PX2


class Choice:
    """Options at `places_px` (M, 2), expected to be looked at with `offsets`.

    The variances of the offsets may be of each option, (M, 2). log_weights (M,): how likely each
    was beforehand, natural log, up to a common constant.
    """

    def __init__(self, places_px: ArrayLike, log_weights: ArrayLike, offsets: Offsets) -> None:
        self._places_px = np.asarray(places_px, dtype=float).reshape(-1, 2)
        self._log = np.array(log_weights, dtype=float)
        self._offsets = offsets
        self._weighted = np.zeros_like(self._places_px)
        self._precision = np.zeros_like(self._places_px)

    def moved(self, keep: Sequence[int], places_px: ArrayLike, offsets: Offsets) -> Choice:
        """What is known of the options `keep`, shown at other places (len(keep), 2) from now on."""
        other = Choice(places_px, self._log[list(keep)], offsets)
        other._weighted = self._weighted[list(keep)]
        other._precision = self._precision[list(keep)]
        return other

    @property
    def log_weights(self) -> Floats:
        """(M,) with the looks so far."""
        return self._log.copy()

    @property
    def shares(self) -> Floats:
        """(M,) the probability of each option; they sum to 1."""
        weights: Floats = np.exp(self._log - self._log.max())
        return weights / weights.sum()

    def look(self, fix: Fix) -> None:
        """One more look, at the same option as those before."""
        own = np.add(self._offsets.own_px2, fix.own_px2)
        beside = np.array([fix.x_px, fix.y_px]) - self._places_px - self._offsets.mean_px
        variance = 1 / (
            1 / np.maximum(self._offsets.shared_px2, LEAST_SHARED_PX2) + self._precision
        )
        expected = variance * self._weighted
        total = variance + own
        densities = np.square(beside - expected) / total + np.log(2 * np.pi * total)
        self._log -= 0.5 * densities.sum(axis=1)
        self._weighted += beside / own
        self._precision += 1 / own
