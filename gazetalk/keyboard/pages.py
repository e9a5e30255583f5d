"""The pages of a layout, by the way of writing that they are made for."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.keyboard.aim import Aim
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.entry import CHOICES_PAGE, Entry
from gazetalk.keyboard.language import Language
from gazetalk.keyboard.layout import Layout
from gazetalk.keyboard.sides import SIDES_PAGE, Sides


@dataclass(frozen=True)
class Guessing:
    """What words are decoded with: what people say, and how this person's looks fall."""

    language: Language
    aim: Aim


def guesses(layout: Layout) -> bool:
    """Whether words are guessed on it, so that it wants a language."""
    return CHOICES_PAGE in layout.pages or SIDES_PAGE in layout.pages


class Pages:
    """The pages of a layout on a screen, one at a time, as `Entry` has them without its words."""

    def __init__(self, layout: Layout, width_px: int, height_px: int) -> None:
        self._layout = layout
        self.first = layout.first
        self.board = layout.place(width_px, height_px)

    def turn_to(self, page: str) -> None:
        self.board = self._layout.place(self.board.width_px, self.board.height_px, page)

    def resize(self, width_px: int, height_px: int) -> None:
        self.board = self._layout.place(width_px, height_px, self.board.page)


def pages_of(
    layout: Layout, guessing: Guessing | None, composer: Composer, width_px: int, height_px: int
) -> Entry | Sides | Pages:
    """A layout's pages on a screen of that size, with words guessed on them where that can be."""
    if guessing is None or not guesses(layout):
        return Pages(layout, width_px, height_px)
    if SIDES_PAGE in layout.pages:
        return Sides(layout, guessing.language, composer, width_px, height_px)
    return Entry(layout, guessing.language, composer, guessing.aim, width_px, height_px)
