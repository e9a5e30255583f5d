"""Unknown words are spelled by what the looks and the habits of letters say together."""

import numpy as np
import pytest

from gazetalk.keyboard.aim import Aim, Fix
from gazetalk.keyboard.language import load_language
from gazetalk.keyboard.literal import KEPT, Speller, less_likely
from gazetalk.keyboard.word_model import WordModel

KEY_PX = 192.0
PLACES = {
    letter: (KEY_PX * (column + 0.5), 250 + KEY_PX * row)
    for row, letters in enumerate(["qwertyuiop", "asdfghjkl", "zxcvbnm"])
    for column, letter in enumerate(letters)
}
OFFSETS = Aim(1920, (0.3 * KEY_PX, 0.3 * KEY_PX)).at(list(PLACES.values()), 0.0)


@pytest.fixture(scope="module")
def english() -> WordModel:
    return load_language()


def speller(model: WordModel | None) -> Speller:
    return Speller(tuple(PLACES), np.array(list(PLACES.values())), model, 0.002)


def spelled(model: WordModel | None, places: list[tuple[float, float]]) -> list[str]:
    machine = speller(model)
    known = machine.begin()
    for x_px, y_px in places:
        known = machine.add(known, OFFSETS, Fix(0.0, x_px, y_px))
    return [one.word for one in known]


@pytest.mark.parametrize("name", ["zbigniew", "xqzk", "mo"])
def test_exact_looks_spell_any_word_first(english: WordModel, name: str) -> None:
    assert spelled(None, [PLACES[letter] for letter in name])[0] == name
    assert name in spelled(english, [PLACES[letter] for letter in name])


def test_between_two_keys_the_letter_that_words_have_there_comes_first(english: WordModel) -> None:
    """Half-way from u to y, after a q."""
    between = (np.array(PLACES["u"]) + PLACES["y"]) / 2
    looks = [PLACES["q"], (float(between[0]), float(between[1])), PLACES["e"]]
    assert spelled(english, looks)[0] == "que"


def test_what_the_looks_alone_say_is_never_given_up(english: WordModel) -> None:
    """Letters that no word has one after the other stay possible, look for look."""
    name = "vxqzjkwq"
    found = spelled(english, [PLACES[letter] for letter in name])
    assert name in found
    assert len(found) == KEPT


def test_a_common_bias_is_allowed_for() -> None:
    """All looks 0.4 keys to the right: nearer to the right key together than one by one."""
    shifted = [(PLACES[letter][0] + 0.4 * KEY_PX, PLACES[letter][1]) for letter in "gas"]
    assert spelled(None, shifted)[0] == "gas"


def test_a_spelling_that_was_not_wanted_gives_way() -> None:
    machine = speller(None)
    known = machine.add(machine.begin(), OFFSETS, Fix(0.0, *PLACES["a"]))
    less = less_likely(known, ["a"], -20.0)
    assert max(known, key=lambda one: one.log).word == "a"
    assert max(less, key=lambda one: one.log).word != "a"
