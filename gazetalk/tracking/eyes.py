"""What each eye shows, seen in the head's frame so that turning the head changes it little.

A small plane is fixed to the canonical head in front of each eye. The head pose maps it to the
picture by a homography; through it the lids and the iris are measured in millimetres on the
plane, and the picture is unrolled onto it as a small patch.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.mesh import Mesh
from gazetalk.tracking.pose import HeadPose, Lens, solve_pose
from gazetalk.tracking.types import Face, Floats, Frame, Image

# The patch's size on the head, mm: an eye is about 26 mm from corner to corner, and the lids
# above and below say as much of the vertical gaze as the iris. Smaller patches are worse (24x12:
# 10 mm error for 7 on puppets); larger ones are worse once the head has turned.
PATCH_MM = (36.0, 18.0)
PATCH_SHAPE = (10, 20)
# The eye's centre of rotation lies about this far behind the plane of the lids' corners, mm.
EYE_DEPTH_MM = 10.0


@dataclass(frozen=True)
class EyePoints:
    """The landmark numbers of one eye, in MediaPipe's mesh."""

    outer: int
    inner: int
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    iris: tuple[int, ...]


# The person's own right eye and left eye.
RIGHT = EyePoints(33, 133, (160, 159, 158), (144, 145, 153), (468, 469, 470, 471, 472))
LEFT = EyePoints(263, 362, (387, 386, 385), (373, 374, 380), (473, 474, 475, 476, 477))


@dataclass(frozen=True, eq=False)
class EyeView:
    """One eye in one frame.

    centre_mm: (3,) its centre of rotation in the camera's frame.
    offsets_mm: (8,) on the eye's plane: iris, outer and inner corner (x, y each), upper and
    lower lid (y). openness: lid gap over eye width. patch: (10, 20) float32 light over the eye,
    mean 0 and deviation 1, or None where there is no picture.
    """

    centre_mm: Floats
    offsets_mm: Floats
    openness: float
    patch: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class Eyes:
    """Both eyes (the person's right and left) and the head they are in, at one moment."""

    t_s: float
    pose: HeadPose
    right: EyeView
    left: EyeView


class EyeReader:
    """Reads the eyes of one camera's faces. `mesh` is the canonical face."""

    def __init__(self, mesh: Mesh, hfov_deg: float | None) -> None:
        self._mesh = mesh
        self._hfov_deg = hfov_deg

    def read(self, frame: Frame, face: Face) -> Eyes | None:
        """The eyes of `face` in `frame`; None where its landmarks were not measured (NaN)."""
        if not (np.isfinite(face.landmarks[:, :2]).all() and np.isfinite(face.transform).all()):
            return None
        lens = Lens.of(frame.width_px, frame.height_px, self._hfov_deg)
        pose = solve_pose(face, frame.width_px, frame.height_px, lens, self._mesh)
        if not (np.isfinite(pose.rotation).all() and pose.position_mm[2] > 0):
            return None
        grey = None if frame.image is None else _grey(frame.image)
        seen_px = face.landmarks[:, :2] * (frame.width_px, frame.height_px)
        right, left = (self._view(points, seen_px, pose, lens, grey) for points in (RIGHT, LEFT))
        return Eyes(frame.t_s, pose, right, left)

    def _view(
        self, points: EyePoints, seen_px: Floats, pose: HeadPose, lens: Lens, grey: Image | None
    ) -> EyeView:
        origin_mm = self._mesh.vertices_mm[[points.outer, points.inner]].mean(axis=0)
        to_picture = _plane_to_picture(origin_mm, pose, lens)
        wanted = [points.outer, points.inner, *points.upper, *points.lower, *points.iris]
        on_plane = cv2.perspectiveTransform(
            seen_px[wanted].reshape(1, -1, 2), np.linalg.inv(to_picture)
        )[0]
        outer, inner = on_plane[0], on_plane[1]
        upper, lower = on_plane[2:5].mean(axis=0), on_plane[5:8].mean(axis=0)
        iris = on_plane[8:].mean(axis=0)
        centre = origin_mm + np.array([0.0, 0.0, EYE_DEPTH_MM])
        return EyeView(
            centre_mm=pose.to_camera(centre[np.newaxis])[0],
            offsets_mm=np.array([*iris, *outer, *inner, upper[1], lower[1]]),
            openness=float((lower[1] - upper[1]) / np.linalg.norm(outer - inner)),
            patch=None if grey is None else _patch(grey, to_picture),
        )


def _grey(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _plane_to_picture(origin_mm: Floats, pose: HeadPose, lens: Lens) -> Floats:
    """The homography (3, 3) from the eye's plane, mm from `origin_mm`, to picture pixels."""
    columns = np.column_stack(
        [pose.rotation[:, 0], pose.rotation[:, 1], pose.rotation @ origin_mm + pose.position_mm]
    )
    return lens.matrix @ columns


def _patch(grey: Image, to_picture: Floats) -> NDArray[np.float32]:
    """The light over the eye's plane, averaged into PATCH_SHAPE cells and normalised."""
    rows, columns = PATCH_SHAPE[0] * 2, PATCH_SHAPE[1] * 2
    width_mm, height_mm = PATCH_MM
    from_cells = np.array(
        [
            [width_mm / columns, 0.0, -width_mm / 2 + width_mm / columns / 2],
            [0.0, height_mm / rows, -height_mm / 2 + height_mm / rows / 2],
            [0.0, 0.0, 1.0],
        ]
    )
    fine = cv2.warpPerspective(
        grey,
        to_picture @ from_cells,
        (columns, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    cells = fine.astype(np.float32).reshape(PATCH_SHAPE[0], 2, PATCH_SHAPE[1], 2).mean(axis=(1, 3))
    cells -= cells.mean()
    return cells / max(float(cells.std()), 1.0)
