"""What an access assessment measures: figures from looks at known targets and asked blinks.

Definitions as in `tracking.accuracy`; beside them: the smallest usable target has a side of
2 (offset + 2 SD) (Feit et al., "Toward everyday gaze input", CHI 2017, for both axes as one); a
look is the mean gaze of half a second, about what one selection takes of a fixation. What was not
measured is None; every figure has its n.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gazetalk.clinic.gazed import Gazed, gazed
from gazetalk.geometry import Screen
from gazetalk.keyboard.switch import BlinkSwitch
from gazetalk.tracking.accuracy import Accuracy, measure_accuracy
from gazetalk.tracking.types import Floats, GazeSample, Target

LOOK_S = 0.5
DISCARD_S = 0.7  # of a target: the eyes are on their way, as in every procedure; or, if they come
SETTLE_S = 0.15  # later than usual, up to so long after that
REGIONS = (
    *("top left", "top", "top right", "left", "middle", "right"),
    *("bottom left", "bottom", "bottom right"),
)
THIRDS = 3
LEAST_LOOKS = 6  # fewer say nothing of a spread
# The middles of the keys of two zones, as shares of the screen's width and height; how far from
# there targets still tell of them, and up to what distance they tell all, of the width.
SIDES = (("left", 0.17, 0.455), ("right", 0.83, 0.455))
SIDE_REACH, SIDE_NEAR = 0.35, 0.15
REACTION_FROM = 0.15  # of the screen's width: from target to target, to see the eyes go
LATE_S = 0.8  # at a target's end the eyes are there in any case
MOST_ASTRAY = 0.15  # of the samples, on the wrong side of that moment
BLINK_LATE_S = 0.35  # after a blink's time was over it may still end


@dataclass(frozen=True)
class Region:
    """A ninth of the screen. offset_mm: of its targets' mean gaze; sd_mm: within them."""

    name: str
    offset_mm: float | None
    sd_mm: float | None
    targets: int


@dataclass(frozen=True)
class Looks:
    """How single looks lie beside what was looked at, mm (x, y).

    bias_mm: what all have in common. spread_mm: standard deviation around that. place_mm: the part
    of it that belongs to the place, per axis, by how alike the errors of places are that were asked
    for twice; None where none was. follows: the correlation of where looks lie with where they were
    asked to lie, from left to right; None where that was always the same. n: how many looks.
    """

    bias_mm: tuple[float, float]
    spread_mm: tuple[float, float]
    place_mm: float | None
    follows: float | None
    n: int
    targets: int


@dataclass(frozen=True)
class Side:
    """The same for looks at targets near the middle of the left or the right key of two zones,
    those nearer to it counting more: an error that belongs to a place may make one side dumb."""

    name: str
    bias_mm: tuple[float, float]
    spread_mm: tuple[float, float]
    n: int
    targets: int


@dataclass(frozen=True)
class Smallest:
    """The side of the smallest target that can be used. share: of the screen's width."""

    mm: float
    px: float
    share: float


@dataclass(frozen=True)
class Reaction:
    """Median time, s, from a target's coming to gaze being there. n: targets that told."""

    median_s: float
    n: int


@dataclass(frozen=True)
class Blinking:
    """Long blinks. found of asked; false: seen without being asked for, in so many minutes."""

    asked: int
    found: int
    false: int
    minutes: float


@dataclass(frozen=True)
class Tiring:
    """The first against the last third of the targets: root mean square error, mm, and data loss.

    n: targets in each. certain: the error grew by more than chance allows (see `_grew`).
    """

    first_mm: float
    last_mm: float
    first_loss: float
    last_loss: float
    n: int
    certain: bool


