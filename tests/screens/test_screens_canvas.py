"""Text is wrapped without losing a letter, and whatever it holds is drawn without a crash."""

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.symbols import SYMBOLS, draw_symbol
from gazetalk.screens.wrapping import wrap

INK = (255, 255, 255)
GROUND = (0, 0, 0)


@pytest.fixture
def canvas() -> Canvas:
    """A canvas needs no window."""
    canvas = Canvas(pygame.Surface((400, 300)))
    canvas.clear(GROUND)
    return canvas


def ink(canvas: Canvas) -> pygame.Rect:
    """The smallest rectangle around everything that was drawn."""
    return pygame.mask.from_threshold(
        canvas.surface, INK, (200, 200, 200, 255)
    ).get_bounding_rects()[0].unionall(
        pygame.mask.from_threshold(canvas.surface, INK, (200, 200, 200, 255)).get_bounding_rects()
    )  # fmt: skip


def test_lines_break_after_spaces_and_long_words_anywhere() -> None:
    assert wrap("", 5, len) == [""]
    assert wrap("one two three", 7, len) == ["one two ", "three"]
    assert wrap("abcdefgh ij", 3, len) == ["abc", "def", "gh ", "ij"]
    assert wrap("a\nb", 9, len) == ["a", "b"]


@given(st.text(alphabet="ab é\n", max_size=60), st.integers(1, 12))
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = wrap(text, width, len)
    assert "".join(lines) == text.replace("\n", "")
    assert all(len(line.rstrip(" ")) <= width for line in lines)


@given(st.text(alphabet="ab ", max_size=60), st.sampled_from("ab "), st.integers(2, 12))
def test_text_above_the_last_line_or_two_does_not_move_while_one_writes(
    text: str, letter: str, width: int
) -> None:
    before, after = wrap(text, width, len), wrap(text + letter, width, len)
    assert after[: len(before) - 1] == before[:-1]


def test_a_fitting_size_fits_and_is_no_smaller_than_needed(canvas: Canvas) -> None:
    size = canvas.fitting_size("I am back", 200, 180)
    assert canvas.text_width("I am back", size) <= 180 < canvas.text_width("I am back", size + 2)
    assert canvas.fitting_size("I", 20, 180) == 20


@pytest.mark.parametrize(
    "text", ["", "\0\x07", "a\tb\nc", "Đặng", "שלום", "👋🏽", "\u202e", "é" * 500]
)
def test_any_text_is_drawn_without_a_crash(canvas: Canvas, text: str) -> None:
    canvas.text(text, (200, 150), 40, INK)
    assert canvas.text_width(text, 40) >= 0


@pytest.mark.parametrize("name", SYMBOLS)
def test_symbols_stay_in_their_square_and_fill_it(canvas: Canvas, name: str) -> None:
    draw_symbol(canvas, name, (200, 150), 100, INK)
    drawn = ink(canvas)
    assert pygame.Rect(150, 100, 100, 100).contains(drawn)
    assert drawn.width >= 60


def test_a_box_shown_in_part_is_drawn_in_part(canvas: Canvas) -> None:
    box = Rect(100, 100, 200, 100)
    canvas.box(box, INK, INK, 2, 10, show=Rect(100, 160, 200, 40))
    assert ink(canvas) == pygame.Rect(100, 160, 200, 40)


def test_what_is_kept_for_reuse_does_not_grow_for_ever(canvas: Canvas) -> None:
    for number in range(2000):
        canvas.text(str(number), (200, 150), 12, INK)
    assert len(canvas._pictures) <= 600
