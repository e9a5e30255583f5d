"""The stated error grows when the head leaves its calibrated place, and not otherwise."""

import numpy as np
import pytest

from gazetalk.tracking.doubt import CALIBRATED, PIXELS, USUAL_MM, Doubt, turn_of
from gazetalk.tracking.pose import HeadPose
from tests.tracking.conftest import pose_of

HOME = pose_of((0, 0, 0), (0, 100, 600))


def doubt_at(*poses: HeadPose) -> Doubt:
    return Doubt(
        np.array([4.0, 6.0]),
        np.array([turn_of(pose) for pose in poses]),
        np.array([pose.position_mm for pose in poses]),
    )


def test_at_the_calibrated_pose_calibration_s_own_error_and_the_usual_one_count() -> None:
    own = CALIBRATED * np.array([16, 36])
    assert doubt_at(HOME).variance_mm2(0.0, HOME) == pytest.approx(own + USUAL_MM**2)


def test_turning_and_moving_add_to_it() -> None:
    doubt = doubt_at(HOME)
    rest = doubt.variance_mm2(0.0, HOME)
    turned = doubt.variance_mm2(0.0, pose_of((0, 10, 0), (0, 100, 600)))
    moved = doubt.variance_mm2(0.0, pose_of((0, 0, 0), (50, 100, 600)))
    assert turned - rest == pytest.approx([(10 * PIXELS.turned_mm_deg) ** 2] * 2)
    assert moved - rest == pytest.approx([(50 * PIXELS.moved_mm_mm) ** 2] * 2)


def test_calibrating_at_another_pose_too_makes_that_pose_sure() -> None:
    there = pose_of((0, 10, 0), (20, 100, 600))
    rest = doubt_at(HOME).variance_mm2(0.0, HOME)
    assert doubt_at(HOME, there).variance_mm2(0.0, there) == pytest.approx(rest)


def test_eyes_that_were_never_seen_like_that_are_less_sure() -> None:
    doubt = doubt_at(HOME)
    assert (doubt.variance_mm2(3.0, HOME) > doubt.variance_mm2(0.5, HOME)).all()
