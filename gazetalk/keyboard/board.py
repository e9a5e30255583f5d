"""Boards: the keys of a layout's page, placed on a screen. Sizes are relative until then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from types import MappingProxyType

SIMPLE_ACTIONS = (
    *("type", "space", "erase", "erase-word", "clear", "capital", "undo", "redo"),
    *("word-left", "word-right", "to-start", "to-end"),
    *("speak", "speak-word", "speak-sentence", "repeat", "pause", "hush"),
    *("bell", "rest", "wake", "more", "back", "restart", "done", "check", "set-back"),
)
ACTIONS_WITH_MORE = (
    "choose:",  # the word offered of that number, from 1
    "part:",  # the part of the keyboard, or the letter, of that number, in spelling
    "page:",  # turn to the page of that name
    "say:",  # speak that text at once
    "put:",  # put that text into the text being written
    "set:",  # take the setting of that name to its next value
    "side:",  # answer that it is on that side: "left" or "right" (`sides`)
)
SLOTS = ("phrase:", "answer:", "writing:", "next:")  # `quick_talk` fills them, with the above ...
TOPIC = "topic:"  # ... or with this: turn to the page with the phrases of a topic
REST_PAGE = "rest"
TEXT_CELL = "text"  # in place of a key: where the text is shown


def slot_number(action: str, kind: str) -> int | None:
    """The number, from 0, in an action such as "choose:1"; None when it is of another kind."""
    prefix, _, number = action.partition(":")
    return int(number) - 1 if prefix == kind else None


@dataclass(frozen=True)
class Rect:
    """A rectangle, pixels; `x` and `y` are its top left corner. Right and bottom edges excluded."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def contains(self, x_px: float, y_px: float) -> bool:
        """Whether the point lies inside; never for NaN."""
        return self.x <= x_px < self.x + self.width and self.y <= y_px < self.y + self.height


@dataclass(frozen=True)
class Key:
    """A key on a screen.

    id: unique on its page. label: what is written on it. action: one of `SIMPLE_ACTIONS`, or one
    that says more after a colon (`ACTIONS_WITH_MORE`). text: what it adds to the text ("" for keys
    that add nothing).
    """

    id: str
    label: str
    action: str
    text: str
    rect: Rect

    @property
    def spells(self) -> bool:
        """Whether it is a letter of words (an apostrophe is, a comma is not)."""
        return self.action == "type" and (self.text.isalpha() or self.text == "'")

    @property
    def said(self) -> str:
        """What a key speaks or puts into the text as a whole, "" for others."""
        kind, _, text = self.action.partition(":")
        return text if kind in ("say", "put") else ""

    @property
    def choice(self) -> int | None:
        """Which of the words offered it takes, from 0; None when it takes none."""
        return slot_number(self.action, "choose")


@dataclass(frozen=True)
class Board:
    """A page of a layout placed on a screen. The keys, the gaps and the text tile it fully.

    once: after one of its keys has typed something the first page comes back. columns: for the eyes
    the keys at the top reach down to the bottom; other keys are for hands.
    """

    page: str
    width_px: int
    height_px: int
    keys: tuple[Key, ...]
    text_rect: Rect
    once: bool = False
    columns: bool = False

    def key_at(self, x_px: float, y_px: float) -> Key | None:
        """The key at a point; None on the text, in a gap, off the screen and for NaN."""
        return next((key for key in self.keys if key.rect.contains(x_px, y_px)), None)

    def column_at(self, x_px: float) -> Key | None:
        """The key at the top with that place across; None where there is none."""
        top = [key for key in self.keys if key.rect.y == 0]
        return next((k for k in top if k.rect.x <= x_px < k.rect.x + k.rect.width), None)

    def key(self, key_id: str) -> Key:
        """The key of that id. Raises KeyError when this page has none."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyError(f"page {self.page!r} has no key {key_id!r}")

    @property
    def letters(self) -> dict[str, tuple[float, float]]:
        """Where the keys of letters are, pixels."""
        return {key.text: key.rect.centre for key in self.keys if key.spells}

    def key_for(self, text: str) -> Key | None:
        """The key that adds `text` (one character, usually), or None when this page has none."""
        return next((key for key in self.keys if text and key.text == text), None)


@dataclass(frozen=True)
class Cell:
    """A key, a gap (`action` ""), the text's place (a gap of the id "text") or a slot, not yet
    placed; `width` in units of its own row."""

    id: str
    label: str
    action: str
    text: str
    width: float

    @property
    def is_key(self) -> bool:
        """Whether a key is there; not for gaps and for slots that nobody filled."""
        return self.action != "" and not self.action.startswith(SLOTS)


@dataclass(frozen=True)
class Page:
    """Rows of cells under a strip for the text; `strip` is its share of the height, 0..0.9.

    heights: how high the rows are, relative to one another. once, columns: see `Board`.
    """

    strip: float
    rows: tuple[tuple[Cell, ...], ...]
    heights: tuple[float, ...]
    once: bool = False
    columns: bool = False

    def cells(self) -> Iterator[Cell]:
        """All cells but the gaps."""
        return (cell for row in self.rows for cell in row if cell.action)


@dataclass(frozen=True)
class Layout:
    """A checked layout. `first` is the page to begin with and to come back to from rest.

    language: the name of the language pack whose letters it has, "" when that was not said.
    """

    name: str
    first: str
    pages: Mapping[str, Page]
    language: str = ""

    def with_pages(self, pages: Mapping[str, Page]) -> Layout:
        """The layout with more pages, or others instead of its own."""
        return replace(self, pages=MappingProxyType({**self.pages, **pages}))

    def place(self, width_px: int, height_px: int, page: str | None = None) -> Board:
        """A page (the first, unless named) on a screen of that size.

        Raises KeyError for an unknown page and ValueError for a size that is not positive.
        """
        if width_px < 1 or height_px < 1:
            raise ValueError(f"a board needs a positive size, not {width_px}x{height_px}")
        name = self.first if page is None else page
        shown = self.pages[name]
        strip_px = round(shown.strip * height_px)
        ys = _edges(list(shown.heights), height_px - strip_px)
        keys = []
        text_rect = Rect(0, 0, width_px, strip_px)
        for row, (top, bottom) in zip(shown.rows, pairwise(ys), strict=True):
            xs = _edges([cell.width for cell in row], width_px)
            for cell, (left, right) in zip(row, pairwise(xs), strict=True):
                rect = Rect(left, strip_px + top, right - left, bottom - top)
                if cell.id == TEXT_CELL and not cell.action:
                    text_rect = rect
                elif cell.is_key:
                    keys.append(Key(cell.id, cell.label, cell.action, cell.text, rect))
        size_px = width_px, height_px
        return Board(name, *size_px, tuple(keys), text_rect, shown.once, shown.columns)


def _edges(weights: list[float], length_px: int) -> list[int]:
    """The pixel edges (one more than weights) that share out `length_px` by weight, gapless."""
    total = sum(weights)
    return [0, *(round(length_px * part / total) for part in accumulate(weights))]
