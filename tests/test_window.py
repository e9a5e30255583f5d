"""The app in a real window on a virtual screen, with a real pointer for eyes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazetalk.keyboard.layout import Board, load_layout
from tests.told import told

SIZE = (1280, 800)
NEEDED = ("Xvfb", "xdotool")
pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in NEEDED), reason="needs Xvfb and xdotool"
)


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen of SIZE; its name."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


class Screen:
    """The app on a display, and a hand on its mouse."""

    def __init__(self, display: str, folder: Path) -> None:
        self.transcript = folder / "transcript.jsonl"
        self._env = {**os.environ, "DISPLAY": display, "SDL_AUDIODRIVER": "dummy"}
        arguments = ["talk", "--source", "mouse", "--data-dir", str(folder / "home")]
        self.move(*self.board().text_rect.centre)
        self.program = subprocess.Popen(
            [sys.executable, "-m", "gazetalk", *arguments, "--transcript", str(self.transcript)],
            env=self._env,
        )

    def board(self, page: str | None = None) -> Board:
        return load_layout("qwerty").place(*SIZE, page)

    def move(self, x_px: float, y_px: float) -> None:
        self._do("mousemove", str(round(x_px)), str(round(y_px)))

    def rest(self) -> None:
        """On the text, where nothing is selected."""
        self.move(*self.board().text_rect.centre)
        time.sleep(0.4)

    def look(self, key: str, page: str | None = None) -> None:
        """Rest on a key until one more selection has come; look again while the window is not
        there yet, or if the key lay under the pointer when it came."""
        before = self.count("selected")
        for _ in range(6):
            self.rest()
            self.move(*self.board(page).key(key).rect.centre)
            if self._selects(before + 1):
                return
        raise AssertionError(f"{key} was never selected: {self.events()[-3:]}")

    def _selects(self, times: int) -> bool:
        end = time.monotonic() + 5  # the longest dwell is 1.5 s
        while self.count("selected") < times and time.monotonic() < end:
            time.sleep(0.05)
        return self.count("selected") >= times

    def click(self, key: str) -> None:
        self.move(*self.board().key(key).rect.centre)
        self._do("click", "1")

    def press(self, key: str) -> None:
        self._do("key", key)

    def events(self) -> list[dict]:
        return told(self.transcript)

    def count(self, name: str) -> int:
        return sum(event["event"] == name for event in self.events())

    def wait_for(self, name: str, times: int = 1) -> None:
        end = time.monotonic() + 20
        while self.count(name) < times:
            assert time.monotonic() < end, f"no {name}: {self.events()[-3:]}"
            time.sleep(0.05)

    def _do(self, *what: str) -> None:
        subprocess.run(["xdotool", *what], env=self._env, check=True, timeout=10)


def test_a_pointer_types_rests_wakes_and_a_hand_helps(display: str, tmp_path: Path) -> None:
    screen = Screen(display, tmp_path)
    screen.rest()
    screen.look("h")
    screen.look("i")
    screen.click("y")
    screen.wait_for("committed", 3)
    screen.look("undo")
    screen.rest()
    screen.look("speak")
    screen.wait_for("spoken")
    screen.rest()
    screen.look("rest")
    screen.wait_for("rest")
    screen.look("wake-up", "rest")
    screen.look("wake", "wake")
    screen.wait_for("woke")
    screen.press("Escape")
    assert screen.program.wait(20) == 0
    last = screen.events()[-1]
    assert (last["event"], last["text"]) == ("end", "hi")
    assert [e["text"] for e in screen.events() if e["event"] == "spoken"] == ["hi"]


def test_a_closed_window_keeps_its_text_for_the_next_start(display: str, tmp_path: Path) -> None:
    screen = Screen(display, tmp_path)
    screen.rest()
    screen.look("a")
    screen.press("Escape")
    assert screen.program.wait(20) == 0
    again = Screen(display, tmp_path)
    again.wait_for("restored")
    again.press("Escape")
    assert again.program.wait(20) == 0
    assert again.events()[-1]["text"] == "a"
