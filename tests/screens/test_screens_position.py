"""The position screen shows every state whole, at any size, told apart without colours."""

import pygame
import pytest

from gazetalk.commands.position import shown
from gazetalk.paths import shipped
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.position import PositionView, draw_position
from gazetalk.screens.theme import DARK
from gazetalk.tracking.position import Level, State
from gazetalk.tracking.sources import SessionSource

LONG = "the background is 12 times as bright as the face: close the curtain, or turn away from it"
STATES = (
    State("face", Level.GOOD, 100.0, "% of the time"),
    State("distance", Level.BAD, 82.0, "cm", "too far: about 82 cm, come to 50-65"),
    State("light", Level.FAIR, 12.0, "times the face's light", LONG),
    State("glare", None),
    *[State(f"more {number}", Level.FAIR, 1.0, "cm", LONG) for number in range(4)],
)


def drawn(states: tuple[State, ...], size: tuple[int, int] = (1024, 640)) -> Canvas:
    canvas = Canvas(pygame.Surface(size))
    draw_position(canvas, PositionView(states, "How you sit"))
    return canvas


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (1080, 1920), (800, 600)])
def test_everything_is_inside(size: tuple[int, int]) -> None:
    surface = drawn(STATES, size).surface
    for colour in (DARK.text, DARK.muted, DARK.warning):
        ink = pygame.mask.from_threshold(surface, colour, (40, 40, 40, 255)).get_bounding_rects()
        bounds = ink[0].unionall(ink[1:])
        assert bounds.left > 0 and bounds.right < size[0]
        assert bounds.top > 0 and bounds.bottom < size[1]


def test_levels_differ_in_shape() -> None:
    def sign(level: Level | None) -> int:
        canvas = drawn((State("face", level),), (800, 600))
        part = canvas.surface.subsurface((0, 120, 62, 480))
        return pygame.mask.from_threshold(part, DARK.background, (9, 9, 9, 255)).count()

    counts = [sign(level) for level in (None, Level.GOOD, Level.FAIR, Level.BAD)]
    assert counts == sorted(set(counts), reverse=True)


@pytest.mark.parametrize("size", [(1, 1), (60, 40)])
def test_a_tiny_window_is_drawn_somehow(size: tuple[int, int]) -> None:
    assert drawn(STATES, size).size == size
    assert drawn((), size).size == size


def test_a_source_is_shown_to_its_end() -> None:
    # From a second before the recording's end.
    folder = shipped("calibration") / "demo"
    with SessionSource(folder) as whole:
        end_s = float(whole.session.times_s[-1])
    with SessionSource(folder, start_after_s=end_s - 1.0) as source:
        states = shown(source, headless=True)
    assert states[0].level is Level.GOOD
