"""The access assessment as it goes along: calibration, looks that measure, asked blinks, with rests
between them for as long as the person likes.

A recording brings its targets with it: what was looked at after calibration is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from gazetalk.asking import Ask, Asking, Shown
from gazetalk.choreography import Choreography
from gazetalk.clinic.assess import DISCARD_S, Figures, measure
from gazetalk.clinic.likely import Trial
from gazetalk.clinic.recommend import next_to_try
from gazetalk.geometry import DEFAULT_DISTANCE_MM, Screen
from gazetalk.talk import Talk
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.procedure import Point, Procedure
from gazetalk.tracking.resume import Usual
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample, Target
from gazetalk.trying import Trying

Writes = Callable[[str, Usual | None], Talk]

TARGET_S, WORDS_S = 1.9, 2.0
# Thirteen points that calibration does not ask for, over all of the screen; then others, drawn
# smaller and smaller; at last all of them again: it is then seen whether the eyes tire, and what of
# their errors belongs to the place.
VALIDATION = (
    *((0.5, 0.4), (0.17, 0.2), (0.83, 0.8), (0.5, 0.2), (0.17, 0.8), (0.83, 0.52), (0.3, 0.62)),
    *((0.83, 0.2), (0.5, 0.8), (0.17, 0.48), (0.7, 0.35), (0.3, 0.3), (0.7, 0.66)),
)
SHRINKING = (
    *((0.11, 0.14), (0.89, 0.48), (0.36, 0.86), (0.64, 0.16), (0.14, 0.64), (0.87, 0.87)),
    *((0.4, 0.44), (0.62, 0.56), (0.26, 0.36), (0.93, 0.3), (0.07, 0.42), (0.58, 0.9)),
)
SIZES = (3.0, 0.5)  # of the first and the last of those, times the usual
AGAIN = (*VALIDATION, *SHRINKING)
CLOSINGS, CLOSING_S = 6, 3.5
CLOSE_WORDS = "Close both eyes for one second, then open them"
OPEN_WORDS = "Good. Eyes open, look here"
# A rest lasts at least so long, then until the eyes stay in the middle, or a helper's key.
REST_S, READY_S, NEAR = 3.0, 1.5, 0.2
REST_WORDS = "Rest as long as you like. To go on: look at the dot, or press the space bar"
TRY = "writing with "  # a part's name, with the layout after it
GAP_S = 0.3  # between two samples: whoever was lost longer is not staying


class Part(Protocol):
    """A part of the assessment; all times on the tracker's clock, s."""

    def take(self, tracked: Tracked) -> None: ...

    def over(self, t_s: float) -> bool: ...

    def shown(self, t_s: float) -> Shown: ...

    def step(self, t_s: float) -> None: ...


