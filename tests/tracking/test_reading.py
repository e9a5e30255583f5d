"""Reading is told from resting and glancing, and shows how far gaze lies beside the text."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.tracking.reading import UNKNOWN_MM, Line, sweeps_of

MM_PER_PX = np.array([0.18, 0.18])
CHARACTER_PX = 25.0


def line(number: int, characters: int) -> Line:
    return Line(25.0, 25.0 + characters * CHARACTER_PX, 45.0 + 58.0 * number, characters)


def read(lines: list[Line], seed: int, offset_mm: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """Fixations (N, 2), mm, of somebody who reads those lines in turn: steps of 8 characters, one
    in ten of them back, ends 5 characters inside; each fixation is seen with 3 mm of noise."""
    rng = np.random.default_rng(seed)
    found = []
    for shown in lines:
        at = rng.normal(5, 1.5)
        while at < shown.characters - rng.normal(4, 1.5):
            found.append((shown.left_px + at * CHARACTER_PX, shown.y_px))
            at = max(at + (rng.normal(8, 2) if rng.random() > 0.1 else -5), 1.0)
        found.append((shown.right_px - 4 * CHARACTER_PX, shown.y_px))
    return np.array(found) * MM_PER_PX + offset_mm + rng.normal(0, 3, (len(found), 2))


def test_one_line_read_again_and_again_shows_its_offset() -> None:
    text = line(0, 60)
    offset = (8.0, -11.0)
    found = [
        s
        for seed in range(20)
        for s in sweeps_of(read([text] * 5, seed, offset), [text], MM_PER_PX)
    ]
    assert len(found) > 80  # of 100 lines read
    errors = np.array([s.offset_mm - offset for s in found])
    assert np.abs(errors.mean(axis=0)).max() < 2.0
    # Each is at least as sure as it says, and not much surer: 2.5 characters across, 3 mm down.
    stated = np.array([s.sd_mm for s in found])
    assert (errors.std(axis=0) / stated.mean(axis=0)).min() > 0.25
    assert (errors.std(axis=0) / stated.mean(axis=0)).max() < 1.4


@pytest.mark.parametrize("offset", [(0.0, 0.0), (-9.0, 12.0), (5.0, -14.0)])
def test_two_lines_read_in_turn_are_told_apart(offset: tuple[float, float]) -> None:
    """They are 10 mm apart, less than the offset: only their order tells which is which."""
    lines = [line(0, 70), line(1, 62)]
    errors = []
    for seed in range(20):
        for sweep in sweeps_of(read(lines * 2, seed, offset), lines, MM_PER_PX):
            if sweep.sd_mm[1] < UNKNOWN_MM:
                errors.append(sweep.offset_mm[1] - offset[1])
    assert len(errors) > 50
    assert abs(np.median(errors)) < 2.5
    assert np.mean(np.abs(errors) > 8) < 0.1


def test_the_height_of_one_line_read_among_two_is_not_guessed() -> None:
    lines = [line(0, 70), line(1, 62)]
    for seed in range(10):
        for sweep in sweeps_of(read([lines[1]] * 2, seed, (0.0, 5.0)), lines, MM_PER_PX):
            assert sweep.sd_mm[1] == UNKNOWN_MM


def test_resting_on_the_text_or_glancing_at_its_end_is_not_reading() -> None:
    text = line(0, 60)
    rng = np.random.default_rng(3)
    rest = np.array([170.0, 10.0]) + rng.normal(0, 5, (30, 2))
    last_word = np.array([text.right_px - 60, text.y_px]) * MM_PER_PX + rng.normal(0, 5, (6, 2))
    for fixations in (rest, last_word, rest[:2], np.empty((0, 2))):
        assert sweeps_of(fixations, [text], MM_PER_PX) == []
    assert sweeps_of(rest, [], MM_PER_PX) == []
    assert sweeps_of(rest, [Line(25.0, 25.0, 45.0, 0)], MM_PER_PX) == []


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(-300, 700), st.floats(-300, 500)), max_size=30),
    st.lists(st.tuples(st.floats(0, 1900), st.floats(0, 1900), st.integers(0, 99)), max_size=3),
)
def test_whatever_the_eyes_do_an_offset_is_finite_and_its_line_covered(
    seen: list[tuple[float, float]], texts: list[tuple[float, float, int]]
) -> None:
    lines = [
        Line(min(a, b), max(a, b), 40.0 + 60 * number, n) for number, (a, b, n) in enumerate(texts)
    ]
    for sweep in sweeps_of(np.array(seen).reshape(-1, 2), lines, MM_PER_PX):
        assert np.isfinite(sweep.offset_mm).all()
        assert (sweep.sd_mm >= 0).all()
