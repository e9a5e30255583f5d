"""What the lids do, as events: blinks, long ones, winks, eyes that stay closed.

A state machine on the samples' clock. It takes every sample, counts nothing but seconds, and works
out from the samples about it when the lids passed the half-way, so that a blink seen at 10 pictures
a second lasts as long as at 60. Eyes that are not seen are no closed eyes: a short loss changes
nothing, a longer one ends what was going on without an event.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gazetalk.tracking.lid_following import APART, SHUT, both_closed
from gazetalk.tracking.types import GazeSample

Which = Literal["both", "right", "left"]

# Half shut: there a blink begins and ends, and half of what tells a wink is a wink's.
HALF, HALF_APART = 0.5, APART / 2
# Shut for less than this is noise (blinks last 0.1 to 0.4 s: Stern, Walrath and Goldstein, The
# endogenous eyeblink, 1984); one eye alone, also the edge of a blink.
LEAST_S, LEAST_WINK_S = 0.04, 0.12
# Eyes not seen for so long: what they did meanwhile is not known.
LOST_S = 0.3
# One eye shut for so long is resting, or cannot open: the other one blinks for both.
RESTING_S = 3.0
# What may be asked for as a long blink, s.
LONG_RANGE_S = (0.3, 2.0)


@dataclass(frozen=True)
class Blink:
    """Lids that were shut and are open again. eyes: which of them; one alone is a wink (the
    person's own right or left). long: it lasted as long as a long blink must."""

    eyes: Which
    start_s: float
    end_s: float
    long: bool

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Shut:
    """Lids that have been shut, up to `t_s`, for as long as a long blink must last, or, `closed`,
    for so long that the eyes count as closed. Told once each, while they are still shut."""

    eyes: Which
    start_s: float
    t_s: float
    closed: bool


LidEvent = Blink | Shut


class Blinks:
    """Tells what the lids did, from gaze samples in order of time.

    long_s: what counts as a long blink, 0.3 to 2 s; closed_s: as closed eyes, longer than that.
    Every long blink is told as Shut before it is told as Blink.
    """

    def __init__(self, long_s: float = 0.6, closed_s: float = 2.0) -> None:
        low_s, high_s = LONG_RANGE_S
        if not low_s <= long_s <= high_s:
            raise ValueError(f"long_s {long_s}: must lie from {low_s} to {high_s}")
        if not long_s < closed_s < math.inf:
            raise ValueError(f"closed_s {closed_s}: must be more than long_s, {long_s}")
        self._steps_s = (long_s, closed_s)
        self._now_s = self._seen_s = -math.inf
        self._forget()

    def take(self, sample: GazeSample) -> tuple[LidEvent, ...]:
        """The events that this sample completes. One not later than the last is ignored."""
        if sample.t_s <= self._now_s:
            return ()
        self._now_s = sample.t_s
        if sample.t_s - self._seen_s > LOST_S:
            self._forget()
        right, left = self._eyes(sample)
        both = both_closed(right, left)
        if both is None:
            return ()
        self._seen_s = sample.t_s
        apart = 0.0 if right is None or left is None else right - left
        return tuple(self._events(sample.t_s, both, apart))

    def _forget(self) -> None:
        self._both = _Stay("both", SHUT, HALF, LEAST_S)
        self._winks = (
            _Stay("right", APART, HALF_APART, LEAST_WINK_S),
            _Stay("left", APART, HALF_APART, LEAST_WINK_S),
        )
        self._resting: Which | None = None
        self._blinked_s = -math.inf

    def _eyes(self, sample: GazeSample) -> tuple[float | None, float | None]:
        """The right and the left eye's closedness, without that of a resting eye."""
        right, left = sample.closed_right, sample.closed_left
        if right is None and left is None and sample.blink is not None:
            right = left = float(sample.blink)
        resting = {"right": right, "left": left}.get(self._resting or "")
        if resting is not None and resting < HALF:
            self._resting = None
        if self._resting == "right":
            return None, left
        return right, None if self._resting == "left" else left

    def _events(self, t_s: float, both: float, apart: float) -> Iterator[LidEvent]:
        ended_s = self._both.take(t_s, both)
        yield from self._told(self._both, t_s, ended_s)
        if ended_s is not None:
            self._blinked_s = ended_s
        for wink, value in zip(self._winks, (apart, -apart), strict=True):
            ended_s = wink.take(t_s, value)
            # One eye was the first to shut, or is the last to open.
            if self._both.above or wink.start_s - self._blinked_s < LEAST_WINK_S:
                wink.spoil()
                continue
            yield from self._told(wink, t_s, ended_s)
            if wink.counts and t_s - wink.start_s > RESTING_S:
                self._resting = wink.which
                wink.spoil()

    def _told(self, stay: _Stay, t_s: float, ended_s: float | None) -> Iterator[LidEvent]:
        """What is to be told of a stay that goes on, or has just ended."""
        if ended_s is None and not stay.counts:
            return
        until_s = t_s if ended_s is None else ended_s
        for number, step_s in enumerate(self._steps_s):
            if stay.told == number and until_s - stay.start_s >= step_s:
                stay.told += 1
                yield Shut(stay.which, stay.start_s, until_s, closed=number > 0)
        if ended_s is not None:
            yield Blink(stay.which, stay.start_s, ended_s, long=stay.told > 0)


class _Stay:
    """A value's stay above `half`; it counts once it has been above `enter`.

    above: it stays. start_s: of the present or the last stay. told: how much was told of it.
    """

    def __init__(self, which: Which, enter: float, half: float, least_s: float) -> None:
        self.which: Which = which
        self.start_s = -math.inf
        self.told = 0
        self._enter, self._half, self._least_s = enter, half, least_s
        self._last: tuple[float, float] | None = None
        self.above = self._entered = self._spoiled = False

    @property
    def counts(self) -> bool:
        return self.above and self._entered and not self._spoiled

    def spoil(self) -> None:
        """This stay, if there is one, is something else."""
        self._spoiled = True

    def take(self, t_s: float, value: float) -> float | None:
        """Go on; when a stay that counts has just ended, the time of that."""
        passed_s = self._passed_s(t_s, value)
        self._last = (t_s, value)
        if value > self._half:
            if not self.above:
                self.start_s, self.told = passed_s, 0
                self.above, self._entered, self._spoiled = True, False, False
            self._entered = self._entered or value > self._enter
            return None
        ended = self.counts and passed_s - self.start_s >= self._least_s
        self.above = False
        return passed_s if ended else None

    def _passed_s(self, t_s: float, value: float) -> float:
        """When the value passed `half`, if it did since the last sample."""
        if self._last is None:
            return t_s
        last_s, last = self._last
        if (last > self._half) == (value > self._half):
            return t_s
        return last_s + (t_s - last_s) * (self._half - last) / (value - last)
