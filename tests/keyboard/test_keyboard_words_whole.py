"""Eyes resting near keys write words: noise, blinks, switch, rest, bell; never from stale gaze."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import Phase
from gazetalk.keyboard.fixation import FixationDwell
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import Guessing, Keyboard, KeyEvent
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.switch import BlinkSwitch

WORDS = sorted(
    [
        *("the", "they", "then", "them", "there", "these", "theme", "i", "want", "water"),
        *("wait", "tea", "team", "tent", "tin", "test", "good", "hello", "some", "milk"),
    ]
)
TEXT_PX = (960.0, 20.0)


class Even:
    words: Sequence[str] = WORDS

    def log_probabilities(self, context: str) -> NDArray[np.float32]:
        shares = 1.0 + 0.01 * np.arange(len(WORDS), 0, -1)
        return np.log(shares / shares.sum()).astype(np.float32)


class Eyes:
    """Simulated eyes: resting points with wandering noise, at any frame rate."""

    def __init__(
        self, layout: str, spread_px: float, fps: float = 30.0, journal: Journal | None = None
    ) -> None:
        aim = Aim(1920, (max(spread_px, 30.0), max(spread_px, 30.0)))
        self.keyboard = Keyboard(
            load_layout(layout), Composer(journal), 1920, 1080, guessing=Guessing(Even(), aim)
        )
        self.random = np.random.default_rng(3)
        self.step_s = 1 / fps
        self.t_s = 0.0
        self.spread_px = spread_px
        self.noise = np.zeros(2)
        self.events: list[KeyEvent] = self.keyboard.start(0.0)
        self.look(TEXT_PX, 0.5)

    def look(self, point: tuple[float, float], span_s: float) -> None:
        keep = 0.9 ** (30 * self.step_s)
        offset = self.random.normal(0, 0.9 * self.spread_px, 2)
        for _ in range(round(span_s / self.step_s)):
            jitter = self.random.normal(0, 0.2 * self.spread_px, 2)
            self.noise = keep * self.noise + np.sqrt(1 - keep**2) * jitter
            x, y = np.asarray(point) + offset + self.noise
            self.events += self.keyboard.update(self.t_s, float(x), float(y), True)
            self.t_s += self.step_s

    def select(self, key_id: str) -> None:
        """Look away, then at the key for as long as it takes."""
        self.look(TEXT_PX, 0.4)
        key = self.keyboard.state.board.key(key_id)
        self.look(key.rect.centre, 1.8 if key.action in ("bell", "rest", "clear") else 1.3)

    def blink(self, span_s: float) -> None:
        for _ in range(round(span_s / self.step_s)):
            self.events += self.keyboard.update(self.t_s, None, None, False)
            self.t_s += self.step_s

    def take(self, word: str) -> None:
        self.select(f"word{self.keyboard.state.offered.index(word) + 1}")

    def names(self) -> list[str]:
        return [event.event for event in self.events]


@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("spread_px", [0, 40])
def test_noisy_eyes_write_words_from_tiles(fps: float, spread_px: float) -> None:
    eyes = Eyes("words", spread_px, fps)
    for letters, word in [("wan", "want"), ("som", "some"), ("te", "tea")]:
        for letter in letters:
            eyes.select(letter)
        eyes.take(word)
    assert eyes.keyboard.state.text == "Want some tea "
    pieces = [e.fields["piece"] for e in eyes.events if e.event == "committed"]
    assert pieces == ["Want ", "some ", "tea "]
    assert eyes.names().count("decoded") == 8


def test_a_switch_and_a_page_of_choices_write_words() -> None:
    eyes = Eyes("large", 60)
    for letter in "the":
        eyes.select(letter)
    eyes.events += eyes.keyboard.switch(eyes.t_s)
    assert eyes.keyboard.state.board.page == "choices"
    eyes.take("theme")
    assert eyes.keyboard.state.text == "Theme "
    assert eyes.keyboard.state.board.page == "letters"


def test_blinks_in_the_middle_of_looks_change_nothing() -> None:
    eyes = Eyes("words", 20)
    for letter in "wat":
        eyes.look(TEXT_PX, 0.4)
        target = eyes.keyboard.state.board.key(letter).rect.centre
        offset = eyes.spread_px
        eyes.spread_px = 0
        eyes.look(target, 0.5)
        eyes.blink(0.2)
        eyes.look(target, 0.7)
        eyes.spread_px = offset
    assert eyes.names().count("decoded") == 3
    assert eyes.keyboard.state.guess == "wat"


def test_eyes_that_stay_give_one_look_only() -> None:
    eyes = Eyes("words", 0)
    eyes.look(TEXT_PX, 0.4)
    eyes.look(eyes.keyboard.state.board.key("t").rect.centre, 10.0)
    assert eyes.names().count("decoded") == 1


def test_a_page_that_opens_under_resting_eyes_selects_nothing() -> None:
    eyes = Eyes("large", 0)
    eyes.select("t")
    corner = (221.0, 288.0)
    eyes.look(corner, 0.3)
    eyes.events += eyes.keyboard.switch(eyes.t_s)
    eyes.look(corner, 5.0)
    assert "committed" not in eyes.names()


def test_rest_bell_and_waking_work_by_eyes_alone() -> None:
    eyes = Eyes("words", 20)
    eyes.select("bell")
    assert "bell" in eyes.names()
    eyes.select("rest")
    assert eyes.keyboard.state.resting
    assert eyes.keyboard.switch(eyes.t_s) == []
    for _ in range(20):
        eyes.look((float(eyes.random.uniform(0, 1300)), float(eyes.random.uniform(0, 700))), 1.0)
    assert eyes.keyboard.state.resting
    eyes.look(eyes.keyboard.state.board.key("wake-up").rect.centre, 1.8)
    eyes.look(TEXT_PX, 0.4)
    eyes.look(eyes.keyboard.state.board.key("wake").rect.centre, 1.9)
    assert not eyes.keyboard.state.resting
    assert eyes.keyboard.state.board.page == "letters"


def test_what_is_shown_is_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    eyes = Eyes("words", 0, journal=Journal(path))
    for letter in "wat":
        eyes.select(letter)
    assert eyes.keyboard.state.text == ""
    eyes.take("water")
    assert Journal(path).restore() == "Water " == eyes.keyboard.state.text
    eyes.select("undo")
    assert (Journal(path).restore() or "") == eyes.keyboard.state.text == ""


def test_hands_can_do_it_all() -> None:
    guessing = Guessing(Even(), Aim(1920, (40.0, 40.0)))
    keyboard = Keyboard(load_layout("words"), Composer(), 1920, 1080, guessing=guessing)
    for number, letter in enumerate("wat"):
        keyboard.press(letter, float(number))
    index = keyboard.state.offered.index("water") + 1
    events = keyboard.press(f"word{index}", 4.0)
    assert [event.event for event in events] == ["selected", "committed"]
    assert keyboard.press("speak", 5.0)[-1].fields == {"text": "Water"}
    assert keyboard.press("clear", 6.0)[-1].event == "cleared"
    assert keyboard.press("nothing", 7.0) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.01, 0.6), st.floats(0, 1900), st.floats(0, 1000), st.booleans()),
        max_size=60,
    )
)
def test_no_look_comes_from_stale_gaze_or_twice_from_one_place(
    steps: list[tuple[float, float, float, bool]],
) -> None:
    machine = FixationDwell(100.0)
    t_s, last = 0.0, None
    for span_s, x, y, fresh in steps:
        t_s += span_s
        state = machine.update(t_s, x, y, 0.5, fresh)
        if state.phase is Phase.SELECTED:
            assert fresh
            assert state.fix is not None
            here = (state.fix.x_px, state.fix.y_px)
            assert last is None or last[1]
            last = (here, False)
        elif last is not None and fresh:
            (x0, y0), _ = last
            last = ((x0, y0), last[1] or np.hypot(x - x0, y - y0) > 0)


@pytest.mark.parametrize(
    ("span_s", "works"), [(0.1, False), (0.3, False), (0.5, True), (1.0, True), (3.0, False)]
)
def test_only_long_blinks_are_a_switch(span_s: float, works: bool) -> None:
    switch = BlinkSwitch()
    steps = itertools.count()
    told = [switch.update(next(steps) * 0.05, False) for _ in range(3)]
    told += [switch.update(next(steps) * 0.05, True) for _ in range(round(span_s / 0.05))]
    told += [switch.update(next(steps) * 0.05, False) for _ in range(3)]
    assert any(told) == works


def test_a_short_blink_before_frames_are_lost_is_no_long_one() -> None:
    switch = BlinkSwitch()
    told = [switch.update(t_s, shut) for t_s, shut in ((0.0, False), (0.1, True), (0.6, False))]
    assert not any(told)


def test_eyes_that_are_lost_are_no_blink() -> None:
    switch = BlinkSwitch()
    assert not switch.update(0.0, True)
    assert not switch.update(0.5, None)
    assert not switch.update(0.6, False)


def look_around(eyes: Eyes, seed: int) -> None:
    """Ten minutes of reading the text, looking at a partner beside the screen, glancing at keys and
    blinking."""
    random = np.random.default_rng(seed)
    while eyes.t_s < 600:
        kind = random.random()
        if kind < 0.4:
            eyes.look((random.uniform(100, 1800), 50), random.uniform(0.2, 1.5))
        elif kind < 0.6:
            eyes.look((random.choice([-900, 2800]), random.uniform(0, 1000)), random.uniform(1, 6))
        elif kind < 0.7:
            eyes.blink(random.uniform(0.1, 0.3))
        else:
            eyes.look((random.uniform(0, 1900), random.uniform(0, 1050)), random.uniform(0.1, 0.5))


@pytest.mark.parametrize("layout", ["words", "large"])
def test_looking_around_while_awake_writes_less_than_a_word_in_ten_minutes(layout: str) -> None:
    committed = 0
    for seed in (5, 6, 7):
        eyes = Eyes(layout, 50, fps=20)
        look_around(eyes, seed)
        committed += eyes.names().count("committed")
    assert committed < 3


@pytest.mark.parametrize("layout", ["words", "large"])
def test_looking_around_while_resting_does_nothing(layout: str) -> None:
    eyes = Eyes(layout, 50, fps=20)
    eyes.events += eyes.keyboard.press("rest", eyes.t_s)
    look_around(eyes, 5)
    assert set(eyes.names()) <= {"selected", "rest", "page"}
    assert eyes.keyboard.state.resting
