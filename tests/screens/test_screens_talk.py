"""The talk screen shows what is: text, fill, pointer, status; at any size, nothing clipped."""

from dataclasses import replace

import pygame
import pytest
from recorder import Recorder

from gazetalk.keyboard.dwell import DwellState, Phase
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import Key, Rect, load_layout
from gazetalk.keyboard.quick_talk import Phrases, Topic, load_phrases, with_phrases
from gazetalk.screens.calibrate import (
    CalibrationResults,
    CalibrationView,
    TargetResult,
    draw_calibration,
    draw_results,
)
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.symbols import symbol_of
from gazetalk.screens.talk import TalkView, draw_talk
from gazetalk.screens.theme import DARK, RESTING, Colour

SIZES = [(1920, 1080), (1366, 768), (1280, 800), (1080, 1920), (800, 600)]
QWERTY = with_phrases(load_layout("qwerty"), load_phrases())
# Keys that show words, or what they type.
WORDED = ("type", "part:", "say:", "put:", "topic:", "set:")
RESTING_PAGES = ("rest", "wake")
SHOWN_PAGES = [page for page in QWERTY.pages if not page.startswith("phrases ") or "3" in page]
LONG = "i would like a glass of water please and could you open the window " * 20


def state(
    size: tuple[int, int] = (1366, 768),
    text: str = "",
    dwell: DwellState | None = None,
    page: str = "letters",
) -> KeyboardState:
    board = QWERTY.place(*size, page)
    return KeyboardState(board, text, dwell or DwellState(), page in RESTING_PAGES, None)


def drawn(view: TalkView) -> Canvas:
    board = view.keyboard.board
    canvas = Canvas(pygame.Surface((board.width_px, board.height_px)))
    draw_talk(canvas, view)
    return canvas


def count(canvas: Canvas, rect: Rect, colour: Colour) -> int:
    """How many pixels of the rectangle are very nearly of that colour."""
    part = canvas.surface.subsurface((rect.x, rect.y, rect.width, rect.height))
    return pygame.mask.from_threshold(part, colour, (6, 6, 6, 255)).count()


def ink_bounds(canvas: Canvas, rect: Rect, colour: Colour) -> pygame.Rect:
    part = canvas.surface.subsurface((rect.x, rect.y, rect.width, rect.height))
    rects = pygame.mask.from_threshold(part, colour, (40, 40, 40, 255)).get_bounding_rects()
    return rects[0].unionall(rects[1:])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", SHOWN_PAGES)
def test_every_key_shows_its_label_whole_and_large(size: tuple[int, int], page: str) -> None:
    view = TalkView(state(size, page=page))
    canvas = drawn(view)
    ink = RESTING.text if page in RESTING_PAGES else DARK.text
    for key in filter(lambda key: key.label, view.keyboard.board.keys):
        bounds = ink_bounds(canvas, key.rect, ink)
        assert bounds.left >= 2 and bounds.right <= key.rect.width - 2, key.id
        assert bounds.top >= 2 and bounds.bottom <= key.rect.height - 2, key.id
        if key.text.isalpha():
            assert bounds.height >= min(0.33 * key.rect.height, 0.4 * key.rect.width)


def test_phrases_side_by_side_are_written_in_one_size_and_long_ones_in_lines() -> None:
    texts = ["Yes", "Please move my left arm a little to the right"]
    phrases = Phrases((Topic("Needs", tuple(texts)),), ("Yes",), "wait")
    layout = with_phrases(load_layout("qwerty"), phrases)
    board = layout.place(1366, 768, "phrases 1")
    canvas = drawn(TalkView(KeyboardState(board, "", DwellState(), False, None)))
    short, long = (ink_bounds(canvas, board.key(f"phrase{n}").rect, DARK.text) for n in (1, 2))
    assert long.height > 2 * short.height  # some lines of it
    assert long.width <= 0.9 * board.key("phrase2").rect.width


def fill_of(progress: float, key_id: str = "g") -> int:
    view = TalkView(state(dwell=DwellState(Phase.DWELLING, key_id, progress)))
    return count(drawn(view), view.keyboard.board.key(key_id).rect, DARK.fill)


@pytest.mark.parametrize("key_id", ["g", "space", "bell"])
def test_the_key_under_the_eyes_fills_as_the_time_runs(key_id: str) -> None:
    levels = [fill_of(progress, key_id) for progress in (0.0, 0.1, 0.25, 0.5, 0.75, 0.95, 1.0)]
    assert levels == sorted(levels) and len(set(levels)) == len(levels) and levels[0] == 0
    assert levels[3] / levels[-1] == pytest.approx(0.5, abs=0.15)


