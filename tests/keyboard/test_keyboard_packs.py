"""Language packs: found by name, with what is missing said; other languages save keys too.

`everyday/` holds thirty sentences a language, written for this project.
"""

import re
import sys
from pathlib import Path

import pytest

from gazetalk.keyboard.language import LanguageError
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.packs import FrequencyModel, find_pack, load_pack, pack_names
from gazetalk.lab.bench_prediction import measure, read_phrases

EVERYDAY = Path(__file__).parent / "everyday"
OTHERS = sorted(path.stem for path in EVERYDAY.glob("*.txt"))


def test_eight_languages_have_a_pack_beside_english() -> None:
    assert set(pack_names()) == {*OTHERS, "english"} and len(OTHERS) == 8


@pytest.mark.parametrize("name", ["german", "German", " Deutsch ", "de"])
def test_a_pack_is_found_by_any_of_its_names(name) -> None:
    pack = find_pack(name)
    assert pack.code == "de" and set("äöüß") <= set(pack.letters)


def test_an_unknown_language_is_told_with_those_there_are() -> None:
    with pytest.raises(LanguageError, match=r"no language pack 'klingon': choose one of dutch, "):
        find_pack("klingon")


def test_without_the_extra_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(LanguageError, match=re.escape("pip install 'gazetalk[languages]'")):
        load_pack(find_pack("swedish"))
    assert len(load_pack(find_pack("english")).words) >= 40_000


def small() -> FrequencyModel:
    shares = {"niño": 4.0, "nino": 1.0, "ninguno": 3.0, "más": 2.0, "mas": 1.0}
    return FrequencyModel(shares, "abcdefghijklmnñopqrstuvwxyzáéíóúü")


def test_accents_may_be_left_out_and_come_back() -> None:
    assert [each.word for each in small().suggest("", "nin")] == ["niño", "ninguno", "nino"]
    assert [each.word for each in small().suggest("", "niñ")] == ["niño"]
    assert [each.word for each in small().suggest("", "mas")] == ["más"]


def test_accented_letters_are_letters() -> None:
    p = small().letter_probabilities("", "ni")
    assert p["ñ"] > p["q"] and sum(p.values()) == pytest.approx(1)


def test_a_person_may_learn_in_any_language() -> None:
    person = PersonalLanguage(small())
    person.learn("el murciélago")
    assert [each.word for each in person.suggest("el ", "murcie")] == ["murciélago"]


@pytest.mark.parametrize("name", OTHERS)
def test_every_language_saves_keys(name) -> None:
    pytest.importorskip("wordfreq", reason="the extra languages is not installed")
    phrases = [re.sub(r"[^\w' ]+", " ", line) for line in read_phrases(EVERYDAY / f"{name}.txt")]
    assert len(phrases) >= 30
    figures = measure(load_pack(find_pack(name)), phrases, 5)
    print(name, figures["keystroke_savings"])
    assert figures["keystroke_savings"] >= 38
