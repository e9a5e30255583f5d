"""One picture of the puppet: pose the head, draw skin, eyes, glasses; let a camera see it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from gazetalk.geometry import Screen
from gazetalk.lab import eyeball, glasses, raster, room
from gazetalk.lab.head import (
    MARGIN_POINTS,
    Head,
    Lids,
    Pose,
    build_head,
    margin_spline,
    rotation_of,
)
from gazetalk.lab.light import Light, light_of
from gazetalk.lab.person import Look, Person
from gazetalk.lab.pictures import Picture, blurred, sampled, shrunk, srgb
from gazetalk.lab.portrait import ENLARGED, Portrait
from gazetalk.lab.raster import Box
from gazetalk.tracking.mesh import Mesh
from gazetalk.tracking.pose import Lens
from gazetalk.tracking.types import Floats, Image

_EYE_CANVAS_PX = 128  # an eye is drawn about this wide, then shrunk
_LASH = np.array([0.012, 0.014, 0.018])
_WATERLINE = np.array([0.30, 0.30, 0.48])


@dataclass(frozen=True, eq=False)
class Moment:
    """The state at one time: see `Behaviour`."""

    gaze_px: Floats
    closure: float
    moved_mm: Floats
    turned_deg: Floats


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that does not change while the puppet moves."""

    screen: Screen
    person: Person
    look: Look
    width_px: int
    height_px: int
    head: Head
    eyes: tuple[eyeball.Eye, eyeball.Eye]
    light: Light
    texture: Picture
    body: Picture
    body_scale: float
    wall: Picture

    @cached_property
    def lens(self) -> Lens:
        return Lens.of(self.width_px, self.height_px, self.look.hfov_deg)

    @cached_property
    def spline(self) -> Floats:
        return margin_spline()


def build_scene(
    portrait: Portrait,
    mesh: Mesh,
    person: Person,
    look: Look,
    screen: Screen,
    size_px: tuple[int, int],
    seed: int,
) -> Scene:
    head = build_head(mesh, portrait.points_px, person)
    light = light_of(look, screen)
    facing = light.shade(np.array([[0.0, 0.0, -1.0]]))[0]
    scale = np.append(facing, 1.0).astype(np.float32)
    clothes = np.append(person.clothes, 1.0).astype(np.float32)
    spread_px = np.ptp(portrait.points_px[:, 0]) / ENLARGED
    return Scene(
        screen=screen,
        person=person,
        look=look,
        width_px=size_px[0],
        height_px=size_px[1],
        head=head,
        eyes=(eyeball.eye_of(person, 0, seed), eyeball.eye_of(person, 1, seed)),
        light=light,
        texture=_dressed(portrait, person, seed),
        body=portrait.body * clothes * scale,
        body_scale=float(np.ptp(mesh.vertices_mm[:, 0]) / spread_px),
        wall=(room.background(*size_px, look.room_seed) * look.light).astype(np.float32),
    )


def _dressed(portrait: Portrait, person: Person, seed: int) -> Picture:
    """The head's texture in the person's colours, with freckles finer than the photo's grain."""
    rng = np.random.default_rng([seed, 8])
    skin = portrait.skin[..., np.newaxis]
    gains = skin * np.array(person.skin) + (1 - skin) * np.array(person.hair)
    fine = blurred(rng.normal(0, 1, portrait.skin.shape), 2.5)
    coarse = blurred(rng.normal(0, 1, portrait.skin.shape), 14)
    grain = 0.05 * fine / fine.std() + 0.05 * coarse / coarse.std()
    gains *= np.exp(person.freckles * grain)[..., np.newaxis]
    return (portrait.head * np.dstack([gains, np.ones_like(skin)])).astype(np.float32)


def render(scene: Scene, moment: Moment, noise: np.random.Generator) -> Image:
    """(H, W, 3) BGR as the camera gives it: unmirrored, with its blur and noise."""
    return exposed(picture(scene, moment), scene.look, noise)


def picture(scene: Scene, moment: Moment) -> Picture:
    """(H, W, 3) linear BGR before the camera's blur and noise."""
    pose = _pose(scene, moment)
    target = scene.screen.to_camera(moment.gaze_px, scene.look.lens_offset_mm)[0]
    centres = [pose.to_camera(lids.centre_mm) for lids in scene.head.lids]
    turns = [
        eyeball.turned(eye, centre, target, pose.rotation)
        for eye, centre in zip(scene.eyes, centres, strict=True)
    ]
    lids = tuple(
        _elevations(scene, side, pose.rotation.T @ turns[side], moment.closure) for side in (0, 1)
    )
    vertices = pose.to_camera(scene.head.with_lids((lids[0], lids[1])))
    frame = _body(scene, moment)
    _skin(frame, scene, vertices, pose)
    for side in (0, 1):
        _eye(frame, scene, side, centres[side], turns[side], lids[side], pose)
    if scene.look.glasses:
        glasses.wear(frame, scene.look, scene.head, pose, scene.lens, scene.light)
    return frame


