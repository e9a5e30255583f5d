"""Talking: what was there before is not what was written now."""

from pathlib import Path

import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import load_layout
from gazetalk.talk import Talk
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript
from tests.watcher import NoVoice


def test_restored_text_is_not_counted_as_written(tmp_path: Path) -> None:
    before = Journal(tmp_path / "journal.jsonl")
    before.write("a long text that an earlier session left ")
    before.close()
    composer = Composer(Journal(tmp_path / "journal.jsonl"))
    keyboard = Keyboard(load_layout("qwerty"), composer, 1920, 1080)
    talk = Talk(DEFAULT_SCREEN, keyboard, Transcript(None), NoVoice())
    talk.start(0.0)
    for second, letter in enumerate("hello"):
        talk.press_at(*keyboard.board.key(letter).rect.centre, float(second))
    assert talk.words_per_minute == pytest.approx(1 / 4.0 * 60)


def test_after_long_absence_the_keyboard_rests_and_a_blink_is_none() -> None:
    composer = Composer()
    keyboard = Keyboard(load_layout("qwerty"), composer, 1920, 1080)
    talk = Talk(DEFAULT_SCREEN, keyboard, Transcript(None), NoVoice())
    talk.start(0.0)
    talk.take(GazeSample(1.0, 960.0, 100.0, valid=True, blink=False))
    for t_s in (1.2, 60.0, 180.0):
        talk.take(GazeSample(t_s))
    assert not talk.resting
    talk.take(GazeSample(181.5))
    assert talk.resting
    assert keyboard.board.page == "rest"
    talk.take(GazeSample(182.0, 960.0, 100.0, valid=True, blink=False))
    assert talk.resting, "coming back is not waking"
