"""What a mean takes away from noise that lasts, and how the noise of a person is measured."""

import math
from itertools import pairwise

import numpy as np
import pytest

from gazetalk.tracking.noise import NOISE_LASTS_S, NoiseMeter, variance_left


def lasting(rng: np.random.Generator, seconds: float, fps: float, runs: int) -> np.ndarray:
    """(runs, N) of noise with deviation 1 that shares 0.9 of itself with what was 1/30 s before."""
    keep = math.exp(-1 / fps / NOISE_LASTS_S)
    noise = rng.normal(size=(runs, round(seconds * fps)))
    for i in range(1, noise.shape[1]):
        noise[:, i] = keep * noise[:, i - 1] + math.sqrt(1 - keep**2) * noise[:, i]
    return noise


@pytest.mark.parametrize(("fps", "seconds"), [(30, 0.5), (30, 1.3), (30, 3.0), (60, 1.3)])
def test_the_share_left_is_that_of_simulated_means(fps: float, seconds: float) -> None:
    means = lasting(np.random.default_rng(1), seconds, fps, 4000).mean(axis=1)
    # 4000 means give their variance to 2.2 %; a sum of frames is not quite the integral.
    assert variance_left(seconds) == pytest.approx(means.var(), rel=0.1)


def test_no_time_takes_nothing_away_and_more_time_takes_more() -> None:
    left = [variance_left(t) for t in (0.0, 1e-6, 0.1, 1.0, 10.0, 100.0)]
    assert left[0] == 1.0
    assert all(a >= b > 0 for a, b in pairwise(left))


def test_the_meter_finds_the_deviation_and_is_not_misled_by_jumps() -> None:
    rng = np.random.default_rng(2)
    meter = NoiseMeter()
    for i in range(600):
        stray = rng.normal(0, (3.0, 6.0)) if i % 15 else np.array([150.0, 80.0])
        meter.take(i / 30, stray)
    # Every 15th moment is a jump: that raises the median by about 8 %.
    assert meter.sd_mm == pytest.approx([3.0, 6.0], rel=0.25)
