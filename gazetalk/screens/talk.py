"""The talk screen: the text on top, the keys below it, and where the eyes are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gazetalk.keyboard.board import TOPIC
from gazetalk.keyboard.dwell import Phase
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import Board, Key, Rect
from gazetalk.screens.canvas import Canvas, Point
from gazetalk.screens.symbols import draw_symbol, symbol_of
from gazetalk.screens.theme import DARK, RESTING, Colour, Theme

HINT = "Look at a key until it fills"
RINGING = "the bell is ringing"
SPEAKING = "speaking"
NO_BREAK = "\u00a0"  # a space that no line ends at
SMALL_SIGNS = frozenset("',.;:`-")  # drawn larger than letters


@dataclass(frozen=True)
class TalkView:
    """All that the talk screen shows.

    pointer: where the eyes are, pixels, or None. status: one line of words ("" for none), such as
    why nothing is being selected; `alert` when it needs attention. ringing: the call bell rings.
    speaking: the voice is heard.
    """

    keyboard: KeyboardState
    pointer: Point | None = None
    status: str = ""
    alert: bool = False
    ringing: bool = False
    speaking: bool = False


@dataclass(frozen=True)
class _Sizes:
    """Lengths in pixels that go with a board's size."""

    gap: int
    line: int
    radius: int
    letter: int
    word: int
    symbol: int
    text: int
    status: int


def draw_talk(canvas: Canvas, view: TalkView) -> None:
    """Draw the whole screen; the board must be as large as the canvas."""
    theme = RESTING if view.keyboard.resting else DARK
    sizes = _sizes(canvas, view.keyboard.board)
    canvas.clear(theme.background)
    _draw_text(canvas, view, theme, sizes)
    for key in view.keyboard.board.keys:
        _draw_key(canvas, key, view, theme, sizes)
    if view.pointer is not None:
        _draw_pointer(canvas, view.pointer, theme)


def _sizes(canvas: Canvas, board: Board) -> _Sizes:
    short = min(board.width_px, board.height_px)
    strip = board.text_rect.height
    signs = [key.rect for key in board.keys if symbol_of(key.action)]
    labelled = [key for key in board.keys if symbol_of(key.action)]
    letters = [key for key in board.keys if key.action == "type"]
    word = min((round(min(0.16 * r.height, 0.2 * r.width)) for r in signs), default=0)
    letter = min((round(min(0.5 * k.rect.height, 0.58 * k.rect.width)) for k in letters), default=0)
    wanted = max(0.27 * strip, board.height_px / 30)
    across = min(board.width_px, 2 * board.text_rect.width)
    return _Sizes(
        gap=max(2, round(short / 200)),
        line=max(1, round(short / 500)),
        radius=round(short / 60),
        letter=min((_fitting(canvas, key, letter) for key in letters), default=letter),
        word=min((_fitting(canvas, key, word) for key in labelled), default=word),
        symbol=min((round(min(0.42 * r.height, 0.48 * r.width)) for r in signs), default=0),
        text=max(8, round(min(wanted, 0.4 * strip, across / 22))),
        status=max(8, round(min(0.15 * strip, across / 40))),
    )


def _fitting(canvas: Canvas, key: Key, size_px: int) -> int:
    return canvas.fitting_size(key.label, size_px, 0.86 * key.rect.width)


