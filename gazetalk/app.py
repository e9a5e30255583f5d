"""The wiring of a whole run: source, tracker, keyboard, voice, and a window where there is one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gazetalk.aiming import UNMEASURED
from gazetalk.cameras import cameras_of, seats, use_own_camera
from gazetalk.check import Check
from gazetalk.choreography import Choreography, LiveChoreography, aside
from gazetalk.clinic.drifting import save_drift
from gazetalk.clinic.keeping import Kept, keep, usual_of
from gazetalk.clinic.language_log import log_of
from gazetalk.clinic.pacing import save_pace
from gazetalk.clinic.profile import Profile, ProfileError, load_model, save_check
from gazetalk.clinic.sessions import Counter, SessionLog, plain_name
from gazetalk.clinic.settings import Settings, SettingsError, change_settings, load_settings
from gazetalk.geometry import DEFAULT_LENS_OFFSET_MM, DEFAULT_SCREEN, Screen, screen_of
from gazetalk.keyboard.advised import Advice
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.layout import DEFAULT, NoSuchLayout, shipped_layouts
from gazetalk.keyboard.pace import Pace
from gazetalk.keyboard.switch import EyeSwitches
from gazetalk.keyboard.ways import LARGE, WORDS
from gazetalk.paths import shipped
from gazetalk.retuning import USUAL_VOICE, Desk, Retuning, click_of, look_of, voice_of
from gazetalk.run import Outcome, Run, Start
from gazetalk.screens.talk import lines_finder
from gazetalk.show import MouseFeed, Show, save_picture
from gazetalk.speech.bank import FOLDER, BankError, MessageBank
from gazetalk.speech.bell import Bell
from gazetalk.speech.engine import VoiceError
from gazetalk.speech.output import Output
from gazetalk.speech.player import BELL_CHANNEL, MixerPlayer, SilentPlayer
from gazetalk.speech.profile import voice_names
from gazetalk.talk import Talk
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.drift import DriftCorrection
from gazetalk.tracking.face import find_model
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.procedure import Procedure
from gazetalk.tracking.process import Feed, TrackerProcess
from gazetalk.tracking.session import Session, read_session
from gazetalk.tracking.sources import SourceError, SourceSpec
from gazetalk.tracking.tracker import Tracked, make_tracker
from gazetalk.transcript import Transcript
from gazetalk.tuning import Choice, Tuning, choices
from gazetalk.voice import SpokenVoice, WrittenVoice
from gazetalk.writing import AUTO, layouts_of, open_pace

# The layouts that a person is likely to choose, and the one that is left out.
FIRST, TWO_ZONES = (DEFAULT, AUTO, WORDS, LARGE), "two-zone"


class NotCalibrated(ValueError):
    """Nothing maps the eyes to the screen, and nobody can be asked to look at targets."""


@dataclass(frozen=True)
class Options:
    """What a run is made of.

    headless: no window and no sound; recordings then go as fast as they can unless `realtime`.
    procedure: calibrate with it first (in a window); window_px: None for the full screen.
    setup: begin anew, with the screen's size and a new calibration whose results are shown.
    device: the sound device's name, or a part of it; "" for the system's choice.
    only_calibrate: stop after calibration and keep it in the profile. replace: even if it is worse
    than the one there. check: begin with a short check of the calibration there is. layout: a
    layout's name or "auto"; "" for what the person's settings say, as for the voice. switches: of
    the eyes' own (`switch.KINDS`). on_frame: told of every tracked frame.
    """

    source: SourceSpec
    profile: Profile
    headless: bool = False
    realtime: bool = False
    transcript: Path | None = None
    wav: Path | None = None
    screenshot: Path | None = None
    voice: str = ""
    device: str = ""
    layout: str = ""
    switches: tuple[str, ...] = ("blink",)
    window_px: tuple[int, int] | None = None
    procedure: Procedure | None = None
    setup: bool = False
    only_calibrate: bool = False
    replace: bool = False
    check: bool = True
    on_frame: Callable[[Tracked], None] = lambda tracked: None


def talk(options: Options) -> Outcome:
    """Run until the source ends or the window is closed.

    Raises the rooms' errors for bad input, NotCalibrated, and TrackerLost when the tracker cannot
    be kept running; the text is in the journal in any case.
    """
    session = _session_of(options.source)
    settings, problems = _settings(options)
    options.profile.create()
    journal = Journal(options.profile.journal_path)
    with ExitStack() as stack:
        counter = Counter(options.source.kind, plain_name(settings.layout))
        log = SessionLog(options.profile)
        language_log = log_of(options.profile, settings)
        listeners = [counter.event]
        if language_log is not None:
            listeners.append(stack.enter_context(closing(language_log)).event)
        transcript = stack.enter_context(Transcript(options.transcript, *listeners))
        show = _show(options, stack, settings)
        output = Output(options.device)
        bell = stack.enter_context(closing(Bell(MixerPlayer(BELL_CHANNEL, output))))
        if show is not None and options.setup:
            settings = _with_screen(options.profile, settings, show, bell)
        screen, start = _start(options, session, show, settings)
        size_px = show.size if show else (screen.width_px, screen.height_px)
        pace, unpaced = open_pace(options.profile, settings)
        bank, bank_problem = own_recordings(options.profile)
        player = SilentPlayer() if options.headless else MixerPlayer(output=output)
        composer = Composer(journal)
        advice = stack.enter_context(closing(Advice())) if wants_advice(options, settings) else None
        desk = Desk(options.profile, composer, screen, pace, player, bank, advice)
        writing, speaker = desk.writing(settings, size_px), desk.speaker(settings)
        voice: WrittenVoice | SpokenVoice
        if options.headless:
            voice = WrittenVoice(speaker, transcript, options.wav)
        else:
            voice = SpokenVoice(speaker, transcript, bell)
            voice.click = click_of(settings)
        stack.enter_context(closing(voice))
        drift = DriftCorrection(screen) if settings.drift_correction else None
        talking = Talk(
            screen,
            writing.keyboard,
            transcript,
            voice,
            ways=writing.ways,
            drift=drift,
            lines_of=lines_finder(look_of(settings)),
            switches=EyeSwitches(options.switches),
            learn=writing.learn,
            learn_word=writing.learn_word,
        )
        tuning = Tuning(options.profile, settings, _choices())
        retuning = Retuning(tuning, desk.effects(talking, voice, show), talking.tell)
        for problem in filter(None, [*problems, *writing.problems, unpaced]):
            transcript.write(0.0, "fault", {"part": "keyboard", "message": problem})
        if bank_problem:
            transcript.write(0.0, "fault", {"part": "voice", "message": bank_problem})
        talking.start(0.0)
        usual = usual_of(options.profile) if start.model else None
        if usual:
            talking.aimed(usual, 0.0)
        feed = stack.enter_context(closing(_feed(options, show)))
        use_own_camera(feed, settings)
        cameras = cameras_of(feed, options.profile)
        rehearsal = None
        if show is not None and options.setup:
            show.rehearsal = rehearsal = desk.rehearsal(talking, lambda: tuning.settings)

        def on_frame(tracked: Tracked) -> None:
            options.on_frame(tracked)
            if run.talking:
                counter.sample(tracked.sample)

        run = Run(feed, talking, transcript, start, on_frame)
        try:
            while not _is_over(run, options, show):
                run.step(show.frame_s if show else 0.25)
                for wish in talking.wishes():
                    retuning.take(wish)
                voice.attend(run.t_s)
                if advice and (trouble := advice.trouble()):
                    transcript.write(run.t_s, "fault", {"part": "language", "message": trouble})
                _keep_session(log, counter, transcript, run.t_s)
                if cameras is not None:
                    cameras.attend(run.stage)
                if rehearsal is not None and run.talking:
                    rehearsal.attend(talking.text, talking.resting, run.t_s)
                if show is not None:
                    show.refresh(run, talking, voice, tuning.captions())
            if rehearsal is not None:
                rehearsal.end(run.t_s)
            if run.ended:
                talking.ended(run.t_s)
            outcome = run.finish() if run.ended else run.outcome
            if run.ended:
                journal.finish()
        finally:
            _keep_drift(options.profile, talking.drift, transcript, run.t_s)
            _keep_session(log, counter, transcript, run.t_s, last=True)
            _keep_pace(options.profile, pace, transcript, run.t_s)
            if language_log is not None and language_log.problem:
                about = {"part": "language log", "message": language_log.problem}
                transcript.write(run.t_s, "fault", about)
            transcript.write(run.t_s, "end", {"text": talking.text})
        if options.screenshot is not None:
            save_picture(options.screenshot, talking, size_px, look_of(tuning.settings))
    return outcome


def _settings(options: Options) -> tuple[Settings, list[str]]:
    """The person's own, and what was said for this run only; and what of that cannot be had: they
    go on with what is usual. Raises what is wrong with this run's layout, or with its voice where
    nobody would be told."""
    own = load_settings(options.profile)
    settings = replace(
        own,
        layout=options.layout or own.layout or DEFAULT,
        voice=options.voice or own.voice or USUAL_VOICE,
        # A mouse does not drift.
        drift_correction=own.drift_correction and options.source.kind != "mouse",
    )
    problems = []
    try:
        layouts_of(settings.layout)
    except NoSuchLayout as error:
        if options.layout:
            raise
        settings = replace(settings, layout=DEFAULT)
        problems.append(str(error))
    try:
        voice_of(settings)
    except VoiceError as error:
        if options.voice and options.headless:
            raise
        settings = replace(settings, voice="")
        problems.append(str(error))
    return settings, problems


def wants_advice(options: Options, settings: Settings) -> bool:
    """Whether the larger language model is asked. When its answers come depends on the machine: a
    recording shall give the same words each time."""
    return settings.llm and not options.headless and options.source.kind in ("camera", "mouse")


def _choices() -> dict[str, Choice]:
    """What keys may choose among here. Two zones are left out: nothing there leads back."""
    layouts = [name for name in shipped_layouts() if name not in (*FIRST, TWO_ZONES)]
    return choices(voice_names(shipped("voices")), [*FIRST, *layouts])


def _keep_drift(
    profile: Profile, drift: DriftCorrection | None, transcript: Transcript, t_s: float
) -> None:
    if drift is None or drift.state.since_s is None:
        return
    try:
        save_drift(profile, drift.state)
    except OSError as error:
        message = f"the drift cannot be saved ({error.strerror or error})"
        transcript.write(t_s, "fault", {"part": "drift", "message": message})


def own_recordings(profile: Profile) -> tuple[MessageBank | None, str]:
    """The messages that the person has recorded, and what is wrong with them: the voice then says
    all by itself."""
    try:
        return MessageBank(profile.folder / FOLDER), ""
    except BankError as error:
        return None, str(error)


def _keep_session(
    log: SessionLog, counter: Counter, transcript: Transcript, t_s: float, last: bool = False
) -> None:
    """Keep the session's figures, now and then; when that fails the person talks on."""
    try:
        if last and counter.has_something:
            log.keep(counter.session)
        elif not last:
            log.keep_if_due(t_s, counter.session)
    except (OSError, sqlite3.Error) as error:
        message = f"the session's figures cannot be kept ({error})"
        transcript.write(t_s, "fault", {"part": "sessions", "message": message})


