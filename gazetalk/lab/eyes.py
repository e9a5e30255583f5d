"""The eyes between their lids: drawn large, then shrunk into the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from gazetalk.lab import eyeball, raster
from gazetalk.lab.head import MARGIN_POINTS, Pose, margin_spline
from gazetalk.lab.pictures import Picture, shrunk
from gazetalk.lab.raster import Box
from gazetalk.lab.scene import Moment, Scene
from gazetalk.tracking.types import Floats

_CANVAS_PX = 128  # an eye is drawn about this wide
_LASH = np.array([0.012, 0.014, 0.018])
_WET_EDGE = np.array([0.30, 0.30, 0.48])
_SPLINE = margin_spline()
_SWELL = np.sin(np.linspace(0, math.pi, MARGIN_POINTS))[:, np.newaxis]


@dataclass(frozen=True, eq=False)
class Look:
    """One eye at one moment. centre_mm: (3,) and turn: (3, 3) of the eyeball in the camera's
    frame; elevations_rad: of the upper and the lower lid's middle; closure: 0 open, 1 shut."""

    eye: eyeball.Eye
    centre_mm: Floats
    turn: Floats
    elevations_rad: tuple[float, float]
    closure: float


def look(scene: Scene, side: int, pose: Pose, moment: Moment) -> Look:
    """How the eye (0 right, 1 left) sees the moment's point.

    The lids follow it up and down, and meet near the lower one in a blink.
    """
    person, lids = scene.person, scene.head.lids[side]
    eye = replace(scene.eyes[side], pupil_mm=scene.eyes[side].pupil_mm * moment.pupils)
    target = scene.screen.to_camera(moment.gaze_px, scene.look.lens_offset_mm)[0]
    centre = pose.to_camera(lids.centre_mm)
    turn = eyeball.turned(eye, centre, target, pose.rotation)
    # The optical axis is -z of the eye's frame, and y points down.
    up = math.asin(float(pose.rotation[:, 1] @ turn[:, 2]))
    radius = float(lids.radius_mm[4])
    upper = math.asin((person.lid_upper_mm - person.droop_mm[side] + moment.lids_mm) / radius)
    upper += person.lid_follow[0] * up
    lower = -math.asin(person.lid_lower_mm / radius) + person.lid_follow[1] * up
    upper = max(upper, lower + 0.02)
    met = lower + 0.15 * (upper - lower)
    closure = moment.closures[side]
    elevations = (upper + closure * (met - upper), lower + closure * (met - lower))
    return Look(eye, centre, turn, elevations, closure)


@dataclass(frozen=True, eq=False)
class _Outline:
    """Lines (41, 2) from the outer to the inner corner, px: the lids' margins, the lash line's
    far edge, and the top of the lower lid's wet edge."""

    upper: Floats
    lower: Floats
    lash: Floats
    wet: Floats

    def enlarged(self, box: Box, fine: int) -> _Outline:
        """On a canvas that shows the box `fine` times larger."""
        lines = (self.upper, self.lower, self.lash, self.wet)
        return _Outline(*((line - (box.left, box.top) + 0.5) * fine - 0.5 for line in lines))


def draw(frame: Picture, scene: Scene, side: int, pose: Pose, look: Look) -> None:
    """Draw one eye over the skin in `frame` (H, W, 3), linear BGR."""
    outline = _outline(scene, side, pose, look)
    reach = np.vstack([outline.upper, outline.lower, outline.lash])
    box = Box.around(reach, 2, scene.width_px, scene.height_px)
    if box is None:
        return
    fine = max(2, round(_CANVAS_PX / box.width))
    large = outline.enlarged(box, fine)
    ball = _ball(scene, look, box, fine, large)
    lit = scene.light.shade(scene.head.normals[scene.head.lids[side].ring[[12]]] @ pose.rotation.T)
    wet_colour = _WET_EDGE * lit[0] * np.sqrt(np.array(scene.person.skin))
    ball += 0.6 * _between(large.lower, large.wet, box, fine) * (wet_colour - ball)
    opening = _between(large.upper, large.lower, box, fine)
    dark = scene.person.lashes * _between(large.upper, large.lash, box, fine)
    layer = np.dstack([ball * opening * (1 - dark) + _LASH * dark, 1 - (1 - opening) * (1 - dark)])
    small = shrunk(layer.astype(np.float32), box.width, box.height)
    part = frame[box.slices]
    part[:] = part * (1 - small[..., 3:]) + small[..., :3]


def _outline(scene: Scene, side: int, pose: Pose, look: Look) -> _Outline:
    """Lashes stand up from an open lid and hang down from a shut one."""
    ring = scene.head.lids[side].ring_mm(*look.elevations_rad)
    upper = _SPLINE @ ring[:9]
    lower = _SPLINE @ np.vstack([ring[:1], ring[:8:-1], ring[8:9]])
    lash = upper + _SWELL * (0.0, -0.8 + 1.3 * look.closure, -0.9)
    wet = lower + _SWELL * (0.0, -0.5, 0.2)
    lines = (upper, lower, lash, wet)
    return _Outline(*(scene.lens.project(pose.to_camera(line)) for line in lines))


def _between(line: Floats, other: Floats, box: Box, fine: int) -> Floats:
    """(H * fine, W * fine, 1) 1 between two lines from corner to corner, 0 elsewhere."""
    mask = np.zeros((box.height * fine, box.width * fine), np.uint8)
    raster.fill(mask, np.vstack([line, other[::-1]]), 255)
    return mask[..., np.newaxis] / 255.0


def _ball(scene: Scene, look: Look, box: Box, fine: int, outline: _Outline) -> Floats:
    """(H * fine, W * fine, 3) linear BGR of the eyeball, in the shade of its lids."""
    x = np.arange(box.width * fine, dtype=float)
    y = np.arange(box.height * fine)[:, np.newaxis]
    lid, floor = _heights(x, outline.upper), _heights(x, outline.lower)
    rows, columns = np.nonzero((y > lid - 2) & (y < floor + 2))
    outer_x, inner_x = outline.upper[[0, -1], 0]
    inward = (2 * (x - outer_x) / (inner_x - outer_x) - 1).clip(-1, 1)  # -1 outer, 1 inner corner
    corner = np.abs(inward)
    blood = (0.5 * corner**4 + ((inward - 0.72) / 0.2).clip(0, 1)).clip(0, 1)
    places = np.column_stack([box.left + columns / fine, box.top + rows / fine])
    rays = _rays(scene, places + (0.5 / fine - 0.5))
    ball = np.zeros((len(y), len(x), 3))
    ball[rows, columns] = eyeball.seen(
        look.eye, rays, look.centre_mm, look.turn, scene.light, blood[columns]
    )
    px_per_mm = scene.lens.focal_px / look.centre_mm[2] * fine
    shadow = 1 - 0.55 * np.exp(-((y - lid) / px_per_mm).clip(0, None) / 1.3)
    return ball * (shadow * (1 - 0.3 * corner**3))[..., np.newaxis]


def _rays(scene: Scene, points_px: Floats) -> Floats:
    """(N, 3) unit vectors from the lens through points (N, 2) of the picture."""
    lens = scene.lens
    off_axis = (points_px - (lens.centre_x_px, lens.centre_y_px)) / lens.focal_px
    rays = np.column_stack([off_axis, np.ones(len(off_axis))])
    return rays / np.linalg.norm(rays, axis=1, keepdims=True)


def _heights(x: Floats, line: Floats) -> Floats:
    order = np.argsort(line[:, 0])
    return np.interp(x, line[order, 0], line[order, 1])
