"""One run: what the tracker's feed brings goes to check and calibration first, then to talking."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from gazetalk.aiming import usual_after
from gazetalk.check import Check
from gazetalk.choreography import Choreography, LiveChoreography
from gazetalk.clinic.keeping import Kept
from gazetalk.clinic.profile import quality_json
from gazetalk.lid_signs import Call
from gazetalk.rechecking import Recheck
from gazetalk.seat import Seat
from gazetalk.talk import Talk
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.messages import Ended, Fault, Recovered
from gazetalk.tracking.position import State
from gazetalk.tracking.process import Feed, Message
from gazetalk.tracking.resume import REDO, Resumed, shifted
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript

POLL_S = 0.25
# After a calibration failed, its reason can be read before the next one begins.
PAUSE_S = 4.0
# What became of a check or a calibration is shown this long.
NOTICE_S = 6.0
CHANGED = "Light or glasses have changed."
RESULTS, HELPER = "results", "helper"  # what talking may be held for
NOTHING_TO_CHECK = "Only the gaze of a camera can be checked"


@dataclass(frozen=True)
class Outcome:
    """How a run ended. kept: what became of its calibration, None where nobody was to keep it."""

    text: str
    calibrated: Calibrated | None
    words_per_minute: float | None
    faults: int
    frames: int
    kept: Kept | None = None


class TrackerLost(RuntimeError):
    """The tracker could not be kept running."""


def _keep_nothing(done: Calibrated, doubted: bool) -> None:
    return None


@dataclass(frozen=True)
class Start:
    """What comes before talking; with nothing of it, talking begins at once.

    model: the calibration there is already. choreography: a recording's calibration. check: makes
    a check of the calibration that begins at the time given, for a reason in words; check_first:
    with it, before talking begins; rechecks: and whenever light or glasses have changed. plan:
    makes a live calibration, once eyes are seen; with a model, only when a check asks for it; again
    when it failed and there is no model.
    seat: how the person sits, shown before a first calibration; held: what that came to is looked
    at before talking begins, until `release`.
    problem: what is wrong with the stored calibration, so that there is no model, in words.
    keep: told of each finished calibration, and whether a check has found the last one wanting;
    says which is to be used. keep_check: told of what a check came to. then_talk: talking follows.
    """

    model: GazeModel | None = None
    choreography: Choreography | None = None
    check: Callable[[float, str], Check] | None = None
    check_first: bool = True
    rechecks: bool = True
    seat: Callable[[float], Seat] | None = None
    held: bool = False
    problem: str = ""
    plan: Callable[[float], Choreography] | None = None
    keep: Callable[[Calibrated, bool], Kept | None] = _keep_nothing
    keep_check: Callable[[Resumed], None] = lambda resumed: None
    then_talk: bool = True


class Run:
    """One run of talking from a feed, on the feed's clock. Draws nothing: `on_frame` may."""

    def __init__(
        self,
        feed: Feed,
        talk: Talk,
        transcript: Transcript,
        start: Start | None = None,
        on_frame: Callable[[Tracked], None] = lambda tracked: None,
    ) -> None:
        self._feed = feed
        self._talk = talk
        self._transcript = transcript
        self._start = start or Start()
        self._on_frame = on_frame
        self._stage: Choreography | Check | Seat | None = self._start.choreography
        self._seat_due = self._start.seat is not None
        self._held = ""  # what is looked at before talking goes on
        has_model = self._start.model is not None
        self._check_due = self._start.check is not None and has_model and self._start.check_first
        self._check_why = ""
        self._recheck = Recheck()
        self._call = Call()
        self._plan_due = self._start.plan is not None and not has_model
        self._plan_from_s = float("-inf")
        self._model = self._start.model
        self._doubted = False
        self._shift_px = (0.0, 0.0)
        self._last: Choreography | None = None
        self._calibrated: Calibrated | None = None
        self._kept: Kept | None = None
        self._faults = 0
        self._frames = 0
        self._notice: tuple[str, float | None] = ("", 0.0)
        self._told_stage = ""
        self.t_s = 0.0
        self.sample: GazeSample | None = None
        self.position: tuple[State, ...] = ()
        self.ended = False
        self.trouble = self._start.problem
        if self.trouble:
            self._report("calibration", self.trouble)
        if self._model is not None:
            feed.send_model(self._model)

    @property
    def stage(self) -> Choreography | Check | Seat | None:
        """What is going on before talking (sitting well, a check, a calibration), or None."""
        return self._stage

    @property
    def talking(self) -> bool:
        """No calibration is going on or due: the keyboard is what the person sees."""
        due = self._plan_due or self._check_due or self._seat_due or not self._start.then_talk
        return self._stage is None and not due and not self._held

    def release(self) -> None:
        """Somebody has looked at what the calibration came to: talking begins."""
        if self._held:
            self._held = ""
            self._talk.covered(self.t_s)

    def hold(self) -> None:
        """A helper has something else on the screen, until `release`; closed eyes still call."""
        if self.talking:
            self._held = HELPER

    @property
    def calibrated(self) -> Calibrated | None:
        """The newest calibration of this run that is finished; None while one is going on."""
        return self._calibrated if self._stage is None else None

    @property
    def notice(self) -> str:
        """What became of a check or a calibration just now, or what could not be had, in words; ""
        when it has been shown for long enough."""
        words, since_s = self._notice
        return words if since_s is None or self.t_s < since_s + NOTICE_S else ""

    def tell(self, *words: str) -> None:
        """Say so on the screen for a while, once talking goes on; after what is still to be
        said."""
        before, since_s = self._notice
        unread = [before] if before and since_s is None else []
        told = [one for one in words if one]
        if told:
            self._notice = (". ".join([*unread, *told]), None)

    @property
    def outcome(self) -> Outcome:
        text, wpm = self._talk.text, self._talk.words_per_minute
        return Outcome(text, self._calibrated, wpm, self._faults, self._frames, self._kept)

    def step(self, wait_s: float = POLL_S) -> None:
        """Take what the feed has, waiting for it at most so long."""
        for message in self._feed.poll(wait_s):
            self._take(message)

    def press(self) -> None:
        """A helper's key: on to the next target where they wait for it, or past the check."""
        if self._stage is not None:
            self._stage.step(self.t_s)

    def check_gaze(self, why: str = "") -> None:
        """Somebody asks for a check of the calibration, or light and glasses do."""
        if not self.talking:
            return
        if self._start.check is None or self._model is None:
            self.tell(NOTHING_TO_CHECK)
            return
        self._check_due, self._check_why = True, why

    def calibrate(self) -> None:
        """Somebody asks for a new calibration, now."""
        if self.talking and self._start.plan is not None:
            self._plan_due = True

    def redo(self, numbers: Collection[int]) -> None:
        """Ask again for these calibration targets, learn and measure anew.

        Raises CalibrationError for numbers that are none, or when this run had no calibration.
        """
        if not isinstance(self._last, LiveChoreography):
            raise CalibrationError("only targets of a calibration just made can be redone")
        self._stage = self._last.again(numbers, self.t_s)

    def finish(self) -> Outcome:
        """After the feed ended. Raises CalibrationError when its targets were not enough."""
        if isinstance(self._stage, Choreography) and not isinstance(self._stage, LiveChoreography):
            self._conclude(self._stage)
        return self.outcome

    def _take(self, message: Message) -> None:
        match message:
            case Tracked():
                self._take_tracked(message)
            case Fault():
                self._take_fault(message)
            case Recovered():
                self.trouble = ""
                fields = {"part": "tracker", "message": str(message)}
                self._transcript.write(self.t_s, "recovered", fields)
            case Ended():
                self.ended = True

    def _take_tracked(self, tracked: Tracked) -> None:
        self.t_s = tracked.t_s
        self.sample, self.position = tracked.sample, tracked.position
        self._frames += 1
        self._on_frame(tracked)
        if self.talking:
            self._call = Call()  # there are keys for it, and long blinks are meant for them
        elif self._call.take(tracked.sample):
            self._talk.ring(tracked.t_s)
        if self._stage is None:
            self._begin(tracked)
        self._tell_stage()
        match self._stage:
            case Choreography():
                self._calibrate(self._stage, tracked)
            case Check():
                self._check(self._stage, tracked)
            case Seat():
                self._sit(self._stage, tracked)
            case None if self.talking:
                self._take_talking(tracked)

    def _tell_stage(self) -> None:
        """A line in the transcript whenever something else is on the screen."""
        match self._stage:
            case Seat():
                name = "seat"
            case Check():
                name = "check"
            case Choreography():
                name = "calibration"
            case None:
                name = "talking" if self.talking else self._held or "waiting"
        if name != self._told_stage:
            self._told_stage = name
            self._transcript.write(self.t_s, "stage", {"stage": name})

    def _take_talking(self, tracked: Tracked) -> None:
        if self._notice[1] is None:
            self._notice = (self._notice[0], tracked.t_s)
        self._talk.take(shifted(tracked.sample, self._shift_px))
        if self._talk.wants_check():
            self.check_gaze()
        elif self._start.rechecks and self._recheck.take(tracked.t_s, tracked.position):
            self._recheck.checked(tracked.t_s)
            if self._start.check is not None and not self._talk.resting:
                self.check_gaze(CHANGED)

    def _begin(self, tracked: Tracked) -> None:
        """What is due now: sitting well, a check, a calibration."""
        start = self._start
        if self._seat_due and start.seat is not None:
            self._stage, self._seat_due = start.seat(tracked.t_s), False
            return
        if self._check_due and start.check is not None:
            self._stage, self._check_due = start.check(tracked.t_s, self._check_why), False
            return
        seen = tracked.eyes is not None and tracked.t_s >= self._plan_from_s
        if self._plan_due and seen and start.plan is not None:
            self._stage, self._plan_due = start.plan(tracked.t_s), False

    def _sit(self, seat: Seat, tracked: Tracked) -> None:
        seat.take(tracked)
        if seat.over(tracked.t_s):
            self._stage = None

    def _check(self, check: Check, tracked: Tracked) -> None:
        check.take(replace(tracked, sample=shifted(tracked.sample, self._shift_px)))
        resumed = check.result
        if resumed is None or not check.over(tracked.t_s):
            return
        self._stage = None
        self._recheck.checked(tracked.t_s)
        if any(resumed.shift_px):
            x_px, y_px = self._shift_px
            self._shift_px = (x_px + resumed.shift_px[0], y_px + resumed.shift_px[1])
            self._talk.recalibrated()
        self._talk.covered(tracked.t_s)
        self._doubted = self._plan_due = resumed.verdict == REDO and self._start.plan is not None
        self._transcript.write(self.t_s, "checked", resumed.as_json())
        self.tell(resumed.words)
        try:
            self._start.keep_check(resumed)
        except OSError as error:
            self._report("calibration", f"the check's result cannot be saved ({error})")

    def _calibrate(self, choreography: Choreography, tracked: Tracked) -> None:
        choreography.take(tracked)
        if choreography.fit_due(tracked.t_s):
            self._fit(choreography)
        if self._stage is choreography and choreography.over(tracked.t_s):
            self._conclude(choreography)

    def _fit(self, choreography: Choreography) -> None:
        try:
            calibration = choreography.fit()
        except CalibrationError as error:
            if self._start.plan is None:
                raise
            self._give_up(str(error))
            return
        self._feed.send_model(calibration.model)
        self.trouble = ""
        fields = {
            "left_out": calibration.left_out.as_json(),
            "targets_used": calibration.used,
            "targets_asked": calibration.asked,
            "targets_left_out": list(calibration.weak),
        }
        self._transcript.write(self.t_s, "fitted", fields)

    def _give_up(self, why: str) -> None:
        """A live calibration failed: with an earlier one talking goes on, else it begins anew."""
        self._stage = None
        self._report("calibration", why)
        if self._model is None:
            self._plan_due, self._plan_from_s = True, self.t_s + PAUSE_S
            self.trouble = why
        else:
            self.tell(f"{why}; the last calibration is used")

    def _conclude(self, choreography: Choreography) -> None:
        done = choreography.finish()
        self._stage = None
        self._last, self._calibrated = choreography, done
        self._held = RESULTS if self._start.held else ""
        model, words = done.calibration.model, ""
        try:
            self._kept = kept = self._start.keep(done, self._doubted)
            if kept is not None:
                model, words = kept.model, kept.words
        except OSError as error:
            words = f"the new calibration cannot be saved ({error})"
            self._report("calibration", words)
        if model is not done.calibration.model:
            self._feed.send_model(model)
        else:
            self._shift_px = (0.0, 0.0)
            self._talk.recalibrated()
            self._talk.aimed(usual_after(done), self.t_s)
        self._talk.covered(self.t_s)
        self._model, self._doubted = model, False
        self.tell(words)
        quality = quality_json(done.calibration, done.measured)
        used = "new" if model is done.calibration.model else "last"
        self._transcript.write(self.t_s, "calibrated", {**quality, "used": used, "words": words})

    def amiss(self, part: str, words: str) -> None:
        """Something could not be done; nothing ends because of it, but it is said and kept."""
        self._report(part, words)
        self.tell(words)

    def _report(self, part: str, message: str) -> None:
        """Something failed; nothing ends because of it."""
        self._transcript.write(self.t_s, "fault", {"part": part, "message": message})

    def _take_fault(self, fault: Fault) -> None:
        self._faults += 1
        self.trouble = str(fault)
        self._report("tracker", self.trouble)
        if fault.final:
            raise TrackerLost(f"{fault}; the text is kept")
