"""The window opens with and without a display, tells what hands do, and saves its picture."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from gazetalk.keyboard.layout import Rect
from gazetalk.screens.window import (
    HEADLESS_SIZE,
    Clicked,
    KeyPressed,
    Quit,
    Window,
    WindowError,
)

POSIX = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="needs X11")


@pytest.fixture
def window() -> Iterator[Window]:
    with Window((640, 480), headless=True) as window:
        yield window


def test_headless_has_a_full_screen_unless_told_otherwise(window: Window) -> None:
    assert window.size == (640, 480)
    window.close()
    with Window(headless=True) as full:
        assert full.size == HEADLESS_SIZE
    full.close()


def test_headless_leaves_the_environment_alone(window: Window) -> None:
    assert os.environ.get("SDL_VIDEODRIVER") != "dummy"


def test_what_hands_do_comes_out_as_events(window: Window) -> None:
    window.events()
    post = pygame.event.post
    post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a, unicode="a"))
    post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, unicode="\x1b"))
    post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(30, 40)))
    post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=3, pos=(31, 41)))
    post(pygame.event.Event(pygame.QUIT))
    assert window.events() == [KeyPressed("a", "a"), KeyPressed("escape"), Clicked(30, 40), Quit()]
    assert window.events() == []


def test_the_pointer_follows_the_mouse_until_it_leaves(window: Window) -> None:
    assert window.pointer() is None
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=(5, 6), rel=(0, 0), buttons=()))
    window.events()
    assert window.pointer() == (5, 6)
    pygame.event.post(pygame.event.Event(pygame.WINDOWLEAVE))
    window.events()
    assert window.pointer() is None


def test_the_picture_is_saved_whole_and_is_what_was_drawn(window: Window, tmp_path: Path) -> None:
    window.draw(lambda canvas: canvas.clear((10, 20, 30)))
    window.flip()
    window.save(tmp_path / "new" / "screen.png")
    saved = pygame.image.load(str(tmp_path / "new" / "screen.png"))
    assert saved.get_size() == (640, 480) and saved.get_at((320, 240))[:3] == (10, 20, 30)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["screen.png"]


def test_a_picture_that_cannot_be_saved_is_one_line(window: Window, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WindowError, match="cannot write the picture") as caught:
        window.save(tmp_path / "file" / "screen.png")
    assert "\n" not in str(caught.value)


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if "DISPLAY" not in name and "SDL" not in name
    }
    return subprocess.run(
        [sys.executable, "-c", program],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@POSIX
@pytest.mark.parametrize(
    "environment, why",
    [({}, "there is no display"), ({"DISPLAY": ":7777"}, "cannot be reached")],
    ids=["no display", "dead display"],
)
def test_without_a_display_it_says_what_works_instead(
    environment: dict[str, str], why: str, tmp_path: Path
) -> None:
    done = run(
        "from gazetalk.screens.window import Window, WindowError\n"
        "try:\n    Window((640, 480))\n"
        "except WindowError as error:\n    print(error)\n",
        **{"XDG_RUNTIME_DIR": str(tmp_path)} | environment,
    )
    assert done.stdout.startswith("no window can be opened") and why in done.stdout
    assert "--headless" in done.stdout and done.stdout.count("\n") == 1
    assert done.stderr == ""


DRIVEN = """
import sys, time
import pygame
from gazetalk.screens.window import Window
with Window((640, 480), title="driven") as window:
    window.draw(lambda canvas: canvas.clear((0, 80, 0)))
    window.flip()
    print(pygame.display.get_wm_info()["window"], flush=True)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for event in window.events():
            print(event, window.pointer(), flush=True)
            if "escape" in str(event):
                sys.exit()
        time.sleep(0.01)
"""


@POSIX
@pytest.mark.skipif(
    not (shutil.which("xvfb-run") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)
def test_a_real_window_hears_a_real_mouse_keyboard_and_resizing(tmp_path: Path) -> None:
    script = tmp_path / "driven.py"
    script.write_text(DRIVEN)
    shell = (
        '"$0" "$1" > "$2" & for i in $(seq 100); do test -s "$2" && break; sleep 0.1; done\n'
        'id=$(head -1 "$2"); xdotool windowmove $id 0 0 windowfocus $id; sleep 0.2\n'
        "xdotool mousemove 100 120; sleep 0.1; xdotool click 1 key b; sleep 0.2\n"
        "xdotool windowsize $id 800 500; sleep 0.3; xdotool key Escape; wait\n"
    )
    heard = tmp_path / "heard.txt"
    command = ["xvfb-run", "-a", "sh", "-c", shell, sys.executable, str(script), str(heard)]
    subprocess.run(command, timeout=60, check=False, capture_output=True)
    lines = heard.read_text().splitlines()
    assert "Clicked(x_px=100, y_px=120) (100, 120)" in lines
    assert any(line.startswith("KeyPressed(name='b', text='b')") for line in lines)
    assert any(line.startswith("Resized(width_px=800, height_px=500)") for line in lines)
    assert lines[-1].startswith("KeyPressed(name='escape'")


def test_only_what_changed_is_shown_again(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(pygame.display, "flip", lambda: shown.append("all"))
    monkeypatch.setattr(pygame.display, "update", shown.append)
    window.draw(lambda canvas: canvas.clear((0, 0, 0)))
    window.flip()
    window.draw(lambda canvas: canvas.bar(Rect(10, 20, 30, 40), (9, 9, 9)))
    window.flip()
    window.flip()  # nothing is new
    assert shown == ["all", [pygame.Rect(10, 20, 30, 40)]]


def test_a_window_that_was_covered_is_shown_whole_again(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.events()  # those of its opening
    shown: list[str] = []
    monkeypatch.setattr(pygame.display, "flip", lambda: shown.append("all"))
    pygame.event.post(pygame.event.Event(pygame.WINDOWEXPOSED))
    assert window.events() == [] and shown == ["all"]
