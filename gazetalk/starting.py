"""What a run is made of, and what comes before talking: a model, targets to come, a seat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gazetalk.aiming import UNMEASURED
from gazetalk.cameras import seats
from gazetalk.check import Check
from gazetalk.choreography import Choreography, LiveChoreography, aside
from gazetalk.clinic.keeping import Kept, keep, usual_of
from gazetalk.clinic.profile import Profile, ProfileError, load_model, save_check
from gazetalk.clinic.settings import Settings
from gazetalk.geometry import DEFAULT_LENS_OFFSET_MM, Screen, screen_of
from gazetalk.run import Start
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.procedure import Procedure
from gazetalk.tracking.session import Session, read_session
from gazetalk.tracking.sources import SourceError, SourceSpec
from gazetalk.tracking.tracker import Tracked


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


def session_of(source: SourceSpec) -> Session | None:
    """The recording, where the source is one. Raises SessionError."""
    return read_session(Path(source.place)) if source.kind == "session" else None


def start_of(
    options: Options,
    session: Session | None,
    size_px: tuple[int, int] | None,
    settings: Settings,
) -> tuple[Screen, Start]:
    """What gaze is measured on, and what maps the eyes to it: a model, or targets to come.

    size_px: of the window, None where there is none. Raises NotCalibrated, and the rooms' errors.
    """
    if session is not None and any(t.phase == "calibration" for t in session.targets):
        lens = session.camera.offset_mm or DEFAULT_LENS_OFFSET_MM
        choreography = Choreography(
            session.targets, session.screen, lens, distance_mm=session.viewing_distance_mm
        )
        start = Start(choreography=choreography)
        return session.screen, _keeping(start, options) if options.only_calibrate else start
    if options.source.kind == "mouse":
        if size_px is None:
            raise SourceError("the mouse needs a window: leave --headless out, or name a session")
        return screen_of(size_px, settings.screen_width_mm), Start()
    if size_px is None or options.procedure is None or options.source.kind != "camera":
        model = None if options.only_calibrate else load_model(options.profile)
        if model is not None:
            return model.screen, Start(model)
        raise NotCalibrated(
            f"{options.source}: no calibration targets in it, and profile {options.profile.name!r} "
            "is not calibrated: calibrate with a camera first: gazetalk calibrate"
        )
    model, problem = _usable_model(options)
    screen = screen_of(size_px, settings.screen_width_mm) if model is None else model.screen
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
