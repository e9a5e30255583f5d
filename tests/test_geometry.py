"""Pixels, millimetres and degrees agree, and the camera's axes point where they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.geometry import DEFAULT_SCREEN, Screen, mm_to_deg

LENS = (12.0, 8.0)
pixels = st.floats(-3000, 6000)


@given(pixels, pixels)
def test_pixels_survive_the_way_to_the_camera_and_back(x: float, y: float) -> None:
    there = DEFAULT_SCREEN.to_camera([(x, y)], LENS)
    assert DEFAULT_SCREEN.from_camera(there, LENS)[0] == pytest.approx((x, y), abs=1e-6)


def test_the_persons_right_is_the_pictures_left_and_down_is_down() -> None:
    left, right = DEFAULT_SCREEN.to_camera([(0, 0), (1920, 1080)], (0.0, 8.0))
    assert left == pytest.approx((172.0, 8.0, 0.0))
    assert right == pytest.approx((-172.0, 202.0, 0.0))


def test_ten_millimetres_at_arms_length_are_about_a_degree() -> None:
    assert float(mm_to_deg(10.47, 600.0)) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf")])
def test_a_screen_without_a_size_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Screen(1920, 1080, bad, 194.0)


def test_several_points_at_once() -> None:
    assert DEFAULT_SCREEN.to_camera(np.zeros((5, 2)), LENS).shape == (5, 3)
