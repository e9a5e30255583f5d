"""Who sits opposite reads on a second monitor: a real server with two of them, the real app."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.keyboard.layout import load_layout

FIRST, SECOND = (1920, 1080), (1280, 1024)
NEEDED = ("Xorg", "xrandr", "xdotool", "ffmpeg")
pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in NEEDED),
    reason="needs Xorg with its dummy driver, xrandr, xdotool and ffmpeg",
)
# Xvfb has one monitor only; this driver has as many as are switched on.
CONFIGURATION = """
Section "Device"
    Identifier "card"
    Driver "dummy"
    VideoRam 192000
EndSection
Section "Monitor"
    Identifier "any"
    HorizSync 5.0-1000.0
    VertRefresh 5.0-200.0
EndSection
Section "Screen"
    Identifier "both"
    Device "card"
    Monitor "any"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Virtual 3200 1080
    EndSubSection
EndSection
"""


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """Two monitors beside each other; the display's name."""
    configuration = tmp_path / "xorg.conf"
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    read, write = os.pipe()
    command = ["Xorg", "-noreset", "-novtswitch", "-sharevts", "-nolisten", "tcp"]
    command += ["-displayfd", str(write), "-config", str(configuration)]
    command += ["-logfile", str(tmp_path / "xorg.log")]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as number:
        name = number.readline().strip()
    if not name:
        server.wait()
        pytest.skip("Xorg does not start here: it needs its dummy driver, and to be allowed")
    env = {**os.environ, "DISPLAY": f":{name}"}
    for switched in (
        ["--output", "DUMMY0", "--mode", "1920x1080"],
        ["--addmode", "DUMMY1", "1280x1024"],
        ["--output", "DUMMY1", "--mode", "1280x1024", "--right-of", "DUMMY0"],
    ):
        subprocess.run(["xrandr", *switched], env=env, check=True, timeout=10)
    yield f":{name}"
    server.terminate()
    server.wait()


def seen(display: str, at: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """The grey values (height, width) that a monitor shows."""
    grab = ["ffmpeg", "-v", "error", "-f", "x11grab", "-video_size", f"{size[0]}x{size[1]}"]
    grab += ["-i", f"{display}+{at[0]},{at[1]}", "-frames:v", "1"]
    grab += ["-f", "rawvideo", "-pix_fmt", "gray", "-"]
    pixels = subprocess.run(grab, check=True, timeout=20, capture_output=True).stdout
    return np.frombuffer(pixels, np.uint8).reshape(size[1], size[0])


def test_the_partner_s_window_fills_the_second_monitor_and_shows_what_is_written(
    display: str, tmp_path: Path
) -> None:
    home = str(tmp_path / "home")
    arguments = ["talk", "--source", "mouse", "--data-dir", home]
    env = {**os.environ, "DISPLAY": display, "SDL_AUDIODRIVER": "dummy"}

    def move(x_px: float, y_px: float) -> None:
        place = (str(round(x_px)), str(round(y_px)))
        subprocess.run(["xdotool", "mousemove", *place], env=env, check=True, timeout=10)

    (tmp_path / "home" / "profiles" / "default").mkdir(parents=True)
    assert main(["profile", "set", "default", "partner=window", "--data-dir", home]) == 0
    board = load_layout("qwerty").place(*FIRST)
    move(*board.text_rect.centre)
    program = subprocess.Popen([sys.executable, "-m", "gazetalk", *arguments], env=env)
    try:
        opened = _until(lambda: seen(display, (FIRST[0], 0), SECOND).max() > 60)
        assert opened, "nothing was shown on the second monitor"
        empty = seen(display, (FIRST[0], 0), SECOND)
        lit_rows, lit_columns = np.nonzero(empty > 60)
        # The outline lies near the edges all around: the window is as large as the monitor.
        assert lit_rows.min() < 60 and lit_rows.max() > SECOND[1] - 60
        assert lit_columns.min() < 60 and lit_columns.max() > SECOND[0] - 60
        move(*board.key("h").rect.centre)
        wrote = _until(lambda: (seen(display, (FIRST[0], 0), SECOND) != empty).sum() > 500)
        assert wrote, "what was written did not come to the second monitor"
    finally:
        program.terminate()
        program.wait()


def _until(is_so: Callable[[], bool], most_s: float = 25.0) -> bool:
    end_s = time.monotonic() + most_s
    while time.monotonic() < end_s:
        if is_so():
            return True
        time.sleep(0.2)
    return False
