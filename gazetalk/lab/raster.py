"""A textured triangle mesh as per-pixel values: painter's algorithm, exact between the vertices."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.types import Floats

_SHIFT = 4  # OpenCV's polygons take fixed-point coordinates: sixteenths of a pixel


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels; right and bottom excluded."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @staticmethod
    def around(points_px: Floats, margin_px: float, width_px: int, height_px: int) -> Box | None:
        """The pixels near the points and inside the picture; None if there are none."""
        low = points_px.min(axis=0) - margin_px
        high = points_px.max(axis=0) + margin_px
        box = Box(
            max(0, math.floor(low[0])),
            max(0, math.floor(low[1])),
            min(width_px, math.ceil(high[0]) + 1),
            min(height_px, math.ceil(high[1]) + 1),
        )
        return box if box.width > 0 and box.height > 0 else None


def fixed_point(points_px: Floats) -> NDArray[np.int32]:
    """Points for OpenCV's drawing with `shift`: pixel centres are at whole numbers in both."""
    return np.round(points_px * (1 << _SHIFT)).astype(np.int32)


def fill(canvas: NDArray, points_px: Floats, value: float) -> None:
    """Fill a polygon (N, 2) with smooth edges."""
    cv2.fillPoly(canvas, [fixed_point(points_px)], value, cv2.LINE_AA, _SHIFT)


def interpolated(
    points_px: Floats, depth_mm: Floats, triangles: NDArray[np.int64], values: Floats, box: Box
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """What is covered, and (H, W, K): values (N, K) given at vertices (N, 2), at each pixel.

    depth_mm: (M,) of the triangles (M, 3); nearer ones hide farther ones. Each pixel takes the
    linear map of its triangle at its own centre, so textures move smoothly by less than a pixel.
    """
    numbers = np.full((box.height, box.width), -1, np.int32)
    corners = points_px[triangles] - (box.left, box.top)
    drawn = fixed_point(corners)
    for number in np.argsort(-depth_mm, kind="stable"):
        cv2.fillConvexPoly(numbers, drawn[number], int(number), cv2.LINE_8, _SHIFT)
    maps = _linear_maps(corners, values[triangles])
    rows, columns = np.nonzero(numbers >= 0)
    chosen = maps[numbers[rows, columns]]
    found = (
        chosen[:, 0] * columns[:, np.newaxis].astype(np.float32)
        + chosen[:, 1] * rows[:, np.newaxis].astype(np.float32)
        + chosen[:, 2]
    )
    result = np.zeros((box.height, box.width, values.shape[1]), np.float32)
    result[rows, columns] = found
    return numbers >= 0, result


def _linear_maps(corners: Floats, values: Floats) -> NDArray[np.float32]:
    """(M, 3, K): for each triangle the factors of x, of y and the constant."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    u, v = b - a, c - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    area = np.where(np.abs(area) < 1e-3, np.where(area < 0, -1e-3, 1e-3), area)[:, np.newaxis]
    du, dv = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    along_x = (du * v[:, 1:] - dv * u[:, 1:]) / area
    along_y = (dv * u[:, :1] - du * v[:, :1]) / area
    constant = values[:, 0] - along_x * a[:, :1] - along_y * a[:, 1:]
    return np.stack([along_x, along_y, constant], axis=1).astype(np.float32)
