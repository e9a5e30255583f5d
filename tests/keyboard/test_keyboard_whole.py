"""Eyes on the board give exactly the text they meant; rest, waking, bell and hands work with it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import DwellTimes
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import WAKING_S, Keyboard, KeyEvent
from gazetalk.keyboard.layout import load_layout

SIZE = (1920, 1080)


class Eyes:
    """Simulated eyes on a keyboard: noisy fixations, saccades, blinks, at any frame rate."""

    def __init__(self, keyboard: Keyboard, seed: int = 0, fps: float = 30.0) -> None:
        self.keyboard = keyboard
        self.random = np.random.default_rng(seed)
        self.step_s = 1 / fps
        self.t_s = 0.0
        self.at = (960.0, 90.0)
        self.noise = np.zeros(2)

    def look(self, point: tuple[float, float], span_s: float, sigma_px: float) -> list[KeyEvent]:
        """Rest on a point; the noise wanders, as a webcam's does (lag-1 0.9 at 30 Hz)."""
        events: list[KeyEvent] = []
        keep = 0.9 ** (self.step_s * 30)
        for _ in range(round(span_s / self.step_s)):
            fresh_noise = self.random.normal(0, sigma_px, 2)
            self.noise = keep * self.noise + np.sqrt(1 - keep**2) * fresh_noise
            x, y = np.add(point, self.noise)
            events += self.keyboard.update(self.t_s, float(x), float(y), True)
            self.t_s += self.step_s
        self.at = point
        return events

    def blink(self, span_s: float = 0.2) -> list[KeyEvent]:
        events: list[KeyEvent] = []
        for _ in range(round(span_s / self.step_s)):
            events += self.keyboard.update(self.t_s, None, None, False)
            self.t_s += self.step_s
        return events

    def select(self, key_id: str, sigma_px: float = 0.0) -> list[KeyEvent]:
        """Leave for the text, then look at the key until it is selected."""
        events = self.look((960.0, 60.0), 0.3, 0.0)
        target = self.keyboard.state.board.key(key_id).rect.centre
        for _ in range(200):
            if any(event.event == "selected" for event in events):
                return events
            events += self.look(target, self.step_s, sigma_px)
        raise AssertionError(f"key {key_id!r} was never selected")

    def spell(self, text: str, sigma_px: float = 0.0) -> list[KeyEvent]:
        board = self.keyboard.state.board
        keys = [board.key_for(letter) for letter in text]
        return [event for key in keys if key for event in self.select(key.id, sigma_px)]


def keyboard(times: DwellTimes | None = None, journal: Journal | None = None) -> Keyboard:
    return Keyboard(load_layout("qwerty"), Composer(journal), *SIZE, times)


def names(events: list[KeyEvent]) -> list[str]:
    return [event.event for event in events]


@pytest.mark.parametrize("sigma_px", [0, 25, 40])
@pytest.mark.parametrize("fps", [15, 30, 60])
def test_noisy_eyes_type_exactly_what_they_meant(sigma_px: int, fps: int) -> None:
    eyes = Eyes(keyboard(), seed=7, fps=fps)
    events = eyes.spell("hello, can't we go? coffee", sigma_px)
    assert eyes.keyboard.state.text == "hello, can't we go? coffee"
    pieces = [event.fields["piece"] for event in events if event.event == "committed"]
    assert "".join(pieces) == "hello, can't we go? coffee"


def test_eyes_that_go_straight_from_key_to_key_only_leave_for_double_letters() -> None:
    eyes = Eyes(keyboard())
    eyes.look((960, 60), 0.3, 0)
    last = ""
    for letter in "see all letters":
        key = eyes.keyboard.state.board.key_for(letter)
        assert key is not None
        if letter == last:
            eyes.look((960, 60), 0.25, 0)
        eyes.look(key.rect.centre, 1.1, 15)
        last = letter
    assert eyes.keyboard.state.text == "see all letters"


