"""Drift: gaze leaves its calibration, and what the person does anyway tells how far.

Two things tell it. A selection that was confirmed (not undone, followed by another) shows where the
gaze lay beside the key that was meant. Reading back the own text shows it beside the lines. People
whose gaze lands beside the keys look beside them on purpose, so that their selections hide the
drift; while reading nobody does that. So a reading is believed against the selections before it
(Saran and others, EyeO: Autocalibrating Gaze Output with Gaze Input for Gaze Typing,
arXiv 2307.15039).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.filter import Fixation
from gazetalk.tracking.offsets import Look, OffsetField
from gazetalk.tracking.reading import Line, sweeps_of
from gazetalk.tracking.types import Floats

Point = tuple[float, float]

# A confirmed look errs by this, and on a larger key by this share of its size.
SELECTION_MM = 6.0
SELECTION_SHARE = 1 / 6
# So often another key was meant: where gaze lay in the middle of the key, and at its edge.
WRONG_MIDDLE, WRONG_EDGE = 0.2, 0.6
# So often what looks like a line read is something else.
WRONG_SWEEP = 0.25
# A mistake is made again at the same key: so many looks at one of them count.
KEPT_OF_A_KEY = 2
# So many of each kind are kept; each further one makes what came before count less.
KEPT_SELECTIONS = 24
KEPT_SWEEPS = 12
FADING = 0.9
# A reading contradicts selections when both differ by this much and by so many deviations, while
# the selections themselves seemed to hit their keys.
CONTRADICTION_MM = 10.0
CONTRADICTION_SDS = 3.0
HIT_MM = 5.0
# No place is corrected by more, and evidence further off is none.
BOUND_MM = 60.0
# The correction changes no faster: it must not push the pointer off a key.
RATE_MM_S = 15.0
# It is kept at so many places across and down the screen.
ACROSS, DOWN = 7, 5


@dataclass(frozen=True)
class DriftState:
    """What is being corrected. shift_mm: at the screen's middle, how far gaze lands to the right
    and below of what is looked at; largest_mm: the largest anywhere on the screen.

    confirmations, readings: pieces of evidence taken in since `since_s` (None before the first).
    """

    shift_mm: tuple[float, float]
    largest_mm: float
    confirmations: int
    readings: int
    since_s: float | None

    def as_json(self) -> dict[str, Any]:
        """Lengths to a tenth of a millimetre."""
        return {
            "shift_mm": [round(length, 1) for length in self.shift_mm],
            "largest_mm": round(self.largest_mm, 1),
            "confirmations": self.confirmations,
            "readings": self.readings,
        }


class DriftCorrection:
    """Corrects gaze, and learns how from confirmed selections and from reading.

    Everything told to it is gaze as measured, before correction.
    """

    def __init__(self, screen: Screen) -> None:
        self._mm_per_px: Floats = np.array(screen.mm_per_px)
        self._size_mm: Floats = np.array([screen.width_mm, screen.height_mm])
        across = np.linspace(0, screen.width_mm, ACROSS)
        down = np.linspace(0, screen.height_mm, DOWN)
        self._nodes: Floats = np.array([(x, y) for y in down for x in across])
        self.reset()

    def reset(self) -> None:
        """Forget all evidence and correct nothing, as after a new calibration."""
        self._selections: list[Look] = []
        self._sweeps: list[Look] = []
        self._confirmations = self._readings = 0
        self._since_s: float | None = None
        self._applied_mm: Floats = np.zeros_like(self._nodes)
        self._aim_mm = self._applied_mm
        self._t_s: float | None = None

    @property
    def state(self) -> DriftState:
        x, y = self._offset_mm(self._size_mm / 2).tolist()
        largest = float(np.linalg.norm(self._applied_mm, axis=1).max())
        since_s = self._since_s
        return DriftState((x, y), largest, self._confirmations, self._readings, since_s)

    def correct(self, t_s: float, gaze_px: Point) -> Point:
        """Where the eyes look as far as is known. Call it in the order of time."""
        self._approach(t_s)
        seen = np.array(gaze_px) * self._mm_per_px
        if not np.isfinite(seen).all():
            return gaze_px
        x_px, y_px = (seen - self._offset_mm(seen)) / self._mm_per_px
        return float(x_px), float(y_px)

    def look(self, gaze_px: Point, key_centre_px: Point, key_size_px: Point) -> Look | None:
        """What a selection just made tells, should it be confirmed; None when gaze was nowhere
        near the key."""
        seen, centre, size = (
            np.array(pair) * self._mm_per_px for pair in (gaze_px, key_centre_px, key_size_px)
        )
        if not _is_near(seen - centre):
            return None
        missed = seen - centre - self._offset_mm(seen)
        to_edge = min(1.0, float(np.abs(missed / (size / 2)).max()))
        wrong = WRONG_MIDDLE + (WRONG_EDGE - WRONG_MIDDLE) * to_edge**2
        sd = np.maximum(SELECTION_MM, SELECTION_SHARE * size)
        return Look(seen, seen - centre, sd, missed, wrong)

    def confirm(self, t_s: float, look: Look) -> None:
        """What came after a selection says that it was meant."""
        kept = list(self._selections)
        same = [old for old in kept if np.allclose(old.place_mm, look.place_mm, atol=1.0)]
        if len(same) >= KEPT_OF_A_KEY:
            kept.remove(same[0])
        self._selections = [*kept, look][-KEPT_SELECTIONS:]
        self._confirmations += 1
        self._learn(t_s)

    def undo(self, t_s: float) -> None:
        """The last confirmed selection was a mistake after all: its evidence is taken back."""
        if self._selections:
            self._selections.pop()
            self._confirmations -= 1
            self._learn(t_s)

    def read(self, t_s: float, fixations: Sequence[Fixation], lines: Sequence[Line]) -> None:
        """One visit of the eyes to the text: learn from it if it was reading."""
        seen = np.array([(f.x_px, f.y_px) for f in fixations]).reshape(-1, 2) * self._mm_per_px
        if not len(seen):
            return
        known = self._offset_mm(seen.mean(axis=0))
        sweeps = sweeps_of(seen - known, lines, self._mm_per_px)
        new = [
            Look(s.seen_mm + known, s.offset_mm + known, s.sd_mm, s.offset_mm, WRONG_SWEEP)
            for s in sweeps
            if _is_near(s.offset_mm + known)
        ]
        if not new:
            return
        self._sweeps = [*self._sweeps, *new][-KEPT_SWEEPS:]
        self._readings += len(new)
        if self._selections and self._contradicted():
            self._selections = []
        self._learn(t_s)

    def _learn(self, t_s: float) -> None:
        self._since_s = t_s if self._since_s is None else self._since_s
        looks = [*self._selections, *self._sweeps]
        weights = [*_fading(self._selections), *_fading(self._sweeps)]
        self._aim_mm = _bounded(self._field(looks, weights).at(self._nodes))

    def _contradicted(self) -> bool:
        """Whether the sweeps say otherwise than selections that seemed to hit: the person looks
        beside the keys to make up for the drift, or they are from before it."""
        field = self._field(self._sweeps, _fading(self._sweeps))
        seen = np.array([look.seen_mm for look in self._selections])
        offset = np.median([look.offset_mm for look in self._selections], axis=0)
        missed = np.median([look.missed_mm for look in self._selections], axis=0)
        apart = np.abs(offset - field.at(seen).mean(axis=0))
        sd = np.sqrt(field.common_variance(seen) + 1.5 * SELECTION_MM**2 / len(seen))
        far = apart > np.maximum(CONTRADICTION_MM, CONTRADICTION_SDS * sd)
        return bool((far & (np.abs(missed) < HIT_MM)).any())

    def _field(self, looks: Sequence[Look], weights: Sequence[float]) -> OffsetField:
        return OffsetField(looks, np.array(weights), self._size_mm / 2)

    def _approach(self, t_s: float) -> None:
        """Move what is applied towards what is known, no place faster than RATE_MM_S."""
        since_s = 0.0 if self._t_s is None else max(0.0, t_s - self._t_s)
        self._t_s = t_s
        if self._applied_mm is self._aim_mm:
            return
        way = self._aim_mm - self._applied_mm
        longest = float(np.linalg.norm(way, axis=1).max())
        if longest <= RATE_MM_S * since_s:
            self._applied_mm = self._aim_mm
        else:
            self._applied_mm = self._applied_mm + way * (RATE_MM_S * since_s / longest)

    def _offset_mm(self, seen_mm: Floats) -> Floats:
        """The applied offset (2,) at a place (2,); beyond the screen that of its edge."""
        place = (seen_mm / self._size_mm).clip(0, 1) * (ACROSS - 1, DOWN - 1)
        column, row = np.minimum(place.astype(int), (ACROSS - 2, DOWN - 2))
        right, below = place - (column, row)
        corner = row * ACROSS + column
        a, b, c, d = self._applied_mm[[corner, corner + 1, corner + ACROSS, corner + ACROSS + 1]]
        top, bottom = a + (b - a) * right, c + (d - c) * right
        return np.asarray(top + (bottom - top) * below)


def _fading(looks: Sequence[Look]) -> list[float]:
    """What each counts, the newest last."""
    return [FADING**age for age in reversed(range(len(looks)))]


def _is_near(offset_mm: Floats) -> bool:
    return bool(np.linalg.norm(offset_mm) <= BOUND_MM)  # False for NaN


def _bounded(offsets_mm: Floats) -> Floats:
    """The offsets (..., 2), none longer than BOUND_MM."""
    length = np.linalg.norm(offsets_mm, axis=-1, keepdims=True)
    return np.asarray(offsets_mm * np.minimum(1.0, BOUND_MM / np.maximum(length, 1e-9)))