class Looking:
    """Targets one after the other. points: shares of the screen. sizes: of the first and last."""

    def __init__(
        self,
        points: Sequence[tuple[float, float]],
        screen: Screen,
        start_s: float,
        words: str,
        sizes: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        self.targets: list[Target] = []
        self._sizes = np.geomspace(*sizes, len(points))
        self._asking = Asking(start_s, TARGET_S, stepped=False, least_s=0.0)
        asks = [
            Ask(number, x * screen.width_px, y * screen.height_px, "validation")
            for number, (x, y) in enumerate(points, 1)
        ]
        self._asking.add([replace(asks[0], words=words, wait_s=WORDS_S), *asks[1:]], start_s)

    def take(self, tracked: Tracked) -> None:
        self.targets += [target for _, target in self._asking.advance(tracked.t_s)]

    def over(self, t_s: float) -> bool:
        return not self._asking.left

    def step(self, t_s: float) -> None:
        """It goes on by itself."""

    def shown(self, t_s: float) -> Shown:
        ask, seconds = self._asking.at(t_s)
        done, total = self._asking.done, self._asking.done + self._asking.left
        if ask is None or seconds is None:
            return Shown(done=done, total=total, words=ask.words if ask else "")
        size, share = float(self._sizes[ask.number - 1]), self._asking.share(seconds)
        return Shown((ask.x_px, ask.y_px), share, done, total, size=size)


class Closing:
    """Long blinks, asked for one after the other."""

    def __init__(self, screen: Screen, start_s: float) -> None:
        self._middle = (screen.width_px / 2, screen.height_px / 2)
        self._start_s = start_s
        self._t_s = start_s

    @property
    def closings(self) -> list[tuple[float, float]]:
        """Start and end of each that is over."""
        over = min(CLOSINGS, int((self._t_s - self._start_s) / CLOSING_S))
        begins = [self._start_s + k * CLOSING_S for k in range(over)]
        return [(begin_s, begin_s + CLOSING_S) for begin_s in begins]

    def take(self, tracked: Tracked) -> None:
        self._t_s = tracked.t_s

    def over(self, t_s: float) -> bool:
        return t_s >= self._start_s + CLOSINGS * CLOSING_S

    def step(self, t_s: float) -> None:
        """It goes on by itself."""

    def shown(self, t_s: float) -> Shown:
        number, since_s = divmod(max(0.0, t_s - self._start_s), CLOSING_S)
        words = CLOSE_WORDS if since_s < CLOSING_S * 0.6 else OPEN_WORDS
        return Shown(None, 0.0, int(number), CLOSINGS, words)


class Rest:
    """Until the person is ready: their eyes stay at the dot, or a helper's key."""

    def __init__(self, screen: Screen, start_s: float) -> None:
        self._screen = screen
        self._start_s = self._t_s = start_s
        self._stays_s = 0.0
        self._stepped = False

    def take(self, tracked: Tracked) -> None:
        span_s, self._t_s = tracked.t_s - self._t_s, tracked.t_s
        rested = tracked.t_s - self._start_s >= REST_S
        here = rested and span_s <= GAP_S and self._near(tracked.sample)
        self._stays_s = self._stays_s + span_s if here else 0.0

    def over(self, t_s: float) -> bool:
        return self._stepped or self._stays_s >= READY_S

    def step(self, t_s: float) -> None:
        self._stepped = True

    def shown(self, t_s: float) -> Shown:
        if t_s - self._start_s < REST_S:
            return Shown(words="Rest")
        width, height = self._screen.width_px, self._screen.height_px
        share = min(1.0, self._stays_s / READY_S)
        return Shown((width / 2, height / 2), share, words=REST_WORDS, size=2.0)

    def _near(self, sample: GazeSample) -> bool:
        if sample.x_px is None or sample.y_px is None or not sample.valid:
            return False
        away_x = abs(sample.x_px / self._screen.width_px - 0.5)
        away_y = abs(sample.y_px / self._screen.height_px - 0.5)
        return max(away_x, away_y) < NEAR


@dataclass(frozen=True)
class Progress:
    """What there is so far. figures: None before calibration is over. parts: the finished ones."""

    figures: Figures | None
    calibrated: Calibrated | None
    parts: tuple[str, ...]
    complete: bool
    problem: str = ""
    trials: tuple[Trial, ...] = ()


class Course:
    """The whole assessment, part by part.

    live: parts follow on calibration; a recording's targets come by themselves. writes: makes a
    talk with a layout of that name, whose aim is as measured, for the ways to be tried at last;
    None: none is. done: the parts that are over.
    """

    def __init__(
        self, choreography: Choreography, live: bool, writes: Writes | None = None
    ) -> None:
        self.screen = choreography.screen
        self._choreography = choreography
        self._part: Part = choreography
        self._to_come = ["rest", "small", "rest", "again", "rest", "blinks"] * live
        self._live = live
        self._writes = writes
        self._tried: list[Trying] = []
        self._name = "calibration"
        self.done: list[str] = []
        self._looking: list[Looking] = []
        self._closing: Closing | None = None
        self._samples: list[GazeSample] = []
        self._away_mm: list[float] = []
        self._calibrated: Calibrated | None = None
        self._ended = False
        self._problem = ""

    @property
    def over(self) -> bool:
        """Nothing more is to come."""
        return self._ended

    def take(self, tracked: Tracked) -> GazeModel | None:
        """What one frame gave; a model when one was learned just now, to track with from now on."""
        if self._ended:
            return None
        if tracked.eyes is not None:
            self._away_mm.append(float(tracked.eyes.pose.position_mm[2]))
        # What is blinked and looked at while writing is meant, not asked for.
        if self._choreography.model is not None and self.trying is None:
            self._samples.append(tracked.sample)
        self._part.take(tracked)
        if self._part is self._choreography:
            return self._calibrate(tracked.t_s)
        if self._part.over(tracked.t_s):
            self._next(tracked.t_s)
        return None

    def step(self, t_s: float) -> None:
        """A helper's key."""
        self._part.step(t_s)

    def shown(self, t_s: float) -> Shown:
        return self._part.shown(t_s)

    def end_of_recording(self) -> None:
        """No more frames come."""
        if not self._ended and self._calibrated is None:
            self._finish_calibration()
        self._ended = True

    @property
    def trying(self) -> Trying | None:
        """The way of writing that is being tried, None while something else goes on."""
        return self._part if isinstance(self._part, Trying) else None

    @property
    def closes(self) -> bool:
        """Closed eyes are asked for now, or are a switch: they mean nothing else."""
        return isinstance(self._part, (Closing, Trying))

    @property
    def progress(self) -> Progress:
        return Progress(
            self._figures(),
            self._calibrated,
            tuple(name for name in self.done if name != "rest"),
            self._ended and not self._to_come and not self._problem,
            self._problem,
            tuple(tried.trial for tried in self._tried),
        )

    def _calibrate(self, t_s: float) -> GazeModel | None:
        try:
            if self._choreography.fit_due(t_s):
                return self._choreography.fit().model
        except CalibrationError as error:
            self._problem, self._ended = str(error), True
            return None
        # A recording's other targets are measured as well, up to its end.
        if self._live and self._choreography.over(t_s):
            self._finish_calibration()
            self._next(t_s)
        return None

    def _finish_calibration(self) -> None:
        try:
            self._calibrated = self._choreography.finish()
            self.done.append("calibration")
        except CalibrationError as error:
            self._problem, self._ended = str(error), True

    def _next(self, t_s: float) -> None:
        """The part is over; the next one begins."""
        if self._part is not self._choreography:
            self.done.append(self._name)
        if not self._to_come and self._name != "calibration":
            self._to_come += self._to_try()
        if self._ended or not self._to_come:
            self._ended = True
            return
        self._name = self._to_come.pop(0)
        match self._name:
            case "small":
                words = "The dots become smaller: look at the middle of each"
                self._part = self._look(SHRINKING, t_s, words, SIZES)
            case "again":
                self._part = self._look(AGAIN, t_s, "Once more, the last time")
            case "blinks":
                self._part = self._closing = Closing(self.screen, t_s)
            case "rest":
                self._part = Rest(self.screen, t_s)
            case layout:
                self._part = self._try(layout.removeprefix(TRY), t_s)

    def _look(
        self,
        points: Sequence[tuple[float, float]],
        t_s: float,
        words: str,
        sizes: tuple[float, float] = (1.0, 1.0),
    ) -> Looking:
        self._looking.append(Looking(points, self.screen, t_s, words, sizes))
        return self._looking[-1]

    def _to_try(self) -> list[str]:
        """The way that is to be tried next, after a rest."""
        figures = self._figures()
        if self._writes is None or figures is None or self._ended:
            return []
        way = next_to_try(figures, [trying.trial for trying in self._tried])
        return ["rest", f"{TRY}{way}"] if way else []

    def _try(self, layout: str, t_s: float) -> Trying:
        assert self._writes is not None
        figures = self._figures()
        offset = figures.accuracy.fixation_offset if figures else None
        usual = Usual(offset.mm, figures.accuracy.targets) if figures and offset else None
        number = sum(trying.trial.layout == layout for trying in self._tried)
        self._tried.append(Trying(layout, self._writes(layout, usual), t_s, number))
        return self._tried[-1]

    def _figures(self) -> Figures | None:
        if not self._samples:
            return None
        last_s = self._samples[-1].t_s
        targets = [t for t in self._choreography.targets if self._tells(t, last_s)]
        targets += [target for looking in self._looking for target in looking.targets]
        closings = self._closing.closings if self._closing else []
        away_mm = float(np.median(self._away_mm)) if self._away_mm else DEFAULT_DISTANCE_MM
        return measure(targets, self._samples, self.screen, away_mm, closings)

    def _tells(self, target: Target, last_s: float) -> bool:
        """A target that gaze may be held against: after calibration, long enough, and over."""
        known = target.phase in ("validation", "typing") and target.end_s <= last_s
        long = target.end_s - target.start_s >= DISCARD_S + 0.3
        return known and long and target.start_s >= self._samples[0].t_s


def measuring(procedure: Procedure) -> Procedure:
    """The procedure with the assessment's points to measure it with, which are more than usual;
    those that it learns from are left out."""
    learned = {(point.x, point.y) for point in procedure.calibration}
    places = [place for place in VALIDATION if place not in learned]
    return replace(procedure, validation=tuple(Point(x, y) for x, y in places))
