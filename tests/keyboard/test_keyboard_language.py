"""The shipped English model: one distribution, told as words, completions, letters and ends."""

import json
import math
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.language import SHIPPED, LanguageError, LanguageModel, load_language
from gazetalk.keyboard.language_file import LETTERS, MAGIC, byte_shares, share_bytes
from gazetalk.keyboard.words import cursor, fold, sentences

CONTEXTS = ["", "i want to ", "how are ", "zzyzx qqq ", "I was there. ", "at 5 ", "don\u2019t you "]


@pytest.fixture(scope="module")
def english() -> LanguageModel:
    return load_language()


def words(model: LanguageModel, *args, **options) -> list[str]:
    return [each.word for each in model.suggest(*args, **options)]


def test_the_model_is_as_small_and_as_rich_as_promised(english) -> None:
    assert SHIPPED.stat().st_size <= 4_000_000 and english.size_bytes == SHIPPED.stat().st_size
    assert len(english.words) >= 40_000
    assert list(english.words) == sorted(set(english.words))


@pytest.mark.parametrize("context", CONTEXTS)
def test_word_probabilities_are_a_distribution_and_finite_as_logs(english, context) -> None:
    p = english.word_probabilities(context)
    logs = english.log_probabilities(context)
    assert p.shape == logs.shape == (len(english.words),)
    assert p.sum() == pytest.approx(1, abs=1e-4) and (p > 0).all()
    assert logs.dtype == np.float32 and np.isfinite(logs).all()


def test_nobody_can_spoil_a_kept_distribution(english) -> None:
    with pytest.raises(ValueError, match="read-only"):
        english.word_probabilities("how are ")[0] = 1


@pytest.mark.parametrize("word", ["you", "don't", "gazetalk", "a"])
@pytest.mark.parametrize("context", ["", "how are "])
def test_letters_and_words_are_one_model(english, context, word) -> None:
    """The product over a word's letters is the probability of the word."""
    p = math.prod(
        english.letter_probabilities(context, word[:place])[letter]
        for place, letter in enumerate(word + " ")
    )
    assert p == pytest.approx(english.string_probability(context, word), rel=1e-3)


