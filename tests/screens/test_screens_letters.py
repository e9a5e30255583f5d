"""Every letter that can be written is drawn as itself, and Hebrew and Arabic from the right."""

import itertools
import sys
from functools import cache

import pygame
import pytest

from gazetalk.keyboard.layout import load_layout, shipped_layouts
from gazetalk.keyboard.packs import find_pack, pack_names
from gazetalk.keyboard.quick_talk import load_phrases, with_phrases
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.letters import as_drawn, font_file, from_the_right, script_of
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.talk import shown_lines

NO_CHARACTER = "\uffff"  # Unicode will never give it to one, so fonts draw their empty box
HELLO = "\u05e9\u05dc\u05d5\u05dd"  # Hebrew "shalom": shin, lamed, vav, final mem


@cache
def picture(letter: str, bold: bool = False) -> bytes:
    pygame.font.init()
    drawn = pygame.font.Font(font_file(bold), 40).render(letter, True, "white")
    return bytes(str(drawn.get_size()), "ascii") + pygame.image.tobytes(drawn, "RGBA")


def missing(letters: str, bold: bool = False) -> set[str]:
    return {each for each in letters if picture(each, bold) == picture(NO_CHARACTER, bold)}


def test_the_font_with_accents_is_found_where_mediapipe_is_installed() -> None:
    pytest.importorskip("matplotlib")
    for bold in (False, True):
        path = font_file(bold)
        assert path is not None and path.name.startswith("DejaVuSans")


def test_a_letter_that_the_font_lacks_would_be_noticed() -> None:
    assert missing("a\u0905") == {"\u0905"}  # Devanagari is not in DejaVu Sans


@pytest.mark.parametrize("name", pack_names())
def test_every_letter_of_every_language_is_drawn(name: str) -> None:
    letters = find_pack(name).letters
    written = "".join(
        Look(letter_case=case).letter(x) for x in letters for case in ("upper", "lower")
    )
    assert missing(written) == set()
    # No two of them look alike: an accent that is lost would make them so.
    kinds = set(letters)
    assert len({picture(letter) for letter in kinds}) == len(kinds)


@pytest.mark.parametrize("name", shipped_layouts())
def test_everything_on_the_keys_is_drawn(name: str) -> None:
    layout = with_phrases(load_layout(name), load_phrases())
    cells = itertools.chain.from_iterable(page.cells() for page in layout.pages.values())
    written = set("".join(cell.label + cell.text for cell in cells)) - set(" ")
    for bold in (False, True):
        assert missing("".join(written), bold) == set()


def test_signs_in_the_words_of_the_screens_are_drawn() -> None:
    assert missing("\u2026\u2013\u00b7\u2019\u201c\u201d\u00b0\u00a0") == set()


def test_left_to_right_text_is_drawn_as_it_is_typed() -> None:
    for text in ("", "hello", "Za\u017c\u00f3\u0142\u0107", "\u0110\u1eb7ng (1)"):
        assert as_drawn(text) == text and script_of(text) == "" and not from_the_right(text)
    assert as_drawn("a\tb\0") == "a b "


def test_hebrew_is_drawn_from_the_right_and_numbers_in_it_from_the_left() -> None:
    pytest.importorskip("bidi")
    assert as_drawn(HELLO) == HELLO[::-1]
    assert as_drawn(f"{HELLO} 12") == f"12 {HELLO[::-1]}"
    assert as_drawn(f"ok {HELLO}!") == f"ok {HELLO[::-1]}!"


def test_without_the_optional_package_it_is_drawn_as_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bidi", None)
    assert as_drawn(HELLO) == HELLO


def test_arabic_letters_are_joined() -> None:
    """Joined, four letters take less room than the same letters apart."""
    pytest.importorskip("bidi")
    text = "\u0633\u0644\u0627\u0645"  # "salam"
    canvas = Canvas.unseen()
    assert canvas.text_width(text, 60) < sum(canvas.text_width(x, 60) for x in text) - 20


def test_a_line_that_begins_on_the_right_stands_on_the_right() -> None:
    board = load_layout("qwerty").place(800, 600)
    (hebrew,) = shown_lines(Canvas.unseen(), board, f"{HELLO} ok", USUAL)
    (english,) = shown_lines(Canvas.unseen(), board, f"ok {HELLO}", USUAL)
    left = english[1].x
    assert hebrew[1].x + hebrew[1].width == 800 - left
