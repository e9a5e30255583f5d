"""What the screens draw with: smooth shapes and fitted text on a pygame surface.

pygame draws shapes with jagged edges, so they are drawn larger, scaled down and kept. What seldom
changes is painted once, as a layer; then only what was drawn on top of it is put back.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.captions import Captions, load_captions
from gazetalk.screens.letters import as_drawn, font_file, script_of
from gazetalk.screens.theme import Colour
from gazetalk.screens.wrapping import wrap

SMOOTHING = 4  # how many times larger shapes are drawn
PREMULTIPLIED = pygame.BLEND_PREMULTIPLIED
KEPT_PICTURES = 600
SMALLEST_FONT_PX = 8

Point = tuple[float, float]
T = TypeVar("T")
Paint = Callable[[pygame.Surface], None]


class Canvas:
    """Draws on `surface`; `resized` gives it another one. Sizes and places are pixels."""

    def __init__(self, surface: pygame.Surface) -> None:
        pygame.font.init()
        self.surface = surface
        self._fonts: dict[tuple[int, bool, str], pygame.font.Font] = {}
        self._pictures: OrderedDict[Hashable, pygame.Surface] = OrderedDict()
        self._wrapped: tuple[Hashable, list[str]] = (None, [])
        self._blocks: OrderedDict[Hashable, tuple[int, list[str]]] = OrderedDict()
        self._captions: dict[str, Captions] = {}
        self._remembered: tuple[Hashable, Any] = (None, None)
        self._layer: tuple[Hashable, pygame.Surface | None] = (None, None)
        self._on_top: list[pygame.Rect] = []
        self._changed: list[pygame.Rect] | None = None
        self._turned: Canvas | None = None
        self._patch: Hashable = None

    @classmethod
    def unseen(cls) -> Canvas:
        """One that only tells how large texts would be."""
        return cls(pygame.Surface((1, 1)))

    @property
    def size(self) -> tuple[int, int]:
        return self.surface.get_size()

    def resized(self, surface: pygame.Surface) -> None:
        """Draw on this surface from now on."""
        self.surface = surface
        self._fonts.clear()
        self._pictures.clear()
        self._wrapped = (None, [])
        self._blocks.clear()
        self._remembered = (None, None)
        self._whole_changed()

    def clear(self, colour: Colour) -> None:
        self.surface.fill(colour)
        self._whole_changed()

    def layer(self, key: Hashable, paint: Callable[[], None]) -> None:
        """What lies below everything that is drawn next: painted when `key` is another than last
        time, and otherwise put back wherever something was drawn on top of it."""
        known, below = self._layer
        if below is not None and known == key:
            for rect in self._on_top:
                self.surface.blit(below, rect, rect)
            if self._changed is not None:
                self._changed += self._on_top
        else:
            paint()
            self._whole_changed()
            self._layer = (key, self.surface.copy())
            self._patch = None
        self._on_top = []

    def patch(self, rect: Rect, key: Hashable, paint: Callable[[], None]) -> None:
        """A part of the layer that changes more often than the rest; to be called next to it, and
        painted when `key` is another than last time."""
        below = self._layer[1]
        if below is None or self._patch == key:
            return
        there_before = len(self._on_top)
        paint()
        below.blit(self.surface, (rect.x, rect.y), _as_pygame(rect))
        del self._on_top[there_before:]
        self._patch = key

    def changes(self) -> list[pygame.Rect] | None:
        """Where something was drawn since the last call; None: anywhere."""
        changed, self._changed = self._changed, []
        return None if changed is None else _once(changed)

    def captions(self, language: str) -> Captions:
        """What screens say in a language; its file is read once."""
        if language not in self._captions:
            self._captions[language] = load_captions(language)
        return self._captions[language]

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made anew only when `key` is another than last time."""
        if self._remembered[0] != key:
            self._remembered = (key, make())
        made: T = self._remembered[1]
        return made

    def box(
        self,
        rect: Rect,
        colour: Colour,
        outline: Colour,
        outline_px: int,
        radius_px: int,
        show: Rect | None = None,
    ) -> None:
        """A filled, outlined rectangle with round corners; `show` limits it to a part."""
        radius = max(outline_px, min(radius_px, rect.width // 2, rect.height // 2))
        side = 2 * radius

        def paint(large: pygame.Surface) -> None:
            line, round_px = outline_px * SMOOTHING, radius * SMOOTHING
            whole = large.get_rect()
            pygame.draw.rect(large, outline, whole, border_radius=round_px)
            inner = whole.inflate(-2 * line, -2 * line)
            pygame.draw.rect(large, colour, inner, border_radius=max(0, round_px - line))

        corners = self._picture(("box", colour, outline, outline_px, side), (side, side), paint)
        part = _as_pygame(show or rect)
        self.surface.set_clip(part)
        edge, inside = _between_corners(_as_pygame(rect), radius, outline_px)
        for place in edge:
            self.surface.fill(outline, place)
        for place in inside:
            self.surface.fill(colour, place)
        for x, left in ((rect.x, 0), (rect.x + rect.width - radius, radius)):
            for y, top in ((rect.y, 0), (rect.y + rect.height - radius, radius)):
                self.surface.blit(corners, (x, y), (left, top, radius, radius), PREMULTIPLIED)
        self.surface.set_clip(None)
        self._drew(part.clip(self.surface.get_rect()))

    def bar(self, rect: Rect, colour: Colour) -> None:
        """A plain filled rectangle."""
        self._drew(self.surface.fill(colour, (rect.x, rect.y, rect.width, rect.height)))

    def disc(self, centre: Point, radius_px: float, colour: Colour) -> None:
        self._round(centre, radius_px, radius_px, colour)

    def ring(self, centre: Point, radius_px: float, line_px: float, colour: Colour) -> None:
        """A circle's line, `line_px` wide, inside `radius_px`."""
        self._round(centre, radius_px, line_px, colour)

    def line(self, start: Point, end: Point, colour: Colour) -> None:
        self._drew(pygame.draw.aaline(self.surface, colour, start, end))

    def shrunk_disc(
        self, centre: Point, side_px: int, share: float, colour: Colour, outline: Colour
    ) -> None:
        """A disc with an outline, `side_px` across, scaled by `share` (0..1]. Quick: it is only
        scaled each time, not drawn."""
        size = (max(1, side_px), max(1, side_px))

        def paint(large: pygame.Surface) -> None:
            middle = large.get_width() / 2
            pygame.draw.circle(large, outline, (middle, middle), middle)
            pygame.draw.circle(large, colour, (middle, middle), 0.95 * middle)

        whole = self._picture(("disc", size, colour, outline), size, paint)
        side = max(1, round(share * side_px))
        disc = pygame.transform.smoothscale(whole, (side, side))
        corner = round(centre[0] - side / 2), round(centre[1] - side / 2)
        self._drew(self.surface.blit(disc, corner, None, PREMULTIPLIED))

    def picture(self, key: Hashable, centre: Point, side_px: int, paint: Paint) -> None:
        """A square picture that `paint` draws large; kept under `key`."""
        size = (max(1, side_px), max(1, side_px))
        picture = self._picture((key, size), size, paint)
        corner = round(centre[0] - side_px / 2), round(centre[1] - side_px / 2)
        self._drew(self.surface.blit(picture, corner, None, PREMULTIPLIED))

    def turned(self, rect: Rect, paint: Callable[[Canvas], None]) -> None:
        """What `paint` draws on a canvas as large as `rect` is put there upside down, for somebody
        opposite."""
        size = (rect.width, rect.height)
        if self._turned is None:
            self._turned = Canvas(pygame.Surface(size))
        elif self._turned.size != size:
            self._turned.resized(pygame.Surface(size))
        paint(self._turned)
        around = pygame.transform.rotate(self._turned.surface, 180)
        self._drew(self.surface.blit(around, (rect.x, rect.y)))

    def photo(self, rect: Rect, size: tuple[int, int], grey: bytes) -> None:
        """A grey picture of that size, a byte a pixel, scaled to fill `rect`."""
        photo = pygame.image.frombuffer(grey, size, "P")
        photo.set_palette([(light, light, light) for light in range(256)])
        scaled = pygame.transform.smoothscale(photo.convert(24), (rect.width, rect.height))
        self._drew(self.surface.blit(scaled, (rect.x, rect.y)))

    def text(
        self,
        text: str,
        at: Point,
        size_px: int,
        colour: Colour,
        bold: bool = False,
        anchor: str = "center",
    ) -> None:
        """A line of text; `anchor` is the pygame.Rect attribute that lies at `at`."""
        if not text:
            return
        key = ("text", text, size_px, colour, bold)
        picture = self._kept(key)
        if picture is None:
            shown = as_drawn(text)
            font = self._font(size_px, bold, script_of(shown))
            picture = self._keep(key, font.render(shown, True, colour))
        place = picture.get_rect()
        setattr(place, anchor, (round(at[0]), round(at[1])))
        self._drew(self.surface.blit(picture, place))

    def text_width(self, text: str, size_px: int, bold: bool = False) -> int:
        shown = as_drawn(text)
        return self._font(size_px, bold, script_of(shown)).size(shown)[0]

    def line_height(self, size_px: int) -> int:
        return self._font(size_px, False).get_linesize()

    def fitting_size(self, text: str, size_px: int, width_px: float, bold: bool = False) -> int:
        """The largest font size up to `size_px` at which the text is no wider than `width_px`."""
        size = max(SMALLEST_FONT_PX, size_px)
        width = self.text_width(text, size, bold)
        if width > width_px > 0:
            size = max(SMALLEST_FONT_PX, int(size * width_px / width))
        while size > SMALLEST_FONT_PX and self.text_width(text, size, bold) > width_px:
            size -= 1
        return size

    def wrap(self, text: str, size_px: int, width_px: float) -> list[str]:
        """The text in lines no wider than `width_px`; see `wrap`."""
        key = (text, size_px, width_px)
        if self._wrapped[0] != key:
            lines = wrap(text, width_px, lambda line: self.text_width(line, size_px))
            self._wrapped = (key, lines)
        return self._wrapped[1]

    def block(self, text: str, size_px: int, room_px: tuple[float, float]) -> tuple[int, list[str]]:
        """The largest font size up to `size_px` at which the text has room (width, height), without
        a word being broken, and its lines at that size."""
        key = (text, size_px, room_px)
        if key not in self._blocks:
            self._blocks[key] = self._block(text, size_px, room_px)
            if len(self._blocks) > KEPT_PICTURES:
                self._blocks.popitem(last=False)
        return self._blocks[key]

    def _block(
        self, text: str, size_px: int, room_px: tuple[float, float]
    ) -> tuple[int, list[str]]:
        width_px, height_px = room_px
        longest = max(text.replace("\n", " ").split(" "), key=len)
        size = self.fitting_size(longest, size_px, width_px)
        lines = self._lines(text, size, width_px)
        while size > SMALLEST_FONT_PX and len(lines) * self.line_height(size) > height_px:
            size = max(SMALLEST_FONT_PX, min(size - 1, round(0.95 * size)))
            lines = self._lines(text, size, width_px)
        return size, lines

    def _lines(self, text: str, size_px: int, width_px: float) -> list[str]:
        lines = wrap(text, width_px, lambda line: self.text_width(line, size_px))
        return [line.rstrip(" ") for line in lines]

    def _font(self, size_px: int, bold: bool, script: str = "") -> pygame.font.Font:
        key = (size_px, bold, script)
        if key not in self._fonts:
            self._fonts[key] = pygame.font.Font(font_file(bold), size_px)
            if script:
                self._fonts[key].set_script(script)
        return self._fonts[key]

    def _round(self, centre: Point, radius_px: float, line_px: float, colour: Colour) -> None:
        side = max(1, round(2 * radius_px))
        line = max(1, round(line_px * SMOOTHING))

        def paint(large: pygame.Surface) -> None:
            middle = large.get_width() / 2
            full = line >= middle
            pygame.draw.circle(large, colour, (middle, middle), middle, 0 if full else line)

        self.picture(("round", line, colour), centre, side, paint)

    def _picture(self, key: Hashable, size: tuple[int, int], paint: Paint) -> pygame.Surface:
        picture = self._kept(key)
        if picture is None:
            large_size = (size[0] * SMOOTHING, size[1] * SMOOTHING)
            large = pygame.Surface(large_size, pygame.SRCALPHA)
            paint(large)
            # Smoothing mixes in the colour of clear pixels: premultiplied, that is nothing.
            small = pygame.transform.smoothscale(large.premul_alpha(), size)
            picture = self._keep(key, small)
        return picture

    def _drew(self, rect: pygame.Rect) -> None:
        if rect.width and rect.height:
            self._on_top.append(rect)
            if self._changed is not None:
                self._changed.append(rect)

    def _whole_changed(self) -> None:
        self._layer = (None, None)
        self._on_top = []
        self._changed = None

    def _kept(self, key: Hashable) -> pygame.Surface | None:
        if key in self._pictures:
            self._pictures.move_to_end(key)  # what is used longest ago is given up first
            return self._pictures[key]
        return None

    def _keep(self, key: Hashable, picture: pygame.Surface) -> pygame.Surface:
        self._pictures[key] = picture
        if len(self._pictures) > KEPT_PICTURES:
            self._pictures.popitem(last=False)
        return picture


def _as_pygame(rect: Rect) -> pygame.Rect:
    return pygame.Rect(rect.x, rect.y, rect.width, rect.height)


def _once(rects: list[pygame.Rect]) -> list[pygame.Rect]:
    """The same area without what lies in another of them: each is sent to the screen, which takes
    longer than drawing it (a key that is drawn anew: once below, once with its letter, ...)."""
    kept: list[pygame.Rect] = []
    for rect in sorted(rects, key=lambda rect: rect.w * rect.h, reverse=True):
        if rect and not any(other.contains(rect) for other in kept):
            kept.append(rect)
    return kept


def _between_corners(
    rect: pygame.Rect, radius: int, line: int
) -> tuple[list[pygame.Rect], list[pygame.Rect]]:
    """The outline and the inside of a round box without its corners, as rectangles that do not
    overlap: filling a pixel twice costs more than drawing a corner."""
    x, y, right, bottom = rect.x, rect.y, rect.right, rect.bottom
    wide, high, deep = rect.width - 2 * radius, rect.height - 2 * radius, radius - line
    outline = [
        pygame.Rect(x + radius, y, wide, line),
        pygame.Rect(x + radius, bottom - line, wide, line),
        pygame.Rect(x, y + radius, line, high),
        pygame.Rect(right - line, y + radius, line, high),
    ]
    inside = [
        pygame.Rect(x + radius, y + line, wide, deep),
        pygame.Rect(x + line, y + radius, rect.width - 2 * line, high),
        pygame.Rect(x + radius, bottom - radius, wide, deep),
    ]
    return outline, inside


def inset(rect: Rect, margin_px: int) -> Rect:
    """The rectangle with that margin taken off on each side (at least a pixel is left)."""
    width, height = rect.width - 2 * margin_px, rect.height - 2 * margin_px
    return Rect(rect.x + margin_px, rect.y + margin_px, max(1, width), max(1, height))
