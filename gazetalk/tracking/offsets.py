"""How far gaze lands beside what is looked at, over the whole screen, from looks at known places.

The offset is taken as a Gaussian process (Rasmussen & Williams, Gaussian Processes for Machine
Learning, 2006, eq. 2.25): a shift, a slight stretch, and a part that belongs to the place. Each
look counts as much as it is likely to be no mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.types import Floats

Ints = NDArray[np.int64]

# What an offset is expected to be before anything is known, one deviation, for x and for y: a shift
# in mm, and how much of it a millimetre to the right and one down add. Twelve puppets whose heads
# had moved by 30 mm after calibration: 9 and 8 mm; 0.04, 0.06; 0.03, 0.11.
PRIOR = np.array([[9.0, 0.03, 0.05], [9.0, 0.03, 0.08]])
# What belongs to the place, and how far from there little is left of it.
PLACE_MM = 5.0
NEAR_MM = 70.0
# A look that is a mistake (another place was meant) lies this far off.
WRONG_MM = 30.0
# The mistakes are first told from the rest as if errors were larger: a new offset is none.
ANNEALING = (3.0, 2.0, 1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Look:
    """A look at a known place: where gaze was seen (uncorrected), its offset from the place and
    that offset's deviation, mm (2,). missed_mm: what was left of the offset when corrected.

    wrong: how likely another place was meant, 0..1.
    """

    seen_mm: Floats
    offset_mm: Floats
    sd_mm: Floats
    missed_mm: Floats
    wrong: float

    @property
    def place_mm(self) -> Floats:
        return self.seen_mm - self.offset_mm


@dataclass(frozen=True, eq=False)
class OffsetMap:
    """Offsets at the places of a grid over the screen, mm (rows, columns, 2)."""

    size_mm: Floats
    nodes_mm: Floats

    def at(self, places_mm: Floats) -> Floats:
        """The offsets (M, 2) at places (M, 2), between the grid's; beyond the screen those of its
        edge."""
        rows, columns, _ = self.nodes_mm.shape
        place = (places_mm / self.size_mm).clip(0, 1) * (columns - 1, rows - 1)
        column, row = np.minimum(place.astype(int), (columns - 2, rows - 2)).T
        right, below = (place - np.column_stack([column, row]))[..., None].transpose(1, 0, 2)
        top = self._between(row, column, right)
        return np.asarray(top + (self._between(row + 1, column, right) - top) * below)

    def farthest_mm(self, other: OffsetMap) -> float:
        """The longest way from an offset to the other map's at the same place."""
        return float(np.linalg.norm(self.nodes_mm - other.nodes_mm, axis=2).max())

    def _between(self, row: Ints, column: Ints, right: Floats) -> Floats:
        left = self.nodes_mm[row, column]
        return np.asarray(left + (self.nodes_mm[row, column + 1] - left) * right)


class OffsetField:
    """The offset over the screen as N looks tell it.

    weights: (N,) of each look, 0..1. middle_mm: (2,) the screen's middle.
    """

    def __init__(self, looks: Sequence[Look], weights: Floats, middle_mm: Floats) -> None:
        self._middle_mm = middle_mm
        self._seen = np.array([look.seen_mm for look in looks]).reshape(-1, 2)
        offsets: Floats = np.array([look.offset_mm for look in looks]).reshape(-1, 2)
        sd: Floats = np.array([look.sd_mm for look in looks]).reshape(-1, 2)
        wrong = np.array([look.wrong for look in looks])
        among_all = [self._kernel(self._seen, self._seen, axis) for axis in (0, 1)]
        self._solved: Floats = np.zeros((2, len(offsets)))
        expected = np.zeros_like(offsets)
        for factor in ANNEALING if len(offsets) else ():
            right = weights * _likely_right(offsets - expected, factor * sd, wrong)
            noise = np.square(sd) / np.maximum(right, 1e-6)[:, None]
            for axis, among in enumerate(among_all):
                noisy = among + np.diag(noise[:, axis])
                self._solved[axis] = np.linalg.solve(noisy, offsets[:, axis])
                expected[:, axis] = among @ self._solved[axis]

    def at(self, places_mm: Floats) -> Floats:
        """The expected offsets (M, 2) at places (M, 2)."""
        parts = [self._kernel(places_mm, self._seen, axis) @ self._solved[axis] for axis in (0, 1)]
        return np.column_stack(parts)

    def _kernel(self, a: Floats, b: Floats, axis: int) -> Floats:
        """Covariances (len(a), len(b)) of the offsets along an axis, mm^2."""
        shift, right, down = np.square(PRIOR[axis])
        from_a, from_b = a - self._middle_mm, b - self._middle_mm
        stretch = (from_a * (right, down)) @ from_b.T
        apart = np.square(a[:, None] - b[None]).sum(axis=2)
        return np.asarray(shift + stretch + PLACE_MM**2 * np.exp(-apart / (2 * NEAR_MM**2)))


def _likely_right(away: Floats, sd: Floats, wrong: Floats) -> Floats:
    """(N,) how likely each look is no mistake, from its distance (N, 2) to what is expected.

    wrong: (N,) how likely it was one beforehand.
    """
    far = np.hypot(sd, WRONG_MM)
    as_right = -np.log(sd) - np.square(away / sd) / 2
    as_wrong = -np.log(far) - np.square(away / far) / 2
    odds = np.exp(np.clip((as_wrong - as_right).sum(axis=1), -50, 50)) * wrong / (1 - wrong)
    return np.asarray(1 / (1 + odds))
