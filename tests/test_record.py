"""Recording: no picture of a camera without a yes, length and size told, deletion honoured."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.clinic.recordings import delete_recording
from gazetalk.clinic.settings import Settings
from gazetalk.filming import (
    WORDS,
    NobodyToAsk,
    NotAgreed,
    Places,
    Voice,
    consent_to_video,
    draw_question,
    voice_in,
)
from gazetalk.paths import shipped
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.captions import load_captions
from gazetalk.screens.window import Event, KeyPressed, Quit, Window, WindowError
from gazetalk.show import CALLING
from gazetalk.speech.bell import Bell
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.speaker import SpeechEvent
from gazetalk.tracking.session import read_session
from gazetalk.tracking.sources import SourceSpec

DEMO = shipped("calibration") / "demo"


class Reading:
    """Reads out for so many looks at it."""

    def __init__(self, takes: int = 2, problem: str = "") -> None:
        self.left, self.problem = takes, problem

    def over(self) -> bool:
        self.left -= 1
        return self.left < 0


class Speaking:
    """A speaker that tells once that it has come to the end."""

    def __init__(self, *rounds: list[str]) -> None:
        self.rounds = list(rounds)

    def check(self) -> None:
        """It works."""

    def say(self, text: str) -> None:
        assert text == WORDS

    def events(self) -> list[SpeechEvent]:
        kinds = self.rounds.pop(0) if self.rounds else []
        return [SpeechEvent(0.0, kind, "words") for kind in kinds]

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("last", "problem"), [("finished", ""), ("fault", "words")], ids=["heard", "not heard"]
)
def test_what_was_read_to_its_end_stays_so(
    monkeypatch: pytest.MonkeyPatch, last: str, problem: str
) -> None:
    speaker = Speaking(["started"], [], [last])
    monkeypatch.setattr("gazetalk.filming.open_speaker", lambda profile, player: speaker)
    with Voice(WORDS) as voice:
        assert [voice.over() for _ in range(5)] == [False, False, True, True, True]
        assert voice.problem == problem


def no_window() -> Window:
    raise WindowError("there is no screen")


def keys(monkeypatch: pytest.MonkeyPatch, *rounds: list[Event]) -> Callable[[], Window]:
    """A window in which these keys are pressed, one list at each look; then it is closed."""
    left = [*rounds, [Quit()]]
    monkeypatch.setattr(Window, "events", lambda self: left.pop(0))
    return lambda: Window((800, 600), headless=True)


Y, N = KeyPressed("y", "y"), KeyPressed("n", "n")


def test_a_yes_on_the_screen_counts_once_all_was_read_out(monkeypatch: pytest.MonkeyPatch) -> None:
    window = keys(monkeypatch, [Y], [], [], [Y])
    assert consent_to_video(Reading(), Places(window)) == "on the screen"
    for pressed in ([[Y], [Y]], [[], [], [], [N]], [[KeyPressed("escape")]], [[], [], [Quit()]]):
        with pytest.raises(NotAgreed):
            consent_to_video(Reading(), Places(keys(monkeypatch, *pressed)))


def test_somebody_can_be_called_while_the_question_is_on_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("gazetalk.filming.Bell", lambda: Bell(SilentPlayer()))
    monkeypatch.setattr(
        "gazetalk.filming.draw_question", lambda canvas, helper, words: shown.append(helper)
    )
    f9 = KeyPressed("f9")
    with pytest.raises(NotAgreed):
        consent_to_video(Reading(), Places(keys(monkeypatch, [f9], [], [f9], [], [N])))
    assert [line == CALLING for line in shown] == [False, True, True, False]


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), ("YES", True), ("", False), ("n", False)]
)
def test_without_a_window_the_terminal_asks(
    answer: str, agreed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def ask(question: str) -> str:
        asked.append(question)
        return answer

    places = Places(no_window, lambda: True, ask)
    if agreed:
        assert consent_to_video(Reading(problem="no loudspeaker"), places) == "on the terminal"
    else:
        with pytest.raises(NotAgreed):
            consent_to_video(Reading(problem="no loudspeaker"), places)
    assert WORDS in capsys.readouterr().out
    assert "read this out" in asked[0], "the voice cannot"


@pytest.mark.parametrize(
    ("language", "begins", "read"), [("de", "Darf ein Video", "vorlesen"), ("es", "¿Se", "léalo")]
)
def test_it_is_asked_in_the_language_of_the_screens(
    language: str, begins: str, read: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    places = Places(no_window, lambda: True, lambda question: (asked.append(question), "y")[1])
    aloud = Reading(problem="no loudspeaker")
    consent_to_video(aloud, places, load_captions(language))
    assert capsys.readouterr().out.startswith(begins)
    assert read in asked[0]


def test_it_is_read_by_the_persons_voice_or_one_that_speaks_the_language() -> None:
    settings = Settings(voice_speed=1.2)
    assert voice_in("en", settings).name == "English"
    german = voice_in("de", settings)
    assert german.language == "de"
    assert german.rate == voice_in("en", settings).rate > 160


def test_with_neither_nobody_is_filmed() -> None:
    with pytest.raises(NobodyToAsk, match="without --video"):
        consent_to_video(Reading(), Places(no_window, lambda: False))


@pytest.mark.parametrize("size", [(1920, 1080), (800, 600), (600, 1000)])
def test_the_question_is_drawn_within_the_screen(size: tuple[int, int]) -> None:
    with Window(size, headless=True) as window:
        drawn: list[Canvas] = []
        window.draw(lambda canvas: (drawn.append(canvas), draw_question(canvas, "Y or N"))[0])
        pixels = _pixels(drawn[0])
    edges = np.concatenate([pixels[:4].ravel(), pixels[-4:].ravel(), pixels[:, :4].ravel()])
    assert len(np.unique(edges)) == 1, "nothing touches the edge"
    assert len(np.unique(pixels)) > 2


def _pixels(canvas: Canvas) -> np.ndarray:
    import pygame

    return pygame.surfarray.array2d(canvas.surface)


class Filmed:
    """The demo's recording as if it were a camera."""

    def __init__(self) -> None:
        self.opened = 0

    def open(self, spec: SourceSpec) -> object:
        self.opened += 1
        return OPEN(SourceSpec("session", str(DEMO)))


