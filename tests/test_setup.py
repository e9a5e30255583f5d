"""A first visit: how one sits, how large the screen is, calibration, its results, and talking."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk import rehearsal, ruler, seat
from gazetalk.app import with_screen
from gazetalk.cli import main
from gazetalk.clinic.profile import find_profile, load_model
from gazetalk.clinic.settings import Settings, SettingsError, load_settings
from gazetalk.ruler import CARD_MM, Ruler
from gazetalk.screens.canvas import Canvas
from gazetalk.screens.card import CardView, draw_card
from gazetalk.screens.look import Look
from gazetalk.screens.talk import TalkView
from gazetalk.seat import Seat
from gazetalk.show import Show
from gazetalk.speech.bell import Bell
from gazetalk.speech.player import SilentPlayer
from gazetalk.tracking.position import Level, State
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample
from tests.test_app import WINDOW, Sitter, sit  # noqa: F401
from tests.tracking.conftest import eyes_looking_at

BAD = State("distance", Level.BAD, 82.0, "cm", "too far: 82 cm, come to 50-65")
FAIR = State("light", Level.FAIR, 60.0, "", "a little dark")


def tracked(t_s: float, *states: State, eyes: bool = True) -> Tracked:
    seen = eyes_looking_at(960, 540, t_s) if eyes else None
    return Tracked(round(30 * t_s), t_s, GazeSample(t_s), seen, states)


def test_calibration_waits_until_nothing_is_bad_for_three_seconds() -> None:
    sitting = Seat(0.0)
    sitting.take(tracked(1.0, BAD))
    assert not sitting.over(5.0)
    assert sitting.states == (BAD,)
    sitting.take(tracked(6.0, FAIR))
    assert not sitting.over(8.9)
    sitting.take(tracked(8.0, FAIR, eyes=False))
    assert not sitting.over(9.5), "eyes that are not seen sit nowhere"
    sitting.take(tracked(10.0, FAIR))
    assert sitting.over(13.0)


def test_nobody_is_held_for_ever_and_a_helper_goes_on_at_once() -> None:
    alone = Seat(0.0)
    alone.take(tracked(1.0, BAD))
    assert alone.over(seat.PATIENCE_S + 0.1)
    helped = Seat(0.0)
    helped.step(1.0)
    assert helped.over(1.0)


def test_the_card_on_the_screen_is_as_large_as_the_real_one_when_the_width_is_right() -> None:
    width, height = Ruler(1920, 480.0, 0.0).card_px
    assert (width / 4, height / 4) == pytest.approx(CARD_MM)


@given(st.lists(st.sampled_from(["left", "right", "up", "down", "x"]), max_size=40))
def test_arrow_keys_change_the_width_within_reason(keys: list[str]) -> None:
    now = Ruler(1920, 344.0, 0.0)
    for number, key in enumerate(keys):
        after = now.press(key, float(number))
        larger = {"right": 1, "up": 1, "left": -1, "down": -1, "x": 0}[key]
        at_edge = after.width_mm in (ruler.NARROWEST_MM, ruler.WIDEST_MM)
        assert at_edge or math.copysign(larger, after.card_px[0] - now.card_px[0]) == larger
        now = after
    assert ruler.NARROWEST_MM <= now.width_mm <= ruler.WIDEST_MM


def test_a_hand_may_put_the_cards_edge_where_it_is() -> None:
    assert Ruler(2000, 344.0, 0.0).drag(1000 + 214.0, 1.0).width_mm == pytest.approx(400.0)
    still = Ruler(2000, 344.0, 0.0)
    assert still.drag(1001.0, 1.0) is still


def test_without_a_helper_the_guess_stands() -> None:
    assert not Ruler(1920, 344.0, 5.0).over(20.0)
    assert Ruler(1920, 344.0, 5.0).over(5.1 + ruler.PATIENCE_S)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with Show((640, 400)) as shown:
        yield shown


def post(*names: str) -> None:
    for name in names:
        code = pygame.key.key_code(name)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, unicode=""))


def test_a_helper_measures_the_screen_with_keys(show: Show) -> None:
    post("up", "up", "left", "return")
    assert show.measure_screen(344.0, Bell(SilentPlayer())) == pytest.approx(
        344.0 / 1.05**2 * 1.005
    )


def test_a_width_that_cannot_be_kept_holds_and_is_told(
    show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise SettingsError("settings.json: cannot be written (disk full)")

    monkeypatch.setattr("gazetalk.app.change_settings", full)
    post("up", "return")
    settings, told = with_screen(find_profile(tmp_path), Settings(), show, Bell(SilentPlayer()))
    assert settings.screen_width_mm == pytest.approx(327.6)
    assert told == "the screen's width is not kept: settings.json: cannot be written (disk full)"


def test_a_window_closed_while_measuring_measures_nothing(show: Show) -> None:
    post("up", "escape")
    assert show.measure_screen(344.0, Bell(SilentPlayer())) is None
    assert not show.is_open


def test_the_bell_can_be_rung_before_anything_is_set_up(show: Show) -> None:
    bell = Bell(SilentPlayer())
    post("f9", "return")
    assert show.measure_screen(344.0, bell) is not None
    assert bell.ringing
    post("f9", "return")
    show.measure_screen(344.0, bell)
    assert not bell.ringing


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (800, 600)])
def test_the_card_lies_on_the_screen_under_the_words(size: tuple[int, int]) -> None:
    surface = pygame.Surface(size)
    view = CardView(*Ruler(size[0], 344.0, 0.0).card_px, 344.0)
    draw_card(Canvas(surface), view)
    top = (size[1] - view.height_px) / 2 + 0.06 * size[1]
    assert top > 0.24 * size[1]
    assert top + view.height_px < 0.92 * size[1]


def test_a_first_visit_from_the_seat_to_talking(
    sit: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The helper accepts everything; the screen's width is asked for before anything else."""
    monkeypatch.setattr(Show, "measure_screen", lambda self, width_mm, bell: 301.27)
    stages: list[str] = []

    def press(run: Any) -> str | None:
        stage = type(run.stage).__name__
        if run.stage is not None and (not stages or stages[-1] != stage):
            stages.append(stage)
        if run.calibrated is not None and not run.talking:
            return "return"
        return "escape" if run.talking else None

    sit(Sitter(press))
    window = f"{WINDOW[0]}x{WINDOW[1]}"
    call = ["setup", "--data-dir", str(tmp_path), "--window", window, "--procedure", "quick"]
    assert main(call) == 0
    assert stages == ["Seat", "LiveChoreography"]
    profile = find_profile(tmp_path)
    assert load_settings(profile).screen_width_mm == 301.3
    model = load_model(profile)
    assert model is not None and model.screen.width_mm == 301.3


