"""Glances further aside than calibration asked for, made from those it saw.

A turned head looks at the screen from the corners of its eyes, where no calibration target was;
there a regression on pixels falls short (60 mm at ten degrees, on puppets). But how an eye looks
that has turned further is known: iris and pupil have moved along between the lids. Samples made
like that teach the regression to go on in a straight line.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from gazetalk.tracking.eyes import PATCH_MM, PATCH_SHAPE, EyeView, cell_middles
from gazetalk.tracking.types import Floats

# The iris's middle turns at this distance about the eye's centre, mm: 13.5 mm from centre to
# cornea less the 3 mm that the iris lies behind it (Le Grand's eye), and what the cornea's
# refraction adds.
TURNING_MM = 11.0
# The visible iris's radius, mm: 5.9 on average, nearly the same in all adults.
IRIS_MM = 6.0
# Between the iris and the corner of the lids there is at least this much to stretch, mm.
_LEAST_WHITE_MM = 0.3


def further_aside(view: EyeView, iris_mm: Floats, sine: float, more_deg: float) -> EyeView | None:
    """The view of the same eye turned `more_deg` further to the side; None without a patch.

    iris_mm: (2,) where its iris is now. sine: of the angle it looks aside now.
    """
    if view.patch is None:
        return None
    angle = math.asin(max(-1.0, min(1.0, sine))) + math.radians(more_deg)
    shift_mm = TURNING_MM * (math.sin(angle) - sine)
    offsets = view.offsets_mm.copy()
    offsets[0] += shift_mm
    return replace(view, offsets_mm=offsets, patch=_moved(view, iris_mm, shift_mm))


def _moved(view: EyeView, iris_mm: Floats, shift_mm: float) -> np.ndarray:
    """The patch with the iris shifted between the lids: what lies before it is pressed together,
    what lies behind it stretched, row by row."""
    assert view.patch is not None
    rows, columns = PATCH_SHAPE
    cell_x, cell_y = PATCH_MM[0] / columns, PATCH_MM[1] / rows
    x, y = cell_middles()
    source = np.tile(x, (rows, 1))
    half = np.sqrt(np.maximum(IRIS_MM**2 - (y - iris_mm[1]) ** 2, _LEAST_WHITE_MM))
    corners = np.sort(view.offsets_mm[[2, 4]])
    between = (x > corners[0]) & (x < corners[1])
    for row in range(rows):
        source[row, between] = np.interp(
            x[between], *_stretch(corners, iris_mm[0], half[row], shift_mm)
        )
    from_x = ((source + PATCH_MM[0] / 2) / cell_x - 0.5).astype(np.float32)
    from_y = np.repeat(np.arange(rows, dtype=np.float32)[:, np.newaxis], columns, axis=1)
    moved = cv2.remap(view.patch, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    upper, lower = _lids(view, x)
    open_here = np.clip((y[:, np.newaxis] - upper) / cell_y + 0.5, 0, 1)
    open_here *= np.clip((lower - y[:, np.newaxis]) / cell_y + 0.5, 0, 1)
    return (view.patch + (moved - view.patch) * open_here).astype(np.float32)


def _stretch(
    corners: Floats, iris: float, half: float, shift_mm: float
) -> tuple[list[float], list[float]]:
    """Knots of a piecewise linear map of one row: new places, and where they were before.

    The corners stay, unless the iris goes beneath one: there all moves along.
    """
    knots = []
    for corner, edge, way in ((corners[0], iris - half, 1.0), (corners[1], iris + half, -1.0)):
        if (edge + shift_mm - corner) * way > _LEAST_WHITE_MM:
            knots += [(corner, corner), (edge + shift_mm, edge)]
        else:
            knots.append((corner, corner - shift_mm))
    knots.sort()
    return [new for new, _ in knots], [before for _, before in knots]


def _lids(view: EyeView, x: Floats) -> tuple[Floats, Floats]:
    """The height of the upper and lower lid at places x: parabolas from corner to corner."""
    outer, inner, (upper, lower) = view.offsets_mm[2:4], view.offsets_mm[4:6], view.offsets_mm[6:]
    along = (x - outer[0]) / (inner[0] - outer[0])
    line = outer[1] + (inner[1] - outer[1]) * along
    bulge = 4 * along * (1 - along)
    middle = (outer[1] + inner[1]) / 2
    inside = bulge > 0
    shut = np.where(inside, 0.0, -np.inf)
    return line + (upper - middle) * bulge - shut, line + (lower - middle) * bulge + shut