def test_blinks_in_the_middle_of_looks_change_nothing() -> None:
    eyes = Eyes(keyboard())
    for letter in "blink":
        eyes.look((960, 60), 0.3, 0)
        target = eyes.keyboard.state.board.key(letter).rect.centre
        eyes.look(target, 0.5, 20)
        eyes.blink()
        eyes.look(target, 0.7, 20)
    assert eyes.keyboard.state.text == "blink"


def test_erase_undo_and_clear_mend_the_text() -> None:
    eyes = Eyes(keyboard())
    eyes.spell("tea")
    assert names(eyes.select("erase")) == ["selected", "erased"]
    assert eyes.keyboard.state.text == "te"
    assert names(eyes.select("undo")) == ["selected", "undone"]
    assert eyes.keyboard.state.text == "tea"
    cleared = eyes.select("clear")[-1]
    assert (cleared.event, cleared.fields) == ("cleared", {"piece": "tea", "text": ""})
    undone = eyes.select("undo")[-1]
    assert (undone.event, undone.fields) == ("undone", {"text": "tea"})
    assert names(eyes.select("clear") + eyes.select("clear")) == ["selected", "cleared", "selected"]


def test_speak_hands_over_the_text_and_keeps_it() -> None:
    eyes = Eyes(keyboard())
    eyes.spell("hi")
    spoken = eyes.select("speak")[-1]
    assert (spoken.event, spoken.fields) == ("speak", {"text": "hi"})
    assert eyes.keyboard.state.text == "hi"


def test_rest_dims_and_only_two_steps_wake() -> None:
    eyes = Eyes(keyboard())
    eyes.spell("a")
    assert names(eyes.select("rest")) == ["selected", "rest", "page"]
    assert eyes.keyboard.state.resting
    assert eyes.look((300, 400), 30.0, 300) == []
    assert names(eyes.select("wake-up")) == ["selected", "page"]
    assert eyes.keyboard.state.resting
    woken = eyes.select("wake")
    assert names(woken) == ["selected", "woke", "page"]
    assert not eyes.keyboard.state.resting
    eyes.spell("b")
    assert eyes.keyboard.state.text == "ab"


def test_eyes_that_stay_where_they_knocked_do_not_wake_it() -> None:
    eyes = Eyes(keyboard())
    eyes.select("rest")
    eyes.select("wake-up")
    stayed = eyes.look(eyes.keyboard.state.board.key("rest").rect.centre, WAKING_S + 1, 10)
    assert names(stayed) == ["page"]
    assert eyes.keyboard.state.board.page == "rest"


def test_a_waking_left_half_done_goes_back_to_rest_even_with_eyes_shut() -> None:
    eyes = Eyes(keyboard())
    eyes.select("rest")
    eyes.select("wake-up")
    assert names(eyes.blink(WAKING_S + 1)) == ["page"]
    assert eyes.keyboard.state.resting and eyes.keyboard.state.board.page == "rest"


@pytest.mark.parametrize("page", ["letters", "rest", "wake"])
def test_the_bell_rings_from_every_page(page: str) -> None:
    eyes = Eyes(keyboard())
    for key in {"letters": [], "rest": ["rest"], "wake": ["rest", "wake-up"]}[page]:
        eyes.select(key)
    assert eyes.keyboard.state.board.page == page
    assert names(eyes.select("bell")) == ["selected", "bell"]


def test_the_key_under_the_eyes_after_waking_is_not_typed() -> None:
    eyes = Eyes(keyboard())
    eyes.select("rest")
    eyes.select("wake-up")
    eyes.select("wake")
    assert eyes.look(eyes.at, 5.0, 10) == []


def test_reading_the_text_and_looking_elsewhere_type_nothing() -> None:
    eyes = Eyes(keyboard())
    assert eyes.look((900, 90), 10, 20) == []
    assert eyes.look((-900, 500), 10, 40) == []
    assert eyes.look((960, 1700), 10, 40) == []


def test_gaze_a_little_beyond_the_edge_means_the_key_at_the_edge() -> None:
    eyes = Eyes(keyboard())
    eyes.look((960, 60), 0.3, 0)
    assert "selected" in names(eyes.look((-40, 300), 1.2, 0))
    assert eyes.keyboard.state.text == "q"
    assert "selected" in names(eyes.look((1000, 1120), 1.2, 0))
    assert eyes.keyboard.state.text == "q "


