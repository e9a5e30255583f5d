"""Whatever is looked at, pressed, undone and done again, in any order: what is shown is on disk,
and nothing is selected by gaze that is stale, or twice without leaving."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.dwell import DwellTimes
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import Guessing, Keyboard, KeyEvent
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.quick_talk import load_phrases, with_phrases
from tests.keyboard.test_keyboard_words_whole import Even

SIZE = (1920, 1080)
LAYOUTS = {
    name: with_phrases(load_layout(name), load_phrases()) for name in ("qwerty", "words", "large")
}
# Keys by chance, but those that change the text often.
ACTIONS = ("undo", "redo", "erase", "erase-word", "clear", "space", "capital", "word-left")
presses = st.one_of(
    st.tuples(st.just("letter"), st.sampled_from("etaoins',.")),
    st.tuples(st.just("action"), st.sampled_from(ACTIONS)),
    st.tuples(st.just("key"), st.integers(0, 60)),
    st.tuples(st.just("page"), st.just("letters")),
)
looks = st.tuples(
    st.just("look"),
    st.tuples(st.floats(-400, 2300), st.floats(-200, 1300), st.floats(0.1, 1.6), st.booleans()),
)
others = st.sampled_from([("switch", None), ("resize", None), ("layout", None)])


def keyboard(layout: str, composer: Composer | None = None) -> Keyboard:
    guessing = Guessing(Even(), Aim(SIZE[0], (60.0, 60.0)))
    return Keyboard(LAYOUTS[layout], composer or Composer(), *SIZE, guessing=guessing)


class Hands:
    """Does one step after the other, and tells what happened."""

    def __init__(self, keys: Keyboard, layout: str) -> None:
        self.keys = keys
        self.t_s = 0.0
        self.layout = layout
        self.keys.start(0.0)

    def do(self, kind: str, what: object) -> list[KeyEvent]:
        self.t_s += 0.5
        keys = self.keys
        match kind, what:
            case "letter", str():
                return keys.press(what, self.t_s)
            case "action", str():
                return self.press_action(what)
            case "key", int():
                board = keys.board
                return keys.press(board.keys[what % len(board.keys)].id, self.t_s)
            case "page", _:
                return self.press_action("page:letters")
            case "look", (float() as x, float() as y, float() as span_s, bool() as fresh):
                return self.look(x, y, span_s, fresh)
            case "switch", _:
                return keys.switch(self.t_s)
            case "resize", _:
                board = keys.board
                keys.resize(board.height_px, board.width_px, self.t_s)
                return []
        other = {"words": "large", "large": "words"}.get(self.layout, "qwerty")
        self.layout = other
        return keys.lay_out(LAYOUTS[other], self.t_s)

    def press_action(self, action: str) -> list[KeyEvent]:
        found = [key.id for key in self.keys.board.keys if key.action == action]
        return self.keys.press(found[0], self.t_s) if found else []

    def look(self, x: float, y: float, span_s: float, fresh: bool) -> list[KeyEvent]:
        events = []
        for _ in range(round(span_s * 20)):
            self.t_s += 0.05
            events += self.keys.update(self.t_s, x, y, fresh)
        return events


@pytest.mark.parametrize("layout", ["qwerty", "words", "large"])
@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.one_of(presses, presses, looks, others), max_size=40))
def test_what_is_shown_is_the_text_and_is_on_disk(
    layout: str, steps: list[tuple[str, object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        hands = Hands(keyboard(layout, Composer(Journal(path))), layout)
        for kind, what in steps:
            events = hands.do(kind, what)
            state = hands.keys.state
            assert state.text == (Journal(path).restore() or "")
            told = [event.fields["text"] for event in events if "piece" in event.fields]
            told += [
                event.fields["text"] for event in events if event.event in ("undone", "redone")
            ]
            if told:
                assert told[-1] == state.text
            shown = [key.label for key in state.board.keys if key.choice is not None and key.label]
            assert set(shown) <= set(state.offered)


@pytest.mark.parametrize("layout", ["qwerty", "words", "large"])
@settings(max_examples=25, deadline=None)
@given(steps=st.lists(presses, min_size=1, max_size=25))
def test_undo_takes_back_every_change_of_the_text_one_by_one_and_redo_does_them_again(
    layout: str, steps: list[tuple[str, object]]
) -> None:
    composer = Composer()
    hands = Hands(keyboard(layout, composer), layout)
    for kind, what in steps:
        hands.do(kind, what)
    texts = [composer.text]
    while composer.undo():
        texts.append(composer.text)
    assert texts[-1] == ""
    for text in reversed(texts[:-1]):
        assert composer.redo() is not None
        assert composer.text == text


@pytest.mark.parametrize("layout", ["qwerty", "words", "large"])
@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([(200.0, 450.0), (960.0, 600.0), (1700.0, 760.0), (960.0, 20.0)]),
            st.floats(0.02, 1.5),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_eyes_select_with_fresh_gaze_only_and_never_twice_without_leaving(
    layout: str, steps: list[tuple[tuple[float, float], float, bool]]
) -> None:
    """Places far from one another, so that there is no doubt about what was left.

    A look that is full just when the eyes have gone on was at the place before: no dwell is so
    short as the time since.
    """
    keys = keyboard(layout)
    keys.start(0.0)
    t_s, selected_at, left = 0.0, None, True
    seen_at, since_s, before = None, 0.0, None
    for place, span_s, fresh in steps:
        if fresh and place != seen_at:
            seen_at, since_s, before = place, t_s, seen_at
        for _ in range(max(1, round(span_s / 0.05))):
            t_s += 0.05
            events = keys.update(t_s, *place, fresh)
            left = left or (fresh and place != selected_at)
            page = any(event.event == "page" for event in events)
            if any(event.event == "selected" for event in events):
                assert fresh
                looked_at = place if t_s - since_s > 0.3 else before
                assert left or selected_at != looked_at
                selected_at, left = looked_at, looked_at != place
            if page:
                left = False  # what lies there now must be left as well
                selected_at = place


def test_times_of_dwelling_hold_in_both_ways() -> None:
    """A slower dwell is slower wherever looks are taken."""
    for layout, place in (("qwerty", (200.0, 450.0)), ("words", (960.0, 600.0))):
        guessing = Guessing(Even(), Aim(SIZE[0], (60.0, 60.0)))
        times = DwellTimes(factor=3.0)
        keys = Keyboard(LAYOUTS[layout], Composer(), *SIZE, times, guessing)
        keys.start(0.0)
        for step in range(10):
            keys.update(step * 0.05, 960.0, 20.0, True)
        taken = [keys.update(0.5 + step * 0.05, *place, True) for step in range(80)]
        first = next(number for number, events in enumerate(taken) if events)
        assert first * 0.05 > 2.0
