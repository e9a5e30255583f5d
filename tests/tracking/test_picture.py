"""A small mirrored picture of what the camera sees, only while it is wanted."""

import numpy as np

from gazetalk.tracking.picture import EVERY_S, FacePlace, Thumbnails, place_of
from gazetalk.tracking.types import Face, Frame


def frame(t_s: float, image: np.ndarray | None) -> Frame:
    return Frame(round(30 * t_s), t_s, image, 640, 480)


def face_at(x: float, y: float, half: float) -> Face:
    landmarks = np.full((478, 3), np.nan)
    landmarks[:468] = 0.0
    landmarks[:468, :2] = (x, y)
    landmarks[0, :2], landmarks[1, :2] = (x - half, y - half), (x + half, y + half)
    return Face(landmarks, np.eye(4), np.zeros(52))


def test_it_is_small_grey_and_mirrored() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, :320] = 200  # the picture's left, the person's right
    thumbnails = Thumbnails()
    thumbnails.wanted = True
    made = thumbnails.take(frame(0.0, image), None)
    assert made is not None and (made.width_px, made.height_px) == (160, 120)
    grey = np.frombuffer(made.grey, np.uint8).reshape(120, 160)
    assert grey[:, :79].max() == 0 and grey[:, 81:].min() == 200 and made.face is None


def test_a_wide_picture_keeps_its_shape() -> None:
    thumbnails = Thumbnails()
    thumbnails.wanted = True
    wide = Frame(0, 0.0, np.zeros((720, 1280, 3), np.uint8), 1280, 720)
    made = thumbnails.take(wide, None)
    assert made is not None and (made.width_px, made.height_px) == (160, 90)


def test_there_is_none_unless_it_is_wanted_and_at_most_ten_a_second() -> None:
    thumbnails, image = Thumbnails(), np.zeros((480, 640, 3), np.uint8)
    assert thumbnails.take(frame(0.0, image), None) is None
    thumbnails.wanted = True
    times = [number / 60 for number in range(121)]
    made = [t_s for t_s in times if thumbnails.take(frame(t_s, image), None)]
    assert 10 <= len(made) <= 2 / EVERY_S + 1
    assert thumbnails.take(frame(9.0, None), None) is None, "a recording without pictures"


def test_a_face_is_where_the_mirror_shows_it() -> None:
    place = place_of(face_at(0.3, 0.4, 0.1))
    assert place is not None
    found = (place.x, place.y, place.width, place.height)
    assert np.allclose(found, (0.7, 0.4, 0.2, 0.2))
    assert place_of(Face(np.full((478, 3), np.nan), np.eye(4), np.zeros(52))) is None
    assert isinstance(place, FacePlace)