def _draw_key(canvas: Canvas, key: Key, view: TalkView, theme: Theme, sizes: _Sizes) -> None:
    dwell = view.keyboard.dwell
    looked_at = key.id == dwell.key_id and dwell.phase is not Phase.IDLE
    ringing = view.ringing and key.action == "bell"
    symbol = symbol_of(key.action)
    colour = theme.warning if ringing else theme.action if symbol else theme.key
    outline = theme.accent if looked_at else theme.outline
    line = 2 * sizes.line if looked_at else sizes.line
    rect = inset(key.rect, sizes.gap)
    canvas.box(rect, colour, outline, line, sizes.radius)
    if looked_at and dwell.progress > 0 and not ringing:
        filled = round(rect.height * min(1.0, dwell.progress))
        level = rect.y + rect.height - filled
        part = Rect(rect.x, level, rect.width, filled)
        canvas.box(rect, theme.fill, theme.accent, line, sizes.radius, show=part)
        if sizes.radius < filled < rect.height - sizes.radius:
            canvas.bar(Rect(rect.x + line, level, rect.width - 2 * line, line), theme.accent)
    ink = theme.on_warning if ringing else theme.text
    x, y = key.rect.centre
    if looked_at and key.spells and view.keyboard.guess:
        # The word under way is where the eyes are: nobody looks up at every letter.
        size = round(0.2 * key.rect.height)
        size = canvas.fitting_size(view.keyboard.guess, size, 0.86 * key.rect.width)
        canvas.text(view.keyboard.guess, (x, rect.y + 0.75 * size), size, theme.accent)
    taken = {"space": view.keyboard.whole, "done": view.keyboard.guess}.get(key.action)
    if taken:
        _draw_whole(canvas, key, taken, theme, sizes)
        return
    if symbol is None and key.action != "type":
        _draw_words(canvas, key, view.keyboard.board, ink)
        return
    if symbol is None:
        small = key.label in SMALL_SIGNS
        size = round(1.4 * sizes.letter) if small else sizes.letter
        canvas.text(key.label, (x, y), size, ink, bold=small)
        return
    accent = theme.warning if key.action == "bell" and not ringing else ink
    draw_symbol(canvas, symbol, (x, y - 0.62 * sizes.word), sizes.symbol, accent)
    canvas.text(key.label, (x, y + 0.5 * sizes.symbol + 0.12 * sizes.word), sizes.word, ink)


def _draw_whole(canvas: Canvas, key: Key, word: str, theme: Theme, sizes: _Sizes) -> None:
    """A key that ends a word, with the word that it takes."""
    x, y = key.rect.centre
    size = round(0.36 * key.rect.height)
    size = canvas.fitting_size(word, size, 0.86 * key.rect.width)
    canvas.text(word, (x, y - 0.5 * sizes.word), size, theme.accent)
    canvas.text(key.label, (x, y + 0.5 * sizes.symbol + 0.12 * sizes.word), sizes.word, theme.text)


def _draw_words(canvas: Canvas, key: Key, board: Board, ink: Colour) -> None:
    """A word or more on a key, in as many lines as it needs; phrases side by side in one size."""
    size, room = _room_for_words(key)
    if key.said or key.action.startswith((TOPIC, "set:")):
        alike = [other for other in board.keys if _room_for_words(other) == (size, room)]
        size = min(canvas.block(o.label, size, room)[0] for o in alike if not symbol_of(o.action))
    in_a_line = key.action.startswith("part:")
    label = key.label.replace(" ", NO_BREAK) if in_a_line else key.label
    size, lines = canvas.block(label, size, room)
    height = canvas.line_height(size)
    x, y = key.rect.centre
    for number, line in enumerate(lines):
        canvas.text(line, (x, y + (number - (len(lines) - 1) / 2) * height), size, ink)


def _room_for_words(key: Key) -> tuple[int, tuple[float, float]]:
    """The largest font size on a key, and the width and height for its lines."""
    width, height = key.rect.width, key.rect.height
    letter = len(key.label) == 1
    size = min(0.7 * height, 0.6 * width) if letter else min(0.32 * height, 0.2 * width)
    return round(size), (0.88 * width, 0.84 * height)


def shown_lines(canvas: Canvas, board: Board, text: str) -> list[tuple[str, Rect]]:
    """The end of the text as it is shown: lines, and where on the board they stand.

    At least one line, perhaps empty; none when the board has no room for text.
    """
    return _lines(canvas, board, text, _sizes(canvas, board))


def lines_finder() -> Callable[[Board, str], list[tuple[str, Rect]]]:
    """`shown_lines` for screens that somebody else draws, or nobody."""
    return partial(shown_lines, Canvas.unseen())


