"""The puppet as a camera: what it sees on a screen, and the stream that it is."""

import io
import os
import struct
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from gazetalk.cli import main
from gazetalk.geometry import Screen
from gazetalk.lab.avi_stream import AviStream
from gazetalk.lab.live_camera import ScreenFile, Sitter, target_in
from gazetalk.lab.person import LabError
from gazetalk.screens.calibrate import CalibrationView, draw_calibration
from gazetalk.screens.canvas import Canvas, pygame
from gazetalk.tracking.camera import CameraSource

SIZE = (1280, 800)


def seen(view: CalibrationView) -> np.ndarray:
    canvas = Canvas(pygame.Surface(SIZE))
    draw_calibration(canvas, view)
    return pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1)


@pytest.mark.parametrize("at", [(640.0, 400.0), (80.0, 720.0), (1240.0, 60.0)])
@pytest.mark.parametrize("shrink", [0.0, 1.0])
def test_a_target_is_found_by_its_pixels_within_one(at: tuple[float, float], shrink: float) -> None:
    found = target_in(seen(CalibrationView(at, shrink, 3, 9, "Look here")))
    assert found == pytest.approx(at, abs=1.5)


def test_words_and_dots_of_progress_are_no_target() -> None:
    assert target_in(seen(CalibrationView(None, 0.0, 3, 9, "One moment"))) is None


def screen_file(path: Path, version: int = 7) -> Path:
    """As Xvfb writes it: a header with one colour, then a picture of 3 x 2 pixels."""
    header = [100, version, 2, 24, 3, 2, 0, 0, 32, 0, 32, 32, 12, 0, 0, 0, 0, 0, 0, 1]
    pixels = bytes(range(24))
    path.write_bytes(struct.pack(">25I", *header, *[0] * 5) + bytes(12) + pixels)
    return path


def test_a_screens_pixels_are_read_red_first(tmp_path: Path) -> None:
    file = ScreenFile(screen_file(tmp_path / "screen"))
    assert file.size_px == (3, 2)
    assert file.picture()[1, 0].tolist() == [14, 13, 12]


@pytest.mark.parametrize("there", [False, True])
def test_no_screen_or_another_format_is_refused_in_a_line(
    there: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "screen"
    if there:
        screen_file(path, version=6)
    call = ["lab", "camera", "--fifo", str(tmp_path / "fifo"), "--sees", str(path)]
    assert main(call) == 2
    told = capsys.readouterr().err
    assert str(path) in told and told.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no FIFOs")
def test_the_stream_is_a_camera(tmp_path: Path) -> None:
    """Pictures come through as they were, but for what a JPEG loses."""
    fifo = tmp_path / "camera"
    os.mkfifo(fifo)
    over = threading.Event()

    def play() -> None:
        with fifo.open("wb") as pipe:
            stream = AviStream(pipe, (64, 48), 30.0)
            level = 0
            while not over.wait(0.02):
                level = (level + 10) % 200
                try:
                    stream.write(np.full((48, 64, 3), level, np.uint8))
                except BrokenPipeError:
                    return

    player = threading.Thread(target=play, daemon=True)
    player.start()
    with CameraSource(str(fifo)) as camera:
        frames = [frame for frame, _ in zip(camera.frames(), range(5), strict=False)]
    over.set()
    assert camera.info.camera.fps == pytest.approx(30.0)
    for frame in frames:
        assert frame.image is not None and frame.image.shape == (48, 64, 3)
        assert float(frame.image.mean()) % 10 == pytest.approx(0, abs=1) or (
            float(frame.image.mean()) % 10 == pytest.approx(10, abs=1)
        )


def test_the_stream_begins_as_an_avi_and_each_frame_is_a_chunk() -> None:
    pipe = io.BytesIO()
    AviStream(pipe, (16, 8), 15.0).write(np.zeros((8, 16, 3), np.uint8))
    written = pipe.getvalue()
    assert written[:4] == b"RIFF" and written[8:12] == b"AVI "
    at = written.index(b"00dc")
    assert at % 2 == 0 and written[at + 8 : at + 10] == b"\xff\xd8"


def test_the_puppet_looks_where_it_is_told_and_else_where_it_sees_something() -> None:
    places: list[tuple[float, float] | None] = [(100.0, 100.0)]
    sitter = Sitter(3, Screen(640, 400, 344.0, 215.0), 15.0, lambda: places[-1])
    sitter.frame(0.0)
    assert sitter._eyes.at(0.8) == pytest.approx((100.0, 100.0), abs=40)
    sitter.hear("look 600 380", 0.8)
    sitter.frame(0.8)
    assert sitter._eyes.at(1.6) == pytest.approx((600.0, 380.0), abs=40)
    sitter.hear("close 2.0", 1.6)
    sitter.frame(2.6)
    assert sitter._behaviour.closures[39].min() == 1.0
    with pytest.raises(LabError, match="look X Y"):
        sitter.hear("look there", 2.7)