@dataclass(frozen=True)
class Figures:
    """All that was measured. None: it was not."""

    screen: Screen
    accuracy: Accuracy
    regions: tuple[Region, ...]
    looks: Looks | None = None
    sides: tuple[Side, ...] = ()
    smallest: Smallest | None = None
    reaction: Reaction | None = None
    blinking: Blinking | None = None
    tiring: Tiring | None = None
    gazed: tuple[Gazed, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(
    targets: Sequence[Target],
    samples: Sequence[GazeSample],
    screen: Screen,
    distance_mm: float,
    closings: Sequence[tuple[float, float]] = (),
) -> Figures:
    """Figures from targets and samples, both in order of time; of late eyes, from when they come.

    closings: start and end, s, of each time in which one long blink was asked for.
    """
    arrivals = [_arrival_s(target, samples, screen) for target in targets]
    reaction = _reaction(targets, arrivals)
    targets = [_arrived(t, at_s) for t, at_s in zip(targets, arrivals, strict=True)]
    accuracy = measure_accuracy(samples, targets, screen, distance_mm, DISCARD_S)
    errors = [_errors_mm(target, samples, screen) for target in targets]
    return Figures(
        screen,
        accuracy,
        _regions(targets, errors, screen),
        _looks(targets, errors, screen),
        _sides(targets, errors, screen),
        _smallest(accuracy, screen),
        reaction,
        blinking(samples, closings) if closings else None,
        _tiring(targets, errors, samples),
        _gazed(targets, errors, screen),
    )


def blinking(samples: Sequence[GazeSample], closings: Sequence[tuple[float, float]]) -> Blinking:
    """How reliably asked long blinks are seen, by the switch that the keyboard uses itself."""
    switch = BlinkSwitch()
    at_s = [s.t_s for s in samples if switch.update(s.t_s, s.blink)]
    windows = [(start_s, end_s + BLINK_LATE_S) for start_s, end_s in closings]
    found = sum(any(start <= t <= end for t in at_s) for start, end in windows)
    inside = sum(any(start <= t <= end for start, end in windows) for t in at_s)
    asked_s = sum(end - start for start, end in closings)
    all_s = samples[-1].t_s - samples[0].t_s if samples else 0.0
    return Blinking(len(closings), found, len(at_s) - inside, max(0.0, all_s - asked_s) / 60)


def _errors_mm(target: Target, samples: Sequence[GazeSample], screen: Screen) -> list[Floats]:
    """The valid samples' offsets (N, 2) from their target, for each look at it that has any."""
    scale, looks = np.array(screen.mm_per_px), []
    start_s = target.start_s + DISCARD_S
    for k in range(max(1, round((target.end_s - start_s) / LOOK_S))):
        begin_s, end_s = start_s + k * LOOK_S, min(start_s + (k + 1) * LOOK_S, target.end_s)
        points = [(s.x_px, s.y_px) for s in _between(samples, begin_s, end_s) if s.valid]
        if points:
            looks.append((np.array(points, dtype=float) - (target.x_px, target.y_px)) * scale)
    return looks


def _gazed(
    targets: Sequence[Target], errors: Sequence[list[Floats]], screen: Screen
) -> tuple[Gazed, ...]:
    found = [
        gazed(target, np.concatenate(looks), screen)
        for target, looks in zip(targets, errors, strict=True)
        if looks
    ]
    return tuple(each for each in found if each is not None)


def _regions(
    targets: Sequence[Target], errors: Sequence[list[Floats]], screen: Screen
) -> tuple[Region, ...]:
    inside: list[list[Floats]] = [[] for _ in REGIONS]
    for target, looks in zip(targets, errors, strict=True):
        column = min(max(int(3 * target.x_px / screen.width_px), 0), 2)
        row = min(max(int(3 * target.y_px / screen.height_px), 0), 2)
        if looks:
            inside[3 * row + column].append(np.concatenate(looks))
    return tuple(_region(name, of) for name, of in zip(REGIONS, inside, strict=True))


def _region(name: str, seen: Sequence[Floats]) -> Region:
    if not seen:
        return Region(name, None, None, 0)
    offsets = [float(np.linalg.norm(points.mean(axis=0))) for points in seen]
    around = np.concatenate([points - points.mean(axis=0) for points in seen])
    sd_mm = float(np.sqrt((around**2).sum(axis=1).mean())) if len(around) > len(seen) else None
    return Region(name, float(np.mean(offsets)), sd_mm, len(seen))


def _looks(
    targets: Sequence[Target], errors: Sequence[list[Floats]], screen: Screen
) -> Looks | None:
    means = np.array([points.mean(axis=0) for looks in errors for points in looks])
    if len(means) < LEAST_LOOKS:
        return None
    bias, spread = means.mean(axis=0), means.std(axis=0, ddof=1)
    asked = sum(bool(looks) for looks in errors)
    place_mm = _place_mm(targets, errors, bias)
    at = [
        t.x_px * screen.mm_per_px[0]
        for t, looks in zip(targets, errors, strict=True)
        for _ in looks
    ]
    follows = _correlation(np.array(at), np.array(at) + means[:, 0])
    return Looks(_pair(bias), _pair(spread), place_mm, follows, len(means), asked)


def _correlation(x: Floats, y: Floats) -> float | None:
    """Pearson's, -1..1; None where either is always the same."""
    if min(np.ptp(x), np.ptp(y)) < 1e-6:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _place_mm(
    targets: Sequence[Target], errors: Sequence[list[Floats]], bias_mm: Floats
) -> float | None:
    """The root of the mean product of both errors of a place, without the common bias: what is
    another error each time has no part in it."""
    seen: dict[tuple[float, float], Floats] = {}
    products = []
    for target, looks in zip(targets, errors, strict=True):
        if not looks:
            continue
        at = (target.x_px, target.y_px)
        error = np.concatenate(looks).mean(axis=0) - bias_mm
        if at in seen:
            products.append(float(seen[at] @ error) / 2)
        seen[at] = error
    return math.sqrt(max(0.0, float(np.mean(products)))) if products else None


def _sides(
    targets: Sequence[Target], errors: Sequence[list[Floats]], screen: Screen
) -> tuple[Side, ...]:
    """Both, or those that were looked at often enough."""
    sides = []
    for name, x, y in SIDES:
        means, weights, count = [], [], 0
        for target, looks in zip(targets, errors, strict=True):
            away_px = math.hypot(
                target.x_px - x * screen.width_px, target.y_px - y * screen.height_px
            )
            away = away_px / screen.width_px
            if away < SIDE_REACH and looks:
                count += 1
                means += [points.mean(axis=0) for points in looks]
                weights += [math.exp(-0.5 * (away / SIDE_NEAR) ** 2)] * len(looks)
        if len(means) >= LEAST_LOOKS:
            points, shares = np.array(means), np.array(weights) / sum(weights)
            bias = shares @ points
            spread = np.sqrt(shares @ (points - bias) ** 2 / (1 - shares @ shares))
            sides.append(Side(name, _pair(bias), _pair(spread), len(means), count))
    return tuple(sides)


def _pair(values: Floats) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _smallest(accuracy: Accuracy, screen: Screen) -> Smallest | None:
    if accuracy.fixation_offset is None or accuracy.sd is None:
        return None
    mm = 2 * (accuracy.fixation_offset.mm + 2 * accuracy.sd.mm)
    return Smallest(mm, mm / screen.mm_per_px[0], mm / screen.width_mm)


def _arrival_s(target: Target, samples: Sequence[GazeSample], screen: Screen) -> float | None:
    """When gaze went over from the last place to the new one: the moment that divides the samples
    best into those nearer to the one and those nearer to the other, which noise hardly moves. None
    where the places are too near, or the samples too noisy, to tell."""
    before = [s for s in _between(samples, target.start_s - 0.5, target.start_s) if s.valid]
    during = [s for s in _between(samples, target.start_s, target.end_s) if s.valid]
    late = [s for s in during if s.t_s >= target.end_s - LATE_S]
    if len(before) < 3 or len(late) < 3:
        return None
    old, new = _middle(before), _middle(late)
    if np.linalg.norm(new - old) < REACTION_FROM * screen.width_px:
        return None
    points = np.array([(s.x_px, s.y_px) for s in during], dtype=float)
    there = (points - (old + new) / 2) @ (new - old) > 0
    wrong = np.concatenate([[0], np.cumsum(there)]) + np.concatenate(
        [np.cumsum(~there[::-1])[::-1], [0]]
    )
    first = int(wrong.argmin())
    told = 0 < first < len(during) and wrong[first] <= MOST_ASTRAY * len(during)
    return during[first].t_s if told else None


def _reaction(targets: Sequence[Target], arrivals: Sequence[float | None]) -> Reaction | None:
    times = [at_s - t.start_s for t, at_s in zip(targets, arrivals, strict=True) if at_s]
    return Reaction(float(np.median(times)), len(times)) if times else None


def _arrived(target: Target, at_s: float | None) -> Target:
    """The target as if it had come so much later that the eyes are there after `DISCARD_S`."""
    if at_s is None:
        return target
    start_s = max(target.start_s, at_s + SETTLE_S - DISCARD_S)
    return replace(target, start_s=min(start_s, target.end_s - DISCARD_S - LOOK_S))


def _middle(samples: Sequence[GazeSample]) -> Floats:
    return np.asarray(np.median([(s.x_px, s.y_px) for s in samples], axis=0), dtype=float)


def _tiring(
    targets: Sequence[Target], errors: Sequence[list[Floats]], samples: Sequence[GazeSample]
) -> Tiring | None:
    n = len(targets) // THIRDS
    first, last = (_squares(part) for part in (errors[:n], errors[len(errors) - n :]))
    if min(len(first), len(last)) < THIRDS:
        return None
    early, late = (_loss(part, samples) for part in (targets[:n], targets[len(targets) - n :]))
    root_first, root_last = (math.sqrt(float(part.mean())) for part in (first, last))
    return Tiring(root_first, root_last, early, late, n, _grew(first, last))


def _squares(errors: Sequence[list[Floats]]) -> Floats:
    """The squared error of each target that was looked at, mm^2."""
    means = [np.concatenate(looks).mean(axis=0) for looks in errors if looks]
    return np.array([float(mean @ mean) for mean in means])


def _loss(targets: Sequence[Target], samples: Sequence[GazeSample]) -> float:
    during = [s.valid for t in targets for s in _between(samples, t.start_s + DISCARD_S, t.end_s)]
    return 1 - sum(during) / len(during) if during else 1.0


def _between(samples: Sequence[GazeSample], start_s: float, end_s: float) -> Sequence[GazeSample]:
    """Those from `start_s` on, before `end_s`."""
    first = bisect.bisect_left(samples, start_s, key=lambda sample: sample.t_s)
    last = bisect.bisect_left(samples, end_s, key=lambda sample: sample.t_s)
    return samples[first:last]


def _grew(first: Floats, last: Floats) -> bool:
    """Whether the errors grew beyond chance: the logarithms' means, two standard errors apart
    (Welch); squared errors are far from normal, their logarithms less so."""
    logs = [np.log(np.maximum(part, 1e-6)) for part in (first, last)]
    error = math.sqrt(sum(float(part.var(ddof=1)) / len(part) for part in logs))
    return float(logs[1].mean() - logs[0].mean()) > 2 * error
