"""The screen: pixels, millimetres and degrees, and where the camera sits.

Two frames of reference are used:

*screen*: pixels from the top left corner, x to the person's right, y down.
*camera*: millimetres from the lens, OpenCV's axes in the unmirrored image: x to the image's
right (the person's left), y down, z from the lens towards the person. The screen is taken to lie
in the plane z = 0, as in a laptop's lid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Screen:
    """A screen's size in pixels and in millimetres. Raises ValueError unless all are positive."""

    width_px: int
    height_px: int
    width_mm: float
    height_mm: float

    def __post_init__(self) -> None:
        sizes = (self.width_px, self.height_px, self.width_mm, self.height_mm)
        if not all(math.isfinite(size) and size > 0 for size in sizes):
            raise ValueError(f"screen sizes must be positive numbers, not {sizes}")

    @property
    def mm_per_px(self) -> tuple[float, float]:
        return self.width_mm / self.width_px, self.height_mm / self.height_px

    def to_camera(self, points_px: ArrayLike, lens_offset_mm: tuple[float, float]) -> Floats:
        """Screen points (N, 2) in pixels as points (N, 3) in the camera frame, mm.

        `lens_offset_mm`: the lens from the screen's top centre, (x to the person's right, y up).
        """
        points = np.atleast_2d(np.asarray(points_px, dtype=float))
        mm_x, mm_y = self.mm_per_px
        x = lens_offset_mm[0] - (points[:, 0] - self.width_px / 2) * mm_x
        y = lens_offset_mm[1] + points[:, 1] * mm_y
        return np.column_stack([x, y, np.zeros(len(points))])

    def from_camera(self, points_mm: ArrayLike, lens_offset_mm: tuple[float, float]) -> Floats:
        """The inverse of `to_camera`: points (N, 2 or 3) in mm as pixels (N, 2), unclipped."""
        points = np.atleast_2d(np.asarray(points_mm, dtype=float))
        mm_x, mm_y = self.mm_per_px
        x = (lens_offset_mm[0] - points[:, 0]) / mm_x + self.width_px / 2
        y = (points[:, 1] - lens_offset_mm[1]) / mm_y
        return np.column_stack([x, y])


# A 15.6 inch laptop, the usual case: assumed where nobody has said how large the screen is.
DEFAULT_SCREEN = Screen(1920, 1080, 344.0, 194.0)


def screen_of(size_px: tuple[int, int], width_mm: float) -> Screen:
    """A window of that size as a screen with square pixels. width_mm: 0 while nobody has measured
    it; then as wide as a usual laptop's."""
    width_px, height_px = size_px
    across_mm = width_mm or DEFAULT_SCREEN.width_mm
    return Screen(width_px, height_px, across_mm, height_px * across_mm / width_px)


DEFAULT_LENS_OFFSET_MM = (0.0, 8.0)
DEFAULT_DISTANCE_MM = 600.0


def mm_to_deg(length_mm: ArrayLike, distance_mm: float) -> Floats:
    """The visual angle, degrees, of a length seen squarely from `distance_mm`."""
    return np.degrees(2 * np.arctan(np.asarray(length_mm, dtype=float) / (2 * distance_mm)))
