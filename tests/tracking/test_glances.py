"""A glance made up from a calibrated one shows the iris where a further turn would bring it."""

import math

import numpy as np
import pytest

from gazetalk.tracking.eyes import PATCH_SHAPE, EyeView, cell_middles
from gazetalk.tracking.glances import IRIS_MM, TURNING_MM, further_aside


def drawn_eye(aside_deg: float) -> EyeView:
    """A dark disc on white between dark lids, as an eye that looks aside shows it."""
    x, y = cell_middles()
    iris_x = TURNING_MM * math.sin(math.radians(aside_deg))
    away = np.hypot(x - iris_x, y[:, np.newaxis])
    white = np.where(np.abs(y[:, np.newaxis]) < 4.5 * (1 - (x / 13) ** 2), 1.0, -0.5)
    # The edge is as wide as a cell, as a camera would see it.
    iris = np.clip((IRIS_MM - away) / 0.9 + 0.5, 0, 1)
    patch = np.where(white > 0, white - 2.0 * iris, white).astype(np.float32)
    offsets = np.array([iris_x, 0.0, -13.0, 0.0, 13.0, 0.0, -4.5, 4.5])
    return EyeView(np.zeros(3), offsets, 0.3, patch)


def dark_middle_mm(view: EyeView) -> float:
    """The middle of the dark disc in the rows that lids do not cover."""
    assert view.patch is not None
    x, y = cell_middles()
    rows = view.patch[np.abs(y) < 1]
    weight = np.clip(1.0 - rows, 0, None) * (np.abs(x) < 11)
    return float((weight * x).sum() / weight.sum())


@pytest.mark.parametrize(("now_deg", "more_deg"), [(0, 5), (12, 5), (12, 10), (-12, -10)])
def test_the_iris_moves_on_as_far_as_the_eye_turns(now_deg: float, more_deg: float) -> None:
    view, goal = drawn_eye(now_deg), drawn_eye(now_deg + more_deg)
    sine = math.sin(math.radians(now_deg))
    made = further_aside(view, np.array([view.offsets_mm[0], 0.0]), sine, more_deg)
    assert made is not None
    assert made.offsets_mm[0] == pytest.approx(goal.offsets_mm[0])
    # A fifth of a cell: half of what one degree of gaze moves the iris.
    assert dark_middle_mm(made) == pytest.approx(dark_middle_mm(goal), abs=0.2)


def test_skin_and_lids_stay_where_they_are() -> None:
    view = drawn_eye(0)
    made = further_aside(view, np.zeros(2), 0.0, 10)
    assert made is not None
    assert made.patch is not None
    assert view.patch is not None
    x, y = cell_middles()
    skin = (np.abs(x) > 13.5) | (np.abs(y[:, np.newaxis]) > 5.5)
    assert np.array_equal(made.patch[skin], view.patch[skin])
    assert made.patch.shape == PATCH_SHAPE


def test_without_a_picture_there_is_nothing_to_make() -> None:
    blind = EyeView(np.zeros(3), drawn_eye(0).offsets_mm, 0.3, None)
    assert further_aside(blind, np.zeros(2), 0.0, 5) is None
