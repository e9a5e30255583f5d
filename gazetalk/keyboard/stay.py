"""Long looks: the eyes stay on a key after it was selected.

Two acts more within one look: one for those who then look away, one for those who stay longer.
"""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.keyboard.dwell import DwellState, Phase
from gazetalk.keyboard.trust import HOLD_S

STAY_S = 1.6  # on a key after it was selected, before the first act; twice an ordinary dwell
LONG_S = 4.0  # the same for the second


@dataclass(frozen=True)
class Stayed:
    """What an update came to, at most one of it.

    stays: the first act is reached. ended: the eyes left after that. long: the second is reached.
    lost: the eyes were lost after the first: nothing comes of it.
    """

    key_id: str = ""
    stays: bool = False
    ended: bool = False
    long: bool = False
    lost: bool = False


class Stay:
    """The machine."""

    def __init__(self) -> None:
        self._key_id = ""
        self._stayed_s = 0.0
        self._t_s = 0.0
        self._reached = False

    def forget(self) -> None:
        """The page is another: what the eyes rest on tells nothing."""
        self._key_id, self._reached = "", False

    def update(self, t_s: float, state: DwellState, fresh: bool, factor: float = 1.0) -> Stayed:
        """The dwell machine is there; call it for each of its updates.

        factor: times as long. Time counts while gaze is fresh; a blink that the dwell machine
        forgives ends nothing.
        """
        span_s = min(max(0.0, t_s - self._t_s), HOLD_S) if fresh else 0.0
        self._t_s = max(t_s, self._t_s)
        if state.selected:
            self._key_id, self._stayed_s, self._reached = state.key_id or "", 0.0, False
            return Stayed()
        key_id = self._key_id
        if not key_id:
            return Stayed()
        if state.phase is Phase.MUST_LEAVE and state.key_id == key_id:
            return self._go_on(span_s, factor)
        if not fresh and state.phase is not Phase.IDLE:
            return Stayed()
        reached = self._reached
        self.forget()
        if not reached:
            return Stayed()
        lost = state.phase is Phase.IDLE
        return Stayed(key_id, ended=not lost, lost=lost)

    def _go_on(self, span_s: float, factor: float) -> Stayed:
        self._stayed_s += span_s
        key_id = self._key_id
        if self._stayed_s >= LONG_S * factor:
            self.forget()
            return Stayed(key_id, long=True)
        if self._stayed_s >= STAY_S * factor and not self._reached:
            self._reached = True
            return Stayed(key_id, stays=True)
        return Stayed()
