"""The puppet's head: skull, hair, lids and where the eyes sit, on MediaPipe's canonical mesh.

All points are in the head's frame of the canonical mesh: mm, x to the person's left, y down, z
from the face into the head.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.lab.person import SKULL_WAVES, Person
from gazetalk.lab.portrait import LEFT_RING, RIGHT_RING
from gazetalk.tracking.mesh import Mesh
from gazetalk.tracking.types import Floats

# The face's outline in the mesh, from which the hair and the neck go on.
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
# Each further ring of the head: how far out of the face's middle, and how far back, mm.
_RINGS = ((1.2, 20.0), (1.5, 38.0), (2.1, 52.0))
_LID_THICKNESS_MM = 0.6
# Skin moves with the lids near them and rests at this distance, mm.
_LID_REACH_MM = 4.5
_NECK_MM = np.array([0.0, 45.0, 75.0])
# Places along each lid in the smooth margins, from the outer to the inner corner.
MARGIN_POINTS = 41


@dataclass(frozen=True, eq=False)
class Lids:
    """One eye's socket: where the eyeball turns and how the lids slide over it.

    centre_mm: (3,) the eyeball's centre. ring: (16,) vertex numbers: outer corner, upper lid,
    inner corner, lower lid back. radius_mm, rest_rad, share: (16,) a ring point lies at that
    distance from the eyeball's axis, at the elevation rest + share * (elevation of its lid).
    weights: (N, 16) how each vertex of the head goes with the ring.
    """

    centre_mm: Floats
    ring: NDArray[np.int64]
    x_mm: Floats
    radius_mm: Floats
    rest_rad: Floats
    share: Floats
    weights: Floats

    def ring_mm(self, upper_rad: float, lower_rad: float) -> Floats:
        """(16, 3) the lids' margin with its lids' middles at these elevations, upwards."""
        lid = np.where(np.arange(16) < 8, upper_rad, lower_rad)
        angle = self.rest_rad + self.share * lid
        offset = np.column_stack(
            [self.x_mm, -self.radius_mm * np.sin(angle), -self.radius_mm * np.cos(angle)]
        )
        return self.centre_mm + offset


@dataclass(frozen=True, eq=False)
class Head:
    """A head ready to be posed.

    vertices_mm: (N, 3), the mesh's 468 first, then the rings of hair and neck. normals: (N, 3)
    outward. texture_px: (N, 2) places in the portrait's head. triangles: (M, 3); bias_mm: (M,)
    pushes what lies behind (the eye's hole) back when drawing. lids: right and left.
    neck_mm: (3,) the point the head turns about.
    """

    vertices_mm: Floats
    normals: Floats
    texture_px: Floats
    triangles: NDArray[np.int64]
    bias_mm: Floats
    lids: tuple[Lids, Lids]
    neck_mm: Floats

    @property
    def between_eyes_mm(self) -> Floats:
        return (self.lids[0].centre_mm + self.lids[1].centre_mm) / 2

    def with_lids(self, elevations_rad: tuple[tuple[float, float], tuple[float, float]]) -> Floats:
        """(N, 3) the vertices with the lids at these (upper, lower) elevations, right first."""
        moved = self.vertices_mm.copy()
        for lids, (upper, lower) in zip(self.lids, elevations_rad, strict=True):
            ring = lids.ring_mm(upper, lower)
            moved += lids.weights @ (ring - self.vertices_mm[lids.ring])
            moved[lids.ring] = ring
        return moved


@dataclass(frozen=True, eq=False)
class Pose:
    """Where the head is: camera = rotation @ head + position_mm."""

    rotation: Floats
    position_mm: Floats

    def to_camera(self, points_mm: Floats) -> Floats:
        return points_mm @ self.rotation.T + self.position_mm


def rotation_of(angles_deg: Floats) -> Floats:
    """(3, 3) for yaw (the face towards the picture's right), pitch (down), roll (clockwise)."""
    yaw, pitch, roll = np.radians(angles_deg)
    cy, sy, cp, sp, cr, sr = (
        *(math.cos(yaw), math.sin(yaw)),
        *(math.cos(pitch), math.sin(pitch)),
        *(math.cos(roll), math.sin(roll)),
    )
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def build_head(mesh: Mesh, points_px: Floats, person: Person) -> Head:
    """The person's head from the canonical mesh and the portrait's 468 landmarks."""
    vertices, texture, triangles = _with_hair(mesh, points_px)
    vertices = _eyes_apart(deformed(vertices, person), person.ipd_mm)
    lids = (
        _socket(vertices, RIGHT_RING, person),
        _socket(vertices, LEFT_RING, person),
    )
    holes = np.vstack([_hole(RIGHT_RING), _hole(LEFT_RING)])
    outward = vertices - (0.0, 0.0, 60.0)
    return Head(
        vertices_mm=vertices,
        normals=_normals(vertices, triangles, outward),
        texture_px=texture,
        triangles=np.vstack([triangles, holes]),
        bias_mm=np.repeat([0.0, 8.0], [len(triangles), len(holes)]),
        lids=lids,
        neck_mm=_NECK_MM,
    )


def deformed(vertices_mm: Floats, person: Person) -> Floats:
    """The vertices scaled by face_scale and bent by skull_mm: smooth, low-order waves.

    In order: forehead and chin against the middle, cheeks, jaw and brow depth (z); length of
    the face's middle (y); breadth of jaw, of temples (x); and of the last three, smaller, what
    makes left and right differ: depth, slant, jaw to one side.
    """
    waves = np.zeros(SKULL_WAVES)
    waves[: len(person.skull_mm)] = person.skull_mm
    x, y = vertices_mm[:, 0] / 75, vertices_mm[:, 1].clip(-95, 95) / 90
    one_side = x.clip(-1.5, 1.5)
    dz = waves[0] * np.cos(math.pi * y) + waves[1] * one_side**2 + waves[2] * np.sin(math.pi * y)
    dy = waves[3] * np.sin(math.pi * y)
    dx = one_side * (waves[4] * y + waves[5] * np.cos(math.pi * y))
    dz += 0.35 * waves[6] * one_side
    dy += 0.35 * waves[7] * one_side
    dx += 0.35 * waves[8] * y.clip(0, None) ** 2
    return vertices_mm * person.face_scale + np.column_stack([dx, dy, dz])


def _with_hair(mesh: Mesh, points_px: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """The mesh and rings around it that carry the hair, the ears and the neck of the photo.

    A ring's place in the photo and on the head is the outline's, blown up from the middle.
    """
    oval = list(OVAL)
    vertices, texture, triangles = [mesh.vertices_mm], [points_px], [mesh.triangles]
    middle_mm, middle_px = mesh.vertices_mm[oval].mean(axis=0), points_px[oval].mean(axis=0)
    inner = np.array(oval)
    count = len(mesh.vertices_mm)
    for outward, back_mm in _RINGS:
        ring = middle_mm + (mesh.vertices_mm[oval] - middle_mm) * (outward, outward, 1.0)
        vertices.append(ring + np.array([0.0, 0.0, back_mm]))
        texture.append(middle_px + (points_px[oval] - middle_px) * outward)
        outer = np.arange(count, count + len(oval))
        count += len(oval)
        following = np.roll(np.arange(len(oval)), -1)
        triangles.append(np.column_stack([inner, outer, outer[following]]))
        triangles.append(np.column_stack([inner, outer[following], inner[following]]))
        inner = outer
    return np.vstack(vertices), np.vstack(texture), np.vstack(triangles)


def _eyes_apart(vertices_mm: Floats, ipd_mm: float) -> Floats:
    """The vertices with the eyes' surroundings moved sideways to that distance."""
    moved = vertices_mm.copy()
    for ring, side in ((RIGHT_RING, -1), (LEFT_RING, 1)):
        corners = vertices_mm[[ring[0], ring[8]]].mean(axis=0)
        near = np.exp(-(((vertices_mm - corners) / 24) ** 2).sum(axis=1))
        moved[:, 0] += near * (side * ipd_mm / 2 - corners[0])
    return moved


def _socket(vertices_mm: Floats, ring: tuple[int, ...], person: Person) -> Lids:
    """Fit the eyeball behind the lids' middles and let each ring point slide about its axis."""
    points = vertices_mm[list(ring)]
    outer, inner = points[0], points[8]
    sphere = person.eyeball_mm + _LID_THICKNESS_MM
    middles = points[[3, 4, 5, 11, 12, 13]]
    centre = (outer + inner) / 2
    centre[2] = middles[:, 2].mean() + math.sqrt(sphere**2 - 3.4**2)
    offset = points - centre
    along = offset[:, 0]
    on_sphere = np.sqrt(np.maximum(sphere**2 - along**2, 0.0))
    radius = np.maximum(np.hypot(offset[:, 1], offset[:, 2]), on_sphere)
    angle = np.arctan2(-offset[:, 1], -offset[:, 2])
    corner = np.interp(along * np.sign(along[8]), [-abs(along[0]), abs(along[8])], angle[[0, 8]])
    bulge = np.abs(angle - corner)
    share = np.where(np.arange(16) < 8, bulge / bulge[1:8].max(), bulge / bulge[9:].max())
    share[[0, 8]] = 0.0
    return Lids(
        centre_mm=centre,
        ring=np.array(ring),
        x_mm=along,
        radius_mm=radius,
        rest_rad=corner,
        share=share,
        weights=_lid_weights(vertices_mm, np.array(ring)),
    )


def _lid_weights(vertices_mm: Floats, ring: NDArray[np.int64]) -> Floats:
    """(N, 16) how much each vertex moves with each ring point: near ones much, far ones not."""
    distance = np.linalg.norm(vertices_mm[:, np.newaxis] - vertices_mm[ring], axis=2)
    weights = np.exp(-((distance / 4.0) ** 2))
    weights /= weights.sum(axis=1, keepdims=True) + 1e-9
    weights *= np.exp(-((distance.min(axis=1) / _LID_REACH_MM) ** 2))[:, np.newaxis]
    weights[ring] = 0.0
    return weights


def _hole(ring: tuple[int, ...]) -> NDArray[np.int64]:
    """Triangles between the lids, so that no gap shows behind the eyeball's edge."""
    upper = ring[:9]
    lower = (ring[0], *ring[:8:-1], ring[8])
    cells = zip(upper, upper[1:], lower, lower[1:], strict=False)
    return np.array([t for a, b, c, d in cells for t in ((a, b, c), (b, d, c))])


def _normals(vertices_mm: Floats, triangles: NDArray[np.int64], outward: Floats) -> Floats:
    corners = vertices_mm[triangles]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face *= np.sign((face * outward[triangles[:, 0]]).sum(axis=1))[:, np.newaxis]
    normals = np.zeros_like(vertices_mm)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], face)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def margin_spline(knots: int = 9, points: int = MARGIN_POINTS) -> Floats:
    """(points, knots) the natural cubic spline through evenly numbered knots, as a matrix."""
    size = np.arange(knots)
    system = np.zeros((knots, knots))
    right = np.zeros((knots, knots))
    system[0, 0] = system[-1, -1] = 1.0
    for row in range(1, knots - 1):
        system[row, row - 1 : row + 2] = (1, 4, 1)
        right[row, row - 1 : row + 2] = (6, -12, 6)
    second = np.linalg.solve(system, right)  # second derivatives at the knots
    at = np.linspace(0, knots - 1, points)
    left = np.minimum(at.astype(int), knots - 2)
    part = (at - left)[:, np.newaxis]
    value = np.eye(knots)
    rest = 1 - part
    return (
        rest * value[size[left]]
        + part * value[size[left + 1]]
        + ((rest**3 - rest) * second[left] + (part**3 - part) * second[left + 1]) / 6
    )