def exposed(frame: Picture, look: Look, noise: np.random.Generator) -> Image:
    """The camera: blur, shot and read noise in electrons, then sRGB in 8 bits."""
    signal = (blurred(frame, look.blur_px) if look.blur_px > 0.1 else frame).clip(0, 1)
    variance = signal * (1 / look.photons) + (look.read_noise / look.photons) ** 2
    noisy = signal + np.sqrt(variance) * noise.standard_normal(signal.shape, np.float32)
    return srgb(noisy)


def _pose(scene: Scene, moment: Moment) -> Pose:
    """The head turned about the neck, from where the eyes' middle rests before the lens."""
    look, head = scene.look, scene.head
    rest = rotation_of(np.array(look.rest_deg))
    eyes = np.array([*look.place_mm, look.distance_mm])
    neck = eyes + rest @ (head.neck_mm - head.between_eyes_mm) + moment.moved_mm
    turned = rotation_of(moment.turned_deg) @ rest
    return Pose(turned, neck - turned @ head.neck_mm)


def _elevations(
    scene: Scene, side: int, turn_in_head: Floats, closure: float
) -> tuple[float, float]:
    """Elevations of the upper and the lower lid's middle, radians: they follow the eye up and
    down, and meet near the lower one in a blink."""
    person, lids = scene.person, scene.head.lids[side]
    up = math.asin(float(turn_in_head[1, 2]))  # the optical axis is -z of the eye's frame
    radius = float(lids.radius_mm[4])
    upper = math.asin((person.lid_upper_mm - person.droop_mm[side]) / radius)
    upper += person.lid_follow[0] * up
    lower = -math.asin(person.lid_lower_mm / radius) + person.lid_follow[1] * up
    upper = max(upper, lower + 0.02)
    met = lower + 0.15 * (upper - lower)
    return upper + closure * (met - upper), lower + closure * (met - lower)


def _body(scene: Scene, moment: Moment) -> Picture:
    """The wall, and before it the body, which follows the head's shifts a little behind."""
    look, lens = scene.look, scene.lens
    depth = look.distance_mm + 60.0
    size = scene.body_scale * lens.focal_px / depth * scene.person.face_scale[0]
    eyes_px = (227.0, 112.0)  # between the eyes, in the photo
    shift = np.array([look.place_mm[0], look.place_mm[1]]) + 0.7 * moment.moved_mm[:2]
    at = shift / depth * lens.focal_px + (lens.centre_x_px, lens.centre_y_px)
    move = np.array([[size, 0, at[0] - size * eyes_px[0]], [0, size, at[1] - size * eyes_px[1]]])
    box = (scene.width_px, scene.height_px)
    body = cv2.warpAffine(scene.body, move, box, flags=cv2.INTER_LINEAR)
    return scene.wall * (1 - body[..., 3:]) + body[..., :3]


def _skin(frame: Picture, scene: Scene, vertices: Floats, pose: Pose) -> None:
    """Face, hair and neck: the photo on the mesh, shaded."""
    head = scene.head
    points = scene.lens.project(vertices)
    box = Box.around(points, 1, scene.width_px, scene.height_px)
    if box is None or vertices[:, 2].min() < 50:
        return
    facing = scene.light.shade(head.normals @ pose.rotation.T)
    depth = vertices[head.triangles, 2].mean(axis=1) + head.bias_mm
    values = np.column_stack([head.texture_px, facing])
    covered, found = raster.interpolated(points, depth, head.triangles, values, box)
    drawn = sampled(scene.texture, found[..., 0], found[..., 1])
    part = frame[box.slices]
    mixed = part * (1 - drawn[..., 3:]) + drawn[..., :3] * found[..., 2:]
    part[covered] = mixed[covered]


