"""Talking: what was there before is not what was written now."""

from pathlib import Path

import pytest

from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import load_layout
from gazetalk.talk import Talk
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
