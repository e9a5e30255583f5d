"""How the person sits, told until all is well for a while: before a first calibration."""

from __future__ import annotations

from gazetalk.asking import Shown
from gazetalk.lid_signs import HOW_TO_CALL
from gazetalk.tracking.position import Level, State
from gazetalk.tracking.tracker import Tracked

# Nothing bad for so long: it stays so. A person alone must get past it in any case.
WELL_S = 3.0
PATIENCE_S = 60.0
WORDS = "Sit as you will sit to talk"
WELL = "That is good: stay so"


class Seat:
    """Takes what frames show until nothing is bad, a helper goes on, or patience ends."""

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s
        self._well_since_s: float | None = None
        self._stepped = False
        self.states: tuple[State, ...] = ()

    def take(self, tracked: Tracked) -> None:
        """What one frame gave."""
        self.states = tracked.position
        well = tracked.eyes is not None and not any(s.level is Level.BAD for s in self.states)
        if not well:
            self._well_since_s = None
        elif self._well_since_s is None:
            self._well_since_s = tracked.t_s

    def step(self, t_s: float) -> None:
        """A helper's key: go on."""
        self._stepped = True

    def over(self, t_s: float) -> bool:
        """Calibration can begin."""
        waited = t_s - self._start_s > PATIENCE_S
        well = self._well_since_s is not None and t_s - self._well_since_s >= WELL_S
        return self._stepped or well or waited

    def shown(self, t_s: float) -> Shown:
        """There is nothing to look at."""
        return Shown(words=self.words)

    @property
    def words(self) -> str:
        """One line for whoever looks."""
        return f"{WORDS if self._well_since_s is None else WELL} (Enter: go on). {HOW_TO_CALL}"
