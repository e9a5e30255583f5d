"""When the calibration should be checked again by itself: light or glasses have changed.

Someone who cannot move cannot tell a key that no longer answers to press itself: with a lamp moved
elsewhere looks miss by a hand's breadth (`tracking.advice`). Seven seconds of looking at dots
mend that.
"""

from __future__ import annotations

from collections.abc import Sequence

from gazetalk.tracking.advice import CALIBRATION
from gazetalk.tracking.position import Level, State

# A hand before the lamp, or somebody passing by, is over by then.
LASTING_S = 10.0
# Looking at dots all the time would be worse than missing.
APART_S = 300.0


class Recheck:
    """Told of the position's states as time passes."""

    def __init__(self) -> None:
        self._changed_s: float | None = None
        self._waits = True  # for a change; not before all was as usual once more
        self._last_s = float("-inf")

    def take(self, t_s: float, states: Sequence[State]) -> bool:
        """Whether a check is due now."""
        level = next((state.level for state in states if state.name == CALIBRATION), None)
        if level is None:
            return False
        if level is Level.GOOD:
            self._changed_s, self._waits = None, True
            return False
        if self._changed_s is None:
            self._changed_s = t_s
        return self._waits and t_s - max(self._changed_s + LASTING_S, self._last_s + APART_S) >= 0

    def checked(self, t_s: float) -> None:
        """A check was made, for whatever reason."""
        self._last_s, self._waits = t_s, False
