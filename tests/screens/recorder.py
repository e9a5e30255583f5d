"""A canvas that draws nothing and keeps what it was asked to draw."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cache

import pygame

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.canvas import Canvas, Paint, Point
from gazetalk.screens.letters import as_drawn, font_file
from gazetalk.screens.theme import Colour, Theme


@dataclass(frozen=True)
class Drawn:
    """One thing that was to be drawn: its kind, where (pixels), its colours, and what it says.

    ink: where a text's letters are, which is less than its line.
    """

    kind: str
    rect: pygame.Rect
    colours: tuple[Colour, ...] = ()
    says: str = ""
    size_px: int = 0
    ink: pygame.Rect | None = None


class Recorder(Canvas):
    """A canvas of that size; `drawn` is all that is to be seen on it."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        super().__init__(pygame.Surface((1, 1)))
        self._size_px = size_px
        self.drawn: list[Drawn] = []

    @property
    def size(self) -> tuple[int, int]:
        return self._size_px

    @property
    def texts(self) -> list[Drawn]:
        return [drawn for drawn in self.drawn if drawn.kind == "text"]

    def clear(self, colour: Colour) -> None:
        self.drawn = [Drawn("clear", pygame.Rect((0, 0), self.size), (colour,))]

    def layer(self, key: Hashable, paint: Callable[[], None]) -> None:
        paint()

    def patch(self, rect: Rect, key: Hashable, paint: Callable[[], None]) -> None:
        paint()

    def box(
        self,
        rect: Rect,
        colour: Colour,
        outline: Colour,
        outline_px: int,
        radius_px: int,
        show: Rect | None = None,
    ) -> None:
        if show is None:  # what lies under it is not seen any more
            whole = pygame.Rect(rect.x, rect.y, rect.width, rect.height)
            self.drawn = [one for one in self.drawn if not whole.contains(one.rect)]
        self._keep_drawn("box", show or rect, (colour, outline))

    def bar(self, rect: Rect, colour: Colour) -> None:
        self._keep_drawn("bar", rect, (colour,))

    def disc(self, centre: Point, radius_px: float, colour: Colour) -> None:
        self._keep_drawn("disc", _around(centre, 2 * radius_px), (colour,))

    def ring(self, centre: Point, radius_px: float, line_px: float, colour: Colour) -> None:
        self._keep_drawn("ring", _around(centre, 2 * radius_px), (colour,))

    def line(self, start: Point, end: Point, colour: Colour) -> None:
        rect = Rect(round(start[0]), round(start[1]), round(end[0] - start[0]), 0)
        self._keep_drawn("line", rect, (colour,))

    def shrunk_disc(
        self, centre: Point, side_px: int, share: float, colour: Colour, outline: Colour
    ) -> None:
        self._keep_drawn("disc", _around(centre, share * side_px), (colour, outline))

    def picture(self, key: Hashable, centre: Point, side_px: int, paint: Paint) -> None:
        kind, *more = key if isinstance(key, tuple) else (key,)
        colours = tuple(part for part in more if isinstance(part, tuple))
        says = " ".join(str(part) for part in more if not isinstance(part, tuple))
        self._keep_drawn(str(kind), _around(centre, side_px), colours, says)

    def text(
        self,
        text: str,
        at: Point,
        size_px: int,
        colour: Colour,
        bold: bool = False,
        anchor: str = "center",
    ) -> None:
        if not text:
            return
        text = as_drawn(text)
        line = pygame.Rect(0, 0, *self._font(size_px, bold).size(text))
        setattr(line, anchor, (round(at[0]), round(at[1])))
        ink = _ink(text, size_px, bold).move(line.topleft)
        self.drawn.append(Drawn("text", line, (colour,), text, size_px, ink))

    def photo(self, rect: Rect, size: tuple[int, int], grey: bytes) -> None:
        self._keep_drawn("photo", rect, ())

    def turned(self, rect: Rect, paint: Callable[[Canvas], None]) -> None:
        part = Recorder((rect.width, rect.height))
        paint(part)
        for one in part.drawn:
            ink = one.ink and _turned(one.ink, rect)
            self.drawn.append(replace(one, rect=_turned(one.rect, rect), ink=ink))

    def _keep_drawn(
        self, kind: str, rect: Rect, colours: tuple[Colour, ...], says: str = ""
    ) -> None:
        where = pygame.Rect(rect.x, rect.y, rect.width, rect.height)
        self.drawn.append(Drawn(kind, where, colours, says))


def as_lines(drawn: list[Drawn], theme: Theme) -> list[str]:
    """What was drawn, one a line; colours by their names in the theme, so that it may change."""
    names = {colour: name for name, colour in reversed(vars(theme).items())}
    lines = []
    for one in drawn:
        colours = " ".join(names[colour] for colour in one.colours)
        place = f"{one.rect.x},{one.rect.y} {one.rect.width}x{one.rect.height}"
        lines.append(f"{one.kind} {place} {colours} {one.says}".rstrip())
    return lines


def _turned(inner: pygame.Rect, rect: Rect) -> pygame.Rect:
    """Where what lies there in a picture lies when that is put upside down into `rect`."""
    x, y = rect.x + rect.width - inner.right, rect.y + rect.height - inner.bottom
    return pygame.Rect(x, y, inner.width, inner.height)


def _around(centre: Point, side_px: float) -> Rect:
    corner = round(centre[0] - side_px / 2), round(centre[1] - side_px / 2)
    return Rect(*corner, round(side_px), round(side_px))


@cache
def _ink(text: str, size_px: int, bold: bool) -> pygame.Rect:
    return (
        pygame.font.Font(font_file(bold), size_px).render(text, True, "white").get_bounding_rect()
    )
