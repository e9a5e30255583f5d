"""Who is assessed by `gazetalk bench assess`: drawn people, and the recorded noise of real ones and
of puppets, each made to tire, to shake or to have one eye where the kind asks for it."""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazetalk.clinic.assess import DISCARD_S
from gazetalk.lab.looks import LEAST_SAMPLES, Dot, NoiseError, Participant, read_noise
from gazetalk.lab.script import read_targets
from gazetalk.lab.simulated import KEY_PX, SCREEN, Drawn, Noise, Recorded, Simulated

GOOD, MIDDLING, POOR = "good", "middling", "poor"
ONE_EYE, TIRING, SHAKING = "one eye", "tiring", "shaking"
KINDS = (GOOD, MIDDLING, POOR, ONE_EYE, TIRING, SHAKING)
# The error of a look per axis, key widths, between which somebody is drawn.
ERRORS = {
    GOOD: (0.12, 0.4),
    MIDDLING: (0.4, 0.85),
    POOR: (0.85, 2.4),
    ONE_EYE: (0.3, 1.4),
    TIRING: (0.25, 0.85),
    SHAKING: (0.2, 0.85),
}
# Shares of its variance, as `aiming` takes them to be.
OWN, EVERYWHERE, PLACE = 0.45, 0.4, 0.15
EVEN, CORRELATED, WEBGAZER, NLGEM, PUPPET = "even", "correlated", "webgazer", "nlgem", "puppet"
DISTANCE_MM = 600.0
LEAST_DOTS = 5
STRETCH_S = 3.0  # a trace without targets is cut into stretches of this length


@dataclass(frozen=True, eq=False)
class Source:
    """Recorded people: name, noise, median error of a look per axis in key widths."""

    name: str
    people: tuple[tuple[str, Noise, float], ...]


def drawn(kind: str, source: str, random: np.random.Generator) -> Simulated:
    """Somebody of that kind, drawn."""
    low, high = ERRORS[kind]
    error = float(np.exp(random.uniform(math.log(low), math.log(high))))
    own, bias, place = (error * math.sqrt(part) for part in (OWN, EVERYWHERE, PLACE))
    within = error * random.uniform(0.4, 0.9)
    vertical = random.uniform(1.0, 1.6 if kind == ONE_EYE else 1.3)
    noise = Drawn(random, own, bias, place, within, source == EVEN, vertical)
    return as_kind(f"{error:.2f} key", kind, source, noise, random)


