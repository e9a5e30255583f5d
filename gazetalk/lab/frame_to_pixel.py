"""How long it takes from a camera's frame to the picture on the screen that shows what it saw.

A camera's frame is stamped with `time.monotonic()` as it comes (`tracking.camera`), in the process
of the tracker. That clock is the machine's and not the process's on Linux (CLOCK_MONOTONIC), macOS
(mach_absolute_time) and Windows (QueryPerformanceCounter or GetTickCount64) alike, so that times of
both processes can be subtracted; measured so far on Linux only. Nearly all that is added under
Xvfb is its copying of the changed pixels: 13.9 ms of 1920x1080, 7.2 of 1280x720, 1.4 without it.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import numpy as np

from gazetalk.clinic.profile import find_profile
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.layout import DEFAULT
from gazetalk.lab.avi_stream import AviStream
from gazetalk.lab.tracking_clips import Clip
from gazetalk.run import Run, Start
from gazetalk.screens.canvas import pygame
from gazetalk.screens.window import UNSEEN_DRIVERS
from gazetalk.show import FRAME_S, Show
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import VoiceProfile
from gazetalk.speech.speaker import open_speaker
from gazetalk.talk import Talk
from gazetalk.tracking.face import find_model
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.messages import SourceInfo
from gazetalk.tracking.process import TrackerProcess
from gazetalk.tracking.sources import SourceSpec
from gazetalk.tracking.tracker import Tracked, Tracker
from gazetalk.tracking.types import Frame
from gazetalk.transcript import Transcript
from gazetalk.voice import WrittenVoice
from gazetalk.writing import open_writing

SCREEN_FRAME_MS = 1000 / 60
WARM_FRAMES = 30  # letters and caches are loaded meanwhile


@dataclass(frozen=True)
class Spread:
    """Times of n tries, ms."""

    n: int
    p50: float
    p95: float

    @staticmethod
    def of(times_ms: list[float]) -> Spread:
        p50, p95 = np.percentile(times_ms, [50, 95])
        return Spread(len(times_ms), round(float(p50), 2), round(float(p95), 2))

    def __str__(self) -> str:
        return f"{self.p50:.1f} ms, 95 %: {self.p95:.1f} ms (n {self.n})"


@dataclass(frozen=True)
class FrameToPixel:
    """shown_by: the window, in words. tracker_ms: from a frame's stamp until its result is there,
    in the tracker's process. added_ms: from then until the picture that shows it has been handed to
    the display. late: how many were added more than SCREEN_FRAME_MS, their share in %."""

    shown_by: str
    whole_ms: Spread
    tracker_ms: Spread
    added_ms: Spread
    late: str


@dataclass(frozen=True)
class Stamped(Tracked):
    """A frame's result, and when it was there: `time.monotonic()`."""

    done_s: float = 0.0


class StampingTracker(Tracker):
    """The tracker of the app, whose results are stamped."""

    def process(self, frame: Frame) -> Stamped:
        tracked = super().process(frame)
        parts = {field.name: getattr(tracked, field.name) for field in fields(Tracked)}
        return Stamped(**parts, done_s=time.monotonic())


def stamping(model_path: Path, info: SourceInfo) -> StampingTracker:
    """As `tracker.make_tracker`."""
    return StampingTracker(model_path, info.camera.hfov_deg)


def frame_to_pixel(
    clip: Clip, model: GazeModel, size_px: tuple[int, int], seconds: float
) -> FrameToPixel | None:
    """Let a clip play as a camera before the app's own loop, in a window of that size, for so long.

    None where a system has no FIFOs. Raises WindowError, and the rooms' errors.
    """
    if not hasattr(os, "mkfifo"):
        return None
    with (
        tempfile.TemporaryDirectory() as folder,
        playing(clip, Path(folder) / "camera") as fifo,
        Show(size_px) as show,
    ):
        shots = list(_shown(fifo, model, show, seconds, Path(folder)))[WARM_FRAMES:]
        driver = pygame.display.get_driver()
    seen = "drawn without a display" if driver in UNSEEN_DRIVERS else f"a window by {driver}"
    added_ms = [1000 * (shown_s - shot.done_s) for shot, shown_s in shots]
    late = sum(ms > SCREEN_FRAME_MS for ms in added_ms)
    return FrameToPixel(
        f"{seen}, {size_px[0]}x{size_px[1]}",
        Spread.of([1000 * (shown_s - shot.t_s) for shot, shown_s in shots]),
        Spread.of([1000 * (shot.done_s - shot.t_s) for shot, _ in shots]),
        Spread.of(added_ms),
        f"{late} of {len(added_ms)}",
    )


def _shown(
    fifo: Path, model: GazeModel, show: Show, seconds: float, folder: Path
) -> Iterator[tuple[Stamped, float]]:
    """Each result that was drawn, and when that was on the screen. Results that are not to be seen
    (a closed eye, one that a newer one overtook) are left out."""
    taken: list[Stamped] = []

    def on_frame(tracked: Tracked) -> None:
        assert isinstance(tracked, Stamped)
        taken.append(tracked)

    writing = open_writing(DEFAULT, find_profile(folder), Composer(), show.size, model.screen)
    transcript = Transcript(None)
    speaker = open_speaker(VoiceProfile("english", "en"), SilentPlayer())
    with closing(WrittenVoice(speaker, transcript, None)) as voice:
        talk = Talk(model.screen, writing.keyboard, transcript, voice)
        source = SourceSpec("camera", str(fifo))
        with closing(TrackerProcess(partial(stamping, find_model()), source, True)) as feed:
            run = Run(feed, talk, transcript, Start(model), on_frame)
            end_s = None
            while end_s is None or time.monotonic() < end_s:
                taken.clear()
                run.step(FRAME_S)  # the app's own loop: see `app.talk`
                drawn = show.refresh(run, talk, voice, {})
                shown_s = time.monotonic()
                if taken and end_s is None:
                    end_s = shown_s + seconds
                if taken and drawn and taken[-1].sample.valid:
                    yield taken[-1], shown_s


@contextmanager
def playing(clip: Clip, fifo: Path) -> Iterator[Path]:
    """A FIFO into which the clip is played over and over, at its own speed."""
    os.mkfifo(fifo)
    over = threading.Event()

    def play() -> None:
        camera = clip.camera
        size_px, fps = (camera.width_px, camera.height_px), camera.fps or 30.0
        with suppress(BrokenPipeError), fifo.open("wb") as pipe:
            stream = AviStream(pipe, size_px, fps)
            begin_s, number = time.monotonic(), 0
            while not over.is_set():
                for frame in clip.frames():
                    assert frame.image is not None
                    time.sleep(max(0.0, begin_s + number / fps - time.monotonic()))
                    stream.write(frame.image)
                    number += 1
                    if over.is_set():
                        return

    player = threading.Thread(target=play, daemon=True)
    player.start()
    try:
        yield fifo
    finally:
        over.set()
        player.join(2.0)
