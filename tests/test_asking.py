"""Targets come one after another, each for its time, or for as long as a helper wants."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.asking import Ask, Asking
from gazetalk.tracking.types import Target

TARGET_S, LEAST_S = 2.0, 1.0


def asks(count: int, wait_s: float = 0.0) -> list[Ask]:
    return [Ask(n, 10.0 * n, 5.0, "calibration", "closer", wait_s) for n in range(1, count + 1)]


@given(st.lists(st.floats(0.001, 5.0), max_size=60), st.integers(0, 6), st.sampled_from([0.0, 1.5]))
def test_timed_targets_last_as_long_however_the_frames_come(
    gaps: list[float], count: int, wait_s: float
) -> None:
    asking = Asking(1.0, TARGET_S, False, LEAST_S)
    asking.add(asks(count, wait_s), 0.0)
    t_s, over = 0.0, []
    for gap in gaps:
        t_s += gap
        over += asking.advance(t_s)
        assert asking.done + asking.left == count
    for number, (ask, target) in enumerate(over, 1):
        begin_s = 1.0 + (number - 1) * TARGET_S + number * wait_s
        assert ask.number == number
        assert (target.start_s, target.end_s) == pytest.approx((begin_s, begin_s + TARGET_S))


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.booleans()), max_size=60), st.integers(1, 6))
def test_stepped_targets_end_with_the_helpers_press_and_never_overlap(
    presses: list[tuple[float, bool]], count: int
) -> None:
    asking = Asking(0.0, TARGET_S, True, LEAST_S)
    asking.add(asks(count), 0.0)
    t_s, pressed, over = 0.0, [], []
    for gap, press in presses:
        t_s += gap
        if press:
            asking.step(t_s)
            pressed.append(t_s)
        over += asking.advance(t_s)
    targets: list[Target] = [target for _, target in over]
    for target in targets:
        assert target.end_s in pressed
        assert target.end_s - target.start_s + 1e-9 >= LEAST_S
        assert target.end_s - target.start_s <= TARGET_S + 1e-9
    for before, after in pairwise(targets):
        assert before.end_s <= after.start_s


def test_words_come_before_their_target() -> None:
    asking = Asking(0.0, TARGET_S, False, LEAST_S)
    asking.add(asks(1, wait_s=3.0), 0.0)
    assert asking.at(2.9)[1] is None
    assert asking.at(3.5)[1] == pytest.approx(0.5)
    asking.advance(5.0)
    assert asking.at(5.0) == (None, None)


def test_what_is_added_later_begins_then() -> None:
    asking = Asking(0.0, TARGET_S, False, LEAST_S)
    asking.add(asks(1), 20.0)
    assert [target.start_s for _, target in asking.advance(30.0)] == [20.0]
