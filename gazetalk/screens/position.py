"""How the person sits before the camera: a row for each state, for whoever helps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.canvas import Canvas, Point
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.theme import DARK, Colour, Theme
from gazetalk.tracking.picture import FacePlace, Thumbnail
from gazetalk.tracking.position import Level, State

# Of the picture's width: a face of 150 mm at 57 cm before a lens of 63 degrees, and some more.
FACE_WIDTH, FACE_HEIGHT = 0.24, 0.32
OUTLINE_STEPS = 240
LEGEND_LINES = 3.5
OUTLINED = (0, 0, 0)


@dataclass(frozen=True)
class PositionView:
    """The states, and one line above them ("" for none).

    picture: what the camera sees. before: where the face was when the person last sat well.
    """

    states: tuple[State, ...]
    words: str = ""
    picture: Thumbnail | None = None
    before: FacePlace | None = None


def draw_position(canvas: Canvas, view: PositionView, look: Look = USUAL) -> None:
    """Draw each state's sign, name and value, and below it in words what would help."""
    width, height = canvas.size
    theme, scale = look.colours(), look.text_scale
    canvas.clear(theme.background)
    left, top, right, bottom = 0.08 * width, 0.2 * height, 0.95 * width, 0.97 * height
    if view.picture is not None and width >= height:
        _draw_picture(canvas, view, _room(canvas, (0.66, 0.22, 0.95, 0.9)), look)
        right = 0.63 * width
    elif view.picture is not None:
        _draw_picture(canvas, view, _room(canvas, (0.08, 0.16, 0.95, 0.48)), look)
        top = 0.5 * height
    wanted = round(scale * min(height / 20, width / 26))
    size, lines = canvas.block(view.words, wanted, (round(0.92 * width), round(0.11 * height)))
    for number, line in enumerate(lines):
        y = 0.1 * height + (number - (len(lines) - 1) / 2) * canvas.line_height(size)
        canvas.text(line.strip(), (width / 2, y), size, theme.text)
    step = (bottom - top) / max(1, len(view.states))
    size = round(min(0.31 * step, scale * width / 34))
    for number, state in enumerate(view.states):
        _draw_row(canvas, state, (left, top + (number + 0.5) * step), right, size, theme)


def _room(canvas: Canvas, shares: tuple[float, float, float, float]) -> Rect:
    """From left, top, right and bottom as shares of the canvas."""
    width, height = canvas.size
    x, y = round(shares[0] * width), round(shares[1] * height)
    return Rect(x, y, round(shares[2] * width) - x, round(shares[3] * height) - y)


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


def _draw_picture(canvas: Canvas, view: PositionView, room: Rect, look: Look) -> None:
    """What the camera sees, mirrored, with where the face is to be: as last time, if that is known,
    or in the middle, about as large as at an arm's length."""
    picture, theme = view.picture, look.colours()
    if picture is None:
        return
    wanted = round(look.text_scale * min(canvas.size) / 36)
    above = max(1.0, room.height - LEGEND_LINES * canvas.line_height(wanted))
    scale = min(room.width / picture.width_px, above / picture.height_px)
    width, height = round(scale * picture.width_px), round(scale * picture.height_px)
    place = Rect(room.x + (room.width - width) // 2, room.y, width, height)
    canvas.photo(place, (picture.width_px, picture.height_px), picture.grey)
    line = max(2, round(min(canvas.size) / 240))
    usual = FacePlace(0.5, 0.5, FACE_WIDTH, FACE_HEIGHT * width / max(1, height))
    _draw_outline(canvas, place, view.before or usual, DARK.text, 2 * line)
    if picture.face is not None:
        _draw_outline(canvas, place, picture.face, DARK.warning, line)
    legend = canvas.captions(look.language).screens["outlines"]
    size, lines = canvas.block(legend, wanted, (room.width, max(1, room.height - height)))
    for number, words in enumerate(lines):
        at = (room.x + room.width / 2, place.y + height + (number + 1) * canvas.line_height(size))
        canvas.text(words, at, size, theme.muted)


def _draw_outline(
    canvas: Canvas, place: Rect, face: FacePlace, colour: Colour, line_px: int
) -> None:
    """An ellipse about a face, on dark so that it shows on any picture; the thick one is where the
    face is to be, the thin one where it is. What lies outside of the picture is left out."""
    centre = place.x + face.x * place.width, place.y + face.y * place.height
    half = 0.5 * face.width * place.width, 0.5 * face.height * place.height
    for spread, ink in ((line_px, OUTLINED), (0, colour)):
        points = []
        for step in range(OUTLINE_STEPS + 1):
            angle = 2 * math.pi * step / OUTLINE_STEPS
            x, y = centre[0] + half[0] * math.cos(angle), centre[1] + half[1] * math.sin(angle)
            points.append((x, y))
        size = max(1, (line_px + spread) // 2)
        for x, y in points:
            dot = Rect(round(x) - size // 2, round(y) - size // 2, size, size)
            if _contains(place, dot):
                canvas.bar(dot, ink)


def _contains(outer: Rect, inner: Rect) -> bool:
    across = outer.x <= inner.x and inner.x + inner.width <= outer.x + outer.width
    return across and outer.y <= inner.y and inner.y + inner.height <= outer.y + outer.height
