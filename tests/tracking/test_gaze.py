"""The gaze model is right where it was taught and where the head has gone; one eye is enough."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.gaze import GazeModel, _share
from gazetalk.tracking.learn import fit_gaze
from gazetalk.tracking.model_file import ModelFileError, model_from_bytes, model_to_bytes

LENS = (0.0, 8.0)
GRID = [(x, y) for x in (150, 960, 1770) for y in (100, 540, 980)]
Look = Callable[..., Eyes]


@pytest.fixture
def model(look: Look) -> GazeModel:
    rng = np.random.default_rng(1)
    eyes = [look(x, y, noise_mm=0.02, rng=rng) for x, y in GRID for _ in range(12)]
    groups = np.repeat(np.arange(9), 12)
    return fit_gaze(eyes, np.repeat(GRID, 12, axis=0), groups, DEFAULT_SCREEN, LENS)[0]


def miss_px(model: GazeModel, eyes: Eyes, x: float, y: float) -> float:
    sample = model.locate(eyes)
    assert sample.x_px is not None
    assert sample.y_px is not None
    return float(np.hypot(sample.x_px - x, sample.y_px - y))


def test_points_between_the_taught_ones_are_found(model: GazeModel, look: Look) -> None:
    # 15 px are 2.7 mm; the noise put in is about 1.5 mm a sample before the fit averages it.
    assert miss_px(model, look(500, 300), 500, 300) < 15


@pytest.mark.parametrize(
    ("turn_deg", "place_mm"),
    [((0, 0, 0), (50, 100, 600)), ((0, 8, 0), (0, 100, 600)), ((5, 0, 0), (0, 80, 550))],
)
def test_a_moved_or_turned_head_changes_little(
    model: GazeModel, look: Look, turn_deg: tuple, place_mm: tuple
) -> None:
    # The formula's eyes obey the model's geometry exactly; what remains is the ridge's shrinkage.
    eyes = look(700, 600, turn_deg=turn_deg, place_mm=place_mm)
    assert miss_px(model, eyes, 700, 600) < 25


def test_one_closed_eye_leaves_the_other_in_charge(model: GazeModel, look: Look) -> None:
    eyes = look(500, 300)
    winking = replace(eyes, left=replace(eyes.left, openness=0.02, offsets_mm=np.full(8, 9.0)))
    sample = model.locate(winking)
    assert sample.valid
    assert sample.blink is False
    assert miss_px(model, winking, 500, 300) < 20


def test_closed_eyes_are_a_blink_and_no_gaze(model: GazeModel, look: Look) -> None:
    sample = model.locate(look(500, 300, openness=0.03))
    assert (sample.valid, sample.blink, sample.x_px) == (False, True, None)


def test_without_pictures_it_learns_from_landmarks_and_says_so(model: GazeModel) -> None:
    assert model.kind == "landmarks"


def test_without_pictures_eyes_that_disagree_at_random_are_read_by_what_they_share(
    look: Look,
) -> None:
    """Each eye's measures are off by noise of its own, as landmarks are: both together err by
    less than the better of the two, of which each is read alone while the other is closed."""
    rng = np.random.default_rng(3)
    eyes = [look(x, y, noise_mm=0.2, rng=rng) for x, y in GRID for _ in range(30)]
    places = np.repeat(GRID, 30, axis=0)
    noisy = fit_gaze(eyes, places, np.repeat(np.arange(9), 30), DEFAULT_SCREEN, LENS)[0]
    looks = [look(500, 300, noise_mm=0.2, rng=rng) for _ in range(100)]
    shut = [
        [replace(e, left=replace(e.left, openness=0.02)) for e in looks],
        [replace(e, right=replace(e.right, openness=0.02)) for e in looks],
    ]
    both, *alone = (np.mean([miss_px(noisy, e, 500, 300) for e in seen]) for seen in (looks, *shut))
    # Two independent eyes: a factor of 0.7 if nothing but noise counted.
    assert both < 0.85 * min(alone)


def test_a_file_from_before_eyes_were_read_together_still_serves(model: GazeModel) -> None:
    alone = replace(
        model, right=replace(model.right, paired=None), left=replace(model.left, paired=None)
    )
    assert model_from_bytes(model_to_bytes(alone)).right.paired is None


def test_a_model_survives_its_file_to_the_last_digit(model: GazeModel, look: Look) -> None:
    again = model_from_bytes(model_to_bytes(model))
    assert again.locate(look(321, 123)) == model.locate(look(321, 123))


def test_no_damaged_model_file_is_believed(model: GazeModel) -> None:
    content = model_to_bytes(model)
    for damaged in (b"", b"PK\x03\x04", content[:200], content[: len(content) // 2], b"{}"):
        with pytest.raises(ModelFileError):
            model_from_bytes(damaged)


@pytest.mark.parametrize(
    ("new_right", "new_left", "least", "most"),
    [
        (0.1, 0.2, 0.5, 0.5),  # what is usual makes no difference
        (0.1, 2.7, 0.98, 1.0),  # the left one winks
        (2.7, 0.1, 0.0, 0.02),
        (2.0, 2.2, 0.5, 0.6),  # both are seen otherwise than at calibration: a head that turned
    ],
)
def test_an_eye_that_shows_something_new_counts_less(
    new_right: float, new_left: float, least: float, most: float
) -> None:
    assert least <= _share(0.5, new_right, new_left) <= most
