"""The talk screen: the text on top, the keys below it, and where the eyes are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate

from gazetalk.keyboard.dwell import Phase
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import Board, Rect
from gazetalk.screens.canvas import Canvas, Point, inset
from gazetalk.screens.keys import (
    Sizes,
    Style,
    draw_key,
    draw_key_looked_at,
    key_looked_at,
    offers_in_strip,
    style_of,
    taken_by_keys,
)
from gazetalk.screens.letters import from_the_right
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.partner import PartnerView, draw_partner, shared
from gazetalk.screens.symbols import draw_symbol
from gazetalk.screens.theme import Theme

SIGN = 1.25  # of the size of the words beside it
LEAST_SHARED = 0.06  # of the screen's height: a lower strip is the person's alone
LEAST_REMINDER = 0.45  # of the text's size: smaller, it is left out
FRAME_PARTS = 60  # the frame of a screen that calls, as a part of its shorter side


NOBODY = PartnerView()


@dataclass(frozen=True)
class TalkView:
    """All that the talk screen shows.

    pointer: where the eyes are, pixels, or None. status: one line of words ("" for none), such as
    why nothing is being selected; `alert` when it needs attention. ringing: the call bell rings.
    speaking: the voice is heard; spoken: the word being said, the text's characters from..to, or
    None. hint: what stands where the text will be, while there is none; "" for what is usual.
    reminder: stands beside the text while it is written, as far as there is room; "" for none.
    partner: what somebody opposite sees, where that is in this screen.
    """

    keyboard: KeyboardState
    pointer: Point | None = None
    status: str = ""
    alert: bool = False
    ringing: bool = False
    speaking: bool = False
    spoken: tuple[int, int] | None = None
    hint: str = ""
    reminder: str = ""
    partner: PartnerView = NOBODY


def draw_talk(canvas: Canvas, view: TalkView, look: Look = USUAL) -> None:
    """Draw the whole screen; the board must be as large as the canvas.

    The keys that nobody looks at stay as they are from one frame to the next.
    """
    board, opposite = _shared(view.keyboard.board, look)
    view = replace(view, keyboard=replace(view.keyboard, board=board))
    state = view.keyboard
    style = style_of(canvas, state.board, look, state.resting)

    def paint() -> None:
        canvas.clear(style.theme.background)
        _draw_panel(canvas, state.board, style)
        for key in state.board.keys:
            draw_key(canvas, key, state, view.ringing, style)
        if view.ringing:
            _draw_frame(canvas, style)

    on_keys = taken_by_keys(state)
    canvas.layer((state.board, style, on_keys, view.ringing), paint)
    if opposite is not None:
        part = opposite

        def paint_opposite() -> None:
            """With a frame of its own while somebody calls: the screen's would lie on the words."""
            canvas.turned(part, lambda own: draw_partner(own, view.partner, look))

        canvas.patch(part, view.partner, paint_opposite)
    _draw_text(canvas, view, style)
    looked_at = key_looked_at(state)
    if looked_at:
        draw_key_looked_at(canvas, looked_at, state, view.ringing, style)
    if view.pointer is not None and _pointer_shows(look, state):
        _draw_pointer(canvas, view.pointer, style.theme)


