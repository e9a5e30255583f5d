"""Calibration: the model that looks at known targets give, and how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazetalk.geometry import DEFAULT_DISTANCE_MM, Screen
from gazetalk.tracking.accuracy import Accuracy, measure_accuracy
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.learn import fit_gaze
from gazetalk.tracking.looks import (
    LEAST_REACH_MM,
    REACH_SPREADS,
    Look,
    at_target,
    collect,
    spread_mm,
)
from gazetalk.tracking.types import Floats, GazeSample, Target

LEAST_TARGETS = 4
# Recorded targets do not say how long the eyes took to arrive: saccades start after about
# 200 ms, and slow eyes need two of them.
DEFAULT_DISCARD_S = 0.7
# How often looks are chosen anew with the model that the last choice gave, and how small a share
# of changed samples ends it.
ROUNDS = 3
SETTLED_SHARE = 0.02
# A target predicted this badly by the others was perhaps never looked at (puppets: 12 to 41 mm is
# the worst target of nine, 144 to 330 mm one that was not looked at). One or two such targets are
# left out if that brings the others' own errors under this share of what they were, and if enough
# others remain to judge by.
SUSPECT_MM = 60.0
SUSPECTS = 4
AGREEMENT = 0.6
LEAST_JUDGES = 5
MOST_WRONG = 2


class CalibrationError(ValueError):
    """A procedure or a set of samples that cannot be calibrated from: one line, for people."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A fitted model and what is known of how it was made.

    left_out: the accuracy estimated on each target by a model that never saw it.
    looks: all targets asked for, with the samples learned from (none where it was not believed).
    found_px: by target number, where its middle look is found when the target is left out.
    """

    model: GazeModel
    left_out: Accuracy
    looks: tuple[Look, ...]
    found_px: dict[int, tuple[float, float]]

    @property
    def asked(self) -> int:
        return len(self.looks)

    @property
    def used(self) -> int:
        """Targets with enough good samples."""
        return sum(look.enough for look in self.looks)

    @property
    def samples(self) -> int:
        """Good samples learned from."""
        return sum(len(look.eyes) for look in self.looks if look.enough)

    @property
    def weak(self) -> tuple[int, ...]:
        """The numbers of the targets that were not believed."""
        return tuple(look.number for look in self.looks if not look.enough)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A finished calibration.

    measured: None when there were no validation targets. looks: what the eyes showed at those.
    """

    calibration: Calibration
    measured: Accuracy | None
    looks: tuple[Look, ...] = ()


def calibrate(
    eyes: Sequence[Eyes],
    targets: Sequence[Target],
    screen: Screen,
    lens_offset_mm: tuple[float, float],
    discard_s: float = DEFAULT_DISCARD_S,
    distance_mm: float | None = None,
) -> Calibration:
    """Learn from the moments (in order of time) in which the calibration targets were looked at.

    distance_mm: from eyes to lens, None where nobody has measured it. Leaves out each target's
    first `discard_s`, blinks, glances elsewhere, and targets that were not looked at. Raises
    CalibrationError when fewer than four targets have enough samples left.
    """
    asked = [target for target in targets if target.phase == "calibration"]
    return learn(collect(eyes, asked, discard_s), screen, lens_offset_mm, distance_mm)


def learn(
    looks: Sequence[Look],
    screen: Screen,
    lens_offset_mm: tuple[float, float],
    distance_mm: float | None = None,
) -> Calibration:
    """The calibration that the looks at all targets asked for give; errors as `calibrate`."""
    fitting = _Fitting(screen, lens_offset_mm, distance_mm)
    fit = _without_wrong(fitting, _settled(fitting, fitting.fit(looks)))
    return Calibration(fit.model, fitting.accuracy(fit), tuple(fit.looks), _found_px(fit))


def validate(
    samples: Sequence[GazeSample],
    targets: Sequence[Target],
    screen: Screen,
    distance_mm: float,
    discard_s: float = DEFAULT_DISCARD_S,
) -> Accuracy | None:
    """Measure gaze on the validation targets among `targets`; None when there are none."""
    asked = [target for target in targets if target.phase == "validation"]
    if not asked:
        return None
    return measure_accuracy(samples, asked, screen, distance_mm, discard_s)


def seen_distance_mm(eyes: Sequence[Eyes]) -> float:
    """How far the head was from the camera, by its size in the picture: the median, mm."""
    if not eyes:
        return DEFAULT_DISTANCE_MM
    return float(np.median([e.pose.position_mm[2] for e in eyes]))


@dataclass(frozen=True, eq=False)
class _Fit:
    """A model from looks. left_out: by target number, (N, 2) px for the samples of its look."""

    looks: Sequence[Look]
    model: GazeModel
    left_out: dict[int, Floats]


