"""How long a frame takes: MediaPipe alone, and all that we add to it until there is a pointer."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from gazetalk.lab.tracking_clips import Clip
from gazetalk.tracking.face import FaceLandmarker, find_model
from gazetalk.tracking.filter import PointerFilter
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.tracker import Tracker
from gazetalk.tracking.types import Image

# Enough frames for a steady median, after some to warm up.
TIMED_FRAMES, WARM_FRAMES = 200, 20


@dataclass(frozen=True)
class Speed:
    """Medians over the frames, ms. own_ms: the whole way from the frame to the pointer, less what
    MediaPipe alone took for the same frame."""

    frames: int
    mediapipe_ms: float
    own_ms: float

    @property
    def ratio(self) -> float:
        return self.own_ms / self.mediapipe_ms


def time_frames(clip: Clip, model: GazeModel) -> Speed | None:
    """Time the first frames of a clip by turns, MediaPipe alone and the whole way; None if short.

    Memory and cores are shared alike, so that the ratio says more than either of the times.
    """
    model_path = find_model()
    bare, tracker = Bare(model_path), Tracker(model_path, clip.camera.hfov_deg)
    tracker.use(model)
    pointer = PointerFilter(clip.screen)
    alone_ms, added_ms = [], []
    for frame in islice(clip.frames(), WARM_FRAMES + TIMED_FRAMES):
        assert frame.image is not None
        alone = bare.time_ms(frame.image)
        start_s = time.perf_counter()
        pointer.update(tracker.process(frame).sample)
        whole = 1000 * (time.perf_counter() - start_s)
        alone_ms.append(alone)
        added_ms.append(whole - alone)
    tracker.close()
    bare.close()
    if len(alone_ms) <= WARM_FRAMES:
        return None
    timed = slice(WARM_FRAMES, None)
    return Speed(
        frames=len(alone_ms[timed]),
        mediapipe_ms=statistics.median(alone_ms[timed]),
        own_ms=statistics.median(added_ms[timed]),
    )


class Bare(FaceLandmarker):
    """MediaPipe with the options we use it with, and nothing else."""

    def time_ms(self, image: Image) -> float:
        """How long it takes for a picture that is ready for it."""
        rgb = np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        picture = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=rgb)
        start_s = time.perf_counter()
        self._landmarker.detect(picture)
        return 1000 * (time.perf_counter() - start_s)
