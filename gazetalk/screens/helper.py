"""A helper's page: a row for each setting and command, the one with the focus in a thick frame."""

from __future__ import annotations

from dataclasses import dataclass

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.look import USUAL, Look

TITLE = "For a helper"
HOW = "Arrows: choose · Enter: change · Backspace: as before · Escape: to the keyboard"
TOP, FOOT = 0.17, 0.03  # of the height, above and below the rows
ASIDE = 0.03  # of the width


@dataclass(frozen=True)
class HelperView:
    """rows: names and values in English ("" for a command). focus: the row's number. words: one
    line in place of how it is used, "" for that."""

    rows: tuple[tuple[str, str], ...]
    focus: int = 0
    words: str = ""


def draw_helper(canvas: Canvas, view: HelperView, look: Look = USUAL) -> None:
    """Draw all rows in two columns, or in one where the screen is upright."""
    width, height = canvas.size
    theme, says = look.colours(), canvas.captions(look.language)
    canvas.clear(theme.background)
    title = round(min(height / 18, width / 24))
    canvas.text(says.line(TITLE), (width / 2, 0.05 * height), title, theme.text)
    how = says.line(view.words or HOW)
    fitted = canvas.fitting_size(how, round(0.6 * title), 0.94 * width)
    canvas.text(how, (width / 2, 0.115 * height), fitted, theme.muted)
    places = row_places(canvas.size, len(view.rows))
    line = max(1, min(width, height) // 500)
    wanted = round(look.text_scale * 0.44 * places[0].height) if places else 0
    for number, ((name, value), rect) in enumerate(zip(view.rows, places, strict=True)):
        chosen = number == view.focus
        ground = theme.fill if chosen else theme.key if value else theme.action
        edge = theme.accent if chosen else theme.outline
        canvas.box(rect, ground, edge, (4 if chosen else 1) * line, rect.height // 6)
        name, value = says.key(name), says.key(value)
        pad = rect.height // 3
        size = canvas.fitting_size(f"{name}   {value}", wanted, rect.width - 3 * pad)
        y = rect.y + rect.height / 2
        canvas.text(name, (rect.x + pad, y), size, theme.text, anchor="midleft")
        at = (rect.x + rect.width - pad, y)
        canvas.text(value, at, size, theme.text, anchor="midright")


def row_places(size_px: tuple[int, int], rows: int) -> list[Rect]:
    """Where the rows are, one below the other, in as many columns as the screen is wide."""
    width, height = size_px
    columns = 2 if width > height else 1
    deep = max(1, -(-rows // columns))
    gap = max(2, min(size_px) // 120)
    side, top = round(ASIDE * width), round(TOP * height)
    across = (width - 2 * side - (columns - 1) * gap) // columns
    down = (height - top - round(FOOT * height)) // deep
    places = []
    for number in range(rows):
        x = side + (number // deep) * (across + gap)
        places.append(Rect(x, top + (number % deep) * down, across, down - gap))
    return places


def row_at(size_px: tuple[int, int], rows: int, x_px: float, y_px: float) -> int | None:
    """Which row is there."""
    places = enumerate(row_places(size_px, rows))
    return next((number for number, rect in places if rect.contains(x_px, y_px)), None)
