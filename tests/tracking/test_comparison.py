"""One calibration is worse than another only when chance does not explain it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.tracking.comparison import Measured, clearly_worse, margin


def test_the_margin_for_five_and_nine_targets() -> None:
    assert margin(Measured(1, 5), Measured(1, 5)) == pytest.approx(1.72, abs=0.01)
    assert margin(Measured(1, 9), Measured(1, 9)) == pytest.approx(1.50, abs=0.01)


def test_equally_good_calibrations_are_told_apart_once_in_twenty() -> None:
    """Of 4,000 pairs, 5 % give or take 0.34; the mean's distribution is not quite lognormal."""
    rng = np.random.default_rng(1)
    means = rng.rayleigh(6, (4000, 2, 5)).mean(axis=2)
    found = [clearly_worse(Measured(a, 5), Measured(b, 5)) for a, b in means]
    assert 0.03 < np.mean(found) < 0.07


def test_a_small_difference_is_none() -> None:
    assert not clearly_worse(Measured(3.5, 9), Measured(1.6, 9))
    assert clearly_worse(Measured(35, 9), Measured(16, 9))


measured = st.builds(Measured, st.floats(0, 1e4), st.integers(1, 50))


@given(measured, measured)
def test_never_are_both_worse_than_each_other(a: Measured, b: Measured) -> None:
    assert not (clearly_worse(a, b) and clearly_worse(b, a))
    assert not clearly_worse(a, a)
