"""Calibration as it goes along: what is asked of the person, and when there is enough to learn.

A recording brings its targets and their times with it; live, a procedure asks for one after the
other, once more for those that gave too little. Both learn and measure with the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from threading import Thread

from gazetalk.asking import Ask, Asking, Shown
from gazetalk.geometry import Screen
from gazetalk.lid_signs import PAUSED, Pause
from gazetalk.tracking.calibration import (
    DEFAULT_DISCARD_S,
    Calibrated,
    Calibration,
    calibrate,
    learn,
    seen_distance_mm,
    validate,
)
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.looks import Look, collect
from gazetalk.tracking.procedure import LEAST_KEPT_S, Point, Procedure
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import Target

# A target with too few good samples is asked for again this often, then left out. When more than
# half of them are weak it is not the target's fault, and the person is not kept any longer.
MOST_REPEATS = 2
MOST_WEAK_SHARE = 0.5
REPEAT_S, REPEAT_WORDS = 1.2, "Once more: look at the dot until it is gone"
# Learning takes a moment, which is announced first.
LEARN_S, LEARN_WORDS = 0.2, "One moment…"
# The estimated error is shown this long before the points that measure it.
ESTIMATE_S = 2.5
STEP_WORDS = "Helper: press the space bar when the eyes rest on it"


Learned = Calibration | CalibrationError
Learning = Callable[[], Learned]


def at_once(learning: Learning) -> Future[Learned]:
    """Learn before anything else goes on, as replaying needs it."""
    learned: Future[Learned] = Future()
    _come_to(learned, learning)
    return learned


def aside(learning: Learning) -> Future[Learned]:
    """Learn in a thread: a window that is not drawn for seconds looks dead, and systems offer to
    end it."""
    learned: Future[Learned] = Future()
    Thread(target=_come_to, args=(learned, learning), daemon=True).start()
    return learned


def _come_to(learned: Future[Learned], learning: Learning) -> None:
    try:
        learned.set_result(learning())
    except Exception as error:
        learned.set_exception(error)


class Choreography:
    """A recording's calibration: collects what the tracker sees of targets whose times are known.

    Learns when the last calibration target is over, measures when the last of all is.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        screen: Screen,
        lens_offset_mm: tuple[float, float],
        discard_s: float = DEFAULT_DISCARD_S,
        distance_mm: float | None = None,
    ) -> None:
        self.screen = screen
        self._targets = list(targets)
        self._lens_offset_mm = lens_offset_mm
        self._discard_s = discard_s
        self._distance_mm = distance_mm
        self._seen: list[Tracked] = []
        self._calibration: Calibration | None = None

    @property
    def targets(self) -> tuple[Target, ...]:
        """Those that were asked for so far; a recording's are all known beforehand."""
        return tuple(self._targets)

    @property
    def model(self) -> GazeModel | None:
        """What was learned; None before that."""
        return self._calibration.model if self._calibration else None

    def take(self, tracked: Tracked) -> None:
        """Keep what one frame gave."""
        self._seen.append(tracked)

    def fit_due(self, t_s: float) -> bool:
        """It is time to learn: the last calibration target is over."""
        return self._calibration is None and t_s >= self._end_of("calibration")

    def over(self, t_s: float) -> bool:
        """The last target of all is over, and what was learned is measured."""
        end_s = max(self._end_of("calibration"), self._end_of("validation"))
        return self._calibration is not None and t_s >= end_s

    def shown(self, t_s: float) -> Shown:
        """The target that is to be looked at now, and how many are over."""
        asked = [t for t in self._targets if t.phase in ("calibration", "validation")]
        done = sum(t.end_s <= t_s for t in asked)
        now = next((t for t in asked if t.start_s <= t_s < t.end_s), None)
        if now is None:
            return Shown(done=done, total=len(asked), words="Look at each dot until it is gone")
        share = min(1.0, 2 * (t_s - now.start_s) / (now.end_s - now.start_s))
        return Shown((now.x_px, now.y_px), share, done, len(asked))

    def step(self, t_s: float) -> None:
        """A helper's key: a recording goes on by itself."""

    def fit(self) -> Calibration:
        """Learn from what was seen. Raises CalibrationError when it is not enough."""
        self._calibration = calibrate(
            self._eyes,
            self._targets,
            self.screen,
            self._lens_offset_mm,
            self._discard_s,
            self._distance_mm,
        )
        return self._calibration

    def finish(self) -> Calibrated:
        """Measure the validation targets with the gaze that came after learning."""
        calibration = self._calibration or self.fit()
        asked = [t for t in self._targets if t.phase == "validation"]
        samples = [t.sample for t in self._seen]
        measured = validate(
            samples,
            asked,
            self.screen,
            self._distance_mm or seen_distance_mm(self._eyes),
            self._discard_s,
        )
        looks = collect(self._eyes, asked, self._discard_s)
        begun_s = [(target.start_s + self._discard_s, target.end_s) for target in asked]
        seen = [s for s in samples if any(start <= s.t_s < end for start, end in begun_s)]
        return Calibrated(calibration, measured, tuple(looks), tuple(seen))

    @property
    def _eyes(self) -> list[Eyes]:
        return [t.eyes for t in self._seen if t.eyes is not None]

    def _end_of(self, phase: str) -> float:
        return max((t.end_s for t in self._targets if t.phase == phase), default=float("-inf"))


