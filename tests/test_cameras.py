"""Pictures are asked for while somebody takes a seat; a helper's key takes the next camera."""

from pathlib import Path

import pytest

from gazetalk.cameras import Cameras, cameras_of, next_camera, seats, use_own_camera
from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.settings import Settings, SettingsError
from gazetalk.lastplace import load_place
from gazetalk.seat import CAMERAS, WELL_S, Seat
from gazetalk.tracking.picture import FacePlace, Thumbnail
from gazetalk.tracking.process import TrackerProcess
from gazetalk.tracking.sources import SourceSpec, parse_source
from gazetalk.tracking.tracker import Tracked
from gazetalk.tracking.types import GazeSample
from tests.tracking.conftest import eyes_looking_at

FACE = FacePlace(0.5, 0.5, 0.2, 0.3)


class Asked(TrackerProcess):
    """A feed whose child is never started; what it is asked for."""

    def __init__(self, source: str) -> None:
        super().__init__(lambda info: None, parse_source(source))  # type: ignore[arg-type, return-value]
        self.pictures: list[bool] = []

    def show_pictures(self, wanted: bool) -> None:
        self.pictures.append(wanted)


def seen(t_s: float, face: FacePlace | None = FACE) -> Tracked:
    picture = Thumbnail(1, 1, b"0", face)
    return Tracked(0, t_s, GazeSample(t_s), eyes_looking_at(9, 9, t_s), (), picture)


@pytest.mark.parametrize(
    ("source", "after"),
    [("camera", "camera:1"), ("camera:1", "camera:2"), ("camera:/dev/video2", "camera:0")],
)
def test_the_next_camera_has_the_next_number(source: str, after: str) -> None:
    assert str(next_camera(parse_source(source))) == after


def test_pictures_are_wanted_only_at_the_seat_and_what_a_helper_stays_with_is_told() -> None:
    feed, chosen, seat = Asked("camera"), list[SourceSpec](), Seat(0.0)
    cameras = Cameras(feed, chosen.append)
    cameras.attend(None)
    cameras.attend(seat)
    assert feed.pictures == [False, True] and seat.camera == "camera" and CAMERAS in seat.words
    seat.other_camera()
    cameras.attend(seat)
    cameras.attend(seat)
    assert str(feed.source) == "camera:1" and chosen == []
    cameras.attend(None)
    cameras.attend(None)
    assert chosen == [SourceSpec("camera", "1")] and feed.pictures[-1] is False


def test_where_they_sit_well_is_kept_and_they_are_brought_there_again(tmp_path: Path) -> None:
    profile = find_profile(tmp_path)
    profile.create()
    first = seats(profile)(0.0)
    first.camera = "camera"
    first.take(seen(0.0))
    assert load_place(profile.folder) is None and first.before is None
    first.take(seen(WELL_S))
    assert load_place(profile.folder) is not None
    again = seats(profile)(0.0)
    again.camera = "camera"
    again.take(seen(0.0, FacePlace(0.5, 0.5, 0.15, 0.22)))
    assert again.before == FACE and "a little closer" in again.words
    again.camera = "camera:1"
    assert again.before is None and "closer" not in again.words


def test_the_camera_that_was_chosen_is_used_unless_another_is_named() -> None:
    for source, chosen, used in [
        ("camera", "", "camera"),
        ("camera", "1", "camera:1"),
        ("camera:2", "1", "camera:2"),
    ]:
        feed = Asked(source)
        use_own_camera(feed, Settings(camera=chosen))
        assert str(feed.source) == used


def test_a_camera_that_cannot_be_kept_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise SettingsError("settings.json: cannot be written (disk full)")

    monkeypatch.setattr("gazetalk.cameras.change_settings", full)
    told: list[str] = []
    cameras = cameras_of(Asked("camera"), find_profile(tmp_path), told.append)
    assert cameras is not None
    seat = Seat(0.0)
    seat.other_camera()
    cameras.attend(seat)
    cameras.attend(None)
    assert told == ["the camera is not kept: settings.json: cannot be written (disk full)"]
