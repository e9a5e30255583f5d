"""Keys on the talk screen: what is written on them, and how a look that lasts shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gazetalk.keyboard.board import TOPIC
from gazetalk.keyboard.dwell import Phase
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import Board, Key, Rect
from gazetalk.screens.canvas import Canvas, inset
from gazetalk.screens.look import Look
from gazetalk.screens.symbols import draw_symbol, symbol_of
from gazetalk.screens.theme import Colour, Theme

IN_ONE_SIZE = (TOPIC, "part:", "set:")  # keys whose words are written in one size, as phrases are
LEFT_OVER_PX = 2
NO_BREAK = "\u00a0"  # a space that no line ends at
SMALL_SIGNS = frozenset("',.;:`-")  # drawn larger than letters
WIDEST = 0.86  # of a key's width, for what is written on it ...
WIDEST_NAME = 0.82  # ... and for what stands under a sign
SMALLEST_DISC = 0.12  # of the largest
PLAIN_INK, ACCENTED_INK = 0.4, 0.58  # of a letter's size, above its middle: DejaVu's capitals
LOW = 0.75  # of its width: a key that is lower has more of its height for words
SMALLEST_WORD = 0.1  # of a key's height: a word under way that had to be smaller is not shown
ABOUT = 0.1  # lengths that differ by less are alike


@dataclass(frozen=True)
class Sizes:
    """Lengths in pixels that go with a board's size.

    signs: of each key with a sign, by its id, the sign's side and the size of the name under it.
    """

    gap: int
    line: int
    radius: int
    letter: int
    text: int
    status: int
    signs: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Style:
    """What to draw with: colours, the person's choices, lengths."""

    theme: Theme
    look: Look
    sizes: Sizes


def style_of(canvas: Canvas, board: Board, look: Look, resting: bool) -> Style:
    """The style for a board in that look."""
    sizes = canvas.remembered((board, look), lambda: _sizes(canvas, board, look))
    return Style(look.colours(resting), look, sizes)


def key_looked_at(state: KeyboardState) -> Key | None:
    """The key under the eyes, if there is one on this page."""
    if state.dwell.phase is Phase.IDLE:
        return None
    return next((key for key in state.board.keys if key.id == state.dwell.key_id), None)


def draw_key(canvas: Canvas, key: Key, state: KeyboardState, ringing: bool, style: Style) -> None:
    """A key that nobody looks at. ringing: the bell rings, and this may be its key."""
    _draw_cap(canvas, key, state, ringing and key.action == "bell", style, None)


def draw_key_looked_at(
    canvas: Canvas, key: Key, state: KeyboardState, ringing: bool, style: Style
) -> None:
    """The key under the eyes, with how far the look has come."""
    progress = style.look.in_steps(min(1.0, max(0.0, state.dwell.progress)))
    _draw_cap(canvas, key, state, ringing and key.action == "bell", style, progress)


def _draw_cap(
    canvas: Canvas,
    key: Key,
    state: KeyboardState,
    ringing: bool,
    style: Style,
    progress: float | None,
) -> None:
    theme, sizes = style.theme, style.sizes
    colour = theme.warning if ringing else theme.action if symbol_of(key.action) else theme.key
    outline = theme.outline if progress is None else theme.accent
    line = sizes.line if progress is None else 2 * sizes.line
    canvas.box(inset(key.rect, sizes.gap), colour, outline, line, sizes.radius)
    if progress is not None:
        if progress > 0 and not ringing:
            _draw_progress(canvas, key, progress, colour, style)
        _draw_under_way(canvas, key, state, style)
    _draw_label(canvas, key, state, ringing, style)


def _draw_progress(canvas: Canvas, key: Key, progress: float, colour: Colour, style: Style) -> None:
    """How far a look has come, behind what is written on the key."""
    match style.look.progress:
        case "fill":
            _fill(canvas, key, progress, style)
        case "ring":
            _ring(canvas, key, progress, colour, style)
        case "shrink":
            _shrink(canvas, key, progress, style)


