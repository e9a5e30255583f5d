"""The wiring of a whole run: source, tracker, keyboard, voice, and a window where there is one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gazetalk.choreography import Choreography
from gazetalk.clinic.profile import Profile, load_model, save_calibration
from gazetalk.geometry import DEFAULT_LENS_OFFSET_MM, DEFAULT_SCREEN, Screen
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.keyboard import Keyboard
from gazetalk.keyboard.layout import load_layout
from gazetalk.paths import shipped
from gazetalk.run import Outcome, Run
from gazetalk.show import MouseFeed, Show, save_picture
from gazetalk.speech.bell import Bell
from gazetalk.speech.player import SilentPlayer
from gazetalk.speech.profile import load_voice
from gazetalk.speech.speaker import open_speaker
from gazetalk.talk import Talk
from gazetalk.tracking.face import find_model
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.procedure import Procedure
from gazetalk.tracking.process import Feed, TrackerProcess
from gazetalk.tracking.session import Session, read_session
from gazetalk.tracking.sources import SourceError, SourceSpec
from gazetalk.tracking.tracker import Tracked, make_tracker
from gazetalk.transcript import Transcript
from gazetalk.voice import SpokenVoice, WrittenVoice


class NotCalibrated(ValueError):
    """Nothing maps the eyes to the screen, and nobody can be asked to look at targets."""


@dataclass(frozen=True)
class Options:
    """What a run is made of.

    headless: no window and no sound; recordings then go as fast as they can unless `realtime`.
    procedure: calibrate with it first (in a window); window_px: None for the full screen.
    only_calibrate: stop after calibration and keep it in the profile. on_frame: told of every
    tracked frame.
    """

    source: SourceSpec
    profile: Profile
    headless: bool = False
    realtime: bool = False
    transcript: Path | None = None
    wav: Path | None = None
    screenshot: Path | None = None
    voice: str = "english"
    layout: str = "qwerty"
    window_px: tuple[int, int] | None = None
    procedure: Procedure | None = None
    only_calibrate: bool = False
    on_frame: Callable[[Tracked], None] = lambda tracked: None


@dataclass(frozen=True, eq=False)
class _Gaze:
    """How the eyes are mapped to the screen: by a model known already, or by targets to come."""

    screen: Screen
    model: GazeModel | None = None
    choreography: Choreography | None = None
    plan: Callable[[float], Choreography] | None = None


def talk(options: Options) -> Outcome:
    """Run until the source ends or the window is closed.

    Raises the rooms' errors for bad input, NotCalibrated, and TrackerLost when the tracker cannot
    be kept running; the text is in the journal in any case.
    """
    session = _session_of(options.source)
    voice_profile = load_voice(options.voice, shipped("voices"))
    layout = load_layout(options.layout)
    options.profile.create()
    journal = Journal(options.profile.journal_path)
    with ExitStack() as stack:
        transcript = stack.enter_context(Transcript(options.transcript))
        show = None if options.headless else stack.enter_context(Show(options.window_px))
        gaze = _gaze(options, session, show)
        size_px = show.size if show else (gaze.screen.width_px, gaze.screen.height_px)
        keyboard = Keyboard(layout, Composer(journal), *size_px)
        speaker = open_speaker(voice_profile, SilentPlayer() if options.headless else None)
        voice: WrittenVoice | SpokenVoice
        if options.headless:
            voice = WrittenVoice(speaker, transcript, options.wav)
        else:
            voice = SpokenVoice(speaker, transcript, stack.enter_context(closing(Bell())))
        stack.enter_context(closing(voice))
        talking = Talk(gaze.screen, keyboard, transcript, voice)
        talking.start(0.0)
        feed = stack.enter_context(closing(_feed(options, show)))
        if gaze.model is not None:
            feed.send_model(gaze.model)
        run = Run(feed, talking, transcript, gaze.choreography, gaze.plan, options.on_frame)
        try:
            while not _is_over(run, options, show):
                run.step(show.frame_s if show else 0.25)
                voice.attend(run.t_s)
                if show is not None:
                    show.refresh(run, talking, voice)
            outcome = run.finish() if run.ended else run.outcome
            if run.ended:
                journal.finish()
        finally:
            transcript.write(run.t_s, "end", {"text": talking.text})
        if outcome.calibrated is not None and (options.only_calibrate or session is None):
            done = outcome.calibrated
            save_calibration(options.profile, done.calibration, done.measured)
        if options.screenshot is not None:
            save_picture(options.screenshot, talking, size_px)
    return outcome


def _is_over(run: Run, options: Options, show: Show | None) -> bool:
    closed = show is not None and not show.is_open
    return run.ended or closed or (options.only_calibrate and run.calibrated)


def _session_of(source: SourceSpec) -> Session | None:
    return read_session(Path(source.place)) if source.kind == "session" else None


def _gaze(options: Options, session: Session | None, show: Show | None) -> _Gaze:
    if session is not None and any(t.phase == "calibration" for t in session.targets):
        lens = session.camera.offset_mm or DEFAULT_LENS_OFFSET_MM
        choreography = Choreography(
            session.targets, session.screen, lens, distance_mm=session.viewing_distance_mm
        )
        return _Gaze(session.screen, choreography=choreography)
    if options.source.kind == "mouse":
        if show is None:
            raise SourceError("the mouse needs a window: leave --headless out, or name a session")
        return _Gaze(_screen_of(show))
    model = None if options.only_calibrate else load_model(options.profile)
    if model is not None:
        return _Gaze(model.screen, model)
    if show is None or options.procedure is None or options.source.kind != "camera":
        raise NotCalibrated(
            f"{options.source}: no calibration targets in it, and profile {options.profile.name!r} "
            "is not calibrated: calibrate with a camera first: gazetalk calibrate"
        )
    screen, procedure = _screen_of(show), options.procedure

    def plan(t_s: float) -> Choreography:
        targets = procedure.schedule(screen, t_s)
        return Choreography(targets, screen, DEFAULT_LENS_OFFSET_MM, procedure.discard_s)

    return _Gaze(screen, plan=plan)


def _screen_of(show: Show) -> Screen:
    """The window as a screen; nobody has said how large it is: as wide as a usual laptop's."""
    width_px, height_px = show.size
    mm_per_px = DEFAULT_SCREEN.width_mm / width_px
    return Screen(width_px, height_px, DEFAULT_SCREEN.width_mm, height_px * mm_per_px)


def _feed(options: Options, show: Show | None) -> Feed:
    if options.source.kind == "mouse":
        assert show is not None
        return MouseFeed(show)
    recipe = partial(make_tracker, find_model())
    return TrackerProcess(recipe, options.source, options.realtime or show is not None)