@dataclass(frozen=True)
class _Fitting:
    """Fits looks on one screen, and measures fits."""

    screen: Screen
    lens_offset_mm: tuple[float, float]
    distance_mm: float | None

    @property
    def mm_per_px(self) -> Floats:
        return np.array(self.screen.mm_per_px)

    def fit(self, looks: Sequence[Look]) -> _Fit:
        """Raises CalibrationError when there are too few looks with enough samples."""
        good = [look for look in looks if look.enough]
        if len(good) < LEAST_TARGETS:
            raise CalibrationError(
                f"only {len(good)} of {len(looks)} calibration targets show open eyes looking "
                f"still; at least {LEAST_TARGETS} are needed: check light and position and "
                "calibrate again"
            )
        counts = [len(look.eyes) for look in good]
        places = [(look.target.x_px, look.target.y_px) for look in good]
        model, left_out = fit_gaze(
            [e for look in good for e in look.eyes],
            np.repeat(np.array(places), counts, axis=0),
            np.repeat(np.arange(len(good)), counts),
            self.screen,
            self.lens_offset_mm,
            self.distance_mm,
        )
        parts = np.split(left_out, np.cumsum(counts)[:-1])
        by_number = {look.number: part for look, part in zip(good, parts, strict=True)}
        return _Fit(looks, model, by_number)

    def errors_mm(self, fit: _Fit) -> dict[int, float]:
        """By target number, how far the middle of its left-out samples lies from it."""
        targets = {look.number: (look.target.x_px, look.target.y_px) for look in fit.looks}
        return {
            number: float(np.linalg.norm((found - np.array(targets[number])) * self.mm_per_px))
            for number, found in _found_px(fit).items()
        }

    def accuracy(self, fit: _Fit) -> Accuracy:
        """What the left-out samples say of the accuracy."""
        looks = sorted((x for x in fit.looks if x.enough), key=lambda x: x.target.start_s)
        samples = [
            GazeSample(e.t_s, float(x), float(y), valid=bool(np.isfinite(x)))
            for look in looks
            for e, (x, y) in zip(look.eyes, fit.left_out[look.number], strict=True)
        ]
        kept = [e for look in looks for e in look.eyes]
        targets = [look.target for look in looks]
        return measure_accuracy(samples, targets, self.screen, seen_distance_mm(kept), 0.0)

    def points_mm(self, fit: _Fit, look: Look) -> Floats:
        """Where each moment of a look went, (N, 2), by a model that had not seen it if it can be;
        NaN where that is not known."""
        used = next(each for each in fit.looks if each.number == look.number)
        known = {
            id(e): point
            for e, point in zip(used.eyes, fit.left_out.get(look.number, ()), strict=False)
        }
        points = [known[id(e)] if id(e) in known else _located(fit.model, e) for e in look.eyes]
        return np.array(points, dtype=float).reshape(-1, 2) * self.mm_per_px


def _found_px(fit: _Fit) -> dict[int, tuple[float, float]]:
    """By target number, the middle of its left-out samples."""
    middles = {number: np.nanmedian(points, axis=0) for number, points in fit.left_out.items()}
    return {number: (float(x), float(y)) for number, (x, y) in middles.items()}


def _settled(fitting: _Fitting, fit: _Fit) -> _Fit:
    """Choose each look's samples by where the model says they went, and learn again, a few times.

    Each time among all samples of the first fit: what one model threw out the next may take back.
    """
    every = [look for look in fit.looks if look.enough]
    for _ in range(ROUNDS):
        points = {look.number: fitting.points_mm(fit, look) for look in every}
        reach_mm = max(LEAST_REACH_MM, REACH_SPREADS * spread_mm(points))
        chosen = {look.number: _chosen(fitting, look, points, reach_mm) for look in every}
        better = [chosen.get(look.number, look) for look in fit.looks]
        if _changed_share(better, fit.looks) < SETTLED_SHARE:
            return fit
        if sum(look.enough for look in better) < LEAST_TARGETS:
            return fit
        fit = fitting.fit(better)
    return fit


def _chosen(fitting: _Fitting, look: Look, points: dict[int, Floats], reach_mm: float) -> Look:
    target_mm = np.array([look.target.x_px, look.target.y_px]) * fitting.mm_per_px
    believed = at_target(points[look.number], target_mm, reach_mm)
    return replace(look, eyes=tuple(e for e, good in zip(look.eyes, believed, strict=True) if good))


def _changed_share(some: Sequence[Look], others: Sequence[Look]) -> float:
    """The share of samples that only one of two choices has."""
    a, b = ({id(e) for look in looks for e in look.eyes} for looks in (some, others))
    return len(a ^ b) / max(len(a | b), 1)


def _without_wrong(fitting: _Fitting, fit: _Fit) -> _Fit:
    """Without the targets that were not looked at, by what the others say."""
    believed = tried = fit
    for _ in range(MOST_WRONG):
        errors = fitting.errors_mm(tried)
        if len(errors) <= LEAST_JUDGES or max(errors.values()) < SUSPECT_MM:
            break
        suspects = sorted(errors, key=lambda number: -errors[number])[:SUSPECTS]
        without = [_forget(fitting, tried, number) for number in suspects]
        tried = min(without, key=lambda other: np.mean(list(fitting.errors_mm(other).values())))
        after = fitting.errors_mm(tried)
        before = fitting.errors_mm(believed)
        if sum(after.values()) < AGREEMENT * sum(before[number] for number in after):
            believed = tried
    return believed


def _forget(fitting: _Fitting, fit: _Fit, number: int) -> _Fit:
    """The same without the samples of one target."""
    return fitting.fit([replace(x, eyes=()) if x.number == number else x for x in fit.looks])


def _located(model: GazeModel, eyes: Eyes) -> tuple[float, float]:
    sample = model.locate(eyes)
    if not sample.valid or sample.x_px is None or sample.y_px is None:
        return float("nan"), float("nan")
    return sample.x_px, sample.y_px
