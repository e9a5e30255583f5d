"""Calibration believes good samples only, and says so when there are too few."""

from collections.abc import Callable

import numpy as np
import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import shipped
from gazetalk.tracking.calibration import calibrate
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.types import Target

LENS = (0.0, 8.0)
Look = Callable[..., Eyes]


def watch(look: Look, targets: tuple[Target, ...], blink_every: int = 0) -> list[Eyes]:
    """A person who looks at each target, 30 frames a second, arriving 0.3 s late."""
    rng = np.random.default_rng(2)
    eyes = []
    for target in targets:
        for t in np.arange(target.start_s, target.end_s, 1 / 30):
            late = t - target.start_s < 0.3
            x, y = (960, 540) if late else (target.x_px, target.y_px)
            shut = bool(blink_every) and len(eyes) % blink_every < 4
            eyes.append(look(x, y, t, noise_mm=0.02, rng=rng, openness=0.03 if shut else 0.3))
    return eyes


def test_the_standard_procedure_calibrates(look: Look) -> None:
    targets = load_procedure(shipped("calibration") / "standard.toml").schedule(DEFAULT_SCREEN)
    result = calibrate(watch(look, targets, blink_every=40), targets, DEFAULT_SCREEN, LENS)
    assert (result.used, result.asked) == (9, 9)
    assert result.left_out.offset is not None
    assert result.left_out.offset.mm < 8


def test_eyes_that_were_never_open_cannot_calibrate(look: Look) -> None:
    targets = load_procedure(shipped("calibration") / "standard.toml").schedule(DEFAULT_SCREEN)
    with pytest.raises(CalibrationError, match="0 of 9"):
        calibrate([], targets, DEFAULT_SCREEN, LENS)