def _eye(
    frame: Picture,
    scene: Scene,
    side: int,
    centre: Floats,
    turn: Floats,
    elevations: tuple[float, float],
    pose: Pose,
) -> None:
    """The eyeball between its lids, drawn large and shrunk, and the lash line on top."""
    lids = scene.head.lids[side]
    upper, lower = _margins(lids, elevations, scene.spline)
    upper_px, lower_px, lash_px, wet_px = (
        scene.lens.project(pose.to_camera(line)) for line in (upper, lower, *_edges(upper, lower))
    )
    box = Box.around(np.vstack([upper_px, lower_px, lash_px]), 2, scene.width_px, scene.height_px)
    if box is None:
        return
    fine = max(2, round(_EYE_CANVAS_PX / box.width))

    def place(points: Floats) -> Floats:
        return (points - (box.left, box.top) + 0.5) * fine - 0.5

    shape = (box.height * fine, box.width * fine)
    opening = np.zeros(shape, np.uint8)
    raster.fill(opening, place(np.vstack([upper_px, lower_px[::-1]])), 255)
    ball = _ball(scene, side, box, fine, centre, turn, place(upper_px), place(lower_px))
    wet = np.zeros(shape, np.uint8)
    raster.fill(wet, place(np.vstack([lower_px, wet_px[::-1]])), 160)
    skin_light = scene.light.shade(scene.head.normals[lids.ring[[12]]] @ pose.rotation.T)[0]
    waterline = _WATERLINE * skin_light * np.sqrt(np.array(scene.person.skin))
    ball += (wet / np.float32(255))[..., np.newaxis] * (waterline - ball)
    lash = np.zeros(shape, np.uint8)
    raster.fill(lash, place(np.vstack([upper_px, lash_px[::-1]])), 255 * scene.person.lashes)
    alpha = (opening / np.float32(255))[..., np.newaxis]
    dark = (lash / np.float32(255))[..., np.newaxis]
    layer = np.dstack([ball * alpha * (1 - dark) + _LASH * dark, 1 - (1 - alpha) * (1 - dark)])
    small = shrunk(layer.astype(np.float32), box.width, box.height)
    part = frame[box.slices]
    part[:] = part * (1 - small[..., 3:]) + small[..., :3]


def _margins(lids: Lids, elevations: tuple[float, float], spline: Floats) -> tuple[Floats, Floats]:
    """Smooth upper and lower lid margins (41, 3) in the head's frame, outer to inner corner."""
    ring = lids.ring_mm(*elevations)
    lower = np.vstack([ring[:1], ring[:8:-1], ring[8:9]])
    return spline @ ring[:9], spline @ lower


def _edges(upper: Floats, lower: Floats) -> tuple[Floats, Floats]:
    """The lash line's outer edge above the upper lid, and the wet edge's top above the lower."""
    swell = np.sin(np.linspace(0, math.pi, MARGIN_POINTS))[:, np.newaxis]
    return upper + swell * (0.0, -0.8, -0.9), lower + swell * (0.0, -0.5, 0.2)


def _ball(
    scene: Scene,
    side: int,
    box: Box,
    fine: int,
    centre: Floats,
    turn: Floats,
    upper: Floats,
    lower: Floats,
) -> Floats:
    """(H * fine, W * fine, 3) linear BGR of the eyeball, in the shade of its lids."""
    rows, columns = box.height * fine, box.width * fine
    x = np.arange(columns)
    y = np.arange(rows)[:, np.newaxis]
    order = np.argsort(upper[:, 0])
    lid = np.interp(x, upper[order, 0], upper[order, 1])
    order = np.argsort(lower[:, 0])
    floor = np.interp(x, lower[order, 0], lower[order, 1])
    inside = (y > lid - 2) & (y < floor + 2)
    mm_px = scene.lens.focal_px / centre[2] * fine
    below_mm = (y - lid) / mm_px
    shadow = 1 - 0.55 * np.exp(-below_mm.clip(0, None) / 1.3)
    corner = np.abs((x - (upper[0, 0] + upper[-1, 0]) / 2) / (np.ptp(upper[:, 0]) / 2))
    inner = corner * np.sign((x - columns / 2) * (upper[-1, 0] - upper[0, 0]))
    blood = (0.35 * (corner / 0.9) ** 4 + ((inner - 0.72) / 0.2).clip(0, 1)).clip(0, 1)
    at_y, at_x = np.nonzero(inside)
    image_x = box.left + (at_x + 0.5) / fine - 0.5
    image_y = box.top + (at_y + 0.5) / fine - 0.5
    lens = scene.lens
    rays = np.column_stack(
        [
            (image_x - lens.centre_x_px) / lens.focal_px,
            (image_y - lens.centre_y_px) / lens.focal_px,
            np.ones(len(at_x)),
        ]
    )
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    ball = np.zeros((rows, columns, 3))
    eye = scene.eyes[side]
    ball[at_y, at_x] = eyeball.seen(eye, rays, centre, turn, scene.light, blood[at_x])
    return ball * (shadow * (1 - 0.3 * corner**3))[..., np.newaxis]
