"""What the renderer draws: everything that stays while the puppet moves, and one moment of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.lab import eyeball, room
from gazetalk.lab.head import Head, Pose, build_head, rotation_of
from gazetalk.lab.light import Light, light_of
from gazetalk.lab.person import Look, Person
from gazetalk.lab.pictures import Picture, blurred
from gazetalk.lab.portrait import ENLARGED, Portrait
from gazetalk.tracking.mesh import Mesh
from gazetalk.tracking.pose import Lens
from gazetalk.tracking.types import Floats


@dataclass(frozen=True, eq=False)
class Moment:
    """The state at one time: see `Behaviour`."""

    gaze_px: Floats
    closures: tuple[float, float]
    lids_mm: float
    pupils: float
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

    def pose(self, moment: Moment) -> Pose:
        """The head turned about the neck, from where the eyes' middle rests before the lens."""
        look, head = self.look, self.head
        rest = rotation_of(np.array(look.rest_deg))
        eyes = np.array([*look.place_mm, look.distance_mm])
        neck = eyes + rest @ (head.neck_mm - head.between_eyes_mm) + moment.moved_mm
        turned = rotation_of(moment.turned_deg) @ rest
        return Pose(turned, neck - turned @ head.neck_mm)


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
