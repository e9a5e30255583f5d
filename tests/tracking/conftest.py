"""Eyes made by a formula: what a perfect landmarker would see of a perfect person."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking.eyes import Eyes, EyeView
from gazetalk.tracking.gaze import direction_to
from gazetalk.tracking.pose import HeadPose

LENS = (0.0, 8.0)
EYES_MM = {"right": np.array([-31.0, -26.0, -24.0]), "left": np.array([31.0, -26.0, -24.0])}


def pose_of(turn_deg: tuple[float, float, float], place_mm: tuple[float, float, float]) -> HeadPose:
    rotation, _ = cv2.Rodrigues(np.radians(np.array(turn_deg)))
    return HeadPose(np.asarray(rotation), np.array(place_mm))


def eyes_looking_at(
    x_px: float,
    y_px: float,
    t_s: float = 0.0,
    turn_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    place_mm: tuple[float, float, float] = (0.0, 100.0, 600.0),
    openness: float = 0.3,
    noise_mm: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Eyes:
    """Irises that move 9 mm per unit of tangent, lids that follow a little."""
    pose = pose_of(turn_deg, place_mm)
    target = DEFAULT_SCREEN.to_camera([(x_px, y_px)], LENS)[0]
    views = {}
    for side, place in EYES_MM.items():
        centre = pose.to_camera(place[np.newaxis])[0]
        x, y = direction_to(target, centre, pose)
        offsets = np.array([9 * x, 4 * y, -13, 0, 13, 0, -4 + 5 * y, 4 + 2 * y])
        if rng is not None:
            offsets = offsets + rng.normal(0, noise_mm, 8)
        views[side] = EyeView(centre, offsets, openness, None)
    return Eyes(t_s, pose, views["right"], views["left"])


@pytest.fixture
def look() -> Callable[..., Eyes]:
    return eyes_looking_at
