"""Any text becomes short pieces of plain words: none lost, none obeyed."""

# ruff: noqa: RUF001 (other scripts are the point here)
from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.speech.text import (
    LONGEST_PIECE,
    LONGEST_WORD,
    as_said,
    clean,
    has_words,
    pieces,
    sentences,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Hello  there.\r\n\tBye", "Hello there.\nBye"),
        ("a\x00b\x07c\x1b[31m", "abc 31m"),
        ("<speak><p>Hello</p> <break time='3s'/>you</speak>", "Hello you"),
        ('<audio src="file:///etc/passwd"/>Hi', "Hi"),
        ("[[slnc 5000]] Hi [[inpt PHON]]", "slnc 5000 Hi inpt PHON"),
        ("3 < 5 > 2, I <3 you", "3 < 5 > 2, I 3 you"),
        ("a <b and c> d", "a b and c d"),
        ("I ❤️ you 😀👍🏽 🇩🇪", "I heart you grinning face thumbs up"),
        ("\u202eשלום\u202c עולם", "שלום עולם"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("cafe\u0301", "café"),
        ("*** --- ===", ""),
        ("snake_case and well-known", "snake_case and well-known"),
    ],
)
def test_what_is_cleaned_away_and_what_stays(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_emoji_can_be_left_out() -> None:
    assert clean("Ja 😀!", name_emoji=False) == "Ja !"


@given(st.text())
def test_nothing_that_commands_an_engine_survives(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in cleaned if c != "\n")
    assert not any(mark in cleaned for mark in ("[[", "]]", "</", "/>"))
    assert not cleaned.startswith("<")
    cleaned.encode()


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"]), max_size=2000))
def test_no_letter_is_lost_on_the_way_to_the_pieces(text: str) -> None:
    cleaned = clean(text)
    cut = [piece for sentence in sentences(cleaned) for piece in pieces(sentence)]
    assert all(len(piece) <= LONGEST_PIECE and has_words(piece) for piece in cut)
    assert all(len(word) <= LONGEST_WORD for piece in cut for word in piece.split())

    def letters(whole: str) -> str:
        return "".join(c for c in whole if unicodedata.category(c)[0] in "LN")

    assert letters("".join(cut)) == letters(cleaned)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three?\nFour", ["One.", "Two!", "Three?", "Four"]),
        ("It is 3.5 km to St.Ives.", ["It is 3.5 km to St.Ives."]),
        ("Call Dr. Smith. Now.", ["Call Dr. Smith.", "Now."]),
        ("J. Smith came. Good.", ["J. Smith came.", "Good."]),
        ('She said "No." He left.', ['She said "No."', "He left."]),
        ("... Well... yes.", ["Well...", "yes."]),
        ("你好。再见！", ["你好。", "再见！"]),
        ("?!\n--\n", []),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert sentences(text, ["Dr."]) == found


def test_words_are_said_as_the_profile_says_and_only_whole_words() -> None:
    said = as_said(
        "Dr. Ann met ANN, Anna and dr. Bob.",
        {"Ann": r"An \1", "xy": "z"},
        {"Dr.": "doctor", "D": "dee"},
    )
    assert said == r"doctor An \1 met An \1, Anna and dr. Bob."


def test_a_long_sentence_is_cut_at_its_commas_else_between_words() -> None:
    with_commas = ", ".join(["some twenty characters"] * 20)
    assert all(piece.endswith(",") for piece in list(pieces(with_commas))[:-1])
    words = " ".join(f"word{n}" for n in range(200))
    assert " ".join(pieces(words)) == words
    assert [len(piece) for piece in pieces("x" * 100)] == [102]
    assert len(list(pieces("y" * 10_000))) < 70
