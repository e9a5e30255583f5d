"""Which moments of a target to believe: open eyes that looked where they were asked to.

In two steps. Before there is a model, only the lids and the landmarks tell: blinks go, and moments
unlike the others of their target. A first model then tells where each moment looked, and that
shows glances elsewhere which no landmark betrays (targets 80 mm apart differ by no more than the
landmarks' own noise).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.types import Floats, Target

# A target with fewer good samples than this is not believed.
LEAST_SAMPLES = 5
# The lids narrower than this share of their usual gap at the same target: a blink, whose edges
# reach a little further than that.
BLINK_SHARE = 0.87
BLINK_MARGIN_S = 0.08
# Narrower than this share of what most targets show: shut, however long it lasts. Shut eyes
# measure 0.02, open ones 0.25 to 0.35; less than 0.05 is shut whatever the other targets show.
SHUT_SHARE = 0.5
SHUT_GAP = 0.05
# Samples in which a quarter of the measures are this far out, in robust standard deviations.
OUTLIER_SPREADS = 4.0
LEAST_SPREAD_MM = 0.05
# Looks lie this far about their middle: four times the spread within the steadier quarter of the
# targets, and at least 20 mm, so that nobody's ordinary looks are cut (6 puppets that were not
# looked at before, with wandering looks at two to five of nine targets: 7 mm error instead of
# 26-42; 6.7 for 6.5 without any).
REACH_SPREADS = 4.0
LEAST_REACH_MM = 20.0
# Another place was looked at for at least this share of the first one's time: which of the two
# was the target is then settled by which lies nearer to it.
RIVAL_SHARE = 1 / 3


@dataclass(frozen=True, eq=False)
class Look:
    """One target, and the moments in which it was looked at, in order of time.

    number: from 1, in the order in which the targets were asked for. eyes: the moments believed,
    chosen from `seen`, those with open lids among `during`, all that there were.
    """

    number: int
    target: Target
    eyes: tuple[Eyes, ...]
    seen: tuple[Eyes, ...]
    during: tuple[Eyes, ...]

    @property
    def enough(self) -> bool:
        """There is something to learn from."""
        return len(self.eyes) >= LEAST_SAMPLES


def collect(eyes: Sequence[Eyes], targets: Sequence[Target], discard_s: float) -> list[Look]:
    """The good moments of each target, numbered from 1: the first step.

    eyes: in order of time. Left out are each target's first `discard_s`, moments with shut or
    moving lids, and moments unlike the rest.
    """
    during = [
        [e for e in eyes if target.start_s + discard_s <= e.t_s < target.end_s]
        for target in targets
    ]
    gaps = [_gaps(seen) for seen in during]
    usual = [float(np.nanquantile(g, 0.8)) for g in gaps if np.isfinite(g).any()]
    wide = float(np.quantile(usual, 0.75)) if usual else 0.0
    shut_below = max(SHUT_GAP, SHUT_SHARE * wide)
    looks = []
    for number, (target, seen) in enumerate(zip(targets, during, strict=True), 1):
        with_open_lids = _without_blinks(seen, shut_below)
        alike = _without_outliers(with_open_lids)
        looks.append(Look(number, target, tuple(alike), tuple(with_open_lids), tuple(seen)))
    return looks


def reach_mm(points_mm: Mapping[int, Floats]) -> float:
    """How far from their middle the looks of one target may lie.

    points_mm: by target number, (N, 2), NaN where not measured. It follows from the robust
    standard deviation per axis within the steadier quarter of the targets.
    """
    spreads = []
    for points in points_mm.values():
        away = np.abs(points - np.nanmedian(points, axis=0))
        spreads.append(float(np.sqrt(np.mean((1.4826 * np.nanmedian(away, axis=0)) ** 2))))
    usual = float(np.quantile(spreads, 0.25)) if spreads else 0.0
    return max(LEAST_REACH_MM, REACH_SPREADS * usual)


def at_target(points_mm: Floats, target_mm: Floats, reach: float) -> NDArray[np.bool_]:
    """Which of the points (N, 2) looked at the target: the second step, for one target.

    The place most of them are near to; where another place has nearly as many, the one that lies
    nearer to the target. NaN points are none of it.
    """
    left: NDArray[np.bool_] = np.asarray(np.isfinite(points_mm).all(axis=1))
    near = np.linalg.norm(points_mm[:, None] - points_mm[None], axis=2) < reach
    places: list[tuple[NDArray[np.bool_], float]] = []
    while left.any() and len(places) < 2:
        densest = int(np.argmax((near & left).sum(axis=1) * left))
        middle = np.median(points_mm[near[densest] & left], axis=0)
        away = np.linalg.norm(points_mm - middle, axis=1)
        places.append((left & (away < reach), float(np.linalg.norm(middle - target_mm))))
        left = left & ~(away < 1.5 * reach)
    if not places:
        return left
    most = places[0][0].sum()
    return min((p for p in places if p[0].sum() >= RIVAL_SHARE * most), key=lambda p: p[1])[0]


def _gaps(eyes: Sequence[Eyes]) -> Floats:
    """How open the eyes are, (N,): the mean of both; NaN where one of them was not measured, from
    which nothing can be learned."""
    return np.array([(e.right.openness + e.left.openness) / 2 for e in eyes], dtype=float)


def _without_blinks(eyes: list[Eyes], shut_below: float) -> list[Eyes]:
    """Without blinks and their edges; nothing of too few."""
    if len(eyes) < LEAST_SAMPLES:
        return []
    gaps = _gaps(eyes)
    times = np.array([e.t_s for e in eyes])
    is_open = gaps >= shut_below  # False also where it was not measured
    if not is_open.any():
        return []
    shut = times[~is_open | (gaps < BLINK_SHARE * np.median(gaps[is_open]))]
    near_blink = (np.abs(times[:, None] - shut[None, :]) < BLINK_MARGIN_S).any(axis=1)
    return [e for e, bad in zip(eyes, near_blink, strict=True) if not bad]


def _without_outliers(eyes: list[Eyes]) -> list[Eyes]:
    """Without moments unlike most of the others, by the landmarks alone."""
    if not eyes:
        return []
    seen = np.array([np.concatenate([e.right.offsets_mm, e.left.offsets_mm]) for e in eyes])
    away = np.abs(seen - np.median(seen, axis=0))
    spread = np.maximum(1.4826 * np.median(away, axis=0), LEAST_SPREAD_MM)
    outlying = (away > OUTLIER_SPREADS * spread).mean(axis=1) > 0.25
    return [e for e, bad in zip(eyes, outlying, strict=True) if not bad]
