"""A small picture of what the camera sees, for whoever sits down before it. Never kept on disk."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gazetalk.tracking.types import Face, Frame

LARGEST_PX = (160, 120)
EVERY_S = 0.1
_FACE_POINTS = 468  # the landmarks of the face itself


@dataclass(frozen=True)
class FacePlace:
    """Where a face is in a picture: its middle, width and height, as shares of the picture's
    width and height; mirrored, so x grows to the person's right."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Thumbnail:
    """A mirrored grey picture, rows from the top, one byte a pixel; and the face found in it."""

    width_px: int
    height_px: int
    grey: bytes
    face: FacePlace | None


class Thumbnails:
    """Makes one of a frame now and then, while they are wanted: 0.1 ms of a 640x480 picture."""

    def __init__(self) -> None:
        self.wanted = False
        self._last_s = float("-inf")

    def take(self, frame: Frame, face: Face | None) -> Thumbnail | None:
        """One of this frame, if it is due; None without a picture."""
        due = self.wanted and frame.image is not None and frame.t_s - self._last_s >= EVERY_S
        if not due or frame.image is None:
            return None
        self._last_s = frame.t_s
        scale = min(LARGEST_PX[0] / frame.width_px, LARGEST_PX[1] / frame.height_px, 1.0)
        size = max(1, round(scale * frame.width_px)), max(1, round(scale * frame.height_px))
        small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        grey = cv2.flip(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), 1)
        return Thumbnail(*size, grey.tobytes(), None if face is None else place_of(face))


def place_of(face: Face) -> FacePlace | None:
    """Where it is, mirrored; None for landmarks that are no numbers."""
    points = face.landmarks[:_FACE_POINTS, :2]
    if not np.isfinite(points).all():
        return None
    left, top = (float(value) for value in points.min(axis=0))
    right, bottom = (float(value) for value in points.max(axis=0))
    return FacePlace(1 - (left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
