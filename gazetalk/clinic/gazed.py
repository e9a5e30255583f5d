"""Where gaze fell when a target was looked at: a few numbers for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from gazetalk.geometry import Screen
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.types import Floats, Target

FARTHEST_MM = 10_000.0  # no screen is so large
MOST = 500  # targets of one calibration or assessment


@dataclass(frozen=True)
class Gazed:
    """One target, and the gaze at it; all in mm on the screen, from its top left, y down.

    x_mm, y_mm: the target. away_x_mm, away_y_mm: of the mean of its n samples from it. sd_x_mm,
    sd_y_mm, r: their standard deviations and correlation, -1..1.
    """

    x_mm: float
    y_mm: float
    away_x_mm: float
    away_y_mm: float
    sd_x_mm: float
    sd_y_mm: float
    r: float
    n: int


def gazed(target: Target, away_mm: Floats, screen: Screen) -> Gazed | None:
    """A record of samples' offsets (N, 2) from a target, mm; None without any."""
    if not len(away_mm):
        return None
    across, down = screen.mm_per_px
    mean_x, mean_y = away_mm.mean(axis=0).tolist()
    sd_x, sd_y = away_mm.std(axis=0).tolist()
    together = float(np.mean((away_mm[:, 0] - mean_x) * (away_mm[:, 1] - mean_y)))
    r = together / (sd_x * sd_y) if sd_x * sd_y > 0 else 0.0
    x_mm, y_mm = target.x_px * across, target.y_px * down
    return Gazed(
        *(round(x_mm, 3), round(y_mm, 3), round(mean_x, 3), round(mean_y, 3)),
        *(round(sd_x, 3), round(sd_y, 3), round(min(max(r, -1.0), 1.0), 3)),
        n=len(away_mm),
    )


def gazed_at(done: Calibrated) -> list[Gazed]:
    """Where the gaze of a calibration's validation fell; of the samples that were measured."""
    screen, found = done.calibration.model.screen, []
    for target in (look.target for look in done.looks):
        inside = [s for s in done.samples if target.start_s <= s.t_s < target.end_s and s.valid]
        points = np.array([(s.x_px, s.y_px) for s in inside], dtype=float).reshape(-1, 2)
        away_mm = (points - (target.x_px, target.y_px)) * screen.mm_per_px
        found.append(gazed(target, away_mm, screen))
    return [each for each in found if each is not None]


def size_json(screen: Screen) -> dict[str, float]:
    """What a picture of the targets needs of the screen."""
    return {"width_mm": screen.width_mm, "height_mm": screen.height_mm}


def as_json(found: Sequence[Gazed]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]


def from_json(size: Any, found: Any) -> tuple[float, float, list[Gazed]] | None:
    """The screen's width and height, mm, and the records; None for anything that is not what
    `size_json` and `as_json` write: the file may come from elsewhere."""
    if not isinstance(size, dict) or not isinstance(found, list) or not 0 < len(found) <= MOST:
        return None
    width_mm, height_mm = size.get("width_mm"), size.get("height_mm")
    if not (_is_length(width_mm) and _is_length(height_mm)):
        return None
    size_mm = float(str(width_mm)), float(str(height_mm))
    if min(size_mm) <= 0:
        return None
    names = [field.name for field in fields(Gazed)]
    if not all(isinstance(each, dict) and set(each) == set(names) for each in found):
        return None
    if not all(_is_length(value) for each in found for value in each.values()):
        return None
    records = [Gazed(**each) for each in found]
    if not all(min(g.sd_x_mm, g.sd_y_mm) >= 0 and abs(g.r) <= 1 and g.n >= 1 for g in records):
        return None
    return *size_mm, records


def _is_length(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= FARTHEST_MM
