"""The window at work: draws what a run is at, and hears the helper's mouse and keyboard."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from gazetalk.asking import Shown
from gazetalk.check import Check
from gazetalk.choreography import Choreography
from gazetalk.geometry import Screen
from gazetalk.helper import Helper, rows, wish_of
from gazetalk.keyboard.events import KeyEvent
from gazetalk.partner import Partner, spoken_span
from gazetalk.rehearsal import Rehearsal
from gazetalk.results import Results
from gazetalk.ruler import Ruler
from gazetalk.run import Run
from gazetalk.screens.calibrate import (
    CalibrationResults,
    CalibrationView,
    draw_calibration,
    draw_results,
)
from gazetalk.screens.card import CardView, draw_card
from gazetalk.screens.helper import HelperView, draw_helper, row_at
from gazetalk.screens.keys import offers_in_strip
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.partner import PartnerView, draw_partner
from gazetalk.screens.position import PositionView, draw_position
from gazetalk.screens.second import NoRoom
from gazetalk.screens.talk import TalkView, draw_talk
from gazetalk.screens.window import Clicked, KeyPressed, Quit, Resized, SecondClosed, Window
from gazetalk.seat import Seat
from gazetalk.speech.bell import Bell
from gazetalk.talk import Talk
from gazetalk.tracking.messages import SourceInfo, Started
from gazetalk.tracking.position import Lasting, first_words
from gazetalk.tracking.process import Message
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import Camera, GazeSample
from gazetalk.tuning import captioned
from gazetalk.voice import SpokenVoice, WrittenVoice

FRAME_S = 1 / 60
View = TalkView | CalibrationView | CalibrationResults | PositionView | HelperView
# Told only when the eyes have been missing this long: a blink needs no words.
MISSED_S = 0.7
CALLING = "The bell is ringing: F9 ends it"
WAIT = "One moment…"
PARTNER = "gazetalk: for who sits opposite"
PAUSED = "The voice is paused: the same key goes on"


class Show:
    """A window that shows a run and lets a hand press keys; a context manager.

    results: a finished calibration's results are shown, and a helper may have targets redone,
    until they are content. look: may be given another at any time; one with a window for whoever
    sits opposite opens that, until its cross is used.
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
        self.rehearsal: Rehearsal | None = None
        self._helper: Helper | None = None
        self._wishes: list[KeyEvent] = []
        self._results = Results()
        self._wants_results = results
        self._drawn: tuple[View, Look] | None = None
        self._partner = Partner()
        self._partner_drawn: tuple[PartnerView, Look] | None = None
        self._partner_closed = False
        self._eyes_seen_s = 0.0
        self._lasting = Lasting()
        # Before anything else is loaded: a black window would look like a failure.
        first = CalibrationView(None, 0.0, 0, 0, WAIT)
        self.window.draw(lambda canvas: draw_calibration(canvas, first, look))
        self.window.flip()

    @property
    def results_seen(self) -> bool:
        """A helper has had the time to look at a calibration's results and is content."""
        return not self._wants_results or self._results.seen

    @property
    def size(self) -> tuple[int, int]:
        return self.window.size

    def refresh(
        self, run: Run, talk: Talk, voice: WrittenVoice | SpokenVoice, captions: Mapping[str, str]
    ) -> bool:
        """Hear the window's events, then draw if anything changed; whether it did. captions: of
        settings' keys."""
        for event in self.window.events():
            match event:
                case KeyPressed(name="escape" | "f1") if self._helper:
                    self._close_helper(run)
                case Quit() | KeyPressed(name="escape"):
                    self.is_open = False
                case KeyPressed(name="f9"):
                    talk.ring(run.t_s)
                case KeyPressed(name="f1") if run.talking:
                    run.hold()
                    self._helper = Helper(rows(captions), run.t_s)
                case KeyPressed(name=name) if self._helper:
                    self._helper.press(name, run.t_s)
                case Clicked(x_px, y_px) if self._helper:
                    self._click_helper(self._helper, x_px, y_px, run, captions)
                case KeyPressed(name=name) if self._shows_results(run):
                    self._results.press(name, run)
                case KeyPressed(name="n" | "r" | "e" as name) if self.rehearsal and run.talking:
                    self.rehearsal.press(name, run.t_s)
                case Clicked(x_px, y_px) if run.talking:
                    talk.press_at(x_px, y_px, run.t_s)
                case KeyPressed(name="space" | "return" | "f8") if run.talking:
                    talk.switch(run.t_s)
                case KeyPressed(name="c") if isinstance(run.stage, Seat):
                    run.stage.other_camera()
                case KeyPressed(name="f5"):
                    run.check_gaze()
                case KeyPressed(name="f6"):
                    run.calibrate()
                case Clicked() | KeyPressed(name="space" | "return"):
                    run.press()
                case Resized(width_px, height_px):
                    talk.resize(width_px, height_px, run.t_s)
                    self._drawn = None
                case SecondClosed():
                    self._partner_closed = True
        if self._helper is not None:
            self._help(self._helper, run, talk)
        self._show_partner(run, talk, voice)
        view, look = self._view(run, talk, voice, captions), self.look
        if (view, look) == self._drawn:
            return False
        self._drawn = (view, look)
        match view:
            case TalkView():
                self.window.draw(lambda canvas: draw_talk(canvas, view, look))
            case CalibrationView():
                self.window.draw(lambda canvas: draw_calibration(canvas, view, look))
            case CalibrationResults():
                self.window.draw(lambda canvas: draw_results(canvas, view, look))
            case PositionView():
                self.window.draw(lambda canvas: draw_position(canvas, view, look))
            case HelperView():
                self.window.draw(lambda canvas: draw_helper(canvas, view, look))
        self.window.flip()
        return True

    def wishes(self) -> list[KeyEvent]:
        """Settings that a helper has changed since the last call."""
        wishes, self._wishes = self._wishes, []
        return wishes

    def _help(self, helper: Helper, run: Run, talk: Talk) -> None:
        """Do what a helper wished on their page; the person's keys are covered until it closes."""
        for does in helper.wished():
            wish = wish_of(does, run.t_s)
            if wish is not None:
                self._wishes.append(wish)
            elif does == "bell":
                talk.ring(run.t_s)
            else:
                self._close_helper(run)
                if does == "rest":
                    talk.rest(run.t_s)
                elif does == "check":
                    run.check_gaze()
                elif does == "calibrate":
                    run.calibrate()
        if helper.over(run.t_s):
            self._close_helper(run)

    def _click_helper(
        self, helper: Helper, x_px: int, y_px: int, run: Run, captions: Mapping[str, str]
    ) -> None:
        number = row_at(self.size, len(rows(captions)), x_px, y_px)
        if number is not None:
            helper.take(number, run.t_s)

    def _close_helper(self, run: Run) -> None:
        self._helper = None
        run.release()

    def __enter__(self) -> Show:
        return self

    def __exit__(self, *_: object) -> None:
        self.window.close()

    def _view(
        self, run: Run, talk: Talk, voice: WrittenVoice | SpokenVoice, captions: Mapping[str, str]
    ) -> View:
        match run.stage:
            case Seat() as sitting:
                words = CALLING if voice.ringing else run.trouble or sitting.words
                return PositionView(sitting.states, words, sitting.picture, sitting.before)
            case Choreography() | Check() as stage:
                view = self._target_view(stage.shown(run.t_s), stage.screen)
                return replace(view, words=CALLING) if voice.ringing else view
        if self._helper is not None:
            words = CALLING if voice.ringing else run.trouble or talk.state.notice
            return self._helper.view(captions, words)
        if self._shows_results(run) and run.calibrated is not None:
            self._results.wait(run.t_s)
            results = self._results.view(run.calibrated)
            return replace(results, words=CALLING) if voice.ringing else results
        if self._results.seen:
            run.release()
        if not run.talking:
            words = run.trouble or "Looking for your eyes…"
            return CalibrationView(None, 0.0, 0, 1, words)
        state = talk.state
        seat = self._lasting.take(run.t_s, run.position)
        if state.keyboard.offered:
            seat = ""  # the line belongs to the words to choose from
        taken = bool(state.keyboard.offered and offers_in_strip(state.keyboard.board))
        if self.rehearsal and not taken:
            seat = self.rehearsal.line or seat
        status = run.trouble or voice.trouble or self._eyes_status(run)
        # Which way of writing was chosen is told again for every page that is rehearsed on.
        notice = "" if self.rehearsal and not self.rehearsal.over else state.notice
        board = captioned(state.keyboard.board, captions)
        return TalkView(
            keyboard=replace(state.keyboard, board=board),
            pointer=state.pointer_px,
            status=status or run.notice or notice or (PAUSED if voice.paused else seat),
            alert=bool(status),
            ringing=voice.ringing,
            speaking=voice.speaking and not voice.paused,
            spoken=spoken_span(state.keyboard.text, voice.spoken),
            hint=self.rehearsal.words if self.rehearsal else "",
            reminder=self.rehearsal.asked if self.rehearsal and taken else "",
            partner=self._partner_view(run, talk, voice),
        )

    def _partner_view(self, run: Run, talk: Talk, voice: WrittenVoice | SpokenVoice) -> PartnerView:
        """What somebody opposite is to see; while nobody talks, only the bell."""
        if self.look.partner == "off" or not run.talking:
            return PartnerView(ringing=voice.ringing)
        warning = run.trouble or voice.trouble
        keyboard, private = talk.state.keyboard, self.look.partner_private
        return self._partner.view(keyboard, voice, run.t_s, private, warning)

    def _show_partner(self, run: Run, talk: Talk, voice: WrittenVoice | SpokenVoice) -> None:
        """Have a window for them exactly while it is wished, and draw there what is new."""
        look, window = self.look, self.window
        if look.partner != "window":
            self._partner_closed = False
            window.close_second()
        elif window.second is None and not self._partner_closed:
            self._partner_drawn = None
            try:
                window.open_second(PARTNER)
            except NoRoom as error:
                self._partner_closed = True
                talk.tell(str(error), run.t_s)
        shown = (self._partner_view(run, talk, voice), look)
        if window.second is not None and shown != self._partner_drawn:
            self._partner_drawn = shown
            window.second.draw(lambda canvas: draw_partner(canvas, *shown))

    def _shows_results(self, run: Run) -> bool:
        wanted = self._wants_results and not self._results.seen
        return wanted and run.calibrated is not None

    def measure_screen(self, width_mm: float, bell: Bell) -> float | None:
        """Ask a helper how wide the screen is, from a guess; None when the window was closed. F9:
        the bell."""
        ruler = Ruler(self.size[0], width_mm, time.monotonic())
        while not ruler.over(time.monotonic()):
            for event in self.window.events():
                match event:
                    case Quit() | KeyPressed(name="escape"):
                        self.is_open = False
                        return None
                    case KeyPressed(name="f9"):
                        bell.press()
                    case KeyPressed(name=name):
                        ruler = ruler.press(name, time.monotonic())
                    case Clicked(x_px, _):
                        ruler = ruler.drag(x_px, time.monotonic())
                    case Resized(width_px, _):
                        ruler = replace(ruler, width_px=width_px)
            words = CALLING if bell.ringing else ""
            view = CardView(*ruler.card_px, ruler.width_mm, words)
            self.window.draw(partial(draw_card, view=view, look=self.look))
            self.window.flip()
            time.sleep(FRAME_S)
        return ruler.width_mm

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
