"""Where frames come from: a camera, a video file, a recorded session; one protocol for all."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

import cv2

from gazetalk.tracking.camera import CameraSource, Notify, ignore
from gazetalk.tracking.fields import SessionError
from gazetalk.tracking.messages import SourceInfo
from gazetalk.tracking.session import read_session
from gazetalk.tracking.types import Camera, Frame
from gazetalk.tracking.video import nominal_fps, open_video, read_pictures, retrieve

FORMS = "camera, camera:N, camera:PATH, video:FILE, session:DIR or mouse"
FRAME_FORMS = "camera, camera:N, camera:PATH, video:FILE or session:DIR"


class SourceError(ValueError):
    """A source that cannot be understood or read: one line, what and where, what to do."""


class Source(Protocol):
    """Frames in order of time; a context manager that closes it.

    `frames()` blocks until each frame is there and is to be called once.
    """

    @property
    def info(self) -> SourceInfo: ...

    def frames(self) -> Iterator[Frame]: ...

    def close(self) -> None: ...

    def __enter__(self) -> Source: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@dataclass(frozen=True)
class SourceSpec:
    """A source by name. kind: camera, video, session or mouse; place: index, device or file."""

    kind: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}" if self.place else self.kind

    def open(
        self,
        start_after_s: float | None = None,
        first_index: int = 0,
        notify: Notify = ignore,
    ) -> Source:
        """The source itself; a recording goes on after the time `start_after_s`.

        first_index: the index of a camera's first frame (recordings have numbers of their own).
        notify: see `CameraSource`. Raises SourceError, SessionError or CameraError.
        """
        if self.kind == "camera":
            return CameraSource(self.place or "0", first_index, notify)
        if self.kind == "video":
            return VideoSource(Path(self.place), start_after_s)
        if self.kind == "session":
            return SessionSource(Path(self.place), start_after_s)
        raise SourceError(f"the source {str(self)!r} has no frames: use {FRAME_FORMS}")


def parse_source(text: str) -> SourceSpec:
    """A source from its name on the command line. Raises SourceError, listing the forms.

    "mouse" is no source of frames: whoever draws the window makes gaze from its pointer.
    """
    kind, _, place = text.partition(":")
    needs_place = kind in ("video", "session")
    wrong = kind not in ("camera", "video", "session", "mouse") or (needs_place and not place)
    if wrong or (":" in text and not place) or (kind == "mouse" and place):
        raise SourceError(f"{text!r} is no source: use {FORMS}")
    return SourceSpec(kind, place)


@dataclass
class VideoSource:
    """A video file, with its own times. Raises SourceError when no picture of it can be read."""

    path: Path
    start_after_s: float | None = None

    def __post_init__(self) -> None:
        if not self.path.is_file():
            raise SourceError(f"{self.path}: no such video file: check the path")
        first = open_video(self.path)
        image = retrieve(first) if first.isOpened() and first.grab() else None
        fps = nominal_fps(first)
        first.release()
        if image is None:
            raise SourceError(f"{self.path}: no picture can be read: is it a video file?")
        height, width = image.shape[:2]
        self.info = SourceInfo("video", Camera(width, height, fps), live=False)
        self._capture = open_video(self.path)

    def frames(self) -> Iterator[Frame]:
        after_s = -math.inf if self.start_after_s is None else self.start_after_s
        for number, t_s, image in read_pictures(self._capture, after_s):
            yield Frame(number, t_s, image, image.shape[1], image.shape[0])

    def close(self) -> None:
        self._capture.release()

    def __enter__(self) -> VideoSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class SessionSource:
    """A recorded session, at the times of its frames.csv: pictures, or faces where it has none.

    Raises SessionError, from `frames()` too when a picture turns out to be unreadable.
    """

    folder: Path
    start_after_s: float | None = None

    def __post_init__(self) -> None:
        self.session = session = read_session(self.folder)
        self.info = SourceInfo(
            "session",
            session.camera,
            live=False,
            screen=session.screen,
            viewing_distance_mm=session.viewing_distance_mm,
            targets=session.targets,
        )
        self._capture = None if session.video is None else open_video(session.video)

    def frames(self) -> Iterator[Frame]:
        after_s = -math.inf if self.start_after_s is None else self.start_after_s
        if self._capture is None:
            yield from self._faces(after_s)
        else:
            yield from self._pictures(self._capture, after_s)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()

    def __enter__(self) -> SessionSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _faces(self, after_s: float) -> Iterator[Frame]:
        session = self.session
        assert session.landmarks is not None  # read_session demands it where there is no video
        camera = session.camera
        for row, t_s in enumerate(session.times_s.tolist()):
            if t_s > after_s:
                face = session.landmarks.face(row)
                number = int(session.frame_numbers[row])
                yield Frame(number, t_s, None, camera.width_px, camera.height_px, face)

    def _pictures(self, capture: cv2.VideoCapture, after_s: float) -> Iterator[Frame]:
        """The picture of each row of frames.csv; pictures that no row names are passed over."""
        session = self.session
        assert session.video is not None
        grabbed = 0
        rows = zip(session.frame_numbers.tolist(), session.times_s.tolist(), strict=True)
        for number, t_s in rows:
            readable = True
            while readable and grabbed <= number:
                readable = capture.grab()
                grabbed += 1
            if readable and t_s <= after_s:
                continue
            image = retrieve(capture) if readable else None
            if image is None:
                raise SessionError(
                    f"{session.video}: picture {grabbed - 1} is damaged: record the session again"
                )
            yield Frame(number, t_s, image, image.shape[1], image.shape[0])


def pace(
    frames: Iterator[Frame],
    origin_s: float | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Frame]:
    """A recording's frames at the times they were taken, as a camera would give them.

    origin_s: what `clock` shows at the recording's time 0; by default the first frame is due at
    once. A frame whose successor is already due is left out: the newest one wins.
    """
    coming = next(frames, None)
    if coming is None:
        return
    origin_s = clock() - coming.t_s if origin_s is None else origin_s
    while coming is not None:
        frame, coming = coming, next(frames, None)
        if coming is not None and clock() >= origin_s + coming.t_s:
            continue
        while (wait_s := origin_s + frame.t_s - clock()) > 0:
            sleep(wait_s)
        yield frame
