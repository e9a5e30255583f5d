"""`gazetalk assess`: somebody before a screen is asked, measured, told and obeyed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pygame
import pytest

from gazetalk import assess_app
from gazetalk.assessing import (
    AGAIN,
    CLOSE_WORDS,
    CLOSINGS,
    SHRINKING,
    VALIDATION,
    Course,
    Rest,
    measuring,
)
from gazetalk.choreography import at_once
from gazetalk.cli import main
from gazetalk.clinic.assessments import list_assessments
from gazetalk.clinic.profile import find_profile, load_model
from gazetalk.clinic.settings import load_settings
from gazetalk.commands.talk import named_procedure
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.paths import shipped
from gazetalk.run import Run
from gazetalk.speech.bell import Bell
from gazetalk.talk import Talk
from gazetalk.tracking.process import Message
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample
from gazetalk.trying import (
    PRACTICE_S,
    ROUNDS,
    TRIAL_S,
    WORDS_S,
    Copied,
    Trying,
    copied,
    sentence_at,
)
from tests.watcher import Place, Watcher

WINDOW = (640, 360)
DEMO = shipped("calibration") / "demo"
BEGINNING_S = 29.0  # calibration and validation
Press = Callable[[float], str | None]


class Seat:
    """What a watcher watches of a course."""

    def __init__(self, course: Course) -> None:
        self.stage = course


class Sitter(Watcher):
    """Does what the assessment asks, long blinks as well; `press`: a helper's key at a time."""

    def __init__(self, press: Press = lambda t_s: None) -> None:
        super().__init__(seed=3)
        self.window_px = WINDOW[0]
        self.course: Course | None = None
        self._press = press
        self._asked_s: float | None = None
        self.openness = self._lids
        self.helps: Callable[[float], None] = lambda t_s: None

    def sit(self, course: Course) -> None:
        self.course = course
        self.run = cast(Run, Seat(course))

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        assert self.t_s < 300, "it never came to its end"
        key = self._press(self.t_s)
        if key == "ctrl-c":
            raise KeyboardInterrupt
        if key is not None:
            press(key)
        self.helps(self.t_s)
        return super().poll(timeout_s)

    def _lids(self, t_s: float, target: Place) -> float:
        asked = self.course is not None and self.course.shown(t_s).words == CLOSE_WORDS
        if not asked:
            self._asked_s = None
        elif self._asked_s is None:
            self._asked_s = t_s
        since_s = t_s - self._asked_s if self._asked_s is not None else 0.0
        return 0.02 if 0.5 < since_s < 1.2 else 0.3


def helped_to_write(sitter: Sitter) -> Callable[[float], None]:
    """A helper who writes the sentences letter by letter with the mouse, the first time."""
    left = list(f"{' '.join(ROUNDS[0])} ")

    def helps(t_s: float) -> None:
        trying = sitter.course.trying if sitter.course else None
        if trying is None or not trying.showing:
            return
        if not left:
            press("n")
            return
        key = trying.talk.state.keyboard.board.key_for(left.pop(0))
        assert key is not None
        at = tuple(round(value) for value in key.rect.centre)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))

    return helps


def press(key: str) -> None:
    code = pygame.key.key_code(key)
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, unicode=""))


Sit = Callable[[Sitter], Sitter]


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Puts somebody before the next assessment's camera and screen."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")

    def seat(sitter: Sitter) -> Sitter:
        def course(*arguments: Any, **named: Any) -> Course:
            sitter.sit(Course(*arguments, **named))
            assert sitter.course is not None
            return sitter.course

        monkeypatch.setattr(assess_app, "_feed", lambda source, live: sitter)
        monkeypatch.setattr(assess_app, "Course", course)
        # The sitter's clock runs as fast as it can, and would run on while a thread learns.
        monkeypatch.setattr(assess_app, "aside", at_once)
        return sitter

    return seat


def assess(home: Path, *more: str) -> int:
    window = f"{WINDOW[0]}x{WINDOW[1]}"
    return main(["assess", "--data-dir", str(home), "--window", window, *more])


def kept(home: Path) -> dict[str, Any]:
    return dict(json.loads(list_assessments(find_profile(home))[-1].read_text(encoding="utf-8")))


