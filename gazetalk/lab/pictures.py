"""Pictures as arrays of linear light: their type, and the few things done with them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gazetalk.tracking.types import Floats, Image

Picture = NDArray[np.float32]


def linear(image: Image) -> Picture:
    """8-bit sRGB as linear light, 0..1 (IEC 61966-2-1)."""
    value = np.arange(256) / 255
    table = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.asarray(table.astype(np.float32)[image])


def srgb(picture: Picture) -> Image:
    """Linear light, cut off at 0 and 1, as 8-bit sRGB."""
    value = np.arange(4096) / 4095
    coded = np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)
    table = (coded * 255 + 0.5).astype(np.uint8)
    return table[(picture * 4095 + 0.5).clip(0, 4095).astype(np.uint16)]


def premultiplied(colour: Picture, alpha: Picture) -> Picture:
    """(H, W, 4): the colour times its alpha, and the alpha."""
    return np.dstack([colour * alpha[..., np.newaxis], alpha]).astype(np.float32)


def blurred(picture: NDArray[Any], sd_x_px: float, sd_y_px: float = 0.0) -> Picture:
    """Gaussian blur; the same in y as in x unless given."""
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), sd_x_px, sigmaY=sd_y_px)
    return np.asarray(soft, dtype=np.float32)


def shrunk(picture: NDArray[Any], width_px: int, height_px: int) -> Picture:
    """Averaged over areas."""
    size = (width_px, height_px)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def sampled(
    picture: Picture, x_px: NDArray[Any], y_px: NDArray[Any], cubic: bool = False
) -> Picture:
    """The picture at columns x and rows y (both (H, W)), between its pixels; black outside."""
    method = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    maps = (x_px.astype(np.float32), y_px.astype(np.float32))
    return np.asarray(cv2.remap(picture, *maps, method), dtype=np.float32)


def sampled_at(picture: Picture, x_px: Floats, y_px: Floats) -> Floats:
    """(N, channels) the picture at N points inside it."""
    columns = 64  # OpenCV's maps may have no more than 32767 rows
    padded = -len(x_px) % columns
    x, y = (np.pad(axis, (0, padded)).reshape(-1, columns) for axis in (x_px, y_px))
    drawn = sampled(picture, x, y).reshape(len(x_px) + padded, -1)
    return np.asarray(drawn[: len(x_px)], dtype=float)
