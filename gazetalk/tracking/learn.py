"""Learning a gaze model from moments in which the eyes looked at known points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import DEFAULT_DISTANCE_MM, Screen
from gazetalk.tracking.doubt import LANDMARKS, PIXELS, Doubt, Spread, turn_of
from gazetalk.tracking.eyes import Eyes, EyeView
from gazetalk.tracking.gaze import (
    EyeModel,
    GazeModel,
    direction_to,
    eye_features,
    looked,
    meet_screen,
    pair_features,
)
from gazetalk.tracking.glances import TURNING_MM, further_aside
from gazetalk.tracking.patches import Usual, usual_look
from gazetalk.tracking.ridge import (
    LANDMARK_PENALTIES,
    PENALTIES,
    Ridge,
    Samples,
    best_penalty,
    fit_ridge,
)
from gazetalk.tracking.types import Floats

# An eye is closed when its lids are nearer than this share of the smallest usual gap.
CLOSED_SHARE = 0.5
# Neighbouring frames are joined until a target has at most this many: noise is averaged all the
# same, and the fit takes a tenth of the time.
SAMPLES_A_TARGET = 12
# Of each target so many patches tell how the eye usually looks.
USUAL_A_TARGET = 4
# Glances further aside are made from targets in the outer quarters, by so much.
FURTHER_DEG = (5.0, 10.0)
_OUTER_SINE = 0.03
_FURTHER_EVERY = 3
# Without pictures two open eyes are read from what both do together, which has less noise, and
# from how they differ, which counts as so much of it: the one of these that serves targets best
# which the fit has not seen. Fourteen puppets, mm, each eye by itself / so: still 20.0 / 19.1,
# small movement 44.5 / 45.3, moved 5 cm 48.3 / 45.9, turned 10 degrees 55.5 / 55.5; a real
# person's clicks 192 px / 187.
DIFFERENCE_WEIGHTS = (0.2, 0.5)


@dataclass(frozen=True, eq=False)
class Moments:
    """One eye at N moments: its views, features (N, D), directions (N, 2) and targets (N,); and
    what its patches are laid on."""

    views: Sequence[EyeView]
    features: Floats
    directions: Floats
    groups: NDArray[np.int64]
    usual: Usual | None

    def where(self, chosen: NDArray[np.bool_]) -> Moments:
        views = [view for view, is_chosen in zip(self.views, chosen, strict=True) if is_chosen]
        features, directions = self.features[chosen], self.directions[chosen]
        return Moments(views, features, directions, self.groups[chosen], self.usual)


def fit_gaze(
    eyes: Sequence[Eyes],
    points_px: Floats,
    groups: NDArray[np.int64],
    screen: Screen,
    lens_offset_mm: tuple[float, float],
    distance_mm: float | None = None,
) -> tuple[GazeModel, Floats]:
    """Learn a model from N moments with open eyes looking at known points.

    points_px: (N, 2). groups: (N,) the target each belongs to, at least four of them.
    distance_mm: from eyes to lens, None where nobody has measured it.
    Returns the model and the points (N, 2) each moment gets from a model that never saw its
    target: an honest estimate of the error.
    """
    has_patches = all(e.right.patch is not None and e.left.patch is not None for e in eyes)
    kind = "landmarks+pixels" if has_patches else "landmarks"
    spread = PIXELS if has_patches else LANDMARKS
    scale = _scale(eyes, distance_mm)
    points_mm = screen.to_camera(points_px, lens_offset_mm)

    def seen(views: Sequence[EyeView], directions: Floats) -> Floats:
        """The points (N, 2) px that eyes with such directions meet, NaN where they meet none."""
        met = [
            meet_screen(v.centre_mm * scale, d, e.pose, screen, lens_offset_mm)
            for v, d, e in zip(views, directions, eyes, strict=True)
        ]
        return np.array([_or_nan(point) for point in met])

    models, left_out = [], []
    for side, opposite in (("right", "left"), ("left", "right")):
        views = [getattr(e, side) for e in eyes]
        directions = [
            direction_to(point, view.centre_mm * scale, e.pose)
            for point, view, e in zip(points_mm, views, eyes, strict=True)
        ]
        usual = _usual(views, groups) if has_patches else None
        features = np.array([eye_features(view, kind, usual) for view in views])
        moments = Moments(views, features, np.array(directions), groups, usual)
        fit = _fit_eye(moments)
        found = seen(views, fit.left_out)
        doubt = _doubt(found - points_px, groups, eyes, screen, spread)
        paired = None
        if usual is None:
            paired, directed = _fit_pair(moments, [getattr(e, opposite) for e in eyes])
            found = seen(views, directed)
        closed_below = _closed_below(moments)
        models.append(EyeModel(fit.near, fit.far, fit.span, closed_below, doubt, usual, paired))
        left_out.append(found)
    share = _right_share(models[0].doubt, models[1].doubt)
    joined = left_out[0] * share + left_out[1] * (1 - share)
    doubt = _doubt(joined - points_px, groups, eyes, screen, spread)
    model = GazeModel(kind, screen, lens_offset_mm, scale, models[0], models[1], share, doubt)
    return model, joined


def _usual(views: Sequence[EyeView], groups: NDArray[np.int64]) -> Usual:
    """How this eye's patch usually looks: of each target as many moments, so that no direction
    outweighs the others."""
    chosen: list[int] = []
    for group in np.unique(groups):
        where = np.flatnonzero(groups == group)
        chosen += [where[i] for i in np.linspace(0, len(where) - 1, USUAL_A_TARGET).astype(int)]
    return usual_look([patch for i in chosen if (patch := views[i].patch) is not None])


def _scale(eyes: Sequence[Eyes], distance_mm: float | None) -> float:
    """The distance over what an average head and lens make of the picture.

    Both may be wrong by 15 %, and a turning head multiplies that (puppets, 10 degrees: 47 mm
    error with the picture's distance, 37 with the measured one). Where nobody has measured, the
    usual distance is as good a guess as the picture's: the middle of both is taken.
    """
    middles = [(e.right.centre_mm[2] + e.left.centre_mm[2]) / 2 for e in eyes]
    seen_mm = float(np.median(middles))
    if distance_mm is not None:
        return distance_mm / seen_mm
    return math.sqrt(DEFAULT_DISTANCE_MM / seen_mm)


@dataclass(frozen=True, eq=False)
class EyeFit:
    """Both regressions, and (N, 2) the direction each moment gets from those without its target."""

    near: Ridge
    far: Ridge
    span: tuple[float, float]
    left_out: Floats


def _fit_eye(moments: Moments) -> EyeFit:
    penalty = best_penalty(
        _joined(moments), LANDMARK_PENALTIES if moments.usual is None else PENALTIES
    )
    near, far, span = _ridges(moments, penalty)
    left_out = np.empty_like(moments.directions)
    for group in np.unique(moments.groups):
        out = moments.groups == group
        without = _ridges(moments.where(~out), penalty)
        left_out[out] = [looked(*without, features) for features in moments.features[out]]
    return EyeFit(near, far, span, left_out)


def _fit_pair(moments: Moments, others: Sequence[EyeView]) -> tuple[Ridge, Floats]:
    """The regression from both eyes together, and (N, 2) as `EyeFit.left_out`."""
    both = zip(moments.views, others, strict=True)
    features = np.array([pair_features(view, other) for view, other in both])
    fits = []
    for weight in DIFFERENCE_WEIGHTS:
        weights = np.repeat([1.0, weight], features.shape[1] // 2)
        ridge, left_out = _fit_weighted(replace(moments, features=features * weights))
        error = float(np.linalg.norm(left_out - moments.directions, axis=1).mean())
        fits.append((error, ridge.of_unweighted(weights), left_out))
    _, ridge, left_out = min(fits, key=lambda fit: fit[0])
    return ridge, left_out


def _fit_weighted(pair: Moments) -> tuple[Ridge, Floats]:
    penalty = best_penalty(_joined(pair), LANDMARK_PENALTIES)
    left_out = np.empty_like(pair.directions)
    for group in np.unique(pair.groups):
        out = pair.groups == group
        left_out[out] = fit_ridge(_joined(pair.where(~out)), penalty).predict(pair.features[out])
    return fit_ridge(_joined(pair), penalty), left_out


def _ridges(moments: Moments, penalty: float) -> tuple[Ridge, Ridge, tuple[float, float]]:
    """The regression for calibrated directions, that for those further aside, and the span."""
    samples = _joined(moments)
    near = fit_ridge(samples, penalty)
    aside = [moments.directions[moments.groups == g, 0].mean() for g in np.unique(moments.groups)]
    more = _further(moments, np.array(aside))
    far = near if more is None else fit_ridge(_together(samples, more), penalty)
    return near, far, (float(min(aside)), float(max(aside)))


def _joined(moments: Moments) -> Samples:
    """The moments as samples, neighbours of one target averaged down to SAMPLES_A_TARGET."""
    runs: list[NDArray[np.int64]] = []
    for group in np.unique(moments.groups):
        where = np.flatnonzero(moments.groups == group)
        runs += np.array_split(where, min(SAMPLES_A_TARGET, len(where)))
    return Samples(
        np.array([moments.features[run].mean(axis=0) for run in runs]),
        np.array([moments.directions[run].mean(axis=0) for run in runs]),
        np.array([moments.groups[run[0]] for run in runs]),
    )


def _further(moments: Moments, aside: Floats) -> Samples | None:
    """Samples of glances further aside than the outer targets; None without pictures."""
    irises = np.array([view.offsets_mm[:2] for view in moments.views])
    rest_mm = (irises - TURNING_MM * moments.directions).mean(axis=0)
    inner, outer = np.percentile(aside, [25, 75])
    features, directions, groups = [], [], []
    for group, sine in zip(np.unique(moments.groups), aside, strict=True):
        is_outer = {-1.0: sine <= inner + _OUTER_SINE, 1.0: sine >= outer - _OUTER_SINE}
        where = np.flatnonzero(moments.groups == group)
        for number in where[:: max(1, len(where) // _FURTHER_EVERY)]:
            view, now = moments.views[number], moments.directions[number]
            for more_deg in (way * deg for way in is_outer if is_outer[way] for deg in FURTHER_DEG):
                further = further_aside(view, rest_mm + TURNING_MM * now, now[0], more_deg)
                if further is None:
                    return None
                features.append(eye_features(further, "landmarks+pixels", moments.usual))
                shift = (further.offsets_mm[0] - view.offsets_mm[0]) / TURNING_MM
                directions.append(now + np.array([shift, 0.0]))
                groups.append(group)
    return Samples(np.array(features), np.array(directions), np.array(groups))


def _together(some: Samples, more: Samples) -> Samples:
    return Samples(
        np.vstack([some.features, more.features]),
        np.vstack([some.outputs, more.outputs]),
        np.concatenate([some.groups, more.groups]),
    )


def _closed_below(moments: Moments) -> float:
    openness = np.array([view.openness for view in moments.views])
    groups = np.unique(moments.groups)
    return CLOSED_SHARE * min(float(np.median(openness[moments.groups == g])) for g in groups)


def _doubt(
    errors_px: Floats,
    groups: NDArray[np.int64],
    eyes: Sequence[Eyes],
    screen: Screen,
    spread: Spread,
) -> Doubt:
    """errors_px: (N, 2) of moments whose target was left out. The median target speaks for the
    usual error: those in the corners are extrapolated when left out, and are not otherwise."""
    squares = (errors_px * screen.mm_per_px) ** 2
    chosen = np.unique(groups)
    error_mm = np.sqrt(np.nanmedian([np.nanmean(squares[groups == g], axis=0) for g in chosen], 0))
    turns = np.array([turn_of(e.pose) for e in eyes])
    places = np.array([e.pose.position_mm for e in eyes])
    return Doubt(
        error_mm,
        np.array([turns[groups == g].mean(axis=0) for g in chosen]),
        np.array([places[groups == g].mean(axis=0) for g in chosen]),
        spread,
    )


def _right_share(right: Doubt, left: Doubt) -> float:
    """The right eye's weight: each eye by the inverse of its variance."""
    both = float(right.error_mm @ right.error_mm), float(left.error_mm @ left.error_mm)
    return both[1] / max(sum(both), 1e-9)


def _or_nan(point: Floats | None) -> Floats:
    return np.full(2, np.nan) if point is None else point