def _keep_pace(profile: Profile, pace: Pace, transcript: Transcript, t_s: float) -> None:
    if not pace.adapts:
        return
    try:
        save_pace(profile, pace.learned)
    except OSError as error:
        message = f"the dwell times cannot be saved ({error.strerror or error})"
        transcript.write(t_s, "fault", {"part": "dwell", "message": message})


def _show(options: Options, stack: ExitStack, settings: Settings) -> Show | None:
    if options.headless:
        return None
    results = options.only_calibrate or options.setup
    return stack.enter_context(Show(options.window_px, results, look_of(settings)))


def _with_screen(profile: Profile, settings: Settings, show: Show, bell: Bell) -> Settings:
    """The settings with the screen's width as a helper measures it now, kept."""
    width_mm = show.measure_screen(settings.screen_width_mm or DEFAULT_SCREEN.width_mm, bell)
    if width_mm is None:
        return settings
    with suppress(SettingsError):  # it holds for now, and can be measured again
        change_settings(profile, {"screen_width_mm": round(width_mm, 1)})
    return replace(settings, screen_width_mm=round(width_mm, 1))


def _is_over(run: Run, options: Options, show: Show | None) -> bool:
    if run.ended or (show is not None and not show.is_open):
        return True
    if not options.only_calibrate or run.calibrated is None:
        return False
    return show is None or show.results_seen


