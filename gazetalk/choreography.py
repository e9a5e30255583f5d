"""Calibration as it goes along: which targets are due, and when there is enough to learn from.

The targets' times are known from the start, whether a recording brings them or a procedure has
just been scheduled on the screen, so both go through the same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gazetalk.geometry import Screen
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import (
    DEFAULT_DISCARD_S,
    Calibration,
    calibrate,
    seen_distance_mm,
    validate,
)
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import Target


@dataclass(frozen=True)
class Calibrated:
    """A finished calibration; `measured` is None when there were no validation targets."""

    calibration: Calibration
    measured: Accuracy | None


class Choreography:
    """Collects what the tracker sees of the targets; fits, then validates, when each is over."""

    def __init__(
        self,
        targets: Sequence[Target],
        screen: Screen,
        lens_offset_mm: tuple[float, float],
        discard_s: float = DEFAULT_DISCARD_S,
        distance_mm: float | None = None,
    ) -> None:
        self._targets = tuple(targets)
        self._screen = screen
        self._lens_offset_mm = lens_offset_mm
        self._discard_s = discard_s
        self._distance_mm = distance_mm
        self._seen: list[Tracked] = []
        self._calibration: Calibration | None = None

    @property
    def screen(self) -> Screen:
        """What the targets' pixels are measured on."""
        return self._screen

    @property
    def fit_due_s(self) -> float:
        """When the last calibration target ends; minus infinity without any."""
        return self._end_of("calibration")

    @property
    def end_s(self) -> float:
        """When the last target of all ends, after which gaze may select."""
        return max(self.fit_due_s, self._end_of("validation"))

    def target_at(self, t_s: float) -> Target | None:
        """The target that is to be looked at now."""
        return next((t for t in self._asked() if t.start_s <= t_s < t.end_s), None)

    def progress(self, t_s: float) -> tuple[int, int]:
        """How many targets are over, and how many there are."""
        asked = self._asked()
        return sum(t.end_s <= t_s for t in asked), len(asked)

    def take(self, tracked: Tracked) -> None:
        """Keep what one frame gave."""
        self._seen.append(tracked)

    def fit(self) -> Calibration:
        """Learn from what was seen. Raises CalibrationError when it is not enough."""
        eyes = [t.eyes for t in self._seen if t.eyes is not None]
        self._calibration = calibrate(
            eyes,
            self._targets,
            self._screen,
            self._lens_offset_mm,
            self._discard_s,
            self._distance_mm,
        )
        return self._calibration

    def finish(self) -> Calibrated:
        """Measure the validation targets with the gaze that came after the fit."""
        if self._calibration is None:
            self.fit()
        assert self._calibration is not None
        eyes = [t.eyes for t in self._seen if t.eyes is not None]
        measured = validate(
            [t.sample for t in self._seen],
            self._targets,
            self._screen,
            self._distance_mm or seen_distance_mm(eyes),
            self._discard_s,
        )
        return Calibrated(self._calibration, measured)

    def _asked(self) -> list[Target]:
        return [t for t in self._targets if t.phase in ("calibration", "validation")]

    def _end_of(self, phase: str) -> float:
        return max((t.end_s for t in self._targets if t.phase == phase), default=float("-inf"))
