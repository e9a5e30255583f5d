"""Targets are drawn where and as large as asked, pictures too, and results name their targets."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from recorder import Recorder

from gazetalk.screens.calibrate import (
    CalibrationResults,
    CalibrationView,
    TargetResult,
    draw_calibration,
    draw_results,
)
from gazetalk.screens.look import FEW_STEPS, Look
from gazetalk.screens.theme import DARK
from gazetalk.screens.window import Window

SIZE = (800, 600)
AT = (300, 200)


def drawn(view: CalibrationView | CalibrationResults) -> np.ndarray:
    """(height, width, 3) what is seen."""
    with Window(SIZE, headless=True) as window:
        if isinstance(view, CalibrationView):
            window.draw(lambda canvas: draw_calibration(canvas, view))
        else:
            window.draw(lambda canvas: draw_results(canvas, view))
        surface = window.canvas.surface
        pixels = np.frombuffer(surface.get_buffer(), np.uint8).reshape(*SIZE[::-1], -1)
        return pixels[:, :, 2::-1].astype(int)


def reach(image: np.ndarray) -> float:
    """How far from the target anything is drawn in the upper half, pixels."""
    rows, columns = np.nonzero((image[:400] != DARK.background).any(axis=2))
    return float(np.hypot(columns - AT[0], rows - AT[1]).max())


def test_a_target_twice_as_large_reaches_twice_as_far() -> None:
    usual = reach(drawn(CalibrationView(AT, 0.0, 0, 0)))
    large = reach(drawn(CalibrationView(AT, 0.0, 0, 0, size=2.0)))
    assert large == pytest.approx(2 * usual, abs=2)  # whole pixels


def test_a_picture_is_drawn_around_the_target_with_its_middle_marked(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    cv2.imwrite(str(path), np.full((40, 80, 3), (0, 0, 200), np.uint8))
    image = drawn(CalibrationView(AT, 0.5, 0, 0, picture=path))
    assert image[AT[1], AT[0]].tolist() == list(DARK.text)
    assert image[AT[1], AT[0] + 40].tolist() == [200, 0, 0]
    assert image[AT[1] + 45, AT[0]].tolist() == list(DARK.background)  # it is wide, not high


def test_results_name_their_targets() -> None:
    results = CalibrationResults(1920, 1080, (TargetResult((960, 540), ((990, 560),), "3"),), ())
    unnamed = CalibrationResults(1920, 1080, (TargetResult((960, 540), ((990, 560),)),), ())
    assert (drawn(results) != drawn(unnamed)).any()


def test_with_reduced_motion_a_target_gets_small_in_few_steps() -> None:
    """Large when it comes, small when it is measured, and no more than two sizes between."""
    sizes = []
    for share in range(51):
        canvas = Recorder(SIZE)
        view = CalibrationView(AT, share / 50, 1, 9)
        draw_calibration(canvas, view, Look(motion="reduced"))
        sizes.append(max(one.rect.width for one in canvas.drawn if one.kind == "disc"))
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == FEW_STEPS + 1
    smooth = [Recorder(SIZE), Recorder(SIZE)]
    for canvas, share in zip(smooth, (0.0, 1.0), strict=True):
        draw_calibration(canvas, CalibrationView(AT, share, 1, 9))
    ends = [max(one.rect.width for one in c.drawn if one.kind == "disc") for c in smooth]
    assert [sizes[0], sizes[-1]] == ends
