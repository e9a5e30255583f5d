"""A switch made of the eyes themselves: a long blink."""

from __future__ import annotations

SHORTEST_S = 0.35  # ordinary blinks last 0.1 to 0.3 s
LONGEST_S = 1.5  # longer is closing the eyes to rest


class BlinkSwitch:
    """Tells long blinks from others. Feed it every sample; it works when the eyes open again."""

    def __init__(self, shortest_s: float = SHORTEST_S, longest_s: float = LONGEST_S) -> None:
        self._shortest_s = shortest_s
        self._longest_s = longest_s
        self._since_s: float | None = None

    def update(self, t_s: float, blink: bool | None) -> bool:
        """Whether a long blink ended at `t_s`. blink: closed now; None when the eyes are not seen,
        which ends a blink without a switch."""
        if blink:
            self._since_s = t_s if self._since_s is None else self._since_s
            return False
        since_s, self._since_s = self._since_s, None
        if blink is None or since_s is None:
            return False
        return self._shortest_s <= t_s - since_s <= self._longest_s
