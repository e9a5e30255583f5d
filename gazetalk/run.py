"""One run: what the tracker's feed brings goes to calibration first, then to talking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gazetalk.choreography import Calibrated, Choreography
from gazetalk.clinic.profile import quality_json
from gazetalk.talk import Talk
from gazetalk.tracking.calibration import CalibrationError
from gazetalk.tracking.messages import Ended, Fault, Recovered
from gazetalk.tracking.process import Feed, Message
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample
from gazetalk.transcript import Transcript

POLL_S = 0.25


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    text: str
    calibrated: Calibrated | None
    words_per_minute: float | None
    faults: int
    frames: int


class TrackerLost(RuntimeError):
    """The tracker could not be kept running."""


class Run:
    """One run of talking from a feed, on the feed's clock. Draws nothing: `on_frame` may.

    choreography: a recording's calibration. plan: makes a live one that begins at the time given,
    once eyes are seen, and again when it failed. With neither, talking begins at once.
    """

    def __init__(
        self,
        feed: Feed,
        talk: Talk,
        transcript: Transcript,
        choreography: Choreography | None = None,
        plan: Callable[[float], Choreography] | None = None,
        on_frame: Callable[[Tracked], None] = lambda tracked: None,
    ) -> None:
        self._feed = feed
        self._talk = talk
        self._transcript = transcript
        self._choreography = choreography
        self._plan = plan
        self._due = plan is not None
        self._fitted = False
        self._on_frame = on_frame
        self._calibrated: Calibrated | None = None
        self._faults = 0
        self._frames = 0
        self.t_s = 0.0
        self.sample: GazeSample | None = None
        self.ended = False
        self.trouble = ""

    @property
    def choreography(self) -> Choreography | None:
        """The calibration that is going on, or None."""
        return self._choreography

    @property
    def waiting_for_eyes(self) -> bool:
        """A live calibration is to begin as soon as eyes are seen."""
        return self._due

    @property
    def talking(self) -> bool:
        """No calibration is going on or due: the keyboard is what the person sees."""
        return self._choreography is None and not self._due

    @property
    def calibrated(self) -> bool:
        """A calibration of this run is finished."""
        return self._calibrated is not None

    @property
    def outcome(self) -> Outcome:
        talk = self._talk
        return Outcome(
            talk.text, self._calibrated, talk.words_per_minute, self._faults, self._frames
        )

    def step(self, wait_s: float = POLL_S) -> None:
        """Take what the feed has, waiting for it at most so long."""
        for message in self._feed.poll(wait_s):
            self._take(message)

    def finish(self) -> Outcome:
        """After the feed ended. Raises CalibrationError when its targets were not enough."""
        if self._choreography is not None:
            self._conclude(self._choreography)
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
        self.sample = tracked.sample
        self._frames += 1
        self._on_frame(tracked)
        if self._due and self._plan is not None and tracked.eyes is not None:
            self._choreography = self._plan(tracked.t_s)
            self._due = self._fitted = False
        if self._choreography is not None:
            self._calibrate(self._choreography, tracked)
        elif not self._due:
            self._talk.take(tracked.sample)

    def _calibrate(self, choreography: Choreography, tracked: Tracked) -> None:
        choreography.take(tracked)
        if not self._fitted and tracked.t_s >= choreography.fit_due_s:
            self._fit(choreography)
        if self._fitted and tracked.t_s >= choreography.end_s:
            self._conclude(choreography)

    def _fit(self, choreography: Choreography) -> None:
        try:
            self._feed.send_model(choreography.fit().model)
            self._fitted = True
            self.trouble = ""
        except CalibrationError as error:
            if self._plan is None:
                raise
            self._choreography, self._due = None, True
            self.trouble = str(error)
            fields = {"part": "calibration", "message": str(error)}
            self._transcript.write(self.t_s, "fault", fields)

    def _conclude(self, choreography: Choreography) -> None:
        self._calibrated = done = choreography.finish()
        self._choreography = None
        quality = quality_json(done.calibration, done.measured)
        self._transcript.write(self.t_s, "calibrated", quality)

    def _take_fault(self, fault: Fault) -> None:
        self._faults += 1
        self.trouble = str(fault)
        self._transcript.write(self.t_s, "fault", {"part": "tracker", "message": str(fault)})
        if fault.final:
            raise TrackerLost(f"{fault}; the text is kept")
