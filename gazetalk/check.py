"""The short check of a calibration: before talking begins, and when it may serve no longer."""

from __future__ import annotations

from gazetalk.asking import Ask, Asking, Shown
from gazetalk.geometry import Screen
from gazetalk.lid_signs import PAUSED, Pause
from gazetalk.tracking.resume import (
    FIRST_S,
    NOT_CHECKED,
    POINTS,
    REDO,
    TARGET_S,
    Resumed,
    Usual,
    resume,
)
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample, Target

# Without eyes it goes on after so long: they may be seen well enough later.
EYES_LIMIT_S = 8.0
# A glance elsewhere must not cost a whole calibration: before that, the check is made once more.
ROUNDS = 2
WORDS_S = 1.5


class Check:
    """Shows three targets, once eyes are seen, and judges the gaze that the old calibration gives.

    usual: how well that did when it was made. start_s: from when on the eyes are waited for. why:
    it is made, in words that end in a point, "" at the start of a session.
    """

    def __init__(self, screen: Screen, usual: Usual, start_s: float, why: str = "") -> None:
        self.screen = screen
        self._usual = usual
        self._asked = f"{why} A short check: look at each dot".strip()
        self._start_s = start_s
        self._pause = Pause()
        self._asking = Asking(start_s, TARGET_S, stepped=False, least_s=0.0)
        self._samples: list[GazeSample] = []
        self._targets: list[Target] = []
        self._rounds = 0
        self._result: Resumed | None = None
        self._ended_s = start_s

    @property
    def result(self) -> Resumed | None:
        """What it came to; None while it is going on."""
        return self._result

    def take(self, tracked: Tracked) -> None:
        """What one frame gave."""
        if self._result is not None:
            return
        if not self._rounds:
            if tracked.eyes is not None:
                self._begin(tracked.t_s)
            elif tracked.t_s - self._start_s > EYES_LIMIT_S:
                self._end(Resumed(NOT_CHECKED), tracked.t_s)
            return
        self._samples.append(tracked.sample)
        self._asking.rest(tracked.t_s, self._pause.take(tracked.sample))
        self._targets += [target for _, target in self._asking.advance(tracked.t_s)]
        if not self._asking.left:
            self._judge(tracked.t_s)

    def over(self, t_s: float) -> bool:
        """It has come to a result, and that has been shown for a moment."""
        return self._result is not None and t_s >= self._ended_s + WORDS_S

    def step(self, t_s: float) -> None:
        """A helper's key skips it."""
        if self._result is None:
            self._end(Resumed(NOT_CHECKED), t_s)

    def shown(self, t_s: float) -> Shown:
        """The target that is to be looked at now."""
        if self._result is not None:
            return Shown(words=self._result.words)
        if not self._rounds:
            return Shown(total=len(POINTS), words="Looking for your eyes…")
        ask, seconds = self._asking.at(t_s)
        done, total = self._asking.done, self._asking.done + self._asking.left
        if self._asking.resting:
            return Shown(done=done, total=total, words=PAUSED)
        if ask is None or seconds is None:
            return Shown(done=done, total=total, words=self._asked)
        return Shown((ask.x_px, ask.y_px), self._asking.share(seconds), done, total)

    def _begin(self, t_s: float) -> None:
        self._rounds += 1
        self._samples, self._targets = [], []
        width, height = self.screen.width_px, self.screen.height_px
        asks = [
            Ask(number, x * width, y * height, "validation", wait_s=FIRST_S if number == 1 else 0.0)
            for number, (x, y) in enumerate(POINTS, 1)
        ]
        self._asking.add(asks, t_s)

    def _judge(self, t_s: float) -> None:
        result = resume(self._samples, self._targets, self.screen, self._usual)
        if result.verdict == REDO and self._rounds < ROUNDS:
            self._begin(t_s)
        else:
            self._end(result, t_s)

    def _end(self, result: Resumed, t_s: float) -> None:
        self._result, self._ended_s = result, t_s
