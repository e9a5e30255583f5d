"""Simulated people for the assessment: sample for sample, where their gaze lies beside its target.

One person gives both what an assessment sees and the looks that they then type with, so that a
recommendation can be held against what is in fact fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from gazetalk.geometry import DEFAULT_SCREEN, Screen
from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.ways import LETTER_KEYS_A_ROW
from gazetalk.lab.looks import LOOK_S, Dot
from gazetalk.tracking.types import Floats, GazeSample, Target

SCREEN = DEFAULT_SCREEN
KEY_PX = SCREEN.width_px / LETTER_KEYS_A_ROW
RATE_HZ = 30.0
NOISE_S = 0.35  # time constant that gives a lag-1 correlation of 0.9 at 27 Hz, as WebGazer's has
TREMOR_HZ = 5.0  # of a tremor or a nystagmus
LOST_S = 0.25  # how long a stretch without gaze is
BLINK_S, LONG_BLINK_S = 0.15, 0.7


class Noise(Protocol):
    """How far gaze lies from what is looked at."""

    def begin_sentence(self) -> None: ...

    def offsets(
        self, random: np.random.Generator, target_px: tuple[float, float], count: int, typing: bool
    ) -> Floats:
        """(count, 2) px of one look, at `RATE_HZ`; typing: of the person's later looks."""
        ...


class Drawn:
    """Noise as drawn: a bias, a bias of each place, an error of each look, and noise within it.

    own, bias, place: deviations in keys. white: the noise within a look is independent from sample
    to sample, else correlated over `NOISE_S`. vertical: how many times larger all is up and down.
    """

    def __init__(
        self,
        random: np.random.Generator,
        own: float,
        bias: float,
        place: float,
        within: float,
        white: bool,
        vertical: float,
    ) -> None:
        scale = KEY_PX * np.array([1.0, vertical])
        self._random = random
        self._own, self._within, self._white = own * scale, within * scale, white
        self._bias = random.normal(0, bias * scale)
        self._moves = 0.3 * bias * scale
        self._moved = np.zeros(2)
        self._places = random.normal(0, 1, (3, 4, 2)) * place * scale

    def begin_sentence(self) -> None:
        """Posture has changed a little since the assessment."""
        self._moved = self._random.normal(0, self._moves)

    def offsets(
        self, random: np.random.Generator, target_px: tuple[float, float], count: int, typing: bool
    ) -> Floats:
        row = min(int(target_px[1] / SCREEN.height_px * 3), 2)
        column = min(int(target_px[0] / SCREEN.width_px * 4), 3)
        mean = self._bias + self._places[row, column] + random.normal(0, self._own)
        mean = mean + (self._moved if typing else 0.0)
        keep = 0.0 if self._white else np.exp(-1 / RATE_HZ / NOISE_S)
        fresh = random.normal(0, 1, (count, 2))
        path = np.empty((count, 2))
        path[0] = fresh[0]
        for k in range(1, count):
            path[k] = keep * path[k - 1] + np.sqrt(1 - keep**2) * fresh[k]
        return np.asarray(mean + path * self._within)


class Recorded:
    """Noise as recorded at dots: the nearest one's, or any one's (`placed` false).

    The assessment gets the first half of each dot's samples, typing the second, or, where there are
    dots of their own for typing, all of those.
    """

    def __init__(
        self, dots: Sequence[Dot], typed: Sequence[Dot] | None = None, placed: bool = True
    ) -> None:
        self._placed = placed
        self._dots = [dots if typed else [_half(dot, first=True) for dot in dots]]
        self._dots.append(typed or [_half(dot, first=False) for dot in dots])
        self._places = [np.array([dot.place_px for dot in of]) for of in self._dots]

    def begin_sentence(self) -> None:
        """As it was recorded."""

    def offsets(
        self, random: np.random.Generator, target_px: tuple[float, float], count: int, typing: bool
    ) -> Floats:
        dots, places = self._dots[typing], self._places[typing]
        at = int(np.linalg.norm(places - target_px, axis=1).argmin())
        dot = dots[at if self._placed else int(random.integers(len(dots)))]
        span_ms = 1000 * count / RATE_HZ
        start = random.uniform(dot.t_ms[0], max(dot.t_ms[-1] - span_ms, dot.t_ms[0] + 1e-6))
        wanted = start + np.arange(count) * 1000 / RATE_HZ
        reach = dot.t_ms[-1] - dot.t_ms[0]
        wanted = dot.t_ms[0] + reach - np.abs((wanted - dot.t_ms[0]) % max(2 * reach, 1) - reach)
        nearest = np.abs(dot.t_ms[:, None] - wanted).argmin(axis=0)
        return np.asarray(dot.offsets_px[nearest])


