"""Calibration: which targets to ask for, which samples to believe, and the model they give."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazetalk.geometry import DEFAULT_DISTANCE_MM, Screen
from gazetalk.tracking.accuracy import Accuracy, measure_accuracy
from gazetalk.tracking.eyes import Eyes
from gazetalk.tracking.gaze import GazeModel, fit_gaze
from gazetalk.tracking.types import GazeSample, Target

# A target with fewer good samples than this is not believed.
LEAST_SAMPLES = 5
LEAST_TARGETS = 4
# Recorded targets do not say how long the eyes took to arrive: saccades start after about
# 200 ms, and slow eyes need two of them.
DEFAULT_DISCARD_S = 0.7
# The lids narrower than this share of their usual gap at the same target: a blink, whose edges
# reach a little further than that.
BLINK_SHARE = 0.87
BLINK_MARGIN_S = 0.08
# Samples in which a quarter of the measures are this far out, in robust standard deviations.
OUTLIER_SPREADS = 4.0
LEAST_SPREAD_MM = 0.05


class CalibrationError(ValueError):
    """A procedure or a set of samples that cannot be calibrated from: one line, for people."""


@dataclass(frozen=True)
class Procedure:
    """What a calibration asks of the person.

    first_s: pause before the first target. target_s: how long each stays. discard_s: its first
    part, in which the eyes are still on their way. Points are fractions of the screen, 0..1.
    """

    name: str
    title: str
    first_s: float
    target_s: float
    discard_s: float
    calibration: tuple[tuple[float, float], ...]
    validation: tuple[tuple[float, float], ...]

    def schedule(self, screen: Screen, start_s: float = 0.0) -> tuple[Target, ...]:
        """All targets one after another, calibration first, from `start_s` on."""
        phases = [("calibration", p) for p in self.calibration]
        phases += [("validation", p) for p in self.validation]
        targets = []
        begin_s = start_s + self.first_s
        for phase, (x, y) in phases:
            end_s = begin_s + self.target_s
            targets.append(Target(begin_s, end_s, x * screen.width_px, y * screen.height_px, phase))
            begin_s = end_s
        return tuple(targets)


def load_procedure(path: Path) -> Procedure:
    """Read a procedure from TOML. Raises CalibrationError naming the file and the field."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CalibrationError(f"{path}: cannot read the procedure ({error})") from error

    def seconds(field: str) -> float:
        value = table.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 60:
            raise CalibrationError(f"{path}: {field} must be seconds, 0 to 60, not {value!r}")
        return float(value)

    def points(field: str) -> tuple[tuple[float, float], ...]:
        value = table.get(field)
        if not isinstance(value, list) or not all(_is_point(item) for item in value):
            raise CalibrationError(f"{path}: {field} must be a list of [x, y], each from 0 to 1")
        return tuple((float(x), float(y)) for x, y in value)

    procedure = Procedure(
        name=str(table.get("name", path.stem)),
        title=str(table.get("title", path.stem)),
        first_s=seconds("first_s"),
        target_s=seconds("target_s"),
        discard_s=seconds("discard_s"),
        calibration=points("calibration"),
        validation=points("validation"),
    )
    if procedure.discard_s >= procedure.target_s:
        raise CalibrationError(f"{path}: discard_s must be shorter than target_s")
    if len(procedure.calibration) < 4:
        raise CalibrationError(f"{path}: calibration needs at least 4 points")
    return procedure


def _is_point(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(
            isinstance(c, int | float) and not isinstance(c, bool) and 0 <= c <= 1 for c in value
        )
    )


@dataclass(frozen=True, eq=False)
class Calibration:
    """A fitted model and what is known of how it was made.

    left_out: the accuracy estimated on each target by a model that never saw it.
    used, asked: targets with enough good samples, and all. samples: good samples learned from.
    """

    model: GazeModel
    left_out: Accuracy
    used: int
    asked: int
    samples: int


def calibrate(
    eyes: Sequence[Eyes],
    targets: Sequence[Target],
    screen: Screen,
    lens_offset_mm: tuple[float, float],
    discard_s: float = DEFAULT_DISCARD_S,
) -> Calibration:
    """Learn from the moments (in order of time) in which the calibration targets were looked at.

    Leaves out each target's first `discard_s`, blinks and outliers. Raises CalibrationError when
    fewer than four targets have enough samples left.
    """
    asked = [target for target in targets if target.phase == "calibration"]
    kept: list[Eyes] = []
    points: list[tuple[float, float]] = []
    groups: list[int] = []
    for number, target in enumerate(asked):
        good = _good_samples(_during(eyes, target, discard_s))
        if len(good) >= LEAST_SAMPLES:
            kept += good
            points += [(target.x_px, target.y_px)] * len(good)
            groups += [number] * len(good)
    used = len(set(groups))
    if used < LEAST_TARGETS:
        raise CalibrationError(
            f"only {used} of {len(asked)} calibration targets show open eyes looking still; "
            f"at least {LEAST_TARGETS} are needed: check light and position and calibrate again"
        )
    model, left_out = fit_gaze(kept, np.array(points), np.array(groups), screen, lens_offset_mm)
    samples = [
        GazeSample(e.t_s, float(x), float(y), valid=bool(np.isfinite(x)))
        for e, (x, y) in zip(kept, left_out, strict=True)
    ]
    believed = [asked[group] for group in sorted(set(groups))]
    accuracy = measure_accuracy(samples, believed, screen, seen_distance_mm(kept), discard_s)
    return Calibration(model, accuracy, used, len(asked), len(kept))


def validate(
    samples: Sequence[GazeSample],
    targets: Sequence[Target],
    screen: Screen,
    distance_mm: float,
    discard_s: float = DEFAULT_DISCARD_S,
) -> Accuracy | None:
    """Measure gaze on the validation targets among `targets`; None when there are none."""
    asked = [target for target in targets if target.phase == "validation"]
    if not asked:
        return None
    return measure_accuracy(samples, asked, screen, distance_mm, discard_s)


def seen_distance_mm(eyes: Sequence[Eyes]) -> float:
    """How far the head was from the camera, by its size in the picture: the median, mm."""
    if not eyes:
        return DEFAULT_DISTANCE_MM
    return float(np.median([e.pose.position_mm[2] for e in eyes]))


def _during(eyes: Sequence[Eyes], target: Target, discard_s: float) -> list[Eyes]:
    return [e for e in eyes if target.start_s + discard_s <= e.t_s < target.end_s]


def _good_samples(eyes: list[Eyes]) -> list[Eyes]:
    """Without blinks (and their edges) and without moments in which the eyes were elsewhere."""
    if len(eyes) < LEAST_SAMPLES:
        return []
    gap = np.array([(e.right.openness + e.left.openness) / 2 for e in eyes])
    times = np.array([e.t_s for e in eyes])
    shut = times[gap < BLINK_SHARE * np.median(gap)]
    near_blink = (np.abs(times[:, None] - shut[None, :]) < BLINK_MARGIN_S).any(axis=1)
    seen = np.array([np.concatenate([e.right.offsets_mm, e.left.offsets_mm]) for e in eyes])
    steady = seen[~near_blink]
    if not len(steady):
        return []
    away = np.abs(seen - np.median(steady, axis=0))
    spread = 1.4826 * np.median(np.abs(steady - np.median(steady, axis=0)), axis=0)
    outlying = (away > OUTLIER_SPREADS * np.maximum(spread, LEAST_SPREAD_MM)).mean(axis=1) > 0.25
    return [e for e, bad in zip(eyes, near_blink | outlying, strict=True) if not bad]
