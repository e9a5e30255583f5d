"""The way of writing follows the error, without hurry; looks aside are a switch only when meant."""

import pytest

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.switch import EyeSwitches
from gazetalk.keyboard.ways import LARGE, WORDS, Ways, error_in_keys, way_for

WIDTH_PX = 1920
KEY_PX = WIDTH_PX / 10


def aim(keys: float) -> Aim:
    return Aim(WIDTH_PX, (keys * KEY_PX, keys * KEY_PX))


@pytest.fixture
def ways() -> Ways:
    return Ways({WORDS: load_layout("words"), LARGE: load_layout("large")})


def test_a_small_error_gets_tiles_and_a_large_one_the_switch(ways: Ways) -> None:
    assert ways.layout.name == "words"
    first = ways.decide(aim(0.2), WIDTH_PX)
    assert first is not None and (first.name, ways.layout.name) == ("words", "words")
    assert first.error_keys == pytest.approx(0.2)
    then = ways.decide(aim(0.7), WIDTH_PX)
    assert then is not None and (then.name, ways.layout.name) == ("large", "large")
    assert "0.70 of a key" in then.reason


def test_the_way_stays_while_the_error_is_about_where_they_part(ways: Ways) -> None:
    ways.decide(aim(0.39), WIDTH_PX)
    for keys in (0.41, 0.39, 0.43, 0.38):
        assert ways.decide(aim(keys), WIDTH_PX) is None
    assert way_for(aim(0.41), WIDTH_PX) == LARGE
    assert way_for(aim(0.41), WIDTH_PX, WORDS) == WORDS
    assert way_for(aim(0.39), WIDTH_PX, LARGE) == LARGE


def test_the_error_is_the_mean_of_both_axes_whatever_the_window() -> None:
    assert error_in_keys(Aim(1000, (30.0, 40.0)), 1000) == pytest.approx(0.3536, abs=1e-3)


def used(switches: EyeSwitches, path: list[tuple[float, float | None]]) -> list[float]:
    """When a path of (until, x) made the switch work, sampled at 30 Hz."""
    told, t_s = [], 0.0
    for until_s, x_px in path:
        while t_s < until_s:
            if switches.update(t_s, False if x_px is not None else None, x_px, WIDTH_PX):
                told.append(t_s)
            t_s += 1 / 30
    return told


@pytest.mark.parametrize(
    ("path", "times"),
    [
        pytest.param([(1, 900), (2, 2400), (3, 900)], 1, id="right, and back"),
        pytest.param([(1, 900), (2, -500), (3, 900)], 1, id="left, and back"),
        pytest.param([(1, 900), (1.3, 2400), (3, 900)], 0, id="a glance"),
        pytest.param([(1, 900), (6, 2400), (8, 900)], 0, id="looking at somebody"),
        pytest.param([(1, 900), (2, 2000), (3, 900)], 0, id="noise beside the last key"),
        pytest.param([(1, 900), (2, 2400), (2.5, None), (3, 900)], 0, id="lost out there"),
        pytest.param([(1, 2400), (3, 900)], 0, id="never seen on the screen before"),
        pytest.param(
            [(1, 900), (2, 2400), (2.1, 900), (3, 2400), (4, 900)], 1, id="back for a moment only"
        ),
    ],
)
def test_looks_aside_work_once_and_only_when_meant(
    path: list[tuple[float, float | None]], times: int
) -> None:
    assert len(used(EyeSwitches(["aside"]), path)) == times
    assert used(EyeSwitches(["blink"]), path) == []


def test_only_the_switches_that_are_wanted_work() -> None:
    closed = [(0.0, False), (0.1, True), (0.7, True), (0.8, False)]
    for kinds, works in [(("blink",), True), (("aside",), False), ((), False)]:
        switches = EyeSwitches(kinds)
        assert any(switches.update(t, shut, 900.0, WIDTH_PX) for t, shut in closed) == works
