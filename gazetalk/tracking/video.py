"""Video files through OpenCV's FFmpeg: opened quietly, read in order, with their own times."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import cv2

from gazetalk.tracking.types import Image

USUAL_FPS = 30.0
DAMAGED_IN_A_ROW = 8  # pictures that cannot be decoded, until the file counts as over


def open_video(path: Path | str, *options: int) -> cv2.VideoCapture:
    """A capture on a file or FIFO; ask it `isOpened()`. options: as cv2.VideoCapture's params.

    Only FFmpeg is tried: OpenCV's other readers would take a name such as `%d.png` for a pattern.
    """
    quiet_opencv()
    return cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, list(options))


def quiet_opencv() -> None:
    """Keep OpenCV and its FFmpeg from writing to stderr; what went wrong is told by our errors."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def count_pictures(path: Path) -> int:
    """How many pictures a file holds; 0 when it is no video.

    Its packets are counted without decoding them: a header's own count is wrong when a recording
    was cut off (and in one of seven ordinary clips).
    """
    capture = open_video(path, cv2.CAP_PROP_FORMAT, -1)
    count = 0
    while capture.isOpened() and capture.grab():
        count += 1
    capture.release()
    return count


def nominal_fps(capture: cv2.VideoCapture) -> float:
    """Frames a second as the file or camera announces them, or the usual number."""
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return fps if math.isfinite(fps) and 0 < fps < 1000 else USUAL_FPS


def retrieve(capture: cv2.VideoCapture) -> Image | None:
    """The picture just grabbed, (height, width, 3) BGR, or None when it cannot be decoded."""
    readable, image = capture.retrieve()
    return cast(Image, image) if readable else None


def read_pictures(
    capture: cv2.VideoCapture, after_s: float = -math.inf
) -> Iterator[tuple[int, float, Image]]:
    """The remaining pictures with their number and time, seconds, strictly increasing.

    Times are the file's own. Where they fail to rise (a container without times, a cut), the
    picture follows the one before by one nominal interval. Pictures up to `after_s` are skipped,
    and so are damaged ones.
    """
    interval_s = 1.0 / nominal_fps(capture)
    last_s, number, missed = -math.inf, -1, 0
    while missed < DAMAGED_IN_A_ROW:
        number += 1
        if not capture.grab():
            missed += 1
            continue
        missed = 0
        # Read between grab and retrieve: this is the time of the picture just grabbed.
        t_s = float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0
        if not (math.isfinite(t_s) and t_s > last_s):
            t_s = last_s + interval_s if math.isfinite(last_s) else 0.0
        last_s = t_s
        if t_s > after_s:
            image = retrieve(capture)
            if image is not None:
                yield number, t_s, image
