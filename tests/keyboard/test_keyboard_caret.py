"""Where a caret may stand: never within what people see as one character; words and sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.keyboard.caret import (
    character_before,
    sentence_at,
    settled,
    whole,
    word_at,
    word_left,
    word_right,
)

MIXED = st.text(alphabet="ab .é\u0301\u0323\u200d\ufe0f🇩🇪👍🏽👩🚀가각क\u093e\r\n", max_size=12)
WHOLE = ["e\u0301\u0323", "👍🏽", "👩\u200d🚀", "❤\ufe0f", "🇩🇪", "\r\n", "ᄀ\u1161\u11a8", "की"]


@pytest.mark.parametrize("character", WHOLE)
def test_what_is_seen_as_one_character_is_one(character: str) -> None:
    text = f"a{character}b"
    end = 1 + len(character)
    assert [settled(text, at) for at in range(1, end + 1)] == [1] + [end] * len(character)
    assert character_before(text, end) == 1


def test_flags_are_told_apart() -> None:
    assert [settled("🇩🇪🇫🇷", at) for at in range(5)] == [0, 2, 2, 4, 4]


@given(MIXED)
def test_the_places_are_those_between_graphemes(text: str) -> None:
    """Against the regex package's \\X, a whole implementation of the same rules."""
    regex = pytest.importorskip("regex", reason="the regex package is not installed")
    lengths = [len(part) for part in regex.findall(r"\X", text)]
    places = {sum(lengths[:count]) for count in range(len(lengths) + 1)}
    ours = {at for at in range(len(text) + 1) if settled(text, at) == at}
    # A joiner that joins no two pictures is all that the simpler rules see otherwise.
    if "\u200d" not in text:
        assert ours == places
    assert {0, len(text)} <= ours


@given(MIXED, st.integers(0, 12))
def test_moves_end_where_a_caret_may_stand_and_make_way(text: str, start: int) -> None:
    at = settled(text, start)
    left, right = word_left(text, at), word_right(text, at)
    assert settled(text, left) == left and settled(text, right) == right
    assert left < at or at == 0
    assert right > at or at == len(text)
    assert character_before(text, at) < at or at == 0
    one, two = word_at(text, at)
    assert 0 <= one <= two <= len(text)


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("I would like", 12, "like"),
        ("I would like ", 13, "like"),
        ("I would like", 2, "would"),
        ("I would like", 4, "would"),
        ("I would like", 7, "would"),
        ("  a", 0, ""),
        ("", 0, ""),
    ],
)
def test_the_word_at_a_place(text: str, at: int, word: str) -> None:
    assert text[slice(*word_at(text, at))] == word


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("Hello. How are you? ", 20, "How are you?"),
        ("Hello. How are you? I", 21, "I"),
        ("Hello. How are you?", 3, "Hello."),
        ("Hello. How are you?", 6, "Hello."),
        ("Hello. How are you?", 7, "How are you?"),
        ("It is 3.5 now", 13, "It is 3.5 now"),
        ('"Yes!" he said.', 2, '"Yes!"'),
        ("  hello", 0, "hello"),
        ("   ", 3, ""),
        ("", 0, ""),
    ],
)
def test_the_sentence_at_a_place(text: str, at: int, sentence: str) -> None:
    assert sentence_at(text, at) == sentence


def test_halves_of_characters_are_joined_or_dropped() -> None:
    assert whole("a\ud83d\udc4db") == "a👍b"
    assert whole("a\ud83db\udc4d") == "ab"
