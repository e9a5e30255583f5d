"""Keeping a new calibration, unless the last one is clearly better."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gazetalk.clinic.gazed import gazed_at
from gazetalk.clinic.profile import (
    Profile,
    ProfileError,
    load_model,
    load_quality,
    save_calibration,
)
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.comparison import Measured, clearly_worse, error_at
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.resume import Usual

# What was measured counts more than what was estimated, but only like is compared with like.
KINDS = ("validation", "left_out")


@dataclass(frozen=True)
class Kept:
    """What became of a new calibration.

    model: the one to go on with. replaced: the new one is in the profile now. words: one line for
    people about a comparison that was not clear ("" otherwise).
    """

    model: GazeModel
    replaced: bool
    words: str = ""


@dataclass(frozen=True)
class _Pair:
    """The errors of the new and of the old calibration, measured alike."""

    new: Measured
    old: Measured


def keep(profile: Profile, done: Calibrated, replace: bool = False, doubted: bool = False) -> Kept:
    """Put a new calibration in the profile, unless it is clearly worse than the one there.

    It is compared with what was measured when the last one was made: that one may have been good.
    But the last one may serve no longer, so both are also tried on the looks of today: when it
    errs clearly more than the new one there, the new one is kept, and that is said. replace: keep
    the new one in any case. doubted: a check has found that the last one serves no longer, so that
    only today's looks speak for it. Raises OSError when the profile cannot be written.
    """
    old = None if replace else _model_of(profile)
    new_one = Kept(done.calibration.model, True)
    verdict = new_one if old is None else _judge(profile, done, old, doubted) or new_one
    if verdict.replaced:
        save_calibration(profile, done.calibration, done.measured, gazed_at(done))
    return verdict


def _judge(profile: Profile, done: Calibrated, old: GazeModel, doubted: bool) -> Kept | None:
    """What a comparison with the old calibration says; None when nothing speaks for that."""
    new = done.calibration.model
    today = _today(old, done)
    if doubted:
        if today is None or not clearly_worse(today.new, today.old):
            return None
        said = f"today the last calibration errs {today.old}, the new one {today.new}"
        return Kept(old, False, f"{said}: the last one is kept")
    then = _then(profile, done)
    if then is None or not clearly_worse(then.new, then.old):
        return None
    said = f"the last calibration measured {then.old}, the new one {then.new}"
    if today is not None and clearly_worse(today.old, today.new):
        return Kept(new, True, f"{said}; but today the last one errs {today.old}: replaced")
    return Kept(old, False, f"{said}, worse than chance explains: the last one is kept")


def usual_of(profile: Profile) -> Usual | None:
    """How well the profile's calibration did when it was made; None when that is not known."""
    quality = _quality_of(profile)
    for kind in KINDS:
        error = _stored(quality, kind, "fixation_offset")
        if error is not None:
            return Usual(error.mm, error.targets)
    return None


def _then(profile: Profile, done: Calibrated) -> _Pair | None:
    """The new one's error and the stored one's, both measured or else both estimated."""
    quality = _quality_of(profile)
    for kind, accuracy in zip(KINDS, (done.measured, done.calibration.left_out), strict=True):
        new, old = _measured(accuracy), _stored(quality, kind, "offset")
        if new is not None and old is not None:
            return _Pair(new, old)
    return None


def _today(old: GazeModel, done: Calibrated) -> _Pair | None:
    """Both models' errors at today's validation targets."""
    model = done.calibration.model
    new_error = error_at(model, done.looks, model.screen)
    old_error = error_at(old, done.looks, model.screen)
    return None if new_error is None or old_error is None else _Pair(new_error, old_error)


def _model_of(profile: Profile) -> GazeModel | None:
    try:
        return load_model(profile)
    except ProfileError:  # a damaged one is no better than none
        return None


def _quality_of(profile: Profile) -> dict[str, Any]:
    try:
        return load_quality(profile) or {}
    except ProfileError:
        return {}


def _measured(accuracy: Accuracy | None) -> Measured | None:
    if accuracy is None or accuracy.offset is None or not accuracy.targets:
        return None
    return Measured(accuracy.offset.mm, accuracy.targets)


def _stored(quality: dict[str, Any], kind: str, measure: str) -> Measured | None:
    """A stored accuracy's mean error; None where there is none that makes sense."""
    try:
        mm, targets = float(quality[kind][measure]["mm"]), int(quality[kind]["targets"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return Measured(mm, targets) if math.isfinite(mm) and mm >= 0 and targets > 0 else None
