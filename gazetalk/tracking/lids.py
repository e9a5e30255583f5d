"""The lids: how far each eye is closed, learned per person and eye.

An eye's lids are five heights on the head: iris, outer and inner corner, upper and lower lid. In a
blink they move along one line, with the gaze's way up and down along another, by noise and by the
head's movement along others still. Calibration shows the first two, and Fisher's discriminant
(The use of multiple measurements in taxonomic problems, 1936) weighs the heights so that 0 is open
at whatever height the eyes look, and 1 is shut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.eyes import Eyes, EyeView
from gazetalk.tracking.types import Floats

# Where the heights are among an EyeView's offsets: iris, outer and inner corner, upper, lower lid.
HEIGHTS = (1, 3, 5, 6, 7)


@dataclass(frozen=True)
class Measure:
    """A weighted sum of heights: value = weights . heights + at_zero.

    weights: per mm, (5,) of one eye or (10,) of the right and then the left. noise: the value's
    deviation while the eyes are open and look here and there; jitter: while they rest.
    """

    weights: tuple[float, ...]
    at_zero: float
    noise: float
    jitter: float

    @property
    def numbers(self) -> tuple[float, ...]:
        """All of it, for a file: the weights and three more."""
        return (*self.weights, self.at_zero, self.noise, self.jitter)

    @staticmethod
    def of_numbers(numbers: Sequence[float]) -> Measure:
        *weights, at_zero, noise, jitter = (float(number) for number in numbers)
        return Measure(tuple(weights), at_zero, noise, jitter)

    def of(self, heights: Floats) -> float:
        return float(heights @ self.weights) + self.at_zero


@dataclass(frozen=True)
class LidModel:
    """A person's lids. right, left: each eye's closedness, 0 open and 1 shut. apart: how much
    further the right one is closed than the left, -1 to 1. None: calibration could not tell.

    learned: False for what fits people on the whole.
    """

    right: Measure | None
    left: Measure | None
    apart: Measure | None
    learned: bool = True


# The open gap and the shut one of an eye nobody has calibrated, mm on the canonical head (puppets
# 8.0 to 9.6 and 1.5, behind glasses 3.3; a real face 7.6 to 11, and 0 to 2 shut).
OPEN_MM, SHUT_MM = 8.5, 1.3
_GAP = (0.0, 0.0, 0.0, 1 / (OPEN_MM - SHUT_MM), -1 / (OPEN_MM - SHUT_MM))
_ANY_EYE = Measure(_GAP, OPEN_MM / (OPEN_MM - SHUT_MM), 0.1, 0.03)
_ANY_TWO = Measure((*_GAP, *(-weight for weight in _GAP)), 0.0, 0.05, 0.03)
DEFAULT_LIDS = LidModel(_ANY_EYE, _ANY_EYE, _ANY_TWO, learned=False)

# A moment's gap over its target's usual one: open lids, and lids that are shut or nearly.
OPEN_SHARE, SHUT_SHARE = 0.87, 0.6
# A target whose usual gap is less than this share of most targets': slept through.
AWAKE_SHARE = 0.5
LEAST_OPEN = 5
# How lids move from open to shut where calibration saw few blinks, in open gaps: iris, outer and
# inner corner, upper and lower lid; and how far people deviate from that (twelve puppets, three
# real clips). It weighs as much as so many shut moments.
USUAL_WAY = (0.18, 0.12, -0.1, 0.62, -0.14)
WAY_DEVIATION = (0.12, 0.1, 0.07, 0.12, 0.1)
USUAL_WORTH = 3.0
# Eyes look further up and down than calibration asks: what the gaze's height does to the lids
# weighs so many times as much as seen; less for how much one eye closes further than the other,
# where most of it cancels.
FURTHER, FURTHER_APART = 10.0, 1.0
# Deviations of the heights: of each, and of all together (the head's pose errs by as much when it
# moves), mm.
NOISE_MM, TOGETHER_MM = 0.3, 0.5
# What errs by more than this says nothing: an eye that hardly opens, lids that hang unevenly.
MOST_NOISE, MOST_APART_NOISE = 0.2, 0.09


def learn_lids(eyes: Sequence[Eyes], groups: NDArray[np.int64]) -> LidModel:
    """Learn a person's lids from all N moments of a calibration, blinks and all.

    groups: (N,) the target that was looked at, or negative while the eyes were on their way.
    """
    groups = np.asarray(groups)
    gaps = np.array([(e.right.openness, e.left.openness) for e in eyes], dtype=float).reshape(-1, 2)
    open_, shut = _open_and_shut(gaps, groups)
    heights = np.array([both_heights(e) for e in eyes]).reshape(-1, 2 * len(HEIGHTS))
    ways: list[_Way] = []
    measures: list[Measure | None] = []
    for own in np.hsplit(heights, 2):
        scatter = _scatter(own, groups, open_)
        if scatter is None:
            measures.append(None)
            continue
        ways.append(_way(own, groups, shut, scatter))
        measures.append(_closedness(scatter, ways[-1]))
    joined = _scatter(heights, groups, open_)
    apart = None if joined is None or len(ways) < 2 else _apart(joined, ways[0], ways[1])
    return _usable(LidModel(measures[0], measures[1], apart))


def _usable(model: LidModel) -> LidModel:
    """Without what errs too much; the better eye stays in any case. Nothing seen: the default."""
    eyes = [eye for eye in (model.right, model.left) if eye is not None]
    if not eyes:
        return DEFAULT_LIDS
    most = max(MOST_NOISE, min(eye.noise for eye in eyes))
    right, left = (
        eye if eye is not None and eye.noise <= most else None for eye in (model.right, model.left)
    )
    apart = model.apart
    if apart is not None and (right is None or left is None or apart.noise > MOST_APART_NOISE):
        apart = None
    return LidModel(right, left, apart)


def both_heights(eyes: Eyes) -> Floats:
    """(10,) mm, of the right eye and then the left; NaN where not measured."""
    return np.concatenate([heights_of(eyes.right), heights_of(eyes.left)])


def heights_of(view: EyeView) -> Floats:
    """(5,) mm, see HEIGHTS."""
    return view.offsets_mm[list(HEIGHTS)]


def _open_and_shut(
    gaps: Floats, groups: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of N moments show open eyes and which shut ones; blinks are of both eyes."""
    usual = np.full(gaps.shape, np.nan)
    for group in np.unique(groups[groups >= 0]):
        of_it = (groups == group)[:, np.newaxis] & np.isfinite(gaps)
        for k in (0, 1):
            if of_it[:, k].any():
                usual[groups == group, k] = np.quantile(gaps[of_it[:, k], k], 0.8)
    share = _mean_seen(gaps / usual)
    width = _mean_seen(usual)
    known = np.isfinite(share) & (width > 0)
    if not known.any():
        return known, known
    awake = known & (width >= AWAKE_SHARE * np.quantile(width[known], 0.75))
    shut = awake & (share < SHUT_SHARE)
    if shut.any():  # of these the lower half: the others are on their way
        shut &= share <= np.median(share[shut])
    return awake & (share > OPEN_SHARE), shut