def test_the_first_visit_ends_with_sentences_to_copy_that_a_helper_may_skip(
    sit: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Show, "measure_screen", lambda self, width_mm, bell: 301.27)
    lines: list[str] = []
    keys = iter(["n", "r", "n", "n", "e"])

    def draw(canvas: Canvas, view: TalkView, look: Look) -> None:
        if view.hint not in lines[-1:]:
            lines.append(view.hint)

    pressed_s: list[float] = []

    def press(run: Any) -> str | None:
        if not run.talking:
            return "return" if run.calibrated is not None else None
        if pressed_s and run.t_s < pressed_s[-1] + 8.0:  # what became of the calibration is read
            return None
        pressed_s.append(run.t_s)
        return next(keys, "escape") if len(pressed_s) > 1 else None

    monkeypatch.setattr("gazetalk.show.draw_talk", draw)
    sit(Sitter(press))
    window = f"{WINDOW[0]}x{WINDOW[1]}"
    call = ["setup", "--data-dir", str(tmp_path), "--window", window, "--procedure", "quick"]
    assert main(call) == 0
    asked = [line for line in lines if line.startswith(rehearsal.ASK)]
    sentences = rehearsal.SENTENCES["english"]
    assert [line.partition(": ")[2] for line in asked] == list(sentences)
    assert any("Nothing was written" in line for line in lines)
    assert not find_profile(tmp_path).journal_path.exists() or b"tea" not in (
        find_profile(tmp_path).journal_path.read_bytes()
    )


def test_who_cannot_be_set_up_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup", "--source", "mouse", "--data-dir", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "setup takes camera" in told and told.count("\n") == 1