def test_no_other_key_changes_while_one_fills() -> None:
    plain, filling = TalkView(state()), TalkView(state(dwell=DwellState(Phase.DWELLING, "g", 0.6)))
    before, after = drawn(plain), drawn(filling)

    def pixels(canvas: Canvas, key: Key) -> bytes:
        rect = key.rect
        part = canvas.surface.subsurface((rect.x, rect.y, rect.width, rect.height))
        return pygame.image.tobytes(part, "RGB")

    changed = [k.id for k in plain.keyboard.board.keys if pixels(before, k) != pixels(after, k)]
    assert changed == ["g"]


def test_a_fill_left_over_from_unseen_eyes_or_another_page_is_not_shown() -> None:
    idle = TalkView(state(dwell=DwellState(Phase.IDLE, "g", 0.5)))
    assert count(drawn(idle), idle.keyboard.board.key("g").rect, DARK.fill) == 0
    drawn(TalkView(state(page="rest", dwell=DwellState(Phase.DWELLING, "g", 0.5))))


@pytest.mark.parametrize("size", SIZES)
def test_the_end_of_a_long_text_is_shown_and_stays_in_its_strip(size: tuple[int, int]) -> None:
    view = TalkView(state(size, LONG), status="a " * 200, alert=True, ringing=True, speaking=True)
    strip = view.keyboard.board.text_rect
    bounds = ink_bounds(drawn(view), strip, DARK.text)
    assert bounds.left > 3 and bounds.right < strip.width - 3
    assert bounds.top > 3 and bounds.bottom < strip.height - 3
    other = drawn(replace(view, keyboard=state(size, LONG + "x")))
    assert pygame.image.tobytes(drawn(view).surface, "RGB") != pygame.image.tobytes(
        other.surface, "RGB"
    )


def test_text_under_the_eyes_does_not_move_when_words_come_and_go_below_it() -> None:
    quiet = drawn(TalkView(state(text="hello")))
    loud = drawn(TalkView(state(text="hello"), status="eyes not seen", alert=True, speaking=True))
    upper = Rect(0, 0, 1366, 70)
    assert ink_bounds(quiet, upper, DARK.text) == ink_bounds(loud, upper, DARK.text)


def test_what_is_amiss_is_told_in_words_with_a_sign() -> None:
    strip = state().board.text_rect
    assert count(drawn(TalkView(state())), strip, DARK.warning) == 0
    alert = TalkView(state(), status="eyes not seen: face is out of the picture", alert=True)
    assert count(drawn(alert), strip, DARK.warning) > 200
    unsaved = TalkView(replace(state(), fault="the text is not being saved: disk full"))
    assert count(drawn(unsaved), strip, DARK.warning) > 200


def test_the_pointer_is_a_ring_around_where_the_eyes_are() -> None:
    x, y = 683, 131  # between strip and keys, where nothing else is drawn
    spot = Rect(x - 20, y - 20, 40, 40)
    without, with_ring = drawn(TalkView(state())), drawn(TalkView(state(), (x, y)))
    assert count(with_ring, spot, DARK.text) > count(without, spot, DARK.text) + 20
    assert with_ring.surface.get_at((x, y)) == without.surface.get_at((x, y))
    drawn(TalkView(state(), (-5000.0, 1e6)))


def test_a_ringing_bell_looks_different_on_every_page() -> None:
    for page in SHOWN_PAGES:
        theme = RESTING if page in RESTING_PAGES else DARK
        bell = state(page=page).board.key("bell").rect
        quiet, ringing = TalkView(state(page=page)), TalkView(state(page=page), ringing=True)
        assert count(drawn(ringing), bell, theme.warning) > bell.width * bell.height / 2
        assert count(drawn(quiet), bell, theme.warning) < bell.width * bell.height / 5


def test_resting_dims_the_screen() -> None:
    def brightness(canvas: Canvas) -> float:
        return sum(pygame.transform.average_color(canvas.surface)[:3])

    assert brightness(drawn(TalkView(state(page="rest")))) < 0.4 * brightness(
        drawn(TalkView(state()))
    )


