"""The figures of `gazetalk bench tracking`: of one person in one condition, and of all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetalk.lab.tracking_clips import WORDS, Condition
from gazetalk.tracking.types import Floats, GazeSample, Target

# Twice the negative logarithm of what lies outside: the squared radius, in standard deviations,
# within which that share of a two-dimensional normal distribution lies.
WITHIN_68, WITHIN_95 = -2 * math.log(0.32), -2 * math.log(0.05)
# Shares that count as true ones: of 68 % and of 95 %.
TRUE_68, TRUE_95 = (0.60, 0.76), (0.88, 0.98)


@dataclass(frozen=True)
class Figures:
    """One person in one condition; None where nothing was measured.

    error_mm: the mean distance of a target's samples from it, mean over the targets. fixation_mm:
    the same of the samples' means. loss: the share of samples that are missing, blinks included;
    loss_open: of those whose lids were truly open. within_68, within_95: shares of the errors
    within the ellipses that the samples state. eyetrax_mm, beside_mm: eyetrax's error and ours
    on the samples that both have; eyetrax_fixation_mm, beside_fixation_mm: of their means.
    eyes_mm: how far from the targets the eyes themselves looked, which no tracker can know.
    """

    samples: int
    targets: int
    error_mm: float | None
    fixation_mm: float | None
    loss: float | None
    loss_open: float | None
    within_68: float | None
    within_95: float | None
    eyetrax_mm: float | None = None
    beside_mm: float | None = None
    eyetrax_fixation_mm: float | None = None
    beside_fixation_mm: float | None = None
    eyes_mm: float | None = None


def measure(
    samples: Sequence[GazeSample],
    targets: Sequence[Target],
    mm_per_px: tuple[float, float],
    discard_s: float,
    eyes_open: NDArray[np.bool_] | None = None,
    eyetrax_px: Floats | None = None,
    looked_px: Floats | None = None,
) -> Figures:
    """Compare gaze with validation targets, each without its first `discard_s`.

    eyes_open: (N,) for the samples. eyetrax_px: (N, 2), NaN where it has none. looked_px: (N, 2)
    where the eyes truly looked.
    """
    asked = [target for target in targets if target.phase == "validation"]
    times = np.array([s.t_s for s in samples])
    during = [(t.start_s + discard_s <= times) & (times < t.end_s) for t in asked]
    inside = np.any(during, axis=0) if asked else np.zeros(len(times), dtype=bool)
    points = _numbers([(s.x_px, s.y_px) if s.valid else None for s in samples])
    stated = _numbers([(s.sd_x_px, s.sd_y_px) if s.valid else None for s in samples]) * mm_per_px
    missing: NDArray[np.bool_] = np.isnan(points[:, 0])

    def away_mm(places_px: Floats) -> list[Floats]:
        """By target, how far its samples are from it."""
        return [
            (places_px[mask] - (t.x_px, t.y_px)) * mm_per_px
            for t, mask in zip(asked, during, strict=True)
        ]

    ours = away_mm(points)
    squares = [
        ((away / stated[mask]) ** 2).sum(axis=1)[~missing[mask]]
        for away, mask in zip(ours, during, strict=True)
    ]
    within = np.concatenate([*squares, np.empty(0)])
    theirs = [] if eyetrax_px is None else away_mm(eyetrax_px)
    peers = [_where_known(b, a) for a, b in zip(ours, theirs, strict=False)]
    beside = [_where_known(a, b) for a, b in zip(ours, theirs, strict=False)]
    eyes = [] if looked_px is None else away_mm(looked_px)
    return Figures(
        samples=len(within),
        targets=len(asked),
        error_mm=_error(ours),
        fixation_mm=_error([_middle(away) for away in ours]),
        loss=_mean(missing[inside]),
        loss_open=None if eyes_open is None else _mean(missing[inside & eyes_open]),
        within_68=_mean(within < WITHIN_68),
        within_95=_mean(within < WITHIN_95),
        eyetrax_mm=_error(peers),
        beside_mm=_error(beside),
        eyetrax_fixation_mm=_error([_middle(away) for away in peers]),
        beside_fixation_mm=_error([_middle(away) for away in beside]),
        eyes_mm=_error([_where_known(a, b) for a, b in zip(eyes, ours, strict=False)]),
    )


def summarize(
    condition: Condition, people: Mapping[int, Figures], still_mm: float | None
) -> dict[str, Any]:
    """A condition's row over all people (by seed), as JSON. still_mm: the still head's error.

    The loss is judged by what is missing although the eyes were open: puppets blink for a tenth
    of the time, in which there is nothing to be measured.
    """
    figures = list(people.values())
    error = _spread([f.error_mm for f in figures])
    limit_mm = condition.limit_mm
    if condition.times_still is not None and still_mm is not None:
        limit_mm = condition.times_still * still_mm
    loss_open = _average([f.loss_open for f in figures])
    within = [_average([getattr(f, name) for f in figures]) for name in ("within_68", "within_95")]
    eyetrax_mm = _average([f.eyetrax_mm for f in figures])
    times = _times(eyetrax_mm, _average([f.beside_mm for f in figures]))
    theirs = _average([f.eyetrax_fixation_mm for f in figures])
    fixation_times = _times(theirs, _average([f.beside_fixation_mm for f in figures]))
    return {
        "condition": WORDS.get(condition.name, condition.name),
        "people": len(figures),
        "samples": sum(f.samples for f in figures),
        "error_mm": error,
        "fixation_mm": _spread([f.fixation_mm for f in figures]),
        "eyes_mm": _average([f.eyes_mm for f in figures]),
        "limit_mm": limit_mm,
        "met": _at_most(error["mean"], limit_mm),
        "loss": _average([f.loss for f in figures]),
        "loss_eyes_open": loss_open,
        "loss_limit": condition.most_loss,
        "loss_met": _at_most(loss_open, condition.most_loss),
        "within_68": within[0],
        "within_95": within[1],
        "covers": _between(within[0], TRUE_68, within[1], TRUE_95),
        "eyetrax_mm": eyetrax_mm,
        "eyetrax_times": times,
        "eyetrax_fixation_times": fixation_times,
        "eyetrax_times_wanted": condition.eyetrax_times,
        "eyetrax_met": _at_most(condition.eyetrax_times, times),
        "by_seed": {str(seed): asdict(f) for seed, f in people.items()},
    }


def table(rows: Sequence[dict[str, Any]], with_eyetrax: bool) -> list[str]:
    """The rows of `summarize` as lines for people; a "!" marks what misses its limit."""
    head = (
        f"{'':29}{'people':>6} {'mean':>6}{'median':>7}{'worst':>7}{'fixation':>9}{'eyes':>6} "
        f"{'limit':>6} {'loss %':>7}{'eyes open':>10} {'68 %':>6}{'95 %':>6} "
    )
    if with_eyetrax:
        head += f"{'eyetrax':>9}{'times':>6}{'fixation':>10}"
    lines = [head.rstrip()]
    for row in rows:
        error = row["error_mm"]
        line = (
            f"{row['condition'][-28:]:29}{row['people']:6} {_told(error['mean'], 6)}"
            f"{_told(error['median'], 7)}{_told(error['worst'], 7)}"
            f"{_told(row['fixation_mm']['mean'], 9)}{_told(row['eyes_mm'], 6)} "
            f"{_told(row['limit_mm'], 6)}"
            f"{_mark(row['met'])}{_told(row['loss'], 7, 100)}"
            f"{_told(row['loss_eyes_open'], 9, 100)}{_mark(row['loss_met'])} "
            f"{_told(row['within_68'], 6, 100)}{_told(row['within_95'], 6, 100)}"
            f"{_mark(row['covers'])}"
        )
        if with_eyetrax:
            line += f"{_told(row['eyetrax_mm'], 9)}{_told(row['eyetrax_times'], 6)}"
            line += _mark(row["eyetrax_met"]) + _told(row["eyetrax_fixation_times"], 9)
        lines.append(line.rstrip())
    return lines


def _told(value: float | None, width: int, times: float = 1.0) -> str:
    return " " * (width - 1) + "-" if value is None else f"{value * times:{width}.1f}"


def _mark(met: bool | None) -> str:
    return "!" if met is False else " "


def _numbers(pairs: Sequence[tuple[float | None, float | None] | None]) -> Floats:
    """(N, 2), NaN where there is no pair."""
    return np.array([pair or (np.nan, np.nan) for pair in pairs], dtype=float).reshape(-1, 2)


def _where_known(offsets: Floats, others: Floats) -> Floats:
    return np.where(np.isfinite(others), offsets, np.nan)


def _middle(offsets: Floats) -> Floats:
    known = offsets[np.isfinite(offsets).all(axis=1)]
    return known.mean(axis=0, keepdims=True) if len(known) else known


def _error(by_target: Sequence[Floats]) -> float | None:
    """The mean length of each target's known offsets, mean over the targets that have any."""
    lengths = [np.linalg.norm(offsets, axis=1) for offsets in by_target]
    known = [one[np.isfinite(one)] for one in lengths]
    return _mean(np.array([one.mean() for one in known if len(one)]))


def _mean(values: NDArray[Any]) -> float | None:
    return float(values.mean()) if len(values) else None


def _average(values: Sequence[float | None]) -> float | None:
    return _mean(np.array([value for value in values if value is not None]))


def _spread(values: Sequence[float | None]) -> dict[str, float | None]:
    known = [value for value in values if value is not None]
    return {
        "mean": _average(known),
        "median": float(np.median(known)) if known else None,
        "worst": max(known, default=None),
    }


def _times(theirs: float | None, ours: float | None) -> float | None:
    return theirs / ours if theirs is not None and ours else None


def _at_most(value: float | None, limit: float | None) -> bool | None:
    return None if value is None or limit is None else value <= limit


def _between(
    some: float | None, least: tuple[float, float], more: float | None, most: tuple[float, float]
) -> bool | None:
    if some is None or more is None:
        return None
    return least[0] <= some <= least[1] and most[0] <= more <= most[1]