def _lines(canvas: Canvas, board: Board, text: str, sizes: _Sizes) -> list[tuple[str, Rect]]:
    if board.text_rect.height < 3 * sizes.gap:
        return []
    panel, inner = _panel(board, sizes)
    margin = inner.x - panel.x
    height = canvas.line_height(sizes.text)
    room = panel.height - canvas.line_height(sizes.status) - margin
    shown = max(1, room // height)
    top = panel.y + margin // 2 + max(0, room - shown * height) // 2
    lines = canvas.wrap(text, sizes.text, inner.width)[-shown:]
    widths = [canvas.text_width(line, sizes.text) for line in lines]
    return [
        (line, Rect(inner.x, top + number * height, width, height))
        for number, (line, width) in enumerate(zip(lines, widths, strict=True))
    ]


def _panel(board: Board, sizes: _Sizes) -> tuple[Rect, Rect]:
    """The box that holds the text, and the part of it inside the margins."""
    panel = inset(board.text_rect, sizes.gap)
    return panel, inset(panel, round(0.4 * sizes.text))


def _draw_text(canvas: Canvas, view: TalkView, theme: Theme, sizes: _Sizes) -> None:
    """The end of the text with the caret, and under it the line that tells what goes on."""
    lines = _lines(canvas, view.keyboard.board, view.keyboard.text, sizes)
    if not lines:
        return
    panel, inner = _panel(view.keyboard.board, sizes)
    canvas.box(panel, theme.background, theme.outline, sizes.line, sizes.radius)
    for line, rect in lines:
        canvas.text(line, (rect.x, rect.y), sizes.text, theme.text, anchor="topleft")
    last = lines[-1][1]
    caret_x = min(last.x + last.width, inner.x + inner.width)
    canvas.bar(Rect(caret_x + sizes.line, last.y, 2 * sizes.line, last.height), theme.accent)
    if not view.keyboard.text and not view.keyboard.resting:
        at = (last.x + sizes.text // 2, last.y)
        size = canvas.fitting_size(HINT, sizes.text, inner.width - sizes.text // 2)
        canvas.text(HINT, at, size, theme.muted, anchor="topleft")
    if view.keyboard.guess:
        at = (caret_x + 4 * sizes.line, last.y)
        canvas.text(view.keyboard.guess, at, sizes.text, theme.accent, anchor="topleft")
    bottom = panel.y + panel.height - (inner.x - panel.x) // 2
    _draw_status(canvas, view, theme, sizes, inner, bottom)
    told = view.status or view.keyboard.fault or view.ringing or view.speaking
    if not told and view.keyboard.offered and not has_words(view.keyboard.board):
        _draw_offered(canvas, view.keyboard, theme, sizes, inner)


def has_words(board: Board) -> bool:
    """Whether the words offered stand on keys of this page."""
    return any(key.choice is not None for key in board.keys)


def _draw_offered(
    canvas: Canvas, state: KeyboardState, theme: Theme, sizes: _Sizes, inner: Rect
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


def _draw_status(
    canvas: Canvas, view: TalkView, theme: Theme, sizes: _Sizes, inner: Rect, bottom: int
) -> None:
    """On the left what is amiss, on the right what is heard."""
    middle = bottom - canvas.line_height(sizes.status) / 2
    side = round(1.25 * sizes.status)
    right = float(inner.x + inner.width)
    for on, symbol, words in [(view.ringing, "bell", RINGING), (view.speaking, "speak", SPEAKING)]:
        if on:
            canvas.text(words, (right, middle), sizes.status, theme.text, anchor="midright")
            right -= canvas.text_width(words, sizes.status) + 0.8 * side
            draw_symbol(canvas, symbol, (right, middle), side, theme.accent)
            right -= 1.5 * side
    status = view.status or view.keyboard.fault or ""
    if status:
        alert = view.alert or not view.status
        colour = theme.warning if alert else theme.muted
        draw_symbol(canvas, "alert" if alert else "eye", (inner.x + side / 2, middle), side, colour)
        left = inner.x + 1.5 * side
        size = canvas.fitting_size(status, sizes.status, right - left)
        canvas.text(status, (left, middle), size, colour, anchor="midleft")


def _draw_pointer(canvas: Canvas, at: Point, theme: Theme) -> None:
    """A quiet ring, dark beside light so that it shows on everything."""
    radius = max(6, min(canvas.size) / 60)
    canvas.ring(at, radius + 1.5, radius / 3, theme.background)
    canvas.ring(at, radius, radius / 6, theme.text)


def inset(rect: Rect, margin_px: int) -> Rect:
    """The rectangle with that margin taken off on each side (at least a pixel is left)."""
    width, height = rect.width - 2 * margin_px, rect.height - 2 * margin_px
    return Rect(rect.x + margin_px, rect.y + margin_px, max(1, width), max(1, height))
