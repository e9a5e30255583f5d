"""A person's choices change the look of the screen and nothing else."""

from dataclasses import replace

import pygame
import pytest

from gazetalk.keyboard.dwell import DwellState, Phase
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import Rect, load_layout
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.keys import around
from gazetalk.screens.look import CASES, FEW_STEPS, POINTERS, PROGRESS, THEMES, Look
from gazetalk.screens.talk import TalkView, draw_talk, shown_lines

SIZE = (1280, 800)
BOARD = load_layout("german").place(*SIZE)


def drawn(look: Look, dwell: DwellState | None = None, text: str = "", **more: object) -> Canvas:
    canvas = Canvas(pygame.Surface(SIZE))
    state = KeyboardState(BOARD, text, dwell or DwellState(), False, None)
    draw_talk(canvas, TalkView(state, **more), look)  # type: ignore[arg-type]
    return canvas


def picture(canvas: Canvas, rect: Rect | None = None) -> bytes:
    rect = rect or Rect(0, 0, *SIZE)
    part = canvas.surface.subsurface((rect.x, rect.y, rect.width, rect.height))
    return pygame.image.tobytes(part, "RGB")


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"text_scale": 0.5},
        {"text_scale": float("nan")},
        {"letter_case": "title"},
        {"progress": "bar"},
        {"pointer": "no"},
        {"partner": "left"},
        {"motion": "none"},
    ],
)
def test_what_there_is_not_is_refused_in_one_line(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))) as refused:
        Look(**wrong)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)


def test_every_choice_shows() -> None:
    """No two of the looks draw the same picture of one state."""
    looks = [
        *(Look(theme=name) for name in THEMES),
        *(Look(progress=name) for name in PROGRESS[1:]),
        *(Look(pointer=name) for name in POINTERS[2:]),
        *(Look(letter_case=name) for name in CASES[1:]),
        Look(partner="top"),
        Look(motion="reduced"),
        Look(text_scale=0.8),
        Look(text_scale=1.6),
    ]
    dwell = DwellState(Phase.DWELLING, "g", 0.4)
    pictures = {picture(drawn(look, dwell, "hello", pointer=(300, 300))) for look in looks}
    assert len(pictures) == len(looks)


def test_a_letter_that_has_no_capital_stays() -> None:
    assert Look().letter("\u00df") == "\u00df" and Look(letter_case="lower").letter("A B") == "a b"


def test_the_pointer_can_show_only_while_a_key_is_being_selected() -> None:
    look, at = Look(pointer="progress"), (400.0, 400.0)
    idle, dwelling = DwellState(), DwellState(Phase.DWELLING, "g", 0.4)
    assert picture(drawn(look, idle, pointer=at)) == picture(drawn(look, idle))
    assert picture(drawn(look, dwelling, pointer=at)) != picture(drawn(look, dwelling))


@pytest.mark.parametrize("progress", PROGRESS)
def test_progress_stays_inside_its_key(progress: str) -> None:
    look, rect = Look(progress=progress), BOARD.key("g").rect
    plain = drawn(look)
    for share in (0.01, 0.3, 0.7, 1.0):
        canvas = drawn(look, DwellState(Phase.DWELLING, "g", share))
        canvas.surface.blit(plain.surface, (rect.x, rect.y), (rect.x, rect.y, *_size(rect)))
        assert picture(canvas) == picture(plain)


def _size(rect: Rect) -> tuple[int, int]:
    return rect.width, rect.height


@pytest.mark.parametrize("progress", PROGRESS)
def test_with_reduced_motion_a_look_shows_in_few_steps_that_never_go_back(progress: str) -> None:
    """Nothing flashes then: between nothing and all there are few pictures, in one direction."""
    look, rect = Look(progress=progress, motion="reduced"), BOARD.key("g").rect
    seen: list[bytes] = []
    for share in range(101):
        shown = picture(drawn(look, DwellState(Phase.DWELLING, "g", share / 100)), rect)
        if not seen or seen[-1] != shown:
            seen.append(shown)
    assert len(seen) == len(set(seen)) == (1 if progress == "none" else FEW_STEPS + 1)


