"""What each eye shows, seen in the head's frame so that turning the head changes it little.

The skin around an eye, lids and all, is nearly a curved sheet that is fixed to the head. The head
pose maps its points to the picture; through it the lids and the iris are measured in millimetres,
and the picture is unrolled from the sheet as a small patch.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.mesh import Mesh
from gazetalk.tracking.pose import STABLE_POINTS, HeadPose, Lens, solve_pose
from gazetalk.tracking.types import Face, Floats, Frame, Image

# The patch's size on the head, mm: an eye is about 26 mm from corner to corner, and the lids and
# their folds say as much of the vertical gaze as the iris. Puppets, small movement: 12.0 mm error
# with 36x18, 11.3 with 40x24, 11.1 with 44x26, which brows that rise would reach into.
PATCH_MM = (40.0, 24.0)
PATCH_SHAPE = (26, 44)
# The sheet is fitted to the mesh this much beyond the patch, as a share of its size.
SHEET_REACH = 1.3
# The eye's centre of rotation lies about this far behind the middle of the lids' corners, mm.
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
    offsets_mm: (8,) in the head, from the middle of the lids' corners: iris, outer and inner
    corner (x, y each), upper and lower lid (y). openness: lid gap over eye width. patch: (26, 44)
    float32 light over the eye, mean 0 and deviation 1, or None where there is no picture.
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
        self._sheets = (Sheet(mesh, RIGHT), Sheet(mesh, LEFT))

    def read(self, frame: Frame, face: Face) -> Eyes | None:
        """The eyes of `face` in `frame`; None where the head's place was not measured (NaN). An
        eye that was not measured has NaN for its offsets and openness, and no patch."""
        stable = face.landmarks[list(STABLE_POINTS), :2]
        if not (np.isfinite(stable).all() and np.isfinite(face.transform).all()):
            return None
        lens = Lens.of(frame.width_px, frame.height_px, self._hfov_deg)
        pose = solve_pose(face, frame.width_px, frame.height_px, lens, self._mesh)
        if not (np.isfinite(pose.rotation).all() and pose.position_mm[2] > 0):
            return None
        grey = None if frame.image is None else _grey(frame.image)
        seen_px = face.landmarks[:, :2] * (frame.width_px, frame.height_px)
        right, left = (_view(sheet, seen_px, pose, lens, grey) for sheet in self._sheets)
        return Eyes(frame.t_s, pose, right, left)


class Sheet:
    """The canonical head's surface around one eye: depth as a quadratic of place.

    A plane through the lids' corners would lie 3 mm behind the lids' middle, which shifts the
    iris by half a millimetre, three degrees of gaze, when the head turns ten degrees.
    """

    def __init__(self, mesh: Mesh, points: EyePoints) -> None:
        self.points = points
        self.origin_mm: Floats = mesh.vertices_mm[[points.outer, points.inner]].mean(axis=0)
        away = mesh.vertices_mm - self.origin_mm
        near = (np.abs(away[:, :2]) < np.array(PATCH_MM) / 2 * SHEET_REACH).all(axis=1)
        terms = _quadratic(away[near, 0], away[near, 1])
        self._shape = np.linalg.lstsq(terms, away[near, 2], rcond=None)[0]
        across, down = (grid.ravel() for grid in np.meshgrid(*cell_middles()))
        depth = _quadratic(across, down) @ self._shape
        self.grid_mm: Floats = self.origin_mm + np.column_stack([across, down, depth])
        lids = [points.outer, points.inner, *points.upper, *points.lower]
        iris_depth = self.origin_mm[2] + self._shape[0]
        self.landmarks = (*lids, *points.iris)
        self.depth_mm: Floats = np.array(
            [*mesh.vertices_mm[lids, 2], *([iris_depth] * len(points.iris))]
        )


def cell_middles() -> tuple[Floats, Floats]:
    """The middles of the patch's columns and rows, mm from its own middle."""
    columns, rows = (
        ((np.arange(count, dtype=float) + 0.5) / count - 0.5) * size
        for count, size in zip(reversed(PATCH_SHAPE), PATCH_MM, strict=True)
    )
    return columns, rows


def _quadratic(x: Floats, y: Floats) -> Floats:
    return np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])


def _view(sheet: Sheet, seen_px: Floats, pose: HeadPose, lens: Lens, grey: Image | None) -> EyeView:
    on_head = _at_depth(seen_px[list(sheet.landmarks)], sheet.depth_mm, pose, lens)
    on_head -= sheet.origin_mm[:2]
    outer, inner = on_head[0], on_head[1]
    upper, lower = on_head[2:5].mean(axis=0), on_head[5:8].mean(axis=0)
    iris = on_head[8:].mean(axis=0)
    centre = sheet.origin_mm + np.array([0.0, 0.0, EYE_DEPTH_MM])
    return EyeView(
        centre_mm=pose.to_camera(centre[np.newaxis])[0],
        offsets_mm=np.array([*iris, *outer, *inner, upper[1], lower[1]]),
        openness=float((lower[1] - upper[1]) / np.linalg.norm(outer - inner)),
        patch=None if grey is None else _patch(grey, lens.project(pose.to_camera(sheet.grid_mm))),
    )


def _at_depth(seen_px: Floats, depth_mm: Floats, pose: HeadPose, lens: Lens) -> Floats:
    """Where the rays of picture points (N, 2) reach these depths (N,) of the head: (N, 2) mm."""
    centred = (seen_px - (lens.centre_x_px, lens.centre_y_px)) / lens.focal_px
    rays = np.column_stack([centred, np.ones(len(centred))]) @ pose.rotation
    origin = -pose.rotation.T @ pose.position_mm
    return (origin + rays * ((depth_mm - origin[2]) / rays[:, 2])[:, np.newaxis])[:, :2]


def _patch(grey: Image, places_px: Floats) -> NDArray[np.float32]:
    """The light at these places of the picture, as PATCH_SHAPE cells, normalised."""
    x, y = places_px.astype(np.float32).reshape(*PATCH_SHAPE, 2).transpose(2, 0, 1)
    seen = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cells = seen.astype(np.float32)
    cells -= cells.mean()
    return cells / max(float(cells.std()), 1.0)


def _grey(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