def as_kind(
    name: str, kind: str, source: str, noise: Noise, random: np.random.Generator
) -> Simulated:
    """Somebody with that noise, and what else belongs to the kind."""

    def between(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    match kind:
        case "one eye":
            return Simulated(
                *(name, kind, source, noise, between(0.25, 0.4), between(0.08, 0.3)),
                blinks=between(0.3, 0.95),
                false_a_minute=between(0.0, 0.6),
            )
        case "tiring":
            return Simulated(
                *(name, kind, source, noise, between(0.22, 0.4), between(0.02, 0.1)),
                blinks=between(0.8, 0.99),
                tires=between(1.4, 2.4),
            )
        case "shaking":
            return Simulated(
                *(name, kind, source, noise, between(0.3, 0.6), between(0.02, 0.15)),
                blinks=between(0.6, 0.98),
                shakes_keys=between(0.4, 1.2),
            )
        case _:
            return Simulated(
                *(name, kind, source, noise, between(0.2, 0.35), between(0.0, 0.06)),
                blinks=between(0.85, 0.99),
            )


def fits(kind: str, error: float) -> bool:
    """Whether somebody with that error may be of that kind."""
    low, high = ERRORS[kind]
    return low <= error < high


def webgazer(folder: Path) -> Source:
    """The recorded people whose window is known, scaled to our screen by it."""
    windows = {}
    for row in _rows(folder / "webgazer_dev_windows.csv"):
        if row["width_px"] and row["height_px"]:
            windows[row["participant"]] = float(row["width_px"]), float(row["height_px"])
    people = [
        (who.name, dots)
        for who in read_noise(folder / "webgazer_dev.csv.gz")
        if who.name in windows and len(dots := _scaled(who, windows[who.name])) >= LEAST_DOTS
    ]
    return Source(WEBGAZER, tuple((name, Recorded(d), _error(d)) for name, d in people))


def nlgem(folder: Path) -> Source:
    """Camera gaze against a Tobii's: a trace each, cut into stretches, as if on our screen at
    60 cm. The stretches have no places: each look gets one by chance."""
    traces: dict[str, list[list[float]]] = {}
    for row in _rows(folder / "nlgem_dev.csv.gz"):
        values = [float(row[name]) for name in ("t_s", "err_x_deg", "err_y_deg")]
        traces.setdefault(row["subject"], []).append(values)
    people = []
    for name, rows in traces.items():
        trace = np.array(rows)
        px = np.tan(np.deg2rad(trace[:, 1:])) * DISTANCE_MM / np.array(SCREEN.mm_per_px)
        dots = []
        for start_s in np.arange(0, trace[-1, 0] - STRETCH_S, STRETCH_S):
            inside = (trace[:, 0] >= start_s) & (trace[:, 0] < start_s + STRETCH_S)
            if inside.sum() > 20:
                t_ms = 1000 * (trace[inside, 0] - start_s)
                dots.append(Dot(np.zeros(2), t_ms, px[inside] * (1, -1)))
        people.append((name, Recorded(dots[::2], dots[1::2], placed=False), _error(dots)))
    return Source(NLGEM, tuple(people))


def puppets(folder: Path) -> Source:
    """Puppet sessions with what the tracker saw beside them (`gazetalk replay DIR --gaze
    DIR/gaze.csv`): validation targets for the assessment, typing targets for typing."""
    people = []
    for place in sorted(path.parent for path in folder.glob("*/gaze.csv")):
        gaze = [
            (float(row["t_s"]), float(row["x_px"]), float(row["y_px"]))
            for row in _rows(place / "gaze.csv")
            if row["valid"] in ("1", "True", "true") and row["x_px"]
        ]
        trace = np.array(gaze).reshape(-1, 3)
        parts: dict[str, list[Dot]] = {"validation": [], "typing": []}
        for target in read_targets(place / "targets.csv"):
            since_s = trace[:, 0] - target.start_s
            inside = (since_s >= 0.5) & (trace[:, 0] < target.end_s)
            if target.phase in parts and inside.sum() >= 5:
                at = np.array([target.x_px, target.y_px])
                offsets = trace[inside, 1:] - at
                parts[target.phase].append(Dot(at, 1000 * since_s[inside], offsets))
        if all(len(dots) >= 5 for dots in parts.values()):
            noise = Recorded(parts["validation"], parts["typing"])
            people.append((place.name, noise, _error(parts["validation"])))
    return Source(PUPPET, tuple(people))


def split(source: Source, held_out: bool) -> Source:
    """Every second person, by error: those to fit with, or those held out."""
    ranked = sorted(source.people, key=lambda person: person[2])
    return Source(source.name, tuple(ranked[1 - held_out :: 2]))


def cast(
    count: int, sources: Sequence[Source], seed: int, kinds: Sequence[str] = KINDS
) -> list[Simulated]:
    """So many people: every kind in turn, from every source in turn where it has such a person."""
    random = np.random.default_rng([seed, 8])
    left = {source.name: list(random.permutation(len(source.people))) for source in sources}
    by_name = {source.name: source for source in sources}
    order = [EVEN, CORRELATED, *by_name]
    cases = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        wanted = order[(number // len(kinds) + number) % len(order)]
        cases.append(_person(kind, wanted, by_name, left, random))
    return cases


def _person(
    kind: str,
    wanted: str,
    by_name: dict[str, Source],
    left: dict[str, list[int]],
    random: np.random.Generator,
) -> Simulated:
    if wanted in by_name:
        people = by_name[wanted].people
        for at in left[wanted]:
            name, noise, error = people[at]
            if fits(kind, error):
                left[wanted].remove(at)
                return as_kind(name, kind, wanted, noise, random)
    return drawn(kind, CORRELATED if wanted != EVEN else EVEN, random)


def _scaled(who: Participant, window: tuple[float, float]) -> list[Dot]:
    scale = np.array([SCREEN.width_px / window[0], SCREEN.height_px / window[1]])
    dots = []
    for dot in who.dots:
        there = dot.t_ms >= 1000 * DISCARD_S  # as in every procedure: before, eyes are on their way
        if there.sum() >= LEAST_SAMPLES:
            offsets = dot.offsets_px[there] * scale
            dots.append(Dot(dot.place_px * scale, dot.t_ms[there], offsets))
    return dots


def _error(dots: Sequence[Dot]) -> float:
    """The error of a look per axis, key widths: of a Rayleigh distribution's median."""
    means = np.array([dot.offsets_px.mean(axis=0) for dot in dots])
    return float(np.median(np.linalg.norm(means, axis=1))) / math.sqrt(math.log(4)) / KEY_PX


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise NoiseError(f"{path}: cannot be read ({error})") from error
    return list(csv.DictReader(text.splitlines()))
