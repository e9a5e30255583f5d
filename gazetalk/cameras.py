"""While somebody takes a seat: the camera's picture is shown, and a helper may take another one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from gazetalk.clinic.profile import Profile
from gazetalk.clinic.settings import Settings, SettingsError, change_settings
from gazetalk.lastplace import LastPlace, load_place, save_place
from gazetalk.seat import Seat
from gazetalk.tracking.process import Feed, TrackerProcess
from gazetalk.tracking.sources import SourceSpec

FIRST = SourceSpec("camera", "0")


class Cameras:
    """Asks a feed for pictures, or for another camera. chosen: told of the camera that a helper
    has stayed with, when they go on."""

    def __init__(self, feed: TrackerProcess, chosen: Callable[[SourceSpec], None]) -> None:
        self._feed = feed
        self._chosen = chosen
        self._asked = False

    def attend(self, stage: object) -> None:
        """Call often. stage: what goes on in the run."""
        if isinstance(stage, Seat):
            stage.camera = str(self._feed.source)
            if stage.wants_other_camera():
                self._asked, now = True, self._feed.source
                otherwise = FIRST if now.place.isdecimal() else now
                self._feed.change_source(next_camera(now), otherwise)
        elif self._asked:  # one that only stands in for another was nobody's choice
            self._asked = False
            self._chosen(self._feed.source)
        self._feed.show_pictures(isinstance(stage, Seat))


def next_camera(source: SourceSpec) -> SourceSpec:
    """The one after it by its number; after one that has none, the first."""
    number = source.place or "0"
    return SourceSpec("camera", str(int(number) + 1)) if number.isdecimal() else FIRST


def cameras_of(feed: Feed, profile: Profile, tell: Callable[[str], None]) -> Cameras | None:
    """For a feed that has a camera. What a helper stays with is used from then on; tell: told when
    that holds for now only."""

    def keep(source: SourceSpec) -> None:
        try:
            change_settings(profile, {"camera": source.place})
        except SettingsError as error:
            tell(f"the camera is not kept: {error}")

    is_camera = isinstance(feed, TrackerProcess) and feed.source.kind == "camera"
    return Cameras(feed, keep) if is_camera and isinstance(feed, TrackerProcess) else None


def use_own_camera(feed: Feed, settings: Settings) -> None:
    """Take the camera of the settings where none was named; the first while it is not there."""
    unnamed = isinstance(feed, TrackerProcess) and feed.source == SourceSpec("camera")
    if settings.camera and unnamed and isinstance(feed, TrackerProcess):
        feed.change_source(SourceSpec("camera", settings.camera), FIRST)


def seats(profile: Profile) -> Callable[[float], Seat]:
    """Makes the seat that a person takes, beside where they sat last time."""

    def keep(place: LastPlace) -> None:
        with suppress(OSError):  # a help for the next time, no more
            save_place(profile.folder, place)

    def seat(t_s: float) -> Seat:
        return Seat(t_s, load_place(profile.folder), keep)

    return seat
