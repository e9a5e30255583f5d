"""Where a person's looks land beside what they look at: the bias and the spread, learned as we go.

The offset of a look from its target is taken as a Gaussian process over the screen and over time
(Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, eq. 2.25 and 2.26): a part
that is the same everywhere, a part that belongs to the place, and a spread of its own for each
look. Old offsets count less and less.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

KEPT_LOOKS = 64  # more would slow the learning and tell little that is new
NEAR = 0.25  # places this share of the screen's width apart share most of their bias
FORGET_EVERYWHERE_S = 300.0  # posture and light: the common bias is another after some minutes
FORGET_PLACE_S = 1800.0  # what the calibration did not learn of a place stays longer
SPREAD_WORTH = 12.0  # the measured spread counts as much as this many later looks
SPREAD_KEEP = 0.97  # of what later looks said, with every learned word


@dataclass(frozen=True)
class Fix:
    """A rest of the eyes (a fixation) taken as one look: its place, and how sure that place is.

    var_x_px2, var_y_px2: the place's own variance, beyond the person's usual spread.
    """

    t_s: float
    x_px: float
    y_px: float
    var_x_px2: float = 0.0
    var_y_px2: float = 0.0

    @property
    def own_px2(self) -> tuple[float, float]:
        return self.var_x_px2, self.var_y_px2


@dataclass(frozen=True, eq=False)
class Offsets:
    """What is expected of looks at M places: `mean_px` (M, 2), the variance (2,) of the error that
    looks of one moment share, and the variance (2,) of each look by itself, px^2."""

    mean_px: Floats
    shared_px2: Floats
    own_px2: Floats


class Aim:
    """A person's offsets and spread, on a screen `width_px` wide.

    spread_px: standard deviation (x, y) of looks about their mean, as measured beforehand.
    bias_px: how large (x, y) a bias to expect that is the same everywhere; half the spread unless
    given. place_px: the same for the part that belongs to the place; a quarter unless given.
    """

    def __init__(
        self,
        width_px: float,
        spread_px: tuple[float, float],
        bias_px: tuple[float, float] | None = None,
        place_px: tuple[float, float] | None = None,
    ) -> None:
        if not all(math.isfinite(s) and s > 0 for s in (width_px, *spread_px)):
            raise ValueError(f"width and spread must be positive, not {width_px} and {spread_px}")
        self._near_px = NEAR * width_px
        self._measured_px2 = np.square(spread_px, dtype=float)
        self._everywhere_px2 = np.square(bias_px or np.multiply(spread_px, 0.5))
        self._place_px2 = np.square(place_px or np.multiply(spread_px, 0.25))
        self._squares_px2 = np.zeros(2)
        self._freedom = 0.0
        self._looks: deque[tuple[float, float, float, float, float, float, float]] = deque(
            maxlen=KEPT_LOOKS
        )

    @property
    def spread_px(self) -> tuple[float, float]:
        """The present standard deviation of a look about its mean (x, y)."""
        x, y = np.sqrt(self._spread_px2())
        return float(x), float(y)

    def at(self, places_px: ArrayLike, t_s: float) -> Offsets:
        """What to expect at `t_s` of looks at these places (M, 2)."""
        places = np.asarray(places_px, dtype=float).reshape(-1, 2)
        mean = np.zeros_like(places)
        spread = self._spread_px2()
        if not self._looks:
            return Offsets(mean, self._everywhere_px2.copy(), spread + self._place_px2)
        looks = np.array(self._looks)
        shared, own = np.empty(2), np.empty(2)
        for axis in range(2):
            among = self._kernel(looks[:, :3], looks[:, :3], axis)
            among[np.diag_indices(len(looks))] += spread[axis] + looks[:, 5 + axis]
            asked = np.column_stack([np.full(len(places), t_s), places])
            to = self._kernel(asked, looks[:, :3], axis)
            solved = np.linalg.solve(among, np.column_stack([looks[:, 3 + axis], to.T]))
            mean[:, axis] = to @ solved[:, 0]
            # Averaged over the places, what is left unknown is what their looks have in common.
            left = self._kernel(asked, asked, axis) - to @ solved[:, 1:]
            shared[axis] = max(float(left.mean()), 0.0)
            own[axis] = spread[axis] + max(float(np.diag(left).mean()) - shared[axis], 0.0)
        return Offsets(mean, shared, own)

    def learn(self, fixes: Sequence[Fix], places_px: ArrayLike) -> None:
        """These looks were at those places (N, 2): N looks of one word, in their order."""
        places = np.asarray(places_px, dtype=float).reshape(-1, 2)
        offsets = np.array([(fix.x_px, fix.y_px) for fix in fixes]).reshape(-1, 2) - places
        for fix, place, offset in zip(fixes, places, offsets, strict=True):
            self._looks.append((fix.t_s, *place, *offset, *fix.own_px2))
        if len(fixes) < 2:
            return
        own = np.mean([fix.own_px2 for fix in fixes], axis=0)
        squares = np.square(offsets - offsets.mean(axis=0)).sum(axis=0)
        freedom = len(fixes) - 1
        self._squares_px2 *= SPREAD_KEEP
        self._squares_px2 += np.maximum(squares - freedom * own, 0.1 * squares)
        self._freedom = SPREAD_KEEP * self._freedom + freedom

    def recorrected(self, change_px: Callable[[Floats], Floats]) -> None:
        """Gaze is corrected otherwise from now on: at places (M, 2) it now lands by that (M, 2)
        less to the right and below. What was learned from looks before moves along."""
        if not self._looks:
            return
        looks = np.array(self._looks)
        looks[:, 3:5] -= change_px(looks[:, 1:3])
        self._looks.clear()
        self._looks.extend(tuple(look) for look in looks.tolist())

    def _spread_px2(self) -> Floats:
        measured = SPREAD_WORTH * self._measured_px2
        return np.asarray((measured + self._squares_px2) / (SPREAD_WORTH + self._freedom))

    def _kernel(self, a: Floats, b: Floats, axis: int) -> Floats:
        """Covariances (len(a), len(b)) of the offsets at rows of time, x and y."""
        apart_s = np.abs(a[:, None, 0] - b[None, :, 0])
        apart_px2 = np.square(a[:, None, 1:] - b[None, :, 1:]).sum(axis=2)
        everywhere = self._everywhere_px2[axis] * np.exp(-apart_s / FORGET_EVERYWHERE_S)
        near = np.exp(-apart_px2 / (2 * self._near_px**2) - apart_s / FORGET_PLACE_S)
        return np.asarray(everywhere + self._place_px2[axis] * near)
