"""A camera as a source of frames that is watched: one that freezes or goes away is opened again.

OpenCV alone cannot be trusted with this: an unplugged camera may repeat its last frame for ever,
and a stalled one keeps `read()` waiting for seconds (opencv/opencv #5221, #14044). So each opened
camera is read in a thread of its own, which is left to itself when it hangs.
"""

from __future__ import annotations

import math
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gazetalk.tracking.messages import Fault, Recovered, SourceInfo
from gazetalk.tracking.types import Camera, Frame, Image
from gazetalk.tracking.video import USUAL_FPS, nominal_fps, open_video, quiet_opencv, retrieve

# Told while no frame comes: what is wrong or that it is over, or None for "still waiting".
Notify = Callable[[Fault | Recovered | None], None]

WANTED_PX = (1280, 720)  # the eyes are small in a picture; MediaPipe needs no longer for it
NOTIFY_EVERY_S = 0.25
CLOSING_S = 1.0  # a camera in use gives its device back sooner; one that hangs never does


class CameraError(RuntimeError):
    """A camera that cannot be opened: one line, which one and what to do."""


@dataclass(frozen=True)
class Limits:
    """How long to wait, seconds.

    frozen_s: without a new picture until the camera counts as lost.
    stuck_s: for a read that does not return until it is left to itself and the camera reopened;
    before that the driver may still come back (Linux' own limit is 10 s).
    opening_s: for a camera to open and give its first picture (Windows can take 12 s).
    retry_s, retry_most_s: between two attempts to reopen, the first and the longest pause.
    """

    frozen_s: float = 1.0
    stuck_s: float = 12.0
    opening_s: float = 16.0
    retry_s: float = 1.0
    retry_most_s: float = 8.0


def ignore(_: Fault | Recovered | None) -> None:
    """For those who need not know what a camera is doing."""


class CameraSource:
    """A camera by its number ("0") or its path (/dev/video2, or a FIFO carrying a video stream).

    Frames carry `time.monotonic()` and are always the newest: whoever is slow misses some. A
    picture equal to the one before is no new frame.
    notify: called from within `frames()` a few times a second while no frame comes.
    Raises CameraError when the camera does not open; one lost later is waited for.
    """

    def __init__(
        self,
        device: str,
        first_index: int = 0,
        notify: Notify = ignore,
        limits: Limits | None = None,
    ) -> None:
        if not device.isdigit() and not Path(device).exists():
            raise CameraError(f"camera {device}: no such device: plug it in or check its name")
        self._device = device
        self._index = first_index
        self._notify = notify
        self._limits = limits or Limits()
        self._closed = threading.Event()
        self._lost = False
        self._retry_s = self._limits.retry_s
        self._retry_at_s = 0.0
        self._reader = _Reader(device)
        self._shot = self._first_shot()
        height, width = self._shot.image.shape[:2]
        self.info = SourceInfo("camera", Camera(width, height, self._reader.fps), live=True)

    def frames(self) -> Iterator[Frame]:
        """New frames until the source is closed."""
        while not self._closed.is_set():
            shot = self._reader.newer_than(self._shot.t_s, NOTIFY_EVERY_S)
            if shot is not None:
                self._note_recovery(shot)
                self._shot = shot
                height, width = shot.image.shape[:2]
                yield Frame(self._index, shot.t_s, shot.image, width, height)
                self._index += 1
            elif trouble := self._reader.trouble(self._limits):
                self._face_trouble(trouble)
            else:
                self._notify(None)

    def close(self) -> None:
        self._closed.set()
        self._reader.leave()
        self._reader.join(CLOSING_S)

    def __enter__(self) -> CameraSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _first_shot(self) -> _Shot:
        shot = self._reader.newer_than(-math.inf, self._limits.opening_s)
        if shot is not None:
            return shot
        self._reader.leave()
        raise CameraError(
            f"camera {self._device} gives no picture: check that it is plugged in and uncovered,"
            " that no other program uses it and that this one may; `gazetalk doctor` tells more"
        )

    def _note_recovery(self, shot: _Shot) -> None:
        if self._lost:
            self._lost = False
            self._retry_s = self._limits.retry_s
            self._notify(Recovered(shot.t_s, "the camera works again"))

    def _face_trouble(self, trouble: _Trouble) -> None:
        if not self._lost:
            self._lost = True
            self._notify(
                Fault(self._shot.t_s, "the camera stopped", trouble.why, "opening it again")
            )
        now_s = time.monotonic()
        if trouble.hopeless and now_s >= self._retry_at_s:
            self._retry_at_s = now_s + self._retry_s
            self._retry_s = min(2 * self._retry_s, self._limits.retry_most_s)
            self._reader.leave()
            self._reader = _Reader(self._device, self._shot)
        else:
            self._notify(None)
            self._closed.wait(NOTIFY_EVERY_S)


