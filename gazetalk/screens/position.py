"""How the person sits before the camera: a row for each state, for whoever helps."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.screens.canvas import Canvas, Point
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.theme import Theme
from gazetalk.tracking.position import Level, State


@dataclass(frozen=True)
class PositionView:
    """The states, and one line above them ("" for none)."""

    states: tuple[State, ...]
    words: str = ""


def draw_position(canvas: Canvas, view: PositionView, look: Look = USUAL) -> None:
    """Draw each state's sign, name and value, and below it in words what would help."""
    width, height = canvas.size
    theme, scale = look.colours(), look.text_scale
    canvas.clear(theme.background)
    left, top, right, bottom = 0.08 * width, 0.2 * height, 0.95 * width, 0.97 * height
    title = canvas.fitting_size(
        view.words, round(scale * min(height / 20, width / 26)), 0.92 * width
    )
    canvas.text(view.words, (width / 2, 0.1 * height), title, theme.text)
    step = (bottom - top) / max(1, len(view.states))
    size = round(min(0.31 * step, scale * width / 34))
    for number, state in enumerate(view.states):
        _draw_row(canvas, state, (left, top + (number + 0.5) * step), right, size, theme)


def _draw_row(
    canvas: Canvas, state: State, at: Point, right: float, size: int, theme: Theme
) -> None:
    """One state about the height `at`; with words it takes two lines."""
    x, y = at
    first_y = y - 0.65 * size if state.words else y
    _draw_sign(canvas, state.level, (x - size, first_y), size, theme)
    canvas.text(state.name, (x, first_y), size, theme.text, anchor="midleft")
    canvas.text(state.measured, (right, first_y), size, theme.muted, anchor="midright")
    if state.words:
        fitted = canvas.fitting_size(state.words, size, right - x)
        canvas.text(state.words, (x, y + 0.65 * size), fitted, theme.warning, anchor="midleft")


def _draw_sign(canvas: Canvas, level: Level | None, at: Point, size: int, theme: Theme) -> None:
    """Good: a dot. Fair: a ring. Bad: a full disc. Told apart without seeing colours."""
    radius = max(3.0, size / 3)
    match level:
        case Level.GOOD:
            canvas.disc(at, radius / 2, theme.accent)
        case Level.FAIR:
            canvas.ring(at, radius, max(2.0, radius / 3), theme.warning)
        case Level.BAD:
            canvas.disc(at, radius, theme.warning)
