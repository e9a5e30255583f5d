"""Recorded sessions: a folder, version 1, with what the camera saw and where the eyes should look.

session.json   what was used: screen, camera, distance
video.*        the pictures (mkv, mp4 or avi), unmirrored
frames.csv     frame,t_s: which picture of the video was seen when
targets.csv    start_s,end_s,x_px,y_px,phase
landmarks.npz  the faces already found; stands in for the video where there is none

Unknown keys and columns are ignored, so that newer minor versions stay readable.
"""

from __future__ import annotations

import json
import math
import secrets
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import Screen
from gazetalk.tracking.fields import REPAIR, Fields, SessionError, read_rows, read_text
from gazetalk.tracking.landmarks import Landmarks, LandmarksWriter, check_landmarks
from gazetalk.tracking.types import PHASES, Camera, Face, Floats, Frame, Image, Target
from gazetalk.tracking.video import count_pictures, quiet_opencv

FORMAT = "gazetalk-session"
VERSION = 1
_TARGET_COLUMNS = ("start_s", "end_s", "x_px", "y_px", "phase")
VIDEO_NAMES = ("video.mkv", "video.mp4", "video.avi")


class RecordingError(RuntimeError):
    """Recording began and failed: one line, why."""


@dataclass(frozen=True, eq=False)
class Session:
    """A recorded session.

    frame_numbers: (N,) the row's picture in the video, counted from 0, strictly increasing.
    times_s: (N,) seconds on one monotonic clock, strictly increasing.
    targets: in order of their start. video, landmarks: at least one of them is there.
    """

    folder: Path
    screen: Screen
    camera: Camera
    viewing_distance_mm: float | None
    created: str | None
    notes: str
    frame_numbers: NDArray[np.int64]
    times_s: Floats
    targets: tuple[Target, ...]
    video: Path | None
    landmarks: Landmarks | None


