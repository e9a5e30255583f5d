"""Learning from looks that may not all be what they seem: glances elsewhere, targets never seen.

A fit predicts each moment of a target by a model that has not seen the target. That tells which
moments went elsewhere, so that the next fit can do without them, and which targets the others
contradict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.learn import fit_gaze
from gazetalk.tracking.looks import Look, at_target, reach_mm
from gazetalk.tracking.types import Floats

LEAST_TARGETS = 4
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
LEAST_JUDGES = 6
MOST_WRONG = 2


class CalibrationError(ValueError):
    """A procedure or a set of samples that cannot be calibrated from: one line, for people."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A model from looks. left_out: by target number, (N, 2) px for the samples of its look."""

    looks: Sequence[Look]
    model: GazeModel
    left_out: dict[int, Floats]


@dataclass(frozen=True)
class Fitting:
    """Fits looks on one screen, and measures fits."""

    screen: Screen
    lens_offset_mm: tuple[float, float]
    distance_mm: float | None

    @property
    def mm_per_px(self) -> Floats:
        return np.array(self.screen.mm_per_px)

    def fit(self, looks: Sequence[Look]) -> Fit:
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
        return Fit(looks, model, by_number)

    def errors_mm(self, fit: Fit) -> dict[int, float]:
        """By target number, how far the middle of its left-out samples lies from it."""
        targets = {look.number: (look.target.x_px, look.target.y_px) for look in fit.looks}
        return {
            number: float(np.linalg.norm((found - np.array(targets[number])) * self.mm_per_px))
            for number, found in found_px(fit).items()
        }

    def points_mm(self, fit: Fit, look: Look) -> Floats:
        """Where each moment seen of a look went, (N, 2); NaN where that is not known.

        For those learned from, by a model that had not seen their target.
        """
        used = next(each for each in fit.looks if each.number == look.number)
        known = {
            id(e): point
            for e, point in zip(used.eyes, fit.left_out.get(look.number, ()), strict=False)
        }
        points = [known[id(e)] if id(e) in known else _located(fit.model, e) for e in look.seen]
        return np.array(points, dtype=float).reshape(-1, 2) * self.mm_per_px

    def distance_to_target_mm(self, model: GazeModel, look: Look) -> float:
        """How far from its target a model places the middle of a look; infinite without one."""
        points = np.array([_located(model, e) for e in look.eyes], dtype=float).reshape(-1, 2)
        if not np.isfinite(points).any():
            return float("inf")
        away = np.nanmedian(points, axis=0) - (look.target.x_px, look.target.y_px)
        return float(np.linalg.norm(away * self.mm_per_px))


def found_px(fit: Fit) -> dict[int, tuple[float, float]]:
    """By target number, the middle of its left-out samples."""
    middles = {number: np.nanmedian(points, axis=0) for number, points in fit.left_out.items()}
    return {number: (float(x), float(y)) for number, (x, y) in middles.items()}


def fit_looks(fitting: Fitting, looks: Sequence[Look]) -> Fit:
    """A fit without what speaks against itself. Raises CalibrationError when too little is left."""
    fit = _without_wrong(fitting, _settled(fitting, fitting.fit(looks)))
    return _taken_back(fitting, fit, looks)


def _settled(fitting: Fitting, fit: Fit) -> Fit:
    """Choose each look's samples by where the model says they went, and learn again, a few times.

    Each time among all that was seen: what one model threw out the next may take back.
    """
    every = [look for look in fit.looks if look.enough]
    for _ in range(ROUNDS):
        points = {look.number: fitting.points_mm(fit, look) for look in every}
        reach = reach_mm(points)
        chosen = {look.number: _chosen(fitting, look, points, reach) for look in every}
        better = [chosen.get(look.number, look) for look in fit.looks]
        if _changed_share(better, fit.looks) < SETTLED_SHARE:
            return fit
        if sum(look.enough for look in better) < LEAST_TARGETS:
            return fit
        fit = fitting.fit(better)
    return fit


def _chosen(fitting: Fitting, look: Look, points: dict[int, Floats], reach: float) -> Look:
    target_mm = np.array([look.target.x_px, look.target.y_px]) * fitting.mm_per_px
    believed = at_target(points[look.number], target_mm, reach)
    return replace(look, eyes=tuple(e for e, good in zip(look.seen, believed, strict=True) if good))


def _changed_share(some: Sequence[Look], others: Sequence[Look]) -> float:
    """The share of samples that only one of two choices has."""
    a, b = ({id(e) for look in looks for e in look.eyes} for looks in (some, others))
    return len(a ^ b) / max(len(a | b), 1)


def _without_wrong(fitting: Fitting, fit: Fit) -> Fit:
    """Without the targets that were not looked at, by what the others say."""
    believed = tried = fit
    for _ in range(MOST_WRONG):
        errors = fitting.errors_mm(tried)
        if len(errors) <= LEAST_JUDGES or max(errors.values()) < SUSPECT_MM:
            break
        # The wrong one, and those whose looks it contradicts.
        bad = [number for number, error in errors.items() if error >= SUSPECT_MM]
        suspects = sorted(bad, key=lambda number: -errors[number])[:SUSPECTS]
        without = [_forget(fitting, tried, number) for number in suspects]
        tried = min(without, key=lambda other: np.mean(list(fitting.errors_mm(other).values())))
        after = fitting.errors_mm(tried)
        before = fitting.errors_mm(believed)
        if sum(after.values()) < AGREEMENT * sum(before[number] for number in after):
            believed = tried
    return believed


def _taken_back(fitting: Fitting, fit: Fit, looks: Sequence[Look]) -> Fit:
    """With those targets again that were left out, but looked at for a part of their time.

    Among the samples of a target that spoiled a fit some may be good, and now they can be told.
    """
    points = {look.number: fitting.points_mm(fit, look) for look in looks if look.enough}
    if len(points) == len(fit.left_out):
        return fit
    reach = reach_mm(points)
    better = []
    for look, now in zip(looks, fit.looks, strict=True):
        again = now
        if look.enough and not now.enough:
            chosen = _chosen(fitting, look, points, reach)
            distance_mm = fitting.distance_to_target_mm(fit.model, chosen)
            again = chosen if distance_mm < SUSPECT_MM else now
        better.append(again)
    return fitting.fit(better)


def _forget(fitting: Fitting, fit: Fit, number: int) -> Fit:
    """The same without the samples of one target."""
    return fitting.fit([replace(x, eyes=()) if x.number == number else x for x in fit.looks])


def _located(model: GazeModel, eyes: Eyes) -> tuple[float, float]:
    sample = model.locate(eyes)
    if not sample.valid or sample.x_px is None or sample.y_px is None:
        return float("nan"), float("nan")
    return sample.x_px, sample.y_px
