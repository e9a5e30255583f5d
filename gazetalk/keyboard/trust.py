"""Whether gaze may be acted upon: what all ways of resting the eyes have in common.

Between two updates the eyes are taken to stay where the earlier one saw them, but no longer than
`HOLD_S`; beyond that they count as lost. All of it is counted in seconds, so the number of updates
does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ARM_S = 0.15  # gaze must have been seen this long, without a break, before it counts
HOLD_S = 0.15  # a look older than this is stale
LOSS_S = 0.5  # a blink, or a moment without a face, up to this long costs no progress
ALMOST_S = 1e-6  # sums of many small spans end a hair beside the whole


class Phase(StrEnum):
    """Where a machine that waits for the eyes to rest stands.

    IDLE: the eyes are not seen, or not long enough to be trusted. ARMED: trusted, nothing is
    filling. DWELLING: something is filling. SELECTED: it was selected by this very update.
    MUST_LEAVE: the eyes are still on what was selected; it waits to be left.
    """

    IDLE = "idle"
    ARMED = "armed"
    DWELLING = "dwelling"
    SELECTED = "selected"
    MUST_LEAVE = "must_leave"


@dataclass(frozen=True)
class Span:
    """What passed since the update before, seconds. seen_s: the eyes stayed where that saw them;
    trusted_s: of these, with trust. lost: what they had filled is forgotten."""

    seen_s: float = 0.0
    trusted_s: float = 0.0
    lost: bool = False


class Trust:
    """The clock of such a machine. Call `pass_to`, then `see`, with every update."""

    def __init__(self) -> None:
        self._t_s: float | None = None
        self._seen = False  # the last update had fresh gaze
        self._trust_s = 0.0
        self._lost_s = 0.0
        self._entering = False

    @property
    def t_s(self) -> float:
        """The clock: the latest time passed to."""
        return 0.0 if self._t_s is None else self._t_s

    @property
    def armed(self) -> bool:
        return self._trust_s >= ARM_S - ALMOST_S

    def page_changed(self, t_s: float) -> None:
        """Something else lies under the eyes: trust is won anew, and what they rest on when they
        are next seen (`see` tells) must be left first."""
        self._t_s = t_s
        self._seen = False
        self._entering = True
        self._trust_s = 0.0

    def pass_to(self, t_s: float) -> Span:
        """Let time pass as the last update left the eyes; backwards counts as no time."""
        span_s = 0.0 if self._t_s is None else max(0.0, t_s - self._t_s)
        self._t_s = t_s if self._t_s is None else max(t_s, self._t_s)
        seen_s = min(span_s, HOLD_S) if self._seen else 0.0
        arming_s = min(seen_s, ARM_S - self._trust_s)
        self._trust_s += arming_s
        lost = self._lose(span_s - seen_s)
        return Span(seen_s, seen_s - arming_s, lost)

    def see(self, fresh: bool) -> bool:
        """The eyes are seen now, or not; whether it is the first time since the page changed."""
        self._seen = fresh
        if not fresh:
            return False
        self._lost_s = 0.0
        entered, self._entering = self._entering, False
        return entered

    def _lose(self, span_s: float) -> bool:
        self._lost_s += span_s
        lost = self._lost_s > LOSS_S + ALMOST_S or (not self.armed and span_s > ALMOST_S)
        if lost:
            self._trust_s = 0.0
        return lost
