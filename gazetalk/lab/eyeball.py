"""A ray-traced eyeball: sclera, refracting cornea, iris and pupil, turned to look at a point.

The eye's own frame has the head's axes when it looks straight ahead: z into the head, so that
the optical axis is -z. The schematic eye is the usual one: two spheres that meet at the limbus,
one refracting surface (effective index 1.3375), the iris a disc behind it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetalk.lab.light import Light
from gazetalk.lab.person import Person
from gazetalk.lab.pictures import Picture, blurred, sampled_at
from gazetalk.tracking.types import Floats

_INDEX = 1.3375
# The nodal point lies this far before the centre of rotation (13.2 mm from the corneal apex,
# the nodal point 7.1 mm: Le Grand's eye), mm.
NODAL_MM = 6.1
_REFLECTANCE = 0.03
_SCLERA = np.array([0.52, 0.55, 0.62])
_PUPIL = np.array([0.004, 0.004, 0.005])
_SHAPE = (24, 256)  # of the iris's texture: rings outward, angles


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye's measures, mm. line_of_sight: (3,) unit, in the eye's frame.

    iris: (24, 256, 3) linear BGR over radius and angle. veins: (64, 64) 0..1.
    """

    radius_mm: float
    cornea_mm: float
    limbus_mm: float
    pupil_mm: float
    chamber_mm: float
    line_of_sight: Floats
    iris: Picture
    veins: Picture

    @property
    def limbus_depth_mm(self) -> float:
        """From the centre to the limbus's plane."""
        return math.sqrt(self.radius_mm**2 - self.limbus_mm**2)

    @property
    def cornea_depth_mm(self) -> float:
        """From the centre to the cornea's centre of curvature."""
        return self.limbus_depth_mm - math.sqrt(self.cornea_mm**2 - self.limbus_mm**2)


def eye_of(person: Person, side: int, seed: int) -> Eye:
    """The person's right (0) or left (1) eye. The line of sight leans to the nose and up."""
    out = math.radians(person.kappa_out_deg[side])
    up = math.radians(person.kappa_up_deg[side])
    nasal = 1.0 if side == 0 else -1.0
    rng = np.random.default_rng([seed, 3, side])
    return Eye(
        radius_mm=person.eyeball_mm,
        cornea_mm=person.cornea_mm,
        limbus_mm=person.limbus_mm,
        pupil_mm=person.pupil_mm,
        chamber_mm=person.chamber_mm,
        line_of_sight=np.array(
            [nasal * math.sin(out) * math.cos(up), -math.sin(up), -math.cos(out) * math.cos(up)]
        ),
        iris=_iris_texture(np.array(person.iris), rng),
        veins=_veins(rng),
    )


def turned(eye: Eye, centre_mm: Floats, target_mm: Floats, head: Floats) -> Floats:
    """(3, 3) the rotation from the eye's frame to the camera's that makes the eye see the target.

    The line of sight starts at the nodal point; the eye turns by Listing's law from the head's
    straight ahead. Both depend on the turn itself, so it is found by a few corrections.
    """
    target = head.T @ (target_mm - centre_mm)
    axis = target / np.linalg.norm(target)
    for _ in range(6):
        turn = _listing(axis)
        wanted = target - NODAL_MM * axis
        axis = axis + wanted / np.linalg.norm(wanted) - turn @ eye.line_of_sight
        axis /= np.linalg.norm(axis)
    return head @ _listing(axis)


def _listing(axis: Floats) -> Floats:
    """The smallest rotation that takes straight ahead (0, 0, -1) to the unit vector `axis`."""
    x, y, z = axis
    cosine = -z
    cross = np.array([[0.0, 0.0, -x], [0.0, 0.0, -y], [x, y, 0.0]])
    return np.eye(3) + cross + cross @ cross / (1 + cosine)