def test_every_action_of_the_shipped_layout_has_a_sign_and_letters_have_none() -> None:
    for page in SHOWN_PAGES:
        for key in QWERTY.place(800, 600, page).keys:
            assert (symbol_of(key.action) is None) == key.action.startswith(WORDED)


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (200, 150)])
def test_a_tiny_window_is_drawn_somehow(size: tuple[int, int]) -> None:
    canvas = drawn(TalkView(state(size, LONG), status="small", ringing=True))
    assert canvas.size == size
    assert canvas.surface.get_at((0, 0)) != pygame.Color(0, 0, 0)  # at least the background


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", [(0.5, 0.5), (0.05, 0.05), (0.5, 0.95), (0.5, 0.1)])
def test_a_target_is_where_it_should_be_and_no_words_are_near(
    size: tuple[int, int], place: tuple[float, float]
) -> None:
    canvas = Canvas(pygame.Surface(size))
    target = (size[0] * place[0], size[1] * place[1])
    view = CalibrationView(target, 1.0, 3, 9, "Look at the circle until it is small")
    draw_calibration(canvas, view)
    bare = Canvas(pygame.Surface(size))
    draw_calibration(bare, replace(view, words="", total=0))
    half = round(min(size) / 12)
    near = pygame.Rect(target[0] - half, target[1] - half, 2 * half, 2 * half)
    near = near.clip(canvas.surface.get_rect())
    shown = ink_bounds(canvas, Rect(*near), DARK.text)
    assert shown == ink_bounds(bare, Rect(*near), DARK.text)
    middle = (near.x + shown.centerx, near.y + shown.centery)
    assert middle == pytest.approx(target, abs=1.5)


def test_a_target_shrinks() -> None:
    def disc(shrink: float) -> int:
        canvas = Canvas(pygame.Surface((800, 600)))
        draw_calibration(canvas, CalibrationView((400, 300), shrink, 0, 9))
        return count(canvas, Rect(300, 200, 200, 200), DARK.fill)

    assert disc(0.0) > disc(0.5) > disc(1.0) > 0
    assert disc(-3.0) == disc(0.0) and disc(7.0) == disc(1.0)


@pytest.mark.parametrize("size", SIZES)
def test_results_show_gaze_even_when_it_fell_beside_the_screen(size: tuple[int, int]) -> None:
    canvas = Canvas(pygame.Surface(size))
    targets = (
        TargetResult((10.0, 10.0), ((-500.0, -500.0), (30.0, 30.0))),
        TargetResult((size[0] / 2, size[1] / 2), ()),
    )
    figures = (("accuracy", "1.9 degrees (61 px, 9 targets)"), ("samples lost", "4 % of 612"))
    draw_results(canvas, CalibrationResults(*size, targets, figures, "Good for this keyboard"))
    bounds = ink_bounds(canvas, Rect(0, 0, *size), DARK.text)
    assert bounds.left > 0 and bounds.right < size[0]
    assert count(canvas, Rect(0, 0, *size), DARK.warning) > 5
    draw_results(canvas, CalibrationResults(*size, (), (), ""))


@pytest.mark.parametrize("size", SIZES)
def test_two_sides_show_what_they_hold_and_the_text_stays_between_them(
    size: tuple[int, int],
) -> None:
    """Between a side's box and its column's edge there is nothing, however long the text."""
    board = load_layout("two-zone").place(*size)
    labels = {
        "left": "(undo)\u00a0A\u00a0\u2013\u00a0I\ni\nit\nis",
        "right": "J\u00a0\u2013\u00a0Z\nthe",
    }
    keys = tuple(replace(key, label=labels.get(key.id, key.label)) for key in board.keys)
    board = replace(board, keys=keys)
    canvas = drawn(TalkView(KeyboardState(board, LONG, DwellState(), False, None)))
    for key_id in ("left", "right"):
        assert count(canvas, board.key(key_id).rect, DARK.text) > 100
    assert count(canvas, board.text_rect, DARK.text) > 100
    for edge_px in (board.text_rect.x, board.text_rect.x + board.text_rect.width):
        edge = Rect(edge_px - 1, 0, 2, board.text_rect.height)
        assert count(canvas, edge, DARK.text) == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", ["", "I", "I would like", LONG])
def test_what_is_to_be_copied_stands_beside_the_text_and_never_on_it(
    size: tuple[int, int], text: str
) -> None:
    canvas = Recorder(size)
    draw_talk(canvas, TalkView(state(size, text), reminder="i would like some tea"))
    reminders = [one for one in canvas.texts if one.says == "i would like some tea"]
    assert len(reminders) <= 1
    if text == "I":
        assert reminders
    if not text:
        assert not reminders
    for reminder in reminders:
        others = [one for one in canvas.texts if one is not reminder]
        assert not any(one.rect.colliderect(reminder.rect) for one in others)
        assert pygame.Rect((0, 0), size).contains(reminder.rect)
