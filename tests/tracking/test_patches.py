"""An eye's patch is laid where it usually lies, whatever the light, and never far away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.tracking.eyes import PATCH_SHAPE
from gazetalk.tracking.patches import Light, Usual, usual_look

ROWS, COLUMNS = PATCH_SHAPE
MOST_CELLS = 3.0


def eye(right: float = 0.0, down: float = 0.0, iris: float = 0.0) -> Light:
    """A drawn eye in a patch, so many cells beside its usual place; its iris beside the middle."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS].astype(float)
    x, y = x - COLUMNS / 2 - right, y - ROWS / 2 - down
    opening = 1 / (1 + np.exp(2 * (np.abs(y) - 4 * (1 - (x / 14) ** 2))))
    pupil = 1 / (1 + np.exp(2 * (np.hypot(x - iris, y) - 5)))
    crease = np.exp(-((y + 7 - (x / 14) ** 2) ** 2))
    light = 0.5 + 0.5 * opening - 0.8 * pupil * opening - 0.3 * crease
    return ((light - light.mean()) / light.std()).astype(np.float32)


LOOKS = [eye(iris=iris) for iris in (-4.0, -2.0, 0.0, 2.0, 4.0)]
# Of the light's deviation, 1: what is left between two patches that are laid alike, by pictures
# interpolated between cells. Not laid, a shift of one cell leaves 0.4, of two 0.7.
ALIKE = 0.25


@pytest.fixture(scope="module")
def usual() -> Usual:
    return usual_look(LOOKS)


def apart(one: Light, other: Light) -> float:
    """The root mean square between two patches, without their edges."""
    return float(np.sqrt(np.square(one - other)[4:-4, 4:-4].mean()))


@given(st.floats(-1.2, 1.2), st.floats(-1.2, 1.2), st.sampled_from([-3.0, 0.0, 3.0]))
def test_where_a_patch_was_cut_out_makes_no_difference(
    usual: Usual, right: float, down: float, iris: float
) -> None:
    assert apart(usual.laid(eye(right, down, iris)), usual.laid(eye(iris=iris))) < ALIKE


def test_that_would_make_a_difference() -> None:
    assert apart(eye(1.0), eye()) > 1.5 * ALIKE


@given(st.floats(0.3, 3.0), st.floats(-0.02, 0.02))
def test_light_does_not_move_it(usual: Usual, gain: float, slope: float) -> None:
    """Brighter, darker, lit from one side: laid as without that."""
    lit = slope * np.arange(COLUMNS, dtype=np.float32)
    laid = usual.laid(gain * eye(1.0, -1.0) + lit)
    assert apart((laid - usual.laid(np.tile(lit, (ROWS, 1)))) / gain, usual.laid(eye())) < ALIKE


def test_what_shows_nothing_stays_and_noise_is_no_fault(usual: Usual) -> None:
    flat = np.zeros(PATCH_SHAPE, dtype=np.float32)
    assert np.array_equal(usual.laid(flat), flat)
    noise = np.random.default_rng(4).normal(size=PATCH_SHAPE).astype(np.float32)
    assert np.isfinite(usual.laid(noise)).all()


def test_patches_that_are_all_alike_are_laid_on_themselves() -> None:
    usual = usual_look([eye()] * 3)
    assert np.allclose(usual.laid(eye()), eye(), atol=1e-3)
