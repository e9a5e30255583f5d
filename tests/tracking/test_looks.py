"""Blinks, glances elsewhere and targets never looked at spoil no calibration."""

from collections.abc import Callable

import numpy as np
import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import shipped
from gazetalk.tracking.calibration import Calibration, calibrate
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.looks import LEAST_REACH_MM, at_target, collect, reach_mm
from gazetalk.tracking.procedure import load_procedure
from gazetalk.tracking.types import Target

LENS = (0.0, 8.0)
Look = Callable[..., Eyes]
TARGETS = tuple(
    target
    for target in load_procedure(shipped("calibration") / "standard.toml").schedule(DEFAULT_SCREEN)
    if target.phase == "calibration"
)
# The formula's eyes with 0.02 mm of noise are measured to 3 mm.
GOOD_MM = 6.0


def watch(
    look: Look,
    where: Callable[[int, float], tuple[float, float] | None] = lambda number, part: None,
    openness: Callable[[int, float], float] = lambda number, part: 0.3,
    turn: Callable[[int, float], tuple[float, float, float]] = lambda number, part: (0.0, 0.0, 0.0),
) -> list[Eyes]:
    """A person who looks at each target. Given its number, from 1, and which part of its time has
    passed, 0 to 1: where they look instead, how open the lids are, how the head is turned."""
    rng = np.random.default_rng(4)
    eyes = []
    for number, target in enumerate(TARGETS, 1):
        for t_s in np.arange(target.start_s, target.end_s, 1 / 30):
            part = (t_s - target.start_s) / (target.end_s - target.start_s)
            x_px, y_px = where(number, part) or (target.x_px, target.y_px)
            gap, turn_deg = openness(number, part), turn(number, part)
            eyes.append(look(x_px, y_px, t_s, turn_deg, openness=gap, noise_mm=0.02, rng=rng))
    return eyes


def error_mm(result: Calibration, look: Look) -> float:
    """The mean error at points that no calibration asks for."""
    errors = []
    for x_px, y_px in [(600, 400), (1400, 300), (900, 800), (300, 700), (1600, 800)]:
        sample = result.model.locate(look(x_px, y_px))
        assert sample.x_px is not None
        assert sample.y_px is not None
        away = np.array([sample.x_px - x_px, sample.y_px - y_px]) * DEFAULT_SCREEN.mm_per_px
        errors.append(float(np.linalg.norm(away)))
    return float(np.mean(errors))


def learned(eyes: list[Eyes]) -> Calibration:
    return calibrate(eyes, TARGETS, DEFAULT_SCREEN, LENS)


def test_a_blink_in_the_middle_goes_with_its_edges(look: Look) -> None:
    """Closing takes 80 ms, opening 140: half-closed lids count as a blink too."""

    def blink(number: int, part: float) -> float:
        return float(np.interp(part, [0.6, 0.64, 0.68, 0.75], [0.3, 0.02, 0.02, 0.3]))

    kept = collect(watch(look, openness=blink), TARGETS, 0.7)
    gaps = [e.right.openness for each in kept for e in each.eyes]
    assert min(gaps) > 0.26
    assert all(len(each.eyes) >= 18 for each in kept)  # of 36, 12 of them near the blink


def test_eyes_shut_for_most_of_a_target_leave_the_rest_or_nothing(look: Look) -> None:
    def shut(number: int, part: float) -> float:
        return 0.02 if (number == 3 and part < 0.8) or number == 7 else 0.3

    result = learned(watch(look, openness=shut))
    assert result.weak == (7,)
    assert min(e.right.openness for each in result.looks for e in each.eyes) > 0.2
    assert error_mm(result, look) < GOOD_MM


@pytest.mark.parametrize("early", [True, False])
def test_half_of_the_time_elsewhere_at_three_targets(look: Look, early: bool) -> None:
    """Samples are taken from 0.37 to 1 of the time; one half of that is elsewhere."""

    def glance(number: int, part: float) -> tuple[float, float] | None:
        elsewhere = part < 0.68 if early else part >= 0.68
        return (1100.0, 640.0) if number in (2, 5, 9) and elsewhere else None

    result = learned(watch(look, glance))
    assert result.used == 9
    assert error_mm(result, look) < GOOD_MM


@pytest.mark.parametrize("wrong", [(4,), (2, 8)])
def test_targets_that_were_never_looked_at_are_left_out(look: Look, wrong: tuple[int, ...]) -> None:
    result = learned(watch(look, lambda number, part: (700, 250) if number in wrong else None))
    assert result.weak == wrong
    assert error_mm(result, look) < 1.5 * GOOD_MM


def test_nobody_is_left_out_who_looks_where_asked(look: Look) -> None:
    result = learned(watch(look))
    assert result.weak == ()
    assert result.samples > 0.95 * len(TARGETS) * 36
    assert result.left_out.offset is not None
    assert result.left_out.offset.mm < 8


def test_a_head_that_moves_between_and_during_targets_loses_no_samples(look: Look) -> None:
    """The eyes turn back against the head, so their landmarks move while the gaze rests."""

    def turn(number: int, part: float) -> tuple[float, float, float]:
        return 0.0, 3.0 * np.sin(number) + 2.0 * part, 0.0

    result = learned(watch(look, turn=turn))
    assert result.used == 9
    assert result.samples > 0.9 * len(TARGETS) * 36
    assert error_mm(result, look) < GOOD_MM


def test_of_two_places_the_nearer_to_the_target_is_believed_when_both_were_looked_at() -> None:
    rng = np.random.default_rng(0)
    near, far = rng.normal((100, 100), 4, (12, 2)), rng.normal((180, 60), 4, (24, 2))
    believed = at_target(np.vstack([far, near]), np.array([90.0, 110.0]), 20.0)
    assert not believed[:24].any()
    assert believed[24:].all()
    few = at_target(np.vstack([far, near[:3]]), np.array([90.0, 110.0]), 20.0)
    assert few[:24].all()  # three samples are a glance, not the target


def test_points_that_were_not_measured_are_no_place() -> None:
    points = np.array([[np.nan, np.nan], [10.0, 10.0], [11.0, 10.0]])
    assert at_target(points, np.zeros(2), 20.0).tolist() == [False, True, True]
    assert not at_target(points[:1], np.zeros(2), 20.0).any()


def test_the_reach_follows_the_steadier_targets() -> None:
    """Four times their spread; the steadiest quarter's is a little below the mean's 10 mm."""
    rng = np.random.default_rng(1)
    steady = {n: rng.normal(0, 10, (200, 2)) for n in range(6)}
    wild = {n: rng.normal(0, 90, (200, 2)) for n in range(6, 9)}
    assert reach_mm(steady | wild) == pytest.approx(40, rel=0.2)
    assert reach_mm({1: np.zeros((9, 2))}) == LEAST_REACH_MM


def test_no_targets_and_no_eyes_are_nothing(look: Look) -> None:
    assert collect([], (), 0.7) == []
    empty = collect([], TARGETS, 0.7)
    assert [each.number for each in empty] == list(range(1, 10))
    assert not any(each.enough for each in empty)
    target = Target(0.0, 1.0, 0.0, 0.0, "calibration")
    unseen = [look(0, 0, t_s, openness=float("nan")) for t_s in np.arange(0.0, 1.0, 0.03)]
    assert not collect(unseen, [target], 0.0)[0].enough