def _fill(canvas: Canvas, key: Key, progress: float, style: Style) -> None:
    """It fills from below, with a line where it ends."""
    theme, sizes = style.theme, style.sizes
    rect, line = inset(key.rect, sizes.gap), 2 * sizes.line
    filled = round(rect.height * progress)
    level = rect.y + rect.height - filled
    part = Rect(rect.x, level, rect.width, filled)
    canvas.box(rect, theme.fill, theme.accent, line, sizes.radius, show=part)
    if sizes.radius < filled < rect.height - sizes.radius:
        canvas.bar(Rect(rect.x + line, level, rect.width - 2 * line, line), theme.accent)


def _ring(canvas: Canvas, key: Key, progress: float, colour: Colour, style: Style) -> None:
    """A broad line closes around it, clockwise from the top."""
    sizes = style.sizes
    rect, line = inset(key.rect, sizes.gap), _ring_px(sizes)
    for part in around(rect, max(line, sizes.radius), progress):
        canvas.box(rect, colour, style.theme.accent, line, sizes.radius, show=part)


def _ring_px(sizes: Sizes) -> int:
    return max(3, 5 * sizes.line)


def _shrink(canvas: Canvas, key: Key, progress: float, style: Style) -> None:
    """A disc shrinks to where the eyes are wanted, the middle."""
    rect = inset(key.rect, style.sizes.gap)
    largest = min(rect.width, rect.height) - 6 * style.sizes.line
    share = 1 - (1 - SMALLEST_DISC) * progress
    theme = style.theme
    canvas.shrunk_disc(key.rect.centre, largest, share, theme.fill, theme.accent)