def _session_of(source: SourceSpec) -> Session | None:
    return read_session(Path(source.place)) if source.kind == "session" else None


def _start(
    options: Options, session: Session | None, show: Show | None, settings: Settings
) -> tuple[Screen, Start]:
    """What gaze is measured on, and what maps the eyes to it: a model, or targets to come."""
    if session is not None and any(t.phase == "calibration" for t in session.targets):
        lens = session.camera.offset_mm or DEFAULT_LENS_OFFSET_MM
        choreography = Choreography(
            session.targets, session.screen, lens, distance_mm=session.viewing_distance_mm
        )
        start = Start(choreography=choreography)
        return session.screen, _keeping(start, options) if options.only_calibrate else start
    if options.source.kind == "mouse":
        if show is None:
            raise SourceError("the mouse needs a window: leave --headless out, or name a session")
        return screen_of(show.size, settings.screen_width_mm), Start()
    if show is None or options.procedure is None or options.source.kind != "camera":
        model = None if options.only_calibrate else load_model(options.profile)
        if model is not None:
            return model.screen, Start(model)
        raise NotCalibrated(
            f"{options.source}: no calibration targets in it, and profile {options.profile.name!r} "
            "is not calibrated: calibrate with a camera first: gazetalk calibrate"
        )
    model, problem = _usable_model(options)
    screen = screen_of(show.size, settings.screen_width_mm) if model is None else model.screen
    start = _live(options, options.procedure, screen, model, settings)
    start = replace(start, problem=problem)
    return screen, _keeping(start, options)


