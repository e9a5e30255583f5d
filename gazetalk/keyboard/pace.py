"""How long a person needs a dwell to be, learned from what they do after it.

Eyes that leave a key as soon as it is selected, sooner than anybody reacts, had decided to go
before: the dwell is longer than they need (after O. Spakov and D. Miniotas, "On-line adjustment of
dwell time for target selection by gaze", NordiCHI 2004). A selection that is taken back at once
came too soon. Eyes that stay a while say neither: some wait for what a look has brought.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gazetalk.keyboard.dwell import LEAVE_S, DwellState, DwellTimes, Phase

SHORTEST_S, LONGEST_S = 0.3, 1.2  # within these a person's pace is looked for
EARLY_S = 0.25  # left sooner than eyes react to what they see (0.2 to 0.25 s)
SHORTER = 0.004  # of the time, for each selection that was left early, ...
LONGER = 0.08  # ... for each that was taken back: balanced where one in twenty is
TAKEN_BACK_S = 4.0  # so soon after a selection taking back is about that one
TAKING_BACK = ("undo", "erase", "erase-word", "clear")
ADDING = ("type", "space", "choose", "part", "side", "put", "say", "speak", "page", "more", "back")
LETTER, ACTION = "letter_s", "action_s"  # the kinds of keys that have a pace, as `DwellTimes` does


@dataclass(frozen=True)
class Limits:
    """Between which times, seconds, dwells adapt, before `DwellTimes.factor` is applied.

    Raises ValueError when they are out of order or not from 0.1 to 10.
    """

    shortest_s: float = SHORTEST_S
    longest_s: float = LONGEST_S

    def __post_init__(self) -> None:
        if not 0.1 <= self.shortest_s <= self.longest_s <= 10:
            raise ValueError(
                "dwell times must adapt between 0.1 and 10 s, the shortest first, not "
                f"{self.shortest_s} to {self.longest_s}"
            )


class Pace:
    """The dwell times, and what is learned about them. adapts: whether anything is."""

    def __init__(
        self, times: DwellTimes, limits: Limits | None = None, adapts: bool = True
    ) -> None:
        self.times = times
        self.adapts = adapts
        self._limits = limits or Limits()
        self._kind = ""  # of the key that was selected last, and when; "" while none tells anything
        self._since_s = -math.inf
        self._waits = False  # for the eyes to leave it; since when they have
        self._left_s: float | None = None

    @property
    def learned(self) -> dict[str, float]:
        """The times of the kinds of keys that adapt, seconds, to be kept."""
        return {LETTER: self.times.letter_s, ACTION: self.times.action_s}

    def change(self, factor: float, adapts: bool) -> None:
        """All times so many times as long from now on; and whether more is learned of them."""
        self.times, self.adapts = replace(self.times, factor=factor), adapts
        self.rest()

    def resume(self, learned: Mapping[str, float]) -> None:
        """Go on from what was `learned` before; nothing when it does not adapt."""
        if self.adapts:
            for kind in (LETTER, ACTION):
                self._set(kind, learned.get(kind, getattr(self.times, kind)))

    def update(self, t_s: float, state: DwellState, action: str, timed_as: str) -> None:
        """The dwell machine is there. action: what the key under the eyes does; timed_as: the
        action whose dwell time it has. Only those of a key just selected count."""
        if not self.adapts:
            return
        if state.selected:
            self._selected(t_s, action, _kind(timed_as))
        elif self._waits:
            self._watch(t_s, state)

    def rest(self) -> None:
        """Nothing is learned from what comes before the next selection."""
        self._kind, self._waits = "", False

    def _selected(self, t_s: float, action: str, kind: str) -> None:
        if action in TAKING_BACK:
            if self._kind and t_s - self._since_s <= TAKEN_BACK_S + self._time_s(ACTION):
                self._change(self._kind, LONGER)
            self.rest()
            return
        known = action.partition(":")[0] in ADDING
        self._kind, self._since_s = (kind if known else ""), t_s
        self._waits, self._left_s = bool(self._kind), None

    def _watch(self, t_s: float, state: DwellState) -> None:
        """Whether the eyes leave the key that was selected, for good, and how soon."""
        if state.phase is Phase.MUST_LEAVE and t_s - self._since_s <= EARLY_S:
            self._left_s = None
            return
        if state.phase in (Phase.MUST_LEAVE, Phase.IDLE):
            self._waits = False
            return
        self._left_s = t_s if self._left_s is None else self._left_s
        if t_s - self._left_s >= LEAVE_S:
            self._waits = False
            if self._left_s - self._since_s <= EARLY_S:
                self._change(self._kind, -SHORTER)

    def _time_s(self, kind: str) -> float:
        return float(getattr(self.times, kind)) * self.times.factor

    def _change(self, kind: str, by: float) -> None:
        self._set(kind, getattr(self.times, kind) * math.exp(by))

    def _set(self, kind: str, time_s: float) -> None:
        limits = self._limits
        within_s = min(max(time_s, limits.shortest_s), limits.longest_s)
        if kind == LETTER:
            self.times = replace(self.times, letter_s=within_s)
        else:
            self.times = replace(self.times, action_s=within_s)


def _kind(action: str) -> str:
    """The kind of key that has this action, "" for one whose time stays as it is."""
    if action in ("type", "space"):
        return LETTER
    return "" if action in ("clear", "rest", "bell", "wake") else ACTION
