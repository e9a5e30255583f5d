"""On every page, in every size: all that is written lies where it belongs, whole and large enough.

Measured on draw commands and the font's own metrics, not on pixels.
"""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pygame
import pytest
from recorder import Drawn, Recorder

from gazetalk.keyboard.layout import Board, Key
from gazetalk.lab.screens_scenes import Scene, boards, draw, look_for, scenes
from gazetalk.screens.look import THEMES, Look
from gazetalk.screens.talk import TalkView
from gazetalk.screens.theme import Colour, contrast

SIZES = [(1920, 1080), (1366, 768), (1280, 800), (3840, 2160), (1080, 1920)]
LOOKS = [Look(), Look(text_scale=1.6, letter_case="lower"), Look(text_scale=0.8)]
CASES = [*((size, LOOKS[0]) for size in SIZES), *((SIZES[4], look) for look in LOOKS[1:])]
CASES += [(SIZES[2], look) for look in [*LOOKS[1:], Look(language="de"), Look(language="es")]]
# Shares of the screen's width and height; twelve keys side by side is the most there is.
LEAST_KEY = (1 / 12, 1 / 14)
# A font's size, of the screen's shorter side: 1.6 % are 3.1 mm on a laptop of 194 mm, its capitals
# (0.73 of that) 2.3 mm, 0.22 degrees at 60 cm.
LEAST_TEXT = 0.016


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "a.png"
    pygame.image.save(pygame.Surface((20, 20)), path)
    return path


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_keys_lie_on_the_screen_side_by_side_and_are_large(size: tuple[int, int]) -> None:
    screen = pygame.Rect((0, 0), size)
    for name, board in boards(size):
        rects = [_rect(key) for key in board.keys]
        assert all(screen.contains(rect) for rect in rects), name
        assert not [pair for pair in combinations(rects, 2) if pair[0].colliderect(pair[1])], name
        text = pygame.Rect(*vars(board.text_rect).values())
        assert text.collidelist(rects) == -1, name
        for key in (key for key in board.keys if key.label):
            assert key.rect.width >= LEAST_KEY[0] * size[0] - 1, (name, key.id)
            assert key.rect.height >= LEAST_KEY[1] * size[1] - 1, (name, key.id)


@pytest.mark.parametrize(
    ("size", "look"),
    CASES,
    ids=lambda v: f"{v[0]}x{v[1]}" if isinstance(v, tuple) else v.text_scale,
)
def test_all_that_is_written_is_whole_apart_and_legible(
    size: tuple[int, int], look: Look, pictures: Path
) -> None:
    wrong = []
    for scene in scenes(size, pictures):
        canvas = Recorder(size)
        draw(canvas, scene.view, look_for(scene, look))
        wrong += [f"{scene.name}: {what}" for what in _wrong(scene, canvas, look)]
    assert wrong == []


def _wrong(scene: Scene, canvas: Recorder, look: Look) -> Iterator[str]:
    screen = pygame.Rect((0, 0), canvas.size)
    board = scene.view.keyboard.board if isinstance(scene.view, TalkView) else None
    for text in canvas.texts:
        room = _room(board, text) if board else screen
        if not room.contains(_ink(text)):
            yield f"{text.says!r} {_ink(text)} leaves {room}"
        if text.size_px < LEAST_TEXT * min(canvas.size) * min(1.0, look.text_scale):
            yield f"{text.says!r} is only {text.size_px} px"
    for one, other in combinations(canvas.texts, 2):
        if _ink(one).colliderect(_ink(other)):
            yield f"{one.says!r} {_ink(one)} lies on {other.says!r} {_ink(other)}"
    for sign in (drawn for drawn in canvas.drawn if drawn.kind == "symbol"):
        if board and not _room(board, sign).contains(sign.rect):
            yield f"the sign {sign.says} leaves its key"


def _room(board: Board, drawn: Drawn) -> pygame.Rect:
    """The key, or the place for text, that it lies in."""
    key = board.key_at(*drawn.rect.center)
    return _rect(key) if key else pygame.Rect(*vars(board.text_rect).values())


def _ink(text: Drawn) -> pygame.Rect:
    assert text.ink is not None
    return text.ink


def _rect(key: Key) -> pygame.Rect:
    return pygame.Rect(key.rect.x, key.rect.y, key.rect.width, key.rect.height)


@pytest.mark.parametrize("theme", THEMES)
def test_contrast_is_kept_by_all_that_is_drawn(theme: str, pictures: Path) -> None:
    """Every text against all it lies on, 7:1; every edge against one of its two sides, 3:1."""
    size, found = SIZES[2], set()
    for scene in scenes(size, pictures):
        canvas = Recorder(size)
        draw(canvas, scene.view, look_for(scene, Look(theme=theme)))
        found |= set(_faint(canvas.drawn))
    assert found == set()


def _faint(drawn: list[Drawn]) -> Iterator[str]:
    """What stands out too little."""
    for number, one in enumerate(drawn):
        below = [ground for ground in drawn[:number] if ground.rect.colliderect(one.rect)]
        grounds = _grounds(one, below)
        if one.kind == "text":
            for ground in grounds:
                if contrast(one.colours[0], ground) < 7:
                    yield f"{one.says!r}: {one.colours[0]} on {ground}"
        if one.kind == "box":
            inside, edge = one.colours
            for ground in grounds:
                if max(contrast(edge, inside), contrast(inside, ground)) < 3:
                    yield f"the edge {edge} between {inside} and {ground}"
        if one.kind in ("ring", "symbol"):
            rings = [ring for ring in drawn if ring.kind == "ring"]
            twins = [ring for ring in rings if _close(ring, one)]  # the pointer has two
            for ground in grounds:
                if max(contrast(ink.colours[0], ground) for ink in (one, *twins)) < 3:
                    yield f"{one.kind} {one.says}: {one.colours[0]} on {ground}"


def _close(one: Drawn, other: Drawn) -> bool:
    (x, y), (other_x, other_y) = one.rect.center, other.rect.center
    return abs(x - other_x) <= 2 and abs(y - other_y) <= 2


def _grounds(one: Drawn, below: list[Drawn]) -> set[Colour]:
    """The surfaces that it lies on: of all below it those that are not covered by later ones."""
    surfaces = [ground for ground in below if ground.kind in ("clear", "box")]
    covers = [at for at, ground in enumerate(surfaces) if ground.rect.contains(one.ink or one.rect)]
    return {ground.colours[0] for ground in surfaces[max(covers, default=0) :]}
