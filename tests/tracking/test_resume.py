"""The check's verdict follows its statistics: chance is still good, a shift is corrected."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.tracking.resume import (
    BOUND_MM,
    DISCARD_S,
    NOT_CHECKED,
    POINTS,
    REDO,
    SHIFTED,
    STILL_GOOD,
    TARGET_S,
    Usual,
    _tail,
    judge,
    resume,
    shifted,
)
from gazetalk.tracking.types import GazeSample, Target

USUAL = Usual(7.0, 5)
MM = np.array(DEFAULT_SCREEN.mm_per_px)


@pytest.mark.parametrize(
    ("ratio", "above", "below", "chance"),
    [(3.217, 3, 5, 0.05), (5.386, 3, 5, 0.01), (4.103, 1, 5, 0.05), (5.994, 2, 5, 0.01)],
)
def test_the_tail_is_that_of_the_tables(
    ratio: float, above: int, below: int, chance: float
) -> None:
    """F's upper points from the usual tables, given there to three digits."""
    assert _tail(ratio, above, below) == pytest.approx(chance, rel=0.002)


def verdicts(shift_mm: tuple[float, float], scatter: float, seed: int) -> list[str]:
    """Of 400 sessions whose targets err as they did at validation (times `scatter`), and shift."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(400):
        then = rng.normal(0, 5.6, (5, 2))
        now = rng.normal(0, 5.6 * scatter, (3, 2)) + shift_mm
        usual = Usual(float(np.linalg.norm(then, axis=1).mean()), 5)
        found.append(judge(now, usual)[0])
    return found


def share(of: list[str], verdict: str) -> float:
    return of.count(verdict) / len(of)


def test_chance_is_still_good() -> None:
    """At 5 % the rule errs in 20 of 400, give or take 4.4, and it forgives small errors too."""
    found = verdicts((0, 0), 1.0, 1)
    assert share(found, STILL_GOOD) > 0.95 - 3 * 0.011
    assert share(found, REDO) < 0.02


def test_a_shift_beyond_chance_is_corrected() -> None:
    assert share(verdicts((20, 10), 1.0, 2), SHIFTED) > 0.8
    assert share(verdicts((40, 0), 1.0, 3), SHIFTED) > 0.9


def test_errors_that_no_shift_explains_need_redoing() -> None:
    assert share(verdicts((0, 0), 6.0, 4), REDO) > 0.8
    assert judge(np.array([[40.0, 0.0], [-40.0, 0.0], [0.0, 40.0]]), USUAL)[0] == REDO


def test_a_shift_is_bounded() -> None:
    beyond = np.full((3, 2), BOUND_MM)
    assert judge(beyond, USUAL)[0] == REDO


finite = st.floats(-500, 500, allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(
    errors=st.lists(st.tuples(finite, finite), min_size=2, max_size=3),
    usual=st.builds(Usual, st.floats(0, 200), st.integers(1, 30)),
)
def test_a_correction_only_ever_brings_the_errors_down_and_stays_in_bounds(
    errors: list[tuple[float, float]], usual: Usual
) -> None:
    array = np.array(errors)
    verdict, shift_mm = judge(array, usual)
    assert np.linalg.norm(shift_mm) <= BOUND_MM + 1e-9
    if verdict == SHIFTED:
        assert ((array + shift_mm) ** 2).sum() < (array**2).sum()
    else:
        assert not shift_mm.any()


def targets() -> list[Target]:
    width, height = DEFAULT_SCREEN.width_px, DEFAULT_SCREEN.height_px
    return [
        Target(n * TARGET_S, (n + 1) * TARGET_S, x * width, y * height, "validation")
        for n, (x, y) in enumerate(POINTS)
    ]


def looked(offset_mm: tuple[float, float], missing: tuple[int, ...] = ()) -> list[GazeSample]:
    """Samples of all check targets but `missing`, the first part of each somewhere else."""
    rng = np.random.default_rng(3)
    samples = []
    for number, target in enumerate(targets()):
        for t_s in np.arange(target.start_s, target.end_s, 1 / 30):
            if number in missing:
                samples.append(GazeSample(t_s))
                continue
            arrived = t_s >= target.start_s + DISCARD_S
            away = rng.normal(offset_mm, 4) / MM if arrived else (900.0, 900.0)
            x_px, y_px = target.x_px + away[0], target.y_px + away[1]
            samples.append(GazeSample(t_s, x_px, y_px, 20.0, 20.0, valid=True))
    return samples


def test_the_shift_undoes_what_was_measured() -> None:
    samples = looked((25.0, -15.0))
    result = resume(samples, targets(), DEFAULT_SCREEN, USUAL)
    assert result.verdict == SHIFTED
    assert np.array(result.shift_px) * MM == pytest.approx([-25, 15], abs=3)  # 4 mm of noise
    assert result.before_mm == pytest.approx(29, abs=3)
    corrected = [shifted(sample, result.shift_px) for sample in samples]
    assert resume(corrected, targets(), DEFAULT_SCREEN, USUAL).verdict == STILL_GOOD


def test_one_unseen_target_is_one_less_and_two_are_no_check() -> None:
    one = resume(looked((3.0, 3.0), missing=(1,)), targets(), DEFAULT_SCREEN, USUAL)
    assert (one.verdict, one.targets) == (STILL_GOOD, 2)
    two = resume(looked((3.0, 3.0), missing=(0, 1)), targets(), DEFAULT_SCREEN, USUAL)
    assert (two.verdict, two.before_mm) == (NOT_CHECKED, None)
    assert "not checked" in two.words


def test_a_sample_without_a_point_stays_without() -> None:
    assert shifted(GazeSample(1.0), (5.0, 5.0)) == GazeSample(1.0)
