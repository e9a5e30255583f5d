"""Simulated looks: where a look at a target is seen to land, by a made-up or a recorded person."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gazetalk.keyboard.aim import Aim, Fix

Floats = NDArray[np.float64]

LOOK_S = 0.5  # of a selection's time the eyes rest this long; the rest is their way there
SETTLING_MS = 400.0  # the first samples of a recorded dot hold the eyes' way to it
LEAST_SAMPLES = 12  # a recorded dot with fewer tells nothing
COLUMNS = ("participant", "point", "t_ms", "target_x", "target_y", "gaze_x", "gaze_y")


class NoiseError(ValueError):
    """A file of recorded noise that cannot be used: one line."""


class Looks(Protocol):
    """A person's looks. aim: what is known of them beforehand, from a validation."""

    def aim(self) -> Aim: ...

    def begin_sentence(self) -> None: ...

    def at(self, target_px: tuple[float, float], t_s: float) -> Fix: ...


class GaussianLooks:
    """Looks with a bias drawn once a sentence and a normal error, both in key widths.

    correlation: of the errors of one look and the next (0: none). vertical: how many times larger
    bias and error are up and down. The aim knows the spread from thirteen validation looks.
    """

    def __init__(
        self,
        random: np.random.Generator,
        key_px: float,
        width_px: int,
        sigma_keys: float,
        bias_keys: float,
        correlation: float = 0.0,
        vertical: float = 1.0,
    ) -> None:
        self._random = random
        self._width_px = width_px
        self._correlation = correlation
        self._sigma_px = sigma_keys * key_px * np.array([1.0, vertical])
        self._bias_px = bias_keys * key_px * np.array([1.0, vertical])
        self._bias = np.zeros(2)
        self._error = self._random.normal(0, self._sigma_px)

    def aim(self) -> Aim:
        """The bias' size is taken to be known as well: a validation measures both."""
        seen = np.maximum(self._random.normal(0, self._sigma_px, (13, 2)).std(axis=0, ddof=1), 1.0)
        bias = np.maximum(self._bias_px, 1.0)
        return Aim(
            self._width_px, (float(seen[0]), float(seen[1])), (float(bias[0]), float(bias[1]))
        )

    def begin_sentence(self) -> None:
        self._bias = self._random.normal(0, self._bias_px)

    def at(self, target_px: tuple[float, float], t_s: float) -> Fix:
        fresh = self._random.normal(0, self._sigma_px)
        keep = self._correlation
        self._error = keep * self._error + np.sqrt(1 - keep**2) * fresh
        x, y = np.asarray(target_px) + self._bias + self._error
        return Fix(t_s, float(x), float(y))


@dataclass(frozen=True, eq=False)
class Dot:
    """A recorded dot: its place (2,), times (N,) ms and offsets (N, 2) of gaze from it, px."""

    place_px: Floats
    t_ms: Floats
    offsets_px: Floats


@dataclass(frozen=True, eq=False)
class Participant:
    name: str
    dots: tuple[Dot, ...]

    @property
    def error_px(self) -> float:
        """The median distance of gaze from its dot."""
        return float(
            np.median(np.linalg.norm(np.vstack([d.offsets_px for d in self.dots]), axis=1))
        )


class RecordedLooks:
    """Looks that err as a recorded participant did at the dot nearest to the target: the mean of a
    stretch of `LOOK_S`, as it was recorded."""

    def __init__(self, random: np.random.Generator, who: Participant, width_px: int) -> None:
        self._random = random
        self._who = who
        self._width_px = width_px
        self._places = np.array([dot.place_px for dot in who.dots])

    def aim(self) -> Aim:
        """The sizes of spread and bias are measured over the dots, their directions are not."""
        stretches = [[self._stretch(dot) for _ in range(4)] for dot in self._who.dots]
        means = np.array([np.mean(dot, axis=0) for dot in stretches])
        spread = np.sqrt(np.mean([np.var(dot, axis=0, ddof=1) for dot in stretches], axis=0))
        bias = np.maximum(np.abs(means.mean(axis=0)), 0.5 * spread)
        place = means.std(axis=0)
        sizes = [(float(x), float(y)) for x, y in np.maximum([spread, bias, place], 5.0)]
        return Aim(self._width_px, *sizes)

    def begin_sentence(self) -> None:
        pass

    def at(self, target_px: tuple[float, float], t_s: float) -> Fix:
        nearest = int(np.linalg.norm(self._places - target_px, axis=1).argmin())
        x, y = np.asarray(target_px) + self._stretch(self._who.dots[nearest])
        return Fix(t_s, float(x), float(y))

    def _stretch(self, dot: Dot) -> Floats:
        latest = max(dot.t_ms[-1] - 1000 * LOOK_S, dot.t_ms[0])
        start = self._random.uniform(dot.t_ms[0], latest)
        inside = (dot.t_ms >= start) & (dot.t_ms <= start + 1000 * LOOK_S)
        chosen = dot.offsets_px[inside] if inside.any() else dot.offsets_px
        return np.asarray(chosen.mean(axis=0))


def read_noise(path: Path) -> list[Participant]:
    """The participants of a file of recorded noise, best first. Raises NoiseError."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise NoiseError(f"{path}: cannot be read ({error}); give a CSV file") from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise NoiseError(f"{path}: column {missing[0]!r} is missing; it needs {','.join(COLUMNS)}")
    rows: dict[str, dict[str, list[tuple[float, ...]]]] = {}
    for number, row in enumerate(reader, 2):
        try:
            values = tuple(float(row[name]) for name in COLUMNS[2:])
        except (TypeError, ValueError):
            raise NoiseError(f"{path}, line {number}: a number is missing; mend the line") from None
        if np.isfinite(values).all():
            rows.setdefault(row["participant"], {}).setdefault(row["point"], []).append(values)
    people = [
        Participant(name, dots) for name, points in rows.items() if (dots := _dots(points.values()))
    ]
    if not people:
        raise NoiseError(f"{path}: nobody has a dot with {LEAST_SAMPLES} samples")
    return sorted(people, key=lambda who: who.error_px)


def _dots(points: Iterable[list[tuple[float, ...]]]) -> tuple[Dot, ...]:
    dots = []
    for samples in points:
        values = np.array(samples)
        values = values[values[:, 0] >= SETTLING_MS]
        if len(values) >= LEAST_SAMPLES:
            place = values[0, 1:3]
            dots.append(Dot(place, values[:, 0], values[:, 3:5] - values[:, 1:3]))
    return tuple(dots)
