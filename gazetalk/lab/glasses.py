"""Glasses: what is seen through the lenses shifts, the lenses mirror the room, the rims hide."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gazetalk.lab import raster
from gazetalk.lab.head import Head, Pose
from gazetalk.lab.light import Light
from gazetalk.lab.person import Look
from gazetalk.lab.pictures import Picture, sampled, shrunk
from gazetalk.lab.raster import Box
from gazetalk.tracking.pose import Lens
from gazetalk.tracking.types import Floats

_VERTEX_MM = 13.0  # from the cornea to the lens
_PUPIL_DEPTH_MM = 16.0  # from the lens to the pupil, whose image it shifts
_BASE_CURVE_MM = 110.0  # radius of the lens's front surface
_RIM_MM = 2.0
_RIM_COLOUR = np.array([0.02, 0.018, 0.022])
_REFLECTANCE = 0.02
_TRANSMITTANCE = 0.92
_FINE = 4  # masks are drawn this much larger, then shrunk


@dataclass(frozen=True, eq=False)
class _Glass:
    """One lens in the head's frame: its middle (3,), its edge and its rim's outer edge (N, 3)."""

    middle_mm: Floats
    edge_mm: Floats
    rim_mm: Floats


def wear(frame: Picture, look: Look, head: Head, pose: Pose, lens: Lens, light: Light) -> None:
    """Draw glasses over the finished head in `frame` (H, W, 3), linear BGR."""
    glasses = [_glass(look, lids.centre_mm, 13.0) for lids in head.lids]
    height, width = frame.shape[:2]

    def project(points_mm: Floats) -> Floats:
        return lens.project(pose.to_camera(points_mm))

    rims = [project(glass.rim_mm) for glass in glasses]
    box = Box.around(np.vstack(rims), 3, width, height)
    if box is None:
        return
    for glass in glasses:
        _look_through(frame, glass, look, pose, lens, light, box)
    mask = np.zeros((box.height * _FINE, box.width * _FINE), np.uint8)
    for rim in [*rims, *(project(part) for part in _bridge_and_temples(glasses, head))]:
        raster.fill(mask, _enlarged(rim, box), 255)
    for glass in glasses:
        raster.fill(mask, _enlarged(project(glass.edge_mm), box), 0)
    cover = _shrunk(mask, box)
    facing = light.shade(np.array([[0.0, 0.0, -1.0]]))[0]
    part = frame[box.slices]
    part[:] = part * (1 - cover) + _RIM_COLOUR * facing * cover


def _glass(look: Look, eye_mm: Floats, cornea_mm: float) -> _Glass:
    half_width, half_height = look.glasses_mm[0] / 2, look.glasses_mm[1] / 2
    outward = math.copysign(1.0, eye_mm[0])
    middle = eye_mm + np.array([outward * 1.5, 2.0, -(cornea_mm + _VERTEX_MM)])
    angle = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    # A superellipse: between an ellipse and a rectangle.
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.65
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.65

    def outline(margin_mm: float) -> Floats:
        across, down = x * (half_width + margin_mm), y * (half_height + margin_mm)
        wrap = 0.10 * outward * across  # the frame bends round the face
        return middle + np.column_stack([across, down, wrap])

    return _Glass(middle, outline(0.0), outline(_RIM_MM))


def _bridge_and_temples(glasses: list[_Glass], head: Head) -> list[Floats]:
    right, left = glasses
    half = np.ptp(right.edge_mm[:, 0]) / 2
    high = np.array([0.0, -0.25 * np.ptp(right.edge_mm[:, 1]), 0.0])
    inner_right = right.middle_mm + high + (half, 0.0, 0.0)
    inner_left = left.middle_mm + high - (half, 0.0, 0.0)
    arch = (inner_right + inner_left) / 2 - (0.0, 2.5, 1.0)
    thick = np.array([0.0, 2.6, 0.0])
    parts = [
        np.array(
            [inner_right, arch, inner_left, inner_left + thick, arch + thick, inner_right + thick]
        )
    ]
    for glass, ear in ((right, 127), (left, 356)):
        outward = math.copysign(1.0, glass.middle_mm[0])
        hinge = glass.middle_mm + high + (outward * (half + 1.5), 0.0, 0.10 * half)
        temple = head.vertices_mm[ear] + (outward * 2.0, 0.0, 0.0)
        parts.append(np.array([hinge, temple, temple + thick, hinge + 1.6 * thick]))
    return parts


def _look_through(
    frame: Picture, glass: _Glass, look: Look, pose: Pose, lens: Lens, light: Light, box: Box
) -> None:
    """Refraction, loss of light and mirroring inside one lens.

    The lens shows what lies d behind it 1 / (1 - d * power) times as large, about its middle.
    """
    edge_px = lens.project(pose.to_camera(glass.edge_mm))
    middle_mm = pose.to_camera(glass.middle_mm)
    middle_px = lens.project(middle_mm[np.newaxis])[0]
    px_per_mm = lens.focal_px / middle_mm[2]
    larger = 1 / (1 - _PUPIL_DEPTH_MM / 1000 * look.glasses_dioptre)
    x = np.arange(box.left, box.right, dtype=np.float32)
    y = np.arange(box.top, box.bottom, dtype=np.float32)[:, np.newaxis]
    shift_x, shift_y = np.array(look.glasses_prism_mm) * px_per_mm
    from_x = middle_px[0] + (x - middle_px[0]) / larger - shift_x
    from_y = middle_px[1] + (y - middle_px[1]) / larger - shift_y
    from_x, from_y = np.broadcast_arrays(from_x, from_y)
    through = sampled(frame, from_x, from_y, cubic=True)
    away = np.stack(np.broadcast_arrays(x - middle_px[0], y - middle_px[1]), axis=-1)
    away = away.reshape(-1, 2) / px_per_mm
    normals = np.column_stack([away / _BASE_CURVE_MM, np.full(len(away), -1.0)])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals @ pose.rotation.T
    points = middle_mm + np.column_stack([away, np.zeros(len(away))])
    rays = points / np.linalg.norm(points, axis=1, keepdims=True)
    back = rays - 2 * (rays * normals).sum(axis=1, keepdims=True) * normals
    gleam = look.glasses_shine * _REFLECTANCE * light.mirrored(points, back)
    mask = np.zeros((box.height * _FINE, box.width * _FINE), np.uint8)
    raster.fill(mask, _enlarged(edge_px, box), 255)
    inside = _shrunk(mask, box)
    part = frame[box.slices]
    glassy = through.clip(0, None) * _TRANSMITTANCE + gleam.reshape(box.height, box.width, 3)
    part[:] = part * (1 - inside) + glassy * inside


def _enlarged(points_px: Floats, box: Box) -> Floats:
    return (points_px - (box.left, box.top) + 0.5) * _FINE - 0.5


def _shrunk(mask: np.ndarray, box: Box) -> Picture:
    """(H, W, 1) 0..1."""
    return shrunk(mask / np.float32(255), box.width, box.height)[..., np.newaxis]
