"""Showing targets one after another on the frames' clock: which is due, and when it was over."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gazetalk.tracking.types import Target

# Eyes that open again get so long to find the target. A lid that hangs when its eye looks down may
# seem closed each time that a target is shown: more rests than these are no reason to begin anew.
AFTER_REST_S, MOST_RESTS = 1.0, 2


@dataclass(frozen=True)
class Ask:
    """A target to be shown. number: from 1, within its phase.

    words: for the person, shown for `wait_s` before the target comes.
    """

    number: int
    x_px: float
    y_px: float
    phase: str
    words: str = ""
    wait_s: float = 0.0


@dataclass(frozen=True)
class Shown:
    """What the person is to see now, in pixels of the calibration's screen.

    target: where to look, or None. shrink: 0 (just shown) to 1 (being measured). done of total
    targets are over. size: times the usual. picture: drawn as the target, or None.
    """

    target: tuple[float, float] | None = None
    shrink: float = 0.0
    done: int = 0
    total: int = 0
    words: str = ""
    size: float = 1.0
    picture: Path | None = None


class Asking:
    """A queue of targets. Each stays for `target_s`, or, `stepped`, until `step` is called.

    least_s: how long a stepped target stays at least; the press of an impatient hand is ignored.
    """

    def __init__(self, start_s: float, target_s: float, stepped: bool, least_s: float) -> None:
        self._target_s = target_s
        self._stepped = stepped
        self._least_s = least_s
        self._begin_s = start_s
        self._stepped_at_s: float | None = None
        self._queue: deque[Ask] = deque()
        self._rests, self._rested = 0, False
        self.done = 0

    @property
    def left(self) -> int:
        """How many targets are still to come, with the one that is shown."""
        return len(self._queue)

    def add(self, asks: Sequence[Ask], t_s: float) -> None:
        """More targets, after those that are there; from `t_s` on if there are none."""
        if not self._queue:
            self._begin_s = max(self._begin_s, t_s)
        self._queue.extend(asks)

    def advance(self, t_s: float) -> list[tuple[Ask, Target]]:
        """The targets that have come to their end by now."""
        over = []
        while self._queue and (end_s := self._end_s()) is not None and end_s <= t_s:
            ask = self._queue.popleft()
            shown_s = self._begin_s + ask.wait_s
            if self._stepped:
                # The hand vouches for the moments before it pressed, not for all of a long wait.
                shown_s = max(shown_s, end_s - self._target_s)
            over.append((ask, Target(shown_s, end_s, ask.x_px, ask.y_px, ask.phase)))
            self._begin_s, self._stepped_at_s, self._rests = end_s, None, 0
            self.done += 1
        return over

    def step(self, t_s: float) -> None:
        """A helper says that the eyes are on the target."""
        due_s = self._shown_s()
        if self._stepped and due_s is not None and t_s >= due_s + self._least_s:
            self._stepped_at_s = t_s

    def rest(self, t_s: float, resting: bool) -> None:
        """Whether the person rests now: the target that is due then begins anew afterwards."""
        self._rests += resting and not self._rested
        self._rested = resting
        if self.resting:
            self._begin_s, self._stepped_at_s = t_s + AFTER_REST_S, None

    @property
    def resting(self) -> bool:
        """A target waits for the person, who rests."""
        return self._rested and self._rests <= MOST_RESTS and bool(self._queue)

    def at(self, t_s: float) -> tuple[Ask | None, float | None]:
        """The target that is due, and for how long it has been shown: None while its words are."""
        shown_s = self._shown_s()
        if shown_s is None:
            return None, None
        return self._queue[0], t_s - shown_s if t_s >= shown_s else None

    def share(self, seconds: float) -> float:
        """How far a target shown for so long has shrunk, 0 to 1: small in half of its time."""
        return min(1.0, max(0.0, 2 * seconds / self._target_s))

    def _shown_s(self) -> float | None:
        return self._begin_s + self._queue[0].wait_s if self._queue else None

    def _end_s(self) -> float | None:
        shown_s = self._shown_s()
        if self._stepped:
            return self._stepped_at_s
        return None if shown_s is None else shown_s + self._target_s
