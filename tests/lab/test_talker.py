"""The puppet that writes with the eyes: with looks that never miss it writes what it was asked to,
and what came out wrong it takes back."""

from pathlib import Path

import pytest

from gazetalk.clinic.profile import find_profile
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.composer import Composer
from gazetalk.lab.talker import Talker, tokens
from gazetalk.lab.talking import right
from gazetalk.talk import Talk
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript
from gazetalk.writing import open_writing
from tests.watcher import NoVoice

LIMIT_S = 240.0


def written(layout: str, sentence: str, home: Path, text: str = "") -> str:
    """By looks at 15 a second."""
    composer = Composer()
    if text:
        composer.add(text)
    size_px = (DEFAULT_SCREEN.width_px, DEFAULT_SCREEN.height_px)
    writing = open_writing(layout, find_profile(home), composer, size_px, DEFAULT_SCREEN)
    talk = Talk(DEFAULT_SCREEN, writing.keyboard, Transcript(None), NoVoice(), ways=writing.ways)
    talk.start(0.0)
    talker, t_s = Talker([sentence]), 0.0
    while not talker.over(talk.state.keyboard) and t_s < LIMIT_S:
        t_s += 1 / 15
        x_px, y_px = talker.at(t_s, talk.state.keyboard)
        talk.take(GazeSample(t_s, x_px, y_px, valid=True, blink=False))
    return talk.text


@pytest.mark.parametrize("layout", ["words", "large", "auto"])
def test_looks_that_never_miss_write_the_sentence(layout: str, tmp_path: Path) -> None:
    assert tokens(written(layout, "we can go.", tmp_path)) == ["we", "can", "go", "."]


def test_what_is_wrong_is_taken_back_first(tmp_path: Path) -> None:
    assert tokens(written("words", "we can.", tmp_path, "no ")) == ["we", "can", "."]


def test_words_count_that_stand_in_their_order() -> None:
    assert right("i would like tea.", "I would tea like.") == 4
    assert right("yes", "") == 0
