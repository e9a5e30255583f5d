"""When a look is one: the eyes rest near one place for long enough, whatever key is under it.

The counterpart of `dwell` for keyboards that weigh looks instead of hitting keys. A place is left
by a jump (`jumps`), not by a distance: noise alone carries webcam gaze as far as the next key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.keyboard.aim import Fix
from gazetalk.keyboard.jumps import WINDOW_S, Gaze, Jump, Jumps
from gazetalk.keyboard.trust import ALMOST_S, Phase, Trust

USUAL_NOISE = 0.36  # of the radius: a sample's deviation before it is measured
LEAST_NOISE = 0.06
# The log odds at which a jump is believed. After a look the eyes are expected to go on; a while
# later they rest; and to begin a look again costs more the longer it lasts already.
GOING_ON = 4.5
STAYING = 7.0
BEGUN = 4.0
UNDER_WAY = 6.0
EXPECTED_S = 1.0  # so long after a look the eyes are expected to go on
EARLY_S = 0.4  # a look is only begun; at its end, a jump that was in there cuts it short


@dataclass(frozen=True)
class FixationState:
    """What an update came to; `fix` only when SELECTED. progress: 0..1 of the time it takes.
    x_px, y_px: where the eyes rest, None while they do not."""

    phase: Phase = Phase.IDLE
    progress: float = 0.0
    x_px: float | None = None
    y_px: float | None = None
    fix: Fix | None = None


class FixationDwell:
    """The machine. radius_px: shorter jumps lead to no other place."""

    def __init__(self, radius_px: float) -> None:
        self._radius_px = radius_px
        self._trust = Trust()
        self._jumps = Jumps(USUAL_NOISE * radius_px, LEAST_NOISE * radius_px)
        self._rest = _Rest()
        self._spent_s: float | None = None  # since when this place must be left

    def page_changed(self, t_s: float) -> None:
        """Other keys lie under the eyes: trust is won anew, and the place they rest on when they
        are next seen must be left."""
        self._trust.page_changed(t_s)
        self.again()

    def again(self) -> None:
        """The look that was taken came to nothing: the same place may give another."""
        self._rest = _Rest()
        self._spent_s = None

    def update(
        self, t_s: float, x_px: float, y_px: float, dwell_s: float, fresh: bool
    ) -> FixationState:
        """The eyes are there at `t_s`; they must rest for `dwell_s` to make a look.

        fresh: measured just now, from open eyes; otherwise the place is ignored and there is never
        a look. Times that run backwards count as no time.
        """
        span = self._trust.pass_to(t_s)
        self._rest.hold(span.trusted_s)
        if span.lost and self._spent_s is None:
            self._rest = _Rest()
        entered = self._trust.see(fresh)
        if not fresh:
            return self._state(dwell_s)
        self._take(self._trust.t_s, x_px, y_px)
        if entered:
            self._spent_s = self._trust.t_s
        if self._spent_s is not None or self._rest.looked_s < dwell_s - ALMOST_S:
            return self._state(dwell_s)
        if self._leaves(self._jumps.early(self._rest.gaze, EARLY_S), BEGUN):
            return self._state(dwell_s)
        x_px, y_px = self._rest.centre_px
        self._spent_s = self._trust.t_s
        return FixationState(Phase.SELECTED, 1.0, x_px, y_px, Fix(t_s, x_px, y_px))

    def _take(self, t_s: float, x_px: float, y_px: float) -> None:
        if self._rest.gaze:
            self._jumps.learn(self._rest.gaze[-1], (t_s, x_px, y_px), self._rest.centre_px)
        self._rest.add(t_s, x_px, y_px)
        self._leaves(self._jumps.newest(self._rest.gaze), self._log_odds(t_s))

    def _log_odds(self, t_s: float) -> float:
        """At which a jump is believed just now."""
        if self._spent_s is not None:
            return GOING_ON if t_s - self._spent_s < EXPECTED_S else STAYING
        return BEGUN if self._rest.looked_s < EARLY_S else UNDER_WAY

    def _leaves(self, jump: Jump | None, log_odds: float) -> bool:
        """Whether the eyes are elsewhere since that jump; the rest there begins with it."""
        if jump is None or jump.log_odds < log_odds or jump.length_px < self._radius_px:
            return False
        self._rest.begin_at(jump.at)
        self._spent_s = None
        return True

    def _state(self, dwell_s: float) -> FixationState:
        if not self._trust.armed or not self._rest.gaze:
            return FixationState(Phase.ARMED if self._trust.armed else Phase.IDLE)
        x_px, y_px = self._rest.centre_px
        if self._spent_s is not None:
            return FixationState(Phase.MUST_LEAVE, 0.0, x_px, y_px)
        progress = min(1.0, self._rest.looked_s / dwell_s)
        return FixationState(Phase.DWELLING, progress, x_px, y_px)


class _Rest:
    """Where the eyes rest: the samples of the last `WINDOW_S`, and the sum of those before."""

    def __init__(self) -> None:
        self.gaze: list[Gaze] = []
        self._held_s: list[float] = []  # for so long the eyes were trusted to be at each
        self._sums = (0.0, 0.0, 0.0)  # seconds, and times x and y

    @property
    def looked_s(self) -> float:
        return self._sums[0]

    @property
    def centre_px(self) -> tuple[float, float]:
        """The mean place over time; of the samples alone while no time is trusted."""
        looked_s, x, y = self._sums
        if looked_s > ALMOST_S:
            return x / looked_s, y / looked_s
        _, mean_x, mean_y = np.mean(self.gaze, axis=0)
        return float(mean_x), float(mean_y)

    def add(self, t_s: float, x_px: float, y_px: float) -> None:
        self.gaze.append((t_s, x_px, y_px))
        self._held_s.append(0.0)
        while t_s - self.gaze[0][0] > WINDOW_S:
            del self.gaze[0], self._held_s[0]

    def hold(self, span_s: float) -> None:
        """The eyes stayed for so long where they were seen last."""
        if self.gaze:
            self._held_s[-1] += span_s
            self._sum([self.gaze[-1]], [span_s])

    def begin_at(self, number: int) -> None:
        """What was before that sample was elsewhere."""
        del self.gaze[:number], self._held_s[:number]
        self._sums = (0.0, 0.0, 0.0)
        self._sum(self.gaze, self._held_s)

    def _sum(self, gaze: Sequence[Gaze], held_s: Sequence[float]) -> None:
        looked_s, x, y = self._sums
        for (_, x_px, y_px), span_s in zip(gaze, held_s, strict=True):
            looked_s, x, y = looked_s + span_s, x + span_s * x_px, y + span_s * y_px
        self._sums = (looked_s, x, y)
