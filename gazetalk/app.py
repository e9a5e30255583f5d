"""The wiring of a whole run: source, tracker, keyboard, voice, and a window where there is one."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial

from gazetalk.cameras import cameras_of, use_own_camera
from gazetalk.clinic.drifting import save_drift
from gazetalk.clinic.keeping import usual_of
from gazetalk.clinic.language_log import log_of
from gazetalk.clinic.pacing import save_pace
from gazetalk.clinic.profile import Profile
from gazetalk.clinic.sessions import Counter, SessionLog, plain_name
from gazetalk.clinic.settings import Settings, SettingsError, change_settings, load_settings
from gazetalk.geometry import DEFAULT_SCREEN
from gazetalk.keyboard.advised import Advice
from gazetalk.keyboard.composer import Composer
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.layout import DEFAULT, NoSuchLayout, shipped_layouts
from gazetalk.keyboard.pace import Pace
from gazetalk.keyboard.switch import EyeSwitches
from gazetalk.keyboard.ways import LARGE, WORDS
from gazetalk.paths import shipped
from gazetalk.retuning import USUAL_VOICE, Desk, Retuning, click_of, look_of, voice_of
from gazetalk.run import Outcome, Run
from gazetalk.screens.talk import lines_finder
from gazetalk.show import MouseFeed, Show, save_picture
from gazetalk.speech.bank import FOLDER, BankError, MessageBank
from gazetalk.speech.bell import Bell
from gazetalk.speech.engine import VoiceError
from gazetalk.speech.output import Output
from gazetalk.speech.player import BELL_CHANNEL, MixerPlayer, SilentPlayer
from gazetalk.speech.profile import voice_names
from gazetalk.starting import Options, session_of, start_of
from gazetalk.talk import Talk
from gazetalk.tracking.drift import DriftCorrection
from gazetalk.tracking.face import find_model
from gazetalk.tracking.process import Feed, TrackerProcess
from gazetalk.tracking.tracker import Tracked, make_tracker
from gazetalk.transcript import Transcript
from gazetalk.tuning import Choice, Tuning, choices
from gazetalk.voice import SpokenVoice, WrittenVoice
from gazetalk.writing import AUTO, layouts_of, open_pace

# The layouts that a person is likely to choose, and the one that is left out.
FIRST, TWO_ZONES = (DEFAULT, AUTO, WORDS, LARGE), "two-zone"


def talk(options: Options) -> Outcome:
    """Run until the source ends or the window is closed.

    Raises the rooms' errors for bad input, NotCalibrated, and TrackerLost when the tracker cannot
    be kept running; the text is in the journal in any case.
    """
    session = session_of(options.source)
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
            transcript.write(0.0, "stage", {"stage": "card"})
            settings, unkept = with_screen(options.profile, settings, show, bell)
            problems.append(unkept)
        screen, start = start_of(options, session, show.size if show else None, settings)
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
        problems = [*filter(None, [*problems, *writing.problems, unpaced])]
        for problem in problems:
            transcript.write(0.0, "fault", {"part": "keyboard", "message": problem})
        if bank_problem:
            transcript.write(0.0, "fault", {"part": "voice", "message": bank_problem})
        talking.start(0.0)
        usual = usual_of(options.profile) if start.model else None
        if usual:
            talking.aimed(usual, 0.0)
        feed = stack.enter_context(closing(_feed(options, show)))
        use_own_camera(feed, settings)
        rehearsal = None
        if show is not None and options.setup:
            show.rehearsal = rehearsal = desk.rehearsal(talking, lambda: tuning.settings)

        def on_frame(tracked: Tracked) -> None:
            options.on_frame(tracked)
            if run.talking:
                counter.sample(tracked.sample)

        run = Run(feed, talking, transcript, start, on_frame)
        run.tell(*problems)
        cameras = cameras_of(feed, options.profile, partial(run.amiss, "camera"))
        try:
            while not _is_over(run, options, show):
                run.step(show.frame_s if show else 0.25)
                for wish in [*talking.wishes(), *(show.wishes() if show else [])]:
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


def with_screen(
    profile: Profile, settings: Settings, show: Show, bell: Bell
) -> tuple[Settings, str]:
    """The settings with the screen's width as a helper measures it now, kept; and why it is not
    kept, though it holds for now."""
    width_mm = show.measure_screen(settings.screen_width_mm or DEFAULT_SCREEN.width_mm, bell)
    if width_mm is None:
        return settings, ""
    measured = replace(settings, screen_width_mm=round(width_mm, 1))
    try:
        change_settings(profile, {"screen_width_mm": measured.screen_width_mm})
    except SettingsError as error:
        return measured, f"the screen's width is not kept: {error}"
    return measured, ""


def _is_over(run: Run, options: Options, show: Show | None) -> bool:
    if run.ended or (show is not None and not show.is_open):
        return True
    if not options.only_calibrate or run.calibrated is None:
        return False
    return show is None or show.results_seen


def _feed(options: Options, show: Show | None) -> Feed:
    if options.source.kind == "mouse":
        assert show is not None
        return MouseFeed(show)
    recipe = partial(make_tracker, find_model())
    return TrackerProcess(recipe, options.source, options.realtime or show is not None)
