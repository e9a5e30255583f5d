"""How a person's looks will fall beside what they look at, from what calibration measured."""

from __future__ import annotations

import math

from gazetalk.geometry import Screen
from gazetalk.keyboard.aim import Aim
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.resume import Usual

UNMEASURED_MM = 12.0  # a webcam after a good calibration
LEAST_MM = 2.0  # eyes themselves do not rest more exactly
# Of a look's error this share of the variance is its own; the rest is a bias that others share,
# everywhere or nearby, and that is learned while writing.
OWN = 1 / (1 + 0.5**2 + 0.25**2)


def aim_on(screen: Screen, width_px: int, usual: Usual | None) -> Aim:
    """The aim on a board `width_px` wide that is drawn over the whole screen.

    usual: how far looks missed when that was measured, None if nobody has.
    """
    axis_mm = UNMEASURED_MM if usual is None else max(usual.axis_mm, LEAST_MM)
    spread_px = axis_mm * math.sqrt(OWN) * width_px / screen.width_mm
    return Aim(width_px, (spread_px, spread_px))


def usual_after(done: Calibrated) -> Usual | None:
    """What a calibration just made has measured, or else has estimated."""
    return _usual(done.measured) or _usual(done.calibration.left_out)


def _usual(accuracy: Accuracy | None) -> Usual | None:
    if accuracy is None or accuracy.fixation_offset is None or not accuracy.targets:
        return None
    return Usual(accuracy.fixation_offset.mm, accuracy.targets)
