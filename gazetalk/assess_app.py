"""The wiring of an assessment: source, tracker, the course, a window where there is one, and a file
that always holds what there is so far."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from gazetalk.asking import Shown
from gazetalk.assessing import Course, Progress, measuring
from gazetalk.choreography import Choreography, LiveChoreography, aside
from gazetalk.clinic.assessments import document, new_path, save
from gazetalk.clinic.keeping import keep
from gazetalk.clinic.profile import Profile, quality_json
from gazetalk.clinic.recommend import Recommendation, recommend, without_looks
from gazetalk.clinic.settings import load_settings
from gazetalk.geometry import DEFAULT_LENS_OFFSET_MM, DEFAULT_SCREEN, Screen, screen_of
from gazetalk.keyboard.composer import Composer
from gazetalk.lid_signs import Call
from gazetalk.retuning import look_of
from gazetalk.screens.calibrate import CalibrationView, draw_calibration
from gazetalk.screens.look import USUAL, Look
from gazetalk.screens.talk import TalkView, draw_talk
from gazetalk.screens.window import Clicked, KeyPressed, Quit, Resized, Window
from gazetalk.show import CALLING
from gazetalk.speech.bell import Bell
from gazetalk.talk import Talk
from gazetalk.tracking.face import find_model
from gazetalk.tracking.messages import Ended, Fault
from gazetalk.tracking.procedure import Procedure
from gazetalk.tracking.process import Feed, TrackerProcess
from gazetalk.tracking.resume import Usual
from gazetalk.tracking.session import read_session
from gazetalk.tracking.sources import SourceError, SourceSpec
from gazetalk.tracking.tracker import Tracked, make_tracker
from gazetalk.transcript import Transcript
from gazetalk.trying import Trying
from gazetalk.writing import open_writing

KEPT_EVERY_S = 10.0  # on the assessment's own clock: a crash loses no more
POLL_S, FRAME_S = 0.25, 1 / 60
# The result stays so long for a helper to accept it.
RESULT_S = 60.0
NO_EYES = "No eyes were seen: look to light, seat and camera"
SEEKING = "Looking for your eyes…"
ACCEPT = "Enter: use this · Esc: not now"


class NotAssessed(RuntimeError):
    """It could not be run or kept."""


@dataclass(frozen=True)
class Assessed:
    """path: where it is kept. words: what became of the calibration. accepted: in the window."""

    path: Path
    progress: Progress
    recommendation: Recommendation
    words: str = ""
    accepted: bool = False


class Keeper:
    """Keeps what there is so far: in the profile, and in a file where one is asked for."""

    def __init__(self, profile: Profile, out: Path | None, source: str) -> None:
        self.path = new_path(profile)
        self._profile = profile
        self._out = out
        self._source = source

    def keep(self, progress: Progress) -> Recommendation:
        """Write it. Raises NotAssessed when that is impossible."""
        figures, done = progress.figures, progress.calibrated
        told = recommend(figures, progress.trials) if figures else without_looks(progress.problem)
        content = document(
            self._source,
            progress.parts,
            progress.complete,
            told,
            figures.as_json() if figures else None,
            quality_json(done.calibration, done.measured) if done else None,
            progress.problem,
            [trial.as_json() for trial in progress.trials],
        )
        self._profile.create()
        for path in [self.path, *([self._out] if self._out else [])]:
            try:
                save(path, content)
            except OSError as error:
                raise NotAssessed(f"{path}: cannot be written ({error.strerror})") from error
        return told


class AssessShow:
    """A window that shows an assessment. Space or a click: go on; Enter at the end: accept; Esc:
    leave; F9: the bell. A context manager. width_mm: of the screen, 0 while nobody has measured it.
    look: the person's own.
    """

    def __init__(
        self, size_px: tuple[int, int] | None, width_mm: float, bell: Bell, look: Look = USUAL
    ) -> None:
        self._window = Window(size_px)
        self._look = replace(look, partner="off")  # what is written here is for nobody
        self._width_mm = width_mm
        self._bell = bell
        self.is_open, self.accepted = True, False

    def __enter__(self) -> AssessShow:
        return self

    def __exit__(self, *_: object) -> None:
        self._window.close()

    @property
    def screen(self) -> Screen:
        return screen_of(self._window.size, self._width_mm)

    def refresh(self, shown: Shown, screen: Screen) -> bool:
        """Draw, and hear the keys; whether a helper wants to go on."""
        pressed = False
        for event in self._window.events():
            match event:
                case Quit() | KeyPressed(name="escape"):
                    self.is_open = False
                case KeyPressed(name="f9"):
                    self._bell.press()
                case KeyPressed(name="return" | "enter"):
                    pressed = self.accepted = True
                case Clicked() | KeyPressed(name="space"):
                    pressed = True
        target = None
        if shown.target is not None:
            (x_px, y_px), (width_px, height_px) = shown.target, self._window.size
            target = (x_px * width_px / screen.width_px, y_px * height_px / screen.height_px)
        words = CALLING if self._bell.ringing else shown.words
        view = CalibrationView(target, shown.shrink, shown.done, shown.total, words, shown.size)
        self._window.draw(lambda canvas: draw_calibration(canvas, view, self._look))
        self._window.flip()
        return pressed

    def refresh_writing(self, trying: Trying, t_s: float) -> bool:
        """The same while a way of writing is tried: keys of the screen can be clicked, space and
        Enter are a switch, N goes on."""
        pressed, talk = False, trying.talk
        for event in self._window.events():
            match event:
                case Quit() | KeyPressed(name="escape"):
                    self.is_open = False
                case KeyPressed(name="f9"):
                    self._bell.press()
                case KeyPressed(name="n"):
                    pressed = True
                case KeyPressed(name="space" | "return" | "enter"):
                    talk.switch(t_s)
                case Clicked(x_px, y_px):
                    talk.press_at(x_px, y_px, t_s)
                case Resized(width_px, height_px):
                    talk.resize(width_px, height_px, t_s)
        state = talk.state
        words = state.notice or trying.words
        ringing, hint = self._bell.ringing, trying.words
        view = TalkView(state.keyboard, state.pointer_px, words, ringing=ringing, hint=hint)
        self._window.draw(lambda canvas: draw_talk(canvas, view, self._look))
        self._window.flip()
        return pressed

    def result(self, words: str, screen: Screen, attend: Callable[[], None]) -> None:
        """Show what it came to, until a helper has accepted it or left, or nobody is there. attend:
        called again and again meanwhile."""
        self.accepted = False
        end_s = monotonic() + RESULT_S
        while self.is_open and not self.accepted and monotonic() < end_s:
            attend()
            self.refresh(Shown(words=f"{words} {ACCEPT}"), screen)
            sleep(FRAME_S)


def assess(
    source: SourceSpec,
    profile: Profile,
    procedure: Procedure,
    window_px: tuple[int, int] | None = None,
    out: Path | None = None,
) -> Assessed:
    """Run an assessment until its end, or until the source ends or the window is closed.

    A recording needs no window. Whatever ends it, also an error, what was measured is kept. Raises
    SourceError and the rooms' other errors for bad input, NotAssessed.
    """
    with ExitStack() as stack:
        show, course, bell = None, None, None
        if source.kind == "session":
            course = _recorded(source)
        else:
            settings = load_settings(profile)
            width_mm, look = settings.screen_width_mm, look_of(settings)
            bell = stack.enter_context(closing(Bell()))
            show = stack.enter_context(AssessShow(window_px, width_mm, bell, look))
        keeper = Keeper(profile, out, str(source))
        feed = stack.enter_context(closing(_feed(source, live=show is not None)))
        going = _Going(feed, show, keeper, course, measuring(procedure), profile, bell)
        try:
            going.run()
        finally:
            told = going.keep() if going.begun else without_looks(NO_EYES)
        progress = going.progress
        words = _keep_calibration(profile, progress) if show else ""
        if show is not None and progress.complete:
            show.result(f"Recommended: {told.method}.", going.screen, going.attend)
        return Assessed(keeper.path, progress, told, words, show is not None and show.accepted)


class _BellAlone:
    """A voice that says nothing, but calls."""

    def __init__(self, bell: Bell | None) -> None:
        self._bell = bell

    def say(self, text: str, t_s: float) -> None:
        """What is written to try a keyboard is not for others."""

    def ring(self, t_s: float) -> None:
        if self._bell is not None:
            self._bell.press()

    def pause(self, t_s: float) -> None:
        """It is silent."""

    def hush(self, t_s: float) -> None:
        """It is silent."""

    def selected(self) -> None:
        """It is silent."""


class _Going:
    """An assessment that goes on. course: None while eyes are looked for."""

    def __init__(
        self,
        feed: Feed,
        show: AssessShow | None,
        keeper: Keeper,
        course: Course | None,
        procedure: Procedure,
        profile: Profile,
        bell: Bell | None,
    ) -> None:
        self._feed, self._show, self._keeper = feed, show, keeper
        self._profile, self._bell = profile, bell
        self._course, self._procedure = course, procedure
        self._t_s, self._kept_s, self._parts = 0.0, 0.0, 0
        self._over = False
        self._call = Call()

    @property
    def begun(self) -> bool:
        """There is something to keep."""
        return self._course is not None and self._t_s > 0

    @property
    def progress(self) -> Progress:
        nothing = Progress(None, None, (), False, NO_EYES)
        return self._course.progress if self._course else nothing

    @property
    def screen(self) -> Screen:
        return self._course.screen if self._course else DEFAULT_SCREEN

    def keep(self) -> Recommendation:
        return self._keeper.keep(self.progress)

    def run(self) -> None:
        while not self._over and (self._show is None or self._show.is_open):
            for message in self._feed.poll(FRAME_S if self._show else POLL_S):
                match message:
                    case Tracked():
                        self._take(message)
                    case Fault(final=True):
                        raise NotAssessed(f"{message}; what was measured is kept")
                    case Ended():
                        self._over = True
                        if self._course:
                            self._course.end_of_recording()
            self._refresh()

    def attend(self) -> None:
        """All is measured; eyes may call."""
        for message in self._feed.poll(0.0):
            if isinstance(message, Tracked):
                self._hear(message)

    def _hear(self, tracked: Tracked) -> None:
        """Ring when the eyes call, unless closed eyes mean something else."""
        if self._course is not None and self._course.closes and not self._course.over:
            self._call = Call()
        elif self._call.take(tracked.sample) and self._bell is not None:
            self._bell.press()

    def _take(self, tracked: Tracked) -> None:
        self._t_s = tracked.t_s
        self._hear(tracked)
        if self._course is None and self._show and tracked.eyes is not None:
            self._course = self._live(self._show.screen, tracked.t_s)
        if self._course is None:
            return
        model = self._course.take(tracked)
        if model is not None:
            self._feed.send_model(model)
        self._over = self._over or self._course.over
        parts = len(self._course.done)
        if parts != self._parts or (parts and self._t_s >= self._kept_s + KEPT_EVERY_S):
            self._parts, self._kept_s = parts, self._t_s
            self.keep()

    def _refresh(self) -> None:
        if self._show is None:
            return
        trying = self._course.trying if self._course else None
        if trying is not None and trying.showing:
            pressed = self._show.refresh_writing(trying, self._t_s)
        else:
            shown = self._course.shown(self._t_s) if self._course else Shown(words=SEEKING)
            pressed = self._show.refresh(shown, self.screen)
        if pressed and self._course:
            self._course.step(self._t_s)

    def _live(self, screen: Screen, t_s: float) -> Course:
        choreography = LiveChoreography(
            self._procedure, screen, DEFAULT_LENS_OFFSET_MM, t_s, begin=aside
        )
        return Course(choreography, live=True, writes=self._writes)

    def _writes(self, layout: str, usual: Usual | None) -> Talk:
        """A keyboard to try, which keeps and learns nothing of what is written on it."""
        size_px = (self.screen.width_px, self.screen.height_px)
        writing = open_writing(
            layout, self._profile, Composer(), size_px, self.screen, learning=False
        )
        told = Transcript(None)
        talk = Talk(self.screen, writing.keyboard, told, _BellAlone(self._bell))
        talk.aimed(usual, self._t_s)
        return talk


def _feed(source: SourceSpec, live: bool) -> Feed:
    return TrackerProcess(partial(make_tracker, find_model()), source, live)


def _recorded(source: SourceSpec) -> Course:
    session = read_session(Path(source.place))
    if not any(target.phase == "calibration" for target in session.targets):
        raise SourceError(f"{source}: has no calibration targets: record one with targets")
    lens = session.camera.offset_mm or DEFAULT_LENS_OFFSET_MM
    distance_mm = session.viewing_distance_mm
    return Course(
        Choreography(session.targets, session.screen, lens, distance_mm=distance_mm), live=False
    )


def _keep_calibration(profile: Profile, progress: Progress) -> str:
    """The calibration is the person's newest; what became of it, in words."""
    if progress.calibrated is None:
        return ""
    try:
        kept = keep(profile, progress.calibrated)
    except OSError as error:
        return f"the calibration cannot be saved ({error.strerror or error})"
    return kept.words or "the calibration is saved too"
