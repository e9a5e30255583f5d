"""What of the gaze model carries over to real eyes, on public data that others recorded.

Neither data set has what the model wants (a picture of the face and a good head pose), so that
each tests a part of it: `clicks` the landmarks and the geometry, `crops` the pixels. Whatever is
chosen is chosen on training data only. The baselines are those of the data's README.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import Screen
from gazetalk.lab.person import LabError
from gazetalk.tracking.eyes import LEFT, PATCH_SHAPE, RIGHT, EyeReader, Eyes, EyeView
from gazetalk.tracking.face import find_model
from gazetalk.tracking.gaze import eye_features
from gazetalk.tracking.learn import fit_gaze
from gazetalk.tracking.mesh import Mesh, canonical_mesh
from gazetalk.tracking.patches import Light, Usual, usual_look
from gazetalk.tracking.pose import STABLE_POINTS, HeadPose, Lens
from gazetalk.tracking.ridge import Samples, fit_ridge
from gazetalk.tracking.types import Face, Floats, Frame, Image

CLICKS = Path("abdirayimov_clicks") / "eye_tracking_data.csv"
CROPS = Path("lookie_eye_crops")
# The README's figures: px, and shares of half the browser's size.
CLICKS_BASELINE_PX = 189.0
CROPS_BASELINES = {"pma": 0.38, "062220": 0.58, "": 0.24, "062120": 0.72}
# Inferred from the coordinates; a laptop's pixels are about so large. The pupils' columns are
# pixels of a picture of this size, as their ratio to the landmarks' other scale (1512) tells.
_SCREEN = Screen(1920, 1200, 344.0, 215.0)
_LENS_OFFSET_MM = (0.0, 8.0)
_PICTURE_PX = (1920, 1080)
_CORNERS = [RIGHT.outer, RIGHT.inner, LEFT.outer, LEFT.inner]
FOLDS, SHUFFLES = 5, 2
# So many pictures tell how an eye usually looks, as of nine targets (`learn.USUAL_A_TARGET`).
USUAL_OF = 36
# The model's own penalties and heavier ones: labels are wrong here and there.
_PENALTIES = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)


@dataclass(frozen=True)
class Outcome:
    """One line: mean error over `samples`, that of always answering the centre, and the one to
    beat (None where the README has none)."""

    name: str
    unit: str
    samples: int
    error: float
    centre: float
    baseline: float | None

    @property
    def beats(self) -> bool | None:
        return None if self.baseline is None else self.error < self.baseline


def real_eyes(folder: Path) -> list[Outcome]:
    """All that the folder has, in a fixed order. Raises LabError where a file is malformed."""
    outcomes = []
    if (folder / CLICKS).is_file():
        outcomes += clicks(folder / CLICKS)
    for name in CROPS_BASELINES:
        path = folder / CROPS / f"dataset{name and '_' + name}.json"
        if path.is_file():
            outcomes += crops(path, CROPS_BASELINES[name])
    return outcomes


def told(outcomes: Sequence[Outcome]) -> list[str]:
    """The outcomes as lines for people."""
    lines = [f"{'real eyes':58}{'n':>5}{'error':>8}{'to beat':>9}{'centre':>8}"]
    for one in outcomes:
        digits = 0 if one.unit == "px" else 2
        best = "-" if one.baseline is None else f"{one.baseline:.{digits}f}"
        lines.append(
            f"{one.name:58}{one.samples:5}{one.error:8.{digits}f}{best:>9}"
            f"{'!' if one.beats is False else ' '}{one.centre:7.{digits}f} {one.unit}"
        )
    return lines


# ---- clicks: landmarks of eyes and irises, head angles


def clicks(path: Path) -> list[Outcome]:
    """One person's clicks with a moving head: each target predicted by models of the others."""
    eyes, points = read_clicks(path)
    _, groups = np.unique(points, axis=0, return_inverse=True)
    centre = float(np.linalg.norm(points - points.mean(axis=0), axis=1).mean())
    errors = np.linalg.norm(_leaving_targets_out(eyes, points, groups.ravel()) - points, axis=1)
    known = errors[np.isfinite(errors)]
    error = float(known.mean())
    return [Outcome("clicks, landmarks", "px", len(known), error, centre, CLICKS_BASELINE_PX)]


