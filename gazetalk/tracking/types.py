"""What passes between the steps of tracking: small frozen records with their time in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Face:
    """One face as MediaPipe's Face Landmarker saw it.

    landmarks: (478, 3) image-normalised (x and y in 0..1 of width and height, z in widths).
    transform: (4, 4) canonical face to camera, cm, MediaPipe's axes (y up, z towards the camera).
    blendshapes: (52,) scores 0..1 in MediaPipe's order.
    """

    landmarks: Floats
    transform: Floats
    blendshapes: Floats


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment of a source: a picture, or (in recordings without one) the face already found.

    index: running number from 0 (in a recording, its frame number).
    t_s: seconds on the source's monotonic clock, strictly increasing.
    image: (height, width, 3) BGR, unmirrored, or None.
    width_px, height_px: the picture's size, known also when the picture is not.
    face: the recorded face where there is no picture; None also when no face was found.
    """

    index: int
    t_s: float
    image: Image | None
    width_px: int
    height_px: int
    face: Face | None = None


@dataclass(frozen=True)
class GazeSample:
    """Where one frame's eyes looked. None is "not measured", never 0 or a guess.

    x_px, y_px: the point looked at, screen pixels, possibly beyond the edge.
    sd_x_px, sd_y_px: its standard error.
    valid: True only when the point was measured from open eyes in this very frame.
    openness_left, openness_right: lid gap over eye width (about 0.3 open, 0.05 shut); the person's
    own left and right.
    blink: True while the eyes are closed; None when the eyes were not seen.
    closed_left, closed_right: how far each eye is closed, 0 open to 1 shut for this person's lids
    at whatever height they look; None for an eye that was not seen or that says nothing of that.
    novelty: how much of what the eyes show calibration never saw, over what is usual (1): see
    `gaze.USUAL_NOVELTY`; None where that says nothing.
    """

    t_s: float
    x_px: float | None = None
    y_px: float | None = None
    sd_x_px: float | None = None
    sd_y_px: float | None = None
    valid: bool = False
    openness_left: float | None = None
    openness_right: float | None = None
    blink: bool | None = None
    closed_left: float | None = None
    closed_right: float | None = None
    novelty: float | None = None


@dataclass(frozen=True)
class Target:
    """A point that the person was asked to look at, from start_s to end_s.

    phase: "calibration", "validation", "typing" or "free".
    """

    start_s: float
    end_s: float
    x_px: float
    y_px: float
    phase: str


PHASES = ("calibration", "validation", "typing", "free")


@dataclass(frozen=True)
class Camera:
    """A camera as a session describes it; None where nobody knows.

    hfov_deg: horizontal field of view. offset_mm: the lens from the screen's top centre, y up.
    """

    width_px: int
    height_px: int
    fps: float
    hfov_deg: float | None = None
    offset_mm: tuple[float, float] | None = None