def _draw_frame(canvas: Canvas, style: Style) -> None:
    """All around the screen, seen from across the room: somebody is calling."""
    width, height = canvas.size
    line = max(4, min(width, height) // FRAME_PARTS)
    for rect in (
        Rect(0, 0, width, line),
        Rect(0, height - line, width, line),
        Rect(0, 0, line, height),
        Rect(width - line, 0, line, height),
    ):
        canvas.bar(rect, style.theme.warning)


def shown_lines(
    canvas: Canvas, board: Board, text: str, look: Look = USUAL
) -> list[tuple[str, Rect]]:
    """The end of the text as it is shown: lines, and where on the board they stand.

    At least one line, perhaps empty; none when the board has no room for text.
    """
    board, _ = _shared(board, look)
    lines = _lines(canvas, board, text, style_of(canvas, board, look, False).sizes)
    return [(line.text, line.rect) for line in lines]


def _shared(board: Board, look: Look) -> tuple[Board, Rect | None]:
    return shared(board, look, LEAST_SHARED * board.height_px)


def lines_finder(look: Look = USUAL) -> Callable[[Board, str], list[tuple[str, Rect]]]:
    """`shown_lines` for screens that somebody else draws, or nobody."""
    return partial(shown_lines, Canvas.unseen(), look=look)


@dataclass(frozen=True)
class _Line:
    """A line of the text, where it stands, and how many characters come before it, line breaks
    not counted."""

    text: str
    rect: Rect
    start: int


def _lines(
    canvas: Canvas, board: Board, text: str, sizes: Sizes, caret: int | None = None
) -> list[_Line]:
    """The lines shown: the last ones, or those from the caret's on where it stands before them."""
    if board.text_rect.height < 3 * sizes.gap:
        return []
    panel, inner = _panel(board, sizes)
    margin = inner.x - panel.x
    height = canvas.line_height(sizes.text)
    below = sizes.text if offers_in_strip(board) else sizes.status
    room = panel.height - canvas.line_height(below) - margin
    shown = max(1, room // height)
    top = panel.y + margin // 2 + max(0, room - shown * height) // 2
    lines = canvas.wrap(text, sizes.text, inner.width)
    right = inner.x + inner.width
    starts = list(accumulate(map(len, lines), initial=0))
    first = max(0, len(lines) - shown)
    if caret is not None:
        first = min(first, max(0, bisect_right(starts, caret) - 1))
    numbers = range(first, min(len(lines), first + shown))

    def placed(number: int) -> _Line:
        line = lines[number]
        width = canvas.text_width(line, sizes.text)
        x = right - width if from_the_right(line) else inner.x
        return _Line(line, Rect(x, top + (number - first) * height, width, height), starts[number])

    return [placed(number) for number in numbers]


def _panel(board: Board, sizes: Sizes) -> tuple[Rect, Rect]:
    """The box that holds the text, and the part of it inside the margins."""
    panel = inset(board.text_rect, sizes.gap)
    return panel, inset(panel, round(0.4 * sizes.text))


def _draw_panel(canvas: Canvas, board: Board, style: Style) -> None:
    sizes, theme = style.sizes, style.theme
    if board.text_rect.height >= 3 * sizes.gap:
        panel = _panel(board, sizes)[0]
        canvas.box(panel, theme.background, theme.outline, sizes.line, sizes.radius)


def _draw_text(canvas: Canvas, view: TalkView, style: Style) -> None:
    """The end of the text with the caret, and under it the line that tells what goes on."""
    state, theme, sizes = view.keyboard, style.theme, style.sizes
    caret = _unbroken(state.text, state.caret)
    lines = _lines(canvas, state.board, state.text, sizes, caret)
    if not lines:
        return
    panel, inner = _panel(state.board, sizes)
    if view.spoken is not None:
        _draw_spoken(canvas, view.spoken, state.text, lines, style)
    for line in lines:
        at = (line.rect.x, line.rect.y)
        canvas.text(line.text, at, sizes.text, theme.text, anchor="topleft")
    caret_x, caret_y = _caret_place(canvas, lines, caret, inner, sizes)
    height = lines[0].rect.height
    canvas.bar(Rect(caret_x + sizes.line, caret_y, 2 * sizes.line, height), theme.accent)
    if not state.text and not state.guess and not state.resting:
        at = (lines[-1].rect.x + sizes.text // 2, caret_y)
        captions = canvas.captions(style.look.language)
        hint = captions.line(view.hint) or captions.screens["hint"]
        size = canvas.fitting_size(hint, sizes.text, inner.width - sizes.text // 2)
        canvas.text(hint, at, size, theme.text if view.hint else theme.muted, anchor="topleft")
    if state.guess and caret is None:
        backwards = from_the_right(lines[-1].text)
        at = (caret_x + (-1 if backwards else 4) * sizes.line, caret_y)
        anchor = "topright" if backwards else "topleft"
        canvas.text(state.guess, at, sizes.text, theme.accent, anchor=anchor)
    if view.reminder and (state.text or state.guess):
        written = canvas.text_width(state.guess, sizes.text) if caret is None else 0
        _draw_reminder(canvas, view.reminder, (caret_x + written, caret_y), inner, style)
    bottom = panel.y + panel.height - (inner.x - panel.x) // 2
    below = lines[-1].rect.y + lines[-1].rect.height
    _draw_status(canvas, view, style, Rect(inner.x, below, inner.width, bottom - below))
    told = view.status or state.fault or view.ringing or view.speaking
    if not told and state.offered and offers_in_strip(state.board):
        _draw_offered(canvas, state, theme, sizes, inner)


def _draw_reminder(
    canvas: Canvas, words: str, written: tuple[int, int], inner: Rect, style: Style
) -> None:
    """At the right end of the line that is being written; not where it would be too small to read.
    written: where that line ends."""
    sizes, (end_x, y) = style.sizes, written
    right = inner.x + inner.width
    room = right - end_x - sizes.text
    size = canvas.fitting_size(words, sizes.text, room) if room > 0 else 0
    if size >= LEAST_REMINDER * sizes.text:
        canvas.text(words, (right, y), size, style.theme.muted, anchor="topright")


def _unbroken(text: str, place: int | None) -> int | None:
    """A place in the text, line breaks not counted."""
    return None if place is None else place - text.count("\n", 0, place)


def _caret_place(
    canvas: Canvas, lines: list[_Line], caret: int | None, inner: Rect, sizes: Sizes
) -> tuple[int, int]:
    """The caret's top left corner: at the end of what is shown where `caret` is None."""
    line = lines[-1]
    before = line.text
    if caret is not None:
        line = next((line for line in reversed(lines) if line.start <= caret), lines[0])
        before = line.text[: caret - line.start]
    width = canvas.text_width(before, sizes.text)
    if from_the_right(line.text):
        return max(line.rect.x + line.rect.width - width - 4 * sizes.line, inner.x), line.rect.y
    return min(line.rect.x + width, inner.x + inner.width), line.rect.y


def _draw_spoken(
    canvas: Canvas, spoken: tuple[int, int], text: str, lines: list[_Line], style: Style
) -> None:
    """A box behind the word that is being said, as far as it is among the lines shown."""
    start, end = (_unbroken(text, place) or 0 for place in spoken)
    sizes, theme = style.sizes, style.theme
    for line in lines:
        first, last = max(start - line.start, 0), min(end - line.start, len(line.text))
        if first < last:
            before = canvas.text_width(line.text[:first], sizes.text)
            width = canvas.text_width(line.text[first:last], sizes.text)
            rect, x = line.rect, line.rect.x + before
            if from_the_right(line.text):
                x = rect.x + rect.width - before - width
            box = Rect(x - sizes.gap, rect.y, width + 2 * sizes.gap, rect.height)
            canvas.box(box, theme.fill, theme.accent, sizes.line, sizes.gap)


def _draw_offered(
    canvas: Canvas, state: KeyboardState, theme: Theme, sizes: Sizes, inner: Rect
) -> None:
    """The words offered in a line at the foot of the strip, the one the switch takes in a frame."""
    height = canvas.line_height(sizes.text)
    y = inner.y + inner.height - height
    x = inner.x
    for word in state.offered:
        width = canvas.text_width(word, sizes.text)
        if x + width > inner.x + inner.width:
            break
        if word == state.sure:
            frame = Rect(x - sizes.gap, y, width + 2 * sizes.gap, height)
            canvas.box(frame, theme.fill, theme.accent, sizes.line, sizes.gap)
        canvas.text(word, (x, y), sizes.text, theme.text, anchor="topleft")
        x += width + sizes.text


def _draw_status(canvas: Canvas, view: TalkView, style: Style, room: Rect) -> None:
    """At the bottom of the room below the text: on the left what is amiss, on the right what is
    heard; larger while there is less text."""
    theme, sizes = style.theme, style.sizes
    captions = canvas.captions(style.look.language)
    status = captions.line(view.status or view.keyboard.fault or "")
    ringing, speaking = captions.screens["ringing"], captions.screens["speaking"]
    heard = [("bell", ringing)] * view.ringing + [("speak", speaking)] * view.speaking
    wanted = max(sizes.status, min(round(0.7 * room.height), round(0.75 * sizes.text)))
    words = "".join([status, *(words for _, words in heard)])
    signs = (len(heard) + 1) * 2.5 * SIGN * wanted  # with the room around them
    full = canvas.text_width(words, wanted) + signs
    size = min(wanted, int(wanted * room.width / full))
    middle = room.y + room.height - canvas.line_height(size) / 2
    side = round(SIGN * size)
    right = float(room.x + room.width)
    for symbol, words in heard:
        canvas.text(words, (right, middle), size, theme.text, anchor="midright")
        right -= canvas.text_width(words, size) + 0.8 * side
        draw_symbol(canvas, symbol, (right, middle), side, theme.accent)
        right -= 1.5 * side
    if status:
        alert = view.alert or not view.status
        colour = theme.warning if alert else theme.muted
        draw_symbol(canvas, "alert" if alert else "eye", (room.x + side / 2, middle), side, colour)
        left = room.x + 1.5 * side
        fitted = canvas.fitting_size(status, size, right - left)
        canvas.text(status, (left, middle), fitted, colour, anchor="midleft")


def _pointer_shows(look: Look, state: KeyboardState) -> bool:
    match look.pointer:
        case "shown":
            return True
        case "progress":
            return state.dwell.phase is Phase.DWELLING
    return False


def _draw_pointer(canvas: Canvas, at: Point, theme: Theme) -> None:
    """A quiet ring, dark beside light so that it shows on everything."""
    radius = max(6, min(canvas.size) / 60)
    canvas.ring(at, radius + 1.5, radius / 3, theme.background)
    canvas.ring(at, radius, radius / 6, theme.text)
