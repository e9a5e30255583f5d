"""Nothing flashes more than three times a second (WCAG 2.2, 2.3.1): screens have no clock."""

from dataclasses import replace
from pathlib import Path

import pytest
from recorder import Recorder

from gazetalk.keyboard.dwell import DwellState, Phase
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.screens_scenes import draw, look_for, scenes
from gazetalk.screens.look import MOTION, PROGRESS, Look
from gazetalk.screens.talk import TalkView, draw_talk
from gazetalk.speech.bell import Bell
from gazetalk.speech.player import SilentPlayer

SIZE = (1280, 800)


def test_a_screen_whose_state_stays_stays_as_it_is() -> None:
    """The bell's frame, too: it stands for as long as the bell rings, and does not blink."""
    for scene in scenes(SIZE, Path("none")):
        pictures = []
        for _ in range(2):
            canvas = Recorder(SIZE)
            draw(canvas, scene.view, look_for(scene, Look()))
            pictures.append(canvas.drawn)
        assert pictures[0] == pictures[1], scene.name


@pytest.mark.parametrize("motion", MOTION)
@pytest.mark.parametrize("progress", PROGRESS)
def test_a_look_that_lasts_changes_its_key_in_one_direction(progress: str, motion: str) -> None:
    """What has been drawn does not come back before the look ends, so one look is one flash at
    most."""
    board = load_layout("qwerty").place(*SIZE)
    state = KeyboardState(board, "", DwellState(), False, None)
    seen: list[list[object]] = []
    for share in range(61):
        canvas = Recorder(SIZE)
        dwelling = replace(state, dwell=DwellState(Phase.DWELLING, "g", share / 60))
        draw_talk(canvas, TalkView(dwelling), Look(progress=progress, motion=motion))
        if not seen or seen[-1] != canvas.drawn:
            seen.append(list(canvas.drawn))
    assert all(seen.count(picture) == 1 for picture in seen)


def test_the_bell_that_rings_is_not_told_of_by_turns() -> None:
    with_bell = Bell(SilentPlayer())
    try:
        with_bell.press()
        assert {with_bell.ringing for _ in range(2000)} == {True}
        with_bell.press()
        assert not with_bell.ringing
    finally:
        with_bell.close()
