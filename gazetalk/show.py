"""The window at work: draws what a run is at, and hears the helper's mouse and keyboard."""

from __future__ import annotations

import time
from pathlib import Path

from gazetalk.asking import Shown
from gazetalk.geometry import Screen
from gazetalk.results import Results
from gazetalk.run import Run
from gazetalk.screens.calibrate import (
    CalibrationResults,
    CalibrationView,
    draw_calibration,
    draw_results,
)
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.talk import TalkView, draw_talk
from gazetalk.screens.window import Clicked, KeyPressed, Quit, Resized, Window
from gazetalk.talk import Talk
from gazetalk.tracking.messages import SourceInfo, Started
from gazetalk.tracking.position import Lasting, first_words
from gazetalk.tracking.process import Message
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import Camera, GazeSample
from gazetalk.voice import SpokenVoice, WrittenVoice

FRAME_S = 1 / 60
View = TalkView | CalibrationView | CalibrationResults
# Told only when the eyes have been missing this long: a blink needs no words.
MISSED_S = 0.7


class Show:
    """A window that shows a run and lets a hand press keys; a context manager.

    results: a finished calibration's results are shown, and a helper may have targets redone.
    look: may be given another at any time.
    """

    frame_s = FRAME_S

    def __init__(
        self,
        size_px: tuple[int, int] | None = None,
        results: bool = False,
        look: Look = USUAL,
    ) -> None:
        self.window = Window(size_px)
        self.look = look
        self.is_open = True
        self.results = Results() if results else None
        self._drawn: tuple[View, Look] | None = None
        self._eyes_seen_s = 0.0
        self._lasting = Lasting()

    @property
    def results_seen(self) -> bool:
        """A helper has had the time to look at a calibration's results and is content."""
        return self.results is None or self.results.seen

    @property
    def size(self) -> tuple[int, int]:
        return self.window.size

    def refresh(self, run: Run, talk: Talk, voice: WrittenVoice | SpokenVoice) -> None:
        """Hear the window's events, then draw if anything changed."""
        for event in self.window.events():
            match event:
                case Quit() | KeyPressed(name="escape"):
                    self.is_open = False
                case KeyPressed(name=name) if self.results and run.calibrated:
                    self.results.press(name, run)
                case Clicked(x_px, y_px) if run.talking:
                    talk.press_at(x_px, y_px, run.t_s)
                case KeyPressed(name="space" | "return" | "f8") if run.talking:
                    talk.switch(run.t_s)
                case KeyPressed(name="f5"):
                    run.check_gaze()
                case KeyPressed(name="f6"):
                    run.calibrate()
                case Clicked() | KeyPressed(name="space" | "return"):
                    run.press()
                case Resized(width_px, height_px):
                    talk.resize(width_px, height_px, run.t_s)
                    self._drawn = None
        view, look = self._view(run, talk, voice), self.look
        if (view, look) == self._drawn:
            return
        self._drawn = (view, look)
        match view:
            case TalkView():
                self.window.draw(lambda canvas: draw_talk(canvas, view, look))
            case CalibrationView():
                self.window.draw(lambda canvas: draw_calibration(canvas, view, look))
            case CalibrationResults():
                self.window.draw(lambda canvas: draw_results(canvas, view, look))
        self.window.flip()

    def __enter__(self) -> Show:
        return self

    def __exit__(self, *_: object) -> None:
        self.window.close()

    def _view(self, run: Run, talk: Talk, voice: WrittenVoice | SpokenVoice) -> View:
        if run.stage is not None:
            return self._target_view(run.stage.shown(run.t_s), run.stage.screen)
        if self.results is not None and run.calibrated is not None:
            self.results.wait(run.t_s)
            return self.results.view(run.calibrated)
        if not run.talking:
            words = run.trouble or "Looking for your eyes…"
            return CalibrationView(None, 0.0, 0, 1, words)
        state = talk.state
        seat = self._lasting.take(run.t_s, run.position)
        if state.keyboard.offered:
            seat = ""  # the line belongs to the words to choose from
        status = run.trouble or voice.trouble or self._eyes_status(run)
        return TalkView(
            keyboard=state.keyboard,
            pointer=state.pointer_px,
            status=status or run.notice or state.notice or seat,
            alert=bool(status),
            ringing=voice.ringing,
            speaking=voice.speaking,
        )

    def _target_view(self, shown: Shown, screen: Screen) -> CalibrationView:
        """What is shown, in the window's pixels."""
        target = None
        if shown.target is not None:
            width_px, height_px = self.size
            x_px, y_px = shown.target
            target = (x_px * width_px / screen.width_px, y_px * height_px / screen.height_px)
        return CalibrationView(
            target,
            shown.shrink,
            shown.done,
            shown.total,
            shown.words,
            shown.size,
            shown.picture,
        )

    def _eyes_status(self, run: Run) -> str:
        """Why nothing is being selected, in words; "" while all is well."""
        sample = run.sample
        if sample is None:
            return "Starting the camera…"
        if sample.valid:
            self._eyes_seen_s = sample.t_s
        if sample.t_s - self._eyes_seen_s < MISSED_S:
            return ""
        if sample.blink is None:
            return f"Eyes not seen: {first_words(run.position) or 'face is out of the picture'}"
        return "Eyes are closed" if sample.blink else "Eyes not seen well"


class MouseFeed:
    """The window's own pointer in place of the eyes, as a feed of gaze samples."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._begin_s = time.monotonic()
        self._index = 0
        self.info: SourceInfo | None = None

    def __enter__(self) -> MouseFeed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def poll(self, timeout_s: float = 0.0) -> list[Message]:
        """One sample, after waiting for the next screen frame."""
        time.sleep(timeout_s)
        started: list[Message] = []
        if self.info is None:
            width_px, height_px = self._show.size
            self.info = SourceInfo("mouse", Camera(width_px, height_px, 1 / FRAME_S), live=True)
            started = [Started(self.info)]
        t_s = time.monotonic() - self._begin_s
        point = self._show.window.pointer()
        sample = GazeSample(t_s)
        if point is not None:
            sample = GazeSample(t_s, float(point[0]), float(point[1]), valid=True, blink=False)
        self._index += 1
        return [*started, Tracked(self._index - 1, t_s, sample, None)]

    def send_model(self, model: object) -> None:
        """The mouse needs no calibration."""

    def close(self) -> None:
        """Nothing to end."""


def save_picture(path: Path, talk: Talk, size_px: tuple[int, int], look: Look = USUAL) -> None:
    """Draw the talk screen as it is now, without a screen, into a PNG."""
    state = talk.state
    with Window(size_px, headless=True) as window:
        view = TalkView(state.keyboard, state.pointer_px)
        window.draw(lambda canvas: draw_talk(canvas, view, look))
        window.save(path)