OPEN = SourceSpec.open


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Filmed:
    filmed = Filmed()
    monkeypatch.setattr(SourceSpec, "open", lambda spec: filmed.open(spec))
    return filmed


def test_a_camera_leaves_landmarks_only_and_tells_length_and_size(
    camera: Filmed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a b"
    assert main(["record", str(folder), "--source", "camera", "--seconds", "1"]) == 0
    assert not list(folder.glob("video.*"))
    told = capsys.readouterr().out
    assert "landmarks only, no picture" in told
    assert "kB" in told or "MB" in told
    assert read_session(folder).notes == ""
    assert main(["record", str(folder), "--delete"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_video_is_asked_for_before_the_camera_is_on(
    camera: Filmed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    films = ["record", str(tmp_path / "s"), "--source", "camera", "--video", "--seconds", "1"]

    def refuse(args: object) -> str:
        raise NotAgreed("not agreed: nothing was recorded")

    monkeypatch.setattr("gazetalk.commands.record._agreed", refuse)
    assert main(films) == 1
    assert camera.opened == 0
    assert "not agreed" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("gazetalk.commands.record._agreed", lambda args: "agreed to the video")
    assert main(films) == 0
    assert list((tmp_path / "s").glob("video.*"))
    assert read_session(tmp_path / "s").notes == "agreed to the video"


def test_only_a_recording_is_deleted_and_what_a_killed_one_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, part = tmp_path / "s", tmp_path / ".s.0a1b.part"
    for each in (folder, part):
        each.mkdir()
    (part / "video.avi").write_bytes(b"a face")
    (folder / "holiday.jpg").write_bytes(b"mine")
    (folder / "session.json").write_text("{}")
    assert main(["record", str(folder), "--delete"]) == 2
    (folder / "session.json").write_text(json.dumps({"format": "gazetalk-session"}))
    assert main(["record", str(folder), "--delete"]) == 2
    assert "holiday.jpg" in capsys.readouterr().err
    assert (folder / "holiday.jpg").exists()
    assert part.exists()
    (folder / "holiday.jpg").unlink()
    assert delete_recording(folder) == [str(folder), str(part)]
    assert main(["record", str(folder), "--delete"]) == 2
    part.mkdir()
    assert main(["record", str(folder), "--delete"]) == 0
    assert list(tmp_path.iterdir()) == []
