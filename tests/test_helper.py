"""A helper's page: every setting and command by keyboard or mouse, the eyes' keys covered."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.settings import Settings
from gazetalk.helper import COMMANDS, PATIENCE_S, Helper, Row, rows, wish_of
from gazetalk.run import Run, Start
from gazetalk.screens.helper import row_at, row_places
from gazetalk.show import Show
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import open_speaker
from gazetalk.transcript import Transcript
from gazetalk.tuning import Tuning, captions_of, choices
from gazetalk.voice import WrittenVoice
from tests.watcher import Watcher, watched_run

SETTINGS = Settings(layout="qwerty", voice="english")
CHOICES = choices(["english"], ["qwerty", "words"])
CAPTIONS = captions_of(SETTINGS, CHOICES)
SIZE = (640, 400)


def test_every_setting_that_eyes_can_change_has_a_row_and_so_has_every_command() -> None:
    shown = {row.does for row in rows(CAPTIONS)}
    assert shown == set(CAPTIONS) | {does for _, does in COMMANDS}


@given(st.lists(st.sampled_from(["up", "down", "tab", "home", "end", "x"]), max_size=40))
def test_the_focus_stays_on_a_row_and_reaches_all_of_them(keys: list[str]) -> None:
    page = Helper(rows(CAPTIONS), 0.0)
    for key in keys:
        page.press(key, 0.0)
    page.press("home", 0.0)
    seen = set()
    for _ in rows(CAPTIONS):
        seen.add(page.view(CAPTIONS, "").focus)
        page.press("down", 0.0)
    assert seen == set(range(len(rows(CAPTIONS))))
    assert page.wished() == []


def test_enter_takes_the_row_and_backspace_the_last_step_back() -> None:
    page = Helper((Row("colours", "set:theme"), Row("bell", "bell")), 0.0)
    for key in ("return", "down", "space", "backspace"):
        page.press(key, 1.0)
    assert page.wished() == ["set:theme", "bell", "back"]
    setting = wish_of("set:theme", 2.0)
    assert setting is not None and setting.fields == {"setting": "theme"}
    assert wish_of("bell", 2.0) is None


def test_with_nobody_at_the_keys_it_closes_by_itself() -> None:
    page = Helper(rows(CAPTIONS), 5.0)
    assert not page.over(5.0 + PATIENCE_S) and page.over(5.1 + PATIENCE_S)


@pytest.mark.parametrize("size_px", [(1280, 800), (1080, 1920), (320, 320)])
def test_rows_lie_on_the_screen_beside_each_other(size_px: tuple[int, int]) -> None:
    places = row_places(size_px, 24)
    for number, rect in enumerate(places):
        assert rect.x >= 0 and rect.x + rect.width <= size_px[0]
        assert rect.y >= 0 and rect.y + rect.height <= size_px[1] and rect.height > 0
        assert row_at(size_px, 24, *rect.centre) == number


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with Show(SIZE) as shown:
        yield shown


class Room:
    """A person who talks, a window, and a helper's keys in it."""

    def __init__(self, show: Show, home: Path) -> None:
        self.show = show
        self.run: Run = watched_run(Watcher(), Start())
        self.run.step()
        speaker = open_speaker(VoiceProfile("english", "en"), SilentPlayer())
        self.voice = WrittenVoice(speaker, Transcript(None), None)
        profile = find_profile(home)
        profile.create()
        self.tuning = Tuning(profile, SETTINGS, CHOICES)

    def press(self, *names: str) -> None:
        for name in names:
            code = pygame.key.key_code(name)
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, unicode=""))
        self.run.step()
        self.show.refresh(self.run, self.run._talk, self.voice, self.tuning.captions())


@pytest.fixture
def room(show: Show, tmp_path: Path) -> Iterator[Room]:
    room = Room(show, tmp_path)
    yield room
    room.voice.close()


def test_f1_covers_the_keys_and_escape_gives_them_back_and_leaves_the_window_open(
    room: Room,
) -> None:
    assert room.run.talking
    room.press("f1")
    assert not room.run.talking, "no look selects what nobody sees"
    room.press("return")
    assert [wish.fields for wish in room.show.wishes()] == [{"setting": "theme"}]
    room.press("escape")
    assert room.run.talking and room.show.is_open
    room.press("escape")
    assert not room.show.is_open


def test_a_command_is_done_at_once_and_the_keys_are_back(room: Room) -> None:
    room.press("f1", "end", "up", "up", "up")
    room.press("return")
    assert room.run.talking and room.run._talk.resting


def test_settings_that_a_file_alone_may_change_are_few() -> None:
    """What has no row is about the machine, or a helper's in other commands."""
    shown = {row.does.removeprefix("set:") for row in rows(CAPTIONS)}
    left = {field.name for field in fields(Settings)} - shown
    assert "screen_width_mm" in left and "camera" in left and "theme" not in left