def around(rect: Rect, depth_px: int, progress: float) -> list[Rect]:
    """The parts of a rectangle's edge, `depth_px` deep, that lie in the first `progress` (0..1) of
    the way around it, clockwise from the middle of its top."""
    right, bottom = rect.x + rect.width, rect.y + rect.height
    depth = min(depth_px, rect.width // 2, rect.height // 2)
    middle = rect.x + rect.width // 2
    left = progress * 2 * (rect.width + rect.height)
    parts = []

    def go(length: int) -> int:
        """How far along the next side."""
        nonlocal left
        gone = round(min(max(left, 0.0), length))
        left -= length
        return gone

    if gone := go(right - middle):
        parts.append(Rect(middle, rect.y, gone, depth))
    if gone := go(rect.height):
        parts.append(Rect(right - depth, rect.y, depth, gone))
    if gone := go(rect.width):
        parts.append(Rect(right - gone, bottom - depth, gone, depth))
    if gone := go(rect.height):
        parts.append(Rect(rect.x, bottom - gone, depth, gone))
    if gone := go(middle - rect.x):
        parts.append(Rect(rect.x, rect.y, gone, depth))
    return parts


def _draw_under_way(canvas: Canvas, key: Key, state: KeyboardState, style: Style) -> None:
    """The word under way is where the eyes are: nobody looks up at every letter."""
    word = under_way(state)
    if not key.spells or not word:
        return
    ring = _ring_px(style.sizes) if style.look.progress == "ring" else 2 * style.sizes.line
    top = style.sizes.gap + ring
    ink = PLAIN_INK if key.label.isascii() else ACCENTED_INK
    room = 0.5 * key.rect.height - ink * style.sizes.letter - top
    wanted = round(min(0.8 * room, 0.18 * style.look.text_scale * key.rect.height))
    if wanted < SMALLEST_WORD * key.rect.height:
        return
    size = canvas.fitting_size(word, wanted, WIDEST * key.rect.width)
    at = (key.rect.centre[0], key.rect.y + top + canvas.line_height(size) / 2)
    canvas.text(word, at, size, style.theme.accent)


def under_way(state: KeyboardState) -> str:
    """The word being written: as far as it was spelled, or as it ends the text."""
    if state.guess:
        return state.guess
    before = state.text if state.caret is None else state.text[: state.caret]
    words = before.split(" ")[-1].split("\n")
    return words[-1]


def _draw_label(
    canvas: Canvas, key: Key, state: KeyboardState, ringing: bool, style: Style
) -> None:
    theme, sizes = style.theme, style.sizes
    ink = theme.on_warning if ringing else theme.text
    symbol = symbol_of(key.action)
    taken = taken_by_keys(state).get(key.action)
    if taken:
        _draw_whole(canvas, key, taken, style)
    elif symbol is not None:
        sign = theme.warning if key.action == "bell" and not ringing else ink
        side, name = sizes.signs[key.id]
        x, y = key.rect.centre
        draw_symbol(canvas, symbol, (x, y - 0.62 * name), side, sign)
        _draw_name(canvas, key, ink, style)
    elif key.action == "type":
        small = key.label in SMALL_SIGNS
        size = min(round(1.4 * sizes.letter), round(0.7 * key.rect.height))
        size = size if small else sizes.letter
        canvas.text(_label(key, style.look), key.rect.centre, size, ink, bold=small)
    else:
        _draw_words(canvas, key, state.board, ink, style.look)


def taken_by_keys(state: KeyboardState) -> dict[str, str]:
    """The words that keys take, by the keys' actions; only of keys that are there."""
    words = {"space": state.whole, "done": state.guess}
    actions = {key.action for key in state.board.keys}
    return {action: word for action, word in words.items() if word and action in actions}


def _draw_name(canvas: Canvas, key: Key, ink: Colour, style: Style) -> None:
    """What a key does, under its sign."""
    (x, y), (side, name) = key.rect.centre, style.sizes.signs[key.id]
    caption = _name(canvas, key, style.look)
    canvas.text(caption, (x, y + 0.5 * side + 0.12 * name), name, ink)


def _name(canvas: Canvas, key: Key, look: Look) -> str:
    return canvas.captions(look.language).key(key.label)


def _draw_whole(canvas: Canvas, key: Key, word: str, style: Style) -> None:
    """A key that ends a word, with the word that it takes."""
    x, y = key.rect.centre
    wanted = round(0.36 * key.rect.height)
    size = canvas.fitting_size(word, wanted, WIDEST * key.rect.width)
    above = 0.5 * style.sizes.signs[key.id][1]
    canvas.text(word, (x, y - above), size, style.theme.accent)
    _draw_name(canvas, key, style.theme.text, style)


def _draw_words(canvas: Canvas, key: Key, board: Board, ink: Colour, look: Look) -> None:
    """A word or more on a key, in as many lines as it needs; phrases side by side in one size."""
    size, room = _room_for_words(key, look)
    if key.said or key.action.startswith(IN_ONE_SIZE):
        alike = [other for other in board.keys if _are_alike(key, other)]
        size = min(canvas.block(_words(other, look), size, room)[0] for other in alike)
    size, lines = canvas.block(_words(key, look), size, room)
    height = canvas.line_height(size)
    x, y = key.rect.centre
    for number, line in enumerate(lines):
        canvas.text(line, (x, y + (number - (len(lines) - 1) / 2) * height), size, ink)


def _are_alike(one: Key, other: Key) -> bool:
    """Whether both are of one kind and of one size, but for the pixels that a row had left over."""
    wide = abs(one.rect.width - other.rect.width) <= LEFT_OVER_PX
    high = abs(one.rect.height - other.rect.height) <= LEFT_OVER_PX
    return wide and high and one.action.partition(":")[0] == other.action.partition(":")[0]


def _words(key: Key, look: Look) -> str:
    """A key's words; letters of a part of the keyboard stay in one line."""
    in_a_line = key.action.startswith("part:")
    return _label(key, look).replace(" ", NO_BREAK) if in_a_line else key.label


def _label(key: Key, look: Look) -> str:
    """What a key shows; letters in the person's case."""
    letters = key.spells or key.action.startswith("part:")
    return look.letter(key.label) if letters else key.label


def _room_for_words(key: Key, look: Look) -> tuple[int, tuple[float, float]]:
    """The largest font size on a key, and the width and height for its lines."""
    width, height = key.rect.width, key.rect.height
    letter = len(key.label) == 1
    size = min(0.7 * height, 0.6 * width) if letter else min(0.32 * height, 0.26 * width)
    return round(size * look.text_scale), (0.88 * width, 0.84 * height)


def _sizes(canvas: Canvas, board: Board, look: Look) -> Sizes:
    short = min(board.width_px, board.height_px)
    strip = board.text_rect.height
    letters = [key for key in board.keys if key.action == "type"]
    scale = look.text_scale
    letter = min((_letter_size(key.rect, scale) for key in letters), default=0)
    wanted = max(0.27 * strip, board.height_px / 26)
    most = 0.32 if offers_in_strip(board) else 0.4
    across = min(board.width_px, 2 * board.text_rect.width)
    return Sizes(
        gap=max(2, round(short / 200)),
        line=max(1, round(short / 500)),
        radius=round(short / 60),
        letter=min((_fitting(canvas, key, letter, look) for key in letters), default=letter),
        text=max(8, round(min(scale * wanted, most * strip, scale * across / 22))),
        status=max(8, round(min(scale * 0.15 * strip, 0.2 * strip, scale * across / 40))),
        signs=_signs(canvas, board, look),
    )


def offers_in_strip(board: Board) -> bool:
    """Whether the words offered stand under the text, for want of keys for them."""
    more = any(key.action == "more" for key in board.keys)
    return more and all(key.choice is None for key in board.keys)


def _signs(canvas: Canvas, board: Board, look: Look) -> dict[str, tuple[int, int]]:
    """See `Sizes`: alike in rows that are about as high, with keys about as narrow."""
    keys = [key for key in board.keys if symbol_of(key.action)]
    own = {key.id: _sign_size(canvas, key, look) for key in keys}
    narrowest = {y: min(key.rect.width for key in keys if key.rect.y == y) for y in _rows(keys)}

    def about(one: int, other: int) -> bool:
        return abs(one - other) <= ABOUT * one

    def alike(key: Key) -> list[tuple[int, int]]:
        y, height = key.rect.y, key.rect.height
        rows = [row for row in narrowest if about(narrowest[y], narrowest[row])]
        same = [o for o in keys if o.rect.y in rows and about(height, o.rect.height)]
        return [own[other.id] for other in same]

    return {
        key.id: (min(side for side, _ in alike(key)), min(name for _, name in alike(key)))
        for key in keys
    }


def _rows(keys: Sequence[Key]) -> set[int]:
    return {key.rect.y for key in keys}


def _sign_size(canvas: Canvas, key: Key, look: Look) -> tuple[int, int]:
    """The largest sign and name that a key has room for."""
    width, height = key.rect.width, key.rect.height
    for_sign, for_name = (0.36, 0.25) if height < LOW * width else (0.42, 0.19)
    name = round(min(look.text_scale * for_name, 0.28) * min(height, 1.37 * width))
    fitted = canvas.fitting_size(_name(canvas, key, look), name, WIDEST_NAME * width)
    return round(min(for_sign * height, 0.48 * width)), fitted


def _letter_size(rect: Rect, scale: float) -> int:
    wanted = scale * min(0.5 * rect.height, 0.8 * rect.width)
    return round(min(wanted, 0.66 * rect.height))


def _fitting(canvas: Canvas, key: Key, size_px: int, look: Look) -> int:
    return canvas.fitting_size(_label(key, look), size_px, WIDEST * key.rect.width)
