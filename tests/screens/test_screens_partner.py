"""Whoever sits opposite reads the text, the right way round for them, and no key gets smaller."""

from dataclasses import replace

import pygame
import pytest
from pygame._sdl2 import video
from recorder import Recorder

from gazetalk.keyboard.dwell import DwellState
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import load_layout
from gazetalk.lab.screens_scenes import boards
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.look import Look
from gazetalk.screens.partner import PartnerView, draw_partner
from gazetalk.screens.second import MIDDLE_OF_SECOND, NoRoom, SecondWindow
from gazetalk.screens.talk import TalkView, draw_talk, shown_lines
from gazetalk.screens.window import KeyPressed, Quit, SecondClosed, Window

SIZE = (1280, 800)
TOP = Look(partner="top")


def talk_view(name: str = "qwerty", page: str | None = None, **more: object) -> TalkView:
    board = load_layout(name).place(*SIZE, page)
    return TalkView(KeyboardState(board, "good morning", DwellState(), False, None), **more)  # type: ignore[arg-type]


def test_it_is_the_same_picture_turned_around_beside_the_own_text() -> None:
    view = PartnerView("good morning", doing="writing")
    canvas = Canvas(pygame.Surface(SIZE))
    draw_talk(canvas, talk_view(partner=view), TOP)
    strip = load_layout("qwerty").place(*SIZE).text_rect
    alone = Canvas(pygame.Surface((strip.width // 2, strip.height)))
    draw_partner(alone, view, TOP)
    part = canvas.surface.subsurface((strip.width // 2, 0, strip.width // 2, strip.height))
    upright = pygame.transform.rotate(part, 180)
    assert pygame.image.tobytes(upright, "RGB") == pygame.image.tobytes(alone.surface, "RGB")


def test_a_frame_over_another_is_as_if_drawn_alone() -> None:
    """The partner's part is kept from frame to frame; nothing of what was there before stays."""
    canvas = Canvas(pygame.Surface(SIZE))
    for words, ringing in [("a", False), ("ab", False), ("ab", True), ("ab", False), ("", True)]:
        alone = Canvas(pygame.Surface(SIZE))
        for other in (canvas, alone):
            view = talk_view(partner=PartnerView(words, ringing=ringing), ringing=ringing)
            draw_talk(other, replace(view, pointer=(900.0, 60.0)), TOP)
        drawn = [pygame.image.tobytes(each.surface, "RGB") for each in (canvas, alone)]
        assert drawn[0] == drawn[1]


def test_every_key_stays_as_it_was() -> None:
    for name, board in boards(SIZE):
        state = talk_view().keyboard
        plain, shared = Recorder(SIZE), Recorder(SIZE)
        view = TalkView(KeyboardState(board, "hello", state.dwell, False, None))
        draw_talk(plain, view, Look())
        draw_talk(shared, view, TOP)
        below = board.text_rect.y + board.text_rect.height

        def keys(canvas: Recorder, below: int = below) -> list[object]:
            return [d.rect for d in canvas.drawn if d.kind == "box" and d.rect.y >= below]

        assert keys(plain) == keys(shared), name


def test_what_is_read_by_the_person_stands_in_their_own_half() -> None:
    board = load_layout("qwerty").place(*SIZE)
    own = shown_lines(Canvas.unseen(), board, "word " * 40, TOP)
    assert own and all(rect.x + rect.width <= SIZE[0] // 2 for _, rect in own)


def test_a_page_without_room_for_text_has_none_for_the_partner() -> None:
    canvas, other = Recorder(SIZE), Recorder(SIZE)
    draw_talk(canvas, talk_view(page="answers", partner=PartnerView("hello")), TOP)
    draw_talk(other, talk_view(page="answers"), Look())
    assert canvas.drawn == other.drawn


@pytest.mark.parametrize("size", [(1, 1), (60, 40), (300, 900)])
def test_a_tiny_or_narrow_window_is_drawn_somehow(size: tuple[int, int]) -> None:
    canvas = Canvas(pygame.Surface(size))
    for words in ("", "a\nb", "Donaudampfschifffahrtsgesellschaft " * 20):
        draw_partner(canvas, PartnerView(words, (0, 3), "speaking", True, "no sound"), Look())
        drawn = pygame.surfarray.array3d(canvas.surface)
        assert drawn.std() > 0 or size == (1, 1), "the bell and what is amiss are to be seen"


def test_of_a_long_text_the_end_is_shown_and_the_word_being_said_is_marked() -> None:
    words = "one two three four five six seven eight nine ten " * 20 + "last"
    canvas = Recorder(SIZE)
    draw_partner(canvas, PartnerView(words, (len(words) - 4, len(words)), "speaking"), Look())
    line = next(t for t in canvas.texts if t.says.endswith("last"))
    mark = next(d for d in canvas.drawn if d.kind == "bar")
    assert line.rect.x < mark.rect.x and mark.rect.right == pytest.approx(line.rect.right, abs=2)


def test_a_second_window_shows_it_and_its_cross_closes_it_alone() -> None:
    with Window((640, 480), headless=True) as window:
        window.open_second("for you")
        second = window.second
        assert second is not None
        second.draw(lambda canvas: canvas.clear((10, 90, 10)))
        window.events()
        post, event = pygame.event.post, pygame.event.Event
        post(event(pygame.MOUSEMOTION, pos=(9, 9), rel=(0, 0), buttons=(), window=second._window))
        post(event(pygame.KEYDOWN, key=pygame.K_F9, unicode="", window=second._window))
        assert window.events() == [KeyPressed("f9")] and window.pointer() is None
        post(event(pygame.WINDOWCLOSE, window=second._window))
        assert window.events() == [SecondClosed()] and window.second is None
        post(event(pygame.WINDOWCLOSE, window=None))
        assert window.events() == [Quit()]


def test_with_two_monitors_it_goes_to_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as one monitor can tell: it opens beside a full screen, at the place asked for."""
    places: list[object] = []
    opened = video.Window

    def open_at(title: str, size: object, place: object, **more: object) -> object:
        places.append(place)
        return opened(title, size, place, **more)

    with Window((640, 480), headless=True):
        monkeypatch.setattr(pygame.display, "get_desktop_sizes", lambda: [(800, 600)] * 2)
        monkeypatch.setattr(video, "Window", open_at)
        SecondWindow("for you", alone=True).close()
    assert places == [(MIDDLE_OF_SECOND, MIDDLE_OF_SECOND)]


def test_a_full_screen_with_one_monitor_keeps_its_keys_uncovered() -> None:
    with Window((640, 480), headless=True), pytest.raises(NoRoom, match="second monitor") as told:
        SecondWindow("for you", alone=True)
    assert "\n" not in str(told.value)
