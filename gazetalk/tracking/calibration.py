"""Calibration: which targets to ask for, which samples to believe, and the model they give."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from gazetalk.geometry import Screen
from gazetalk.tracking.types import Target


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
            targets.append(
                Target(begin_s, end_s, x * screen.width_px, y * screen.height_px, phase)
            )
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
        and all(isinstance(c, int | float) and not isinstance(c, bool) and 0 <= c <= 1 for c in value)
    )
