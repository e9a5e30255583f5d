"""A language that becomes its speaker's, and forgets on command."""

import json
import os
import stat
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.keyboard.language import LanguageError, LanguageModel, load_language
from gazetalk.keyboard.learner import STEADY, Habits, PersonalLanguage, contexts
from gazetalk.keyboard.said import MOST, Said, SaidFile
from gazetalk.keyboard.words import cursor

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture(scope="module")
def english() -> LanguageModel:
    return load_language()


def shown(language, *args, **options) -> list[str]:
    return [each.word for each in language.suggest(*args, **options)]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_person_who_said_nothing_hears_the_shipped_model(english) -> None:
    person = PersonalLanguage(english)
    assert (person.word_probabilities("how are ") == english.word_probabilities("how are ")).all()


def test_a_new_word_is_known_at_once_and_written_as_its_person_writes_it(english) -> None:
    person = PersonalLanguage(english)
    assert shown(person, "please call ", "sal") and "salvirosa" not in person.words
    person.learn("please call Salvirosa tonight")
    assert "salvirosa" in person.words and list(person.words) == sorted(person.words)
    assert shown(person, "i miss ", "salv")[0] == "salvirosa"
    assert shown(person, "please call ", "", cased=True)[0] == "Salvirosa"
    p = person.word_probabilities("we saw ")
    assert len(p) == len(person.words) and p.sum() == pytest.approx(1, abs=1e-3)
    assert np.isfinite(person.log_probabilities("we saw ")).all()


def test_what_was_said_before_comes_up_sooner(english) -> None:
    person = PersonalLanguage(english)
    before = person.string_probability("the heron caught a ", "trout")
    person.learn("The heron caught a trout.")
    assert person.string_probability("the heron caught a ", "trout") > 20 * before
    assert shown(person, "the heron caught a ")[0] == "trout"


def test_one_sentence_does_not_crowd_out_what_all_people_say(english) -> None:
    person = PersonalLanguage(english)
    person.learn("how are zebras")
    assert (
        shown(person, "how are ")[0] == "you" or person.string_probability("how are ", "you") > 0.3
    )


def test_the_partners_words_help_the_reply_but_are_not_kept(english) -> None:
    person = PersonalLanguage(english)
    before = person.string_probability("i like the ", "giraffe")
    person.hear("Which animal is it, the giraffe?")
    assert person.string_probability("i like the ", "giraffe") > 3 * before
    assert person.said == () and list(person.words) == list(english.words)


def test_the_switch_turns_learning_off_but_keeps_what_was_learned(english) -> None:
    person = PersonalLanguage(english)
    person.learn("bring the kaleidoscope")
    person.learning = False
    person.learn("bring the xylophone case")
    assert [each.text for each in person.said] == ["bring the kaleidoscope"]
    assert shown(person, "bring the ")[0] == "kaleidoscope"


def test_it_survives_a_restart_in_one_file_of_its_owner(english, tmp_path) -> None:
    path = tmp_path / "profile" / "learned.jsonl"
    PersonalLanguage(english, SaidFile(path), lambda: MONDAY).learn("Call Salvirosa. Now please!")
    again = PersonalLanguage(english, SaidFile(path))
    assert again.said == (Said("Call Salvirosa", MONDAY), Said("Now please", MONDAY))
    assert "salvirosa" in again.words
    assert names(path.parent) == ["learned.jsonl"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_word_a_day_and_everything_are_forgotten_on_disk_too(english, tmp_path) -> None:
    path = tmp_path / "learned.jsonl"
    days = iter([MONDAY, TUESDAY, TUESDAY])
    person = PersonalLanguage(english, SaidFile(path), lambda: next(days))
    for text in ("salvirosa is my cat", "i like salvirosa", "good soup"):
        person.learn(text)
    assert person.forget_word("Salvirosa") == 2
    assert "salvirosa" not in person.words and b"salvirosa" not in path.read_bytes()
    assert person.export() == "2026-11-24\tgood soup\n"
    assert person.forget_day(MONDAY) == 0 and person.forget_day(TUESDAY) == 1
    assert PersonalLanguage(english, SaidFile(path)).said == ()
    person.forget_everything()
    assert not path.exists()
    assert (person.word_probabilities("") == english.word_probabilities("")).all()


def test_phrases_said_before_and_banked_are_offered_whole(english) -> None:
    person = PersonalLanguage(english)
    person.learn("Please open the window.\nPlease open the door.\nPlease open the window.\nyes")
    assert person.phrases("please o") == ["Please open the window", "Please open the door"]
    assert person.phrases("") == ["Please open the window"]
    assert person.phrases("ye") == []
    assert person.phrases("turn", bank=["Turn me over, please"]) == ["Turn me over, please"]


def test_a_failed_write_leaves_the_file_and_the_habits_as_they_were(
    english, tmp_path, monkeypatch
) -> None:
    path = tmp_path / "learned.jsonl"
    person = PersonalLanguage(english, SaidFile(path))
    person.learn("good soup")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        person.learn("more soup")
    assert path.read_bytes() == before and len(person.said) == 1
    assert names(tmp_path) == ["learned.jsonl"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is not a learned file"),
        (b"\xff\xfe", "is not a learned file"),
        (b"hello\n", "is not a learned file"),
        (b'{"format": "other", "version": 1}\n', "is not a learned file"),
        (b'{"format": "gazetalk-learned", "version": 2}\n', "version 2, newer"),
        (b'{"format": "gazetalk-learned", "version": 1}\n{"said": 3}\n', "line 2 has no said"),
        (b'{"format": "gazetalk-learned", "version": 1}\n{"said": "a", ', "line 2 is not a JSON"),
        (
            b'{"format": "gazetalk-learned", "version": 1}\n{"said": "a", "on": "x"}',
            "line 2 has no said and on",
        ),
    ],
)
def test_files_that_cannot_be_used_are_refused_and_left_alone(tmp_path, content, what) -> None:
    path = tmp_path / "learned.jsonl"
    path.write_bytes(content)
    with pytest.raises(LanguageError, match=what) as caught:
        SaidFile(path)
    assert "\n" not in str(caught.value) and path.read_bytes() == content


