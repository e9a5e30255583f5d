"""How the light falls on a face, measured in one picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.eyes import LEFT, RIGHT, EyePoints
from gazetalk.tracking.types import Face, Floats, Image

# A picture's brightness is looked at in every eighth row and column.
GRID = 8
# sRGB is near the power 2.2 of the light (IEC 61966-2-1).
GAMMA = 2.2
WHITE = 250
# What shines is this much brighter than the skin: sclerae and lamps' own small images in the
# cornea are white too where the whole face is nearly white.
SHINE = 1.6
# The box around an eye, in eye widths from its middle: it holds the lids and the lower lashes.
EYE_BOX = (0.65, 0.325)
# The face's own half of the mesh, the person's right and left: nose bridge to tip between them.
MIDDLE = (168, 6, 197, 195, 5, 4, 1)
_OVAL = 468  # the landmarks of the face itself; those behind them are the irises


@dataclass(frozen=True)
class Brightness:
    """The light on a face; brightness is Rec. 601 luma as a share of white.

    face: the median over the face. white: the share of the face that is overexposed.
    behind: how many times as much light comes from the background (its brighter quarter).
    right_left: how many times as much light comes from the face's right half (the person's own)
    as from its left. contrast: from dark to bright in the eyes (5th to 95th percentile), share of
    white. glare: the share of the worse eye that shines white while the skin does not.
    """

    face: float
    white: float
    behind: float
    right_left: float
    contrast: float
    glare: float


def measure_brightness(image: Image, face: Face) -> Brightness | None:
    """Measure a face in a BGR picture (height, width, 3); None where hardly anything of it is in
    the picture. About 0.4 ms at any size."""
    height, width = image.shape[:2]
    if not np.isfinite(face.landmarks[:, :2]).all():
        return None
    points_px = face.landmarks[:, :2] * (width, height)
    places = points_px[:_OVAL].astype(int)
    inside = ((places >= 0) & (places < (width, height))).all(axis=1)
    eyes = [eye for eye in (_eye_box(image, points_px, e) for e in (RIGHT, LEFT)) if eye.size]
    if inside.mean() < 0.5 or not eyes:
        return None
    places = places[inside]
    skin = _luma(image[places[:, 1], places[:, 0]][np.newaxis])[0]
    level = float(np.median(skin))
    coarse = _luma(image[GRID // 2 :: GRID, GRID // 2 :: GRID])
    return Brightness(
        face=level / 255,
        white=float((skin >= WHITE).mean()),
        behind=_light(_background(coarse, points_px / GRID)) / _light(level),
        right_left=_right_left(skin, places[:, 0], points_px),
        contrast=float(np.mean([np.ptp(np.percentile(eye, [5, 95])) for eye in eyes])) / 255,
        glare=max(float((eye >= max(WHITE, SHINE * level)).mean()) for eye in eyes),
    )


def _luma(bgr: Image) -> Image:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(bgr), cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _light(luma: float) -> float:
    """The light that a brightness stands for; never nothing, so that it can divide."""
    return float(((luma + 1) / 256) ** GAMMA)


def _eye_box(image: Image, points_px: Floats, eye: EyePoints) -> Image:
    """The brightness around one eye; empty where it lies outside of the picture."""
    outer, inner = points_px[eye.outer], points_px[eye.inner]
    reach = np.linalg.norm(outer - inner) * np.array(EYE_BOX)
    left, top = np.floor((outer + inner) / 2 - reach).astype(int).clip(0)
    right, bottom = np.ceil((outer + inner) / 2 + reach).astype(int).clip(0)
    part = image[top:bottom, left:right]
    return _luma(part) if part.size else part[..., 0]


def _background(coarse: Image, points: Floats) -> float:
    """The 75th percentile of brightness beside and above the head; `points` (N, 2) on the grid.

    A window or a lamp is seldom all of the background, and it is what the camera adapts to.
    """
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    # Hair is above the landmarks, ears are beside them, the body is below.
    top -= (bottom - top) / 3
    beside = (right - left) / 2
    rows = np.arange(coarse.shape[0])[:, np.newaxis]
    columns = np.arange(coarse.shape[1])
    person = (rows >= top) & (columns >= left - beside) & (columns <= right + beside)
    body = (rows >= bottom) & (columns >= left - 4 * beside) & (columns <= right + 4 * beside)
    seen = coarse[~(person | body)]
    return float(np.percentile(seen, 75)) if seen.size else 0.0


def _right_left(skin: Image, columns: NDArray[np.int64], points_px: Floats) -> float:
    """The light of the half that the picture shows left of the nose over that of the other; 1
    where one of them is not seen."""
    middle = points_px[list(MIDDLE), 0].mean()
    right, left = skin[columns < middle], skin[columns >= middle]
    if not (right.size and left.size):
        return 1.0
    return _light(float(np.median(right))) / _light(float(np.median(left)))
