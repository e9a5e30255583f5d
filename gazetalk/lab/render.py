"""One picture of the puppet: pose the head, draw skin, eyes, glasses; let a camera see it."""

from __future__ import annotations

import cv2
import numpy as np

from gazetalk.lab import eyes, glasses, raster
from gazetalk.lab.head import Pose
from gazetalk.lab.person import Look
from gazetalk.lab.pictures import Picture, blurred, sampled, srgb
from gazetalk.lab.raster import Box
from gazetalk.lab.scene import Moment, Scene
from gazetalk.tracking.types import Floats, Image

# Nearer to the lens than this nothing is drawn, mm.
_NEAREST_MM = 50.0
# In the photo: between the eyes, px. The body stands this far behind the eyes, mm, and takes
# part in so much of the head's shifts.
_EYES_PX = (227.0, 112.0)
_BODY_BEHIND_MM = 60.0
_BODY_FOLLOWS = 0.7


def render(scene: Scene, moment: Moment, noise: np.random.Generator) -> Image:
    """(H, W, 3) BGR as the camera gives it: unmirrored, with its blur and noise."""
    return exposed(picture(scene, moment), scene.look, noise)


def picture(scene: Scene, moment: Moment) -> Picture:
    """(H, W, 3) linear BGR before the camera's blur and noise."""
    pose = scene.pose(moment)
    looks = (eyes.look(scene, 0, pose, moment), eyes.look(scene, 1, pose, moment))
    elevations = (looks[0].elevations_rad, looks[1].elevations_rad)
    vertices = pose.to_camera(scene.head.with_lids(elevations))
    frame = _body(scene, moment)
    if vertices[:, 2].min() < _NEAREST_MM:
        return frame
    _skin(frame, scene, vertices, pose)
    for side in (0, 1):
        eyes.draw(frame, scene, side, pose, looks[side])
    if scene.look.glasses:
        glasses.wear(frame, scene.look, scene.head, pose, scene.lens, scene.light)
    return frame


def exposed(frame: Picture, look: Look, noise: np.random.Generator) -> Image:
    """The camera: blur, shot and read noise in electrons, then sRGB in 8 bits."""
    signal = (blurred(frame, look.blur_px) if look.blur_px > 0.1 else frame).clip(0, 1)
    variance = signal * (1 / look.photons) + (look.read_noise / look.photons) ** 2
    noisy = signal + np.sqrt(variance) * noise.standard_normal(signal.shape, np.float32)
    return srgb(noisy)


def _body(scene: Scene, moment: Moment) -> Picture:
    """The wall, and before it the body, which follows the head's shifts a little behind."""
    look, lens = scene.look, scene.lens
    depth = look.distance_mm + _BODY_BEHIND_MM
    size = scene.body_scale * lens.focal_px / depth * scene.person.face_scale[0]
    shift = np.array(look.place_mm) + _BODY_FOLLOWS * moment.moved_mm[:2]
    at = shift / depth * lens.focal_px + (lens.centre_x_px, lens.centre_y_px)
    move = np.array([[size, 0, at[0] - size * _EYES_PX[0]], [0, size, at[1] - size * _EYES_PX[1]]])
    body = cv2.warpAffine(scene.body, move, (scene.width_px, scene.height_px))
    return scene.wall * (1 - body[..., 3:]) + body[..., :3]


def _skin(frame: Picture, scene: Scene, vertices: Floats, pose: Pose) -> None:
    """Face, hair and neck: the photo on the mesh, shaded."""
    head = scene.head
    points = scene.lens.project(vertices)
    box = Box.around(points, 1, scene.width_px, scene.height_px)
    if box is None:
        return
    shade = scene.light.shade(head.normals @ pose.rotation.T)
    depth = vertices[head.triangles, 2].mean(axis=1) + head.bias_mm
    values = np.column_stack([head.texture_px, shade])
    covered, found = raster.interpolated(points, depth, head.triangles, values, box)
    drawn = sampled(scene.texture, found[..., 0], found[..., 1])
    part = frame[box.slices]
    mixed = part * (1 - drawn[..., 3:]) + drawn[..., :3] * found[..., 2:]
    part[covered] = mixed[covered]