@given(st.lists(st.text(max_size=30), max_size=6))
@settings(max_examples=40, deadline=None)
def test_whatever_is_said_is_read_back(tmp_path_factory, texts) -> None:
    path = tmp_path_factory.mktemp("said") / "learned.jsonl"
    file = SaidFile(path)
    for text in texts:
        file.add(text, MONDAY)
    assert SaidFile(path).said == file.said


def test_half_characters_are_replaced_rather_than_lost_with_the_sentence(tmp_path) -> None:
    path = tmp_path / "learned.jsonl"
    SaidFile(path).add("good \ud800 soup", MONDAY)
    assert [each.text for each in SaidFile(path).said] == ["good", "soup"]


def test_the_oldest_sentences_go_when_there_are_too_many() -> None:
    file = SaidFile()
    file.add("first one. " + "again and again. " * MOST, MONDAY)
    assert len(file.said) == MOST and file.said[0].text == "again and again"


def test_habits_fade_and_stay_finite() -> None:
    habits = Habits()
    habits.add(("old",))
    habits._weight = STEADY
    habits.add(("new",))
    followers = habits.after(())
    assert followers["new"] > 1e6 * followers["old"] and habits.unit <= 1


def test_a_word_counts_alone_after_one_after_two_and_after_all() -> None:
    before = cursor("we really want ").words
    assert contexts(before) == [
        (),
        ("want",),
        ("really", "want"),
        ("\n", "\n", "we", "really", "want"),
    ]
    assert contexts(("we", "")) == [()]


def test_learned_file_is_plain_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "learned.jsonl"
    SaidFile(path).add("Grüße an alle", MONDAY)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert records == [
        {"format": "gazetalk-learned", "version": 1},
        {"said": "Grüße an alle", "on": "2026-11-23"},
    ]


def test_a_name_that_was_spelled_is_predicted_afterwards_and_kept(tmp_path: Path) -> None:
    """It may come anywhere: after three of its letters, but not at the start of every sentence."""
    path = tmp_path / "learned.jsonl"
    language = PersonalLanguage(load_language(), SaidFile(path))
    assert "zbigniew" not in [s.word for s in language.suggest("my friend ", "zb")]
    language.learn_word("zbigniew")
    language.learn_word("zbigniew")
    for known in (language, PersonalLanguage(load_language(), SaidFile(path))):
        assert known.suggest("my friend ", "zb")[0].word == "zbigniew"
        assert "zbigniew" not in [s.word for s in known.suggest("")]
        assert [each.text for each in known.said] == ["zbigniew"]
    assert language.forget_word("Zbigniew") == 1
    assert "zbigniew" not in [s.word for s in language.suggest("my friend ", "zb")]


def test_what_was_spelled_is_not_learned_when_learning_is_off() -> None:
    language = PersonalLanguage(load_language())
    language.learning = False
    language.learn_word("zbigniew")
    assert not language.said
