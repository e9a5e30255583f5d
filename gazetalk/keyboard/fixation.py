"""When a look is one: the eyes rest near one place for long enough, whatever key is under it.

The counterpart of `dwell` for keyboards that weigh looks instead of hitting keys, with the same
phases, the same arming and the same patience with blinks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gazetalk.keyboard.aim import Fix
from gazetalk.keyboard.dwell import ALMOST_S, ARM_S, HOLD_S, LOSS_S, Phase

MOVED_S = 0.1  # the eyes are elsewhere when they have been so for so long
INDEPENDENT_S = 0.35  # webcam noise is another after about so long (0.9 a sample at 30 Hz)


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
    """The machine. radius_px: how far looks at one place lie from their mean at most."""

    def __init__(self, radius_px: float) -> None:
        self._radius_px = radius_px
        self._t_s: float | None = None
        self._last: tuple[float, float] | None = None  # of the last update, if that was fresh
        self._trust_s = 0.0
        self._lost_s = 0.0
        self._entering = False
        self._spent = False  # a look was taken from this place: it must be left
        self._here: list[tuple[float, float, float]] = []  # seconds, x, y
        self._there: list[tuple[float, float, float]] = []  # the same, away from here

    def page_changed(self, t_s: float) -> None:
        """Other keys lie under the eyes: trust is won anew, and the place they rest on when they
        are next seen must be left."""
        self._t_s = t_s
        self._last = None
        self._entering = True
        self._forget()

    def again(self) -> None:
        """The look that was taken came to nothing: the same place may give another."""
        self._spent = False
        self._here.clear()

    def update(
        self, t_s: float, x_px: float, y_px: float, dwell_s: float, fresh: bool
    ) -> FixationState:
        """The eyes are there at `t_s`; they must rest for `dwell_s` to make a look.

        fresh: measured just now, from open eyes; otherwise the place is ignored and there is never
        a look. Times that run backwards count as no time.
        """
        self._spend(0.0 if self._t_s is None else max(0.0, t_s - self._t_s))
        self._t_s = t_s if self._t_s is None else max(t_s, self._t_s)
        self._last = (x_px, y_px) if fresh else None
        if not fresh:
            return self._state(dwell_s)
        self._lost_s = 0.0
        if self._entering:
            self._spent, self._entering = True, False
            self._here = [(0.0, x_px, y_px)]
        looked_s = sum(s for s, _, _ in self._here)
        if self._spent or self._there or looked_s < dwell_s - ALMOST_S:
            return self._state(dwell_s)
        fix = self._fix(t_s)
        self._spent = True
        return FixationState(Phase.SELECTED, 1.0, fix.x_px, fix.y_px, fix)

    def _spend(self, span_s: float) -> None:
        """Let time pass as the last update left the eyes."""
        held_s = min(span_s, HOLD_S) if self._last else 0.0
        if self._last and held_s:
            arming_s = min(held_s, ARM_S - self._trust_s)
            self._trust_s += arming_s
            self._credit(held_s - arming_s, held_s, *self._last)
        self._lose(span_s - held_s)

    def _credit(self, trusted_s: float, seen_s: float, x_px: float, y_px: float) -> None:
        if self._here and self._is_away(x_px, y_px):
            self._there.append((seen_s, x_px, y_px))
            if sum(s for s, _, _ in self._there) >= MOVED_S - ALMOST_S:
                self._here, self._there = self._there, []
                self._spent = False
            return
        self._there.clear()
        if trusted_s > 0 or self._spent:
            self._here.append((trusted_s, x_px, y_px))
            if self._spent:
                # It may drift with the eyes, so that a place is left only by a jump or far away.
                self._here = self._here[-30:]

    def _is_away(self, x_px: float, y_px: float) -> bool:
        mean = np.mean([(x, y) for _, x, y in self._here], axis=0)
        return float(np.hypot(x_px - mean[0], y_px - mean[1])) > self._radius_px

    def _fix(self, t_s: float) -> Fix:
        """The mean place; noise that wanders slowly gives few independent samples."""
        table = np.array(self._here)
        weights = np.maximum(table[:, 0], 1e-9)
        x_px, y_px = np.average(table[:, 1:], axis=0, weights=weights)
        count = max(1.0, float(weights.sum()) / INDEPENDENT_S)
        var = np.average((table[:, 1:] - (x_px, y_px)) ** 2, axis=0, weights=weights) / count
        return Fix(t_s, float(x_px), float(y_px), float(var[0]), float(var[1]))

    def _lose(self, span_s: float) -> None:
        self._lost_s += span_s
        still_arming = self._trust_s < ARM_S - ALMOST_S
        if self._lost_s > LOSS_S + ALMOST_S or (still_arming and span_s > ALMOST_S):
            self._forget()

    def _forget(self) -> None:
        """The eyes were lost: progress is, but a place that must be left still must."""
        self._trust_s = 0.0
        self._there.clear()
        if not self._spent:
            self._here.clear()

    def _state(self, dwell_s: float) -> FixationState:
        if self._trust_s < ARM_S - ALMOST_S or not self._here:
            armed = self._trust_s >= ARM_S - ALMOST_S
            return FixationState(Phase.ARMED if armed else Phase.IDLE)
        x_px, y_px = np.mean([(x, y) for _, x, y in self._here], axis=0)
        if self._spent:
            return FixationState(Phase.MUST_LEAVE, 0.0, float(x_px), float(y_px))
        progress = min(1.0, sum(s for s, _, _ in self._here) / dwell_s)
        return FixationState(Phase.DWELLING, progress, float(x_px), float(y_px))
