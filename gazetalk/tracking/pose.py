"""Where the head is: its rotation and place in the camera's frame, from stable points alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike

from gazetalk.tracking.mesh import Mesh
from gazetalk.tracking.types import Face, Floats

# Landmarks that lie on bone and move neither with the eyes nor with the mouth: nose bridge and
# tip, forehead, temples, cheekbones. The eyes' own movement drags nearly all the others
# (google-ai-edge/mediapipe #1786), and a pose solved from those would hold gaze in it.
STABLE_POINTS = (
    *(1, 4, 5, 195, 197, 6, 168, 8, 9, 151, 10),
    *(67, 103, 54, 21, 162, 127, 234, 93, 116, 123, 50, 205, 48, 64, 98),
    *(297, 332, 284, 251, 389, 356, 454, 323, 345, 352, 280, 425, 278, 294, 327),
)
# Assumed where the camera's field of view is not known; webcams have 55 to 75 degrees. Wrong by
# 15 % it barely matters, since calibration absorbs it.
ASSUMED_HFOV_DEG = 63.0


@dataclass(frozen=True, eq=False)
class HeadPose:
    """The head in the camera's frame (see geometry): camera = rotation @ head + position.

    rotation: (3, 3), the identity when the face looks squarely along the camera's axis.
    position_mm: (3,), the canonical head's origin. The scale is that of the canonical head.
    """

    rotation: Floats
    position_mm: Floats

    def to_camera(self, points_mm: Floats) -> Floats:
        """Points (N, 3) of the head's frame in the camera's, mm."""
        return points_mm @ self.rotation.T + self.position_mm


@dataclass(frozen=True)
class Lens:
    """A pinhole camera: focal length and principal point, in pixels."""

    focal_px: float
    centre_x_px: float
    centre_y_px: float

    @staticmethod
    def of(width_px: int, height_px: int, hfov_deg: float | None) -> Lens:
        """The lens of a picture of this size; an unknown field of view is assumed."""
        half = math.radians(hfov_deg or ASSUMED_HFOV_DEG) / 2
        return Lens(width_px / 2 / math.tan(half), width_px / 2, height_px / 2)

    @property
    def matrix(self) -> Floats:
        return np.array(
            [
                [self.focal_px, 0.0, self.centre_x_px],
                [0.0, self.focal_px, self.centre_y_px],
                [0.0, 0.0, 1.0],
            ]
        )

    def project(self, points_mm: Floats) -> Floats:
        """Camera points (N, 3) as picture points (N, 2), px."""
        return points_mm[:, :2] / points_mm[:, 2:] * self.focal_px + (
            self.centre_x_px,
            self.centre_y_px,
        )


def solve_pose(face: Face, width_px: int, height_px: int, lens: Lens, mesh: Mesh) -> HeadPose:
    """The head pose that puts the canonical head's stable points where the landmarks are.

    Starts from MediaPipe's own transform and refines it by Levenberg-Marquardt.
    """
    chosen = list(STABLE_POINTS)
    seen_px = face.landmarks[chosen, :2] * (width_px, height_px)
    flip = np.diag([1.0, -1.0, -1.0])
    guess = flip @ face.transform[:3, :3] @ flip
    turn = _rodrigues(guess)
    place = (flip @ face.transform[:3, 3] * 10.0).reshape(3, 1)
    turned, placed = cv2.solvePnPRefineLM(
        mesh.vertices_mm[chosen], seen_px, lens.matrix, np.zeros(4), turn, place
    )
    return HeadPose(_rodrigues(turned), np.asarray(placed, dtype=float).ravel())


def _rodrigues(turn: ArrayLike) -> Floats:
    """A rotation vector (3, 1) as a matrix (3, 3), or the other way round."""
    turned, _ = cv2.Rodrigues(np.asarray(turn, dtype=float))
    return np.asarray(turned, dtype=float)
