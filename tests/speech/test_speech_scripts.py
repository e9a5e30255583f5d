"""Other scripts are said by a voice that reads them, as far as there is one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.speech.engine import VoiceInfo
from gazetalk.speech.engines import engines_for
from gazetalk.speech.polyglot import Polyglot
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.scripts import LANGUAGES, runs, script_of, scripts_of
from gazetalk.speech.wav import Wav

RATE = 8000


@pytest.mark.parametrize(
    ("language", "scripts"),
    [
        ("en-us", ("Latin",)),
        ("de", ("Latin",)),
        ("ru", ("Cyrillic",)),
        ("uk-UA", ("Cyrillic",)),
        ("ja", ("Kana", "Han")),
        ("he", ("Hebrew",)),
    ],
)
def test_which_scripts_a_language_is_written_in(language: str, scripts: tuple[str, ...]) -> None:
    assert scripts_of(language) == scripts


def test_letters_have_scripts_and_signs_have_none() -> None:
    letters = {
        "a": "Latin",
        "é": "Latin",
        "Ж": "Cyrillic",
        "ש": "Hebrew",
        "あ": "Kana",
        "漢": "Han",
    }
    assert {letter: script_of(letter) for letter in letters} == letters
    assert [script_of(sign) for sign in "7 .,!€😀\u0301"] == [""] * 8


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hello.", [("", "Hello.")]),
        ("Say Привет, please", [("", "Say "), ("Cyrillic", "Привет, "), ("", "please")]),
        ("2024 год", [("Cyrillic", "2024 год")]),
        ("the angle β is 5", [("", "the angle β is 5")]),
        ("日本語です", [("Kana", "日本語です")]),
        ("中文", [("Han", "中文")]),
        ("123 !", [("", "123 !")]),
        ("", []),
    ],
)
def test_a_text_is_divided_where_the_script_changes(
    text: str, parts: list[tuple[str, str]]
) -> None:
    assert runs(text, ("Latin",)) == parts


@given(st.text(), st.sampled_from([("Latin",), ("Cyrillic",), ("Kana", "Han")]))
def test_nothing_is_lost_between_the_parts(text: str, own: tuple[str, ...]) -> None:
    parts = runs(text, own)
    assert "".join(part for _, part in parts) == text
    assert all(part for _, part in parts)
    assert all(one[0] != other[0] for one, other in itertools.pairwise(parts))
    assert all(script == "" or script in LANGUAGES for script, _ in parts)


@dataclass
class Listed:
    """An engine that writes down what it was asked to say, and in which voice."""

    offers: tuple[str, ...] = ()
    name: str = "listed"
    said: list[tuple[str, str]] = field(default_factory=list)
    closed: bool = False

    def start(self) -> None:
        """Nothing to do."""

    def voices(self) -> Sequence[VoiceInfo]:
        return [VoiceInfo(language, language, language) for language in self.offers]

    def synthesise(self, text: str, voice: str = "") -> Wav:
        self.said.append((text, voice))
        return Wav(RATE, np.full(RATE // 10, 9000, dtype=np.int16))

    def close(self) -> None:
        self.closed = True


def test_each_part_goes_to_a_voice_that_reads_it_in_order() -> None:
    one = Listed(offers=("en-us", "ru", "el"))
    sound = Polyglot(one, one, "en-us", {}, "+f5").synthesise("Say Привет and καλημέρα now")
    assert one.said == [
        ("Say ", ""),
        ("Привет ", "ru+f5"),
        ("and ", ""),
        ("καλημέρα ", "el+f5"),
        ("now", ""),
    ]
    assert sound.duration_s == pytest.approx(0.5)


def test_the_profile_says_which_language_a_script_stands_for() -> None:
    one = Listed(offers=("ru", "uk"))
    Polyglot(one, one, "en", {"Cyrillic": "uk"}).synthesise("Привіт")
    assert one.said == [("Привіт", "uk")]


def test_without_a_voice_for_it_the_own_voice_does_what_it_can() -> None:
    """In one piece, so that it sounds as before."""
    one = Listed(offers=("en",))
    Polyglot(one, one, "en", {}).synthesise("Say Привет now")
    assert one.said == [("Say Привет now", "")]


def test_the_chosen_voice_keeps_its_script_where_others_come_from_another_engine() -> None:
    own, others = Listed(), Listed(offers=("ru",))
    both = Polyglot(own, others, "en", {})
    both.synthesise("Say Привет")
    assert (own.said, others.said) == ([("Say ", "")], [("Привет", "ru")])
    both.close()
    assert own.closed
    assert others.closed


def test_espeak_says_russian_with_its_russian_voice_and_then_its_own_again() -> None:
    """The English voice only names the letters, which takes far longer than the word."""
    pytest.importorskip("espeakng_loader", reason="eSpeak NG comes as a wheel on Linux only")
    mixed, *_ = engines_for(VoiceProfile("Test", "en-us", "espeak", {"": "en-us"}))
    russian, *_ = engines_for(VoiceProfile("Test", "ru", "espeak", {"": "ru"}))
    try:
        before = mixed.synthesise("Good morning.")
        greeting = mixed.synthesise("здравствуйте")
        after = mixed.synthesise("Good morning.")
        assert greeting.duration_s == pytest.approx(
            russian.synthesise("здравствуйте").duration_s, rel=0.1
        )
        assert after.duration_s == pytest.approx(before.duration_s, rel=0.02)
    finally:
        mixed.close()
        russian.close()
