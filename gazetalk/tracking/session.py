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
import zipfile
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import Screen
from gazetalk.tracking.fields import REPAIR, Fields, SessionError, read_rows, read_text
from gazetalk.tracking.types import PHASES, Camera, Face, Floats, Frame, Image, Target

FORMAT = "gazetalk-session"
VERSION = 1
_TARGET_COLUMNS = ("start_s", "end_s", "x_px", "y_px", "phase")
VIDEO_NAMES = ("video.mkv", "video.mp4", "video.avi")

# One row of landmarks.npz: each array's shape for one face (MediaPipe's Face Landmarker).
FACE_SHAPES = {"landmarks": (478, 3), "transform": (4, 4), "blendshapes": (52,)}
_FACE_NUMBERS = sum(math.prod(shape) for shape in FACE_SHAPES.values())


class RecordingError(RuntimeError):
    """Recording began and failed: one line, why."""


@dataclass(frozen=True)
class Landmarks:
    """The faces of a session, read from `landmarks.npz` when first asked for."""

    path: Path
    count: int

    def face(self, row: int) -> Face | None:
        """The face of one row of frames.csv, or None where none was found.

        Raises SessionError when the file turns out to be damaged.
        """
        arrays = {name: array[row].astype(float) for name, array in self._arrays.items()}
        return None if np.isnan(arrays["landmarks"]).all() else Face(**arrays)

    @cached_property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        try:
            with np.load(self.path, allow_pickle=False) as file:
                return {name: file[name] for name in FACE_SHAPES}
        except _NPZ_ERRORS as error:
            raise _damaged(self.path) from error


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

    Pictures and landmarks are read later, when they are asked for; what can be told of them
    without decoding is checked here.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SessionError(f"{folder}: no such session folder: check the path")
    about = _read_about(folder / "session.json")
    numbers, times_s = _read_frames(folder / "frames.csv")
    targets = _read_targets(folder / "targets.csv")
    video = next((folder / name for name in VIDEO_NAMES if (folder / name).is_file()), None)
    npz = folder / "landmarks.npz"
    landmarks = _check_landmarks(npz, times_s) if npz.is_file() else None
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


# ---- pictures and landmarks

_NPZ_ERRORS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def _check_video(path: Path, wanted: int) -> None:
    """Refuse a video that does not open or whose header announces too few pictures.

    A header can promise more than the file holds (a cut-off recording): only decoding tells, so
    `SessionSource` checks again while it reads.
    """
    capture = cv2.VideoCapture(str(path))
    announced = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
    readable = capture.isOpened() and capture.grab()
    capture.release()
    if not readable:
        raise SessionError(f"{path}: not a readable video: record the session again")
    if 0 < announced < wanted:
        raise fewer_pictures(path, announced, wanted)


def fewer_pictures(path: Path, found: int, wanted: int) -> SessionError:
    """The error of a video that ends before frames.csv does."""
    return SessionError(
        f"{path}: holds {found} pictures, frames.csv names {wanted}: record the session again"
    )


def _check_landmarks(path: Path, times_s: Floats) -> Landmarks:
    """Check names, shapes and times without reading the large arrays."""
    count = len(times_s)
    try:
        with zipfile.ZipFile(path) as file:
            for name, shape in FACE_SHAPES.items():
                found, dtype = _array_header(file, name)
                if found != (count, *shape) or not np.issubdtype(dtype, np.floating):
                    raise SessionError(
                        f"{path}: array {name} is {dtype} {found}, must be floating point"
                        f" {(count, *shape)} as frames.csv has {count} rows: {REPAIR}"
                    )
            shape_t, dtype_t = _array_header(file, "t_s")
        if shape_t != (count,) or not np.issubdtype(dtype_t, np.floating):
            raise SessionError(f"{path}: array t_s must hold {count} numbers: {REPAIR}")
        with np.load(path, allow_pickle=False) as arrays:
            agrees = np.allclose(arrays["t_s"], times_s, rtol=0, atol=1e-3)
    except SessionError:
        raise
    except _NPZ_ERRORS as error:
        raise _damaged(path) from error
    if not agrees:
        raise SessionError(f"{path}: array t_s differs from frames.csv: {REPAIR}")
    return Landmarks(path, count)


def _array_header(file: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    with file.open(f"{name}.npy") as array:
        version = np.lib.format.read_magic(array)
        read = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(array)
    return shape, dtype


def _damaged(path: Path) -> SessionError:
    names = ", ".join(("t_s", *FACE_SHAPES))
    return SessionError(f"{path}: damaged, or not plain arrays {names}: record the session again")


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
    _faces: int = field(default=0, init=False)
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
        self._rows: IO[bytes] = (self._part / "faces.part").open("wb")
        return self

    def add(self, frame: Frame, face: Face | None = None) -> None:
        """Record one frame; `face` is the face found in it (default: the frame's own)."""
        if not (math.isfinite(frame.t_s) and frame.t_s > self._last_t_s):
            raise SessionError(f"frame {self.count}: t_s {frame.t_s} must rise: check the source")
        if not self.landmarks_only:
            self._write_picture(frame.image)
        self._write_face(face if face is not None else frame.face)
        self._frames.write(f"{self.count},{float(frame.t_s)!r}\n")
        self._last_t_s = frame.t_s
        self.count += 1

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
            raise RecordingError(
                f"{self.folder}: cannot be written ({failure.strerror}): free some space"
            ) from failure
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

    def _write_face(self, face: Face | None) -> None:
        row = np.full(_FACE_NUMBERS, np.nan, np.float32)
        if face is not None:
            row = np.concatenate([np.ravel(getattr(face, name)) for name in FACE_SHAPES])
            self._faces += 1
        self._rows.write(row.astype(np.float32).tobytes())

    def _close(self) -> None:
        self._frames.close()
        self._rows.close()
        if self._video is not None:
            self._video.release()

    def _finish(self) -> None:
        if self.count == 0:
            raise RecordingError(f"{self.folder}: no frame came, so nothing was recorded")
        if self._faces or self._video is None:
            self._write_landmarks()
        (self._part / "faces.part").unlink()
        self._write_about()
        with suppress(FileNotFoundError):
            self.folder.rmdir()  # an empty folder may stand there; Windows renames over none
        self._part.rename(self.folder)

    def _write_landmarks(self) -> None:
        shape = (self.count, _FACE_NUMBERS)
        rows = np.fromfile(self._part / "faces.part", np.float32).reshape(shape)
        times_s = np.loadtxt(self._part / "frames.csv", delimiter=",", skiprows=1, ndmin=2)[:, 1]
        arrays: dict[str, NDArray[Any]] = {"t_s": times_s}
        start = 0
        for name, face_shape in FACE_SHAPES.items():
            end = start + math.prod(face_shape)
            arrays[name] = rows[:, start:end].reshape(self.count, *face_shape)
            start = end
        np.savez_compressed(self._part / "landmarks.npz", allow_pickle=False, **arrays)

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
