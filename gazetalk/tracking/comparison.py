"""Whether a new calibration may take the place of the last one.

Errors at targets scatter like the lengths of two-dimensional normal vectors, so that their mean
over n targets has a relative standard error of 0.52 / sqrt(n) (Rayleigh's distribution; 0.51 on
12 puppets with nine targets each). One mean is clearly larger than another when their ratio is
larger than chance makes it in one case of twenty: 1.7 for five targets each, 1.5 for nine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.looks import Look

SCATTER = math.sqrt(4 / math.pi - 1)
ONE_IN_TWENTY = 1.645
# Nobody sees a smaller difference.
LEAST_MM = 2.0


@dataclass(frozen=True)
class Measured:
    """A mean error over a number of targets, at least one."""

    mm: float
    targets: int

    def __str__(self) -> str:
        return f"{self.mm:.1f} mm on {self.targets} targets"


def margin(some: Measured, other: Measured) -> float:
    """How many times larger than the other one mean must be so that it is hardly chance."""
    error = SCATTER * math.sqrt(1 / some.targets + 1 / other.targets)
    return math.exp(ONE_IN_TWENTY * error)


def clearly_worse(some: Measured, other: Measured) -> bool:
    """`some` is larger than `other` by more than chance explains."""
    return some.mm > margin(some, other) * other.mm and some.mm > other.mm + LEAST_MM


def error_at(model: GazeModel, looks: Sequence[Look], screen: Screen) -> Measured | None:
    """How far from their targets a model places the middles of these looks.

    None when the model is of another screen, or sees nothing in the half of the looks.
    """
    if model.screen != screen or not looks:
        return None
    distances = [d for look in looks if (d := _distance_mm(model, look, screen)) is not None]
    if 2 * len(distances) <= len(looks):
        return None
    return Measured(float(np.mean(distances)), len(distances))


def _distance_mm(model: GazeModel, look: Look, screen: Screen) -> float | None:
    found = [model.locate(e) for e in look.eyes]
    points = [(s.x_px, s.y_px) for s in found if s.valid]
    if not points:
        return None
    away = np.median(np.array(points, dtype=float), axis=0) - (look.target.x_px, look.target.y_px)
    return float(np.linalg.norm(away * screen.mm_per_px))
