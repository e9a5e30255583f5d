"""Words are chosen from tiles or by a switch; wrong ones come back apart; undo keeps the looks."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.composer import Composer, styled
from gazetalk.keyboard.entry import CHOICES_PAGE, PAGES, Entry
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.outcome import Outcome
from gazetalk.keyboard.packs import find_pack, pack_names

WORDS = sorted(
    [
        *("the", "they", "then", "them", "there", "these", "theme", "i", "want", "water"),
        *("wait", "tea", "team", "tent", "tin", "test", "good", "hello"),
    ]
)


class Even:
    """All words alike, the earlier in the alphabet a little likelier."""

    words: Sequence[str] = WORDS

    def log_probabilities(self, context: str) -> NDArray[np.float32]:
        shares = 1.0 + 0.01 * np.arange(len(WORDS), 0, -1)
        return np.log(shares / shares.sum()).astype(np.float32)


def entry(layout: str, spread_px: float = 40.0) -> Entry:
    aim = Aim(1920, (spread_px, spread_px))
    return Entry(load_layout(layout), Even(), Composer(), aim, 1920, 1080)


class Thinking(Even):
    """Knows better after a while."""

    later = False

    def log_probabilities(self, context: str) -> NDArray[np.float32]:
        shares = np.exp(super().log_probabilities(context))
        shares[WORDS.index("tin")] *= 50 if self.later else 1
        return np.log(shares / shares.sum()).astype(np.float32)


def look(keyboard: Entry, key_id: str, t_s: float = 0.0) -> Outcome:
    return keyboard.look(Fix(t_s, *keyboard.board.key(key_id).rect.centre))


def spell(keyboard: Entry, letters: str) -> None:
    for letter in letters:
        look(keyboard, letter)


def take(keyboard: Entry, word: str) -> Outcome:
    return look(keyboard, f"word{keyboard.offered.index(word) + 1}")


def piece(outcome: Outcome) -> str:
    return "".join(edit.piece for edit in outcome.edits)


def undone(outcome: Outcome) -> bool:
    return [edit.kind for edit in outcome.edits] == ["undo"]


def test_a_word_is_taken_from_its_tile_with_its_space_and_capital() -> None:
    keyboard = entry("words")
    spell(keyboard, "wat")
    assert piece(take(keyboard, "water")) == "Water "
    assert (keyboard.text, keyboard.looks) == ("Water ", 0)


def test_nothing_is_written_before_a_word_is_chosen() -> None:
    keyboard = entry("words")
    spell(keyboard, "hello")
    assert (keyboard.text, keyboard.guess) == ("", "hello")


def test_tiles_carry_the_words_offered() -> None:
    keyboard = entry("words")
    spell(keyboard, "te")
    labels = [key.label for key in keyboard.board.keys if key.action.startswith("choose:")]
    assert labels[: len(keyboard.offered)] == list(keyboard.offered)
    assert set(keyboard.offered[:4]) == {"tea", "team", "tent", "test"}


def test_words_offered_and_not_taken_give_way() -> None:
    keyboard = entry("words")
    passed_over = {word for word in keyboard.offered if word.startswith("t")}
    assert passed_over
    spell(keyboard, "t")
    others = {word for word in WORDS if word.startswith("t")} - passed_over
    assert set(keyboard.offered) <= others


def test_undo_takes_the_last_look_and_then_the_last_word_back() -> None:
    keyboard = entry("words")
    spell(keyboard, "wat")
    take(keyboard, "water")
    spell(keyboard, "g")
    assert keyboard.looks == 1
    look(keyboard, "undo")
    assert (keyboard.looks, keyboard.text) == (0, "Water ")
    assert undone(look(keyboard, "undo"))
    assert (keyboard.looks, keyboard.text) == (3, "")
    assert "water" not in keyboard.offered[:1]


def test_with_a_switch_a_letter_that_fits_no_word_is_no_look_at_another_key() -> None:
    """No word goes on from "th" with a b; a key below it is not what eyes on the b meant."""
    keyboard = entry("large", spread_px=80.0)
    spell(keyboard, "th")
    assert look(keyboard, "b").key is None
    more = look(keyboard, "more").key
    assert more is not None and more.id == "more"


def test_the_switch_takes_a_sure_word_at_once() -> None:
    keyboard = entry("large")
    spell(keyboard, "hel")
    assert keyboard.sure is not None
    assert piece(keyboard.switch(1.0)) == "Hello "


def test_the_switch_opens_six_words_when_none_is_sure() -> None:
    keyboard = entry("large")
    spell(keyboard, "the")
    keyboard.switch(1.0)
    assert keyboard.board.page == CHOICES_PAGE
    assert len(keyboard.offered) == 6
    word = keyboard.offered[4]
    assert piece(take(keyboard, word)) == f"{word.capitalize()} "
    assert keyboard.board.page == "letters"


def test_more_shows_others_and_ends_with_the_letters() -> None:
    keyboard = entry("large")
    spell(keyboard, "t")
    keyboard.switch(1.0)
    first = keyboard.offered
    keyboard.switch(2.0)
    assert not set(keyboard.offered) & set(first)
    for _ in range(PAGES):
        if keyboard.board.page == "letters":
            break
        keyboard.switch(3.0)
    assert keyboard.board.page == "letters"


def test_a_wrong_word_is_undone_on_the_page_and_the_others_are_offered_again() -> None:
    keyboard = entry("large")
    spell(keyboard, "the")
    keyboard.switch(1.0)
    wrong = keyboard.offered[0]
    take(keyboard, wrong)
    keyboard.switch(2.0)
    assert keyboard.board.page == CHOICES_PAGE
    assert undone(look(keyboard, "undo"))
    assert keyboard.text == ""
    assert keyboard.board.page == CHOICES_PAGE
    assert wrong not in keyboard.offered


def test_a_look_between_two_choices_waits_for_another() -> None:
    keyboard = entry("large", spread_px=300.0)
    spell(keyboard, "t")
    keyboard.switch(1.0)
    assert keyboard.board.page == CHOICES_PAGE
    outcome = keyboard.look(Fix(1.5, 960.0, 605.0))
    assert outcome.key is None
    assert keyboard.text == ""


def test_punctuation_joins_the_word_and_the_next_sentence_begins_large() -> None:
    keyboard = entry("words")
    spell(keyboard, "wat")
    take(keyboard, "water")
    keyboard.press(keyboard.board.key("?"), 1.0)
    assert keyboard.text == "Water? "
    spell(keyboard, "te")
    take(keyboard, "tea")
    assert keyboard.text == "Water? Tea "


@pytest.mark.parametrize(
    ("word", "before", "written"),
    [("tea", "", "Tea"), ("tea", "The ", "tea"), ("i", "so ", "I"), ("i'm", "so ", "I'm")],
)
def test_capitals(word: str, before: str, written: str) -> None:
    assert styled(word, before, {"i"}) == written


def test_only_english_writes_i_large() -> None:
    assert [styled("i", "so "), styled("i", "")] == ["i", "I"]
    capitals = {name: find_pack(name).capitals for name in pack_names()}
    assert [name for name, words in capitals.items() if words] == ["english"]


def test_a_new_size_keeps_the_text_and_the_page() -> None:
    keyboard = entry("words")
    spell(keyboard, "wat")
    take(keyboard, "water")
    keyboard.resize(1280, 800)
    assert (keyboard.board.width_px, keyboard.text) == (1280, "Water ")
    spell(keyboard, "te")
    take(keyboard, "tea")
    assert keyboard.text == "Water tea "


@pytest.mark.parametrize("layout", ["words", "large"])
def test_a_space_takes_the_word_that_is_spelled_out_and_no_longer_one(layout: str) -> None:
    keyboard = entry(layout)
    spell(keyboard, "the")
    assert keyboard.whole == "the"
    assert piece(look(keyboard, "space")) == "The "
    assert (keyboard.looks, keyboard.whole) == (0, "")
    spell(keyboard, "zzz")
    assert piece(look(keyboard, "space")) == "zzz "


@pytest.mark.parametrize("layout", ["words", "large"])
def test_a_sign_ends_the_word_and_both_can_be_taken_back(layout: str) -> None:
    keyboard = entry(layout)
    spell(keyboard, "tea")
    assert [edit.text for edit in look(keyboard, "?").edits] == ["Tea ", "Tea? "]
    assert undone(look(keyboard, "undo")) and keyboard.text == "Tea "
    assert undone(look(keyboard, "undo")) and keyboard.text == ""


def test_another_layout_begins_the_word_anew_and_keeps_the_text() -> None:
    keyboard = entry("words")
    spell(keyboard, "tea")
    look(keyboard, "space")
    spell(keyboard, "wa")
    keyboard.lay_out(load_layout("large"))
    assert (keyboard.text, keyboard.looks, keyboard.board.page) == ("Tea ", 0, "letters")
    spell(keyboard, "hel")
    assert piece(keyboard.switch(1.0)) == "hello "


@pytest.mark.parametrize("layout", ["words", "large"])
@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.one_of(st.just(None), st.tuples(st.floats(-300, 2200), st.floats(-300, 1400))),
        max_size=25,
    )
)
def test_any_looks_and_switches_leave_a_page_that_shows_what_it_offers(
    layout: str, steps: list[tuple[float, float] | None]
) -> None:
    keyboard = entry(layout, 150.0)
    for number, point in enumerate(steps):
        text = keyboard.text
        at_s = float(number)
        outcome = keyboard.look(Fix(at_s, *point)) if point else keyboard.switch(at_s)
        if outcome.edits:
            assert keyboard.text.rstrip() != text.rstrip()
        shown = [k for k in keyboard.board.keys if k.action.startswith("choose:") and k.label]
        assert {key.label for key in shown} <= set(keyboard.offered)


def test_what_the_language_finds_meanwhile_shows_with_the_next_look_and_moves_no_tile() -> None:
    language = Thinking()
    keyboard = Entry(
        load_layout("words"), language, Composer(), Aim(1920, (40.0, 40.0)), 1920, 1080
    )
    before = keyboard.offered
    assert "tin" not in before
    language.later = True
    assert keyboard.offered == before
    look(keyboard, "t")
    assert keyboard.offered[0] == "tin"


def test_words_turned_down_stay_so_whatever_the_language_finds() -> None:
    language = Thinking()
    keyboard = Entry(
        load_layout("large"), language, Composer(), Aim(1920, (40.0, 40.0)), 1920, 1080
    )
    language.later = True
    keyboard.switch(0.0)
    assert keyboard.board.page == CHOICES_PAGE and "tin" in keyboard.offered
    keyboard.switch(0.0)
    assert "tin" not in keyboard.offered
