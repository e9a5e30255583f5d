"""What closed eyes ask for where no key can be looked at: a pause, and the bell.

Before there is a calibration nothing on the screen can be selected, but lids can be told (as those
of people on the whole). Closing the eyes for a moment is a pause for as long as it lasts; closing
them twice in a row, each time for about two seconds, calls.
"""

from __future__ import annotations

from gazetalk.tracking.blinks import Blink, Blinks
from gazetalk.tracking.types import GazeSample

# How long the eyes are closed in a call, each time: longer than any blink (at most 0.4 s) and than
# the long blinks that select words (at most 1.5 s); shorter than resting them.
CALL_S = (1.6, 5.0)
# The second time begins so soon after the first is over.
BETWEEN_S = 2.5
HOW_TO_CALL = "To call somebody: close your eyes for two seconds, twice"

# Closed for so long, the eyes rest. Eyes that seem to be closed for much longer may be ones that
# hardly open: nobody is to wait for them for ever.
PAUSE_FROM_S = 1.0
PAUSE_MOST_S = 60.0
PAUSED = "It waits while your eyes are closed"


class Call:
    """Tells when the eyes have called. Feed it every sample."""

    def __init__(self) -> None:
        self._blinks = Blinks()
        self._last_s: float | None = None

    def take(self, sample: GazeSample) -> bool:
        """Whether this sample completes a call: the eyes open after the second time."""
        closings = [e for e in self._blinks.take(sample) if isinstance(e, Blink)]
        return any(self._closed(closing) for closing in closings if closing.eyes == "both")

    def _closed(self, closing: Blink) -> bool:
        last_s, self._last_s = self._last_s, None
        if not CALL_S[0] <= closing.duration_s <= CALL_S[1]:
            return False
        if last_s is not None and closing.start_s - last_s <= BETWEEN_S:
            return True
        self._last_s = closing.end_s
        return False


class Pause:
    """Tells whether the eyes, having been open, are closed to rest. Feed it every sample."""

    def __init__(self) -> None:
        self._closed_s: float | None = None
        self._opened = False

    def take(self, sample: GazeSample) -> bool:
        """Whether they rest now. Eyes that are not seen are no resting ones."""
        if not sample.blink:
            self._opened = self._opened or sample.blink is not None
            self._closed_s = None
            return False
        self._closed_s = sample.t_s if self._closed_s is None else self._closed_s
        closed_for_s = sample.t_s - self._closed_s
        return self._opened and PAUSE_FROM_S <= closed_for_s <= PAUSE_MOST_S
