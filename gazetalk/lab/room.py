"""What hangs and stands behind the puppet: an out-of-focus wall, made up from a seed."""

from __future__ import annotations

import cv2
import numpy as np

from gazetalk.lab.pictures import Picture, blurred


def background(width_px: int, height_px: int, seed: int) -> Picture:
    """(H, W, 3) linear BGR, 0..1: a wall with a gradient, pictures, shelves, perhaps a window."""
    rng = np.random.default_rng([seed, 7])
    wall = rng.uniform(0.08, 0.5) * rng.normal(1, 0.08, 3).clip(0.7, 1.3)
    across = np.linspace(rng.uniform(0.6, 1.1), rng.uniform(0.6, 1.1), width_px)
    down = np.linspace(rng.uniform(0.9, 1.2), rng.uniform(0.6, 0.9), height_px)
    picture = np.outer(down, across)[..., np.newaxis] * wall
    for _ in range(rng.integers(3, 8)):
        left, top = rng.uniform((-0.1, -0.1), (0.95, 0.7)) * (width_px, height_px)
        size = rng.uniform((0.05, 0.08), (0.3, 0.5)) * (width_px, height_px)
        right, bottom = left + size[0], top + size[1]
        colour = rng.uniform(0.01, 0.6) * rng.normal(1, 0.25, 3).clip(0.2, 2)
        corner, opposite = (int(left), int(top)), (int(right), int(bottom))
        cv2.rectangle(picture, corner, opposite, tuple(colour), -1)
        inset = 0.12 * (right - left)
        inner = tuple(colour * rng.uniform(0.3, 1.6))
        cv2.rectangle(
            picture,
            (int(left + inset), int(top + inset)),
            (int(right - inset), int(bottom - inset)),
            inner,
            -1,
        )
    return blurred(picture, width_px / 130).clip(0, 1)
