"""When a look selects a key: the dwell state machine.

Each key has the time that it has been looked at, less the time that the eyes strayed from it; the
key whose time is full is selected. What counts as looking is `trust`.
"""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.keyboard.trust import ALMOST_S, ARM_S, LOSS_S, Phase, Trust

LEAVE_S = 0.20  # off a selected key this long, without a break, before it can be selected again


@dataclass(frozen=True)
class DwellState:
    """What an update came to. `key_id`: the fullest key (the selected one when SELECTED), or the
    one to be left, or None; `progress`: how full it is, 0..1."""

    phase: Phase = Phase.IDLE
    key_id: str | None = None
    progress: float = 0.0

    @property
    def selected(self) -> bool:
        return self.phase is Phase.SELECTED


@dataclass(frozen=True)
class DwellTimes:
    """How long a key must be looked at, seconds, before `factor` (0.3..10) is applied.

    letter_s: keys that add to the text. action_s: other keys. grave_s: keys whose slip is costly.
    Raises ValueError when the factor is out of range or a time is not positive.
    """

    letter_s: float = 0.8
    action_s: float = 1.2
    grave_s: float = 1.5
    factor: float = 1.0

    def __post_init__(self) -> None:
        if not 0.3 <= self.factor <= 10:
            raise ValueError(f"the dwell factor must lie from 0.3 to 10, not {self.factor}")
        for time_s in (self.letter_s, self.action_s, self.grave_s):
            if not 0.1 <= time_s <= 60:
                raise ValueError(f"a dwell time must lie from 0.1 to 60 s, not {time_s}")

    def of(self, action: str) -> float:
        """The dwell time, seconds, of a key with this action (see `layout.Key`)."""
        if action in ("type", "space"):
            return self.letter_s * self.factor
        grave = action in ("clear", "rest", "bell", "wake")
        return (self.grave_s if grave else self.action_s) * self.factor


class Dwell:
    """The machine. Feed it every look, and tell it when the page under the eyes changes."""

    def __init__(self) -> None:
        self._trust = Trust()
        self._key: str | None = None  # where the last fresh gaze was
        self._looked_s: dict[str, float] = {}
        self._dwell_s: dict[str, float] = {}
        self._away_s: dict[str, float] = {}  # keys that must be left, and for how long they were

    def page_changed(self, t_s: float) -> None:
        """Other keys lie under the eyes now: trust is won anew, and the key they rest on when
        they are next seen must be left before it can be selected."""
        self._trust.page_changed(t_s)
        self._key = None
        self._away_s.clear()
        self._looked_s.clear()

    def must_leave(self, key_id: str) -> None:
        """That key was selected in another way: it must be left before the eyes can select it."""
        self._away_s[key_id] = 0.0
        self._looked_s.clear()

    def update(self, t_s: float, key_id: str | None, dwell_s: float, fresh: bool) -> DwellState:
        """The eyes are on `key_id` (None: on no key) at `t_s`; it is selected after `dwell_s`.

        fresh: the gaze was measured just now, from open eyes; otherwise `key_id` is ignored and
        nothing is ever selected. Times that run backwards count as no time.
        """
        span = self._trust.pass_to(t_s)
        self._credit(span.seen_s, span.trusted_s)
        if span.lost:
            self._looked_s.clear()
        entered = self._trust.see(fresh)
        if not fresh:
            return self._state()
        self._key = key_id
        if key_id is None:
            return self._state()
        self._dwell_s[key_id] = dwell_s
        if entered or key_id in self._away_s:
            self._away_s[key_id] = 0.0
        if self._looked_s.get(key_id, 0.0) < dwell_s - ALMOST_S:
            return self._state()
        self.must_leave(key_id)
        return DwellState(Phase.SELECTED, key_id, 1.0)

    def _credit(self, seen_s: float, trusted_s: float) -> None:
        """The eyes were on `_key` for so long: others are left for `seen_s`, keys fill or drain."""
        for key in [key for key in self._away_s if key != self._key]:
            self._away_s[key] += seen_s
            if self._away_s[key] >= LEAVE_S - ALMOST_S:
                del self._away_s[key]
        for key in [key for key in self._looked_s if key != self._key]:
            self._looked_s[key] -= trusted_s
            if self._looked_s[key] <= ALMOST_S:
                del self._looked_s[key]
        if self._key is not None and self._key not in self._away_s and trusted_s > 0:
            looked_s = self._looked_s.get(self._key, 0.0) + trusted_s
            self._looked_s[self._key] = min(looked_s, self._dwell_s[self._key])

    def _state(self) -> DwellState:
        if not self._trust.armed:
            return DwellState(Phase.IDLE)
        if self._looked_s:
            progress = {key: s / self._dwell_s[key] for key, s in self._looked_s.items()}
            fullest = max(progress, key=lambda key: progress[key])
            return DwellState(Phase.DWELLING, fullest, min(1.0, progress[fullest]))
        if self._key in self._away_s:
            return DwellState(Phase.MUST_LEAVE, self._key)
        return DwellState(Phase.ARMED)


__all__ = ["ARM_S", "LEAVE_S", "LOSS_S", "Dwell", "DwellState", "DwellTimes", "Phase"]