def _mean_seen(values: Floats) -> Floats:
    """The mean (N,) of what is finite among (N, 2); NaN where nothing is."""
    seen = np.isfinite(values)
    total = np.where(seen, values, 0.0).sum(axis=1)
    return np.where(seen.any(axis=1), total / np.maximum(seen.sum(axis=1), 1), np.nan)


@dataclass(frozen=True, eq=False)
class _Scatter:
    """Heights (N, D) while the eyes are open, and their means, by target."""

    heights: Floats
    middles: dict[int, Floats]
    within: Floats
    between: Floats

    @property
    def middle(self) -> Floats:
        return np.asarray(np.mean(list(self.middles.values()), axis=0))

    def noise(self, further: float) -> Floats:
        """The covariance (D, D) of what is not a blink, the gaze's height so much further."""
        each = NOISE_MM**2 * np.eye(len(self.within))
        return self.within + further * self.between + each + TOGETHER_MM**2


def _scatter(
    heights: Floats, groups: NDArray[np.int64], open_: NDArray[np.bool_]
) -> _Scatter | None:
    chosen = open_ & np.isfinite(heights).all(axis=1)
    if chosen.sum() < LEAST_OPEN:
        return None
    heights, groups = heights[chosen], groups[chosen]
    middles = {int(g): heights[groups == g].mean(axis=0) for g in np.unique(groups)}
    within = heights - np.array([middles[int(g)] for g in groups])
    about = np.array(list(middles.values()))
    between = about - about.mean(axis=0)
    return _Scatter(
        heights, middles, within.T @ within / len(within), between.T @ between / len(about)
    )


@dataclass(frozen=True, eq=False)
class _Way:
    """How far each height moves when the eye shuts, mm (5,), and how unsure that is, mm^2 (5,)."""

    mm: Floats
    unsure_mm2: Floats


def _way(
    heights: Floats, groups: NDArray[np.int64], shut: NDArray[np.bool_], open_: _Scatter
) -> _Way:
    gap_mm = open_.middle[4] - open_.middle[3]
    usual = gap_mm * np.array(USUAL_WAY)
    unsure = (gap_mm * np.array(WAY_DEVIATION)) ** 2
    shut = shut & np.isfinite(heights).all(axis=1)
    moved = [
        h - open_.middles[int(g)]
        for h, g in zip(heights[shut], groups[shut], strict=True)
        if int(g) in open_.middles
    ]
    if not moved:
        return _Way(usual, unsure)
    part = len(moved) / (len(moved) + USUAL_WORTH)
    return _Way(part * np.median(moved, axis=0) + (1 - part) * usual, (1 - part) * unsure)


def _closedness(open_: _Scatter, way: _Way) -> Measure:
    """1 where the eye has gone that way, 0 where it is open, least noise between."""
    weights = np.linalg.solve(open_.noise(FURTHER) + np.diag(way.unsure_mm2), way.mm)
    return _measure(open_, weights / (weights @ way.mm))


def _apart(open_: _Scatter, right: _Way, left: _Way) -> Measure:
    """1 where the right eye alone has gone its way, -1 where the left one has."""
    still = np.zeros(len(HEIGHTS))
    ways = np.column_stack([np.concatenate([right.mm, still]), np.concatenate([still, left.mm])])
    unsure = np.diag(np.concatenate([right.unsure_mm2, left.unsure_mm2]))
    solved = np.linalg.solve(open_.noise(FURTHER_APART) + unsure, ways)
    weights = solved @ np.linalg.solve(ways.T @ solved, np.array([1.0, -1.0]))
    return _measure(open_, weights)


def _measure(open_: _Scatter, weights: Floats) -> Measure:
    at_zero = -float(weights @ open_.middle)
    noise = float(np.sqrt(np.mean((open_.heights @ weights + at_zero) ** 2)))
    jitter = float(np.sqrt(weights @ open_.within @ weights))
    return Measure(tuple(float(weight) for weight in weights), at_zero, noise, jitter)