def read_clicks(path: Path) -> tuple[list[Eyes], Floats]:
    """The eyes of each row in the head's frame, and the (N, 2) px looked at. Raises LabError."""
    mesh = canonical_mesh(find_model())
    reader = EyeReader(mesh, None)
    eyes, points = [], []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            try:
                face = _face(row, mesh)
                point = float(row["gaze_location_x"]), float(row["gaze_location_y"])
            except (KeyError, ValueError, TypeError) as error:
                raise LabError(f"{path}, line {number}: malformed ({error})") from error
            found = reader.read(Frame(number, float(number), None, *_PICTURE_PX), face)
            if found is not None:
                eyes.append(found)
                points.append(point)
    return eyes, np.array(points)


def _face(row: dict[str, str], mesh: Mesh) -> Face:
    """The row's landmarks; those on bone, which it lacks, where its head angles put them."""
    seen = np.full((478, 2), np.nan)
    for name, text in row.items():
        if name.startswith("lndmrk"):
            seen[int(name[6:])] = [float(number) for number in text.strip("()").split(",")]
    for iris in (RIGHT.iris, LEFT.iris):
        seen[iris[0]] = seen[list(iris[1:])].mean(axis=0)
    scale = float(row["l_puril_center_x"]) / seen[RIGHT.iris[0], 0]
    if abs(scale - 1) > 0.05:  # some rows' landmarks are those of a smaller picture
        seen *= scale
    lens = Lens.of(*_PICTURE_PX, None)
    pose = _pose(row, seen, lens, mesh)
    stable = list(STABLE_POINTS)
    seen[stable] = lens.project(pose.to_camera(mesh.vertices_mm[stable]))
    landmarks = np.column_stack([seen / _PICTURE_PX, np.zeros(len(seen))])
    flip = np.diag([1.0, -1.0, -1.0])
    transform = np.eye(4)
    transform[:3, :3] = flip @ pose.rotation @ flip
    transform[:3, 3] = flip @ pose.position_mm / 10
    return Face(landmarks, transform, np.zeros(52))


def _pose(row: dict[str, str], seen_px: Floats, lens: Lens, mesh: Mesh) -> HeadPose:
    """The head as the row's angles turn it, where the corners of the eyes are seen.

    The angles are OpenCV's (RQDecomp3x3), of a head model with y up.
    """
    pitch, yaw, roll = (float(row[name].strip("[]")) for name in ("pitch", "yaw", "roll"))
    turn = _turn(2, roll) @ _turn(1, yaw) @ _turn(0, pitch) @ np.diag([1.0, -1.0, -1.0])
    across = (seen_px[_CORNERS] - (lens.centre_x_px, lens.centre_y_px)) / lens.focal_px
    turned = mesh.vertices_mm[_CORNERS] @ turn.T
    terms, sides = [], []
    for (x, y), (at_x, at_y, at_z) in zip(across, turned, strict=True):
        terms += [[1, 0, -x], [0, 1, -y]]
        sides += [x * at_z - at_x, y * at_z - at_y]
    return HeadPose(turn, np.linalg.lstsq(np.array(terms), np.array(sides), rcond=None)[0])


def _turn(axis: int, angle_deg: float) -> Floats:
    vector = np.zeros(3)
    vector[axis] = np.radians(angle_deg)
    return np.asarray(cv2.Rodrigues(vector)[0], dtype=float)


def _leaving_targets_out(
    eyes: Sequence[Eyes], points_px: Floats, groups: NDArray[np.int64]
) -> Floats:
    """Where models that never saw a row's target put it, (N, 2) px, NaN where they do not."""
    predicted = np.full(points_px.shape, np.nan)
    for group in np.unique(groups):
        others = np.flatnonzero(groups != group).tolist()
        model, _ = fit_gaze(
            [eyes[i] for i in others], points_px[others], groups[others], _SCREEN, _LENS_OFFSET_MM
        )
        for row in np.flatnonzero(groups == group).tolist():
            sample = model.locate(eyes[row])
            if sample.valid:
                predicted[row] = sample.x_px, sample.y_px
    return predicted


# ---- crops: small pictures of both eyes


