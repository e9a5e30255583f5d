"""Eyes are measured in the head: turning or moving the head alone changes nothing."""

import numpy as np
import pytest

from gazetalk.tracking.eyes import LEFT, PATCH_SHAPE, RIGHT, EyeReader, Eyes, Sheet
from gazetalk.tracking.face import find_model
from gazetalk.tracking.mesh import Mesh, canonical_mesh
from gazetalk.tracking.pose import HeadPose, Lens
from gazetalk.tracking.types import Face, Frame
from tests.tracking.conftest import pose_of

SIZE = (640, 480)
LENS = Lens.of(*SIZE, 63.0)
FLIP = np.diag([1.0, -1.0, -1.0])


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    return canonical_mesh(find_model())


def face_at(mesh: Mesh, pose: HeadPose) -> Face:
    """The canonical head as a perfect landmarker sees it, with irises on its eyes' sheets."""
    points = [mesh.vertices_mm]
    for eye in (RIGHT, LEFT):
        sheet = Sheet(mesh, eye)
        middle = sheet.origin_mm + np.array([1.0, 0.5, 0.0])
        middle[2] = sheet.depth_mm[-1]
        around = np.array([(0, 0), (5, 0), (0, -5), (-5, 0), (0, 5)])
        points.append(middle + np.column_stack([around, np.zeros(5)]))
    seen = LENS.project(pose.to_camera(np.vstack(points))) / SIZE
    transform = np.eye(4)
    transform[:3, :3] = FLIP @ pose.rotation @ FLIP
    transform[:3, 3] = FLIP @ pose.position_mm / 10
    return Face(np.column_stack([seen, np.zeros(len(seen))]), transform, np.zeros(52))


def read(mesh: Mesh, pose: HeadPose, face: Face | None = None) -> Eyes | None:
    frame = Frame(0, 0.0, np.full((*SIZE[::-1], 3), 90, np.uint8), *SIZE)
    return EyeReader(mesh, 63.0).read(frame, face or face_at(mesh, pose))


@pytest.mark.parametrize(
    ("turn_deg", "place_mm"),
    [((0, 15, 0), (0, 60, 600)), ((-8, 0, 5), (40, 20, 600)), ((3, -20, 0), (0, 60, 450))],
)
def test_a_turned_or_moved_head_shows_the_same_eyes(
    mesh: Mesh, turn_deg: tuple, place_mm: tuple
) -> None:
    home = read(mesh, pose_of((0, 0, 0), (0, 60, 600)))
    away = read(mesh, pose_of(turn_deg, place_mm))
    assert home is not None
    assert away is not None
    for before, after in ((home.right, away.right), (home.left, away.left)):
        # 0.05 mm are a quarter of a degree of gaze.
        assert after.offsets_mm == pytest.approx(before.offsets_mm, abs=0.05)
        assert after.openness == pytest.approx(before.openness, abs=0.005)
        assert before.offsets_mm[:2] == pytest.approx([1.0, 0.5], abs=0.05)


def test_an_eye_that_was_not_measured_leaves_the_other(mesh: Mesh) -> None:
    pose = pose_of((0, 0, 0), (0, 60, 600))
    face = face_at(mesh, pose)
    face.landmarks[list(LEFT.iris)] = np.nan
    eyes = read(mesh, pose, face)
    assert eyes is not None
    assert np.isnan(eyes.left.offsets_mm).any()
    assert np.isfinite(eyes.right.offsets_mm).all()
    assert eyes.right.patch is not None
    assert eyes.right.patch.shape == PATCH_SHAPE


def test_a_head_that_was_not_measured_has_no_eyes(mesh: Mesh) -> None:
    pose = pose_of((0, 0, 0), (0, 60, 600))
    face = face_at(mesh, pose)
    face.landmarks[:] = np.nan
    assert read(mesh, pose, face) is None
