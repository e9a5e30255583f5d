"""The light of the puppet's room: a lamp, light from everywhere, and the glowing screen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.lab.person import Look
from gazetalk.tracking.types import Floats

# Radiance of what mirrors show, where 1 is a white wall in the usual light.
_LAMP = 60.0
_SCREEN = 1.6
_WALL = 0.35
_LAMP_RADIUS_RAD = math.radians(4.0)


@dataclass(frozen=True, eq=False)
class Light:
    """direction: (3,) unit, in the camera's frame, from the face towards the lamp.

    colour: (3,) BGR gains times the amount of light. screen_mm: left, top, right and bottom of
    the screen in the camera's frame (its plane is z = 0).
    """

    direction: Floats
    ambient: float
    colour: Floats
    screen_mm: tuple[float, float, float, float]

    def shade(self, normals: Floats) -> Floats:
        """(N, 3) BGR factors on the photo's colours, for unit normals (N, 3)."""
        towards = (normals @ self.direction).clip(0, None)
        screen = 0.08 * (-normals[:, 2]).clip(0, None)
        level = self.ambient + 1.25 * (1 - self.ambient) * towards
        return (level[:, np.newaxis] * self.colour + screen[:, np.newaxis]).astype(float)

    def mirrored(self, points_mm: Floats, directions: Floats) -> Floats:
        """(N, 3) BGR light that comes to the points (N, 3) from the unit directions (N, 3)."""
        angle = np.arccos((directions @ self.direction).clip(-1, 1))
        lamp = _LAMP / (1 + np.exp((angle / _LAMP_RADIUS_RAD - 1) * 8))
        ahead = directions[:, 2] < -1e-3
        steps = -points_mm[:, 2] / np.where(ahead, directions[:, 2], -1.0)
        x = points_mm[:, 0] + steps * directions[:, 0]
        y = points_mm[:, 1] + steps * directions[:, 1]
        left, top, right, bottom = self.screen_mm
        screen = ahead & (x > left) & (x < right) & (y > top) & (y < bottom)
        return np.outer(lamp + _WALL, self.colour) + _SCREEN * screen[:, np.newaxis]


def light_of(look: Look, screen: Screen) -> Light:
    azimuth, elevation = np.radians(look.light_from_deg)
    corners = screen.to_camera([(0, 0), (screen.width_px, screen.height_px)], look.lens_offset_mm)
    return Light(
        direction=np.array(
            [
                math.sin(azimuth) * math.cos(elevation),
                -math.sin(elevation),
                -math.cos(azimuth) * math.cos(elevation),
            ]
        ),
        ambient=look.ambient,
        colour=look.light * np.array(look.light_colour),
        screen_mm=(corners[1, 0], corners[0, 1], corners[0, 0], corners[1, 1]),
    )
