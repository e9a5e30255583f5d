"""The pointer rests while the eyes rest, jumps when they jump, and ages when they are lost."""

import numpy as np

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking.filter import PointerFilter
from gazetalk.tracking.types import GazeSample


def correlated(rng: np.random.Generator, n: int, sd: float) -> np.ndarray:
    """Noise as webcams make it: 0.9 from one sample to the next at 30 Hz."""
    noise = np.zeros((n, 2))
    for i in range(1, n):
        noise[i] = 0.9 * noise[i - 1] + rng.normal(0, sd * (1 - 0.81) ** 0.5, 2)
    return noise


def run(points: np.ndarray, fps: float = 30.0) -> np.ndarray:
    pointer_filter = PointerFilter(DEFAULT_SCREEN)
    out = []
    for i, (x, y) in enumerate(points):
        pointer = pointer_filter.update(GazeSample(i / fps, x, y, valid=True))
        assert pointer is not None
        out.append((pointer.x_px, pointer.y_px))
    return np.array(out)


def test_noise_falls_while_the_eyes_rest() -> None:
    rng = np.random.default_rng(3)
    noise = correlated(rng, 3000, 25.0)
    rest = run(np.array([960.0, 540.0]) + noise)
    assert rest[60:].std(axis=0).mean() < 0.8 * noise[60:].std(axis=0).mean()


def test_a_jump_is_followed_within_130_ms() -> None:
    """After a 10 degree saccade (105 mm at 60 cm) 90 % of the step is reached in time."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        points = np.full((90, 2), (500.0, 540.0)) + correlated(rng, 90, 20.0)
        points[60:] += (586.0, 0.0)
        pointer = run(points)
        reached = (pointer[60:, 0] - pointer[59, 0]) / 586.0
        assert reached[4] > 0.9


def test_one_stray_sample_does_not_drag_the_pointer() -> None:
    points = np.full((60, 2), (500.0, 540.0))
    points[30] = (1500.0, 100.0)
    assert np.abs(run(points) - (500.0, 540.0)).max() < 1e-6


def test_gaze_older_than_150_ms_is_not_fresh() -> None:
    pointer_filter = PointerFilter(DEFAULT_SCREEN)
    assert pointer_filter.update(GazeSample(0.0)) is None
    pointer_filter.update(GazeSample(0.1, 5.0, 5.0, valid=True))
    early, late = (pointer_filter.update(GazeSample(t)) for t in (0.2, 0.3))
    assert early is not None
    assert late is not None
    assert (early.fresh, late.fresh) == (True, False)


def test_fixations_are_told_with_their_centre_and_spread() -> None:
    rng = np.random.default_rng(5)
    pointer_filter = PointerFilter(DEFAULT_SCREEN)
    places = np.repeat([(300.0, 300.0), (1500.0, 800.0), (300.0, 800.0)], 30, axis=0)
    found = []
    for i, (x, y) in enumerate(places + rng.normal(0, 5, (90, 2))):
        pointer_filter.update(GazeSample(i / 30, x, y, valid=True))
        found += pointer_filter.finished()
    assert [round(f.x_px, -2) for f in found] == [300, 1500]
    assert all(0.8 < f.end_s - f.start_s < 1.1 for f in found)
    assert all(5 < f.covariance_px2[0][0] < 60 for f in found)
