"""The gaze model: what the eyes show, in the head's frame, to a point on the screen.

Each eye has a regression of its own from its view to the direction it looks, in the head's frame;
the head pose turns that direction into the camera's frame, where it meets the screen. Because
direction and head are kept apart, a model learned at one head pose serves others. The two eyes'
points are joined by how much each can be trusted for this person; with one eye closed or hidden
the other goes on alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.doubt import Doubt
from gazetalk.tracking.eyes import PATCH_SHAPE, Eyes, EyeView
from gazetalk.tracking.lids import DEFAULT_LIDS, LidModel
from gazetalk.tracking.patches import SURROUNDINGS, Usual, contrast
from gazetalk.tracking.pose import HeadPose
from gazetalk.tracking.ridge import Ridge
from gazetalk.tracking.types import Floats, GazeSample

# Before a calibration nobody knows the person's lids: open eyes measure 0.25 to 0.35, shut 0.02.
DEFAULT_CLOSED = 0.12
# What a deviation of light in one cell of the patch, and in one cell of the blurred patch, weighs
# beside a millimetre of offset. Blurred cells keep their meaning over a longer way of the iris
# (small movement: 11.4 mm without, 10.6 with); without any patch the error is 22 mm, not 7.
CELL_WEIGHT, BLURRED_WEIGHT = 0.2, 0.5
_CELLS = (PATCH_SHAPE[0] // 2, PATCH_SHAPE[1] // 2)
FEATURES = {"landmarks": 8, "landmarks+pixels": 8 + 2 * _CELLS[0] * _CELLS[1]}
PAIR_FEATURES = 2 * FEATURES["landmarks"]
# An eye that shows so many times more of what calibration never saw than the other one is covered,
# by hair, a hand or a patch: landmarks are drawn for it all the same. On eight puppets with one
# eye's picture replaced 140 to 1500 times; moved 5 cm, turned 10 degrees, lit anew, with new
# glasses at most 5. Where hardly anything is new (0.06 to 0.2 is usual) there is no cover.
COVERED, LITTLE_NEW = 20.0, 0.1
# With less new than this an eye is as good as any; above it counts less, by that power of how new
# it is. Where a drooping lid winks it is 1.4 to 2.4, and it errs by 15 cm; on six puppets still,
# moving, turned, behind glasses and in the dark errors change by no more than 0.6 mm.
NEW_FROM, NEW_POWER = 0.33, 3
# How much is new as a rule, as variance of features. Over that, medians of twelve puppets: still
# 0.6 to 1.4, moving a little up to 2.3, light dimmed to 0.4 of it up to 2.6; a lamp moved elsewhere
# (24 cases) or glasses put on or taken off (12) 3.4 to 38, but for two of 8 and 15 mm error.
USUAL_NOVELTY = 0.08
# Above the first light or glasses have changed, and points may be off by so much per axis (root of
# the mean square of those puppets), wholly so from the second on.
_CHANGED, CHANGED_MM = (2.5, 5.0), 29.0
# A head that has turned or moved further, or a look so far beyond the screen (shares of its size),
# shows much that is new without any change of light.
_TURNED_DEG, _MOVED_MM, _BEYOND_SCREEN = 4.0, 25.0, 0.5
# What covers one eye shifts all landmarks, and the other eye's gaze with them: by 11 to 107 mm on
# four puppets, 30 per axis (root of the mean square). Calibrated with the cover on, it is gone.
COVER_MM = 30.0
# From this near the end of the calibrated directions, over this range, the regression that has
# learned from glances further aside takes over: within, the other is better (7 mm against 8).
# Eighteen puppets: as good as one that only begins beyond the end, and better where it shrinks
# (small movement 13.4 mm, not 13.9, on six of them).
_BEYOND_DEG, _OVER_DEG = -2.0, 8.0


@dataclass(frozen=True, eq=False)
class EyeModel:
    """One eye's regressions to the direction it looks, in the head's frame.

    near: for the directions that were calibrated. far: for those further aside. span: the least
    and the greatest sine of the angle aside that was calibrated. closed_below: the openness under
    which the eye counts as closed. doubt: of this eye alone. usual: how its patch usually looks,
    None without pictures. paired: without pictures, for moments with both eyes open.
    """

    near: Ridge
    far: Ridge
    span: tuple[float, float]
    closed_below: float
    doubt: Doubt
    usual: Usual | None = None
    paired: Ridge | None = None

    def direction(self, features: Floats) -> Floats:
        """The direction (2,): sines of the angles to the person's left and down."""
        return looked(self.near, self.far, self.span, features)


