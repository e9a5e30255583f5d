"""The gaze model: what the eyes show, in the head's frame, to a point on the screen.

Each eye has a regression of its own from its view to the direction it looks, in the head's frame;
the head pose turns that direction into the camera's frame, where it meets the screen. Because
direction and head are kept apart, a model learned at one head pose serves others. The two eyes'
points are joined by how much each can be trusted for this person; with one eye closed or hidden
the other goes on alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.geometry import Screen
from gazetalk.tracking.eyes import Eyes, EyeView
from gazetalk.tracking.pose import HeadPose
from gazetalk.tracking.ridge import Ridge, RidgeFit, fit_ridge
from gazetalk.tracking.types import Floats, GazeSample

# An eye is closed when its lids are nearer than this share of the smallest usual gap.
CLOSED_SHARE = 0.5
# Before a calibration nobody knows the person's lids: open eyes measure 0.25 to 0.35, shut 0.02.
DEFAULT_CLOSED = 0.12
# What a deviation of light in one cell of the patch weighs beside a millimetre of offset. From
# 0.25 to 1 the error is nearly the same (8.5-9.5 mm on puppets, the head still); without the patch
# it is 22 mm.
PATCH_WEIGHT = 0.5


@dataclass(frozen=True)
class EyeModel:
    """One eye's regression to (yaw, pitch) tangents in the head's frame.

    closed_below: the openness under which the eye counts as closed.
    variance_px2: (2,) mean squared error of its screen point, from targets left out.
    """

    ridge: Ridge
    closed_below: float
    variance_px2: Floats


@dataclass(frozen=True)
class GazeModel:
    """A person's calibration. kind: "landmarks+pixels" or "landmarks" (no pictures to learn from).

    lens_offset_mm: the lens from the screen's top centre, x to the person's right, y up.
    variance_px2: (2,) of the two eyes joined, from targets left out.
    """

    kind: str
    screen: Screen
    lens_offset_mm: tuple[float, float]
    right: EyeModel
    left: EyeModel
    right_share: Floats
    variance_px2: Floats

    def locate(self, eyes: Eyes) -> GazeSample:
        """The gaze of one moment: invalid while both eyes are closed or unusable."""
        right, left = eyes.right, eyes.left
        open_right = right.openness >= self.right.closed_below
        open_left = left.openness >= self.left.closed_below
        points = [
            self._point(eye, model, eyes.pose) if is_open else None
            for eye, model, is_open in (
                (right, self.right, open_right),
                (left, self.left, open_left),
            )
        ]
        point, variance = self._join(points[0], points[1])
        blink = not (open_right or open_left)
        if point is None:
            return GazeSample(
                eyes.t_s, openness_right=right.openness, openness_left=left.openness, blink=blink
            )
        sd = np.sqrt(variance)
        return GazeSample(
            t_s=eyes.t_s,
            x_px=float(point[0]),
            y_px=float(point[1]),
            sd_x_px=float(sd[0]),
            sd_y_px=float(sd[1]),
            valid=True,
            openness_left=left.openness,
            openness_right=right.openness,
            blink=blink,
        )

    def _point(self, view: EyeView, model: EyeModel, pose: HeadPose) -> Floats | None:
        features = eye_features(view, self.kind)
        if features is None:
            return None
        return meet_screen(
            view.centre_mm, model.ridge.predict(features), pose, self.screen, self.lens_offset_mm
        )

    def _join(self, right: Floats | None, left: Floats | None) -> tuple[Floats | None, Floats]:
        if right is not None and left is not None:
            return right * self.right_share + left * (1 - self.right_share), self.variance_px2
        if right is not None:
            return right, self.right.variance_px2
        return left, self.left.variance_px2


def eye_features(view: EyeView, kind: str) -> Floats | None:
    """The regression's features (8,) or (208,); None when the kind needs a missing patch."""
    offsets = view.offsets_mm
    if kind == "landmarks":
        return offsets
    if view.patch is None:
        return None
    return np.concatenate([offsets, view.patch.ravel().astype(float) * PATCH_WEIGHT])


