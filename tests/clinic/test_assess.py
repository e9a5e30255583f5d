"""An assessment's figures are those of looks whose truth is known; what follows from them never
names a method that fails there."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.assessing import AGAIN, SHRINKING, VALIDATION
from gazetalk.clinic.assess import Blinking, Figures, Reaction, Tiring, blinking, measure
from gazetalk.clinic.likely import Trial, likely
from gazetalk.clinic.rates import LARGE, METHODS, QWERTY, TWO_ZONE, WORDS, eyes_of, predict
from gazetalk.clinic.recommend import (
    FOLLOWS,
    MAY_FAIL,
    NONE_YET,
    Recommendation,
    in_words,
    next_to_try,
    recommend,
    without_looks,
)
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.layout import load_layout
from gazetalk.tracking.types import GazeSample, Target

SCREEN = DEFAULT_SCREEN
MM = np.array(SCREEN.mm_per_px)
POINTS = (*VALIDATION, *SHRINKING, *AGAIN)
TARGET_S, RATE_HZ = 1.9, 30.0


def seen(
    bias_mm: tuple[float, float] = (0.0, 0.0),
    spread_mm: float = 0.0,
    within_mm: float = 0.0,
    lost: float = 0.0,
    reaction_s: float = 0.3,
    last_times: float = 1.0,
    points: Sequence[tuple[float, float]] = POINTS,
    seed: int = 1,
) -> Figures:
    """Figures of somebody who looks at points, sample for sample.

    spread_mm: of each target's looks, per axis; within_mm: of samples in them. last_times: how many
    times larger all errors are at the last target, growing evenly.
    """
    rng = np.random.default_rng(seed)
    targets, samples = [], []
    at = np.array([SCREEN.width_px, SCREEN.height_px]) / 2
    for number, (x, y) in enumerate(points):
        start_s = number * TARGET_S
        target = np.array([x * SCREEN.width_px, y * SCREEN.height_px])
        targets.append(Target(start_s, start_s + TARGET_S, *target, "validation"))
        grown = 1 + (last_times - 1) * number / max(1, len(points) - 1)
        error = (np.array(bias_mm) + rng.normal(0, spread_mm, 2)) * grown / MM
        for k in range(round(TARGET_S * RATE_HZ)):
            t_s = k / RATE_HZ
            place = target + error if t_s >= reaction_s else at
            x_px, y_px = place + rng.normal(0, within_mm, 2) / MM
            valid = bool(rng.random() >= lost)
            sample = GazeSample(start_s + t_s, float(x_px), float(y_px), valid=valid, blink=False)
            samples.append(sample if valid else GazeSample(start_s + t_s))
        at = target + error
    return measure(targets, samples, SCREEN, 600.0)


def test_a_known_bias_spread_and_loss_are_found() -> None:
    """Tolerances: two standard errors of 50 targets, 1 / sqrt(2 * 50) of a spread."""
    figures = seen(bias_mm=(10.0, -6.0), spread_mm=8.0, within_mm=3.0, lost=0.2)
    looks = figures.looks
    assert looks is not None
    assert looks.bias_mm == pytest.approx((10.0, -6.0), abs=2 * 8 / math.sqrt(50))
    assert looks.spread_mm == pytest.approx((8.0, 8.0), rel=0.25)
    assert figures.accuracy.data_loss == pytest.approx(0.2, abs=0.03)
    assert figures.accuracy.sd is not None
    assert figures.accuracy.sd.mm == pytest.approx(3 * math.sqrt(2), rel=0.1)
    assert (looks.targets, figures.accuracy.targets) == (50, 50)


def test_the_smallest_target_is_twice_the_offset_and_two_deviations() -> None:
    figures = seen(bias_mm=(3.0, 4.0), within_mm=2.0)
    smallest = figures.smallest
    assert smallest is not None
    # The mean gaze of a target lies 5 mm away; its samples' deviation is 2 mm on two axes.
    assert smallest.mm == pytest.approx(2 * (5 + 2 * 2 * math.sqrt(2)), rel=0.05)
    assert smallest.px * SCREEN.mm_per_px[0] == pytest.approx(smallest.mm)
    assert smallest.share * SCREEN.width_mm == pytest.approx(smallest.mm)


def test_regions_have_their_own_targets_and_errors() -> None:
    figures = seen(spread_mm=0.01, within_mm=1.0)
    assert [region.targets for region in figures.regions] == [
        sum((min(int(3 * x), 2), min(int(3 * y), 2)) == (column, row) for x, y in POINTS)
        for row in range(3)
        for column in range(3)
    ]
    assert sum(region.targets for region in figures.regions) == len(POINTS)
    assert all(region.offset_mm is not None and region.offset_mm < 1 for region in figures.regions)
    alone = seen(points=[(0.1, 0.1)] * 6).regions
    assert [region.offset_mm is None for region in alone] == [False] + [True] * 8


@pytest.mark.parametrize("reaction_s", [0.2, 0.35, 0.6])
def test_the_reaction_is_found_in_noise(reaction_s: float) -> None:
    """To within two frames, though single samples lie nearer to the place before."""
    reaction = seen(spread_mm=5.0, within_mm=25.0, reaction_s=reaction_s).reaction
    assert reaction is not None
    assert reaction.median_s == pytest.approx(reaction_s, abs=0.07)
    assert reaction.n > 20


def test_tiring_is_told_where_errors_grow_and_not_where_they_do_not() -> None:
    """By design about one in forty steady people is told to tire; of those whose error trebles,
    most."""
    grew = [seen(spread_mm=8.0, last_times=3.0, seed=seed).tiring for seed in range(12)]
    steady = [seen(spread_mm=8.0, seed=seed).tiring for seed in range(12)]
    assert sum(one is not None and one.certain for one in grew) >= 8
    assert sum(one is not None and one.certain for one in steady) <= 2
    assert all(one is not None and one.n == 16 for one in grew)


def test_asked_long_blinks_are_counted_with_those_that_nobody_asked_for() -> None:
    """Three asked for: one done, one too short, none done; and one while nobody asked."""
    shut = [(2.0, 2.7), (11.0, 11.8), (15.0, 15.2)]
    samples = [
        GazeSample(k / 30, blink=any(start <= k / 30 < end for start, end in shut))
        for k in range(22 * 30)
    ]
    found = blinking(samples, [(10.0, 13.5), (13.5, 17.0), (17.0, 20.5)])
    assert (found.asked, found.found, found.false) == (3, 1, 1)
    assert found.minutes == pytest.approx((22 - 10.5) / 60, abs=0.01)


def test_what_was_not_seen_is_none_and_no_method_is_named() -> None:
    figures = seen(lost=1.0)
    assert figures.looks is None
    assert figures.smallest is None
    assert figures.reaction is None
    assert figures.tiring is None
    assert figures.blinking is None
    assert figures.accuracy.data_loss == 1.0
    assert all(region.offset_mm is None for region in figures.regions)
    told = recommend(figures)
    assert told.method == NONE_YET
    assert told.settings == {}
    assert recommend(measure([], [], SCREEN, 600.0)).method == NONE_YET


def test_exact_eyes_get_words_and_very_inexact_ones_two_halves_or_nothing() -> None:
    exact = recommend(seen(spread_mm=3.0, within_mm=2.0))
    assert exact.method == WORDS
    assert exact.sure > 0.9
    assert (exact.switch, exact.targets) == ("none", 50)
    coarse = recommend(seen(spread_mm=60.0, within_mm=10.0))
    assert coarse.method == TWO_ZONE
    lost = recommend(seen(spread_mm=200.0, within_mm=10.0))
    assert lost.method == NONE_YET
    assert lost.settings == {}


def test_eyes_that_look_anywhere_are_not_taken_for_coarse_ones() -> None:
    """Somebody who watches something else: no wide spread makes looks at sides of that."""
    rng = np.random.default_rng(4)
    targets = [
        Target(2.0 * k, 2.0 * k + 1.9, x * SCREEN.width_px, y * SCREEN.height_px, "validation")
        for k, (x, y) in enumerate(VALIDATION)
    ]
    places = rng.uniform(0, 1, (len(targets), 2)) * (SCREEN.width_px, SCREEN.height_px)
    samples = [
        GazeSample(2.0 * k + t / 30, float(x), float(y), valid=True, blink=False)
        for k, (x, y) in enumerate(places)
        for t in range(60)
    ]
    told = recommend(measure(targets, samples, SCREEN, 600.0))
    assert told.method == NONE_YET
    assert any("does not follow" in reason for reason in told.reasons)


def test_middling_eyes_get_large_words_and_the_switch_that_they_can_use() -> None:
    figures = seen(spread_mm=17.0, within_mm=5.0)
    good = recommend(replace(figures, blinking=Blinking(6, 6, 0, 2.0)))
    assert (good.method, good.switch) == (LARGE, "blink")
    poor = recommend(replace(figures, blinking=Blinking(6, 3, 0, 2.0)))
    assert poor.method != LARGE or poor.switch == "external"
    assert any("3 of 6" in reason for reason in poor.reasons)


def trial(layout: str, right: int, seconds: float = 60.0, asked: int = 20) -> Trial:
    return Trial(layout, right, asked, seconds, right == asked, seconds >= 60 and right < asked)


def test_a_way_that_failed_when_it_was_tried_is_not_recommended() -> None:
    figures = seen(spread_mm=3.0, within_mm=2.0)
    ways = []
    trials: list[Trial] = []
    while (way := next_to_try(figures, trials)) is not None:
        ways.append(way)
        trials.append(trial(way, 2))
        assert recommend(figures, trials).method != way
    assert ways == [WORDS, LARGE, QWERTY, TWO_ZONE], "more are tried where two failed"
    assert recommend(figures, trials[:1]).method == LARGE
    told = recommend(figures, [trial(way, 0) for way in METHODS])
    assert told.method == NONE_YET
    assert any("hardly anything came out" in reason for reason in told.reasons)


def test_a_way_that_leaves_too_much_wrong_is_not_recommended_however_fast() -> None:
    figures = seen(spread_mm=3.0, within_mm=2.0)
    fast = trial(WORDS, 120, 40.0, 120)
    assert recommend(figures, [replace(fast, wrong=6)]).method == WORDS
    told = recommend(figures, [replace(fast, wrong=20)])
    assert told.method == LARGE
    assert any("out right" in reason for reason in told.reasons)


def test_trials_change_a_close_choice_and_not_a_clear_one() -> None:
    close, clear = seen(spread_mm=13.0, within_mm=4.0), seen(spread_mm=3.0, within_mm=2.0)
    before = recommend(close)
    other = before.next_best
    assert {before.method, other} == {WORDS, LARGE}
    tried = [trial(before.method, 20, 24.0), trial(other, 20, 8.0)]
    assert recommend(close, tried).method == other
    assert recommend(clear, [trial(WORDS, 20, 9.0), trial(LARGE, 20, 8.0)]).method == WORDS
    assert [next_to_try(close, tried[:k]) for k in range(3)] == [before.method, other, None]
    # A helper who goes on before the time is up says nothing of the way.
    skipped = trial(before.method, 0, 5.0)
    assert recommend(close, [skipped]).method == before.method


def test_a_close_thing_is_tried_once_more_and_a_clear_one_is_not() -> None:
    close = seen(spread_mm=13.0, within_mm=4.0)
    first = next_to_try(close, [])
    assert first is not None
    other = recommend(close).next_best
    alike = [trial(first, 120, 90.0, 120), trial(other, 120, 92.0, 120)]
    again = next_to_try(close, alike)
    assert again in (first, other)
    apart = [trial(first, 120, 60.0, 120), trial(other, 120, 180.0, 120)]
    assert next_to_try(close, apart) is None
    everything = alike * 2
    assert next_to_try(close, everything) is None, "it comes to an end"


def test_what_was_tried_moves_what_is_likely_as_far_as_it_tells() -> None:
    eyes = eyes_of(seen(spread_mm=13.0, within_mm=4.0))
    assert eyes is not None
    at = METHODS.index(WORDS)
    before = likely(eyes, 50)
    assert before.weights.sum() == pytest.approx(1)
    wpm = float(before.mean()[at])
    told = trial(WORDS, 100, 100 / 5 / (0.6 * wpm) * 60, 100)
    after = likely(eyes, 50, [told])
    twice = likely(eyes, 50, [told, told])
    assert wpm > after.mean()[at] > twice.mean()[at] > 0.5 * wpm
    assert before.quantile(0.1)[at] < wpm < before.quantile(0.9)[at]
    # A helper who went on at once, and a layout that nobody knows, tell nothing.
    nothing = likely(eyes, 50, [trial(WORDS, 0, 5.0), replace(told, layout="other")])
    assert (nothing.weights == before.weights).all()
    assert (likely(eyes, 50).best() == before.best()).all(), "the same people each time"


def test_blinks_that_are_hardly_seen_slow_the_switch_only() -> None:
    eyes = eyes_of(seen(spread_mm=20.0))
    assert eyes is not None
    seen_well, seen_badly = (
        likely(replace(eyes, blinks=share, blinks_asked=6), 50).mean() for share in (0.95, 0.3)
    )
    large = METHODS.index(LARGE)
    assert seen_badly[large] < 0.9 * seen_well[large]
    assert np.delete(seen_badly, large) == pytest.approx(np.delete(seen_well, large), rel=0.05)


def test_those_who_tire_are_taken_as_they_were_at_last() -> None:
    figures = seen(spread_mm=10.0)
    tired = replace(figures, tiring=Tiring(8.0, 24.0, 0.0, 0.0, 11, True))
    fresh, worn = eyes_of(replace(figures, tiring=None)), eyes_of(tired)
    assert fresh is not None
    assert worn is not None
    assert worn.own > 1.3 * fresh.own
    assert any("tire" in reason for reason in recommend(tired).reasons)


def test_late_eyes_get_longer_dwells() -> None:
    figures = seen(spread_mm=5.0)
    usual = replace(figures, reaction=Reaction(0.3, 20))
    late = replace(figures, reaction=Reaction(0.9, 20))
    assert recommend(usual).dwell_factor == 1.0
    assert recommend(late).dwell_factor == pytest.approx(1.5)
    assert recommend(late).settings["dwell_factor"] == recommend(late).dwell_factor


def test_a_recommendation_is_told_in_plain_lines_and_as_json() -> None:
    for figures in (seen(spread_mm=5.0), seen(spread_mm=200.0)):
        told = recommend(figures)
        assert in_words(told)[0].startswith(f"Recommended: {told.method}")
        assert json.loads(json.dumps(told.as_json()))["method"] == told.method
        json.dumps(figures.as_json())
    assert "too few" in " ".join(in_words(without_looks("too few targets")))


def accepted(told: Recommendation) -> bool:
    """The keyboard has a layout of that name."""
    return load_layout(told.method).name == told.method


@settings(max_examples=60, deadline=None)
@given(
    bias=st.tuples(st.floats(-80, 80), st.floats(-80, 80)),
    spread=st.floats(0.1, 120),
    lost=st.floats(0, 0.9),
    blinks=st.integers(0, 6),
    seed=st.integers(0, 99),
)
def test_no_method_is_named_that_is_predicted_to_fail(
    bias: tuple[float, float], spread: float, lost: float, blinks: int, seed: int
) -> None:
    figures = seen(bias_mm=bias, spread_mm=spread, lost=lost, points=VALIDATION, seed=seed)
    told = recommend(replace(figures, blinking=Blinking(6, blinks, 0, 2.0)))
    assert 0 <= told.sure <= 1
    if not told.usable:
        looks = figures.looks
        astray = looks is None or looks.follows is None or looks.follows < FOLLOWS
        assert astray or all(option.fails > MAY_FAIL for option in told.options)
        return
    eyes = eyes_of(figures)
    assert eyes is not None
    assert not predict(eyes, told.method).fails
    chosen = next(option for option in told.options if option.method == told.method)
    assert chosen.fails <= MAY_FAIL
    assert told.next_best in ("", *METHODS)
    assert told.next_best != told.method
    assert accepted(told)
    assert 1.0 <= told.dwell_factor <= 2.0


@given(worse=st.floats(1.0, 3.0), spread=st.floats(1.0, 60.0))
@settings(max_examples=40, deadline=None)
def test_worse_looks_are_never_predicted_to_write_faster(worse: float, spread: float) -> None:
    eyes = eyes_of(seen(spread_mm=spread, points=VALIDATION))
    assert eyes is not None
    for method in METHODS:
        before, after = predict(eyes, method), predict(eyes.scaled(worse), method)
        assert after.wpm <= before.wpm * (1 + 1e-9)
        assert after.fails >= before.fails
