"""The signs on the keys, drawn as shapes since fonts lack many of them.

Each is drawn in a square whose sides run from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pygame

from gazetalk.screens.canvas import Canvas, Point
from gazetalk.screens.theme import Colour

STROKE = 0.085


class _Pen:
    """Draws lines with round ends on a square surface, in shares of its side."""

    def __init__(self, surface: pygame.Surface, colour: Colour) -> None:
        self.surface = surface
        self.colour = colour
        self.side = surface.get_width()

    def px(self, point: Point) -> Point:
        return point[0] * self.side, point[1] * self.side

    def line(self, *points: Point) -> None:
        half = STROKE * self.side / 2
        for point in points:
            pygame.draw.circle(self.surface, self.colour, self.px(point), half)
        for (x1, y1), (x2, y2) in zip(map(self.px, points), map(self.px, points[1:]), strict=False):
            length = math.hypot(x2 - x1, y2 - y1) or 1.0
            dx, dy = half * (y2 - y1) / length, half * (x1 - x2) / length
            corners = [
                (x1 + dx, y1 + dy),
                (x2 + dx, y2 + dy),
                (x2 - dx, y2 - dy),
                (x1 - dx, y1 - dy),
            ]
            pygame.draw.polygon(self.surface, self.colour, corners)

    def shape(self, *points: Point) -> None:
        pygame.draw.polygon(self.surface, self.colour, [self.px(point) for point in points])

    def disc(self, centre: Point, radius: float) -> None:
        pygame.draw.circle(self.surface, self.colour, self.px(centre), radius * self.side)

    def hole(self, centre: Point, radius: float) -> None:
        pygame.draw.circle(self.surface, (0, 0, 0, 0), self.px(centre), radius * self.side)


def arc(centre: Point, radius: float, from_deg: float, to_deg: float) -> list[Point]:
    """Points along a circle; 0 degrees is to the right, 90 downwards."""
    steps = max(2, round(abs(to_deg - from_deg) / 6))
    angles = (math.radians(from_deg + (to_deg - from_deg) * i / steps) for i in range(steps + 1))
    return [
        (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
        for angle in angles
    ]


def _space(pen: _Pen) -> None:
    pen.line((0.1, 0.45), (0.1, 0.68), (0.9, 0.68), (0.9, 0.45))


def _erase(pen: _Pen) -> None:
    pen.line((0.34, 0.24), (0.93, 0.24), (0.93, 0.76), (0.34, 0.76), (0.07, 0.5), (0.34, 0.24))
    pen.line((0.48, 0.39), (0.72, 0.61))
    pen.line((0.72, 0.39), (0.48, 0.61))


def _undo(pen: _Pen) -> None:
    pen.line((0.16, 0.4), (0.62, 0.4), *arc((0.62, 0.6), 0.2, -90, 90), (0.3, 0.8))
    pen.line((0.36, 0.2), (0.16, 0.4), (0.36, 0.6))


def _clear(pen: _Pen) -> None:
    pen.line((0.16, 0.26), (0.84, 0.26))
    pen.line((0.39, 0.25), (0.42, 0.14), (0.58, 0.14), (0.61, 0.25))
    pen.line((0.25, 0.27), (0.3, 0.88), (0.7, 0.88), (0.75, 0.27))
    pen.line((0.42, 0.44), (0.43, 0.7))
    pen.line((0.58, 0.44), (0.57, 0.7))


def _speak(pen: _Pen) -> None:
    pen.shape((0.08, 0.38), (0.24, 0.38), (0.46, 0.18), (0.46, 0.82), (0.24, 0.62), (0.08, 0.62))
    pen.line(
        (0.24, 0.4), (0.44, 0.22), (0.44, 0.78), (0.24, 0.6), (0.12, 0.6), (0.12, 0.4), (0.24, 0.4)
    )
    pen.line(*arc((0.46, 0.5), 0.2, -48, 48))
    pen.line(*arc((0.46, 0.5), 0.4, -48, 48))


def _pause(pen: _Pen) -> None:
    for x in (0.2, 0.62):
        bar = (x, 0.16), (x + 0.18, 0.16), (x + 0.18, 0.84), (x, 0.84)
        pen.shape(*bar)
        pen.line(*bar, bar[0])


def _hush(pen: _Pen) -> None:
    pen.shape((0.08, 0.38), (0.24, 0.38), (0.46, 0.18), (0.46, 0.82), (0.24, 0.62), (0.08, 0.62))
    pen.line((0.62, 0.36), (0.9, 0.64))
    pen.line((0.9, 0.36), (0.62, 0.64))


def _wheel(pen: _Pen) -> None:
    for spoke in range(8):
        angle = math.radians(45 * spoke)
        x, y = math.cos(angle), math.sin(angle)
        pen.line((0.5 + 0.28 * x, 0.5 + 0.28 * y), (0.5 + 0.42 * x, 0.5 + 0.42 * y))
    pen.line(*arc((0.5, 0.5), 0.27, 0, 360))
    pen.disc((0.5, 0.5), 0.09)


def _bell(pen: _Pen) -> None:
    pen.line((0.5, 0.1), (0.5, 0.2))
    dome = arc((0.5, 0.42), 0.24, 180, 360)
    pen.shape((0.16, 0.74), (0.26, 0.62), *dome, (0.74, 0.62), (0.84, 0.74))
    pen.line((0.16, 0.74), (0.26, 0.62), *dome, (0.74, 0.62), (0.84, 0.74), (0.16, 0.74))
    pen.disc((0.5, 0.86), 0.08)


def _rest(pen: _Pen) -> None:
    pen.disc((0.48, 0.52), 0.38)
    pen.hole((0.65, 0.39), 0.34)


def _sun(pen: _Pen) -> None:
    pen.disc((0.5, 0.5), 0.19)
    for angle in range(0, 360, 45):
        inner, outer = (
            arc((0.5, 0.5), 0.31, angle, angle)[0],
            arc((0.5, 0.5), 0.43, angle, angle)[0],
        )
        pen.line(inner, outer)


def _eye(pen: _Pen) -> None:
    upper = arc((0.5, 0.83), 0.53, -143, -37)
    lower = arc((0.5, 0.17), 0.53, 37, 143)
    pen.line(*upper, *lower, upper[0])
    pen.disc((0.5, 0.5), 0.13)


def _page(pen: _Pen) -> None:
    pen.line((0.15, 0.5), (0.85, 0.5))
    pen.line((0.58, 0.23), (0.85, 0.5), (0.58, 0.77))


def _alert(pen: _Pen) -> None:
    pen.line((0.5, 0.13), (0.92, 0.85), (0.08, 0.85), (0.5, 0.13))
    pen.line((0.5, 0.4), (0.5, 0.56))
    pen.disc((0.5, 0.72), STROKE * 0.6)


def _mirrored(paint: Callable[[_Pen], None]) -> Callable[[_Pen], None]:
    """The same sign, left and right exchanged."""

    def mirrored(pen: _Pen) -> None:
        glass = _Pen(pygame.Surface(pen.surface.get_size(), pygame.SRCALPHA), pen.colour)
        paint(glass)
        pen.surface.blit(pygame.transform.flip(glass.surface, True, False), (0, 0))

    return mirrored


def _erase_word(pen: _Pen) -> None:
    pen.line((0.34, 0.24), (0.93, 0.24), (0.93, 0.76), (0.34, 0.76), (0.07, 0.5), (0.34, 0.24))
    for x in (0.42, 0.59, 0.76):
        pen.line((x, 0.5), (x + 0.02, 0.5))


def _capital(pen: _Pen) -> None:
    pen.line((0.06, 0.8), (0.28, 0.2), (0.5, 0.8))
    pen.line((0.14, 0.6), (0.42, 0.6))
    pen.line(*arc((0.75, 0.64), 0.16, 0, 360))
    pen.line((0.91, 0.46), (0.91, 0.8))


def _word_left(pen: _Pen) -> None:
    pen.line((0.12, 0.42), (0.5, 0.42))
    pen.line((0.28, 0.24), (0.12, 0.42), (0.28, 0.6))
    pen.line((0.62, 0.24), (0.62, 0.6))
    pen.line((0.12, 0.8), (0.5, 0.8))
    pen.line((0.74, 0.8), (0.9, 0.8))


def _to_start(pen: _Pen) -> None:
    pen.line((0.15, 0.22), (0.15, 0.78))
    pen.line((0.32, 0.5), (0.88, 0.5))
    pen.line((0.54, 0.27), (0.32, 0.5), (0.54, 0.73))


def _mouth(pen: _Pen) -> None:
    """A loudspeaker on the left, with room beside it."""
    pen.shape((0.03, 0.28), (0.13, 0.28), (0.32, 0.12), (0.32, 0.66), (0.13, 0.5), (0.03, 0.5))
    pen.line(*arc((0.34, 0.39), 0.17, -45, 45))


def _speak_word(pen: _Pen) -> None:
    _mouth(pen)
    pen.line((0.64, 0.39), (0.92, 0.39))


def _speak_sentence(pen: _Pen) -> None:
    _mouth(pen)
    pen.line((0.64, 0.39), (0.95, 0.39))
    pen.line((0.06, 0.85), (0.72, 0.85))
    pen.disc((0.92, 0.85), 0.06)


def _repeat(pen: _Pen) -> None:
    pen.line(*arc((0.5, 0.53), 0.33, -150, 120))
    pen.line((0.17, 0.13), (0.2, 0.38), (0.45, 0.35))


def _more(pen: _Pen) -> None:
    for x in (0.18, 0.5, 0.82):
        pen.disc((x, 0.5), 0.095)


def _done(pen: _Pen) -> None:
    pen.line((0.12, 0.54), (0.38, 0.8), (0.88, 0.22))


def _numbers(pen: _Pen) -> None:
    pen.line((0.06, 0.34), (0.16, 0.24), (0.16, 0.76))
    pen.line(*arc((0.45, 0.38), 0.13, -170, 40), (0.33, 0.76), (0.59, 0.76))
    pen.line(*arc((0.79, 0.37), 0.12, -150, 90))
    pen.line(*arc((0.79, 0.62), 0.14, -90, 150))


def _accents(pen: _Pen) -> None:
    pen.line(*arc((0.5, 0.63), 0.25, 50, 360))
    pen.line((0.27, 0.63), (0.74, 0.63))
    pen.line((0.46, 0.22), (0.62, 0.08))


def _tools(pen: _Pen) -> None:
    for y, knob in ((0.22, 0.66), (0.5, 0.3), (0.78, 0.58)):
        pen.line((0.1, y), (0.9, y))
        pen.disc((knob, y), 0.115)


def _magnifier(pen: _Pen) -> None:
    pen.line(*arc((0.42, 0.42), 0.29, 0, 360))
    pen.line((0.64, 0.64), (0.9, 0.9))


def _target(pen: _Pen) -> None:
    pen.line(*arc((0.5, 0.5), 0.38, 0, 360))
    pen.disc((0.5, 0.5), 0.11)
    for start, end in (((0.5, 0.02), (0.5, 0.24)), ((0.5, 0.76), (0.5, 0.98))):
        pen.line(start, end)
        pen.line(start[::-1], end[::-1])


def _answers(pen: _Pen) -> None:
    pen.line((0.05, 0.52), (0.19, 0.68), (0.43, 0.32))
    pen.line((0.6, 0.34), (0.93, 0.67))
    pen.line((0.93, 0.34), (0.6, 0.67))


def _bubble(pen: _Pen) -> None:
    pen.line((0.1, 0.17), (0.9, 0.17), (0.9, 0.67), (0.46, 0.67), (0.26, 0.87), (0.26, 0.67))
    pen.line((0.26, 0.67), (0.1, 0.67), (0.1, 0.17))
    pen.line((0.27, 0.34), (0.73, 0.34))
    pen.line((0.27, 0.5), (0.57, 0.5))


def _keys(pen: _Pen) -> None:
    pen.line((0.06, 0.2), (0.94, 0.2), (0.94, 0.8), (0.06, 0.8), (0.06, 0.2))
    for x in (0.25, 0.5, 0.75):
        pen.disc((x, 0.4), 0.05)
    pen.line((0.3, 0.62), (0.7, 0.62))


SYMBOLS: dict[str, Callable[[_Pen], None]] = {
    "space": _space,
    "erase": _erase,
    "erase-word": _erase_word,
    "undo": _undo,
    "redo": _mirrored(_undo),
    "clear": _clear,
    "capital": _capital,
    "word-left": _word_left,
    "word-right": _mirrored(_word_left),
    "to-start": _to_start,
    "to-end": _mirrored(_to_start),
    "speak": _speak,
    "speak-word": _speak_word,
    "speak-sentence": _speak_sentence,
    "repeat": _repeat,
    "bell": _bell,
    "rest": _rest,
    "wake": _sun,
    "more": _more,
    "back": _mirrored(_page),
    "restart": _repeat,
    "done": _done,
    "check": _target,
    "pause": _pause,
    "hush": _hush,
    "set-back": _undo,
    "page:settings": _wheel,
    "page:wake": _eye,
    "page:letters": _keys,
    "page:numbers": _numbers,
    "page:accents": _accents,
    "page:tools": _tools,
    "page:talk": _bubble,
    "page:answers": _answers,
    "page:spell": _magnifier,
    "eye": _eye,
    "page": _page,
    "alert": _alert,
}


def symbol_of(action: str) -> str | None:
    """The name of the sign for a key's action; None for keys that show what they type."""
    if action in SYMBOLS:
        return action
    return "page" if action.startswith("page:") else None


def draw_symbol(canvas: Canvas, name: str, centre: Point, side_px: int, colour: Colour) -> None:
    """Draw the sign in a square of that side. Raises KeyError for a name that is not in SYMBOLS."""
    paint = SYMBOLS[name]
    canvas.picture(
        ("symbol", name, colour), centre, side_px, lambda large: paint(_Pen(large, colour))
    )