@given(st.text(max_size=40), st.text(max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_an_answer(context: str, prefix: str) -> None:
    model = load_language()
    shown = model.suggest(context, prefix)
    assert len(shown) <= 5 and all(0 < each.p <= 1.0001 for each in shown)
    letters = model.letter_probabilities(context, prefix)
    assert set(letters) == set(LETTERS) and sum(letters.values()) == pytest.approx(1)


def test_suggestions_are_completions_likeliest_first_and_no_more_than_asked(english) -> None:
    shown = english.suggest("i want to ", "s", k=7)
    assert len(shown) == 7 and all(each.word.startswith("s") for each in shown)
    assert [each.p for each in shown] == sorted((each.p for each in shown), reverse=True)
    assert sum(each.p for each in english.suggest("how are ", "yo", k=50)) <= 1.001


def test_refused_words_and_words_already_spelt_are_not_shown(english) -> None:
    first = words(english, "how are ", "")
    assert "you" in first
    assert not set(first) & set(words(english, "how are ", "", refused=first))
    assert "you" not in words(english, "how are ", "you")
    assert "you" not in words(english, "how are ", "y", refused=["You"])


def test_what_is_not_a_word_completes_to_nothing(english) -> None:
    assert english.suggest("", "qxqxq") == []
    assert english.suggest("", "7") == []
    assert english.suggest("", "a", k=0) == []


def test_contractions_come_with_and_without_their_apostrophe(english) -> None:
    assert "don't" in words(english, "i ", "dont")
    assert "don't" in words(english, "i ", "don'")
    assert "don't" in words(english, "i ", "don\u2019")


def test_capitals_follow_the_sentence_and_the_person(english) -> None:
    assert words(english, "", "ho", cased=True)[0][0] == "H"
    assert "I" in words(english, "yesterday ", "", cased=True)
    assert "Monday" in words(english, "see you on ", "mon", cased=True)
    assert "monday" in words(english, "see you on ", "mon")
    assert "Monday" in words(english, "see you on ", "Mon")
    assert "WATER" in words(english, "SOME ", "WAT")


def test_a_new_sentence_knows_nothing_of_the_last(english) -> None:
    assert (english.word_probabilities("how are. ") == english.word_probabilities("")).all()


def test_profanity_is_kept_but_shown_only_when_asked_for() -> None:
    model = load_language()
    assert "shit" in model.words and "shit" not in words(model, "", "shi", k=30)
    model.profanity = True
    assert "shit" in words(model, "", "shi", k=30)


def test_questions_end_in_a_question_mark_and_statements_in_a_full_stop(english) -> None:
    assert english.punctuation("where are you")[0].word == "?"
    assert english.punctuation("i am very tired")[0].word == "."
    assert english.punctuation("") == []


def test_people_are_not_in_the_vocabulary(english) -> None:
    assert not {"jaezo", "claire", "brandon"} & set(english.words)


def test_shares_survive_a_byte_rounded_down() -> None:
    shares = np.array([1.0, 0.5, 0.01, 1e-4])
    back = byte_shares()[share_bytes(shares)]
    assert (back <= shares * 1.0001).all() and (back > 0.94 * shares).all()


# The file.


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    return path


def test_a_missing_file_is_told_in_one_line(tmp_path) -> None:
    with pytest.raises(LanguageError, match="cannot be read") as caught:
        load_language(tmp_path / "none.bin")
    assert "\n" not in str(caught.value)


def test_foreign_files_are_refused(tmp_path) -> None:
    for content in (b"", b"PK\x03\x04 something", b"gazetalk"):
        with pytest.raises(LanguageError, match="is not a gazetalk language model"):
            load_language(written(tmp_path, content))


def test_a_newer_version_is_refused_with_what_to_do(tmp_path) -> None:
    header = json.dumps({"version": 2}).encode()
    content = MAGIC + len(header).to_bytes(4, "little") + header
    with pytest.raises(LanguageError, match=r"version 2, newer .* update gazetalk"):
        load_language(written(tmp_path, content))


@pytest.mark.parametrize("kept", [16, 19, 40, 1000, 5000, 400_000, -1])
def test_a_truncated_file_is_refused(tmp_path, kept) -> None:
    with pytest.raises(LanguageError, match=r"damaged|not a gazetalk"):
        load_language(written(tmp_path, SHIPPED.read_bytes()[:kept]))


@given(place=st.floats(0, 0.9999), bit=st.integers(0, 7))
@settings(max_examples=25, deadline=None)
def test_a_flipped_bit_is_never_read_as_a_model(tmp_path_factory, place, bit) -> None:
    """Either the file is refused, or the bit lay where nothing is read (padding, `about`)."""
    content = bytearray(SHIPPED.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path = written(tmp_path_factory.mktemp("flip"), bytes(content))
    try:
        model = load_language(path)
    except LanguageError as error:
        assert "\n" not in str(error)
    else:
        assert list(model.words) == list(load_language().words)
        assert (model.word_probabilities("i ") == load_language().word_probabilities("i ")).all()


def test_sections_that_do_not_fit_one_another_are_refused(tmp_path) -> None:
    """Right checksums are not enough: the unigram is cut by a word, and says so."""
    content = SHIPPED.read_bytes()
    begin = len(MAGIC) + 4
    size = int.from_bytes(content[len(MAGIC) : begin], "little")
    header = json.loads(content[begin : begin + size])
    section = header["sections"]["unigram"]
    section["bytes"] -= 2
    start = begin + size + section["offset"]
    section["crc32"] = zlib.crc32(content[start : start + section["bytes"]])
    told = json.dumps(header, separators=(",", ":")).encode().ljust(size)
    with pytest.raises(LanguageError, match="do not fit"):
        load_language(written(tmp_path, content[:begin] + told[:size] + content[begin + size :]))


# Words.


def test_the_open_sentence_is_what_counts() -> None:
    assert cursor("Hello there. How ARE ").words == ("how", "are")
    assert cursor("It\u2019s 5 o'clock").words == ("it's", "", "o'clock")
    assert cursor("done!").words == ()


def test_accents_and_apostrophes_fold_away() -> None:
    assert fold("Ni\u00f1o") == "nino" and fold("don\u2019t") == "dont"


def test_sentences_are_cut_at_their_marks() -> None:
    assert sentences("Hello there.  How are you?\nfine") == ["Hello there", "How are you", "fine"]
