"""How a person's looks will fall beside what they look at, from what calibration measured."""

from __future__ import annotations

import math

from gazetalk.geometry import Screen
from gazetalk.keyboard.aim import Aim
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.resume import Usual

UNMEASURED_MM = 12.0  # per axis, of a webcam after a good calibration
UNMEASURED = Usual(UNMEASURED_MM * math.sqrt(math.pi / 2), 1)
LEAST_MM = 2.0  # eyes themselves do not rest more exactly
# What a look's error is made of, as shares of its variance: its own, a bias that all looks share
# and one that belongs to the place. These two are learned while writing.
OWN, EVERYWHERE, PLACE = 0.45, 0.4, 0.15
# The vertical errs more than the horizontal: so much of the variance is its.
VERTICAL = 0.65


def aim_on(screen: Screen, width_px: int, usual: Usual | None) -> Aim:
    """The aim on a board `width_px` wide that is drawn over the whole screen.

    usual: how far looks missed when that was measured, None if nobody has.
    """
    axis_mm = UNMEASURED_MM if usual is None else max(usual.axis_mm, LEAST_MM)
    both_px2 = 2 * (axis_mm * width_px / screen.width_mm) ** 2
    parts = [
        (math.sqrt(part * (1 - VERTICAL) * both_px2), math.sqrt(part * VERTICAL * both_px2))
        for part in (OWN, EVERYWHERE, PLACE)
    ]
    return Aim(width_px, *parts)


def usual_after(done: Calibrated) -> Usual | None:
    """What a calibration just made has measured, or else has estimated."""
    return _usual(done.measured) or _usual(done.calibration.left_out)


def _usual(accuracy: Accuracy | None) -> Usual | None:
    if accuracy is None or accuracy.fixation_offset is None or not accuracy.targets:
        return None
    return Usual(accuracy.fixation_offset.mm, accuracy.targets)