@dataclass(frozen=True)
class Simulated:
    """Somebody, with their noise.

    reaction_s: eyes reach a target so long after it came. loss: share of samples without gaze.
    blinks: share of long blinks that are seen. false_a_minute: those seen that were none. tires:
    how many times larger all errors are at the assessment's end, and then stay. shakes_keys: a
    tremor's size.
    """

    name: str
    kind: str
    source: str
    noise: Noise
    reaction_s: float = 0.25
    loss: float = 0.02
    blinks: float = 0.97
    false_a_minute: float = 0.1
    tires: float = 1.0
    shakes_keys: float = 0.0

    def look_px(
        self,
        random: np.random.Generator,
        target_px: tuple[float, float],
        count: int,
        typing: bool,
        tired: float,
    ) -> Floats:
        """Where gaze is seen, (count, 2) px, NaN where it is lost; tired: 0 fresh to 1."""
        offsets = self.noise.offsets(random, target_px, count, typing)
        offsets = offsets * (1 + (self.tires - 1) * tired)
        t_s = np.arange(count) / RATE_HZ
        phases = random.uniform(0, 2 * np.pi, 2)
        speed = TREMOR_HZ * random.uniform(0.8, 1.2)
        wave = np.sin(2 * np.pi * speed * t_s[:, None] + phases)
        seen = np.asarray(target_px) + offsets + self.shakes_keys * KEY_PX * wave
        seen[self._lost(random, count)] = np.nan
        return np.asarray(seen)

    def _lost(self, random: np.random.Generator, count: int) -> np.ndarray:
        """Samples are lost in stretches."""
        length = max(1, round(LOST_S * RATE_HZ))
        begins = random.random(count + length) < self.loss / length
        return np.convolve(begins, np.ones(length))[length : length + count] > 0


class PersonLooks:
    """A simulated person's looks while typing: the mean of `LOOK_S` of gaze, after all of the
    assessment's tiring."""

    def __init__(self, random: np.random.Generator, who: Simulated, aim: Aim) -> None:
        self._random, self._who, self._aim = random, who, aim

    def aim(self) -> Aim:
        return self._aim

    def begin_sentence(self) -> None:
        self._who.noise.begin_sentence()

    def at(self, target_px: tuple[float, float], t_s: float) -> Fix:
        count = round(LOOK_S * RATE_HZ)
        seen = self._who.look_px(self._random, target_px, count, True, 1.0)
        if np.isnan(seen).all():
            seen = self._who.look_px(self._random, target_px, count, True, 1.0)
        x, y = target_px if np.isnan(seen).all() else np.nanmean(seen, axis=0)
        return Fix(t_s, float(x), float(y))


@dataclass(frozen=True)
class Seen:
    """What an assessment saw. closings: start and end of each asked long blink's time, s."""

    targets: tuple[Target, ...]
    samples: tuple[GazeSample, ...]
    closings: tuple[tuple[float, float], ...]


def assessed(
    who: Simulated,
    points: Sequence[tuple[float, float]],
    target_s: float,
    closings: int,
    closing_s: float,
    random: np.random.Generator,
    screen: Screen = SCREEN,
) -> Seen:
    """What the assessment sees of somebody: targets at points (shares of the screen), one after
    the other, then asked long blinks in the middle of the screen."""
    targets, samples, asked = [], [], []
    at = (screen.width_px / 2, screen.height_px / 2)
    t_s, count, late = 0.0, round(target_s * RATE_HZ), who.reaction_s
    for number, (x, y) in enumerate(points):
        target_px = (x * screen.width_px, y * screen.height_px)
        tired = number / max(len(points) - 1, 1)
        away = round(random.gamma(8, late / 8) * RATE_HZ)
        before = who.look_px(random, at, min(away, count), False, tired)
        there = who.look_px(random, target_px, count, False, tired)
        path = np.concatenate([before, there])[:count]
        samples += _samples(t_s, path)
        targets.append(Target(t_s, t_s + target_s, *target_px, "validation"))
        t_s, at = t_s + target_s, target_px
    samples = _with_false_blinks(who, samples, random)
    for _ in range(closings):
        asked.append((t_s, t_s + closing_s))
        shut = random.random() < who.blinks
        for k in range(round(closing_s * RATE_HZ)):
            now_s = k / RATE_HZ
            is_shut = shut and 1.0 <= now_s < 1.0 + LONG_BLINK_S
            samples.append(GazeSample(t_s + now_s, *at, valid=not is_shut, blink=is_shut))
        t_s += closing_s
    return Seen(tuple(targets), tuple(samples), tuple(asked))


def _samples(start_s: float, path: Floats) -> list[GazeSample]:
    return [
        GazeSample(start_s + k / RATE_HZ, blink=False)
        if np.isnan(x)
        else GazeSample(start_s + k / RATE_HZ, float(x), float(y), valid=True, blink=False)
        for k, (x, y) in enumerate(path)
    ]


def _with_false_blinks(
    who: Simulated, samples: list[GazeSample], random: np.random.Generator
) -> list[GazeSample]:
    """Lids that are taken for shut, now and then, for as long as a long blink."""
    length = round(LONG_BLINK_S * RATE_HZ)
    minutes = len(samples) / RATE_HZ / 60
    for _ in range(random.poisson(who.false_a_minute * minutes)):
        start = int(random.integers(0, max(1, len(samples) - length)))
        for k in range(start, min(start + length, len(samples))):
            samples[k] = GazeSample(samples[k].t_s, blink=True)
    return samples


def _half(dot: Dot, first: bool) -> Dot:
    middle = len(dot.t_ms) // 2
    part = slice(0, middle) if first else slice(middle, None)
    return replace(dot, t_ms=dot.t_ms[part], offsets_px=dot.offsets_px[part])