@dataclass(frozen=True, eq=False)
class GazeModel:
    """A person's calibration. kind: "landmarks+pixels" or "landmarks" (no pictures to learn from).

    lens_offset_mm: the lens from the screen's top centre, x to the person's right, y up.
    scale: mm for each mm of the canonical head as the camera saw it. right_share: 0..1, the right
    eye's weight. doubt: of the two eyes joined. lids: this person's.
    """

    kind: str
    screen: Screen
    lens_offset_mm: tuple[float, float]
    scale: float
    right: EyeModel
    left: EyeModel
    right_share: float
    doubt: Doubt
    lids: LidModel = DEFAULT_LIDS

    def locate(self, eyes: Eyes) -> GazeSample:
        """The gaze of one moment: invalid while both eyes are closed or unusable."""
        right, left = eyes.right, eyes.left
        open_right = right.openness >= self.right.closed_below
        open_left = left.openness >= self.left.closed_below
        seen = bool(np.isfinite(right.openness) or np.isfinite(left.openness))
        sample = GazeSample(
            eyes.t_s,
            openness_right=measured(right.openness),
            openness_left=measured(left.openness),
            blink=not (open_right or open_left) if seen else None,
        )
        found_right = self._point(right, self.right, eyes.pose) if open_right else None
        found_left = self._point(left, self.left, eyes.pose) if open_left else None
        if found_right is not None and found_left is not None:
            found_right, found_left = self._paired(eyes, found_right, found_left)
        point, variance_mm2 = self._join(found_right, found_left, eyes.pose)
        if point is None or not np.isfinite(point).all():
            return sample
        novelty = self._novelty(found_right, found_left, point, eyes.pose)
        if novelty is not None:
            sample = replace(sample, novelty=novelty)
            variance_mm2 = variance_mm2 + (CHANGED_MM * np.interp(novelty, _CHANGED, (0, 1))) ** 2
        return _placed(sample, point, variance_mm2, self.screen)

    def _novelty(
        self,
        right: tuple[Floats, float] | None,
        left: tuple[Floats, float] | None,
        point: Floats,
        pose: HeadPose,
    ) -> float | None:
        """See GazeSample: of the eye that shows less of it, since the other may be covered."""
        turned_deg, moved_mm = self.doubt.away(pose)
        size_px = np.array([self.screen.width_px, self.screen.height_px])
        beyond = np.abs(point / size_px - 0.5).max() > 0.5 + _BEYOND_SCREEN
        if turned_deg > _TURNED_DEG or moved_mm > _MOVED_MM or beyond:
            return None
        eyes = ((right, self.right), (left, self.left))
        new = [found[1] / model.near.unknown for found, model in eyes if found is not None]
        return min(new) / USUAL_NOVELTY

    def _point(self, view: EyeView, model: EyeModel, pose: HeadPose) -> tuple[Floats, float] | None:
        """Where one eye looks, px (2,), and how new what it shows is: NaN, and as new as can be,
        for an eye that seems to look away from the screen's side of the room."""
        features = eye_features(view, self.kind, model.usual)
        if features is None:
            return None
        point = self._meet(view, model.direction(features), pose)
        return (
            (np.full(2, np.nan), np.inf) if point is None else (point, model.near.doubt(features))
        )

    def _meet(self, view: EyeView, direction: Floats, pose: HeadPose) -> Floats | None:
        centre_mm = view.centre_mm * self.scale
        return meet_screen(centre_mm, direction, pose, self.screen, self.lens_offset_mm)

    def _paired(
        self, eyes: Eyes, right: tuple[Floats, float], left: tuple[Floats, float]
    ) -> tuple[tuple[Floats, float], tuple[Floats, float]]:
        """The same, where both eyes are read together."""
        found = []
        for view, other, model, alone in (
            (eyes.right, eyes.left, self.right, right),
            (eyes.left, eyes.right, self.left, left),
        ):
            point = None
            if model.paired is not None:
                direction = model.paired.predict(pair_features(view, other))
                point = self._meet(view, direction, eyes.pose)
            found.append(alone if point is None else (point, alone[1]))
        return found[0], found[1]

    def _join(
        self,
        right: tuple[Floats, float] | None,
        left: tuple[Floats, float] | None,
        pose: HeadPose,
    ) -> tuple[Floats | None, Floats]:
        cover_mm = 0.0
        if right is not None and left is not None:
            # As variance of features, which is the same for both eyes: see `Ridge.doubt`.
            new, other = right[1] / self.right.near.unknown, left[1] / self.left.near.unknown
            if max(new, other) > COVERED * max(LITTLE_NEW, min(new, other)):
                right, left = (None, left) if new > other else (right, None)
                cover_mm = COVER_MM
        if right is not None and left is not None:
            share = _share(self.right_share, new, other)
            unseen = right[1] * share + left[1] * (1 - share)
            point = right[0] * share + left[0] * (1 - share)
            return point, self.doubt.variance_mm2(unseen, pose)
        for found, model in ((right, self.right), (left, self.left)):
            if found is not None:
                return found[0], model.doubt.variance_mm2(found[1], pose) + cover_mm**2
        return None, np.zeros(2)


