"""With several people in the picture the gaze stays the user's."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.paths import shipped
from gazetalk.tracking.face import (
    FORGET_S,
    HOLD_S,
    FaceLandmarker,
    Follower,
    choose_face,
    find_model,
)
from gazetalk.tracking.sources import SessionSource
from gazetalk.tracking.types import Face, Image

FRAME_S = 1 / 30


def face_at(x: float, y: float = 0.5, size: float = 0.15) -> Face:
    """A face whose middle and width are these shares of the picture."""
    rng = np.random.default_rng(0)
    outline = rng.uniform(-0.5, 0.5, (478, 3))
    outline[:2] = (-0.5, -0.5, 0), (0.5, 0.5, 0)
    return Face(outline * size + (x, y, 0), np.eye(4), np.zeros(52))


USER, CARER = face_at(0.5), face_at(0.75, size=0.25)


def follow(
    moments: list[list[Face]], start_s: float = 0.0, follower: Follower | None = None
) -> list:
    follower = follower or Follower()
    return [follower.follow(start_s + n * FRAME_S, faces) for n, faces in enumerate(moments)]


def test_at_first_the_largest_face_is_the_user() -> None:
    assert choose_face([USER, CARER], None) is CARER
    assert choose_face([], None) is None


def test_afterwards_the_one_nearest_to_where_the_user_was() -> None:
    moved = face_at(0.53, 0.49)
    assert choose_face([CARER, moved], USER) is moved
    assert choose_face([CARER], USER) is None


def test_a_larger_face_in_the_same_place_is_somebody_else() -> None:
    assert choose_face([face_at(0.5, size=0.25)], USER) is None


def test_a_face_that_was_not_measured_is_none() -> None:
    lost = Face(np.full((478, 3), np.nan), np.eye(4), np.zeros(52))
    assert choose_face([lost], None) is None
    assert choose_face([lost, USER], USER) is USER


def test_a_carer_leaning_in_takes_nothing_over() -> None:
    follower = Follower()
    assert follow([[USER]] * 60, 0.0, follower)[-1] is USER
    both = follow([[CARER, USER]] * 60, 2.0, follower)
    assert all(face is USER for face in both)
    # The user is hidden behind the carer for two seconds.
    assert not any(follow([[CARER]] * 60, 4.0, follower))
    assert follow([[CARER, USER]], 6.0, follower) == [USER]


def test_after_some_seconds_whoever_is_there_is_the_user() -> None:
    follower = Follower()
    follow([[USER]] * 150, 0.0, follower)
    found = follow([[CARER]] * 150, 5.0, follower)
    first = next(n for n, face in enumerate(found) if face is CARER)
    assert first * FRAME_S == pytest.approx(FORGET_S, abs=2 * FRAME_S)
    assert all(face is CARER for face in found[first:])


def test_what_was_taken_for_a_face_for_a_moment_keeps_nobody_out() -> None:
    follower = Follower()
    follow([[face_at(0.1)]] * 2, 0.0, follower)
    found = follow([[], [USER], [USER], [USER]], 1.0, follower)
    assert found[1] is USER


@given(
    st.lists(st.lists(st.sampled_from([USER, CARER, face_at(0.2)]), max_size=3), max_size=40),
    st.floats(0.01, 0.5),
)
def test_it_never_jumps_to_another_face_at_once(moments: list, step_s: float) -> None:
    follower = Follower()
    last: tuple[float, Face] | None = None
    for number, faces in enumerate(moments):
        t_s = number * step_s
        face = follower.follow(t_s, faces)
        assert face is None or any(face is each for each in faces)
        if face is None:
            continue
        if last is not None and face is not last[1]:
            assert t_s - last[0] > HOLD_S
        last = (t_s, face)


@pytest.fixture(scope="module")
def landmarker() -> Iterator[FaceLandmarker]:
    landmarker = FaceLandmarker(find_model())
    yield landmarker
    landmarker.close()


@pytest.fixture(scope="module")
def person() -> Image:
    """The demo's person with little of the room."""
    with SessionSource(shipped("calibration") / "demo") as source:
        image = next(source.frames()).image
    assert image is not None
    return image[60:420, 160:480]


def together(left: Image | None, right: Image | None) -> Image:
    """A picture 640 wide with one person on each side, or an empty place."""
    picture = np.full((480, 640, 3), 90, np.uint8)
    for number, image in enumerate((left, right)):
        if image is not None:
            picture[-image.shape[0] :, number * 320 :][:, : image.shape[1]] = image[:, :320]
    return picture


def middle(face: Face | None) -> float | None:
    return None if face is None else float(face.landmarks[:468, 0].mean())


def test_two_people_in_a_picture_are_both_found_and_the_user_followed(
    landmarker: FaceLandmarker, person: Image
) -> None:
    carer = cv2.resize(np.ascontiguousarray(person[:, ::-1]), (400, 450))[:, 40:360]
    moments = [
        *[landmarker.find_all(together(person, None))] * 10,
        *[landmarker.find_all(together(person, carer))] * 10,
        *[landmarker.find_all(together(None, carer))] * 10,
        *[landmarker.find_all(together(person, carer))] * 10,
    ]
    assert [len(moments[at]) for at in (0, 10, 20)] == [1, 2, 1]
    found = [middle(face) for face in follow([list(faces) for faces in moments])]
    assert all(x is not None and x < 0.5 for x in [*found[:20], *found[30:]])
    assert not any(found[20:30])


def test_a_single_face_is_found_as_exactly_as_when_only_one_is_looked_for(
    landmarker: FaceLandmarker, person: Image
) -> None:
    one, again = (landmarker.find(together(person, None)) for _ in range(2))
    assert one is not None
    assert again is not None
    assert np.array_equal(one.landmarks, again.landmarks)
