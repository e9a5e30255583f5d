"""`gazetalk suggest` and `gazetalk bench prediction` as a program sees them."""

import contextlib
import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.cli import main
from gazetalk.clinic.profile import find_profile
from gazetalk.commands.suggest import Request, RequestError, parse_request
from gazetalk.keyboard.language import Suggestion, load_language
from gazetalk.keyboard.said import SaidFile
from gazetalk.lab.bench_prediction import measure, measure_phrase

PHRASES = Path(__file__).parents[3] / "shared" / "data" / "phrases" / "aac_imagine_dev.txt"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """Nobody's own words reach these tests, nor theirs anybody's profile."""
    monkeypatch.setenv("GAZETALK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def suggest(monkeypatch, capsys, *lines: str) -> tuple[int, list[dict], str]:
    source = io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))
    monkeypatch.setattr(sys, "stdin", source)
    code = main(["suggest"])
    told = capsys.readouterr()
    return code, [json.loads(line) for line in told.out.splitlines()], told.err


def test_each_request_gets_one_answer_in_order(monkeypatch, capsys) -> None:
    code, answers, _ = suggest(
        monkeypatch,
        capsys,
        '{"context": "how are ", "prefix": "y", "k": 3}',
        "",
        '{"context": "how are ", "prefix": "y", "refused": ["you"]}',
        '{"context": "see you on ", "prefix": "mon", "case": "text"}',
        "{}",
    )
    assert code == 0 and [len(answer["words"]) for answer in answers[:2]] == [3, 5]
    assert answers[0]["words"][0] == "you" and 0 < answers[0]["p"][0] <= 1
    assert "you" not in answers[1]["words"]
    assert answers[2]["words"][0] == "Monday"
    assert answers[3]["words"]


@pytest.mark.parametrize("llm", ["on", "off"])
def test_the_larger_model_is_asked_unless_its_setting_is_off(
    monkeypatch, capsys, home, llm
) -> None:
    find_profile(home, "Ana").create()
    sought: list[str] = []
    monkeypatch.setattr("gazetalk.keyboard.advised.find_model", lambda: sought.append("sought"))
    assert main(["profile", "set", "Ana", f"llm={llm}"]) == 0
    capsys.readouterr()
    source = io.TextIOWrapper(io.BytesIO(b'{"context": "how are "}'))
    monkeypatch.setattr(sys, "stdin", source)
    assert main(["suggest", "--profile", "Ana"]) == 0
    assert json.loads(capsys.readouterr().out)["words"][0] == "you"
    assert bool(sought) is (llm == "on")


def test_a_bad_line_is_answered_with_what_is_wrong_and_the_next_goes_on(
    monkeypatch, capsys
) -> None:
    code, answers, told = suggest(monkeypatch, capsys, "oops", '{"prefix": "wa"}', '{"k": 0}')
    assert code == 2
    assert answers[0]["error"].startswith("line 1: is not JSON")
    assert "wait" in answers[1]["words"]
    assert answers[2]["error"] == "line 3: k must be a whole number from 1 to 50"
    assert told.count("\n") == 2


def test_what_the_person_said_counts(monkeypatch, capsys, home) -> None:
    SaidFile(home / "profiles" / "default" / "learned.jsonl").add("hi salvirosa", date(2026, 1, 2))
    _, answers, _ = suggest(monkeypatch, capsys, '{"context": "call ", "prefix": "salv"}')
    assert answers[0]["words"][0] == "salvirosa"


def test_a_damaged_learned_file_is_told_and_left_alone(monkeypatch, capsys, home) -> None:
    path = home / "profiles" / "default" / "learned.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("oops")
    code, answers, told = suggest(monkeypatch, capsys, "{}")
    assert code == 0 and len(answers[0]["words"]) == 5
    assert "is not a learned file" in told and told.count("\n") == 1
    assert path.read_text() == "oops"


