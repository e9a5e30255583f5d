"""A run begins with a calibration where one is due, and a hand presses no hidden keys meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gazetalk.choreography import Choreography
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import load_layout
from gazetalk.partner import spoken_span
from gazetalk.paths import shipped
from gazetalk.run import NOTICE_S, Run, Start
from gazetalk.screens.window import Clicked
from gazetalk.show import MouseFeed, Show
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import open_speaker
from gazetalk.speech.timing import Spoken
from gazetalk.talk import Talk
from gazetalk.transcript import Transcript
from gazetalk.voice import WrittenVoice
from tests.watcher import Watcher, watched_run

SIZE = (640, 400)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with Show(SIZE) as shown:
        yield shown


@pytest.mark.parametrize(("calibrating", "text"), [(True, ""), (False, "h")])
def test_a_click_types_only_while_the_keyboard_is_seen(
    show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calibrating: bool, text: str
) -> None:
    keyboard = Keyboard(load_layout("qwerty"), Composer(), *SIZE)
    transcript = Transcript(None)
    speaker = open_speaker(load_voice("english", shipped("voices")), SilentPlayer())
    voice = WrittenVoice(speaker, transcript, None)
    talk = Talk(DEFAULT_SCREEN, keyboard, transcript, voice)
    choreography = Choreography((), DEFAULT_SCREEN, (0.0, 8.0)) if calibrating else None
    run = Run(MouseFeed(show), talk, transcript, Start(choreography=choreography))
    x_px, y_px = keyboard.state.board.key("h").rect.centre
    monkeypatch.setattr(show.window, "events", lambda: [Clicked(round(x_px), round(y_px))])
    show.refresh(run, talk, voice, {})
    voice.close()
    assert talk.text == text


@pytest.mark.parametrize(
    ("text", "spoken", "word"),
    [
        ("I am cold. I am cold.", Spoken("I am cold.", 2, 4), (13, 15)),
        ("Hello there", Spoken("Hello there", 6, 11), (6, 11)),
        ("Call Siobhan", Spoken("Call Shivawn", 5, 12), None),
        ("Hello", None, None),
        ("", Spoken("", 0, 0), None),
    ],
)
def test_the_spoken_word_is_found_in_the_last_such_piece_of_the_text(
    text: str, spoken: Spoken | None, word: tuple[int, int] | None
) -> None:
    assert spoken_span(text, spoken) == word


def test_what_is_told_before_anybody_can_read_it_is_shown_once_talking_begins() -> None:
    watcher = Watcher()
    run = watched_run(watcher, Start())
    run.hold()
    run.tell("the width is not kept")
    run.tell("", "the camera is not kept")
    watcher.until(lambda run: run.t_s > 2 * NOTICE_S)
    run.release()
    run.step()
    assert run.notice == "the width is not kept. the camera is not kept"
    watcher.until(lambda run: run.t_s > 3.5 * NOTICE_S)
    assert run.notice == ""