def seen(
    eye: Eye, rays: Floats, centre_mm: Floats, turn: Floats, light: Light, blood: Floats
) -> Floats:
    """(N, 3) linear BGR of what unit rays (N, 3) from the lens show of the eye.

    blood: (N,) 0..1, how red the white is there (towards the corners).
    """
    origin = -centre_mm @ turn
    directions = rays @ turn
    cornea = np.array([0.0, 0.0, -eye.cornea_depth_mm])
    surface, hit = _sphere(origin, directions, cornea, eye.cornea_mm)
    clear = hit & (-surface[:, 2] > eye.limbus_depth_mm)
    ball, _ = _sphere(origin, directions, np.zeros(3), eye.radius_mm)
    point = np.where(clear[:, np.newaxis], surface, ball)
    normal = (point - np.where(clear[:, np.newaxis], cornea, 0.0)) / np.where(
        clear, eye.cornea_mm, eye.radius_mm
    )[:, np.newaxis]
    shade = light.shade(normal @ turn.T)
    colour = shade * _white(eye, ball, blood)
    inside = shade * _iris(eye, surface, normal, directions)
    # The limbus is no sharp edge: the white fades into the iris over about a millimetre.
    from_axis = np.hypot(point[:, 0], point[:, 1])
    rim = ((eye.limbus_mm + 0.25 - from_axis) / 0.8).clip(0, 1)
    rim = np.where(-point[:, 2] > 0, rim * rim * (3 - 2 * rim), 0.0)[:, np.newaxis]
    colour = colour + rim * (inside - colour)
    mirrored = directions - 2 * (directions * normal).sum(axis=1, keepdims=True) * normal
    gleam = light.mirrored(point @ turn.T + centre_mm, mirrored @ turn.T)
    return colour + _REFLECTANCE * np.where(clear[:, np.newaxis], gleam, 0.35 * gleam)


def _sphere(
    origin: Floats, directions: Floats, centre: Floats, radius: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Where rays first meet a sphere (or pass it nearest), and whether they meet it."""
    away = origin - centre
    half = directions @ away
    under = half**2 - (away @ away - radius**2)
    near = -half - np.sqrt(under.clip(0, None))
    return origin + near[:, np.newaxis] * directions, under > 0


def _white(eye: Eye, ball: Floats, blood: Floats) -> Floats:
    u = ball[:, 0] / eye.radius_mm * 31 + 31.5
    v = ball[:, 1] / eye.radius_mm * 31 + 31.5
    redness = (0.25 * sampled_at(eye.veins, u, v)[:, 0] + 0.75 * blood)[:, np.newaxis]
    return _SCLERA * (1 - redness * (0.55, 0.55, 0.2))


def _iris(eye: Eye, surface: Floats, normal: Floats, directions: Floats) -> Floats:
    """What lies behind the cornea, through its refraction (Snell's law as vectors)."""
    ratio = 1 / _INDEX
    cosine = -(directions * normal).sum(axis=1, keepdims=True)
    under = (1 - ratio**2 * (1 - cosine**2)).clip(0, None)
    bent = ratio * directions + (ratio * cosine - np.sqrt(under)) * normal
    depth = eye.cornea_depth_mm + eye.cornea_mm - eye.chamber_mm
    steps = (-depth - surface[:, 2]) / np.where(np.abs(bent[:, 2]) > 1e-6, bent[:, 2], 1.0)
    x = surface[:, 0] + steps * bent[:, 0]
    y = surface[:, 1] + steps * bent[:, 1]
    radius = np.hypot(x, y)
    rings, angles = _SHAPE
    across = (radius - eye.pupil_mm) / (eye.limbus_mm - eye.pupil_mm) * (rings - 1)
    around = (np.arctan2(y, x) / (2 * math.pi) + 0.5) * (angles - 1)
    iris = sampled_at(eye.iris, around, across.clip(0, rings - 1))
    pupil = ((eye.pupil_mm + 0.1 - radius) / 0.2).clip(0, 1)[:, np.newaxis]
    return iris + pupil * (_PUPIL - iris)


def _iris_texture(colour: Floats, rng: np.random.Generator) -> Picture:
    """Radial streaks, a lighter ring round the pupil and a dark one at the edge."""
    rings, angles = _SHAPE
    streaks = rng.normal(0, 1, (rings, angles))
    wrapped = blurred(np.tile(streaks, 3), 1.5, 6.0)[:, angles : 2 * angles]
    streaks = 1 + 0.28 * wrapped / wrapped.std()
    out = np.linspace(0, 1, rings)[:, np.newaxis]
    profile = 0.85 + 0.45 * np.exp(-(((out - 0.3) / 0.15) ** 2)) - 0.65 * out.clip(0.75, 1) ** 12
    texture = (streaks * profile).clip(0.1, None)[..., np.newaxis] * colour
    return texture.astype(np.float32)


def _veins(rng: np.random.Generator) -> Picture:
    noise = blurred(rng.normal(0, 1, (64, 64)), 3.0, 0.9)
    return (np.abs(noise) / np.abs(noise).max()).astype(np.float32)
