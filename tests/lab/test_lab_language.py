"""Training the language model: cleaning, counting, sharing, and that it comes out the same."""

import importlib.util
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.keyboard.language import SHIPPED
from gazetalk.lab.corpora import (
    UNKNOWN,
    Cleaner,
    Patterns,
    chitchat_turns,
    everyday_sentences,
    frequent_words,
    held_out,
)
from gazetalk.lab.ngrams import BITS, continuations, count, discounts, shares
from gazetalk.lab.train_language import LIMIT_BYTES, train

PHRASES = Path(__file__).parents[3] / "shared" / "data" / "phrases" / "aac_imagine_dev.txt"
START, BREAK = 10, 11


def cleaned(text: str) -> list[str]:
    return [" ".join(sentence.words) for sentence in Cleaner().sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello there. How are YOU?", ["hello there", "how are you"]),
        ("i dont know, im gonna go", ["i don't know i'm going to go"]),
        ("haha lol that\u2019s sooooo good", ["that's so good"]),
        ("see www.example.org at 5pm", [f"see {UNKNOWN} at {UNKNOWN}"]),
        ("!!! ...", []),
    ],
)
def test_chat_is_cut_and_put_right(text, sentences) -> None:
    assert cleaned(text) == sentences


def test_a_sentence_keeps_how_it_ended() -> None:
    assert [each.end for each in Cleaner().sentences("why? because. well")] == ["?", ".", ""]


@given(st.text(max_size=80))
def test_any_text_is_cut_into_words_of_letters(text: str) -> None:
    for sentence in Cleaner().sentences(text):
        assert len(sentence.words) == len(sentence.capitals)
        for word in sentence.words:
            assert word == UNKNOWN or word.replace("'", "").isalpha()


def test_capitals_count_within_sentences_only_and_not_when_all_shout() -> None:
    said = [
        ("ann", sentence)
        for text in ("Utah is hot", "I like Utah", "I LIKE UTAH", "we like it")
        for sentence in Cleaner().sentences(text)
    ]
    told = frequent_words([*said, ("bob", said[0][1])])
    assert told["utah"] == (4, 2, 1.0) and told["like"] == (3, 1, 0.0)


def test_patterns_are_drawn_the_same_each_time_with_every_slot_filled() -> None:
    lines = ["food = soup | (red|green) apples", "(please|) bring {food}", "no"]
    drawn = Patterns(lines).draw(50, 0)
    assert drawn == Patterns(lines).draw(50, 0)
    assert set(drawn[:-1]) == {
        start + "bring " + food
        for start in ("", "please ")
        for food in ("soup", "red apples", "green apples")
    }
    assert drawn[-1] == "no"


def test_our_own_patterns_leave_no_slot_open() -> None:
    assert not any(
        set(text) & set("{}|()=") for text in Patterns(everyday_sentences("patterns")).draw(2, 1)
    )


def counted(order: int):
    # "start 1 2", "start 1 3", "start 2 <break> 2"
    stream = np.array([START, 1, 2, START, 1, 3, START, 2, BREAK, 2])
    return count(stream, np.ones(len(stream)), order, BREAK, START)


def unpacked(counts) -> dict[tuple[int, ...], float]:
    mask = 2**BITS - 1
    return {
        tuple(int(gram) >> (BITS * place) & mask for place in reversed(range(counts.order))): times
        for gram, times in zip(counts.grams, counts.counts, strict=True)
    }


def test_grams_stop_at_breaks_and_at_the_start_of_sentences() -> None:
    assert unpacked(counted(2)) == {(START, 1): 2, (1, 2): 1, (1, 3): 1, (START, 2): 1}
    assert unpacked(counted(3)) == {(START, 1, 2): 1, (START, 1, 3): 1}


def test_lower_orders_count_in_how_many_contexts_a_word_was_seen() -> None:
    alone = unpacked(continuations(counted(2), counted(1), START))
    assert alone[(1,)] == 1 and alone[(2,)] == 2 and alone[(3,)] == 1


def test_shares_of_a_context_leave_what_was_discounted() -> None:
    taken = shares(counted(2), (0.5, 0.8, 1.0))
    assert dict(zip(unpacked(taken), taken.alpha, strict=True)) == {
        (START, 1): pytest.approx((2 - 0.8) / 3),
        (START, 2): pytest.approx(0.5 / 3),
        (1, 2): 0.25,
        (1, 3): 0.25,
    }


def test_discounts_follow_the_counts_of_counts() -> None:
    n1, n2, n3, n4 = 40, 20, 10, 5
    counts = np.repeat([1.0, 2, 3, 4], [n1, n2, n3, n4])
    y = n1 / (n1 + 2 * n2)
    assert discounts(counts) == pytest.approx(
        (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    )


def test_about_a_twentieth_of_the_conversations_is_held_out_always_the_same() -> None:
    names = [f"conversation {number}" for number in range(4000)]
    kept = [name for name in names if held_out(name)]
    assert 0.04 < len(kept) / len(names) < 0.06 and kept == [n for n in names if held_out(n)]


@pytest.mark.skipif(not PHRASES.exists(), reason="the development phrases are not beside us")
def test_no_sentence_that_is_measured_on_is_among_our_own() -> None:
    measured = set(PHRASES.read_text(encoding="utf-8").splitlines())
    own = {" ".join(sentence) for text in everyday_sentences() for sentence in [cleaned(text)]}
    assert not own & measured


def test_the_embedded_measure_is_not_trained_on() -> None:
    assert not set(everyday_sentences("measure")) & set(everyday_sentences())


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("chitchat_dataset") is None, reason="chitchat-dataset is missing"
)
def test_training_again_gives_the_shipped_bytes(tmp_path) -> None:
    assert next(iter(chitchat_turns())).text
    train(tmp_path / "english.bin", LIMIT_BYTES, io.StringIO())
    assert (tmp_path / "english.bin").read_bytes() == SHIPPED.read_bytes()