@dataclass(frozen=True, eq=False)
class _Shot:
    """One picture and the moment it came."""

    t_s: float
    image: Image


@dataclass(frozen=True)
class _Trouble:
    """Why no new picture comes. hopeless: only opening the camera anew can help."""

    why: str
    hopeless: bool


class _Reader:
    """One opening of a camera, read in a thread of its own that always holds the newest picture.

    after: the last picture of an opening before this one; the same again is nothing new.
    """

    def __init__(self, device: str, after: _Shot | None = None) -> None:
        self.fps = USUAL_FPS
        self._device = device
        self._shot = after
        self._news = threading.Condition()
        self._left = False
        self._over = False
        self._first_read = True
        self._read_s = time.monotonic()  # when the camera last answered
        self._new_s = self._read_s  # when it last showed something new
        self._thread = threading.Thread(target=self._run, name=f"camera {device}", daemon=True)
        self._thread.start()

    def newer_than(self, t_s: float, timeout_s: float) -> _Shot | None:
        """The newest picture if it came after `t_s`; waits for one, but not on a dead camera."""
        with self._news:
            self._news.wait_for(lambda: self._over or self._is_newer(t_s), timeout_s)
            return self._shot if self._is_newer(t_s) else None

    def trouble(self, limits: Limits) -> _Trouble | None:
        with self._news:
            now_s = time.monotonic()
            silent_s = now_s - self._read_s
            if self._over:
                return _Trouble("it gives no more pictures", hopeless=True)
            if self._first_read:
                return _Trouble("it does not open", True) if silent_s > limits.opening_s else None
            if now_s - self._new_s <= limits.frozen_s:
                return None
            if silent_s <= limits.frozen_s:
                return _Trouble("it repeats one picture; is it covered?", hopeless=True)
            return _Trouble("no picture comes", hopeless=silent_s > limits.stuck_s)

    def leave(self) -> None:
        """Let the thread release the camera as soon as it can; it may hang in the driver."""
        self._left = True

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _is_newer(self, t_s: float) -> bool:
        return self._shot is not None and self._shot.t_s > t_s

    def _run(self) -> None:
        # A device that is gone, or a driver that OpenCV stumbles over, is a camera that is over.
        with suppress(OSError, cv2.error):
            capture = _open_device(self._device)
            self.fps = nominal_fps(capture)
            while not self._left and capture.grab():
                image = retrieve(capture)
                if image is not None and not self._left:
                    self._take(image)
            capture.release()
        with self._news:
            self._over = True
            self._news.notify_all()

    def _take(self, image: Image) -> None:
        now_s = time.monotonic()
        same = self._shot is not None and np.array_equal(image, self._shot.image)
        with self._news:
            self._read_s = now_s
            if self._first_read:
                self._first_read, self._new_s = False, now_s
            if not same:
                self._shot, self._new_s = _Shot(now_s, image), now_s
                self._news.notify_all()


def _open_device(device: str) -> cv2.VideoCapture:
    """A capture on a camera's number or path; ask it `isOpened()` or read it and see."""
    quiet_opencv()
    if not device.isdigit() and not stat.S_ISCHR(Path(device).stat().st_mode):
        return open_video(device)
    # Media Foundation's hardware transforms delay its opening by up to 12 s.
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    backends = {
        "win32": (cv2.CAP_MSMF, cv2.CAP_DSHOW),
        "darwin": (cv2.CAP_AVFOUNDATION,),
        "linux": (cv2.CAP_V4L2,),
    }.get(sys.platform, (cv2.CAP_ANY,))
    for backend in backends:
        capture = cv2.VideoCapture(int(device) if device.isdigit() else device, backend)
        if capture.isOpened():
            break
    _ask_for_detail(capture)
    return capture


def _ask_for_detail(capture: cv2.VideoCapture) -> None:
    """Ask for many pixels at full speed; cameras that cannot ignore it."""
    # Uncompressed, USB 2 carries this size at no more than 10 frames a second.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, WANTED_PX[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, WANTED_PX[1])
    capture.set(cv2.CAP_PROP_FPS, USUAL_FPS)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
