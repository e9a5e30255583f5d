"""The call bell needs nothing that can fail: not the voice, not the tracker, no certain page."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator

import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import Layout, load_layout, shipped_frames, shipped_layouts
from gazetalk.speech.bell import Bell
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.process import ProcessEngine
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import Speaker
from gazetalk.speech.wav import Wav
from gazetalk.talk import Talk
from gazetalk.transcript import Transcript
from gazetalk.voice import SpokenVoice
from tests.speech.faulty_engines import FaultyBackend

SIZE = (1920, 1080)
LAYOUTS = [
    *shipped_layouts(),
    *(f"qwerty-{frame}" for frame in shipped_frames() if frame not in ("pages", "plain")),
]


class Ear(SilentPlayer):
    """Notices a sound. Hearing may wait for it: the bell rings in a thread of its own."""

    def __init__(self) -> None:
        self.heard = threading.Event()

    def play(self, wav: Wav) -> None:
        if wav.loudness > 0.01:
            self.heard.set()


@pytest.fixture(scope="module")
def dead_voice() -> Iterator[Speaker]:
    """Its only engine's process is killed by each sentence."""
    build = functools.partial(FaultyBackend, "killed")
    speaker = Speaker(VoiceProfile("Test", "en"), [ProcessEngine("dead", build)], SilentPlayer())
    yield speaker
    speaker.close()


def pages_by_hand(layout: Layout) -> Iterator[tuple[str, list[str]]]:
    """Each page that keys lead to, with the ids of the keys to press from the first one."""
    ways: dict[str, list[str]] = {}
    left: list[list[str]] = [[]]
    while left:
        way = left.pop(0)
        keyboard = Keyboard(layout, Composer(), *SIZE)
        for key_id in way:
            keyboard.press(key_id, 0.0)
        if keyboard.board.page in ways:
            continue
        ways[keyboard.board.page] = way
        leads = [k for k in keyboard.board.keys if k.action.startswith(("page:", "rest"))]
        left += [[*way, key.id] for key in leads]
    yield from ways.items()


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_rings_from_every_page_with_voice_and_tracker_dead(
    name: str, dead_voice: Speaker
) -> None:
    """One selection from each page, also while resting. No gaze comes at all; a hand selects."""
    layout = load_layout(name)
    walked = dict(pages_by_hand(layout))
    # Those that looks alone lead to (words to choose) have the key too.
    assert all(
        "bell" in {key.action for key in layout.place(*SIZE, page).keys} for page in layout.pages
    )
    assert {layout.first, "rest"} <= set(walked)
    for page, way in walked.items():
        ear = Ear()
        bell = Bell(ear)
        transcript = Transcript(None)
        voice = SpokenVoice(dead_voice, transcript, bell)
        keyboard = Keyboard(layout, Composer(), *SIZE)
        talk = Talk(DEFAULT_SCREEN, keyboard, transcript, voice)
        for key_id in [*way, "bell"]:
            x_px, y_px = keyboard.board.key(key_id).rect.centre
            talk.press_at(x_px, y_px, 0.0)
        assert voice.ringing, page
        assert ear.heard.wait(5.0), page
        bell.answer()


def test_it_rings_while_the_voice_fails(dead_voice: Speaker) -> None:
    """The engine dies of a sentence; the bell rings during and after, and the text was told of."""
    ear = Ear()
    voice = SpokenVoice(dead_voice, Transcript(None), Bell(ear))
    voice.say("Help me please.", 0.0)
    voice.ring(0.0)
    assert voice.ringing and ear.heard.wait(5.0)
    dead_voice.wait()
    voice.attend(0.0)
    assert voice.ringing
    assert "Help me please." in voice.trouble
    voice.ring(0.0)
    assert not voice.ringing
