"""Left and right alone write everything: by questions that are weighed, undo and long looks."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.clinic.profile import find_profile
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import Guessing, Keyboard, KeyEvent
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.order import TOP, UNDO, WHOLE, Alphabet, Order
from gazetalk.keyboard.sides import LEFT, RIGHT, Sides
from gazetalk.keyboard.stay import LONG_S, STAY_S
from gazetalk.keyboard.two_zone import Search
from gazetalk.writing import open_writing
from tests.keyboard.test_keyboard_words_whole import WORDS, Even

SIZE = (1280, 800)
LEFT_PX, RIGHT_PX, MIDDLE_PX = (200.0, 300.0), (1100.0, 700.0), (640.0, 300.0)
unknown = st.text("abcdefghijklmnopqrstuvwxyz'0123456789", min_size=1, max_size=8)
meant = st.one_of(st.sampled_from(WORDS), unknown, st.sampled_from([UNDO, ".", "?", "(bell)"]))


def order(undo: float = 0.05) -> Order:
    return Order(Alphabet(Even()), "i want ", undo)


# What may be meant, and the questions for it


@given(names=st.lists(meant, min_size=2, max_size=6, unique=True))
def test_everything_has_its_place_and_a_share_of_its_own(names: list[str]) -> None:
    """Words, known or not, as the alphabet has them; undo first, signs and commands last."""
    given_order = order()
    places = {name: given_order.place_of(name) for name in names}
    words = [name for name in names if name.isalnum()]
    known = sorted(words)
    assert sorted(known, key=lambda word: places[word]) == known
    shares = {
        name: given_order.before(given_order.behind(place)) - given_order.before(place)
        for name, place in places.items()
    }
    assert all(share > 0 for share in shares.values()), shares
    assert sum(shares.values()) < given_order.before(TOP) == WHOLE
    assert all(given_order.name(place) == name for name, place in places.items())


@settings(max_examples=40, deadline=None)
@given(
    name=meant, wrong=st.sampled_from([0.005, 0.1]), slips=st.sets(st.integers(0, 9), max_size=2)
)
def test_what_is_meant_is_found_through_wrong_answers(
    name: str, wrong: float, slips: set[int]
) -> None:
    """Two wrong answers among the first ten; going on brings what was meant all the same."""
    search = Search(order(), wrong)
    place = search.order.place_of(name)
    for number in range(150):
        left = place < search.question.place
        search.answer(left != (number in slips))
        # What is found by the slip itself would be taken back by the person: here they go on.
        if search.found[0] == place and number >= max(slips, default=0):
            break
    assert search.found[0] == place
    assert search.slips(place) <= len(slips)


@settings(max_examples=40, deadline=None)
@given(answers=st.lists(st.booleans(), min_size=1, max_size=15))
def test_every_question_is_worth_asking_and_can_be_taken_back(answers: list[bool]) -> None:
    search = Search(order(), 0.05)
    asked = [search.question]
    for answer in answers:
        assert 0 < search.question.p < 1
        search.answer(answer)
        asked.append(search.question)
    for question in reversed(asked[:-1]):
        assert search.take_back()
        assert search.question == question
    assert not search.take_back()


def test_a_word_costs_about_its_information() -> None:
    """21 words nearly alike in likelihood hold 4.4 bits; a threshold and the rest may add 2."""
    counts = []
    for word in WORDS:
        search = Search(order(undo=0.001), 0.005)
        while not search.found[0]:
            search.answer(search.order.place_of(word) < search.question.place)
        assert search.order.name(search.found[0]) == word
        counts.append(search.answers)
    assert np.mean(counts) < np.log2(len(WORDS)) + 2


# Answers become text


def sides() -> tuple[Sides, Composer]:
    composer = Composer()
    return Sides(load_layout("two-zone"), Even(), composer, *SIZE), composer


def answer_for(page: Sides, name: str, most: int = 60) -> None:
    """Look at the side that it is on, until something is taken."""
    for _ in range(most):
        action = LEFT if page.is_left_of_question(name) else RIGHT
        outcome = page.press(next(key for key in page.board.keys if key.action == action))
        if outcome.edits or not outcome.handled or not page.answers:
            return


def test_words_signs_and_names_are_written_and_undone_by_answers_alone() -> None:
    page, composer = sides()
    for name in ("i", "want", "tea", "."):
        answer_for(page, name)
    assert composer.text == "I want tea. "
    answer_for(page, UNDO)
    answer_for(page, "zed7")
    assert composer.text == "I want tea zed7 "
    for _ in range(4):
        answer_for(page, UNDO)
    assert composer.text == ""


def test_words_that_are_named_as_commands_are_words() -> None:
    """Nobody knows them here: another word may be taken first, and is taken back."""
    page, composer = sides()
    wanted = ["undo", "bell", "rest"]
    for _ in range(40):
        done = composer.text.lower().split()
        if done == wanted:
            break
        answer_for(page, wanted[len(done)] if done == wanted[: len(done)] else UNDO)
    assert composer.text == "Undo bell rest "


def test_a_wrong_word_taken_back_is_not_taken_again_and_slips_are_learned() -> None:
    page, composer = sides()
    before = page.wrong
    for _ in range(30):
        answer_for(page, "the")
    assert composer.text.lower().split() == ["the"] * 30
    assert page.wrong < before / 2
    answer_for(page, UNDO)
    answer_for(page, "then")
    assert composer.text.lower().split() == ["the"] * 29 + ["then"]


def test_the_sides_say_what_they_hold() -> None:
    page, _ = sides()
    for _ in range(4):
        left, right = (key.label for key in page.board.keys[:2])
        assert left.startswith(UNDO)
        assert right.replace("\u00a0", " ").split("\n")[0].endswith(("Z, signs", "(bell)"))
        words = {*left.split("\n")[1:], *right.split("\n")[1:]}
        for word in words & set(WORDS):
            assert (word in left.split("\n")) == page.is_left_of_question(word)
        page.press(page.board.keys[0])


def test_a_word_that_nobody_knows_is_learned_when_the_person_goes_on() -> None:
    eyes = Eyes()
    write(eyes, "zed")
    assert "learned_word" not in eyes.names()
    write(eyes, "tea")
    assert [e.fields["word"] for e in eyes.events if e.event == "learned_word"] == ["zed"]


# With the eyes


class Eyes:
    def __init__(self, composer: Composer | None = None) -> None:
        self.text = composer or Composer()
        guessing = Guessing(Even(), Aim(SIZE[0], (60.0, 60.0)))
        self.keys = Keyboard(load_layout("two-zone"), self.text, *SIZE, guessing=guessing)
        self.t_s = 0.0
        self.events: list[KeyEvent] = self.keys.start(0.0)
        self.look(MIDDLE_PX, 0.5)

    def look(self, at: tuple[float, float], span_s: float, fresh: bool = True) -> list[KeyEvent]:
        events = []
        for _ in range(round(span_s / 0.04)):
            self.t_s += 0.04
            events += self.keys.update(self.t_s, *at, fresh)
        self.events += events
        return events

    def glance(self, at: tuple[float, float], span_s: float = 1.1) -> list[KeyEvent]:
        return self.look(at, span_s) + self.look(MIDDLE_PX, 0.4)

    def names(self) -> list[str]:
        return [event.event for event in self.events]


def write(eyes: Eyes, word: str) -> None:
    page = eyes.keys._pages
    assert isinstance(page, Sides)
    before = eyes.text.text
    for _ in range(60):
        eyes.glance(LEFT_PX if page.is_left_of_question(word) else RIGHT_PX)
        if eyes.text.text != before:
            return


def test_looks_to_the_sides_write_and_the_middle_does_nothing() -> None:
    eyes = Eyes()
    write(eyes, "want")
    write(eyes, "water")
    assert eyes.text.text == "Want water "
    assert not eyes.look(MIDDLE_PX, 20.0)


def test_a_long_look_left_undoes_and_a_longer_one_rests() -> None:
    eyes = Eyes()
    write(eyes, "want")
    eyes.glance(LEFT_PX, 1.0 + STAY_S + 0.5)
    assert eyes.text.text == ""
    write(eyes, "tea")
    eyes.look(LEFT_PX, 1.0 + LONG_S + 0.5)
    assert eyes.keys.state.resting
    assert eyes.text.text == "Tea "


def test_a_long_look_gives_up_the_answers_before_it_takes_a_word_back() -> None:
    eyes = Eyes()
    write(eyes, "want")
    asked = eyes.keys.board
    eyes.glance(RIGHT_PX)
    assert eyes.keys.board != asked
    eyes.glance(LEFT_PX, 1.0 + STAY_S + 0.5)
    assert (eyes.text.text, eyes.keys.board) == ("Want ", asked)


def test_a_long_look_right_speaks_and_a_longer_one_rings_the_bell_at_once() -> None:
    eyes = Eyes()
    write(eyes, "want")
    eyes.glance(RIGHT_PX, 1.0 + STAY_S + 0.5)
    assert [e.fields["text"] for e in eyes.events if e.event == "speak"] == ["Want"]
    eyes.look(RIGHT_PX, 1.0 + LONG_S + 0.5)
    assert eyes.names().count("bell") == 1
    assert eyes.names().count("speak") == 1
    eyes.look(RIGHT_PX, 20.0)
    assert eyes.names().count("bell") == 1


def test_eyes_lost_during_a_long_look_do_nothing_more() -> None:
    eyes = Eyes()
    write(eyes, "want")
    eyes.look(RIGHT_PX, 1.0 + STAY_S + 0.3)
    eyes.look(RIGHT_PX, 2.0, fresh=False)
    eyes.look(MIDDLE_PX, 1.0)
    assert eyes.text.text == "Want "
    assert not {"speak", "bell"} & set(eyes.names())


def test_waking_takes_two_long_looks_to_opposite_sides() -> None:
    eyes = Eyes()
    eyes.look(LEFT_PX, 1.0 + LONG_S + 0.5)
    eyes.look(MIDDLE_PX, 0.5)
    for _ in range(20):  # ordinary looks do not wake
        eyes.glance(RIGHT_PX)
        eyes.glance(LEFT_PX)
    assert eyes.keys.state.resting
    assert "bell" not in eyes.names()
    eyes.glance(RIGHT_PX, 3.5)
    eyes.glance(LEFT_PX, 3.5)
    assert not eyes.keys.state.resting


def test_the_helpers_keys_below_are_not_for_eyes() -> None:
    """The bell's key lies at the bottom left; eyes there answer left."""
    eyes = Eyes()
    bell = eyes.keys.board.key("bell").rect.centre
    eyes.glance(bell)
    assert "bell" not in eyes.names()
    eyes.events += eyes.keys.press_at(*bell, eyes.t_s)
    assert "bell" in eyes.names()


steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([LEFT_PX, RIGHT_PX, MIDDLE_PX]), st.floats(0.2, 7.0)),
        st.sampled_from(["undo", "clear", "bell", "rest", "left", "right", "wake", "resize"]),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None)
@given(steps=steps)
def test_text_journal_and_screen_are_equal_whatever_is_done(steps: list[object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        eyes = Eyes(Composer(Journal(path)))
        for step in steps:
            before = len(eyes.events)
            if step == "resize":
                eyes.keys.resize(1000 if eyes.keys.board.width_px == 1280 else 1280, 800, eyes.t_s)
            elif isinstance(step, str):
                eyes.events += eyes.keys.press(step, eyes.t_s)
            else:
                assert isinstance(step, tuple)
                eyes.look(*step)
            state = eyes.keys.state
            assert state.text == eyes.text.text == (Journal(path).restore() or "")
            told = [e.fields["text"] for e in eyes.events[before:] if e.event in EDITS]
            assert told[-1:] in ([], [state.text])
            assert state.board.page == ("sides" if not state.resting else state.board.page)


EDITS = ("committed", "undone", "cleared", "redone", "erased", "changed")


@pytest.mark.parametrize("resting", [False, True])
def test_looking_around_writes_less_than_a_word_in_ten_minutes(resting: bool) -> None:
    """Reading the text in the middle, a partner beside the screen, glances at the sides, blinks."""
    eyes = Eyes()
    if resting:
        eyes.events += eyes.keys.press("rest", eyes.t_s)
    random = np.random.default_rng(5)
    done = len(eyes.events)
    while eyes.t_s < 600:
        kind = random.random()
        if kind < 0.4:
            eyes.look((random.uniform(460, 820), random.uniform(30, 300)), random.uniform(0.2, 1.5))
        elif kind < 0.6:
            eyes.look((float(random.choice([-600, 1900])), 400.0), random.uniform(1, 6))
        elif kind < 0.7:
            eyes.look(MIDDLE_PX, random.uniform(0.1, 0.3), fresh=False)
        else:
            eyes.look((random.uniform(0, 1280), random.uniform(0, 800)), random.uniform(0.1, 0.5))
    told = {event.event for event in eyes.events[done:]}
    assert not told if resting else told <= {"selected"}


def test_a_profile_writes_with_two_zones_as_with_any_layout(tmp_path: Path) -> None:
    profile = find_profile(tmp_path, "Ana")
    profile.create()
    writing = open_writing("two-zone", profile, Composer(), SIZE, DEFAULT_SCREEN)
    assert (writing.ways, writing.problems) == (None, ())
    asked = writing.keyboard.board
    writing.keyboard.press("left", 1.0)
    assert writing.keyboard.board != asked
