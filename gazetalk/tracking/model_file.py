"""A gaze model as bytes of a file: numpy arrays in a zip, without pickle, checked when read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import Screen
from gazetalk.tracking.doubt import LANDMARKS, PIXELS, Doubt
from gazetalk.tracking.eyes import PATCH_SHAPE
from gazetalk.tracking.gaze import FEATURES, PAIR_FEATURES, EyeModel, GazeModel
from gazetalk.tracking.lids import DEFAULT_LIDS, HEIGHTS, LidModel, Measure
from gazetalk.tracking.patches import Usual
from gazetalk.tracking.ridge import Ridge
from gazetalk.tracking.types import Floats

VERSION = 4
_SIDES = ("right", "left")


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
        "scale": np.array(model.scale),
        "right_share": np.array(model.right_share),
        **_doubt_arrays("", model.doubt),
    }
    for side, eye in zip(_SIDES, (model.right, model.left), strict=True):
        arrays |= _ridge_arrays(f"{side}_near_", eye.near) | _ridge_arrays(f"{side}_far_", eye.far)
        arrays |= _doubt_arrays(f"{side}_", eye.doubt)
        if eye.usual is not None:
            arrays[f"{side}_usual"] = eye.usual.light
        if eye.paired is not None:
            arrays |= _ridge_arrays(f"{side}_paired_", eye.paired)
        arrays[f"{side}_span"] = np.array(eye.span)
        arrays[f"{side}_closed_below"] = np.array(eye.closed_below)
    arrays |= _lids_arrays(model.lids)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def model_from_bytes(content: bytes) -> GazeModel:
    """Read `model_to_bytes` back. Raises ModelFileError for anything else."""
    arrays = _read(content)
    version = arrays.get("version")
    if version is None or version.shape != () or version.dtype.kind not in "iu":
        raise ModelFileError("not a gazetalk calibration")
    if int(version) < VERSION:
        raise ModelFileError("made by an older gazetalk, which saw the eyes otherwise")
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
        scale=_positive(arrays, "scale"),
        right=_eye(arrays, "right", kind),
        left=_eye(arrays, "left", kind),
        right_share=float(_floats(arrays, "right_share", ())),
        doubt=_doubt(arrays, "", kind),
        lids=_lids(arrays),
    )


def _ridge_arrays(prefix: str, ridge: Ridge) -> dict[str, NDArray[np.generic]]:
    return {
        f"{prefix}mean": ridge.mean,
        f"{prefix}weights": ridge.weights,
        f"{prefix}intercept": ridge.intercept,
        f"{prefix}known": ridge.known,
        f"{prefix}unknown": np.array(ridge.unknown),
    }


def _doubt_arrays(prefix: str, doubt: Doubt) -> dict[str, NDArray[np.generic]]:
    return {
        f"{prefix}error_mm": doubt.error_mm,
        f"{prefix}turns_rad": doubt.turns_rad,
        f"{prefix}places_mm": doubt.places_mm,
    }


def _read(content: bytes) -> dict[str, NDArray[np.generic]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"damaged ({error})") from error


def _eye(arrays: Mapping[str, NDArray[np.generic]], side: str, kind: str) -> EyeModel:
    features = FEATURES[kind]
    span = _floats(arrays, f"{side}_span", (2,))
    return EyeModel(
        near=_ridge(arrays, f"{side}_near_", features),
        far=_ridge(arrays, f"{side}_far_", features),
        span=(float(span[0]), float(span[1])),
        closed_below=float(_floats(arrays, f"{side}_closed_below", ())),
        doubt=_doubt(arrays, f"{side}_", kind),
        usual=None if kind == "landmarks" else _usual(arrays, side),
        paired=_paired(arrays, side) if kind == "landmarks" else None,
    )


def _paired(arrays: Mapping[str, NDArray[np.generic]], side: str) -> Ridge | None:
    """None in files made before there was such a thing."""
    prefix = f"{side}_paired_"
    known = any(name.startswith(prefix) for name in arrays)
    return _ridge(arrays, prefix, PAIR_FEATURES) if known else None


def _usual(arrays: Mapping[str, NDArray[np.generic]], side: str) -> Usual:
    return Usual(_floats(arrays, f"{side}_usual", PATCH_SHAPE).astype(np.float32))


def _ridge(arrays: Mapping[str, NDArray[np.generic]], prefix: str, features: int) -> Ridge:
    return Ridge(
        mean=_floats(arrays, f"{prefix}mean", (features,)),
        weights=_floats(arrays, f"{prefix}weights", (features, 2)),
        intercept=_floats(arrays, f"{prefix}intercept", (2,)),
        known=_floats(arrays, f"{prefix}known", (None, features)),
        unknown=_positive(arrays, f"{prefix}unknown"),
    )


def _doubt(arrays: Mapping[str, NDArray[np.generic]], prefix: str, kind: str) -> Doubt:
    turns = _floats(arrays, f"{prefix}turns_rad", (None, 3))
    if not len(turns):
        raise ModelFileError(f"field {prefix}turns_rad holds no pose")
    return Doubt(
        error_mm=_floats(arrays, f"{prefix}error_mm", (2,)),
        turns_rad=turns,
        places_mm=_floats(arrays, f"{prefix}places_mm", (len(turns), 3)),
        spread=LANDMARKS if kind == "landmarks" else PIXELS,
    )


def _lids_arrays(lids: LidModel) -> dict[str, NDArray[np.generic]]:
    """Each measure's numbers, none for one that calibration could not give; nothing of lids that
    were not learned."""
    if not lids.learned:
        return {}
    return {
        f"lids_{name}": np.array(measure.numbers if measure else (), dtype=float)
        for name, measure in vars(lids).items()
        if name != "learned"
    }


def _lids(arrays: Mapping[str, NDArray[np.generic]]) -> LidModel:
    if not any(name.startswith("lids_") for name in arrays):
        return DEFAULT_LIDS
    eye = len(HEIGHTS)
    return LidModel(
        right=_measure(arrays, "lids_right", eye),
        left=_measure(arrays, "lids_left", eye),
        apart=_measure(arrays, "lids_apart", 2 * eye),
    )


def _measure(arrays: Mapping[str, NDArray[np.generic]], name: str, weights: int) -> Measure | None:
    numbers = _floats(arrays, name, (None,))
    if not len(numbers):
        return None
    if len(numbers) != weights + 3 or (numbers[-2:] < 0).any():
        raise ModelFileError(f"field {name} is missing or malformed")
    return Measure.of_numbers(numbers.tolist())


def _positive(arrays: Mapping[str, NDArray[np.generic]], name: str) -> float:
    value = float(_floats(arrays, name, ()))
    if not value > 0:
        raise ModelFileError(f"field {name} must be positive, not {value}")
    return value


def _floats(
    arrays: Mapping[str, NDArray[np.generic]], name: str, shape: tuple[int | None, ...]
) -> Floats:
    """The numbers of a field of that shape, in which None stands for any length."""
    value = arrays.get(name)
    if value is None or not _fits(value.shape, shape) or value.dtype.kind != "f":
        raise ModelFileError(f"field {name} is missing or malformed")
    numbers = value.astype(float)
    if not np.isfinite(numbers).all():
        raise ModelFileError(f"field {name} holds numbers that are not finite")
    return numbers


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        b in (None, a) for a, b in zip(shape, wanted, strict=True)
    )
