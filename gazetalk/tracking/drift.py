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
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.filter import Fixation
from gazetalk.tracking.offsets import Look, OffsetField, OffsetMap
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
# A mistake is made again at the same key: so many looks at it count.
KEPT_OF_A_KEY = 2
# So many of each kind are kept; each further one makes what came before count less.
KEPT_SELECTIONS = 24
KEPT_SWEEPS = 12
FADING = 0.9
# A reading contradicts selections that seemed to hit their keys when both differ by this much: the
# keys and the text are some 10 cm apart, over which a stretch makes 8 to 11 mm (one deviation), and
# a reader who leaves out the ends of lines another 10 across.
CONTRADICTION_MM = np.array([35.0, 25.0])
NEWEST_SWEEPS = 5
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
        self._nothing = OffsetMap(self._size_mm, np.zeros((DOWN, ACROSS, 2)))
        self.reset()

    def reset(self) -> None:
        """Forget all evidence and correct nothing, as after a new calibration."""
        self._selections: list[Look] = []
        self._sweeps: list[Look] = []
        self._confirmations = self._readings = 0
        self._since_s: float | None = None
        self._applied = self._known = self._nothing
        self._t_s: float | None = None

    @property
    def applied(self) -> OffsetMap:
        """What gaze is corrected by just now."""
        return self._applied

    @property
    def settled(self) -> bool:
        """Whether that is all that is known."""
        return self._applied is self._known

    @property
    def state(self) -> DriftState:
        x, y = self._offset_mm(self._size_mm / 2).tolist()
        largest = self._applied.farthest_mm(self._nothing)
        return DriftState((x, y), largest, self._confirmations, self._readings, self._since_s)

    def correct(self, t_s: float, gaze_px: Point) -> Point:
        """Where the eyes look as far as is known. Call it in the order of time."""
        self._approach(t_s)
        seen = np.array(gaze_px) * self._mm_per_px
        if not np.isfinite(seen).all():
            return gaze_px
        x_px, y_px = (seen - self._offset_mm(seen)) / self._mm_per_px
        return float(x_px), float(y_px)

    def look(self, gaze_px: Point, place_px: Point, size_px: Point | None = None) -> Look | None:
        """What a look tells, should it be confirmed that it was at that place; None when gaze was
        nowhere near.

        size_px: of the key that was selected there because gaze lay on it, which may well have been
        another's neighbour; None when it was told otherwise what was meant.
        """
        gaze, place = np.array(gaze_px) * self._mm_per_px, np.array(place_px) * self._mm_per_px
        if not _is_near(gaze - place):
            return None
        missed = gaze - place - self._offset_mm(gaze)
        if size_px is None:
            return Look(gaze, gaze - place, np.full(2, SELECTION_MM), missed, WRONG_MIDDLE)
        size = np.array(size_px) * self._mm_per_px
        to_edge = min(1.0, float(np.abs(missed / (size / 2)).max()))
        wrong = WRONG_MIDDLE + (WRONG_EDGE - WRONG_MIDDLE) * to_edge**2
        sd = np.maximum(SELECTION_MM, SELECTION_SHARE * size)
        return Look(gaze, gaze - place, sd, missed, wrong)

    def confirm(self, t_s: float, *looks: Look) -> None:
        """What came after these looks says that they were meant."""
        if not looks:
            return
        for look in looks:
            kept = self._selections
            same = [old for old in kept if np.allclose(old.place_mm, look.place_mm, atol=1.0)]
            dropped = same[0] if len(same) >= KEPT_OF_A_KEY else None
            kept = [*(old for old in kept if old is not dropped), look]
            self._selections = kept[-KEPT_SELECTIONS:]
        self._confirmations += len(looks)
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
        offsets = _bounded(self._field(looks, weights).at(self._nodes))
        self._known = replace(self._nothing, nodes_mm=offsets.reshape(DOWN, ACROSS, 2))

    def _contradicted(self) -> bool:
        """Whether lines read say quite otherwise than selections that seemed to hit: the person
        looks beside the keys to make up for a drift, or it is news to the selections."""
        read, selected = (
            np.median([look.offset_mm for look in looks], axis=0)
            for looks in (self._sweeps[-NEWEST_SWEEPS:], self._selections)
        )
        missed = np.median([look.missed_mm for look in self._selections], axis=0)
        far = np.abs(read - selected) > CONTRADICTION_MM
        return bool((far & (np.abs(missed) < HIT_MM)).any())

    def _field(self, looks: Sequence[Look], weights: Sequence[float]) -> OffsetField:
        return OffsetField(looks, np.array(weights), self._size_mm / 2)

    def _approach(self, t_s: float) -> None:
        """Move what is applied towards what is known, no place faster than RATE_MM_S."""
        since_s = 0.0 if self._t_s is None else max(0.0, t_s - self._t_s)
        self._t_s = t_s if self._t_s is None else max(t_s, self._t_s)
        if self._applied is self._known:
            return
        far = self._known.farthest_mm(self._applied)
        if far <= RATE_MM_S * since_s:
            self._applied = self._known
            return
        way = (self._known.nodes_mm - self._applied.nodes_mm) * (RATE_MM_S * since_s / far)
        self._applied = replace(self._applied, nodes_mm=self._applied.nodes_mm + way)

    def _offset_mm(self, seen_mm: Floats) -> Floats:
        """The applied offset (2,) at a place (2,)."""
        return np.asarray(self._applied.at(seen_mm[None])[0])


def _fading(looks: Sequence[Look]) -> list[float]:
    """What each counts, the newest last."""
    return [FADING**age for age in reversed(range(len(looks)))]


def _is_near(offset_mm: Floats) -> bool:
    return bool(np.linalg.norm(offset_mm) <= BOUND_MM)  # False for NaN


def _bounded(offsets_mm: Floats) -> Floats:
    """The offsets (..., 2), none longer than BOUND_MM."""
    length = np.linalg.norm(offsets_mm, axis=-1, keepdims=True)
    return np.asarray(offsets_mm * np.minimum(1.0, BOUND_MM / np.maximum(length, 1e-9)))
