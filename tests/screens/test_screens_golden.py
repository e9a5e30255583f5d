"""What a few screens are made of, as kept lists of draw commands with colours by name.

A change of theme leaves them as they are. After a change that was meant, write them anew with
GAZETALK_GOLDEN=write and read the difference.
"""

import os
from pathlib import Path

import pytest
from recorder import Recorder, as_lines

from gazetalk.lab.screens_scenes import draw, look_for, scenes
from gazetalk.screens.look import THEMES, Look
from gazetalk.screens.talk import TalkView

GOLDEN = Path(__file__).parent / "golden"
SIZE = (1280, 800)
NAMES = ["words-letters", "words-choices", "two-zone-sides", "qwerty-rest", "speaking-ringing-lost"]
NAMES += [
    "progress-ring-g",
    "calibration-target-low",
    "results",
    "top-qwerty-writing",
    "opposite-ringing",
]


def recorded(name: str, look: Look) -> list[str]:
    """The draw commands of the scene of that name."""
    scene = next(scene for scene in scenes(SIZE, Path("none")) if scene.name == name)
    canvas = Recorder(SIZE)
    draw(canvas, scene.view, look_for(scene, look))
    resting = isinstance(scene.view, TalkView) and scene.view.keyboard.resting
    return as_lines(canvas.drawn, look.colours(resting))


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_is_made_of_what_it_was_made_of(name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    lines = recorded(name, Look())
    if os.environ.get("GAZETALK_GOLDEN") == "write":
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert lines == path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("theme", [name for name in THEMES if name != "high-contrast"])
def test_a_theme_changes_colours_and_nothing_else(theme: str) -> None:
    """(In high contrast several things have one colour, and so no names of their own.)"""
    assert recorded("words-letters", Look(theme=theme)) == recorded("words-letters", Look())