def test_stale_and_broken_gaze_selects_nothing() -> None:
    board = keyboard()
    for tick in range(300):
        assert board.update(tick / 30, 960, 500, False) == []
    for tick in range(300, 600):
        assert board.update(tick / 30, float("nan"), 500, True) == []


def test_a_hand_may_press_any_key_at_any_time_and_the_eyes_do_not_repeat_it() -> None:
    eyes = Eyes(keyboard())
    pressed = eyes.keyboard.press("q", 0.0)
    assert pressed[0].fields == {"key": "q", "label": "Q", "page": "letters", "by": "press"}
    eyes.keyboard.press_at(*eyes.keyboard.state.board.key("w").rect.centre, 0.1)
    assert eyes.look(eyes.keyboard.state.board.key("w").rect.centre, 4.0, 10) == []
    assert eyes.keyboard.state.text == "qw"
    assert eyes.keyboard.press("no such key", 5.0) == []
    assert eyes.keyboard.press_at(900, 50, 5.0) == []
    assert names(eyes.keyboard.press("rest", 5.0)) == ["selected", "rest", "page"]


def test_progress_can_be_watched_and_ends_with_the_page() -> None:
    eyes = Eyes(keyboard())
    eyes.look(eyes.keyboard.state.board.key("bell").rect.centre, 0.9, 0)
    dwell = eyes.keyboard.state.dwell
    assert dwell.key_id == "bell" and 0.4 < dwell.progress < 0.6
    eyes.keyboard.press("rest", eyes.t_s)
    assert eyes.keyboard.state.dwell.key_id is None


def test_a_new_size_moves_the_keys_and_keeps_the_text() -> None:
    eyes = Eyes(keyboard())
    eyes.spell("a")
    eyes.keyboard.resize(800, 600, eyes.t_s)
    assert eyes.keyboard.state.board.width_px == 800
    eyes.spell("b")
    assert eyes.keyboard.state.text == "ab"


def test_slow_dwell_waits_longer() -> None:
    eyes = Eyes(keyboard(DwellTimes(factor=4.0)))
    eyes.look((960, 60), 0.3, 0)
    assert eyes.look(eyes.keyboard.state.board.key("h").rect.centre, 3.0, 0) == []
    assert "selected" in names(eyes.look(eyes.at, 0.5, 0))


def test_after_a_crash_the_text_is_there_and_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first = Eyes(keyboard(journal=Journal(path)))
    first.spell("help")
    second = keyboard(journal=Journal(path))
    assert second.start(0.0) == [KeyEvent(0.0, "restored", {"text": "help"})]
    assert second.press("m", 1.0)[-1].fields["text"] == "helpm"


def test_a_disk_that_fills_up_is_told_once_and_so_is_its_recovery(tmp_path: Path) -> None:
    full: Iterator[bool] = iter([False, True, True, False])

    class Filling(Journal):
        def write(self, text: str) -> None:
            if next(full):
                raise OSError(28, "No space left on device")

    board = keyboard(journal=Filling(tmp_path / "journal.jsonl"))
    told = [names(board.press(key, 0.0))[2:] for key in "abcd"]
    assert told == [[], ["fault"], [], ["recovered"]]
    assert board.state.text == "abcd" and board.state.fault is None


def test_a_garbled_journal_is_told_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text("garbled\n")
    (event,) = keyboard(journal=Journal(path)).start(0.0)
    assert (
        event.event == "fault" and "set aside as journal.jsonl.broken-1" in event.fields["message"]
    )


def test_a_key_that_the_eyes_rest_on_at_the_start_is_not_selected() -> None:
    """Whoever starts the program is not yet writing."""
    keys = keyboard()
    keys.start(0.0)
    x_px, y_px = keys.state.board.key("h").rect.centre
    for step in range(90):
        assert keys.update(step / 30, x_px, y_px, fresh=True) == []
