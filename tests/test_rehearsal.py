"""Three sentences to copy: counted in right words, skipped, repeated or left, and never a trap."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.layout import shipped_layouts
from gazetalk.rehearsal import (
    GOES,
    HARD,
    PATIENCE_S,
    RESULT_S,
    SENTENCES,
    WENT_WELL,
    Copied,
    Rehearsal,
    right_words,
    told,
)
from gazetalk.writing import layouts_of
from tests.test_retuning import Room

ASKED = ("a b c", "d e", "f")


class Pages:
    """What a rehearsal does with pages, and when."""

    def __init__(self) -> None:
        self.opened: list[float] = []
        self.closed: list[float] = []
        self.rehearsal = Rehearsal(ASKED, self.opened.append, self.closed.append)
        self.rehearsal.attend("mine", False, 0.0)

    def write(self, text: str, t_s: float, resting: bool = False) -> None:
        self.rehearsal.attend(text, resting, t_s)


def test_three_sentences_follow_each_other_and_the_own_page_comes_back() -> None:
    pages = Pages()
    assert "a b c" in pages.rehearsal.words and "a b c (1/3" in pages.rehearsal.line
    pages.write("A b", 5.0)
    pages.write("A b c.", 6.0)
    pages.write("d x", 8.0)
    pages.rehearsal.spoken("d x")
    pages.write("d x", 9.0)
    pages.write("", 9.0 + PATIENCE_S + 0.1)
    assert [(one.right, one.asked) for one in pages.rehearsal.copied] == [(3, 3), (1, 2), (0, 1)]
    assert "4 of 5 words are right" in pages.rehearsal.words
    assert pages.closed == []
    pages.write("", 9.2 + PATIENCE_S + RESULT_S)
    assert pages.rehearsal.over and len(pages.closed) == 1
    assert pages.rehearsal.words == pages.rehearsal.line == ""


def test_a_helper_skips_repeats_and_leaves() -> None:
    pages = Pages()
    pages.write("wrong", 1.0)
    pages.rehearsal.press("r", 2.0)
    assert pages.rehearsal.copied == () and pages.opened == [0.0, 2.0]
    for t_s in (3.0, 4.0, 5.0):
        pages.rehearsal.press("n", t_s)
    assert "Nothing was written" in pages.rehearsal.words
    pages.rehearsal.press("r", 6.0)
    assert "a b c" in pages.rehearsal.words
    pages.rehearsal.press("e", 7.0)
    pages.rehearsal.press("e", 8.0)
    assert pages.closed == [7.0] and pages.rehearsal.over


def test_a_rest_takes_no_time() -> None:
    pages = Pages()
    for t_s in range(1, 400):
        pages.write("a", float(t_s), resting=True)
    assert pages.rehearsal.copied == ()
    pages.write("a", 400.0)
    pages.write("a", 400.0 + PATIENCE_S + 1)
    assert pages.rehearsal.copied[0].seconds < PATIENCE_S + 3


def test_what_is_said_besides_ends_no_sentence() -> None:
    pages = Pages()
    pages.write("a b", 1.0)
    pages.rehearsal.spoken("yes")
    pages.write("a b", 2.0)
    assert pages.rehearsal.copied == ()


def test_one_that_was_never_begun_changes_nothing() -> None:
    closed: list[float] = []
    never = Rehearsal(ASKED, closed.append, closed.append)
    never.press("n", 1.0)
    never.end(1.0)
    assert closed == [] and never.words == ""


@pytest.mark.parametrize(
    ("asked", "written", "right"),
    [
        ("i am here", "i am here", 3),
        ("i am here", "am i here", 2),
        ("i am", "", 0),
        ("a b", "x a b", 2),
    ],
)
def test_words_count_where_they_stand_in_their_order(asked: str, written: str, right: int) -> None:
    assert right_words(asked, written) == right


@given(st.lists(st.sampled_from("abcd"), min_size=1), st.lists(st.sampled_from("abcd")))
def test_no_more_words_are_right_than_were_asked_or_written(a: list[str], b: list[str]) -> None:
    assert 0 <= right_words(" ".join(a), " ".join(b)) <= min(len(a), len(b))


def test_how_it_went_is_said_in_plain_words() -> None:
    verdicts = [told([Copied(right, 10, 30, 60.0)]) for right in (10, 7, 2)]
    for line, verdict in zip(verdicts, (WENT_WELL, GOES, HARD), strict=True):
        assert line.endswith(verdict) and "6.0 words a minute" in line


def test_every_sentence_can_be_written_on_the_keyboards_of_its_language() -> None:
    for name in (*shipped_layouts(), "auto", "german-auto"):
        layout = next(iter(layouts_of(name)[0].values()))
        if name == "two-zone" or layout.language not in SENTENCES:
            continue
        keys = {key.text for page in layout.pages for key in layout.place(900, 600, page).keys}
        letters = set("".join(SENTENCES[layout.language])) - {" "}
        assert letters <= {text.lower() for text in keys}, name


def test_the_own_text_and_what_is_learned_are_untouched(tmp_path: Path) -> None:
    room = Room(tmp_path)
    try:
        room.press("h", "i", "space")
        journal = room.profile.journal_path.read_bytes()
        rehearsal = room.desk.rehearsal(room.talk, lambda: room.tuning.settings)
        assert rehearsal is not None
        rehearsal.attend(room.talk.text, False, room.t_s)
        assert room.talk.text == ""
        room.press("n", "o", "speak")
        rehearsal.attend(room.talk.text, False, room.t_s)
        assert room.talk.text == "no" and rehearsal.copied == ()
        rehearsal.spoken("no")
        rehearsal.attend(room.talk.text, False, room.t_s + 0.1)
        assert len(rehearsal.copied) == 1 and room.talk.text == ""
        rehearsal.end(room.t_s + 0.2)
        assert room.talk.text == "hi " and room.talk.words_per_minute is None
        assert room.profile.journal_path.read_bytes() == journal
    finally:
        room.voice.close()
    assert Composer().text == ""
