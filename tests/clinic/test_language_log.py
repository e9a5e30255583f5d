"""What a person writes is logged in the field's form, if they agreed, and only then."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.cli import main
from gazetalk.clinic.consent import FILE as CONSENTS
from gazetalk.clinic.consent import has_consent
from gazetalk.clinic.language_log import FILE, LanguageLog, Output, as_lam, log_of, read_log
from gazetalk.clinic.packing import pack
from gazetalk.clinic.profile import Profile, find_profile
from gazetalk.clinic.settings import Settings, load_settings
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.composer import Composer
from gazetalk.talk import Talk
from gazetalk.transcript import Transcript
from gazetalk.writing import open_writing
from tests.clinic.conftest import run, tree
from tests.watcher import NoVoice

AGREED = ["consent", "Bo", "language_log", "--stated", "nodded, his wife was there"]


@pytest.fixture
def bo(tmp_path: Path) -> Profile:
    profile = find_profile(tmp_path / "home", "Bo")
    profile.create()
    return profile


def clock() -> Iterator[datetime]:
    begin = datetime(2026, 11, 22, 23, 59, 58)
    return (begin + timedelta(seconds=n) for n in range(10_000))


def written(profile: Profile) -> list[Output]:
    """Somebody spells, picks words, speaks a phrase, rests and spells a name."""
    times = clock()
    log = LanguageLog(profile, lambda: next(times))
    for event, about in [
        ("selected", {"label": "s", "page": "main"}),
        ("committed", {"piece": "s", "text": "I like s"}),
        ("committed", {"piece": "pelling ", "text": "I like spelling "}),
        ("selected", {"label": "Good morning!", "page": "phrases 1"}),
        ("spoken", {"text": "Good morning!"}),
        ("spoken", {"text": "I like spelling "}),
        ("changed", {"piece": "Spelling", "text": "I like Spelling "}),
        ("rest", {}),
        ("committed", {"piece": "asleep", "text": "asleep"}),
        ("woke", {}),
        ("selected", {"label": "take", "page": "spell"}),
        ("committed", {"piece": "Zoe ", "text": "I like spelling Zoe "}),
    ]:
        log.event(0.0, event, about)
    log.close()
    return read_log(profile.folder / FILE)


def test_each_output_is_a_line_with_its_time_and_how_it_was_made(bo: Profile) -> None:
    outputs = written(bo)
    lines = [line for line in as_lam(outputs).splitlines() if not line.startswith("# l")]
    assert lines[2:] == [
        "# 2026-11-22",
        '23:59:58 SPE "s"',
        '23:59:59 WPR "spelling "',
        "# 2026-11-23",
        '00:00:00 PRE "Good morning!"',
        '00:00:01 SPE "Zoe "',
    ]
    if os.name == "posix":
        assert stat.S_IMODE((bo.folder / FILE).stat().st_mode) == 0o600


def test_nothing_is_logged_without_both_the_setting_and_the_consent(
    bo: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert run(home, "set", "Bo", "language_log=on") == 2
    assert "gazetalk profile consent" in capsys.readouterr().err
    assert log_of(bo, Settings(language_log=True)) is None
    assert run(home, *AGREED) == 0
    assert "every letter, word and phrase" in capsys.readouterr().out
    assert log_of(bo, Settings()) is None
    assert run(home, "set", "Bo", "language_log=on") == 0
    assert log_of(bo, load_settings(bo)) is not None
    run(home, "show", "Bo")
    assert "consent to language_log: given 20" in capsys.readouterr().out
    assert run(home, "consent", "Bo", "language_log", "--withdraw") == 0
    run(home, "show", "Bo")
    assert ", withdrawn 20" in capsys.readouterr().out
    assert not load_settings(bo).language_log
    assert log_of(bo, Settings(language_log=True)) is None
    assert run(home, "consent", "Bo", "language_log", "--withdraw") == 2


def test_consent_is_asked_for_on_a_terminal_and_refused_without_one(
    bo: Profile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home, asks = tmp_path / "home", ["consent", "Bo", "language_log"]
    assert run(home, *asks) == 2
    assert "--stated" in capsys.readouterr().err
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    for answer, agrees in (("y", False), ("", False), ("yes", True)):
        monkeypatch.setattr("builtins.input", lambda question, answer=answer: answer)
        assert run(home, *asks) == 0
        assert has_consent(bo, "language_log") == agrees
    written(bo)
    assert run(home, *asks, "--withdraw") == 0
    assert not (bo.folder / FILE).exists(), "deletion was offered, and taken"


def test_damaged_consents_are_none(bo: Profile, tmp_path: Path) -> None:
    for content in ("{", "[]", '{"language_log": true}', '{"language_log": {"given": ""}}'):
        (bo.folder / CONSENTS).write_text(content)
        assert not has_consent(bo, "language_log")
        assert run(tmp_path / "home", "set", "Bo", "language_log=on") == 2


def log_to(tmp_path: Path, name: str, *words: str) -> int:
    out = str(tmp_path / name)
    home = str(tmp_path / "home")
    return main(["log", "export", "Bo", "--out", out, *words, "--data-dir", home])


def test_what_leaves_is_chosen_by_day_and_may_be_without_words(
    bo: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert log_to(tmp_path, "none.txt") == 2, "there is no log yet"
    written(bo)
    assert log_to(tmp_path, "day.txt", "--from", "2026-11-23", "--to", "2026-11-23") == 0
    assert "spelling" not in (tmp_path / "day.txt").read_text()
    assert "Good morning" in (tmp_path / "day.txt").read_text()
    assert log_to(tmp_path, "lengths.txt", "--without-words") == 0
    lengths = (tmp_path / "lengths.txt").read_text()
    assert '23:59:59 WPR "[9]"' in lengths
    assert not any(word in lengths for word in ("spelling ", "morning", "Zoe"))
    before = tree(tmp_path)
    assert log_to(tmp_path, "day.txt") == 2
    assert log_to(tmp_path, "other.txt", "--from", "yesterday") == 2
    assert tree(tmp_path) == before
    assert main(["log", "delete", "Bo", "--data-dir", str(tmp_path / "home")]) == 0
    assert not (bo.folder / FILE).exists()


def test_it_travels_only_when_asked_for_and_the_consent_never(bo: Profile, tmp_path: Path) -> None:
    """On another machine the person is asked again; here their word outlives an import."""
    home = tmp_path / "home"
    run(home, *AGREED)
    run(home, "set", "Bo", "language_log=on")
    outputs = written(bo)
    run(home, "export", "Bo", tmp_path / "a.zip")
    run(home, "export", "Bo", tmp_path / "b.zip", "--with-language-log")
    assert run(home, "import", tmp_path / "a.zip", "--replace") == 2, "the log would be lost"
    for name in ("a", "b"):
        assert run(tmp_path / name, "import", tmp_path / f"{name}.zip") == 0
        there = find_profile(tmp_path / name, "Bo")
        assert read_log(there.folder / FILE) == (outputs if name == "b" else [])
        assert log_of(there, load_settings(there)) is None
    assert run(home, "import", tmp_path / "b.zip", "--replace") == 0
    assert log_of(bo, load_settings(bo)) is not None


def test_a_line_that_a_crash_cut_short_costs_no_other(bo: Profile) -> None:
    outputs = written(bo)
    with (bo.folder / FILE).open("a") as file:
        file.write('{"at": "2026-11-2')
    assert read_log(bo.folder / FILE) == outputs
    assert len(written(bo)) == 2 * len(outputs)


def test_a_log_that_cannot_be_kept_stops_nobody(bo: Profile) -> None:
    (bo.folder / FILE).mkdir()
    log = LanguageLog(bo)
    log.event(0.0, "committed", {"piece": "a", "text": "a"})
    assert "cannot be kept" in log.problem


@pytest.mark.parametrize(
    "line",
    [
        '{"at": "2026-11-22T10:00:00", "mode": "SPE", "output": "\\u001b[2J"}',
        '{"at": "never", "mode": "SPE", "output": "a"}',
        '{"at": "2026-11-22T10:00:00", "mode": "XYZ", "output": "a"}',
        '{"at": "2026-11-22T10:00:00", "mode": "SPE", "output": "\\ud800"}',
        "[]",
        "[" * 60_000,
    ],
)
def test_a_log_from_elsewhere_is_not_trusted(bo: Profile, tmp_path: Path, line: str) -> None:
    (tmp_path / "eve.zip").write_bytes(pack("Eve", {FILE: f"{line}\n".encode()}))
    assert run(tmp_path / "home", "import", tmp_path / "eve.zip") == 2


@given(piece=st.text(max_size=12), before=st.text(max_size=12), label=st.text(max_size=12))
def test_whatever_is_put_out_can_be_read_again(piece: str, before: str, label: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        log = LanguageLog(Profile("Bo", Path(name)))
        log.event(0.0, "selected", {"label": label, "page": "main"})
        log.event(0.0, "committed", {"piece": piece, "text": before + piece})
        log.event(0.0, "spoken", {"text": label})
        log.close()
        outputs = read_log(Path(name) / FILE)
        assert not log.problem
        assert len(as_lam(outputs).splitlines()) == 3 + bool(outputs) + len(outputs)


def test_the_real_keyboard_tells_letters_words_and_phrases_apart(bo: Profile) -> None:
    """Hands press the keys; what the app's own events come to is what the log says."""
    writing = open_writing("words", bo, Composer(), (1920, 1080), DEFAULT_SCREEN)
    log = LanguageLog(bo)
    transcript = Transcript(None, log.event)

    class Voice(NoVoice):
        def say(self, text: str, t_s: float) -> None:
            transcript.write(t_s, "spoken", {"text": text})

    talk = Talk(DEFAULT_SCREEN, writing.keyboard, transcript, Voice())
    talk.start(0.0)
    for second, key in enumerate(["t", "h", "word2", "tools", "talk", "phrase1", "phrase1"]):
        talk.press_at(*writing.keyboard.board.key(key).rect.centre, float(second))
    log.close()
    word, phrase = read_log(bo.folder / FILE)
    assert (word.mode, word.output.strip()) == ("WPR", talk.text.strip())
    assert (phrase.mode, phrase.output) == ("PRE", "I am thirsty.")