def direction_to(point_mm: Floats, centre_mm: Floats, pose: HeadPose) -> Floats:
    """Tangents (2,) of yaw and pitch, in the head's frame, from an eye to a point; both (3,) mm."""
    x, y, z = pose.rotation.T @ (point_mm - centre_mm)
    return np.array([x / -z, y / -z])


def meet_screen(
    centre_mm: Floats,
    tangents: Floats,
    pose: HeadPose,
    screen: Screen,
    lens_offset_mm: tuple[float, float],
) -> Floats | None:
    """Where the ray from an eye meets the screen, px (2,); None when it points away from it."""
    ray = pose.rotation @ np.array([tangents[0], tangents[1], -1.0])
    if ray[2] >= -0.1:
        return None
    point = centre_mm - ray * (centre_mm[2] / ray[2])
    return screen.from_camera(point, lens_offset_mm)[0]


def fit_gaze(
    eyes: Sequence[Eyes],
    points_px: Floats,
    groups: NDArray[np.int64],
    screen: Screen,
    lens_offset_mm: tuple[float, float],
) -> tuple[GazeModel, Floats]:
    """Learn a model from N moments with open eyes looking at known points.

    points_px: (N, 2). groups: (N,) the target each belongs to, at least four of them.
    Returns the model and the points (N, 2) each moment gets from a model that never saw its
    target: an honest estimate of the error.
    """
    has_patches = all(e.right.patch is not None and e.left.patch is not None for e in eyes)
    kind = "landmarks+pixels" if has_patches else "landmarks"
    points_mm = screen.to_camera(points_px, lens_offset_mm)
    models, left_out = [], []
    for side in ("right", "left"):
        views = [getattr(e, side) for e in eyes]
        fit = _fit_eye(views, eyes, points_mm, groups, kind)
        seen = np.array(
            [
                _or_nan(meet_screen(v.centre_mm, tangents, e.pose, screen, lens_offset_mm))
                for v, tangents, e in zip(views, fit.left_out, eyes, strict=True)
            ]
        )
        left_out.append(seen)
        openness = np.array([v.openness for v in views])
        usual = min(float(np.median(openness[groups == g])) for g in np.unique(groups))
        variance = np.nanmean((seen - points_px) ** 2, axis=0)
        models.append(EyeModel(fit.ridge, CLOSED_SHARE * usual, variance))
    share = _right_share(left_out[0] - points_px, left_out[1] - points_px)
    joined = left_out[0] * share + left_out[1] * (1 - share)
    variance = np.nanmean((joined - points_px) ** 2, axis=0)
    model = GazeModel(kind, screen, lens_offset_mm, models[0], models[1], share, variance)
    return model, joined


def _fit_eye(
    views: Sequence[EyeView],
    eyes: Sequence[Eyes],
    points_mm: Floats,
    groups: NDArray[np.int64],
    kind: str,
) -> RidgeFit:
    features = np.array([eye_features(view, kind) for view in views])
    tangents = np.array(
        [
            direction_to(point, view.centre_mm, e.pose)
            for point, view, e in zip(points_mm, views, eyes, strict=True)
        ]
    )
    return fit_ridge(features, tangents, groups)


def _right_share(right: Floats, left: Floats) -> Floats:
    """Per axis, the right eye's weight that makes the joined error smallest, within 0..1.

    right, left: (N, 2) errors. The least-squares weight of a + w (b - a).
    """
    apart = left - right
    share = np.nansum(left * apart, axis=0) / np.maximum(np.nansum(apart**2, axis=0), 1e-9)
    return np.clip(share, 0.0, 1.0)


def _or_nan(point: Floats | None) -> Floats:
    return np.full(2, np.nan) if point is None else point