def test_a_ring_closes_clockwise_and_in_step_with_the_look() -> None:
    rect = Rect(10, 20, 100, 60)
    assert around(rect, 8, 0.0) == []
    length = [_length(around(rect, 8, share / 20)) for share in range(21)]
    assert length == pytest.approx([16 * share for share in range(21)], abs=8)  # its depth
    assert around(rect, 8, 0.1)[0].x == 60  # from the middle of the top ...
    assert around(rect, 8, 0.25)[-1].x == 102  # ... down the right side


def _length(parts: list[Rect]) -> int:
    return sum(max(part.width, part.height) for part in parts)


def test_larger_text_is_larger_and_stays_where_the_text_belongs() -> None:
    canvas = Canvas.unseen()
    heights = []
    for scale in (0.8, 1.0, 1.6):
        lines = shown_lines(canvas, BOARD, "hello " * 60, Look(text_scale=scale))
        strip = BOARD.text_rect
        assert all(strip.y <= r.y and r.y + r.height <= strip.y + strip.height for _, r in lines)
        heights.append(lines[0][1].height)
    assert heights == sorted(set(heights))


def test_the_word_being_said_is_marked_where_it_stands() -> None:
    text = "good morning"
    plain = drawn(Look(), text=text)
    for spoken in ((0, 4), (5, 12)):
        marked = drawn(Look(), text=text, spoken=spoken)
        assert picture(marked) != picture(plain)
    left, right = (drawn(Look(), text=text, spoken=word) for word in ((0, 4), (5, 12)))
    half = Rect(0, 0, Canvas.unseen().text_width("good", 36), BOARD.text_rect.height)
    assert picture(left, half) != picture(plain, half) == picture(right, half)
    drawn(Look(), text="", spoken=(0, 4))  # it was cleared meanwhile
    drawn(Look(), text="one\ntwo", spoken=(4, 7))


def test_the_caret_stands_where_one_writes_and_its_line_is_shown() -> None:
    text = "word " * 200
    end, start = (replace(_state(text), caret=caret) for caret in (None, 3))
    assert _picture_of(end) != _picture_of(start)
    assert _picture_of(start) != _picture_of(replace(start, caret=8))


def _state(text: str) -> KeyboardState:
    return KeyboardState(BOARD, text, DwellState(), False, None)


def _picture_of(state: KeyboardState) -> bytes:
    canvas = Canvas(pygame.Surface(SIZE))
    draw_talk(canvas, TalkView(state))
    return picture(canvas)


def test_a_frame_drawn_over_another_is_as_if_drawn_alone() -> None:
    """Only what changed is drawn; nothing of the frame before may stay."""
    canvas = Canvas(pygame.Surface(SIZE))
    views = [
        (text, DwellState(Phase.DWELLING, key, share), pointer)
        for text, key, share, pointer in [
            ("", "g", 0.2, (700.0, 400.0)),
            ("", "g", 0.9, (720.0, 410.0)),
            ("g", "h", 0.1, (100.0, 790.0)),
            ("gh and more", "bell", 0.5, None),
            ("", "bell", 0.0, (-50.0, -50.0)),
        ]
    ]
    for text, dwell, pointer in views:
        state = KeyboardState(BOARD, text, dwell, False, None)
        draw_talk(canvas, TalkView(state, pointer))
        assert picture(canvas) == picture(drawn(Look(), dwell, text, pointer=pointer))


def test_a_frame_tells_what_changed_and_no_more() -> None:
    canvas = drawn(Look())
    assert canvas.changes() is None  # the first frame: all of it
    state = KeyboardState(BOARD, "", DwellState(Phase.DWELLING, "g", 0.5), False, None)
    before = picture(canvas)
    draw_talk(canvas, TalkView(state))
    changed = canvas.changes()
    assert changed is not None
    old = pygame.image.frombytes(before, SIZE, "RGB")
    for rect in changed:
        old.blit(canvas.surface, rect, rect)
    assert pygame.image.tobytes(old, "RGB") == picture(canvas)
    assert sum(rect.width * rect.height for rect in changed) < 0.25 * SIZE[0] * SIZE[1]
