"""A gaze model as bytes of a file: numpy arrays in a zip, without pickle, checked when read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import Screen
from gazetalk.tracking.eyes import PATCH_SHAPE
from gazetalk.tracking.gaze import EyeModel, GazeModel
from gazetalk.tracking.ridge import Ridge
from gazetalk.tracking.types import Floats

VERSION = 1
_LANDMARKS = 8
FEATURES = {
    "landmarks": _LANDMARKS,
    "landmarks+pixels": _LANDMARKS + PATCH_SHAPE[0] * PATCH_SHAPE[1],
}


class ModelFileError(ValueError):
    """A calibration file that cannot be used: one line, without the file's name."""


def model_to_bytes(model: GazeModel) -> bytes:
    """The content of a `.npz` file that `model_from_bytes` reads back to the last digit."""
    screen = model.screen
    arrays: dict[str, NDArray[np.generic]] = {
        "version": np.array(VERSION),
        "kind": np.array(model.kind),
        "screen": np.array(
            [screen.width_px, screen.height_px, screen.width_mm, screen.height_mm], dtype=float
        ),
        "lens_offset_mm": np.array(model.lens_offset_mm, dtype=float),
        "right_share": model.right_share,
        "variance_px2": model.variance_px2,
    }
    for side, eye in (("right", model.right), ("left", model.left)):
        arrays |= {
            f"{side}_mean": eye.ridge.mean,
            f"{side}_weights": eye.ridge.weights,
            f"{side}_intercept": eye.ridge.intercept,
            f"{side}_closed_below": np.array(eye.closed_below),
            f"{side}_variance_px2": eye.variance_px2,
        }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def model_from_bytes(content: bytes) -> GazeModel:
    """Read `model_to_bytes` back. Raises ModelFileError for anything else."""
    arrays = _read(content)
    version = arrays.get("version")
    if version is None or version.shape != () or version.dtype.kind not in "iu":
        raise ModelFileError("not a gazetalk calibration")
    if int(version) > VERSION:
        raise ModelFileError(f"made by a newer gazetalk (format {int(version)}): update gazetalk")
    kind = str(arrays.get("kind"))
    if kind not in FEATURES:
        raise ModelFileError(f"unknown kind of gaze model {kind!r}")
    width_px, height_px, width_mm, height_mm = _floats(arrays, "screen", (4,))
    lens = _floats(arrays, "lens_offset_mm", (2,))
    try:
        screen = Screen(int(width_px), int(height_px), float(width_mm), float(height_mm))
    except ValueError as error:
        raise ModelFileError(str(error)) from error
    return GazeModel(
        kind=kind,
        screen=screen,
        lens_offset_mm=(float(lens[0]), float(lens[1])),
        right=_eye(arrays, "right", FEATURES[kind]),
        left=_eye(arrays, "left", FEATURES[kind]),
        right_share=_floats(arrays, "right_share", (2,)),
        variance_px2=_floats(arrays, "variance_px2", (2,)),
    )


def _read(content: bytes) -> dict[str, NDArray[np.generic]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"damaged ({error})") from error


def _eye(arrays: Mapping[str, NDArray[np.generic]], side: str, features: int) -> EyeModel:
    ridge = Ridge(
        mean=_floats(arrays, f"{side}_mean", (features,)),
        weights=_floats(arrays, f"{side}_weights", (features, 2)),
        intercept=_floats(arrays, f"{side}_intercept", (2,)),
    )
    closed_below = float(_floats(arrays, f"{side}_closed_below", ()))
    return EyeModel(ridge, closed_below, _floats(arrays, f"{side}_variance_px2", (2,)))


def _floats(arrays: Mapping[str, NDArray[np.generic]], name: str, shape: tuple[int, ...]) -> Floats:
    value = arrays.get(name)
    if value is None or value.shape != shape or value.dtype.kind != "f":
        raise ModelFileError(f"field {name} is missing or malformed")
    numbers = value.astype(float)
    if not np.isfinite(numbers).all():
        raise ModelFileError(f"field {name} holds numbers that are not finite")
    return numbers