class LiveChoreography(Choreography):
    """A procedure with a person before the screen, from `start_s` on.

    earlier: the looks of a calibration of which only some targets are asked for again, `only`.
    begin: how learning is begun, `at_once` or `aside`.
    """

    def __init__(
        self,
        procedure: Procedure,
        screen: Screen,
        lens_offset_mm: tuple[float, float],
        start_s: float,
        earlier: Sequence[Look] = (),
        only: Collection[int] = (),
        begin: Callable[[Learning], Future[Learned]] = at_once,
    ) -> None:
        super().__init__((), screen, lens_offset_mm, procedure.discard_s)
        self._procedure = procedure
        self._earlier = {look.number: look for look in earlier}
        self._attempts: dict[int, list[Target]] = {}
        self._asks = self._plan("calibration", procedure.calibration)
        self._begin = begin
        self._learning: Future[Learned] | None = None
        self._learned: Learned | None = None
        self._learn_at_s: float | None = None
        self._pause = Pause()
        self._asking = Asking(
            start_s + procedure.first_s,
            procedure.target_s,
            procedure.stepped,
            procedure.discard_s + LEAST_KEPT_S,
        )
        asked = [ask for ask in self._asks if not only or ask.number in only]
        self._asking.add(asked, start_s)

    def take(self, tracked: Tracked) -> None:
        super().take(tracked)
        self._asking.rest(tracked.t_s, self._pause.take(tracked.sample))
        for ask, target in self._asking.advance(tracked.t_s):
            self._targets.append(target)
            if ask.phase == "calibration":
                self._attempts.setdefault(ask.number, []).append(target)
        if self._asking.left or self._learned is not None:
            return
        if self._learn_at_s is None:
            self._learn_at_s = tracked.t_s + LEARN_S
        elif self._learning is None and tracked.t_s >= self._learn_at_s:
            self._learning = self._begin(
                partial(_learn, self._looks(), self.screen, self._lens_offset_mm)
            )
        if self._learning is not None and self._learning.done():
            learned, self._learning, self._learn_at_s = self._learning.result(), None, None
            self._judge(learned, tracked.t_s)

    def fit_due(self, t_s: float) -> bool:
        return self._calibration is None and self._learned is not None

    def over(self, t_s: float) -> bool:
        return self._calibration is not None and not self._asking.left

    def step(self, t_s: float) -> None:
        self._asking.step(t_s)

    def fit(self) -> Calibration:
        if self._learned is None or isinstance(self._learned, CalibrationError):
            raise self._learned or CalibrationError("the calibration targets are not over yet")
        self._calibration = self._learned
        asks = self._plan("validation", self._procedure.validation)
        if asks:
            words = _estimate_words(self._calibration, len(asks))
            first = replace(asks[0], words=asks[0].words or words)
            asks[0] = replace(first, wait_s=max(first.wait_s, ESTIMATE_S))
            self._asking.add(asks, self._seen[-1].t_s)
        return self._calibration

    def again(self, numbers: Collection[int], start_s: float) -> LiveChoreography:
        """The same, for these calibration targets only: the others' looks are kept.

        Raises CalibrationError for numbers that are none, and before there is a calibration.
        """
        known = {ask.number for ask in self._asks}
        strange = sorted(set(numbers) - known)
        if strange or not numbers:
            raise CalibrationError(
                f"no target {strange[0] if strange else ''}to redo: there are 1 to {max(known)}"
            )
        if self._calibration is None:
            raise CalibrationError("no target can be redone before the calibration is finished")
        return LiveChoreography(
            self._procedure,
            self.screen,
            self._lens_offset_mm,
            start_s,
            self._calibration.looks,
            numbers,
            self._begin,
        )

    def shown(self, t_s: float) -> Shown:
        ask, seconds = self._asking.at(t_s)
        later = 0 if self._calibration else len(self._procedure.validation)
        done, total = self._asking.done, self._asking.done + self._asking.left + later
        if ask is None:
            return Shown(done=done, total=total, words=LEARN_WORDS)
        if self._asking.resting:
            return Shown(done=done, total=total, words=PAUSED)
        if seconds is None:
            words = ask.words or "Look at each dot until it is gone"
            return Shown(done=done, total=total, words=words)
        pictures = self._procedure.pictures
        return Shown(
            target=(ask.x_px, ask.y_px),
            shrink=self._asking.share(seconds),
            done=done,
            total=total,
            words=STEP_WORDS if self._procedure.stepped else "",
            size=self._procedure.size,
            picture=pictures[self._asking.done % len(pictures)] if pictures else None,
        )

    def _plan(self, phase: str, points: Sequence[Point]) -> list[Ask]:
        width, height = self.screen.width_px, self.screen.height_px
        return [
            Ask(number, p.x * width, p.y * height, phase, p.words, p.wait_s)
            for number, p in enumerate(points, 1)
        ]

    def _judge(self, learned: Learned, t_s: float) -> None:
        """All calibration targets are over, and learned: those that gave too little are asked for
        again."""
        weak: Collection[int]
        if isinstance(learned, CalibrationError):
            weak = [look.number for look in self._looks() if not look.enough]
        else:
            weak = learned.weak
        again = [n for n in weak if 0 < len(self._attempts.get(n, ())) <= MOST_REPEATS]
        if again and len(weak) <= MOST_WEAK_SHARE * len(self._asks):
            asks = [ask for ask in self._asks if ask.number in again]
            self._asking.add([_once_more(ask) for ask in asks], t_s)
        else:
            self._learned = learned

    def _looks(self) -> list[Look]:
        """The best look at each target: the newest with enough samples, else an earlier one."""
        numbers = [n for n, attempts in self._attempts.items() for _ in attempts]
        targets = [target for attempts in self._attempts.values() for target in attempts]
        best = dict(self._earlier)
        for number, look in zip(
            numbers, collect(self._eyes, targets, self._discard_s), strict=True
        ):
            if look.enough or number not in best:
                best[number] = replace(look, number=number)
        return [best[number] for number in sorted(best)]


def _learn(looks: Sequence[Look], screen: Screen, lens_offset_mm: tuple[float, float]) -> Learned:
    try:
        return learn(looks, screen, lens_offset_mm)
    except CalibrationError as error:
        return error


def _once_more(ask: Ask) -> Ask:
    """The same with a moment to see that it is asked for again."""
    return replace(ask, words=ask.words or REPEAT_WORDS, wait_s=max(ask.wait_s, REPEAT_S))


def _estimate_words(calibration: Calibration, points: int) -> str:
    """What is known before it is measured."""
    offset = calibration.left_out.fixation_offset
    words = "" if offset is None else f"Estimated error {offset.mm:.0f} mm or less. "
    if calibration.weak:
        words += f"Left out: target {', '.join(map(str, calibration.weak))}. "
    return f"{words}Now {points} more to measure it"