def _usable_model(options: Options) -> tuple[GazeModel | None, str]:
    """The stored calibration, and what is wrong with one that cannot be used: whoever sits before
    the camera can make a new one, and perhaps cannot do anything else about it."""
    if options.only_calibrate or options.setup:
        return None, ""
    try:
        return load_model(options.profile), ""
    except ProfileError as error:
        return None, str(error)


def _live(
    options: Options,
    procedure: Procedure,
    screen: Screen,
    model: GazeModel | None,
    settings: Settings,
) -> Start:
    """A person before a camera and a screen: a check of the calibration there is, or a new one."""

    def plan(t_s: float) -> Choreography:
        return LiveChoreography(procedure, screen, DEFAULT_LENS_OFFSET_MM, t_s, begin=aside)

    def check(t_s: float, why: str) -> Check:
        return Check(screen, usual_of(options.profile) or UNMEASURED, t_s, why)

    return Start(
        model,
        check=check,
        check_first=options.check,
        rechecks=settings.rechecks,
        plan=plan,
        seat=seats(options.profile) if model is None and not options.only_calibrate else None,
        held=options.setup,
    )


def _keeping(start: Start, options: Options) -> Start:
    """The same with a profile that keeps what comes of it."""

    def keep_calibration(done: Calibrated, doubted: bool) -> Kept:
        return keep(options.profile, done, options.replace, doubted)

    return replace(
        start,
        keep=keep_calibration,
        keep_check=partial(save_check, options.profile),
        then_talk=not options.only_calibrate,
    )


def _feed(options: Options, show: Show | None) -> Feed:
    if options.source.kind == "mouse":
        assert show is not None
        return MouseFeed(show)
    recipe = partial(make_tracker, find_model())
    return TrackerProcess(recipe, options.source, options.realtime or show is not None)
