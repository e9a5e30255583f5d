"""A setting chosen by eyes takes effect while the person goes on: text, page and voice stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazetalk.clinic.profile import Profile, find_profile
from gazetalk.clinic.settings import Settings, load_settings
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.aim import Fix
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.events import KeyEvent
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.said import LEARNED
from gazetalk.retuning import Desk, Retuning, voice_of
from gazetalk.speech.engine import VoiceError
from gazetalk.speech.player import SilentPlayer
from gazetalk.talk import Talk
from gazetalk.tracking.resume import Usual
from gazetalk.transcript import Transcript
from gazetalk.tuning import Tuning, choices
from gazetalk.voice import WrittenVoice
from gazetalk.writing import open_pace

SIZE_PX = (1280, 720)
CHOICES = choices(["english"], ["qwerty", "words", "german", "two-zone"])


class Room:
    """A person's talk, without a window, and the keys they select."""

    def __init__(self, home: Path) -> None:
        self.profile: Profile = find_profile(home, "Ana")
        self.profile.create()
        settings = Settings(layout="qwerty", voice="english")
        self.pace, _ = open_pace(self.profile, settings)
        composer = Composer(Journal(self.profile.journal_path))
        player = SilentPlayer()
        self.desk = desk = Desk(self.profile, composer, DEFAULT_SCREEN, self.pace, player, None)
        writing = desk.writing(settings, SIZE_PX)
        self.told = home / "told.jsonl"
        self.transcript = Transcript(self.told)
        self.voice = WrittenVoice(desk.speaker(settings), self.transcript, None)
        self.talk = Talk(DEFAULT_SCREEN, writing.keyboard, self.transcript, self.voice)
        self.talk.aimed(Usual(10.0, 40), 0.0)
        self.tuning = Tuning(self.profile, settings, CHOICES)
        effects = desk.effects(self.talk, self.voice)
        self.retuning = Retuning(self.tuning, effects, self.talk.tell)
        self.t_s = 0.0

    def press(self, *key_ids: str) -> None:
        for key_id in key_ids:
            self.t_s += 1.0
            board = self.talk.state.keyboard.board
            self.talk.press_at(*board.key(key_id).rect.centre, self.t_s)
            for wish in self.talk.wishes():
                self.retuning.take(wish)

    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.told.read_text().splitlines()]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.voice.close()


def test_another_keyboard_goes_on_with_the_text_on_the_page_of_settings(room: Room) -> None:
    room.press("h", "i", "space", "tools", "settings", "more-settings", "layout")
    assert room.tuning.settings.layout == "words"
    assert room.talk.text == "hi "
    assert room.talk.state.keyboard.board.page == "settings 2"
    room.press("abc")
    assert any(key.action == "choose:1" for key in room.talk.state.keyboard.board.keys)
    room.press("undo")
    assert room.talk.text == "hi", "what was written before can be taken back"
    room.press("tools", "settings", "more-settings", "set-back", "abc")
    assert room.talk.state.keyboard.board.page == "letters"
    assert not any(key.action == "choose:1" for key in room.talk.state.keyboard.board.keys)
    assert load_settings(room.profile).layout == "qwerty"


def test_what_was_learned_of_the_aim_outlives_a_change_of_settings(room: Room) -> None:
    room.press("tools", "settings", "more-settings", "layout")
    aim = room.talk._keyboard.aim
    assert aim is not None
    aim.learn([Fix(1.0, 130.0, 110.0)] * 8, [(100.0, 100.0)] * 8)
    room.press("learning")
    after = room.talk._keyboard.aim
    assert after is not None
    assert after.at([(100.0, 100.0)], 2.0).mean_px[0, 0] > 10, "looks fall to the right, as before"


def test_a_look_takes_longer_as_soon_as_that_is_chosen(room: Room) -> None:
    before = room.pace.times.of("type")
    room.press("tools", "settings", "more-settings", "dwell-time", "dwell-time")
    assert room.pace.times.of("type") == pytest.approx(2 * before)
    room.press("dwell-adapts")
    assert not room.pace.adapts


@pytest.mark.parametrize("learning", [True, False])
def test_what_is_spoken_is_learned_only_while_learning_is_on(room: Room, learning: bool) -> None:
    room.press("tools", "settings", "more-settings", "layout")
    room.press(*([] if learning else ["learning"]), "abc", *"yes", "space", "speak")
    assert (room.profile.folder / LEARNED).exists() == learning


def test_a_voice_that_is_not_there_is_told_and_the_last_one_stays(room: Room) -> None:
    ghost = choices(["english", "ghost"], ["qwerty"])
    room.tuning = Tuning(room.profile, room.tuning.settings, ghost)
    effects = room.retuning._effects
    room.retuning = Retuning(room.tuning, effects, room.talk.tell)
    room.press("tools", "settings", "more-settings", "voice")
    assert room.tuning.settings.voice == "english"
    assert load_settings(room.profile).voice in ("", "english")
    faults = [event for event in room.events() if event["event"] == "fault"]
    assert len(faults) == 1 and "no voice 'ghost'" in str(faults[0]["message"])
    assert "no voice 'ghost'" in room.talk.state.notice


def test_speed_changes_the_rate_within_what_engines_take() -> None:
    usual = voice_of(Settings()).rate
    assert voice_of(Settings(voice_speed=1.2)).rate == round(1.2 * usual)
    assert voice_of(Settings(voice_speed=2.0)).rate <= 400
    with pytest.raises(VoiceError):
        voice_of(Settings(voice="ghost"))


def test_where_the_usual_voice_is_broken_the_systems_own_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "english.toml").write_text("rate = = 3")
    monkeypatch.setattr("gazetalk.retuning.shipped", lambda name: tmp_path)
    assert voice_of(Settings()).engine == "system"
    with pytest.raises(VoiceError, match=r"english\.toml"):
        voice_of(Settings(voice="english"))


def test_gaze_is_corrected_or_not_as_it_is_chosen(room: Room) -> None:
    room.press("tools", "settings", "more-settings", "drift")
    assert room.talk.drift is None
    room.press("drift")
    assert room.talk.drift is not None


def test_a_wish_for_a_setting_that_nobody_knows_does_nothing(room: Room) -> None:
    room.retuning.take(KeyEvent(1.0, "setting", {"setting": "nonsense"}))
    room.retuning.take(KeyEvent(1.0, "setting_back", {}))
    assert room.tuning.settings == Settings(layout="qwerty", voice="english")


def test_going_back_to_what_cannot_be_had_takes_nothing_else_back(room: Room) -> None:
    """A step back fails as one forward does: the settings stay, and so do the earlier ones."""

    def refuse(settings: Settings, t_s: float) -> None:
        if settings.theme == "light":
            raise ValueError("no light here")

    tuning = Tuning(room.profile, Settings(layout="qwerty", voice="english"), CHOICES)
    for field in ("selection_sound", "theme", "theme"):
        tuning.step(field)
    told: list[str] = []
    retuning = Retuning(tuning, {("theme",): refuse}, lambda words, t_s: told.append(words))
    retuning.take(KeyEvent(1.0, "setting_back", {}))
    assert told == ["no light here"]
    assert (tuning.settings.theme, tuning.settings.selection_sound) == ("high-contrast", "soft")
    assert load_settings(room.profile).theme == "high-contrast"