def crops(path: Path, baseline: float, shuffles: int = SHUFFLES) -> list[Outcome]:
    """Eye crops in five folds, as the baseline was measured, and without twins across folds.

    Some pictures occur several times (with other labels: the camera stood still): folds of whole
    pictures are the honest ones. One line where there are none such.
    """
    images, looked, marks = read_crops(path)
    patches = [crop_patches(image) for image in images]
    centre = float(np.linalg.norm(looked, axis=1).mean())
    rows = list(range(len(looked)))
    ways: list[tuple[str, Sequence[object]]] = [("rows", rows)]
    if len(set(marks)) < len(marks):
        ways.append(("pictures", marks))
    outcomes = []
    for way, together in ways:
        errors = [
            _fold_error(patches, looked, _folds(together, np.random.default_rng(shuffle)))
            for shuffle in range(shuffles)
        ]
        name = f"crops, pixels: {path.stem}, folds of {way}"
        best = baseline if way == "rows" else None
        outcomes.append(Outcome(name, "", len(looked), float(np.mean(errors)), centre, best))
    return outcomes


def read_crops(path: Path) -> tuple[list[Image], Floats, list[str]]:
    """The pictures (25, 50), the places looked at (N, 2), and each picture's mark: the same for
    the same picture. Raises LabError."""
    try:
        rows: list[Any] = json.loads(path.read_text(encoding="utf-8"))
        rows = [json.loads(row) if isinstance(row, str) else row for row in rows]
        codes = [base64.b64decode(row["x"]["eyeImage"].partition(",")[2]) for row in rows]
        looked = np.array([row["y"] for row in rows], dtype=float).reshape(len(rows), 2)
        images = [cv2.imdecode(np.frombuffer(c, np.uint8), cv2.IMREAD_GRAYSCALE) for c in codes]
    except (ValueError, KeyError, TypeError, binascii.Error, cv2.error) as error:
        raise LabError(f"{path}: malformed ({error})") from error
    if not images or any(image is None for image in images):
        raise LabError(f"{path}: holds no pictures, or a damaged one")
    marks = [hashlib.sha256(code).hexdigest() for code in codes]
    return [np.asarray(image, dtype=np.uint8) for image in images], looked, marks


def crop_patches(image: Image) -> tuple[Light, Light]:
    """Both halves of a crop, one eye each, as patches of the model's shape."""
    right, left = np.split(image.astype(np.float32), 2, axis=1)
    return _patch(right), _patch(left)


def _patch(half: Light) -> Light:
    patch = cv2.resize(half, PATCH_SHAPE[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray((patch - patch.mean()) / max(float(patch.std()), 1.0), dtype=np.float32)


def _pixels(patch: Light, usual: Usual) -> Floats:
    """The model's pixel features."""
    none = np.zeros(8)  # no landmarks
    features = eye_features(EyeView(np.zeros(3), none, 0.3, patch), "landmarks+pixels", usual)
    assert features is not None
    return features[len(none) :]


def _folds(together: Sequence[object], rng: np.random.Generator) -> NDArray[np.int64]:
    """(N,) the fold of each row; rows of the same thing in the same fold."""
    things = list(dict.fromkeys(together))
    fold_of = {things[i]: place % FOLDS for place, i in enumerate(rng.permutation(len(things)))}
    return np.array([fold_of[thing] for thing in together])


def _fold_error(
    patches: Sequence[tuple[Light, Light]], looked: Floats, folds: NDArray[np.int64]
) -> float:
    """The mean error over all folds, each predicted by the others."""
    predicted = np.empty_like(looked)
    for fold in range(FOLDS):
        known = np.flatnonzero(folds != fold)
        chosen = known[:: max(1, len(known) // USUAL_OF)]
        usual = [usual_look([patches[i][eye] for i in chosen]) for eye in (0, 1)]
        rows = [[_pixels(pair[eye], usual[eye]) for eye in (0, 1)] for pair in patches]
        features = np.array([np.concatenate(row) for row in rows])
        samples = Samples(features, looked, folds).where(folds != fold)
        ridge = fit_ridge(samples, _penalty(samples))
        predicted[folds == fold] = ridge.predict(features[folds == fold])
    return float(np.linalg.norm(predicted - looked, axis=1).mean())


def _penalty(samples: Samples) -> float:
    """The penalty that serves best from fold to fold of the training data."""
    errors = np.zeros(len(_PENALTIES))
    for fold in np.unique(samples.groups):
        out = samples.groups == fold
        for place, penalty in enumerate(_PENALTIES):
            ridge = fit_ridge(samples.where(~out), penalty)
            away = ridge.predict(samples.features[out]) - samples.outputs[out]
            errors[place] += np.linalg.norm(away, axis=1).sum()
    return _PENALTIES[int(errors.argmin())]
