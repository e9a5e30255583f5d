"""Dwell times follow the person: shorter for those who leave early, longer after slips."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import DwellState, DwellTimes, Phase
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.pace import EARLY_S, Limits, Pace

SIZE = (1920, 1080)
STEP_S = 1 / 30
TEXT_PX = (960.0, 20.0)


class Person:
    """Types e and t in turn on the real keyboard.

    ready_s: so long after a glance began the person would go on, if it were for them; they leave
    `after_s` after a selection that comes later than that, and react to one that comes sooner.
    glances_s: how long the eyes rest on a wrong key before each right one; what that selects by
    mistake is undone.
    """

    def __init__(
        self, pace: Pace, ready_s: float, after_s: float, glances_s: Iterator[float] | None = None
    ) -> None:
        self.composer = Composer()
        self.pace = pace
        self.keys = Keyboard(load_layout("qwerty"), self.composer, *SIZE, pace=pace)
        self.t_s = 0.0
        self.slips = 0
        self.ready_s, self.after_s, self.glances_s = ready_s, after_s, glances_s
        self.keys.start(0.0)
        self.rest(TEXT_PX, 1.0)

    def rest(self, at: tuple[float, float], span_s: float) -> bool:
        """Whether anything was selected meanwhile."""
        until_s, selected = self.t_s + span_s, False
        while self.t_s < until_s:
            self.t_s += STEP_S
            events = self.keys.update(self.t_s, *at, True)
            selected |= any(event.event == "selected" for event in events)
        return selected

    def select(self, key: str) -> None:
        at = self.keys.board.key(key).rect.centre
        since_s = self.t_s
        while not self.rest(at, STEP_S):
            assert self.t_s < since_s + 20
        early = self.t_s - since_s > self.ready_s
        self.rest(at, self.after_s if early else EARLY_S + 0.15)
        self.rest(TEXT_PX, 0.3)

    def write(self, count: int) -> None:
        for number in range(count):
            if self.glances_s and self.rest(
                self.keys.board.key("v").rect.centre, next(self.glances_s)
            ):
                self.slips += 1
                self.rest(TEXT_PX, 0.3)
                self.select("undo")
            self.select("et"[number % 2])


def glances(random: np.random.Generator, mean_s: float) -> Iterator[float]:
    while True:
        yield float(random.gamma(6.0, mean_s / 6))


def test_who_leaves_early_gets_shorter_times_until_they_fit() -> None:
    """From 0.8 s; the person is ready 0.6 s after the glance began, arming (0.15 s) included."""
    pace = Pace(DwellTimes())
    person = Person(pace, ready_s=0.6, after_s=0.1)
    person.write(120)
    assert 0.42 < pace.times.letter_s < 0.62
    before = pace.times.letter_s
    person.write(60)
    assert pace.times.letter_s == pytest.approx(before, rel=0.05)
    assert pace.times.grave_s == DwellTimes().grave_s
    assert pace.times.action_s == DwellTimes().action_s


def test_who_stays_after_a_selection_keeps_the_times_there_are() -> None:
    """Slow reactions are no reason for slower keys, nor for faster ones."""
    pace = Pace(DwellTimes())
    Person(pace, ready_s=9.0, after_s=0.5).write(40)
    assert pace.times == DwellTimes()


def test_many_slips_bring_longer_times_and_fewer_slips_and_it_settles() -> None:
    """Eyes that rest 0.5 s on wrong keys on their way select one in four of them at 0.6 s."""
    pace = Pace(DwellTimes(letter_s=0.5))
    person = Person(pace, 0.45, 0.1, glances(np.random.default_rng(3), 0.5))
    person.write(60)
    first = person.slips
    assert pace.times.letter_s > 0.6
    times_s = []
    person.slips = 0
    for _ in range(12):
        person.write(10)
        times_s.append(pace.times.letter_s)
    assert person.slips / 120 < first / 60
    # Steps are 8 %; by chance a few of them fall together.
    assert max(times_s) / min(times_s) < 1.5
    assert np.median(times_s[6:]) == pytest.approx(np.median(times_s[:6]), rel=0.2)


states = st.lists(
    st.tuples(
        st.floats(0, 3),
        st.sampled_from(list(Phase)),
        st.sampled_from(["type", "space", "undo", "erase", "choose:1", "page:tools", "bell", ""]),
    ),
    max_size=60,
)


@given(
    steps=states,
    limits=st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)).map(sorted),
    learned=st.dictionaries(st.sampled_from(["letter_s", "action_s", "x"]), st.floats(0, 1e9)),
    factor=st.floats(0.3, 10),
    adapts=st.booleans(),
)
def test_times_stay_in_their_range_whatever_happens_and_off_is_off(
    steps: list[tuple[float, Phase, str]],
    limits: list[float],
    learned: dict[str, float],
    factor: float,
    adapts: bool,
) -> None:
    times = DwellTimes(factor=factor)
    pace = Pace(times, Limits(*limits), adapts)
    pace.resume(learned)
    t_s = 0.0
    for span_s, phase, action in steps:
        t_s += span_s
        pace.update(t_s, DwellState(phase, "k"), action, action)
        if not adapts:
            assert pace.times == times
            continue
        for kind_s in (pace.times.letter_s, pace.times.action_s):
            assert limits[0] <= kind_s <= limits[1]
        assert (pace.times.grave_s, pace.times.factor) == (times.grave_s, factor)


@settings(max_examples=15, deadline=None)
@given(
    looks=st.lists(
        st.tuples(st.floats(0, 1920), st.floats(0, 1080), st.floats(0.1, 2.0)), max_size=15
    )
)
def test_nothing_is_learned_while_resting(looks: list[tuple[float, float, float]]) -> None:
    pace = Pace(DwellTimes(letter_s=0.6))
    person = Person(pace, 0.4, 0.1)
    person.keys.press("rest", person.t_s)
    before = pace.times
    for x_px, y_px, span_s in looks:
        person.rest((x_px, y_px), span_s)
        if not person.keys.state.resting:
            break
        assert pace.times == before


@pytest.mark.parametrize("bad", [(0.0, 1.0), (0.5, 0.4), (0.3, 11.0)])
def test_a_range_that_is_none_is_refused(bad: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"between 0\.1 and 10 s"):
        Limits(*bad)