def test_learning_first_helps_with_the_same_phrases(tmp_path) -> None:
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("the heron caught a trout\nplease call salvirosa about the harmonium\n")
    out = [tmp_path / "plain.json", tmp_path / "learned.json"]
    call = ["bench", "prediction", "--phrases", str(phrases), "--json"]
    assert main([*call, str(out[0])]) == 0
    assert main([*call, str(out[1]), "--learn", str(phrases)]) == 0
    plain, learned = (json.loads(path.read_text())["keystroke_savings"] for path in out)
    assert learned >= max(75, plain + 10)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("[1]", "object"),
        ('{"context": 3}', "context must be a string"),
        ('{"refused": "a"}', "refused must be a list"),
        ('{"refused": [1]}', "refused must be a list"),
        ('{"k": true}', "k must be"),
        ('{"case": "upper"}', "case must be"),
    ],
)
def test_every_field_is_checked(line, what) -> None:
    with pytest.raises(RequestError, match=what):
        parse_request(line.encode())


@given(st.binary(max_size=60))
def test_no_bytes_make_the_parser_fall_over(line: bytes) -> None:
    with contextlib.suppress(RequestError):
        assert isinstance(parse_request(line), Request)


class Fixed:
    """Suggests the same words whatever is typed, without those refused."""

    size_bytes = 1

    def __init__(self, *words: str) -> None:
        self.shown = words

    def suggest(self, context, prefix="", k=5, refused=()):
        fitting = [w for w in self.shown if w.startswith(prefix) and w not in refused]
        return [Suggestion(word, 0.1) for word in fitting[:k]]

    def expect(self, context, words):
        pass

    def string_probability(self, context, word):
        return 0.5


def test_keys_are_counted_by_the_rules() -> None:
    """One suggestion at a time: "tea" is passed over, then "two" comes at once; "no" never."""
    tally = measure_phrase(Fixed("tea", "two"), "two no", 1, [])
    # t (tea shown), pick two after one letter: 2 keys; "no" and its space: 3.
    assert (tally.keys, tally.letters, tally.words, tally.hits) == (2 + 3, 4 + 3, 2, 1)


def test_halves_are_every_other_phrase_and_add_up() -> None:
    figures = measure(Fixed("go"), ["go", "stay", "go"], 5)
    assert [half["words"] for half in figures["halves"]] == [2, 1]
    assert figures["halves"][0]["keystroke_savings"] == pytest.approx(66.67)
    assert figures["halves"][1]["keystroke_savings"] == 0


def test_bench_writes_its_figures(tmp_path, capsys) -> None:
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("how are you\ni want some water please\n")
    out = tmp_path / "figures.json"
    assert main(["bench", "prediction", "--phrases", str(phrases), "--json", str(out)]) == 0
    figures = json.loads(out.read_text())
    assert figures["keystroke_savings"] > 50 and figures["words"] == 8
    assert set(figures["latency_ms"]) == {"p50", "p99"} and figures["model_bytes"] <= 4_000_000
    assert "of keystrokes saved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--phrases", "none.txt"], "none.txt: cannot be read"),
        (["--suggestions", "0"], "--suggestions 0: must lie from 1 to 50"),
        (["--model", "none.bin"], "none.bin: cannot be read"),
    ],
)
def test_bad_calls_are_told_in_one_line(capsys, arguments, what) -> None:
    assert main(["bench", "prediction", *arguments]) == 2
    told = capsys.readouterr().err
    assert what in told and told.count("\n") == 1


@pytest.mark.skipif(not PHRASES.exists(), reason="the development phrases are not beside us")
def test_the_development_phrases_are_well_predicted() -> None:
    phrases = PHRASES.read_text(encoding="utf-8").splitlines()
    figures = measure(load_language(), phrases, 5)
    assert figures["keystroke_savings"] >= 58 and figures["char_perplexity"] <= 3.1
    assert min(half["keystroke_savings"] for half in figures["halves"]) >= 58


def test_a_language_without_a_pack_is_refused_with_those_there_are(capsys) -> None:
    assert main(["suggest", "--language", "klingon"]) == 2
    told = capsys.readouterr().err
    assert "klingon" in told and "english" in told
    assert len(told.splitlines()) == 1


def test_a_pack_whose_words_are_not_installed_says_what_to_install(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    assert main(["suggest", "--language", "de"]) == 2
    assert "pip install 'gazetalk[languages]'" in capsys.readouterr().err


def test_a_language_is_answered_in_its_own_words(monkeypatch, capsys) -> None:
    pytest.importorskip("wordfreq")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"prefix": "dank"}')))
    assert main(["suggest", "--language", "german"]) == 0
    assert "danke" in json.loads(capsys.readouterr().out)["words"]