def read_session(folder: Path) -> Session:
    """Read and check a session folder. Raises SessionError with one line naming the fault.

    Pictures and faces are read later, when they are asked for; what can be told of them without
    decoding (that they are there, their number, shapes and times) is checked here.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SessionError(f"{folder}: no such session folder: check the path")
    about = _read_about(folder / "session.json")
    numbers, times_s = _read_frames(folder / "frames.csv")
    targets = _read_targets(folder / "targets.csv")
    video = next((folder / name for name in VIDEO_NAMES if (folder / name).is_file()), None)
    npz = folder / "landmarks.npz"
    landmarks = check_landmarks(npz, times_s) if npz.is_file() else None
    if video is None and landmarks is None:
        raise SessionError(
            f"{folder}: neither a video ({', '.join(VIDEO_NAMES)}) nor landmarks.npz:"
            " record the session again"
        )
    if video is not None:
        _check_video(video, int(numbers[-1]) + 1)
    return Session(
        folder=folder,
        frame_numbers=numbers,
        times_s=times_s,
        targets=targets,
        video=video,
        landmarks=landmarks,
        **about,
    )


# ---- session.json


def _read_about(path: Path) -> dict[str, Any]:
    """Everything that session.json tells, as the fields of a Session."""
    try:
        record = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, SessionError):
            raise
        raise SessionError(f"{path}: not valid JSON ({error}): {REPAIR}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise SessionError(f'{path}: field "format" must be "{FORMAT}": is this a session folder?')
    root = Fields(path, "", record)
    if root.number("version", 1, 1e9) >= VERSION + 1:
        raise SessionError(
            f"{path}: version {record['version']} is newer than this program's {VERSION}:"
            " update gazetalk"
        )
    screen, camera = root.object("screen"), root.object("camera")
    return {
        "screen": Screen(
            screen.whole("width_px"),
            screen.whole("height_px"),
            screen.number("width_mm", 1.0, 1e5),
            screen.number("height_mm", 1.0, 1e5),
        ),
        "camera": Camera(
            camera.whole("width_px"),
            camera.whole("height_px"),
            camera.number("fps", 0.01, 1e4),
            camera.number_or_none("hfov_deg", 1.0, 179.0),
            camera.pair_or_none("offset_mm", 1e5),
        ),
        "viewing_distance_mm": root.number_or_none("viewing_distance_mm", 1.0, 1e5),
        "created": root.date_or_none("created"),
        "notes": root.text("notes"),
    }


# ---- frames.csv and targets.csv


def _read_frames(path: Path) -> tuple[NDArray[np.int64], Floats]:
    numbers: list[int] = []
    times_s: list[float] = []
    for row in read_rows(path, ("frame", "t_s")):
        number, t_s = row.count("frame"), row.number("t_s")
        if times_s and t_s <= times_s[-1]:
            raise row.wrong("t_s", f"later than the row before ({times_s[-1]})")
        if numbers and number <= numbers[-1]:
            raise row.wrong("frame", f"higher than the row before ({numbers[-1]})")
        numbers.append(number)
        times_s.append(t_s)
    if not numbers:
        raise SessionError(f"{path}: holds no frames: record the session again")
    return np.array(numbers, dtype=np.int64), np.array(times_s)


def _read_targets(path: Path) -> tuple[Target, ...]:
    targets = []
    for row in read_rows(path, _TARGET_COLUMNS):
        phase = row.cells["phase"].strip()
        if phase not in PHASES:
            raise row.wrong("phase", f"one of {', '.join(PHASES)}")
        start_s, end_s, x_px, y_px = (row.number(name) for name in _TARGET_COLUMNS[:4])
        target = Target(start_s, end_s, x_px, y_px, phase)
        if target.end_s <= target.start_s:
            raise row.wrong("end_s", "later than start_s")
        targets.append(target)
    return tuple(sorted(targets, key=lambda target: target.start_s))


# ---- the video


def _check_video(path: Path, wanted: int) -> None:
    """Refuse a video that is none or is shorter than frames.csv says.

    A picture that is there but cannot be decoded is only found by `SessionSource` as it reads.
    """
    found = count_pictures(path)
    if found == 0:
        raise SessionError(f"{path}: not a readable video: record the session again")
    if found < wanted:
        raise SessionError(
            f"{path}: holds {found} pictures, frames.csv names {wanted}: record the session again"
        )


# ---- writing


@dataclass
class SessionWriter:
    """Record a session; a context manager. Nothing appears under `folder` before a clean exit.

    codec: the video's FourCC. "MJPG" (default) stands alone frame by frame and keeps the most
    detail of the eyes; "mp4v" is about four times smaller; "FFV1" is exact and about twenty times
    larger.
    landmarks_only: keep the faces, never the pictures.

    Raises SessionError when `folder` exists and is not empty or a frame's time does not rise;
    RecordingError when writing fails or no frame was ever added.
    """

    folder: Path
    screen: Screen
    camera: Camera
    viewing_distance_mm: float | None
    notes: str = ""
    created: str | None = None
    landmarks_only: bool = False
    codec: str = "MJPG"
    count: int = field(default=0, init=False)
    _last_t_s: float = field(default=-math.inf, init=False)
    _targets: list[Target] = field(default_factory=list, init=False)
    _video: cv2.VideoWriter | None = field(default=None, init=False)
    _size: tuple[int, int] = field(default=(0, 0), init=False)

    def __enter__(self) -> SessionWriter:
        self.folder = Path(self.folder)
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise SessionError(f"{self.folder}: already there and not empty: name another folder")
        self._part = self.folder.with_name(f".{self.folder.name}.{secrets.token_hex(4)}.part")
        try:
            self._part.mkdir(parents=True)
        except OSError as error:
            raise SessionError(
                f"{self.folder}: cannot be made ({error.strerror}): name another folder"
            ) from error
        self._frames: IO[str] = (self._part / "frames.csv").open("w", encoding="utf-8", newline="")
        self._frames.write("frame,t_s\n")
        self._landmarks = LandmarksWriter(self._part / "landmarks.npz")
        return self

    def add(self, frame: Frame, face: Face | None = None) -> None:
        """Record one frame; `face` is the face found in it (default: the frame's own)."""
        if not (math.isfinite(frame.t_s) and frame.t_s > self._last_t_s):
            raise SessionError(f"frame {self.count}: t_s {frame.t_s} must rise: check the source")
        try:
            if not self.landmarks_only:
                self._write_picture(frame.image)
            self._landmarks.add(face if face is not None else frame.face)
            self._frames.write(f"{self.count},{float(frame.t_s)!r}\n")
        except OSError as error:
            raise self._cannot_write(error) from error
        self._last_t_s = frame.t_s
        self.count += 1

    @property
    def size_bytes(self) -> int:
        """What lies on the disk so far; the landmarks come last."""
        return sum(path.stat().st_size for path in self._part.iterdir())

    def add_target(self, target: Target) -> None:
        self._targets.append(target)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._close()
            if kind is None:
                self._finish()
        except OSError as failure:
            raise self._cannot_write(failure) from failure
        finally:
            shutil.rmtree(self._part, ignore_errors=True)

    def _write_picture(self, image: Image | None) -> None:
        """All frames have a picture, or none has: the video and frames.csv go together."""
        if (image is not None) != (self._video is not None) and self.count > 0:
            raise RecordingError(f"frame {self.count}: a picture here or before is missing")
        if image is None:
            return
        size = (image.shape[1], image.shape[0])
        if self._video is None:
            quiet_opencv()
            path = str(self._part / VIDEO_NAMES[0])
            fourcc = cv2.VideoWriter.fourcc(*self.codec)
            self._size = size
            self._video = cv2.VideoWriter(path, cv2.CAP_FFMPEG, fourcc, self.camera.fps, size)
            if not self._video.isOpened():
                raise RecordingError(f"OpenCV cannot write {self.codec} video: name another codec")
        if size != self._size:
            raise RecordingError(
                f"frame {self.count} is {size[0]}x{size[1]}, the frames before it were"
                f" {self._size[0]}x{self._size[1]}: the camera changed its size"
            )
        self._video.write(image)

    def _cannot_write(self, error: OSError) -> RecordingError:
        return RecordingError(
            f"{self.folder}: cannot be written ({error.strerror}): free some space on its disk"
        )

    def _close(self) -> None:
        self._frames.close()
        self._landmarks.close()
        if self._video is not None:
            self._video.release()

    def _finish(self) -> None:
        if self.count == 0:
            raise RecordingError(f"{self.folder}: no frame came, so nothing was recorded")
        if self._landmarks.faces or self._video is None:
            self._landmarks.finish(_read_frames(self._part / "frames.csv")[1])
        self._landmarks.discard_part()
        if self._video is not None and count_pictures(self._part / VIDEO_NAMES[0]) < self.count:
            # OpenCV says nothing when a picture could not be written.
            raise RecordingError(f"{self.folder}: the video is incomplete: is its disk full?")
        self._write_about()
        with suppress(FileNotFoundError):
            self.folder.rmdir()  # an empty folder may stand there; Windows renames over none
        self._part.rename(self.folder)

    def _write_about(self) -> None:
        lines = [",".join(_TARGET_COLUMNS)]
        for target in self._targets:
            numbers = (target.start_s, target.end_s, target.x_px, target.y_px)
            lines.append(",".join([*(repr(float(number)) for number in numbers), target.phase]))
        (self._part / "targets.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        about = {
            "format": FORMAT,
            "version": VERSION,
            "screen": asdict(self.screen),
            "camera": asdict(self.camera),
            "viewing_distance_mm": self.viewing_distance_mm,
            "created": self.created,
            "notes": self.notes,
        }
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        (self._part / "session.json").write_text(text, encoding="utf-8")