def test_good_eyes_are_asked_everything_and_a_helper_accepts_with_one_key(
    sit: Sit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sitter = sit(Sitter())
    sitter.helps = helped_to_write(sitter)
    monkeypatch.setattr(assess_app, "sleep", lambda seconds: press("return"))
    assert assess(tmp_path, "--procedure", "quick", "--out", str(tmp_path / "o.json")) == 0
    told = capsys.readouterr().out
    assert "Recommended: words" in told
    assert "accepted: layout=words" in told
    assert load_settings(find_profile(tmp_path)).layout == "words"
    assert load_model(find_profile(tmp_path)) is not None, "the calibration is the person's now"
    result = kept(tmp_path)
    assert result == json.loads((tmp_path / "o.json").read_text())
    assert result["complete"]
    tried = [f"writing with {layout}" for layout in ("words", "large")]
    assert result["parts"] == ["calibration", "small", "again", "blinks", *tried]
    # The helper writes the sentences with the mouse, and passes over the second.
    words, large = result["trials"]
    # The first sentence is practice: it counts for nothing.
    counted = len(" ".join(ROUNDS[0])) - len(ROUNDS[0][0])
    assert (words["layout"], words["finished"]) == ("words", True)
    assert words["right"] == words["asked"] == pytest.approx(counted, abs=1)
    assert (large["layout"], large["finished"], large["right"]) == ("large", False, 0)
    assert "tried words: all of it" in told
    assert not find_profile(tmp_path).journal_path.exists(), "what was tried is not said"
    figures = result["figures"]
    asked = len(VALIDATION) + len(SHRINKING) + len(AGAIN)
    assert figures["accuracy"]["targets"] == asked
    assert figures["accuracy"]["fixation_offset"]["mm"] < 5
    assert figures["blinking"]["found"] == figures["blinking"]["asked"] == CLOSINGS
    # The watcher's eyes go a quarter of a second after it has seen a target, two frames at 30 Hz
    # after it came.
    assert figures["reaction"]["median_s"] == pytest.approx(0.32, abs=0.05)
    assert not figures["tiring"]["certain"]


@pytest.mark.parametrize(("how", "code"), [("escape", 0), ("ctrl-c", 130)])
def test_interrupted_it_keeps_what_it_has(
    sit: Sit, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str, code: int
) -> None:
    """Left after about eight of the thirteen targets that follow on calibration."""
    sitter = sit(Sitter(lambda t_s: how if t_s > 30 else None))
    assert assess(tmp_path, "--procedure", "quick") == code
    result = kept(tmp_path)
    assert not result["complete"]
    assert 4 <= result["figures"]["accuracy"]["targets"] < len(VALIDATION)
    assert result["recommendation"]["method"] == "words"
    assert sitter.t_s < 31
    if how == "escape":
        assert "left before its end" in capsys.readouterr().out


def test_a_recording_is_assessed_and_accepted_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo's face at 15 frames a second, up to the end of its validation."""
    home = ("--data-dir", str(tmp_path))
    beginning = tmp_path / "session"
    shutil.copytree(DEMO, beginning)
    rows = (beginning / "frames.csv").read_text().splitlines()
    shorter = [row for row in rows[1::2] if float(row.split(",")[1]) < BEGINNING_S]
    (beginning / "frames.csv").write_text("\n".join([rows[0], *shorter, ""]))
    assert main(["assess", "--source", f"session:{beginning}", *home]) == 0
    told = capsys.readouterr().out
    assert "Recommended: words" in told
    assert "Long blinks were not asked for" in told
    assert kept(tmp_path)["figures"]["blinking"] is None
    assert load_settings(find_profile(tmp_path)).layout == ""
    assert load_model(find_profile(tmp_path)) is None, "a recording is nobody's calibration"
    assert main(["assess", "--accept", *home]) == 0
    assert load_settings(find_profile(tmp_path)).layout == "words"


def test_bad_calls_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    untargeted = tmp_path / "session"
    shutil.copytree(DEMO, untargeted)
    (untargeted / "targets.csv").write_text("start_s,end_s,x_px,y_px,phase\n")
    home = ("--data-dir", str(tmp_path / "home"))
    find_profile(tmp_path / "home").create()
    calls = {
        "mouse": ["--source", "mouse"],
        "no calibration targets": ["--source", f"session:{untargeted}"],
        "no assessment to accept": ["--accept"],
        "no profile": ["--accept", "--profile", "Nobody"],
        "no procedure": ["--source", f"session:{DEMO}", "--procedure", "fast"],
    }
    for words, call in calls.items():
        assert main(["assess", *call, *home]) == 2, words
        told = capsys.readouterr().err
        assert words in told
        assert told.count("\n") == 1
    assert not list_assessments(find_profile(tmp_path / "home"))


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"format": "gazetalk-assessment", "version": 2}',
        '{"format": "gazetalk-assessment", "version": 1, "recommendation": 3}',
        '{"format": "gazetalk-assessment", "version": 1, "recommendation": {"method": "none yet"}}',
        '{"format": "gazetalk-assessment", "version": 1, "recommendation": '
        '{"method": "words", "settings": {"learning": false}}}',
        '{"format": "gazetalk-assessment", "version": 1, "recommendation": '
        '{"method": "words", "settings": {"layout": "../x"}}}',
    ],
)
def test_a_damaged_assessment_is_not_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    profile = find_profile(tmp_path)
    (profile.folder / "assessments").mkdir(parents=True)
    (profile.folder / "assessments" / "2026-11-23T10-00-00.json").write_text(content)
    assert main(["assess", "--accept", "--data-dir", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (profile.folder / "settings.json").exists()


def test_a_copy_counts_for_what_is_right_in_it() -> None:
    asked = "let me try it once more give me the other pillow"
    assert copied("", asked) == Copied(0, 0)
    assert copied("Let me try. ", asked) == Copied(10, 10)
    # A letter left out, one too many, and a word that is wrong: what follows counts all the same.
    assert copied("let me tr it once more", asked) == Copied(23, 22)
    assert copied("lett me try it", asked) == Copied(13, 12)
    assert copied("let me buy it once more give me", asked).right >= 27
    assert copied(asked, asked) == Copied(len(asked), len(asked))
    assert copied("xqzj" * 9, asked).right < 5


class Page:
    """A page that somebody writes on, as a trial sees it."""

    def __init__(self) -> None:
        self.text = ""

    def start(self, t_s: float) -> None:
        """There is nothing to tell."""

    def covered(self, t_s: float) -> None:
        """Nothing was."""

    def take(self, sample: GazeSample) -> None:
        """It is written on by hand."""


def seen_at(t_s: float) -> Tracked:
    return Tracked(0, t_s, GazeSample(t_s), None)


@pytest.mark.parametrize("practised_s", [20.0, PRACTICE_S])
def test_the_first_sentence_is_practice_and_then_there_are_two_minutes(practised_s: float) -> None:
    """Somebody who writes it in 20 s, and somebody who has half of it when practice is over."""
    page, first = Page(), ROUNDS[0][0]
    trying = Trying("words", cast(Talk, page), 0.0)
    begin_s = WORDS_S
    trying.take(seen_at(begin_s))
    page.text = first if practised_s < PRACTICE_S else first[:10]
    trying.take(seen_at(begin_s + practised_s))
    assert trying.trial.right == 0
    done = len(page.text)
    page.text = " ".join(ROUNDS[0])[: done + 50] + "zz"
    last_s = begin_s + practised_s + TRIAL_S
    trying.take(seen_at(last_s - 1))
    assert not trying.over(last_s - 1)
    trying.take(seen_at(last_s))
    assert trying.over(last_s)
    told = trying.trial
    assert (told.seconds, told.time_up, told.finished) == (pytest.approx(TRIAL_S), True, False)
    assert told.right == pytest.approx(50, abs=2)
    assert told.asked == len(" ".join(ROUNDS[0])) - done
    assert told.wrong == 2


def test_the_next_sentence_is_asked_for_when_one_is_done() -> None:
    asked = ("one two", "three")
    assert [sentence_at(k, asked) for k in (0, 6)] == ["one two"] * 2
    assert [sentence_at(k, asked) for k in (7, 8, 12, 13)] == ["three"] * 4


def test_a_rest_lasts_until_the_eyes_stay_in_the_middle() -> None:
    """Shut eyes and eyes elsewhere may rest for as long as they like."""
    rest = Rest(DEFAULT_SCREEN, 0.0)

    def looks(start_s: float, end_s: float, x_px: float | None) -> None:
        for k in range(round(start_s * 30), round(end_s * 30)):
            sample = GazeSample(k / 30, x_px, 540.0 if x_px else None, valid=x_px is not None)
            rest.take(Tracked(k, k / 30, sample, None))

    looks(0, 2, 960.0)
    looks(2, 20, None)
    looks(20, 40, 100.0)
    assert not rest.over(40.0)
    looks(40, 41, 960.0)
    assert not rest.over(41.0)
    looks(41, 42, 960.0)
    assert rest.over(42.0)


@pytest.mark.parametrize("name", ["quick", "standard", "thorough", "slow"])
def test_every_shipped_procedure_is_measured_where_it_does_not_learn(name: str) -> None:
    procedure = measuring(named_procedure(name))
    learned = {(point.x, point.y) for point in procedure.calibration}
    measured = {(point.x, point.y) for point in procedure.validation}
    assert len(measured) == len(VALIDATION) == 13
    assert not learned & (measured | set(SHRINKING))


def test_a_helpers_key_rings_the_bell_and_ends_it(
    sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calibration has no keys for the eyes: somebody else must be able to call."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    rang: list[bool] = []

    class Heard(Bell):
        def press(self) -> None:
            super().press()
            rang.append(self.ringing)

    monkeypatch.setattr(assess_app, "Bell", Heard)
    keys = iter([(2.0, "f9"), (4.0, "f9"), (6.0, "escape")])
    due = next(keys)

    def pressed(t_s: float) -> str | None:
        nonlocal due
        if t_s < due[0]:
            return None
        key, due = due[1], next(keys, (1e9, ""))
        return key

    sit(Sitter(pressed))
    assert assess(tmp_path, "--procedure", "quick") == 0
    assert rang == [True, False]
