"""Spelling: two steps a letter, however far looks miss; steps are taken back; words are learned."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.board import Board, Key
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.keyboard import Guessing, Keyboard, KeyEvent
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.packs import pack_names
from gazetalk.keyboard.spelling import Spelling, groups_of, spelling_on
from gazetalk.lab.looks import GaussianLooks
from gazetalk.lab.spelling_typist import SpelledName, SpellingTypist

QWERTY = load_layout("qwerty")
SIZE = (1920, 1080)
KEY_PX = 192.0


class Words:
    words = ("tea", "the")

    def log_probabilities(self, context: str) -> np.ndarray:
        return np.log(np.array([0.5, 0.5], dtype=np.float32))


def spelling(aim: Aim | None = None) -> Spelling:
    return spelling_on(QWERTY, *SIZE, aim, None)


def key(board: Board, label: str) -> Key:
    """The key with that label, or that shows that letter."""
    return next(k for k in board.keys if k.label == label or label in k.label.split())


def press(on: Spelling, *labels: str) -> None:
    for label in labels:
        on.press(key(on.board, label), 0.0)


def shown(on: Spelling) -> list[str]:
    return [k.label for k in on.board.keys if k.action.startswith("part:")]


def test_the_keyboard_falls_into_six_parts_then_letters() -> None:
    on = spelling()
    assert shown(on) == ["Q W E R T", "Y U I O P", "A S D F G", "H J K L '", "Z X C V", "B N M"]
    press(on, "Z X C V")
    assert (shown(on), on.word) == (["Z", "X", "C", "V"], "")
    press(on, "Z")
    assert (len(shown(on)), on.word) == (6, "z")


def test_undo_takes_one_step_back_and_at_the_beginning_leaves() -> None:
    on = spelling()
    press(on, "Z X C V", "Z", "Y U I O P")
    for parts, word in [(6, "z"), (4, ""), (6, "")]:
        press(on, "undo")
        assert (len(shown(on)), on.word) == (parts, word)
    assert on.press(key(on.board, "undo"), 0.0).left


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        (["abcd", "efg", "hi"], ("ab", "cd", "ef", "g", "h", "i")),
        (["abcdefgh"], ("ab", "cd", "ef", "gh")),
        (["abc", "def", "g"], ("ab", "cd", "ef", "g")),
        (["a"], ("a",)),
    ],
)
def test_any_rows_fall_into_at_most_six_parts(rows: list[str], groups: tuple[str, ...]) -> None:
    assert groups_of(rows) == groups


@pytest.mark.parametrize("name", ["qwerty", "alphabetical", "frequency", *pack_names()])
def test_every_letter_of_every_layout_can_be_spelled(name: str) -> None:
    layout = load_layout("qwerty" if name == "english" else name)
    letters = [k.text for k in layout.place(*SIZE).keys if k.spells]
    for letter in letters:
        on = spelling_on(layout, *SIZE, None, None)
        sign = key(on.board, letter.upper() if len(letter.upper()) == 1 else letter)
        while on.word == "":
            on.press(sign, 0.0)
            sign = key(on.board, letter.upper() if len(letter.upper()) == 1 else letter)
        assert on.word == letter


def test_a_clear_look_is_enough_and_a_doubtful_one_asks_for_another() -> None:
    on = spelling(Aim(1920, (40.0, 40.0)))
    x, y = key(on.board, "Q").rect.centre
    assert on.look(Fix(0.0, x + 30, y - 20)).key is not None
    on = spelling(Aim(1920, (300.0, 300.0)))
    between = (x + key(on.board, "Y").rect.centre[0]) / 2
    assert on.look(Fix(0.0, between, y)).key is None


def test_what_remains_possible_is_moved_apart_until_an_error_gives_itself_away() -> None:
    """The eyes are seen exactly between two parts: only moving the keys can tell which is meant."""
    on = spelling(Aim(1920, (120.0, 120.0), bias_px=(400.0, 400.0)))
    centres = [key(on.board, letter).rect.centre for letter in "QY"]
    bias = np.mean(centres, axis=0) - centres[0]
    apart = np.linalg.norm(np.subtract(*centres))
    for look in range(20):
        target = key(on.board, "Q").rect.centre
        spelled = on.look(Fix(float(look), *(np.add(target, bias))))
        if spelled.key:
            break
        if {"Q W E R T", "Y U I O P"} == set(shown(on)):
            now = [key(on.board, letter).rect.centre for letter in "QY"]
            assert np.linalg.norm(np.subtract(*now)) > 1.5 * apart
    assert spelled.key is not None and spelled.key.label == "Q W E R T"


def test_options_that_were_hidden_come_back_by_undo() -> None:
    on = spelling(Aim(1920, (300.0, 300.0)))
    look = np.mean([key(on.board, letter).rect.centre for letter in "QA"], axis=0)
    for number in range(4):
        on.look(Fix(float(number), *look))
    hidden = 6 - len(shown(on))
    assert hidden > 0
    press(on, "undo")
    assert len(shown(on)) == 6 and on.word == ""


def spelled(sigma: float, names: list[str], seed: int, **kinds: float) -> list[SpelledName]:
    looks = GaussianLooks(np.random.default_rng(seed), KEY_PX, 1920, sigma, sigma / 2, **kinds)
    typist = SpellingTypist(QWERTY, looks, looks.aim(), SIZE, None)
    return [typist.write(name) for name in names]


@pytest.mark.parametrize(("sigma", "most_looks"), [(0.5, 3.0), (1.0, 5.5), (2.0, 12.0)])
def test_names_come_out_right_at_any_error(sigma: float, most_looks: float) -> None:
    """The bias drawn anew for each name, half of sigma. Measured on other names: 2.4, 3.5 and 8
    looks a letter; half as much again allows for eight names only."""
    names = ["agnes", "mirek", "yusuf", "zoltan", "priya", "fjodor", "quinn", "beth"]
    written = spelled(sigma, names, seed=41)
    assert [result.text for result in written] == names
    looks = sum(result.looks for result in written) / sum(map(len, names))
    assert looks < most_looks


steps = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 9), st.just(0.0)),
        st.tuples(st.floats(-400, 2300), st.floats(-300, 1400)),
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_whatever_is_looked_at_there_is_a_way_on_and_back(
    steps: list[tuple[float, float]],
) -> None:
    """Keys never overlap, all of bell, rest, undo and done are there, and undo leads out."""
    on = spelling(Aim(1920, (200.0, 200.0)))
    for number, (x, y) in enumerate(steps):
        if isinstance(x, int):
            pressed = on.press(on.board.keys[x % len(on.board.keys)], float(number))
        else:
            pressed = on.look(Fix(float(number), x, y))
        keys = on.board.keys
        assert {"bell", "rest", "undo", "done"} <= {k.action for k in keys}
        assert len({k.rect for k in keys}) == len({k.id for k in keys}) == len(keys)
        if pressed.left:
            return
    for _ in range(200):
        if on.press(key(on.board, "undo"), 0.0).left:
            return
    raise AssertionError("undo never leads out")


def told(events: list[KeyEvent], name: str) -> list[KeyEvent]:
    return [event for event in events if event.event == name]


def press_all(keys: Keyboard, *labels: str) -> list[KeyEvent]:
    events = []
    for number, label in enumerate(labels):
        events += keys.press(key(keys.board, label).id, float(number))
    return events


def test_a_name_is_spelled_by_hitting_keys_goes_into_the_text_and_is_learned() -> None:
    composer = Composer()
    composer.type("Ask ")
    keys = Keyboard(QWERTY, composer, *SIZE)
    events = press_all(keys, "tools", "spell a name", "Y U I O P", "I", "A", "A", "done")
    assert keys.state.text == "Ask ia " and keys.board.page == "letters"
    assert [event.fields for event in told(events, "learned_word")] == [{"word": "ia"}]
    assert [event.fields["piece"] for event in told(events, "committed")] == ["ia "]
    assert told(events, "decoded")[1].fields["guess"] == "i"
    assert keys.press("undo", 9.0)[-1].fields == {"text": "Ask "}


def test_a_name_under_way_is_kept_while_resting() -> None:
    keys = Keyboard(QWERTY, Composer(), *SIZE)
    press_all(keys, "tools", "spell a name", "A", "A", "rest", "wake", "I am back")
    press_all(keys, "tools", "spell a name")
    assert keys.state.guess == "a" and keys.state.text == ""
    keys.resize(1000, 700, 9.0)
    assert keys.board.width_px == 1000 and key(keys.board, "done")


def test_leaving_without_a_word_changes_nothing() -> None:
    keys = Keyboard(QWERTY, Composer(), *SIZE)
    events = press_all(keys, "tools", "spell a name", "done")
    assert (keys.board.page, keys.state.text) == ("letters", "")
    assert not told(events, "committed") and not told(events, "learned_word")


def test_eyes_that_miss_by_a_key_spell_a_name_on_the_whole_keyboard() -> None:
    """Gaze samples with a lasting error for each look, about one key width, at 20 Hz."""
    random = np.random.default_rng(4)
    aim = Aim(1920, (KEY_PX, KEY_PX))
    layout = load_layout("words")
    keys = Keyboard(layout, Composer(), *SIZE, guessing=Guessing(Words(), aim))
    keys.start(0.0)
    press_all(keys, "tools", "spell a name")
    t_s, events, goal = 0.0, list[KeyEvent](), "zoe"
    for _ in range(60):
        word = (told(events, "decoded") or [KeyEvent(0.0, "", {"guess": ""})])[-1].fields["guess"]
        if keys.board.page != "spell":
            break
        letter = goal[len(word) : len(word) + 1].upper()
        try:
            target = key(keys.board, (letter or "done") if goal.startswith(word) else "undo")
        except StopIteration:
            target = key(keys.board, "undo")
        for place, span_s in [((960.0, -300.0), 0.4), (target.rect.centre, 1.5)]:
            x, y = np.asarray(place) + random.normal(0, KEY_PX, 2)
            for _ in range(round(span_s * 20)):
                jitter = random.normal(0, 20, 2)
                events += keys.update(t_s, x + jitter[0], y + jitter[1], True)
                t_s += 0.05
    assert keys.state.text == "Zoe "