def _share(right_share: float, new_right: float, new_left: float) -> float:
    """The right eye's share of the point: an eye that shows something new, as one that winks does,
    counts less beside one that does not (see NEW_FROM)."""
    right = right_share / max(new_right, NEW_FROM) ** NEW_POWER
    left = (1 - right_share) / max(new_left, NEW_FROM) ** NEW_POWER
    return right / (right + left)


def pair_features(view: EyeView, other: EyeView) -> Floats:
    """What an eye and the other one do together, and how they differ: (16,)."""
    mine, theirs = view.offsets_mm, other.offsets_mm
    return np.concatenate([(mine + theirs) / 2, (mine - theirs) / 2])


def eye_features(view: EyeView, kind: str, usual: Usual | None = None) -> Floats | None:
    """The regression's features, (8,) or (580,); None when the kind needs a missing patch, or
    when the eye was not measured. usual: what the patch is laid on first."""
    offsets = view.offsets_mm
    if not np.isfinite(offsets).all():
        return None
    if kind == "landmarks":
        return offsets
    if view.patch is None:
        return None
    rows, columns = _CELLS
    patch = view.patch if usual is None else usual.laid(view.patch)
    halved = patch.reshape(rows, 2, columns, 2).mean(axis=(1, 3))
    cells = contrast(halved, SURROUNDINGS / 2)
    cells -= cells.mean()
    cells /= max(float(cells.std()), 1e-6)
    blurred = cv2.GaussianBlur(cells, (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE)
    pixels = np.concatenate([cells.ravel() * CELL_WEIGHT, blurred.ravel() * BLURRED_WEIGHT])
    return np.concatenate([offsets, pixels.astype(float)])


def looked(near: Ridge, far: Ridge, span: tuple[float, float], features: Floats) -> Floats:
    """The direction (2,) that two regressions agree on: see `EyeModel`."""
    further = far.predict(features)
    aside, least, greatest = np.degrees(np.arcsin(np.clip([further[0], *span], -1.0, 1.0)))
    beyond_deg = max(least - aside, aside - greatest, 0.0)
    part = min(1.0, max(0.0, (beyond_deg - _BEYOND_DEG) / _OVER_DEG))
    share = part * part * (3 - 2 * part)
    return near.predict(features) * (1 - share) + further * share


def direction_to(point_mm: Floats, centre_mm: Floats, pose: HeadPose) -> Floats:
    """The direction (2,), in the head's frame, from an eye to a point; both (3,) mm: its sines
    to the person's left and down. An iris on a turning eye moves in proportion to them."""
    away = pose.rotation.T @ (point_mm - centre_mm)
    return np.asarray(away[:2] / np.linalg.norm(away))


def meet_screen(
    centre_mm: Floats,
    direction: Floats,
    pose: HeadPose,
    screen: Screen,
    lens_offset_mm: tuple[float, float],
) -> Floats | None:
    """Where the ray from an eye meets the screen, px (2,); None when it points away from it."""
    forward = 1.0 - float(direction @ direction)
    if not forward > 0.1:
        return None
    ray = pose.rotation @ np.array([direction[0], direction[1], -np.sqrt(forward)])
    if ray[2] >= -0.1:
        return None
    point = centre_mm - ray * (centre_mm[2] / ray[2])
    return screen.from_camera(point, lens_offset_mm)[0]


def _placed(sample: GazeSample, point: Floats, variance_mm2: Floats, screen: Screen) -> GazeSample:
    sd_px = np.sqrt(variance_mm2) / np.array(screen.mm_per_px)
    return replace(
        sample,
        x_px=float(point[0]),
        y_px=float(point[1]),
        sd_x_px=float(sd_px[0]),
        sd_y_px=float(sd_px[1]),
        valid=True,
    )


def measured(value: float) -> float | None:
    """The value itself; None for NaN."""
    return value if np.isfinite(value) else None
