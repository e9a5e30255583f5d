"""Looks become the words that were meant: bias learned, slips paid for, unknown words spelled."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.decoder import Decoder

KEY_PX = 192.0
PLACES = {
    letter: (KEY_PX * (column + 0.5), 250 + KEY_PX * row)
    for row, letters in enumerate(["qwertyuiop", "asdfghjkl'", "zxcvbnm"])
    for column, letter in enumerate(letters)
}
COUNTS = {
    "the": 400, "they": 60, "then": 50, "them": 40, "hello": 30, "help": 20, "water": 20,
    "letter": 9, "i": 300, "it": 100, "in": 90, "on": 80, "want": 40, "wait": 20, "don't": 40,
    "waits": 1, "café": 3, "well-known": 2, "see": 40, "seen": 12, "set": 10, "test": 8, "text": 8,
}  # fmt: skip


class Unigram:
    """Counts for the words above; "i" is certain after "so "."""

    def __init__(self) -> None:
        self.words: Sequence[str] = sorted(COUNTS)
        counts = np.array([COUNTS[word] for word in self.words], dtype=np.float32)
        self.logs: NDArray[np.float32] = np.log(counts / counts.sum())

    def log_probabilities(self, context: str) -> NDArray[np.float32]:
        if context == "so ":
            return np.where(np.array(self.words) == "i", 0.0, -20.0).astype(np.float32)
        return self.logs


def decoder() -> Decoder:
    return Decoder(Unigram(), PLACES, 1920 * 1080)


def aim(keys: float = 0.3) -> Aim:
    return Aim(1920, (keys * KEY_PX, keys * KEY_PX))


def looks(letters: str, bias: tuple[float, float] = (0, 0), var_px2: float = 0.0) -> list[Fix]:
    places = [PLACES[letter] for letter in letters]
    return [Fix(0.0, x + bias[0], y + bias[1], var_px2, var_px2) for x, y in places]


def decoded(letters: str, person: Aim | None = None, context: str = "") -> list[str]:
    machine = decoder()
    state = machine.begin(context, person or aim(), 0.0)
    for fix in looks(letters):
        state = machine.add(state, fix)
    return [candidate.word for candidate in machine.candidates(state, 5)]


@pytest.mark.parametrize("word", [w for w in COUNTS if w.isalpha() and w.isascii() and len(w) > 3])
def test_exact_looks_decode_to_the_word(word: str) -> None:
    assert decoded(word)[0] == word


def test_a_beginning_completes_to_the_likeliest_words() -> None:
    assert decoded("the")[:4] == ["the", "they", "then", "them"]
    assert decoded("hel")[:2] == ["hello", "help"]


def test_context_decides_before_and_against_a_doubtful_look() -> None:
    assert decoded("", context="so ")[0] == "i"
    assert decoded("o", aim(0.4), context="so ")[0] == "i"
    assert decoded("o", aim(0.4))[0] == "on"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("watqer", "water"),  # one look too many
        ("wwater", "water"),  # a letter twice
        ("wter", "water"),  # a letter missing
        ("leter", "letter"),  # the second of two equal letters missing
        ("hemlo", "hello"),  # a look that slipped far from its key
        ("qater", "water"),  # the neighbouring key
    ],
)
def test_missing_doubled_and_slipped_letters_cost_but_do_not_forbid(typed: str, meant: str) -> None:
    assert decoded(typed)[0] == meant


def test_accents_and_signs_without_keys_may_be_left_out() -> None:
    assert decoded("cafe")[0] == "café"
    assert decoded("wellknown")[0] == "well-known"
    assert decoded("don't")[0] == "don't"


def test_a_word_nobody_knows_is_offered_letter_by_letter() -> None:
    assert decoded("zyqx", aim(0.15))[0] == "zyqx"


def test_shares_are_probabilities_that_sum_to_one() -> None:
    machine = decoder()
    state = machine.begin("", aim(0.8), 0.0)
    for fix in looks("te"):
        state = machine.add(state, fix)
    shares = [candidate.p for candidate in machine.candidates(state, 100)]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1.0, abs=1e-4)


def test_words_passed_over_give_way_to_others() -> None:
    machine = decoder()
    state = machine.begin("", aim(), 0.0)
    for fix in looks("th"):
        state = machine.add(state, fix)
    passed = machine.passed(state, ["the", "they"], math.log(1e-3))
    assert [c.word for c in machine.candidates(passed, 2)] == ["then", "them"]
    assert machine.candidates(state, 1)[0].word == "the"


def test_a_bias_shared_by_a_words_looks_is_seen_through() -> None:
    """All looks lie a whole key to the right; only the bias makes sense of them together."""
    machine = decoder()
    person = Aim(1920, (40.0, 40.0), bias_px=(150.0, 150.0))
    state = machine.begin("", person, 0.0)
    for fix in looks("letter", bias=(KEY_PX, 0)):
        state = machine.add(state, fix)
    assert machine.candidates(state, 1)[0].word == "letter"


def test_a_confirmed_word_teaches_the_bias() -> None:
    person = Aim(1920, (60.0, 60.0), bias_px=(100.0, 100.0))
    machine = decoder()
    state = machine.begin("", person, 0.0)
    for fix in looks("water", bias=(90, -60)):
        state = machine.add(state, fix)
    before = person.at([PLACES["h"]], 0.0).mean_px[0]
    person.learn(*machine.explain(state, "water"))
    after = person.at([PLACES["h"]], 1.0)
    assert before == pytest.approx([0, 0])
    assert after.mean_px[0] == pytest.approx([90, -60], abs=20)
    assert (after.shared_px2 < 100.0**2).all()


def test_an_old_bias_is_forgotten() -> None:
    person = Aim(1920, (60.0, 60.0), bias_px=(100.0, 100.0))
    person.learn(looks("water", bias=(90, 0)), [PLACES[letter] for letter in "water"])
    late = person.at([PLACES["h"]], 7200.0)
    assert abs(late.mean_px[0, 0]) < 5
    assert late.shared_px2[0] > 0.9 * 100.0**2


def test_bias_belongs_to_its_place() -> None:
    person = Aim(1920, (30.0, 30.0), bias_px=(1.0, 1.0), place_px=(100.0, 100.0))
    left, right = [(100.0, 500.0)] * 5, [(1800.0, 500.0)] * 5
    person.learn([Fix(0.0, 180.0, 500.0)] * 5, left)
    person.learn([Fix(0.0, 1720.0, 500.0)] * 5, right)
    mean = person.at([(100.0, 500.0), (1800.0, 500.0)], 0.0).mean_px
    assert mean[0, 0] == pytest.approx(80, abs=10)
    assert mean[1, 0] == pytest.approx(-80, abs=10)


def test_the_spread_is_learned_from_what_words_showed() -> None:
    random = np.random.default_rng(0)
    person = aim(0.2)
    for _ in range(60):
        noise = random.normal(0, [150.0, 40.0], (5, 2))
        fixes = [Fix(0.0, 900 + x, 500 + y) for x, y in noise]
        person.learn(fixes, [(900.0, 500.0)] * 5)
    assert person.spread_px[0] == pytest.approx(150, rel=0.2)
    assert person.spread_px[1] == pytest.approx(40, rel=0.2)


def test_an_uncertain_look_counts_less() -> None:
    machine = decoder()
    states = []
    for var_px2 in (0.0, 300.0**2):
        state = machine.begin("", aim(0.2), 0.0)
        state = machine.add(state, looks("w", var_px2=var_px2)[0])
        states.append(machine.candidates(state, 1)[0].word)
    assert states[0] == "want"
    assert states[1] == "the"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-500, 2500), st.floats(-500, 1600), st.floats(0, 1e5)), max_size=30
    )
)
def test_any_looks_leave_probabilities_and_whole_candidates(
    points: list[tuple[float, float, float]],
) -> None:
    machine = decoder()
    state = machine.begin("", aim(0.5), 0.0)
    for x, y, var in points:
        state = machine.add(state, Fix(0.0, x, y, var, var))
    found = machine.candidates(state, 6)
    assert found
    assert all(0 <= candidate.p <= 1.0001 for candidate in found)
    for candidate in found:
        fixes, places = machine.explain(state, candidate.word)
        assert len(fixes) == len(places) <= len(points)
