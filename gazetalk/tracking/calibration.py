"""Calibration: the model that looks at known targets give, and how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazetalk.geometry import DEFAULT_DISTANCE_MM, Screen
from gazetalk.tracking.accuracy import Accuracy, measure_accuracy
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.fitting import Fit, Fitting, fit_looks, found_px
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.lids import learn_lids
from gazetalk.tracking.looks import Look, collect
from gazetalk.tracking.types import GazeSample, Target

# Recorded targets do not say how long the eyes took to arrive: saccades start after about
# 200 ms, and slow eyes need two of them.
DEFAULT_DISCARD_S = 0.7


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
    samples: the gaze that was measured there.
    """

    calibration: Calibration
    measured: Accuracy | None
    looks: tuple[Look, ...] = ()
    samples: tuple[GazeSample, ...] = ()


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
    fit = fit_looks(Fitting(screen, lens_offset_mm, distance_mm), looks)
    moments = [e for look in looks for e in look.during]
    groups = np.repeat([look.number for look in looks], [len(look.during) for look in looks])
    model = replace(fit.model, lids=learn_lids(moments, groups))
    return Calibration(model, _left_out(fit, screen), tuple(fit.looks), found_px(fit))


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


def _left_out(fit: Fit, screen: Screen) -> Accuracy:
    """What the left-out samples say of the accuracy."""
    looks = sorted((x for x in fit.looks if x.enough), key=lambda x: x.target.start_s)
    samples = [
        GazeSample(e.t_s, float(x), float(y), valid=bool(np.isfinite(x)))
        for look in looks
        for e, (x, y) in zip(look.eyes, fit.left_out[look.number], strict=True)
    ]
    kept = [e for look in looks for e in look.eyes]
    targets = [look.target for look in looks]
    return measure_accuracy(samples, targets, screen, seen_distance_mm(kept), 0.0)
