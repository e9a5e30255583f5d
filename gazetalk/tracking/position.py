"""Whether the person sits well before the camera: what frames show, judged as plain states.

What is asked, with limits and words, is a table in `advice.py`; here it is put to the frames.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.sight import Sight, see
from gazetalk.tracking.types import Face, Frame

# A state is the median over this long, so that a blink or a glance changes no words.
MEDIAN_S = 1.0
# Frames are measured, and states told anew, this often at most.
MEASURE_EVERY_S = 0.1
TELL_EVERY_S = 0.5
# Told only of what at least this share of those frames shows: something that is taken for a face
# for a moment must not be told to come nearer.
LEAST_SHARE = 0.3
# A helper who looks up is told what lasts; a patient's eyes are not drawn to what comes and goes.
LASTING_S, TOLD_S = 5.0, 20.0
# The rate of pictures is that of this long, and not told before half of it is over.
RATE_S = 3.0


class Level(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"


@dataclass(frozen=True)
class State:
    """One thing about position or light. level and value are None while it is not measured.

    unit: of the value. words: what is wrong and what to do about it; "" when nothing is.
    """

    name: str
    level: Level | None
    value: float | None = None
    unit: str = ""
    words: str = ""

    @property
    def measured(self) -> str:
        """The value as people read it, such as "61 cm"."""
        return "not measured" if self.value is None else f"{self.value:.0f} {self.unit}"


@dataclass(frozen=True)
class Limits:
    """Good from fair_below to fair_above, fair beyond, bad beyond the outer two.

    slack: a level that was told stays until the value is so far beyond its limit.
    """

    slack: float = 0.0
    bad_below: float = -math.inf
    fair_below: float = -math.inf
    fair_above: float = math.inf
    bad_above: float = math.inf

    def level(self, value: float, previous: Level | None = None) -> Level:
        """The level of a value, given the one told before."""
        near = {self._plain(value + step) for step in (-self.slack, 0.0, self.slack)}
        return previous if previous in near else self._plain(value)

    def _plain(self, value: float) -> Level:
        if value < self.bad_below or value > self.bad_above:
            return Level.BAD
        if value < self.fair_below or value > self.fair_above:
            return Level.FAIR
        return Level.GOOD


def _median(values: Sequence[float]) -> float:
    return float(np.median(values))


@dataclass(frozen=True)
class Check:
    """One question to the sights of the last second; the state `name` may have several.

    of: a sight's value in `unit`. over: one value of many. words: for a value that is not good.
    """

    name: str
    unit: str
    of: Callable[[Sight], float | None]
    limits: Limits
    words: Callable[[float], str]
    over: Callable[[Sequence[float]], float] = _median

    def value(self, sights: Sequence[Sight]) -> float | None:
        values = [value for value in map(self.of, sights) if value is not None]
        return self.over(values) if len(values) >= LEAST_SHARE * max(1, len(sights)) else None


@dataclass(frozen=True)
class Finding:
    """What a check came to; None where nothing was measured."""

    check: Check
    value: float | None
    level: Level | None


def judge(
    checks: Sequence[Check], sights: Sequence[Sight], before: Sequence[Finding] = ()
) -> tuple[Finding, ...]:
    """The checks' findings on these sights; `before` are those told last, which tend to stay."""
    levels = [finding.level for finding in before] or [None] * len(checks)
    findings = []
    for check, level in zip(checks, levels, strict=True):
        value = check.value(sights)
        now = None if value is None else check.limits.level(value, level)
        findings.append(Finding(check, value, now))
    return tuple(findings)


def states_of(findings: Sequence[Finding]) -> tuple[State, ...]:
    """One state for each name, in their order: its worst finding, of equally bad ones the last."""
    names = dict.fromkeys(finding.check.name for finding in findings)
    return tuple(_state(name, [f for f in findings if f.check.name == name]) for name in names)


def _state(name: str, findings: Sequence[Finding]) -> State:
    order = list(Level)
    told = State(name, None)
    for finding in findings:
        level, value = finding.level, finding.value
        if level is None or value is None:
            continue
        good = level is Level.GOOD
        if told.level is None or (not good and order.index(level) >= order.index(told.level)):
            words = "" if good else finding.check.words(value)
            told = State(name, level, value, finding.check.unit, words)
    return told


def first_words(states: Sequence[State]) -> str:
    """What a helper should be told first: the words of the first of the worst; "" when all is
    well."""
    for level in (Level.BAD, Level.FAIR):
        for state in states:
            if state.level is level:
                return state.words
    return ""


class Lasting:
    """What a helper should be told in passing: words that have been true for LASTING_S, for
    TOLD_S."""

    def __init__(self) -> None:
        self._since: tuple[str, float] = ("", -math.inf)

    def take(self, t_s: float, states: Sequence[State]) -> str:
        """The words as of this moment, in order of time; "" while all is well, not yet amiss for
        long, or told already."""
        words = first_words(states)
        name = next((state.name for state in states if words and state.words == words), "")
        if name != self._since[0]:
            self._since = (name, t_s)
        is_due = LASTING_S <= t_s - self._since[1] < LASTING_S + TOLD_S
        return words if is_due else ""


class Watch:
    """Puts the checks to the frames as they come. See `advice.checks`."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = tuple(checks)
        self._times_s: deque[float] = deque()
        self._sights: deque[Sight] = deque()
        self._findings: tuple[Finding, ...] = ()
        self._told_s = -math.inf
        self.states: tuple[State, ...] = tuple(
            State(name, None) for name in dict.fromkeys(check.name for check in checks)
        )

    def take(
        self,
        frame: Frame,
        face: Face | None,
        eyes: Eyes | None,
        novelty: float | None = None,
    ) -> tuple[State, ...]:
        """The states with this frame, in order of time; `face` and `eyes` were found in it.

        novelty: see `GazeSample`.
        """
        t_s = frame.t_s
        self._times_s.append(t_s)
        while t_s - self._times_s[0] > RATE_S:
            self._times_s.popleft()
        if not self._sights or t_s - self._sights[-1].t_s >= MEASURE_EVERY_S:
            self._sights.append(see(frame, face, eyes, self._fps(), novelty))
        while t_s - self._sights[0].t_s > MEDIAN_S:
            self._sights.popleft()
        if t_s - self._told_s >= TELL_EVERY_S:
            self._findings = judge(self._checks, self._sights, self._findings)
            self.states, self._told_s = states_of(self._findings), t_s
        return self.states

    def _fps(self) -> float | None:
        """Pictures a second, those that were lost left out; None before there are enough."""
        span_s = self._times_s[-1] - self._times_s[0]
        return (len(self._times_s) - 1) / span_s if span_s >= RATE_S / 2 else None
