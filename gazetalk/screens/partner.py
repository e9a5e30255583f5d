"""The partner's view: what a person sitting opposite reads, large, and whether it is being said.

Drawn in a window of its own, or turned around in one half of the talk screen's place for text, so
that no key gets smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gazetalk.keyboard.layout import Board, Rect
from gazetalk.screens.canvas import Canvas, inset
from gazetalk.screens.look import Look
from gazetalk.screens.symbols import draw_symbol
from gazetalk.screens.theme import Colour, Theme

Told = tuple[str, str, Colour]  # a sign, words and the sign's colour

# Of longer texts the end counts: somebody opposite reads along, not back.
MOST_CHARACTERS = 240
FOOT, FOOT_IN_STRIP = 0.13, 0.34  # of the height, for the line that tells what goes on
LARGEST, SMALLEST = 0.3, 0.085  # text, of the longer and of the shorter side
LEAST_FOOT = 0.6  # of the size wanted there, or less is told
SMALLEST_IN_STRIP = 0.2  # of a strip's height


@dataclass(frozen=True)
class PartnerView:
    """All that somebody opposite sees.

    words: what was written, or what is being said. spoken: the word being said, their characters
    from..to, or None. doing: "speaking", "writing" or "" for neither. ringing: the call bell rings.
    warning: what is amiss, in words ("" for nothing).
    """

    words: str = ""
    spoken: tuple[int, int] | None = None
    doing: str = ""
    ringing: bool = False
    warning: str = ""


def shared(board: Board, look: Look, least_px: float) -> tuple[Board, Rect | None]:
    """The board with the person's own part of its place for text, and the partner's part: None
    where they have none, or there is no room (less than `least_px`). The keys stay."""
    rect = board.text_rect
    if look.partner != "top" or rect.height < least_px:
        return board, None
    if rect.width >= rect.height:
        half = rect.width // 2
        own = replace(rect, width=half)
        other = replace(rect, x=rect.x + half, width=rect.width - half)
    else:
        half = rect.height // 2
        own = replace(rect, y=rect.y + half, height=rect.height - half)
        other = replace(rect, height=half)
    return replace(board, text_rect=own), other


def draw_partner(canvas: Canvas, view: PartnerView, look: Look) -> None:
    """Draw it over the whole canvas, upright."""
    width, height = canvas.size
    theme = look.colours()
    canvas.clear(theme.background)
    gap = max(2, min(width, height) // 50)
    line = max(1, min(width, height) // 200)
    frame = Rect(gap, gap, width - 2 * gap, height - 2 * gap)
    edge = theme.warning if view.ringing else theme.outline
    thick = 3 * line if view.ringing else line
    canvas.box(frame, theme.background, edge, thick, 4 * gap)
    room = inset(frame, thick + 2 * gap)
    foot = round((FOOT_IN_STRIP if width > 2 * height else FOOT) * room.height)
    _draw_words(canvas, view, look, replace(room, height=room.height - foot))
    below = Rect(room.x, room.y + room.height - foot, room.width, foot)
    _draw_foot(canvas, view, look, below)


def _draw_words(canvas: Canvas, view: PartnerView, look: Look, room: Rect) -> None:
    """The end of the words, as large as there is room; the one being said in a box."""
    cut = _begin(view.words)
    words, theme = view.words[cut:].replace("\n", " "), look.colours()
    least = SMALLEST_IN_STRIP if room.width > 2 * room.height else SMALLEST
    smallest = max(8, round(least * min(room.width, room.height)))
    wanted = max(smallest, round(min(LARGEST * room.width / 2, 0.62 * room.height)))
    size = max(smallest, canvas.block(words, wanted, (room.width, room.height))[0])
    height = canvas.line_height(size)
    lines = canvas.wrap(words, size, room.width)
    first = max(0, len(lines) - max(1, room.height // height))
    at = cut + sum(map(len, lines[:first]))
    for number, line in enumerate(lines[first:]):
        y = room.y + number * height
        _draw_spoken(canvas, view, (line, at), (room.x, y), size, theme)
        canvas.text(line.rstrip(" "), (room.x, y), size, theme.text, anchor="topleft")
        at += len(line)


def _draw_spoken(
    canvas: Canvas,
    view: PartnerView,
    line: tuple[str, int],
    at: tuple[int, int],
    size: int,
    theme: Theme,
) -> None:
    """A bar under the part of a line (its text, and where that begins) that is being said."""
    text, begin = line
    start, end = view.spoken or (0, 0)
    first, last = max(0, start - begin), min(len(text), end - begin)
    if first >= last:
        return
    x = at[0] + canvas.text_width(text[:first], size)
    width, height = canvas.text_width(text[first:last], size), canvas.line_height(size)
    thick = max(2, size // 14)
    canvas.bar(Rect(x, at[1] + height - thick, width, thick), theme.accent)


def _draw_foot(canvas: Canvas, view: PartnerView, look: Look, room: Rect) -> None:
    """What goes on, each with its sign: the bell, what is amiss, speaking or writing."""
    theme, captions = look.colours(), canvas.captions(look.language)
    told = [("bell", captions.screens["ringing"], theme.warning)] * view.ringing
    if view.warning:
        told.append(("alert", captions.line(view.warning), theme.warning))
    if view.doing == "speaking":
        told.append(("speak", captions.screens["speaking"], theme.accent))
    elif view.doing == "writing":
        told.append(("more", captions.screens["writing"], theme.muted))
    wanted = round(0.72 * room.height)
    size = _fitting(canvas, told, wanted, room.width)
    while len(told) > 1 and size < LEAST_FOOT * wanted:  # the first of them are the most pressing
        told.pop()
        size = _fitting(canvas, told, wanted, room.width)
    x, y = float(room.x), room.y + room.height / 2
    for symbol, words, colour in told:
        draw_symbol(canvas, symbol, (x + 0.5 * size, y), size, colour)
        canvas.text(words, (x + 1.2 * size, y), size, theme.text, anchor="midleft")
        x += canvas.text_width(words, size) + 1.9 * size


def _fitting(canvas: Canvas, told: Sequence[Told], wanted_px: int, width_px: int) -> int:
    """The size at which signs and words stand side by side."""
    words = sum(canvas.text_width(words, wanted_px) for _, words, _ in told)
    full = words + 1.9 * wanted_px * len(told)
    return max(8, min(wanted_px, int(wanted_px * width_px / max(1.0, full))))


def _begin(words: str) -> int:
    """Where what is shown of them begins: at a word."""
    if len(words) <= MOST_CHARACTERS:
        return 0
    cut = len(words) - MOST_CHARACTERS
    space = words.find(" ", cut)
    return space + 1 if space >= 0 else cut
