"""How far from the truth a gaze point may be: the error calibration showed, and what adds to it.

A point is less certain when the eyes show what calibration never saw (the regression knows that)
and when the head has left the places where it was calibrated, since its pose is then only
measured as well as an average skull fits this one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gazetalk.tracking.pose import HeadPose
from gazetalk.tracking.types import Floats

# The variance's parts, fitted by likelihood on 22 puppet people (still, moving, moved 5 cm, turned
# 10 degrees; with glasses, a drooping lid, a third of the light), each person judged with weights
# from the others: 64 % (moving) to 77 % of errors fell within the 68 % ellipse and 89 to 98 %
# within the 95 % ellipse. The first two are nearly as likely at 0.25 and 4.2; but people who err by
# three times as much (puppets without pictures) are stated too small then.
# The share of the left-out error that is left where targets are not left out.
CALIBRATED = 0.6
# What nine targets cannot tell of a person's own error, mm: a few that agree promise little.
USUAL_MM = 2.9
# What one sample is off by itself, mm: where the eyes land, and the picture's noise.
SAMPLE_MM = 0.52
# The error of the measured pose: mm of gaze for each degree that the head has turned, and for each
# mm that it has moved.
TURNED_MM_DEG = 1.6
MOVED_MM_MM = 0.174


@dataclass(frozen=True, eq=False)
class Doubt:
    """What a calibration knows of its own error.

    error_mm: (2,) the usual miss of a target that was left out. turns_rad: (P, 3) and places_mm:
    (P, 3), the head's mean pose at each calibration target, rotation vectors and positions.
    """

    error_mm: Floats
    turns_rad: Floats
    places_mm: Floats

    def variance_mm2(self, unseen: float, pose: HeadPose) -> Floats:
        """(2,) of a point, mm squared. unseen: `Ridge.doubt` of what the eyes show."""
        turned_deg, moved_mm = self.away(pose)
        added = USUAL_MM**2 + unseen * SAMPLE_MM**2
        added += (TURNED_MM_DEG * turned_deg) ** 2 + (MOVED_MM_MM * moved_mm) ** 2
        return CALIBRATED * self.error_mm**2 + added

    def away(self, pose: HeadPose) -> tuple[float, float]:
        """How far the head is from the nearest calibrated pose: degrees and mm."""
        turned = np.degrees(np.linalg.norm(self.turns_rad - turn_of(pose), axis=1))
        moved = np.linalg.norm(self.places_mm - pose.position_mm, axis=1)
        nearest = int(np.argmin((TURNED_MM_DEG * turned) ** 2 + (MOVED_MM_MM * moved) ** 2))
        return float(turned[nearest]), float(moved[nearest])


def turn_of(pose: HeadPose) -> Floats:
    """The pose's rotation vector (3,), rad."""
    turn, _ = cv2.Rodrigues(pose.rotation)
    return np.asarray(turn, dtype=float).ravel()
